"""The installed command as a process: start-up, pipes, terminals, interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
import trees

COMMAND = [sys.executable, "-m", "gofixer"]
SOURCE = 'package p\n\nimport "fmt"\n\nfunc F(n int) string { return fmt.Sprintf("%d", n) }\n'


@pytest.fixture
def module(tmp_path: Path) -> Path:
    return trees.module(tmp_path / "m", {"p.go": SOURCE}, go="1.24")


def gofixer(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )


def test_version(tmp_path: Path) -> None:
    done = gofixer("--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("gofixer ")


def test_quick_answers_load_neither_the_engine_nor_the_terminal_library(tmp_path: Path) -> None:
    code = "import sys; from gofixer.cli.main import run; run(sys.argv[1:]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True)
    assert not {"typer", "rich", "tree_sitter"} & set(done.stdout.split())
    done = subprocess.run([sys.executable, "-c", code, "list"], capture_output=True, text=True, check=True)
    assert "rich" not in done.stdout.splitlines()[-1].split()


def test_git_takes_the_patch(module: Path) -> None:
    done = gofixer("--dry-run", cwd=module)
    assert done.returncode == 0, done.stderr
    subprocess.run(["git", "init", "-q"], cwd=module, check=True)
    subprocess.run(["git", "apply", "-"], input=done.stdout, text=True, cwd=module, check=True)
    assert "strconv.Itoa(n)" in (module / "p.go").read_text()
    assert gofixer("--check", cwd=module).returncode == 0


def test_fix_then_undo(module: Path, tmp_path: Path) -> None:
    state = {"GOFIXER_STATE": str(tmp_path / "state")}
    assert gofixer(cwd=module, **state).returncode == 0
    assert "strconv.Itoa(n)" in (module / "p.go").read_text()
    done = gofixer("undo", cwd=module, **state)
    assert (done.returncode, done.stdout) == (0, "p.go: as it was\n")
    assert (module / "p.go").read_text() == SOURCE
    again = gofixer("undo", cwd=module, **state)
    assert again.returncode == 2
    assert again.stderr.startswith("gofixer: error: nothing to undo")


def test_a_reader_that_has_seen_enough(module: Path) -> None:
    process = subprocess.Popen([*COMMAND, "list"], cwd=module, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate()
    assert err == b""


def test_an_interrupt_leaves_the_files_alone(module: Path) -> None:
    slow = module.parent / "go"
    started = module.parent / "started"
    slow.write_text(f"#!/bin/sh\ntouch {started}\nexec sleep 60\n")
    slow.chmod(0o755)
    process = subprocess.Popen(
        [*COMMAND, "--go", str(slow)], cwd=module, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not started.exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert err == "gofixer: error: interrupted; nothing was written\n"
    assert process.returncode == 130
    assert (module / "p.go").read_text() == SOURCE


def on_terminal(*arguments: str, cwd: Path, **env: str) -> str:
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *arguments],
        cwd=str(cwd),
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **env},
        encoding="utf-8",
        timeout=120,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert isinstance(child.before, str)
    return child.before


def test_a_terminal_has_colours_and_progress(module: Path) -> None:
    shown = on_terminal("--dry-run", cwd=module)
    assert "\x1b[32m+func F(n int) string { return strconv.Itoa(n) }\x1b[0m" in shown
    assert "starting" in shown, "the first stage is drawn at once, the others ten times a second"
    assert "\x1b[" not in on_terminal("--dry-run", "-q", cwd=module, NO_COLOR="1")
    assert "exercise" in on_terminal("list", cwd=module).splitlines()[0]


def test_completion_for_a_shell(module: Path) -> None:
    done = gofixer(
        cwd=module, _GOFIXER_COMPLETE="complete_bash", COMP_WORDS="gofixer li", COMP_CWORD="1"
    )  # fmt: skip
    assert done.stdout.split() == ["list"]


def test_inline_tests_and_goldens(module: Path) -> None:
    (module / "gofixer.toml").write_text(
        '[[transform]]\nname = "my-rule"\nmessage = "m"\npattern = "strings.Index($s, $t) >= 0"\n'
        'rewrite = "strings.Contains($s, $t)"\napplicability = "safe"\n'
        "tests = [\n"
        "  { before = 'x := strings.Index(s, s) >= 0', after = 'x := strings.Contains(s, s)', given = 'var s string' },"
        "  { before = 'x := strings.Index(s, s) >= 0', unchanged = true, given = 'var s string' }]\n"
    )
    done = gofixer("test", "gofixer.toml", cwd=module)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "ok   gofixer.toml: my-rule, test 1"
    assert "FAIL gofixer.toml: my-rule, test 2" in done.stdout
    assert done.stderr == "1 passed, 1 failed\n"
    goldens = module / "goldens" / "my-rule"
    goldens.mkdir(parents=True)
    body = 'package p\n\nimport "strings"\n\nfunc f(s string) bool { return strings.Index(s, "x") >= 0 }\n'
    (goldens / "one.txtar").write_text(f"# A situation.\n-- input.go --\n{body}")
    failed = gofixer("test", "goldens", cwd=module)
    assert failed.returncode == 1
    assert '+func f(s string) bool { return strings.Contains(s, "x") }' in failed.stdout
    gofixer("test", "--update", "goldens", cwd=module)
    assert "-- want/input.go --\n" in (goldens / "one.txtar").read_text()
    passed = gofixer("test", "goldens", cwd=module)
    assert (passed.returncode, passed.stderr) == (0, "1 passed\n")
