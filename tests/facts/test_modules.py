"""go.mod, go.work, and which module a file belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.facts.modfile import ModFileError, parse_mod
from gofixer.facts.modules import Module, ModuleError, file_go_version, find_module


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOWORK", raising=False)


def test_everything_in_a_go_mod() -> None:
    mod = parse_mod(
        """// Deprecated: use v2
module "example.com/m" // the module

go 1.23.4
toolchain go1.24.1

godebug default=go1.21
godebug (
\tasynctimerchan=1
\t// a comment
\tpanicnil=1
)

require (
\texample.org/a v1.2.3 // indirect
\t`example.org/b` v0.0.0-20240101000000-abcdef123456

)
require example.org/c v2.0.0+incompatible

replace example.org/a => ../a
replace (
\texample.org/b v1.0.0 => example.org/x v1.0.1
)
exclude example.org/d v1.0.0
retract [v1.0.0, v1.9.9]
retract (
\tv1.0.0 // bad
)
tool example.org/t
ignore ./node_modules
"""
    )
    assert (mod.module, mod.go, mod.toolchain) == ("example.com/m", "1.23.4", "go1.24.1")
    assert mod.godebug == {"default": "go1.21", "asynctimerchan": "1", "panicnil": "1"}
    assert mod.require == {
        "example.org/a": "v1.2.3",
        "example.org/b": "v0.0.0-20240101000000-abcdef123456",
        "example.org/c": "v2.0.0+incompatible",
    }


def test_line_endings_and_final_newline_do_not_matter() -> None:
    assert parse_mod("module m\r\n\r\ngo 1.21\r\nrequire (\r\n\ta.b/c v1.0.0\r\n)").require == {"a.b/c": "v1.0.0"}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "there is no module directive"),
        ("go 1.21\n", 1, "there is no module directive"),
        ("module m\nrequire (\n\ta.b/c v1.0.0\n", 2, "not closed"),
        ("module m\ngo latest\n", 2, "invalid go version"),
        ('module "m\n', 1, "not closed"),
        ("module m extra\n", 1, "usage of module"),
        ("module m\n)\n", 2, "unexpected )"),
        ("module m\ngodebug panicnil\n", 2, "key=value"),
    ],
)
def test_malformed(text: str, line: int, message: str) -> None:
    with pytest.raises(ModFileError, match=message.replace(")", r"\)")) as caught:
        parse_mod(text)
    assert caught.value.line == line


def test_the_nearest_go_mod_counts(tmp_path: Path) -> None:
    write(tmp_path / "go.mod", "module outer\n\ngo 1.20\n")
    write(tmp_path / "in" / "go.mod", "module inner\n\ngo 1.22rc1\n")
    file = write(tmp_path / "in" / "deep" / "a.go", "package deep\n")
    inner, outer = find_module(file), find_module(tmp_path / "other" / "a.go")
    assert inner is not None
    assert outer is not None
    assert (inner.path, inner.root, inner.go, inner.go_text) == (
        "inner",
        (tmp_path / "in").resolve(),
        (1, 22),
        "1.22rc1",
    )
    assert (outer.path, outer.go) == ("outer", (1, 20))
    assert find_module(tmp_path / "in") == inner


def test_no_module(tmp_path: Path) -> None:
    assert find_module(tmp_path / "a.go") is None


def test_without_a_go_line_the_language_is_that_of_1_16(tmp_path: Path) -> None:
    write(tmp_path / "go.mod", "module m\n")
    module = find_module(tmp_path)
    assert module is not None
    assert (module.go, module.go_text) == ((1, 16), "")


def test_malformed_go_mod_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "go.mod", "module m\n\nrequire (\n")
    with pytest.raises(ModuleError, match=r"go\.mod:3: the require block is not closed") as caught:
        find_module(tmp_path / "a.go")
    assert str(path.resolve()) in str(caught.value)


def test_go_mod_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_bytes(b"module \xff\n")
    with pytest.raises(ModuleError, match="is not UTF-8"):
        find_module(tmp_path)


def test_workspaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = write(tmp_path / "go.work", 'go 1.21\n\nuse ./a\nuse (\n\t"./b"\n)\n\ngodebug panicnil=1\n')
    for name in "abc":
        write(tmp_path / name / "go.mod", f"module {name}\n\ngo 1.21\n\ngodebug asynctimerchan=1\n")
    a, b, c = (find_module(tmp_path / name) for name in "abc")
    assert a is not None
    assert b is not None
    assert c is not None
    assert a.workspace == b.workspace == work.resolve()
    assert a.godebug == {"panicnil": "1"}, "go.work's own lines count, those of go.mod do not"
    assert (c.workspace, c.env, c.godebug) == (None, {"GOWORK": "off"}, {"asynctimerchan": "1"})
    monkeypatch.setenv("GOWORK", "off")
    alone = find_module(tmp_path / "a")
    assert alone is not None
    assert (alone.workspace, alone.env) == (None, {})
    other = write(tmp_path / "elsewhere.work", "go 1.21\n\nuse ./c\n")
    monkeypatch.setenv("GOWORK", str(other))
    used = find_module(tmp_path / "c")
    assert used is not None
    assert used.workspace == other.resolve()


def test_vendored(tmp_path: Path) -> None:
    write(tmp_path / "go.mod", "module m\n\ngo 1.21\n")
    assert not find_module(tmp_path).vendored  # type: ignore[union-attr]
    write(tmp_path / "vendor" / "modules.txt", "")
    assert find_module(tmp_path).vendored  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("go", "source", "expected"),
    [
        ((1, 24), b"package m\n", (1, 24)),
        ((1, 24), b"//go:build go1.21\n\npackage m\n", (1, 21)),
        ((1, 24), b"//go:build go1.18\n\npackage m\n", (1, 21)),
        ((1, 20), b"//go:build go1.22 && linux\n\npackage m\n", (1, 22)),
        ((1, 24), b"//go:build go1.21 || go1.23\n\npackage m\n", (1, 21)),
        ((1, 24), b"//go:build !go1.22\n\npackage m\n", (1, 24)),
        ((1, 24), b"//go:build linux\n\npackage m\n", (1, 24)),
        ((1, 24), b"package m\n\n//go:build go1.21\n", (1, 24)),
        ((1, 24), b"/* x */ // y\n//go:build go1.21\n\npackage m\n", (1, 21)),
        ((1, 24), b"//go:build (go1.21\n\npackage m\n", (1, 24)),
    ],
)
def test_version_of_a_file(go: tuple[int, int], source: bytes, expected: tuple[int, int]) -> None:
    assert file_go_version(Module(Path("/m"), "m", go), source) == expected
