"""The description of the messages is that of profile.proto."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

import gofixer.profiles
from gofixer.profiles import schema

PROTO = Path(gofixer.profiles.__file__).with_name("profile.proto")


def fields_of(text: str) -> dict[str, dict[str, tuple[int, str]]]:
    """Message -> field -> (number, type; in brackets where repeated) of a .proto's text."""
    text = re.sub(r"//.*", "", text)
    found = {}
    for message, body in re.findall(r"message (\w+) \{(.*?)\}", text, re.DOTALL):
        found[message] = {
            name: (int(number), f"[{kind}]" if repeated else kind)
            for repeated, kind, name, number in re.findall(r"(repeated )?(\w+) (\w+) = (\d+);", body)
        }
    return found


def test_the_description_follows_the_proto() -> None:
    published = fields_of(PROTO.read_text())
    assert published["Profile"]["string_table"] == (6, "[string]")
    published["Profile"]["string_table"] = (6, "[bytes]")  # text that is no UTF-8 is read, too
    for message, fields in schema.FIELDS.items():
        assert fields == {name: published[message][name] for name in fields}


def test_the_proto_is_what_the_compiler_reads(tmp_path: Path) -> None:
    compiler = [found] if (found := shutil.which("protoc")) else [sys.executable, "-m", "grpc_tools.protoc"]
    if not found and find_spec("grpc_tools") is None:
        pytest.skip("no protoc")
    out = tmp_path / "out"
    subprocess.run([*compiler, f"-I{PROTO.parent}", f"--descriptor_set_out={out}", PROTO.name], check=True)
    (file,) = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
    kinds = descriptor_pb2.FieldDescriptorProto.Type
    assert file.package == schema.PACKAGE
    assert fields_of(PROTO.read_text()) == {
        message.name: {
            field.name: (
                field.number,
                f"[{kind}]" if field.label == field.LABEL_REPEATED else kind,
            )
            for field in message.field
            for kind in [field.type_name.rpartition(".")[2] or kinds.Name(field.type).removeprefix("TYPE_").lower()]
        }
        for message in file.message_type
    }


def test_the_source_and_its_licence_are_named() -> None:
    assert "Apache License, Version 2.0" in PROTO.read_text()
    assert "Apache License" in PROTO.with_name("pprof.LICENSE").read_text()
