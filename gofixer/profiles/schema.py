"""The messages of the pprof format that are read here, described for the protobuf library.

The description follows ``profile.proto`` beside this file (github.com/google/pprof, ``proto/profile.proto`` at
b9395ee17fa0, Apache License 2.0: ``pprof.LICENSE``); a test compares the two. It is written out instead of generated,
for generated code works with few versions of the library and claims a name in the process-wide pool of messages.
Fields that nothing here reads are left out: the library passes over them. The string table is read as bytes, since
not all who write profiles write UTF-8 and one odd label should not cost the profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Protocol, cast

PACKAGE = "perftools.profiles"
# Message -> field -> (number, type); a type in brackets is repeated, a capital letter is a message.
FIELDS = {
    "Profile": {
        "sample_type": (1, "[ValueType]"),
        "sample": (2, "[Sample]"),
        "location": (4, "[Location]"),
        "function": (5, "[Function]"),
        "string_table": (6, "[bytes]"),
        "period_type": (11, "ValueType"),
    },
    "ValueType": {"type": (1, "int64"), "unit": (2, "int64")},
    "Sample": {"location_id": (1, "[uint64]"), "value": (2, "[int64]")},
    "Location": {"id": (1, "uint64"), "line": (4, "[Line]")},
    "Line": {"function_id": (1, "uint64"), "line": (2, "int64")},
    "Function": {"id": (1, "uint64"), "name": (2, "int64"), "filename": (4, "int64"), "start_line": (5, "int64")},
}


class ValueType(Protocol):
    """What is measured and in which unit; both are places in the string table."""

    type: int
    unit: int


class Sample(Protocol):
    """A stack, innermost location first, and one value per sample type."""

    location_id: Sequence[int]
    value: Sequence[int]


class Line(Protocol):
    """A function and a 1-based line, 0 where it is unknown."""

    function_id: int
    line: int


class Location(Protocol):
    """A place on a stack; several lines where functions were inlined, the innermost first."""

    id: int
    line: Sequence[Line]


class Function(Protocol):
    """A function: name and file are places in the string table, ``start_line`` is 0 where it is unknown."""

    id: int
    name: int
    filename: int
    start_line: int


class Profile(Protocol):
    """The whole message."""

    sample_type: Sequence[ValueType]
    sample: Sequence[Sample]
    location: Sequence[Location]
    function: Sequence[Function]
    string_table: Sequence[bytes]
    period_type: ValueType


@cache
def message_class(message: str) -> type:
    """The library's class for a message of the format."""
    # Loaded where a profile is read, not by every run.
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    pool = descriptor_pool.DescriptorPool()  # of our own: others may know a profile.proto, too
    file = descriptor_pb2.FileDescriptorProto(name="gofixer/profile.proto", package=PACKAGE, syntax="proto3")
    for name, fields in FIELDS.items():
        described = file.message_type.add(name=name)
        for field, (number, text) in fields.items():
            bare = text.strip("[]")
            added = described.field.add(name=field, number=number)
            labels = descriptor_pb2.FieldDescriptorProto.Label
            added.label = labels.Value("LABEL_REPEATED" if text != bare else "LABEL_OPTIONAL")
            kind = "message" if bare in FIELDS else bare
            added.type = descriptor_pb2.FieldDescriptorProto.Type.Value(f"TYPE_{kind.upper()}")
            if bare in FIELDS:
                added.type_name = f".{PACKAGE}.{bare}"
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{message}"))


def parse(data: bytes) -> Profile:
    """The message that some bytes hold. Raises `ValueError` where they are none."""
    from google.protobuf.message import DecodeError

    try:
        return cast(Profile, message_class("Profile").FromString(data))  # type: ignore[attr-defined]
    except DecodeError as error:
        raise ValueError(str(error)) from error
