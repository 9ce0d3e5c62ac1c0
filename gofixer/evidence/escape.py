"""What the compiler says about escapes and allocations, before and after a fix.

The lines read here (``-m=2 -d=defer=1``) are the same from Go 1.21 to 1.27; the explanations between them are not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.verify.diagnostics import line_maps, parse
from gofixer.verify.gotool import GoTool
from gofixer.verify.model import Diagnostic
from gofixer.verify.overlay import OverlayStore, require_read
from gofixer.verify.packages import compile_packages, place

FLAGS = "-gcflags=-m=2 -d=defer=1"
_HOST = Variant()


class Kind(StrEnum):
    """What a line of the compiler says; the value is the compiler's own word."""

    MOVED = "moved to heap"
    ESCAPES = "escapes to heap"
    STAYS = "does not escape"
    BY_VALUE = "capturing by value"
    BY_REFERENCE = "capturing by ref"
    DEFER_HEAP = "heap-allocated defer"
    DEFER_STACK = "stack-allocated defer"
    DEFER_OPEN = "open-coded defer"


HEAP = frozenset({Kind.MOVED, Kind.ESCAPES, Kind.DEFER_HEAP})

_FORMS = (
    (re.compile(r"moved to heap: (?P<name>\S+)"), Kind.MOVED),
    (re.compile(r"(?P<name>\S.*) escapes to heap"), Kind.ESCAPES),
    (re.compile(r"(?P<name>\S.*) does not escape"), Kind.STAYS),
    (re.compile(r"\S+ capturing by value: (?P<name>[^\s.]\S*) .*"), Kind.BY_VALUE),
    (re.compile(r"\S+ capturing by ref: (?P<name>[^\s.]\S*) .*"), Kind.BY_REFERENCE),
    (re.compile(r"(?P<name>)heap-allocated defer"), Kind.DEFER_HEAP),
    (re.compile(r"(?P<name>)stack-allocated defer"), Kind.DEFER_STACK),
    (re.compile(r"(?P<name>)open-coded defer"), Kind.DEFER_OPEN),
)
TELLING = re.compile(
    r": moved to heap: | capturing by (value|ref): | (escapes to heap|does not escape)$"
    r"|: (heap-allocated|stack-allocated|open-coded) defer$"
)


@dataclass(frozen=True, slots=True)
class EscapeLine:
    """One statement of the compiler, in the lines of the unfixed file.

    ``line`` to ``end_line`` (1-based) are one line, or the lines that the text spoken of replaced; ``column`` is
    1-based in bytes, 0 in replaced text. ``variable`` is the variable or expression, empty for a defer.
    """

    line: int
    end_line: int
    column: int
    kind: Kind
    variable: str

    @property
    def text(self) -> str:
        """The statement as the compiler words it, without the position."""
        if not self.variable:
            return self.kind.value
        if self.kind in (Kind.ESCAPES, Kind.STAYS):
            return f"{self.variable} {self.kind}"
        return f"{self.kind}: {self.variable}"

    def inside(self, first: int, last: int) -> bool:
        """Whether the statement lies on the lines ``first`` to ``last``."""
        return first <= self.end_line and self.line <= last


@dataclass(frozen=True, slots=True)
class Escapes:
    """The statements about each file, in order, and for package folders that did not compile the reason."""

    lines: Mapping[Path, tuple[EscapeLine, ...]]
    failed: Mapping[Path, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What the compiler no longer says and what it newly says."""

    disappeared: tuple[EscapeLine, ...]
    appeared: tuple[EscapeLine, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the compiler says of each file, in the lines of the unfixed files, and what did not compile and why."""

    words: Mapping[Path, tuple[Diagnostic, ...]]
    failed: Mapping[Path, str]


def escape_lines(
    toolchain: Toolchain,
    module: Module,
    directories: Collection[Path],
    *,
    cache_dir: Path,
    contents: Mapping[Path, bytes] | None = None,
    unfixed: Mapping[Path, bytes] | None = None,
    variant: Variant = _HOST,
    timeout: float | None = None,
    commands: list[str] | None = None,
) -> Escapes:
    """Compiles the packages of the folders with their tests and collects what the compiler says of escapes in them.

    The arguments and errors are those of `compiler_says`.
    """
    said = compiler_says(
        toolchain,
        module,
        directories,
        TELLING,
        cache_dir=cache_dir,
        contents=contents,
        unfixed=unfixed,
        variant=variant,
        timeout=timeout,
        commands=commands,
    )
    return Escapes({file: read(words) for file, words in said.words.items()}, said.failed)


def compiler_says(
    toolchain: Toolchain,
    module: Module,
    directories: Collection[Path],
    telling: re.Pattern[str],
    *,
    cache_dir: Path,
    contents: Mapping[Path, bytes] | None = None,
    unfixed: Mapping[Path, bytes] | None = None,
    variant: Variant = _HOST,
    timeout: float | None = None,
    commands: list[str] | None = None,
) -> Said:
    """Compiles the packages of the folders with their tests and collects the compiler's lines that match ``telling``.

    ``contents`` stands in for files on disk; positions are mapped back to ``unfixed`` (default: the disk). A
    compilation that the build cache knows replays its words. Only packages asked for are compiled anew, and the
    dependencies stay as they are. ``commands`` collects the command line. Raises UserError (exit 3) where the
    toolchain could not do the work.
    """
    root = Path(os.path.realpath(module.root))
    given = {place(file, module.root, root): file for file in (contents or {})}
    after = {there: (contents or {})[here] for there, here in given.items()}
    old = {there: (unfixed or {}).get(here) or here.read_bytes() for there, here in given.items()}
    folders = {place(d, module.root, root): d for d in directories}
    tool = GoTool(toolchain, root, variant, module.env, timeout)
    store = OverlayStore(cache_dir)
    overlay = store.write(root, after) if after else None
    compiled = compile_packages(tool, sorted(folders), overlay, FLAGS)
    if commands is not None:
        commands.extend(tool.commands)
    if compiled.failure:
        return Said({}, dict.fromkeys(folders.values(), compiled.failure))
    maps = line_maps(old, after)
    found: dict[Path, list[Diagnostic]] = {}
    # The explanations between the statements are many times as long as the statements.
    short = "\n".join(line for line in compiled.said.splitlines() if telling.search(line))
    for said in parse(short, root, overlay, maps, "escape", None):
        if said.file is not None and said.file.parent in folders:
            name = given.get(said.file, folders[said.file.parent] / said.file.name)
            found.setdefault(name, []).append(said)
    failed: dict[Path, str] = {}
    for directory, text in compiled.messages:
        first = next(iter(parse(text, root, overlay, maps, "build", directory)), None)
        if first is not None and directory in folders:
            failed.setdefault(folders[directory], first.sentence(root))
    if overlay:
        require_read({f.parent for f in after} & folders.keys() - {d for d, _ in compiled.messages}, compiled.ignored)
    return Said({file: tuple(words) for file, words in found.items()}, failed)


def read(words: Iterable[Diagnostic]) -> tuple[EscapeLine, ...]:
    """The statements about escapes among what the compiler says of one file, in order, each once."""
    lines = {line: None for said in words if (line := _read(said)) is not None}
    return tuple(sorted(lines, key=_position))


def compare(before: Iterable[EscapeLine], after: Iterable[EscapeLine], ranges: Iterable[tuple[int, int]]) -> Change:
    """What changed on the lines of ``ranges`` (1-based, inclusive, of the unfixed file)."""
    wanted = list(ranges)
    old = [line for line in before if any(line.inside(*r) for r in wanted)]
    new = [line for line in after if any(line.inside(*r) for r in wanted)]
    return Change(tuple(_without(old, new)), tuple(_without(new, old)))


def _without(lines: Iterable[EscapeLine], others: Iterable[EscapeLine]) -> list[EscapeLine]:
    """The lines that have no counterpart, each of which counts once: the same words on the same lines."""
    left = list(others)
    kept = []
    for line in sorted(lines, key=lambda n: (n.end_line - n.line, _position(n))):
        match = next(
            (
                o
                for o in left
                if (o.kind, o.variable) == (line.kind, line.variable) and o.inside(line.line, line.end_line)
            ),
            None,
        )
        if match is None:
            kept.append(line)
        else:
            left.remove(match)
    return sorted(kept, key=_position)


def _read(said: Diagnostic) -> EscapeLine | None:
    for form, kind in _FORMS:
        if match := form.fullmatch(said.message):
            return EscapeLine(said.line, said.end_line, said.column, kind, match["name"])
    return None


def _position(line: EscapeLine) -> tuple[int, int, str, str]:
    return line.line, line.column, line.kind.value, line.variable
