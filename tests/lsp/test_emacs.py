"""Emacs with eglot, in batch mode: slow; needs emacs-nox, elpa-eglot and elpa-go-mode of Debian (`make test-emacs`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lsp.editor import LOOP, module, package

EMACS = shutil.which("emacs")
TEXT = LOOP.replace("\treturn", "\t/* 😀漢 */ return") % "p"


def has_eglot() -> bool:
    """Whether there is an Emacs with what the session needs."""
    command = [EMACS or "", "--batch", "--eval", "(progn (require 'eglot) (require 'go-mode))"]
    return EMACS is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.xdist_group("lsp")
def test_a_session_in_emacs(tmp_path: Path) -> None:
    if not has_eglot():
        pytest.skip("Emacs with eglot and go-mode is not installed")
    root = module(tmp_path.resolve() / "m")
    path = package(root, "p", TEXT)
    out = tmp_path / "out.json"
    env = {
        **os.environ,
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "GOFIXER_TEST_PYTHON": sys.executable,
        "GOFIXER_TEST_FILE": str(path),
        "GOFIXER_TEST_OUT": str(out),
    }
    command = [EMACS or "", "--batch", "-l", str(Path(__file__).with_name("session.el"))]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(out.read_text())
    assert "strconv" in said["text"]
    assert said["buffer"] == TEXT.replace('"fmt"', '"strconv"').replace('fmt.Sprintf("%d", n)', "strconv.Itoa(n)")
    assert path.read_text() == TEXT
