"""What the helper sends, and how values are made of it."""

from __future__ import annotations

import base64
import bisect
import itertools
import sys
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, get_args, overload

import msgspec

from gofixer.facts.types import ExprInfo, FileTypes, Mode, Object, ObjectKind, Role, Scope, Span, Type, Use

_ROLES: tuple[Role, ...] = get_args(Role)
_MODES: tuple[Mode, ...] = get_args(Mode)


class _Type(msgspec.Struct, array_like=True, frozen=True, gc=False):
    string: str
    pkg: str
    name: str
    kind: str
    elem: int
    key: int
    length: int
    methods: list[str]
    ptr_methods: list[str]
    size: int
    align: int
    flags: int
    members: list[int]


class _Object(msgspec.Struct, array_like=True, frozen=True, gc=False):
    name: str
    kind: ObjectKind
    pkg: str
    type: int
    scope: Scope
    full_name: str
    file: int
    start: int
    end: int
    flags: int
    uses: list[tuple[int, int, int, int, int]]


class _File(msgspec.Struct, frozen=True):
    path: str
    exprs: bytes
    nodes: bytes
    idents: bytes


class Message(msgspec.Struct, frozen=True):
    """One line from the helper: facts of a package, why a file is unknown, formatted texts, or the end."""

    done: bool = False
    path: str = ""
    unknown: str = ""
    whole: bool = False
    package: str = ""
    name: str = ""
    names: list[str] = []
    paths: list[str] = []
    notes: list[str] | None = None
    files: list[_File] = []
    types: list[_Type] | None = None
    objects: list[_Object] | None = None
    kinds: list[str] | None = None
    consts: list[tuple[str, str]] | None = None
    texts: list[bytes | None] | None = None


_decoder = msgspec.json.Decoder(Message)


def decode(line: bytes) -> Message:
    """Decode one line. Raises `msgspec.MsgspecError`."""
    return _decoder.decode(line)


def file_types(message: Message, named: Callable[[str], Path]) -> list[FileTypes]:
    """The facts of a package's files. ``named`` gives the path to use for one that the helper names."""
    types = _types(message.types or [])
    paths = [named(path) for path in message.paths]
    objects = [_object(i, raw, types, paths) for i, raw in enumerate(message.objects or [])]
    kinds = message.kinds or []
    names = frozenset(message.names)
    consts = [_constant(kind, text) for kind, text in message.consts or []]
    answers = []
    for file in message.files:
        exprs = _Rows(file.exprs, 7)
        answers.append(
            FileTypes(
                path=named(file.path),
                package=message.package,
                package_name=message.name,
                package_names=names,
                exprs=_Exprs(exprs, kinds, types, consts),
                idents=_Single(_Rows(file.idents, 3), 2, objects),
                callees=_Single(exprs, 6, objects),
                nodes=_Several(_Rows(file.nodes, 3), 2, kinds),
                errors=tuple(message.notes or ()),
            )
        )
    return answers


class _Rows:
    """A table of 32-bit numbers, a row per node, sorted by the span in the first two columns."""

    __slots__ = ("_keys", "_numbers", "_width")

    def __init__(self, data: bytes, width: int) -> None:
        self._numbers = array("i")
        self._numbers.frombytes(data)
        if sys.byteorder == "big":
            self._numbers.byteswap()
        self._width = width
        starts, ends = self._numbers[::width], self._numbers[1::width]
        self._keys = array("q", [start << 32 | end for start, end in zip(starts, ends, strict=True)])

    def rows(self, span: Span) -> list[array[int]]:
        """All rows of a span, in the order they were sent."""
        key = span[0] << 32 | span[1]
        found = []
        index = bisect.bisect_left(self._keys, key)
        while index < len(self._keys) and self._keys[index] == key:
            found.append(self._numbers[index * self._width : (index + 1) * self._width])
            index += 1
        return found

    def spans(self) -> Iterator[Span]:
        """The spans, each once, sorted."""
        for key, _ in itertools.groupby(self._keys):
            yield key >> 32, key & 0xFFFFFFFF


T = TypeVar("T")


class _View(Mapping[Span, T]):
    """A mapping from spans to values that are made when they are asked for: most never are."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Span]:
        return (span for span in self._rows.spans() if span in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Exprs(_View[ExprInfo]):
    def __init__(
        self, rows: _Rows, kinds: Sequence[str], types: Sequence[Type], consts: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(rows)
        self._kinds, self._types, self._consts = kinds, types, consts

    def __getitem__(self, span: Span) -> ExprInfo:
        for _, _, kind, type_, const, flags, _ in self._rows.rows(span):
            const_kind, text = self._consts[const] if const >= 0 else ("", None)
            return ExprInfo(
                kind=self._kinds[kind],
                type=self._types[type_] if type_ >= 0 else None,
                mode=_MODES[flags >> 3],
                const=text,
                const_kind=const_kind,
                addressable=bool(flags & 1),
                comma_ok=bool(flags & 2),
                implicit_deref=bool(flags & 4),
            )
        raise KeyError(span)


class _Single(_View[T]):
    """The value that the first row of a span names by its number in one column (negative: none)."""

    def __init__(self, rows: _Rows, column: int, values: Sequence[T]) -> None:
        super().__init__(rows)
        self._column, self._values = column, values

    def __getitem__(self, span: Span) -> T:
        for row in self._rows.rows(span):
            if row[self._column] >= 0:
                return self._values[row[self._column]]
        raise KeyError(span)


class _Several(_View[tuple[T, ...]]):
    """The values that the rows of a span name."""

    def __init__(self, rows: _Rows, column: int, values: Sequence[T]) -> None:
        super().__init__(rows)
        self._column, self._values = column, values

    def __getitem__(self, span: Span) -> tuple[T, ...]:
        found = tuple(self._values[row[self._column]] for row in self._rows.rows(span))
        if not found:
            raise KeyError(span)
        return found


def _types(raw: Sequence[_Type]) -> list[Type]:
    made = [
        Type(
            string=entry.string,
            kind=entry.kind,
            pkg=entry.pkg,
            name=entry.name,
            length=entry.length,
            methods=frozenset(entry.methods),
            ptr_methods=frozenset(entry.ptr_methods),
            size=entry.size,
            align=entry.align,
            is_named=bool(entry.flags & 1),
            is_error=bool(entry.flags & 2),
            contains_typeparam=bool(entry.flags & 4),
        )
        for entry in raw
    ]
    # Types refer to each other in cycles, so the references are put in once all are there.
    for type_, entry in zip(made, raw, strict=True):
        if entry.elem >= 0:
            object.__setattr__(type_, "elem", made[entry.elem])
        if entry.key >= 0:
            object.__setattr__(type_, "key", made[entry.key])
        if entry.members:
            object.__setattr__(type_, "members", tuple(made[i] for i in entry.members))
    return made


def _object(number: int, raw: _Object, types: Sequence[Type], paths: Sequence[Path]) -> Object:
    return Object(
        id=number,
        name=raw.name,
        kind=raw.kind,
        pkg=raw.pkg,
        type=types[raw.type] if raw.type >= 0 else None,
        scope=raw.scope,
        full_name=raw.full_name,
        decl=(raw.start, raw.end) if raw.file >= 0 else None,
        decl_file=paths[raw.file] if raw.file >= 0 else None,
        is_param=bool(raw.flags & 1),
        is_result=bool(raw.flags & 2),
        captured=bool(raw.flags & 4),
        reassigned=bool(raw.flags & 8),
        address_taken=bool(raw.flags & 16),
        uses=_Uses(raw, paths) if raw.uses else (),
    )


class _Uses(Sequence[Use]):
    """The uses of an object, made when somebody asks for them: most objects are never looked at so closely."""

    __slots__ = ("_length", "_paths", "_rows")

    def __init__(self, raw: _Object, paths: Sequence[Path]) -> None:
        self._rows = raw.uses
        self._length = len(raw.name.encode())
        self._paths = paths

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Use: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Use]: ...
    def __getitem__(self, index: int | slice) -> Use | Sequence[Use]:
        if isinstance(index, slice):
            return [self._use(*row) for row in self._rows[index]]
        return self._use(*self._rows[index])

    def __iter__(self) -> Iterator[Use]:
        return (self._use(*row) for row in self._rows)

    def _use(self, file: int, start: int, role: int, first: int, last: int) -> Use:
        around = (first, last) if first >= 0 else None
        return Use(self._paths[file], start, start + self._length, _ROLES[role], around)


def _constant(kind: str, text: str) -> tuple[str, str]:
    if kind == "base64":
        return "string", base64.b64decode(text).decode("utf-8", "surrogateescape")
    return kind, text
