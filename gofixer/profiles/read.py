"""Reads pprof files: gzip or plain protobuf, as runtime/pprof and `go test` write them."""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gofixer.errors import UserError
from gofixer.profiles import schema
from gofixer.profiles.kinds import Kind, kinds_of
from gofixer.profiles.names import symbol

MAX_BYTES = 1 << 29
_GZIP = b"\x1f\x8b"
_HOW = "record one with runtime/pprof, net/http/pprof or `go test -cpuprofile FILE`"
_TEXT = (b"heap profile:", b"--- ", b"goroutine profile:", b"threadcreate profile:", b"goroutine ")
# The header of gperftools' CPU profiles: words 0, 3, 0.
_LEGACY = (bytes(8) + b"\3" + bytes(15), bytes(4) + b"\3" + bytes(7))

Frame = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a profile: its name, the file as the compiler wrote it, the 1-based line it starts on or 0."""

    name: str
    file: str
    start_line: int


@dataclass(frozen=True)
class Profile:
    """One profile file.

    ``functions`` leads from the ids of functions to what they are, ``frames`` from the ids of locations to the frames
    there: function id and 1-based line (0 where unknown), the innermost of the inlined ones first. ``leaves`` has the
    innermost location of each sample (0 for an empty stack), ``values`` by kind what each sample measured.
    """

    path: Path
    functions: Mapping[int, Function]
    frames: Mapping[int, tuple[Frame, ...]]
    leaves: Sequence[int]
    values: Mapping[Kind, Sequence[int]]
    message: schema.Profile

    @cached_property
    def totals(self) -> Mapping[Kind, int]:
        """The sum over all samples by kind."""
        return {kind: sum(values) for kind, values in self.values.items()}

    def costliest_packages(self, most: int = 3) -> list[str]:
        """The packages that most of the first kind was spent in itself, the costliest first."""
        costs: Counter[str] = Counter()
        packages = {i: symbol(f.name).package or f.name for i, f in self.functions.items()}
        for leaf, value in zip(self.leaves, next(iter(self.values.values())), strict=True):
            if frames := self.frames.get(leaf):
                costs[packages[frames[0][0]]] += value
        return [package for package, cost in costs.most_common(most) if cost]


def read_profile(path: Path, shown: str = "") -> Profile:
    """Read a profile. ``shown`` is the name of the file for people.

    Raises `UserError` with a sentence on what is wrong with the file.
    """
    shown = shown or str(path)
    data = _unpacked(_content(path, shown), shown)
    try:
        message = schema.parse(data)
    except ValueError:
        raise UserError(f"{shown}: not a pprof profile; {_HOW}") from None
    try:
        return _profile(path, message, shown)
    except (IndexError, KeyError):
        raise UserError(f"{shown}: a damaged profile: it points at entries that it does not have") from None


def _content(path: Path, shown: str) -> bytes:
    try:
        if path.is_dir():
            raise UserError(f"{shown}: a folder, not a profile")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UserError(f"{shown}: larger than {MAX_BYTES >> 20} MB; record for a shorter time")
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{shown}: cannot be read: {error.strerror}") from error
    if not data:
        raise UserError(f"{shown}: empty; a CPU profile is only complete after StopCPUProfile")
    if data.startswith(_TEXT):
        raise UserError(f"{shown}: a profile in text form; fetch it without ?debug=1")
    if data.startswith(_LEGACY):
        raise UserError(f"{shown}: a profile in gperftools' old form; `go tool pprof -proto FILE` converts it")
    if data.startswith(b"go 1.") and b" trace\0" in data[:16]:
        raise UserError(f"{shown}: an execution trace, not a profile; `go tool trace -pprof=sync FILE` makes one of it")
    return data


def _unpacked(data: bytes, shown: str) -> bytes:
    pieces = []
    room = MAX_BYTES
    while data.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            pieces.append(unpacker.decompress(data, room))
        except zlib.error:
            raise UserError(f"{shown}: its gzip data is damaged; record it again") from None
        room -= len(pieces[-1])
        if unpacker.unconsumed_tail or room <= 0:
            raise UserError(f"{shown}: unpacks to more than {MAX_BYTES >> 20} MB; record for a shorter time")
        if not unpacker.eof:
            raise UserError(f"{shown}: its gzip data is cut off; a CPU profile is only complete after StopCPUProfile")
        data = unpacker.unused_data
    return b"".join(pieces) if pieces else data


def _profile(path: Path, message: schema.Profile, shown: str) -> Profile:
    strings = message.string_table
    if not strings or strings[0] or not message.sample_type:
        raise UserError(f"{shown}: not a pprof profile; {_HOW}")
    texts: dict[int, str] = {}

    def text(index: int) -> str:
        if index < 0:
            raise IndexError
        if index not in texts:
            texts[index] = strings[index].decode("utf-8", "replace")
        return texts[index]

    functions = {f.id: Function(text(f.name), text(f.filename), f.start_line) for f in message.function}
    frames = {loc.id: tuple((line.function_id, line.line) for line in loc.line) for loc in message.location}
    if any(frame[0] not in functions for stack in frames.values() for frame in stack):
        raise KeyError
    if frames and not any(function.name for function in functions.values()):
        raise UserError(f"{shown}: has no function names; `go tool pprof -proto BINARY FILE` adds them")
    types = [text(sample_type.type) for sample_type in message.sample_type]
    leaves, rows = array("Q"), array("q")
    for sample in message.sample:
        stack, row = sample.location_id, sample.value
        if len(row) != len(types):
            raise IndexError
        leaves.append(stack[0] if stack else 0)
        rows.extend(row)
    measured = {name: rows[column :: len(types)] for column, name in enumerate(types)}

    def innermost(leaf: int) -> str:
        stack = frames.get(leaf)
        return functions[stack[0][0]].name if stack else ""

    delays = zip(map(innermost, leaves), measured.get("delay", ()), strict=False)
    kinds = kinds_of(types, text(message.period_type.type), path.name, delays)
    if not kinds:
        words = ", ".join(types)
        raise UserError(f"{shown}: measures {words}; gofixer reads CPU, heap, allocs, mutex and block profiles")
    values = {kind: measured[name] for kind, name in kinds.items()}
    if any(min(column, default=0) < 0 for column in values.values()):
        raise UserError(f"{shown}: the difference of two profiles; give the later one as it was recorded")
    return Profile(path, functions, frames, leaves, values, message)
