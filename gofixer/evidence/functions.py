"""Evidence for reviewers: what the compiler says of each changed function before and after all fixes."""

from __future__ import annotations

import os
import re
import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gofixer.bench.changed import changed_functions
from gofixer.bench.model import ChangedFunction
from gofixer.engine.model import FileChange
from gofixer.evidence.escape import FLAGS, HEAP, TELLING, EscapeLine, Said, compare, compiler_says, read
from gofixer.facts.constraints import Variant, variant_for
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain, flag_tags
from gofixer.paths import run_in
from gofixer.verify.model import Diagnostic
from gofixer.verify.packages import pattern, place

_WORDS = re.compile(TELLING.pattern + r"|: (?:can inline|cannot inline|inlining call to) ")
# The cost and the text behind it differ between versions; who is meant does not.
_CAN = re.compile(r"can inline (?P<name>\S+)(?: with cost \d+ as:.*)?")
_CANNOT = re.compile(r"cannot inline (?P<name>\S+): (?P<why>.*)")
_CALL = re.compile(r"inlining call to (?P<name>\S+)")
_SHAPES = re.compile(r"\[.*\]")


@dataclass(frozen=True, slots=True)
class Inlining:
    """What the compiler says of inlining in a function.

    ``itself`` is "can inline" or "cannot inline: " with the reason, empty where nothing was said; ``calls`` are the
    functions whose calls in it are inlined.
    """

    itself: str
    calls: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What changes for one function: ``lines`` are 1-based, of the unfixed file.

    ``disappeared`` and ``appeared`` are statements of the compiler without their positions, those about the heap
    first. ``command`` repeats the question with or without the patch; ``problem`` says why there is no answer.
    """

    function: ChangedFunction
    lines: tuple[int, int]
    command: str
    disappeared: tuple[str, ...] = ()
    appeared: tuple[str, ...] = ()
    before: Inlining = Inlining("", frozenset())
    after: Inlining = Inlining("", frozenset())
    problem: str = ""

    def values(self) -> dict[str, object]:
        """As it stands in the evidence of a finding."""
        told: dict[str, object] = {"function": self.function.name, "commands": [self.command]}
        if self.problem:
            return {**told, "problem": self.problem}
        return {
            **told,
            "escape": {"disappeared": list(self.disappeared), "appeared": list(self.appeared)},
            "inline": {
                "before": self.before.itself,
                "after": self.after.itself,
                "verdict": _verdict(self.before.itself, self.after.itself),
                "calls": {
                    "disappeared": sorted(self.before.calls - self.after.calls),
                    "appeared": sorted(self.after.calls - self.before.calls),
                },
            },
        }


def _verdict(before: str, after: str) -> str:
    if not before or not after:
        return ""
    can = before == "can inline", after == "can inline"
    return {(True, True): "kept", (True, False): "lost", (False, True): "gained", (False, False): "never"}[can]


def function_evidence(
    toolchain: Toolchain,
    module: Module,
    changes: Sequence[FileChange],
    *,
    cache_dir: Path,
    cwd: Path,
    wanted: Collection[Path] | None = None,
) -> list[Evidence]:
    """Ask the compiler about the changed functions of one module, or of those in the files ``wanted``.

    Commands are those for somebody who stands in ``cwd``. Each file is compiled under a configuration that selects it.
    Raises `UserError` (exit 3) where the toolchain could not do the work.
    """
    groups: dict[Variant, list[FileChange]] = defaultdict(list)
    for change in changes:
        if wanted is None or change.path in wanted:
            variant = variant_for(change.path, change.before, toolchain.host)
            if variant is not None:
                groups[variant].append(change)
    found: list[Evidence] = []
    contents = {change.path: change.after for change in changes}
    for variant, members in groups.items():
        folders = {change.path.parent for change in members}
        unfixed = {change.path: change.before for change in changes}

        ask = partial(compiler_says, toolchain, module, folders, _WORDS, cache_dir=cache_dir, variant=variant)
        before, after = ask(), ask(contents=contents, unfixed=unfixed)
        sources = {change.path: change.before for change in members}
        found += [
            _evidence(
                function, sources[function.file], before, after, _command(toolchain, module, variant, function, cwd)
            )
            for function in changed_functions(members)
        ]
    return found


def _evidence(function: ChangedFunction, source: bytes, before: Said, after: Said, command: str) -> Evidence:
    lines = function.line, source.count(b"\n", 0, function.span[1]) + 1
    for said, when in ((before, "as it is"), (after, "with the fixes")):
        if problem := said.failed.get(function.file.parent):
            return Evidence(function, lines, command, problem=f"the package does not compile {when}: {problem}")
    old, new = before.words.get(function.file, ()), after.words.get(function.file, ())
    change = compare(read(old), read(new), [lines])
    return Evidence(
        function,
        lines,
        command,
        _texts(change.disappeared),
        _texts(change.appeared),
        _inlining(function.name, lines, old),
        _inlining(function.name, lines, new),
    )


def _texts(lines: Iterable[EscapeLine]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.text for line in sorted(lines, key=lambda n: n.kind not in HEAP)))


def _inlining(name: str, lines: tuple[int, int], words: Iterable[Diagnostic]) -> Inlining:
    itself, calls = "", set()
    for said in words:
        if not (lines[0] <= said.end_line and said.line <= lines[1]):
            continue
        if call := _CALL.fullmatch(said.message):
            calls.add(_SHAPES.sub("", call["name"]))
        elif (can := _CAN.fullmatch(said.message)) and _SHAPES.sub("", can["name"]) == name:
            itself = itself or "can inline"
        elif (cannot := _CANNOT.fullmatch(said.message)) and _SHAPES.sub("", cannot["name"]) == name:
            # Of several shapes of a generic function the one that cannot be inlined counts.
            itself = f"cannot inline: {cannot['why']}"
    return Inlining(itself, frozenset(calls))


def _command(toolchain: Toolchain, module: Module, variant: Variant, function: ChangedFunction, cwd: Path) -> str:
    """The go command that asks the same of the files as they are there."""
    root = Path(os.path.realpath(module.root))
    folder = place(function.file, module.root, root).parent
    words = ["go", "test", "-c"] if function.in_test else ["go", "build"]
    if variant.tags:
        words.append(f"-tags={','.join(dict.fromkeys([*flag_tags(toolchain.goflags), *variant.tags]))}")
    words += ["-o", os.devnull, FLAGS, pattern(root, folder)]
    cgo = "" if variant.cgo is None else str(int(variant.cgo))
    settings = {**module.env, "GOOS": variant.goos, "GOARCH": variant.goarch, "CGO_ENABLED": cgo}
    env = [f"{name}={shlex.quote(value)}" for name, value in settings.items() if value]
    return run_in(root, " ".join([*env, shlex.join(words)]), cwd)
