"""What the helper sends, and how values are made of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

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
    exprs: list[tuple[int, int, int, int, int, int, int]]
    nodes: list[tuple[int, int, int]]
    idents: list[tuple[int, int, int]]


class Message(msgspec.Struct, frozen=True):
    """One line from the helper: the facts of a package, the reason why a file is unknown, or the end."""

    done: bool = False
    path: str = ""
    unknown: str = ""
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
        nodes: dict[Span, tuple[str, ...]] = {}
        for start, end, kind in file.nodes:
            nodes[start, end] = (*nodes.get((start, end), ()), kinds[kind])
        exprs: dict[Span, ExprInfo] = {}
        callees: dict[Span, Object] = {}
        for start, end, kind, type_, const, flags, callee in file.exprs:
            const_kind, text = consts[const] if const >= 0 else ("", None)
            exprs[start, end] = ExprInfo(
                kind=kinds[kind],
                type=types[type_] if type_ >= 0 else None,
                mode=_MODES[flags >> 3],
                const=text,
                const_kind=const_kind,
                addressable=bool(flags & 1),
                comma_ok=bool(flags & 2),
                implicit_deref=bool(flags & 4),
            )
            if callee >= 0:
                callees[start, end] = objects[callee]
        answers.append(
            FileTypes(
                path=named(file.path),
                package=message.package,
                package_name=message.name,
                package_names=names,
                exprs=exprs,
                idents={(start, end): objects[number] for start, end, number in file.idents},
                callees=callees,
                nodes=nodes,
                errors=tuple(message.notes or ()),
            )
        )
    return answers


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
    length = len(raw.name.encode())
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
        uses=tuple(
            Use(paths[file], start, start + length, _ROLES[role], (first, last) if first >= 0 else None)
            for file, start, role, first, last in raw.uses
        ),
    )


def _constant(kind: str, text: str) -> tuple[str, str]:
    if kind == "base64":
        return "string", base64.b64decode(text).decode("utf-8", "surrogateescape")
    return kind, text
