"""Profiles made by hand, as bytes."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

from gofixer.profiles import schema
from gofixer.profiles.read import Profile, read_profile

CPU = (("samples", "count"), ("cpu", "nanoseconds"))
HEAP = (("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes"))
CONTENTION = (("contentions", "count"), ("delay", "nanoseconds"))

# A frame: the function's full name, its file, the line; the line that the function starts on where that is known.
Frame = tuple[str, str, int] | tuple[str, str, int, int]
# A location is the frames there, innermost first; a stack is its locations, innermost first.
Stack = Sequence[Sequence[Frame]]


class Maker:
    """Builds the message: functions and locations that are alike become one."""

    def __init__(
        self, types: Sequence[tuple[str, str]] = CPU, period: tuple[str, str] = ("cpu", "nanoseconds")
    ) -> None:
        self.message = schema.message_class("Profile")()
        self._strings: dict[str, int] = {"": 0}
        self._functions: dict[tuple[str, str, int], int] = {}
        self._locations: dict[tuple[Frame, ...], int] = {}
        for name, unit in types:
            self.message.sample_type.add(type=self.text(name), unit=self.text(unit))
        self.message.period_type.type, self.message.period_type.unit = map(self.text, period)

    def text(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))

    def function(self, name: str, file: str, start: int) -> int:
        key = (name, file, start)
        if key not in self._functions:
            self._functions[key] = id_ = 7 + len(self._functions)  # ids are any numbers but 0
            self.message.function.add(id=id_, name=self.text(name), filename=self.text(file), start_line=start)
        return self._functions[key]

    def location(self, frames: Sequence[Frame]) -> int:
        key = tuple(frames)
        if key not in self._locations:
            self._locations[key] = id_ = 100 + len(self._locations)
            location = self.message.location.add(id=id_)
            for frame in frames:
                name, file, line, start = frame if len(frame) == 4 else (*frame, 0)
                location.line.add(function_id=self.function(name, file, start), line=line)
        return self._locations[key]

    def sample(self, stack: Stack, *values: int) -> Maker:
        ids = [self.location(frames) for frames in stack]
        self.message.sample.add(location_id=ids, value=values)
        return self

    def bytes(self) -> bytes:
        del self.message.string_table[:]
        self.message.string_table.extend(text.encode() for text in self._strings)
        return bytes(self.message.SerializeToString())

    def write(self, path: Path) -> Path:
        path.write_bytes(gzip.compress(self.bytes()))
        return path

    def read(self, path: Path) -> Profile:
        return read_profile(self.write(path))


def cpu(*samples: tuple[Sequence[Frame], int]) -> Maker:
    """A CPU profile of stacks without inlining, innermost frame first, and nanoseconds."""
    maker = Maker()
    for frames, value in samples:
        maker.sample([[frame] for frame in frames], 1, value)
    return maker
