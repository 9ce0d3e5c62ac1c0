"""Writes the Go files that run pairs of functions side by side; they exist in overlays only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib import resources

from gofixer.differential.model import Pair, Piece

TEST = "TestGofixerDifferential"
_NAME = re.compile(r"zz_gofixer_(?:old|new|where)(\d+)_test\.go")


def files_for(pairs: Iterable[Pair], small: Iterable[int]) -> dict[str, bytes]:
    """The test files of one package by name. ``small`` are pairs to try with small inputs only."""
    chosen, few = list(pairs), set(small)
    package = chosen[0].package
    files = {
        f"zz_gofixer_{name}_test.go": _template(template, package)
        for name, template in (("harness", "harness.go"), ("limit", "limit.go"))
    }
    table = [f"package {package}\n", "func init() {"]
    for pair in chosen:
        files[f"zz_gofixer_old{pair.id}_test.go"] = _piece(pair.old, package, f"gofixerOld{pair.id}")
        files[f"zz_gofixer_new{pair.id}_test.go"] = _piece(pair.new, package, f"gofixerNew{pair.id}")
        if pair.where is not None:
            files[f"zz_gofixer_where{pair.id}_test.go"] = _piece(pair.where, package, f"gofixerWhere{pair.id}")
        table.append(_case(pair, pair.id in few))
    table.append("}\n")
    files["zz_gofixer_table_test.go"] = "\n".join(table).encode()
    return files


def mentioned(text: str) -> frozenset[int]:
    """The pairs whose files a compiler speaks of."""
    return frozenset(int(match) for match in _NAME.findall(text))


def _template(name: str, package: str) -> bytes:
    text = (resources.files("gofixer.differential") / "harness_go" / name).read_text(encoding="utf-8")
    return text.replace("package gofixer_harness", f"package {package}", 1).encode()


def _piece(piece: Piece, package: str, name: str) -> bytes:
    imports = "".join(f"import {local} {json.dumps(path)}\n" for local, path in sorted(piece.imports.items()))
    return f"package {package}\n\n{imports}\nfunc {name}".encode() + piece.text + b"\n"


def _case(pair: Pair, small: bool) -> str:
    def strings(texts: Iterable[str]) -> str:
        return f"[]string{{{', '.join(go_string(t) for t in texts)}}}"

    fields: Mapping[str, str] = {
        "id": str(pair.id),
        "names": strings(one.name for one in pair.inputs),
        "lengths": f"[]bool{{{', '.join('true' if one.length else 'false' for one in pair.inputs)}}}",
        "small": "true" if small else "false",
        "ints": f"[]int64{{{', '.join(map(str, pair.ints))}}}",
        "texts": strings(pair.texts),
        "old": f"gofixerOld{pair.id}",
        "new": f"gofixerNew{pair.id}",
        "where": f"gofixerWhere{pair.id}" if pair.where is not None else "nil",
    }
    body = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return f"\tgofixerCases = append(gofixerCases, gofixerCase{{{body}}})"


def go_string(text: str) -> str:
    """A Go string literal; lone surrogates stand for bytes that are no UTF-8."""
    data = text.encode("utf-8", "surrogateescape") if _encodable(text) else b""
    return '"' + "".join(f"\\x{byte:02x}" for byte in data) + '"'


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
