"""The engine: discover, scan, check, merge, prove, until nothing changes. Nothing is written here."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from gofixer.context import FileFacts, file_imports
from gofixer.edits.algebra import Kept, OffsetMap, apply, keep, line_edits, refine, untouched
from gofixer.edits.model import Fix, Span
from gofixer.engine.answers import Answers
from gofixer.engine.checks import Draft, Open, Rules, check_file, finding, look
from gofixer.engine.declarations import changed_declarations, open_declarations, reopen
from gofixer.engine.discover import unsaved
from gofixer.engine.heat import HotSpots, warnings
from gofixer.engine.merging import fix_edits, merge, render_fixes
from gofixer.engine.model import FileChange, ModuleInfo, Note, Outcome, Report, Request
from gofixer.engine.proof import Batch, Judgement, Proposal, Prover, Unproved
from gofixer.engine.proving import prove_all
from gofixer.engine.scan import Scanned
from gofixer.engine.sources import scan_all
from gofixer.engine.state import FileState
from gofixer.engine.suppress import read as read_suppressions
from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module, ModuleError, file_go_version, find_module
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain
from gofixer.facts.types import FileTypes, Unknown
from gofixer.paths import run_in
from gofixer.profiles.read import Profile
from gofixer.syntax import parse

MAX_PASSES = 10

Hunks = Callable[[bytes, bytes, Kept], bytes]


@dataclasses.dataclass(frozen=True, slots=True)
class Services:
    """What the engine is given from outside: the toolchain (or why there is none), the oracle, the prover.

    ``hunks`` renders the difference of two contents for a finding; ``cache`` is the cache folder or None;
    ``profiles`` are those that the user gave.
    """

    toolchain: Toolchain | None
    no_toolchain: str
    oracle: Oracle | None
    prover: Prover
    hunks: Hunks
    cache: Path | None
    profiles: Sequence[Profile] = ()


def run(request: Request, services: Services) -> Report:
    """Carry out a request up to, but not including, writing: the report holds the new contents of the files."""
    return _Run(request, services).execute()


def scan(request: Request, cache: Path | None) -> tuple[int, int]:
    """The first stage alone, without types: how many files were looked at, and how many of them have candidates."""
    services = Services(None, "only scanned", None, Unproved(), lambda before, after, kept: b"", cache)
    one = _Run(request, services)
    found = one.scan()
    return len(found), sum(bool(scanned.hits) for scanned in found.values())


class _Run:
    def __init__(self, request: Request, services: Services) -> None:
        self.request = request
        self.services = services
        self.rules = Rules.build(request.transforms, request.selected, request.config, request.unsafe)
        self.rules = dataclasses.replace(self.rules, decisions=request.decisions)
        self.states: dict[Path, FileState] = {}
        self.notes: list[Note] = []
        self.commands: list[str] = []
        self.modules: dict[Path, Module] = {}
        self.folders: dict[Path, Module | None] = {}
        self.answers = Answers(services.oracle, services.toolchain, services.no_toolchain)
        self.ids = itertools.count(1)
        self.unsaved = unsaved(request.buffers)
        self.moved: set[Path] = set()  # folders with files that fixes have changed since `reopen`
        self.started = time.perf_counter()

    def execute(self) -> Report:
        found = self.scan()
        for path, scanned in found.items():
            if scanned.hits or scanned.marked:
                self._take(Path(path), scanned)
        self._heat()
        pending = [state.path for state in self.states.values()]
        for number in range(1, MAX_PASSES + 1):
            pending = pending or self._reopen()
            if not pending or (self.request.look and number > 1):
                break
            self._progress("checking" if number == 1 else f"checking, pass {number}", 0, len(pending))
            pending = self._pass(pending)
        else:
            if pending:
                self.notes.append(Note(f"stopped after {MAX_PASSES} passes; run again", pending[0]))
        if not self.request.look:
            self._format()
        self.notes += self.answers.notes()
        self._unused_suppressions()
        findings = [f for state in self.states.values() for f in (*state.settled, *state.open)]
        findings.sort(key=lambda f: (-f.share, str(f.file), f.line, f.column, f.transform))
        changes = [
            FileChange(state.path, state.original, state.current, state.kept)
            for state in self.states.values()
            if state.current != state.original
        ]
        toolchain = self.services.toolchain
        return Report(
            go=f"go{toolchain.text}" if toolchain else "",
            modules=[ModuleInfo(m.path, m.root, m.go_text) for m in self.modules.values()],
            findings=findings,
            changes=sorted(changes, key=lambda c: c.path),
            notes=self.notes,
            files=len(found),
            seconds=time.perf_counter() - self.started,
            commands=list(dict.fromkeys(self.commands)),
            missing_toolchain=self.services.no_toolchain or self.answers.failure(),
        )

    # -- scan -------------------------------------------------------------------------------------------------

    def scan(self) -> dict[str, Scanned]:
        """Look at all files, in order; what was found in each."""
        cache = self.services.cache if self.request.cache else None
        found, notes = scan_all(self.request, self.rules.matcher, cache, self._progress)
        self.notes += notes
        return found

    def _take(self, path: Path, scanned: Scanned) -> None:
        try:
            source = self.request.buffers[path] if path in self.request.buffers else path.read_bytes()
        except OSError as error:
            self.notes.append(Note(f"cannot be read: {error.strerror}", path, level="error"))
            return
        decisions = self.request.decisions
        comments = decisions.edits(path, source) if decisions else ()
        self.states[path] = FileState(
            path=path,
            original=source,
            current=apply(source, comments),
            module=self._module(path) if scanned.hits else None,
            variant=None,
            suppressions=read_suppressions(source),
            kept=keep(untouched(len(source)), comments),
            maps=[OffsetMap(comments)] if comments else [],
            hits=scanned.hits,
        )

    def _module(self, path: Path) -> Module | None:
        folder = path.parent
        if folder not in self.folders:
            self.folders[folder] = self._find_module(path)
        return self.folders[folder]

    def _find_module(self, path: Path) -> Module | None:
        try:
            module = find_module(path)
        except ModuleError as error:
            note = Note(str(error), path.parent, level="error")
            if note not in self.notes:
                self.notes.append(note)
            return None
        if module is not None:
            self.modules.setdefault(module.root, module)
        return module

    def _heat(self) -> None:
        """Ask the profiles, if there are any, which places are hot."""
        profiles, config = self.services.profiles, self.request.config
        if not profiles:
            return
        self._progress("reading the profiles", 0, 0)
        states = [state for state in self.states.values() if state.scanned]
        self.rules = dataclasses.replace(
            self.rules, spots=HotSpots(profiles, states, config.hot_share, self.request.min_share)
        )
        self.notes += warnings(profiles, self.modules.values(), self.request.cwd)

    # -- one pass ---------------------------------------------------------------------------------------------

    def _pass(self, paths: Iterable[Path]) -> list[Path]:
        """Check, merge and prove; gives the files that have to be looked at again."""
        states = [self.states[path] for path in paths if self.states[path].scanned]
        accepted: dict[Path, list[Draft]] = {}
        again: set[Path] = set()
        open_: dict[Path, Open] = {}
        overlay = self._overlay()

        def look(state: FileState) -> Sequence[Span]:
            opened = self._look(state, overlay)
            if opened.asked:
                open_[state.path] = opened
            elif opened.within or opened.first:
                self._check(opened, accepted, again)
            return opened.asked

        for state, answer in self.answers.each(states, look, overlay, self._progress):
            self._check(open_.pop(state.path), accepted, again, answer)
        return self._prove({state.path: accepted[state.path] for state in states if state.path in accepted}, again)

    def _reopen(self) -> list[Path]:
        folders, self.moved = self.moved, set()
        return reopen(self.states.values(), folders, self.rules.transforms)

    def _look(self, state: FileState, overlay: Mapping[Path, bytes]) -> Open:
        state.turn += 1
        facts, first = self._facts(state, overlay), not state.visited
        state.visited = True
        changed = None if first else changed_declarations(state, facts.tree)
        state.fresh, state.reopened = [], frozenset()
        places = look(state, facts, self.rules, changed)
        within = open_declarations(places, changed, self.rules.transforms)
        return Open(state, facts, places, list(within), [span for span, typed in within.items() if typed], first)

    def _check(
        self,
        opened: Open,
        accepted: dict[Path, list[Draft]],
        again: set[Path],
        answer: FileTypes | Unknown | None = None,
    ) -> None:
        state, here = opened.state, opened.within
        types = answer if isinstance(answer, FileTypes) else None
        reason = answer.reason if isinstance(answer, Unknown) else ""
        known = dataclasses.replace(opened.facts, types=types)
        drafts, found, notes = check_file(state, known, opened.places, reason, self.rules, here, opened.first)
        state.open = [*state.elsewhere(here), *found]
        self.notes += [note for note in notes if note not in self.notes]
        merged, conflicted = merge(drafts)
        if merged:
            accepted[state.path] = merged
            if conflicted:
                again.add(state.path)
        for d in conflicted:
            made = finding(state, d.transform, d.span, Outcome.CONFLICTED, "overlaps another fix", d.function, d.fix)
            state.open.append(dataclasses.replace(made, evidence=d.evidence))

    def _overlay(self) -> dict[Path, bytes]:
        """The contents that count instead of those on disk: unsaved ones, and what the run has made of files."""
        changed = {s.path: s.current for s in self.states.values() if s.current != s.original}
        return {**self.unsaved, **changed}

    def _facts(self, state: FileState, overlay: Mapping[Path, bytes]) -> FileFacts:
        """What is known of a file before types are asked for."""
        tree = parse(state.current)
        return FileFacts(
            path=state.path,
            tree=tree,
            module=state.module,
            go=file_go_version(state.module, state.current),
            toolchain=self.services.toolchain.version[:2] if self.services.toolchain else None,
            types=None,
            imports=file_imports(tree),
            overlay=overlay,
        )

    # -- proof ------------------------------------------------------------------------------------------------

    def _prove(self, accepted: Mapping[Path, list[Draft]], again: set[Path]) -> list[Path]:
        proposals: dict[int, tuple[Proposal, Draft]] = {}
        by_file: dict[Path, dict[int, Fix]] = defaultdict(dict)
        groups: dict[tuple[Path, Variant], list[Proposal]] = defaultdict(list)
        for path, drafts in accepted.items():
            state = self.states[path]
            for draft in drafts:
                selected = draft.transform.name in self.rules.selected
                proposal = Proposal(
                    next(self.ids), path, draft.transform, draft.fix, draft.span, draft.declaration, selected
                )
                proposals[proposal.id] = (proposal, draft)
                by_file[path][proposal.id] = draft.fix
                key = state.module.root if state.module else path.parent
                groups[key, state.variant or Variant()].append(proposal)

        def render(path: Path, ids: frozenset[int]) -> bytes:
            state = self.states[path]
            return render_fixes(state.current, [fix for id_, fix in by_file[path].items() if id_ in ids])

        overlay, judged = self._overlay(), set[int]()
        batches: list[Batch] = []
        for (root, variant), members in groups.items():
            module = self.modules.get(root)
            if module is not None:
                batches.append(Batch(module, variant, tuple(members), render, overlay))
            elif isinstance(self.services.prover, Unproved):
                self._settle(Judgement(frozenset(p.id for p in members)), proposals)
                judged |= {p.id for p in members}
            else:
                homeless = {p.id: "no module to build it in" for p in members}
                self._settle(Judgement(frozenset(), unproved=homeless), proposals)
        for batch, verdict in zip(batches, prove_all(self.services.prover, batches, self._proving), strict=True):
            folder = batch.module.root
            self.commands += [run_in(folder, command, self.request.cwd) for command in verdict.commands]
            self.notes += [Note(text) for text in verdict.notes]
            self._settle(verdict, proposals)
            judged |= verdict.accepted
        changed = []
        for path, fixes in by_file.items():
            good = [fix for id_, fix in fixes.items() if id_ in judged]
            if good:
                self._advance(self.states[path], good)
                changed.append(path)
        return sorted({*changed, *again})

    def _proving(self, batch: Batch) -> None:
        self._progress(f"proving {len(batch.proposals)} fixes in {batch.module.path}", 0, len(batch.proposals))

    def _settle(self, verdict: Judgement, proposals: Mapping[int, tuple[Proposal, Draft]]) -> None:
        for outcome, reasons in (
            (Outcome.PROPOSED, dict.fromkeys(verdict.accepted, "")),
            (Outcome.REJECTED, verdict.rejected),
            (Outcome.SKIPPED, verdict.unproved),
        ):
            for id_, reason in reasons.items():
                proposal, draft = proposals[id_]
                state = self.states[proposal.file]
                made = finding(state, draft.transform, draft.span, outcome, reason, draft.function, draft.fix)
                edits = refine(state.current, fix_edits(state.current, [draft.fix]))
                kept = keep(untouched(len(state.current)), edits)
                hunks = self.services.hunks(state.current, apply(state.current, edits), kept)
                made = dataclasses.replace(
                    made,
                    diff=hunks.decode(errors="replace"),
                    evidence={**draft.evidence, **verdict.evidence.get(id_, {})},
                    proved=self.request.verify != "none",
                )
                if outcome is Outcome.PROPOSED:
                    state.settled.append(made)
                else:
                    state.open.append(made)
                    state.refused[draft.transform.name, state.original_offset(draft.span[0])] = (outcome, reason)

    def _advance(self, state: FileState, fixes: list[Fix]) -> None:
        before = state.current
        edits = refine(before, fix_edits(before, fixes))
        state.current = apply(before, edits)
        state.kept = keep(state.kept, edits)
        state.maps.append(OffsetMap(edits))
        state.fresh = []
        self.moved.add(state.path.parent)
        shift = 0
        for edit in edits:
            state.fresh.append((edit.start + shift, edit.start + shift + len(edit.new)))
            shift += len(edit.new) - (edit.end - edit.start)

    # -- the end ----------------------------------------------------------------------------------------------

    def _format(self) -> None:
        """Files that gofmt would have left alone are such files again; the others keep their own layout."""
        changed = [state for state in self.states.values() if state.current != state.original]
        if self.services.oracle is None or not changed:
            return
        texts = self.services.oracle.format([text for state in changed for text in (state.original, state.current)])
        for state, before, after in zip(changed, texts[::2], texts[1::2], strict=True):
            if before == state.original and after is not None and after != state.current:
                state.kept = keep(state.kept, line_edits(state.current, after))
                state.current = after

    def _unused_suppressions(self) -> None:
        active = {t.name for t in self.rules.transforms} | {t.family for t in self.rules.transforms} | {"all"}
        for state in self.states.values():
            for entry in state.suppressions.entries:
                if entry.used or entry.nolint or not entry.names <= active:
                    continue
                text = f"unused suppression of {', '.join(sorted(entry.names))}"
                self.notes.append(Note(text, state.path, entry.line))

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self.request.progress is not None:
            self.request.progress(stage, done, total)
