"""One profile, asked which of its frames belong to a place of the source and what the samples through them cost.

A function is found by its full name first; a file's name, as the build machine knew it, only decides where names
cannot: in programs, whose packages are all called ``main``, and for closures of inlined functions, which are named
after the caller. Inlined frames count for the function that they were written in.
"""

from __future__ import annotations

import functools
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gofixer.profiles.kinds import Kind
from gofixer.profiles.names import PROGRAMS, Symbol, symbol
from gofixer.profiles.paths import base_name, in_module
from gofixer.profiles.read import Frame, Profile

Values = dict[Kind, int]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function of a file: its name as in ``f``, ``(*T).m``, ``T.m``, and its first and last line, 1-based.

    The first line is that of the word ``func``.
    """

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file that places are asked about: ``package`` is its import path, ``program`` tells a main package."""

    path: Path
    module_path: str
    module_root: Path
    package: str
    program: bool
    declarations: tuple[Declaration, ...]

    def around(self, line: int) -> Declaration | None:
        """The function that a line stands in."""
        return next((d for d in self.declarations if d.first <= line <= d.last), None)


@dataclass(frozen=True, slots=True)
class Place:
    """The frames of a function with its closures: each with the line of the file that it stands for, None where the
    profile was made of another state of the function or does not know lines.
    """

    lines: dict[Frame, int | None]

    @property
    def exact(self) -> bool:
        """Whether the profile's lines are the file's."""
        return None not in self.lines.values()


class Index:
    """A profile with the samples that lead through some places.

    ``files`` are the import path and the path of each file that will be asked about: their samples are looked up
    together, in one pass. Any other place can be asked about, too; each costs a pass of its own.
    """

    def __init__(self, profile: Profile, files: Iterable[tuple[str, Path]]) -> None:
        self.profile = profile
        self._symbols = {i: symbol(f.name) for i, f in profile.functions.items()}
        self._packages: dict[str, list[int]] = defaultdict(list)
        self._closures: dict[str, list[int]] = defaultdict(list)
        for i, one in self._symbols.items():
            self._packages[one.package].append(i)
            if one.closure:
                self._closures[base_name(profile.functions[i].file)].append(i)
        self._locations: dict[Frame, list[int]] = defaultdict(list)
        self._frames: dict[int, set[Frame]] = defaultdict(set)
        for location, frames in profile.frames.items():
            for frame in frames:
                self._locations[frame].append(location)
                self._frames[frame[0]].add(frame)
        self._through: dict[int, array[int]] = {}
        self._look_up(location for i in self._likely(files) for f in self._frames[i] for location in self._locations[f])

    def _likely(self, files: Iterable[tuple[str, Path]]) -> Iterator[int]:
        """The functions that may stand in some files, by their names."""
        names: dict[str, set[str]] = defaultdict(set)
        for package, path in files:
            for one in (package, f"{package}_test", *PROGRAMS):
                names[one].add(path.name)
        for package, known in names.items():
            for i in self._packages.get(package, ()):
                if base_name(self.profile.functions[i].file) in known:
                    yield i
        for name in {name for known in names.values() for name in known}:
            yield from self._closures.get(name, ())

    def _look_up(self, locations: Iterable[int]) -> None:
        """Find the samples that lead through some locations."""
        new = frozenset(locations) - self._through.keys()
        if not new:
            return
        self._through |= {location: array("Q") for location in new}
        for number, sample in enumerate(self.profile.message.sample):
            stack = sample.location_id
            if not new.isdisjoint(stack):
                for location in new.intersection(stack):
                    self._through[location].append(number)

    # -- places -----------------------------------------------------------------------------------------------

    def function(self, source: Source, declaration: Declaration) -> Place:
        """The frames of a function of a file and of its closures."""
        here, named = self._functions(source)
        alone = sum(d.name == declaration.name for d in source.declarations) == 1
        declared = {d.name for d in source.declarations}
        own = {i: one for i, one in here.items() if one.function == declaration.name}
        shift = self._shift(own, declaration) if alone else 0
        lines: dict[Frame, int | None] = {}
        for i, one in here.items():
            for frame in self._frames[i]:
                line = frame[1] + shift if i in own else frame[1]
                inside = frame[1] > 0 and declaration.first <= line <= declaration.last
                if i in own and alone:
                    lines[frame] = line if inside else None
                elif inside and (i in own or (one.closure and one.function not in declared)):
                    lines[frame] = line
        for i in named:
            if self._symbols[i].function == declaration.name:
                lines |= dict.fromkeys(self._frames[i])
        return Place(lines)

    def _shift(self, own: dict[int, Symbol], declaration: Declaration) -> int:
        """By how many lines the function has moved down since the profile was made."""
        starts = {self.profile.functions[i].start_line for i, one in own.items() if not one.closure}
        return declaration.first - starts.pop() if len(starts) == 1 and 0 not in starts else 0

    def package_level(self, source: Source) -> Place:
        """The frames of a file's function literals outside of functions, and of the initialisation of variables."""
        here, _ = self._functions(source)
        declared = {d.name for d in source.declarations}
        outside = (i for i, one in here.items() if one.closure and one.function not in declared)
        return Place({frame: frame[1] or None for i in outside for frame in self._frames[i]})

    def named(self, source: Source, names: Collection[str]) -> Place:
        """The frames of the functions of a file's package that have one of some names."""
        found = (i for i in self._of_package(source) if self._symbols[i].function in names)
        return Place({frame: None for i in found for frame in self._frames[i]})

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - lives as long as the run
    def _functions(self, source: Source) -> tuple[dict[int, Symbol], list[int]]:
        """The functions that stand in a file, and those of its package of which no file is known (any more)."""
        here: dict[int, Symbol] = {}
        named: list[int] = []
        for i in self._of_package(source):
            file = self.profile.functions[i].file
            base = base_name(file)
            if base == source.path.name:
                here[i] = self._symbols[i]
            elif not base or (not base.startswith("<") and not (source.path.parent / base).is_file()):
                named.append(i)
        relative = source.path.relative_to(source.module_root).as_posix()
        for i in self._closures.get(source.path.name, ()):
            one = self._symbols[i]
            if one.package != source.package and self._in_module(source, i) == relative:
                here[i] = one
        return here, named

    def _of_package(self, source: Source) -> Iterator[int]:
        yield from self._packages.get(source.package, ())
        if source.path.name.endswith("_test.go"):
            yield from self._packages.get(f"{source.package}_test", ())
        if source.program:
            folder = source.path.parent.relative_to(source.module_root)
            for program in PROGRAMS:
                for i in self._packages.get(program, ()):
                    file = self._in_module(source, i)
                    if file is not None and Path(file).parent == folder:
                        yield i

    def _in_module(self, source: Source, function: int) -> str | None:
        return in_module(self.profile.functions[function].file, source.module_path, source.module_root)

    # -- costs ------------------------------------------------------------------------------------------------

    def add(self, frames: Iterable[Frame], flat: Values, cum: Values) -> None:
        """Add what was measured in some frames themselves, and with all they call. A sample counts once."""
        frames = set(frames)
        locations = {location for frame in frames for location in self._locations.get(frame, ())}
        self._look_up(locations)
        leaves = {location for location in locations if self.profile.frames[location][0] in frames}
        numbers = {number for location in locations for number in self._through[location]}
        for kind, values in self.profile.values.items():
            for number in numbers:
                cum[kind] += values[number]
                if self.profile.leaves[number] in leaves:
                    flat[kind] += values[number]
