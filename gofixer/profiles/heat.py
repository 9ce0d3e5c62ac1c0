"""How much of what was measured falls on a place of the source, over all profiles given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gofixer.profiles.index import Declaration, Index, Source
from gofixer.profiles.kinds import Kind
from gofixer.profiles.names import PROGRAMS, symbol
from gofixer.profiles.paths import in_module
from gofixer.profiles.read import Frame, Profile

__all__ = ["Cost", "Declaration", "Heat", "Share", "Source", "strangers"]


@dataclass(frozen=True, slots=True)
class Share:
    """What a place has of a kind's total, in percent: ``flat`` in itself, ``cum`` with all it calls."""

    flat: float
    cum: float


@dataclass(frozen=True, slots=True)
class Cost:
    """The shares of a place: of its lines, and of the function around it with its closures.

    ``lines`` is None where the profile's lines are not those of the file, ``function`` None outside of functions.
    """

    kind: Kind
    lines: Share | None
    function: Share | None

    @property
    def share(self) -> float:
        """The figure that decides, in percent: the cumulative share of the lines, else of the function."""
        best = self.lines or self.function
        return best.cum if best else 0.0


class Heat:
    """Profiles of one program, merged by kind: totals are those of all profiles of a kind together.

    ``files`` are the files that places are asked about, each with the import path of its package; ``source`` gives a
    file's `Source` and is asked once a file.
    """

    def __init__(
        self, profiles: Sequence[Profile], files: Collection[tuple[str, Path]], source: Callable[[Path], Source]
    ) -> None:
        self._source = source
        self._sources: dict[Path, Source] = {}
        self._indexes = [Index(profile, files) for profile in profiles]
        self._totals: dict[Kind, int] = defaultdict(int)
        for profile in profiles:
            for kind, total in profile.totals.items():
                self._totals[kind] += total
        self.kinds = tuple(kind for kind in Kind if kind in self._totals)
        self._known: dict[tuple[object, ...], tuple[Cost, ...]] = {}

    def of_lines(self, path: Path, first: int, last: int) -> tuple[Cost, ...]:
        """The cost of lines ``first`` to ``last`` (1-based) of a file as it was read, for each kind measured."""
        key = (path, first, last)
        if key not in self._known:
            self._known[key] = self._of_lines(self._file(path), first, last)
        return self._known[key]

    def of_functions(self, path: Path, names: Collection[str]) -> tuple[Cost, ...]:
        """The cost of some functions (``f``, ``(*T).m``) of the package that a file belongs to, taken together."""
        key = (path, frozenset(names))
        if key not in self._known:
            shares = self._shares([index.named(self._file(path), names).lines for index in self._indexes])
            self._known[key] = tuple(Cost(kind, None, shares[kind]) for kind in self.kinds)
        return self._known[key]

    def _file(self, path: Path) -> Source:
        if path not in self._sources:
            self._sources[path] = self._source(path)
        return self._sources[path]

    def _of_lines(self, source: Source, first: int, last: int) -> tuple[Cost, ...]:
        around = source.around(first)
        places = [i.function(source, around) if around else i.package_level(source) for i in self._indexes]
        lines = [
            [frame for frame, line in place.lines.items() if line is not None and first <= line <= last]
            for place in places
        ]
        of_lines, of_function = self._shares(lines), self._shares([place.lines for place in places])
        vague = {
            kind
            for place, index in zip(places, self._indexes, strict=True)
            if not place.exact
            for kind in index.profile.values
        }
        return tuple(
            Cost(kind, None if kind in vague else of_lines[kind], of_function[kind] if around else None)
            for kind in self.kinds
        )

    def _shares(self, places: Sequence[Iterable[Frame]]) -> dict[Kind, Share]:
        flat: dict[Kind, int] = defaultdict(int)
        cum: dict[Kind, int] = defaultdict(int)
        for index, frames in zip(self._indexes, places, strict=True):
            index.add(frames, flat, cum)
        return {k: Share(_percent(flat[k], self._totals[k]), _percent(cum[k], self._totals[k])) for k in self.kinds}


def _percent(part: int, total: int) -> float:
    return 100.0 * part / total if total else 0.0


def strangers(profiles: Iterable[Profile], modules: Iterable[tuple[str, Path]]) -> list[Profile]:
    """The profiles in which no function belongs to any of some modules (import path and root)."""
    modules = tuple(modules)
    return [p for p in profiles if not any(_belongs(f.name, f.file, modules) for f in p.functions.values())]


def _belongs(name: str, file: str, modules: Iterable[tuple[str, Path]]) -> bool:
    package = symbol(name).package
    if package in PROGRAMS:
        return any((rest := in_module(file, path, root)) and (root / rest).is_file() for path, root in modules)
    return any(package == path or package.startswith(f"{path}/") for path, _ in modules)
