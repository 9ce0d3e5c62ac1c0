"""Compiles and vets one state of the tree, and tells what is new in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gofixer.errors import UserError
from gofixer.verify.diagnostics import by_directory, line_maps, new_ones, parse
from gofixer.verify.gotool import GoTool
from gofixer.verify.model import Diagnostic, Level, Render, Unit
from gofixer.verify.overlay import Overlay, OverlayStore, require_read
from gofixer.verify.packages import compile_packages
from gofixer.verify.vet import vet_packages

# The go command remembers the vet run of a package that was only imported, in which nothing is reported, and takes it
# for the answer when the package itself is asked about (cmd/go/internal/work, VetxOnly is no part of the key; 1.26).
# Packages asked about differ by this line from all others: what is remembered of them is their own.
_STAMP = b"// vetted by gofixer\n"


class NothingListed(Exception):
    """The go command could not even list the packages; the argument is its first sentence."""


@dataclass(frozen=True, slots=True)
class State:
    """What is new in a state of the tree, per package folder (None: no folder could be told).

    ``blocked`` are folders whose packages could not be compiled for the fault of another one in question.
    """

    new: Mapping[Path | None, Sequence[Diagnostic]]
    blocked: frozenset[Path]


class Checker:
    """Checks sets of fixes of one module under one configuration.

    ``broken`` gives, for each package folder found to be so, why nothing can be proved about it: it fails
    without any fix. ``ignored`` collects the files that the configuration leaves out.
    """

    def __init__(
        self,
        tool: GoTool,
        store: OverlayStore,
        units: Sequence[Unit],
        render: Render,
        level: Level,
        base: Mapping[Path, bytes],
    ) -> None:
        self.tool = tool
        self.store = store
        self.level = level
        self.broken: dict[Path, str] = {}
        self.ignored: set[Path] = set()
        self._render = render
        self._units: dict[Path, frozenset[int]] = {}
        for unit in units:
            self._units[unit.file] = self._units.get(unit.file, frozenset()) | {unit.id}
        self.unfixed = {**base, **{file: render(file, frozenset()) for file in self._units}}
        self._on_disk = {file: _read(file) for file in self.unfixed}
        self._rendered: dict[tuple[Path, frozenset[int]], bytes] = {}
        self._built_before: dict[Path, tuple[Diagnostic, ...]] = {}
        self._vetted_before: dict[Path | None, tuple[Diagnostic, ...]] = {}

    def overlay(self, ids: Collection[int]) -> Overlay | None:
        """The overlay for a state of the tree; None where that is what is on disk."""
        contents = self._contents(ids)
        return self.store.write(self.tool.directory, contents) if contents else None

    def check(self, ids: Collection[int], directories: Collection[Path]) -> State:
        """Compiles and vets the packages of the folders with exactly the fixes ``ids``.

        Raises NothingListed, and UserError (exit 3) where the toolchain could not run.
        """
        asked = sorted(set(directories) - self.broken.keys())
        if not asked:
            return State({}, frozenset())
        contents = self._contents(ids)
        if self.level is not Level.BUILD:
            contents = _stamped(contents, asked)
        overlay = self.store.write(self.tool.directory, contents) if contents else None
        own, blocked = self._compile(asked, overlay, contents)
        touched = sorted(own.keys() | blocked)
        self._compile_before(touched)
        new: dict[Path | None, list[Diagnostic]] = {}
        for directory in own.keys() - self.broken.keys():
            if fresh := new_ones(own[directory], self._built_before[directory]):
                new[directory] = fresh
        blocked -= self.broken.keys()
        if self.level is not Level.BUILD:
            clean = [d for d in asked if d not in own and d not in blocked and d not in self.broken]
            new |= self._vet(clean, overlay, contents) if clean else {}
        return State(new, frozenset(blocked))

    def _compile(
        self, asked: Sequence[Path], overlay: Overlay | None, contents: Mapping[Path, bytes]
    ) -> tuple[dict[Path, list[Diagnostic]], set[Path]]:
        compiled = compile_packages(self.tool, asked, overlay)
        if compiled.failure:
            raise NothingListed(compiled.failure)
        self.ignored |= {f for f in self._units if f.name in compiled.ignored.get(f.parent, ())}
        own: dict[Path, list[Diagnostic]] = {}
        blocked: set[Path] = set()
        lines = line_maps(self.unfixed, contents)
        known = set(asked)
        for directory, text in compiled.messages:
            for found in parse(text, self.tool.directory, overlay, lines, "build", directory):
                if found.directory in known and found.directory != directory:
                    blocked.add(directory)
                home = found.directory if found.directory in known else directory
                assert home is not None
                place = own.setdefault(home, [])
                if (diagnostic := replace(found, directory=home)) not in place:
                    place.append(diagnostic)
        if overlay:
            # A folder that failed has its say by that: the same words as without the overlay, or new ones.
            require_read(known & homes(overlay.replaced) - own.keys(), compiled.ignored)
        return own, blocked

    def _compile_before(self, directories: Sequence[Path]) -> None:
        """Compiles the unfixed packages of folders in which something was found; marks the broken ones."""
        missing = [d for d in directories if d not in self._built_before]
        if not missing:
            return
        own, blocked = self._compile(missing, self.overlay(()), self._contents(()))
        for directory in missing:
            self._built_before[directory] = tuple(own.get(directory, ()))
            if directory in own:
                said = own[directory][0].sentence(self.tool.directory)
                self.broken[directory] = f"does not compile as it is: {said}"
            elif directory in blocked:
                self.broken[directory] = "imports a package that does not compile as it is"

    def _vet(
        self, directories: Sequence[Path], overlay: Overlay | None, contents: Mapping[Path, bytes]
    ) -> dict[Path | None, list[Diagnostic]]:
        after = self._vet_once(directories, overlay, contents)
        self._vet_before(directories if None in after else [d for d in after if d is not None])
        return {
            directory: fresh
            for directory, found in after.items()
            if directory not in self.broken and (fresh := new_ones(found, self._vetted_before.get(directory, ())))
        }

    def _vet_once(
        self, directories: Sequence[Path], overlay: Overlay | None, contents: Mapping[Path, bytes]
    ) -> dict[Path | None, list[Diagnostic]]:
        text = vet_packages(self.tool, directories, overlay, self.store)
        lines = line_maps(self.unfixed, contents)
        found = parse(text, self.tool.directory, overlay, lines, "vet", None)
        known = set(directories)
        return by_directory(d if d.directory in known else replace(d, directory=None) for d in found)

    def _vet_before(self, directories: Sequence[Path]) -> None:
        missing = [d for d in directories if d not in self._vetted_before]
        if not missing:
            return
        unfixed = {file: content for file, content in self.unfixed.items() if file.parent in missing}
        contents = _stamped(self._contents(()) | unfixed, missing)
        overlay = self.store.write(self.tool.directory, contents) if contents else None
        before = self._vet_once(missing, overlay, contents)
        homeless = before.get(None, [])
        self._vetted_before[None] = (*self._vetted_before.get(None, ()), *homeless)
        for directory in missing:
            self._vetted_before[directory] = tuple(before.get(directory, ()))
            said_before = (*self._vetted_before[directory], *homeless)
            stopped = [d for d in said_before if d.tool == "vet-stopped" or d.file is None]
            if stopped:
                said = stopped[0].sentence(self.tool.directory)
                self.broken[directory] = f"cannot be vetted as it is: {said}"

    def _contents(self, ids: Collection[int]) -> dict[Path, bytes]:
        """The files whose content differs from that on disk."""
        chosen = frozenset(ids)
        contents = dict(self.unfixed)
        contents |= {file: self._file(file, chosen & own) for file, own in self._units.items()}
        return {file: content for file, content in contents.items() if content != self._on_disk[file]}

    def _file(self, file: Path, ids: frozenset[int]) -> bytes:
        if not ids:
            return self.unfixed[file]
        if (file, ids) not in self._rendered:
            self._rendered[file, ids] = self._render(file, ids)
        return self._rendered[file, ids]


def _stamped(contents: Mapping[Path, bytes], directories: Collection[Path]) -> dict[Path, bytes]:
    """The contents, those of the packages asked about with `_STAMP` at their end."""
    asked = set(directories)
    return {
        file: content + (b"" if content.endswith(b"\n") else b"\n") + _STAMP if file.parent in asked else content
        for file, content in contents.items()
    }


def homes(files: Iterable[Path]) -> frozenset[Path]:
    """The package folders of files."""
    return frozenset(file.parent for file in files)


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror or error}") from error
