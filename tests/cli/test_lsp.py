"""`gofixer lsp` as a command."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gofixer.cli.main import run
from gofixer.errors import ExitCode


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith(("gofixer.lsp", "pygls", "lsprotocol"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    assert run(["lsp"]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "gofixer: error: the language server needs its extra: pip install 'gofixer[lsp]'\n"


def test_a_folder_of_transforms_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lsp", "--transforms", str(tmp_path / "none")]) == ExitCode.USAGE
    assert "no such folder" in capsys.readouterr().err
