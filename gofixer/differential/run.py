"""Compares the code of fixes before and after over many inputs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gofixer.differential.generate import TEST, files_for, mentioned
from gofixer.differential.model import Answer, Compared, Comparison, Kind, Pair
from gofixer.differential.pairs import Pairs, make_pairs
from gofixer.differential.states import States
from gofixer.engine.proof import Proposal
from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain
from gofixer.verify.gotests import Ending, PackageRun, packages_with_tests, run_tests
from gofixer.verify.gotool import GoTool
from gofixer.verify.overlay import Overlay, OverlayStore
from gofixer.verify.packages import first_line, place
from gofixer.verify.tested import running_tool, unrunnable

_TIMEOUT = 300.0
_MOST_ROUNDS = 40


def compare_fixes(
    toolchain: Toolchain,
    oracle: Oracle,
    module: Module,
    variant: Variant,
    proposals: Sequence[Proposal],
    base: Mapping[Path, bytes],
    cache_dir: Path,
) -> Comparison:
    """Runs the code of each fix before and after side by side, where it depends on inputs of basic types only.

    The fixes are known to build together on top of ``base``. Every fix gets an answer. Raises UserError (exit 3)
    where the toolchain could not do the work.
    """
    if not proposals:
        return Comparison({})
    if reason := unrunnable(toolchain, variant):
        return Comparison({p.id: Compared(impossible=reason) for p in proposals})
    pairs = make_pairs(States(oracle, module, variant, base, proposals))
    with running_tool(toolchain, module, variant) as tool:
        runner = _Runner(tool, OverlayStore(cache_dir), module, base)
        answers = runner.run({pair.id: pair for some in pairs.functions.values() for pair in some})
        # A whole function says it best, where the inputs reach the changed statement at all.
        open_ = [p.id for p in proposals if p.id in pairs.expressions and not _settled(p.id, pairs, answers)]
        answers |= runner.run({pairs.expressions[id_].id: pairs.expressions[id_] for id_ in open_})
        commands = tuple(tool.commands)
    return Comparison({p.id: _judge(p.id, pairs, answers) for p in proposals}, commands)


def _settled(fix: int, pairs: Pairs, answers: Mapping[int, Answer]) -> bool:
    """Whether the whole function has said enough about a fix: a difference, or that it was reached without one."""
    found = [answers[pair.id] for pair in pairs.functions.get(fix, ())]
    return any(a.kind in (Kind.DIFFERS, Kind.SLOWER) or (a.kind is Kind.SAME and a.hits > 0) for a in found)


def _judge(fix: int, pairs: Pairs, answers: Mapping[int, Answer]) -> Compared:
    if fix in pairs.unfit:
        return Compared(impossible=pairs.unfit[fix])
    mine = [pair for pair in pairs.functions.get(fix, ()) if len(pair.fixes) == 1]
    together = [pair for pair in pairs.functions.get(fix, ()) if len(pair.fixes) > 1]
    if fix in pairs.expressions and pairs.expressions[fix].id in answers:
        mine.append(pairs.expressions[fix])
    for pair in mine:
        if wrong := _wrong(pair, answers[pair.id]):
            return _compared(pair, answers[pair.id], wrong)
    # Of fixes that are only wrong together the last one goes.
    for pair in together:
        alone = [p for id_ in pair.fixes for p in pairs.functions[id_] if len(p.fixes) == 1]
        last = fix == max(pair.fixes) and not any(_wrong(p, answers[p.id]) for p in alone)
        if last and (wrong := _wrong(pair, answers[pair.id])):
            return _compared(pair, answers[pair.id], f"together with other fixes of the function: {wrong}")
    same = [pair for pair in mine if answers[pair.id].kind is Kind.SAME and answers[pair.id].inputs]
    reached = [pair for pair in same if answers[pair.id].hits or not pair.whole]
    if reached or same:
        best = (reached or same)[0]
        return _compared(best, answers[best.id], "")
    return Compared(impossible="; ".join(dict.fromkeys(_why(answers[pair.id]) for pair in mine)))


def _compared(pair: Pair, answer: Answer, wrong: str) -> Compared:
    return Compared(
        what=pair.what,
        inputs=answer.inputs,
        reached=answer.hits if pair.whole else None,
        arguments=tuple(f"{one.name} {one.type}" for one in pair.inputs),
        remark="small inputs only: the unfixed code takes too long or too much memory for others"
        if answer.small
        else "",
        wrong=wrong,
    )


def _wrong(pair: Pair, answer: Answer) -> str:
    at = f" for {answer.input}" if answer.input else ""
    if answer.kind is Kind.DIFFERS:
        return f"{pair.what} differs{at}: it was {answer.before}, and would be {answer.after}"
    if answer.kind is Kind.SLOWER:
        return f"{pair.what} did not end in time{at}, and did without the fix"
    return ""


def _why(answer: Answer) -> str:
    if answer.kind is Kind.UNSTEADY:
        at = f" for {answer.input}" if answer.input else ""
        return f"the unfixed code does not give the same result twice{at}"
    if answer.kind is Kind.SLOW:
        return f"the unfixed code did not end within 2 seconds for {answer.input}"
    if answer.kind is Kind.SAME:
        return "none of the inputs that were tried meets the conditions of its place"
    if answer.kind is Kind.DIED:
        return f"the process ended while it ran the code: {answer.reason}"
    return answer.reason


class _Runner:
    """Runs pairs, again without those that did not build, ended the process or took too long."""

    def __init__(self, tool: GoTool, store: OverlayStore, module: Module, base: Mapping[Path, bytes]) -> None:
        self._tool = tool
        self._store = store
        self._module = module
        self._base = {place(file, module.root, tool.directory): content for file, content in base.items()}

    def run(self, pairs: Mapping[int, Pair]) -> dict[int, Answer]:
        answers: dict[int, Answer] = {}
        left = dict(pairs)
        small: set[int] = set()
        for _ in range(_MOST_ROUNDS):
            if not left:
                break
            by_folder: dict[Path, list[Pair]] = {}
            for pair in left.values():
                folder = place(pair.directory / "x.go", self._module.root, self._tool.directory).parent
                by_folder.setdefault(folder, []).append(pair)
            for folder, run in self._go(by_folder, small).items():
                found = _read(run, by_folder[folder])
                for id_, answer in found.items():
                    if answer.kind in (Kind.SLOW, Kind.DIED) and id_ not in small:
                        small.add(id_)
                    else:
                        answers[id_] = replace(answer, small=id_ in small)
                        del left[id_]
        return answers | dict.fromkeys(left, Answer(Kind.DIED, reason="too many attempts"))

    def _go(self, by_folder: Mapping[Path, Sequence[Pair]], small: set[int]) -> dict[Path, PackageRun]:
        overlay = self._overlay(by_folder, small)
        known = packages_with_tests(self._tool, sorted(by_folder), overlay)
        runs = run_tests(
            self._tool,
            {folder: known[folder].path for folder in sorted(by_folder) if folder in known},
            overlay,
            timeout=_TIMEOUT,
            only=f"^{TEST}$",
        )
        missing = PackageRun(Ending.NOT_BUILT, words={"": "the go command does not list the package"})
        return {folder: runs.get(folder, missing) for folder in by_folder}

    def _overlay(self, by_folder: Mapping[Path, Sequence[Pair]], small: set[int]) -> Overlay:
        contents = dict(self._base)
        absent: list[Path] = []
        for folder, pairs in by_folder.items():
            # The package's own tests stay away: their TestMain and init functions are not asked for.
            names = {file.name for file in folder.glob("*_test.go")}
            names |= {file.name for file in self._base if file.parent == folder and file.name.endswith("_test.go")}
            absent += [folder / name for name in sorted(names)]
            contents |= {folder / name: text for name, text in files_for(pairs, small).items()}
        return self._store.write(
            self._tool.directory, {f: c for f, c in contents.items() if f not in set(absent)}, absent
        )


def _read(run: PackageRun, of: Iterable[Pair]) -> dict[int, Answer]:
    """What a run says about the pairs of a package; about some it may say nothing yet."""
    ids = [one.id for one in of]
    if run.ending is Ending.NOT_BUILT:
        said = run.build or run.words.get("", "")
        culprits = mentioned(said) & set(ids) or set(ids)
        return {
            id_: Answer(Kind.NOT_BUILT, reason=f"the lifted code does not build: {_about(id_, said)}")
            for id_ in culprits
        }
    answers: dict[int, Answer] = {}
    begun: int | None = None
    for line in run.lines():
        if line.startswith("gofixer begin "):
            begun = int(line.split()[-1])
        elif line.startswith("gofixer answer "):
            value = json.loads(line.removeprefix("gofixer answer "))
            pair = value.pop("id")
            answers[pair] = Answer(**{**value, "kind": Kind(value["kind"])})
            begun = None
    if begun is not None:
        answers[begun] = Answer(Kind.DIED, reason=run.words.get("") or "it gives no message")
    if not answers:
        # The process did not come to the first pair: initialising the package ended it.
        return {
            id_: Answer(Kind.NOT_BUILT, reason=f"the package does not start: {run.words.get('', '')}") for id_ in ids
        }
    return answers


def _about(pair: int, said: str) -> str:
    """The compiler's line about a pair, without the name of the generated file."""
    for line in said.splitlines():
        if pair in mentioned(line):
            return line.partition("_test.go:")[2].partition(": ")[2] or line
    return first_line(said)
