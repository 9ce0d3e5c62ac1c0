"""The evidence gate: a fix that is to save an allocation is kept only where the compiler confirms it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.edits.model import Span
from gofixer.evidence.escape import HEAP, EscapeLine, Escapes, Kind, compare, escape_lines
from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.verify.model import Render

_HOST = Variant()
_WORD = re.compile(rb"[^\W\d]\w*")
_TELLING = (Kind.BY_VALUE, Kind.STAYS, Kind.DEFER_OPEN, Kind.DEFER_STACK)


@dataclass(frozen=True, slots=True)
class Site:
    """One fix at the gate: the bytes that it replaces and the function around them, in the unfixed file."""

    id: int
    file: Path
    spans: tuple[Span, ...]
    function: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """What the gate found: ``kept``, the sentence why (not), and the words of the compiler that changed."""

    kept: bool
    reason: str
    disappeared: tuple[str, ...] = ()
    appeared: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gate:
    """The compiler, asked about states of some files."""

    toolchain: Toolchain
    module: Module
    render: Render
    sources: Mapping[Path, bytes]
    cache_dir: Path
    variant: Variant
    base: Mapping[Path, bytes]
    commands: list[str] = field(default_factory=list)

    def ask(self, sites: Sequence[Site], fixed: Sequence[Site]) -> Escapes:
        """The words about the packages of ``sites`` with the fixes of ``fixed`` in place."""
        fixes = {f: frozenset(s.id for s in fixed if s.file == f) for f in self.sources}
        return escape_lines(
            self.toolchain,
            self.module,
            {site.file.parent for site in sites},
            cache_dir=self.cache_dir,
            contents={**self.base, **{f: self.render(f, ids) for f, ids in fixes.items()}},
            unfixed={**self.base, **self.sources},
            variant=self.variant,
            commands=self.commands,
        )


def heap_line_disappears(
    toolchain: Toolchain,
    module: Module,
    sites: Sequence[Site],
    render: Render,
    *,
    cache_dir: Path,
    variant: Variant = _HOST,
    base: Mapping[Path, bytes] | None = None,
    commands: list[str] | None = None,
) -> dict[int, Finding]:
    """Decides for each fix whether a heap line of the compiler disappears with it and none appears.

    A line counts for a fix where it lies in the fix's own text, or speaks, inside the fix's function, of a
    variable that the replaced text names. ``base`` gives further files of the unfixed tree that differ from those
    on disk. The reason of a fix that is not kept quotes the compiler. Raises
    UserError (exit 3) where the toolchain could not do the work.
    """
    if not sites:
        return {}
    sources = {site.file: render(site.file, frozenset()) for site in sites}
    gate = _Gate(toolchain, module, render, sources, cache_dir, variant, base or {})
    before = gate.ask(sites, ())
    findings = {
        site.id: Finding(False, f"the package does not compile as it is: {before.failed[site.file.parent]}")
        for site in sites
        if site.file.parent in before.failed
    }
    left = [site for site in sites if site.id not in findings]
    while left:
        after = gate.ask(left, left)
        judged = {site.id: _judge(gate, site, left, before, after) for site in left}
        findings |= judged
        kept = [site for site in left if judged[site.id].kept]
        # What is kept was seen beside fixes that are not: look again without those.
        if len(kept) == len(left) or not _beside(kept, left):
            break
        left = kept
    if commands is not None:
        commands.extend(gate.commands)
    return findings


def _judge(gate: _Gate, site: Site, fixed: Sequence[Site], before: Escapes, after: Escapes) -> Finding:
    folder = site.file.parent
    if folder in after.failed:
        # One of the fixes does not compile; which one shows when they are asked about one by one.
        alone = gate.ask([site], [site]) if len(fixed) > 1 else after
        if folder in alone.failed:
            return Finding(False, f"the package does not compile with the fix: {alone.failed[folder]}")
        after = alone
    old, new = before.lines.get(site.file, ()), after.lines.get(site.file, ())
    source = gate.sources[site.file]
    change = compare(old, new, [_lines(source, site.function)])
    gone = [n for n in change.disappeared if n.kind in HEAP and _concerns(n, site, source)]
    others = [s for s in fixed if s.id != site.id and s.function == site.function and s.file == site.file]
    come = [n for n in change.appeared if n.kind in HEAP and not any(_concerns(n, s, source) for s in others)]
    words = tuple(n.text for n in gone), tuple(n.text for n in come)
    if come:
        return Finding(False, f"a heap allocation appears: the compiler says {_quoted(come)}", *words)
    if gone:
        return Finding(True, f"the compiler no longer says {_quoted(gone)}", *words)
    return Finding(False, _nothing(old, site, source), *words)


def _nothing(old: Sequence[EscapeLine], site: Site, source: bytes) -> str:
    """Why nothing is gained, in the compiler's words about the unfixed code."""
    telling = [n for n in old if n.kind in _TELLING and _concerns(n, site, source)]
    telling.sort(key=lambda n: _TELLING.index(n.kind))
    said = f": the compiler says {_quoted(telling[:3])}" if telling else ""
    return f"no heap allocation disappears{said}"


def _concerns(line: EscapeLine, site: Site, source: bytes) -> bool:
    if any(line.inside(*_lines(source, span)) for span in site.spans):
        return True
    named = {word for start, end in site.spans for word in _WORD.findall(source[start:end])}
    return line.inside(*_lines(source, site.function)) and line.variable.encode() in named


def _beside(kept: Sequence[Site], all_of: Sequence[Site]) -> bool:
    """Whether a kept fix shares its function with one that is not."""
    names = {site.id for site in kept}
    return any(k.file == o.file and k.function == o.function for o in all_of if o.id not in names for k in kept)


def _lines(source: bytes, span: Span) -> tuple[int, int]:
    """The 1-based lines of a byte range; an empty range is the line that it stands on."""
    start, end = span
    return source.count(b"\n", 0, start) + 1, source.count(b"\n", 0, max(start, end - 1)) + 1


def _quoted(lines: Sequence[EscapeLine]) -> str:
    return ", ".join(f'"{text}"' for text in dict.fromkeys(n.text for n in lines))
