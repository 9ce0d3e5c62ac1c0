"""Toolchains that fail, settings that are odd, two runs at once: one clear sentence each, and nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import FIXED, GOOD, Run

GO = shutil.which("go")
pytestmark = pytest.mark.skipif(GO is None, reason="needs Go on PATH")


def wrapped(tmp_path: Path, script: str) -> str:
    """A go command of its own: a shell script with `$real` for the true one."""
    go = tmp_path / "wrapped" / "go"
    go.parent.mkdir()
    go.write_text(f"#!/bin/sh\nreal='{GO}'\n{script}\n")
    go.chmod(0o755)
    return str(go)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"GOFLAGS": "-bogus"}, "unknown flag -bogus"),
        ({"GOFLAGS": "-overlay=/nonexistent.json"}, "/nonexistent.json"),
        ({"GOOS": "plan10"}, "unsupported GOOS/GOARCH pair plan10"),
        ({"GOCACHE": "off"}, "GOCACHE=off"),
        ({"GOCACHE": "relative"}, "GOCACHE is not an absolute path"),
        ({"GOEXPERIMENT": "bogus"}, "unknown GOEXPERIMENT bogus"),
        ({"GOROOT": "/nonexistent"}, "/nonexistent"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_settings_with_which_go_does_not_work(
    module: Path, gofixer: Run, setting: dict[str, str], sentence: str
) -> None:
    done = gofixer("--dry-run", **setting)
    assert done.returncode == 3
    assert done.stdout == ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("gofixer: error: ")]
    assert len(errors) == 1
    assert sentence in errors[0]


@pytest.mark.parametrize(
    "setting",
    [
        {"GOFLAGS": "-mod=mod"},
        {"GOFLAGS": "-v"},
        {"GOFLAGS": "-json"},
        {"GOFLAGS": "-o=elsewhere"},
        {"GOFLAGS": "-tags=one,two -trimpath"},
        {"GOENV": "off"},
        {"GOENV": "/nonexistent"},
        {"GO111MODULE": "off"},
        {"GOPROXY": "off", "GOSUMDB": "off"},
        {"CC": "/nonexistent"},
    ],
    ids=lambda setting: "-".join([*setting, *setting.values()]).replace("/", "."),
)
def test_odd_settings_with_which_go_works(module: Path, gofixer: Run, setting: dict[str, str]) -> None:
    before = sorted(path for path in module.rglob("*"))
    done = gofixer(**setting)
    assert done.returncode == 0, done.stderr
    assert (module / "good" / "p.go").read_text() == FIXED
    assert sorted(path for path in module.rglob("*")) == before


def test_flags_from_the_users_go_env_file(module: Path, gofixer: Run, tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("GOFLAGS=-tags=special\n")
    (module / "good" / "special.go").write_text("//go:build special\n\n" + GOOD.replace("Port", "Special"))
    done = gofixer("--dry-run", GOENV=str(file))
    assert "+++ b/good/special.go" in done.stdout


def test_a_build_that_never_ends(module: Path, gofixer: Run, tmp_path: Path) -> None:
    go = wrapped(tmp_path, 'case "$1" in vet) exec sleep 600;; esac\nexec "$real" "$@"')
    done = gofixer("--go", go, GOFIXER_GO_TIMEOUT="3")
    assert done.returncode == 3
    assert "gofixer: error: go vet took longer than 3 seconds: set GOFIXER_GO_TIMEOUT to allow more" in done.stderr
    assert (module / "good" / "p.go").read_text() == GOOD


def test_the_toolchain_is_killed_in_the_middle(module: Path, gofixer: Run, tmp_path: Path) -> None:
    go = wrapped(tmp_path, 'case "$1" in vet) kill -9 $$;; esac\nexec "$real" "$@"')
    done = gofixer("--go", go)
    assert done.returncode == 3
    assert "gofixer: error: go vet was killed by SIGKILL: run gofixer again" in done.stderr
    assert (module / "good" / "p.go").read_text() == GOOD


def test_the_disk_of_the_build_cache_is_full(module: Path, gofixer: Run, tmp_path: Path) -> None:
    script = 'case "$1" in vet) echo "write $GOCACHE/x: no space left on device" >&2; exit 1;; esac'
    done = gofixer("--go", wrapped(tmp_path, f'{script}\nexec "$real" "$@"'))
    assert done.returncode == 3
    assert "the disk is full" in done.stderr
    assert (module / "good" / "p.go").read_text() == GOOD


def test_a_build_cache_that_cannot_be_written(module: Path, gofixer: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = gofixer(GOCACHE=str(tmp_path / "file" / "cache"))
    assert done.returncode == 3
    assert str(tmp_path / "file" / "cache") in done.stderr
    assert (module / "good" / "p.go").read_text() == GOOD


def test_two_runs_in_one_tree(module: Path, gofixer: Run) -> None:
    for number in range(20):
        folder = module / f"p{number}"
        folder.mkdir()
        (folder / "p.go").write_text(GOOD)
    gofixer("--dry-run")  # so that both start at once, and not one behind the other's build of the helper
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: gofixer(), range(2))
    files = [module / "good" / "p.go", *(module / f"p{number}" / "p.go" for number in range(20))]
    assert [file.read_text() for file in files] == [FIXED] * len(files)
    assert 0 in (one.returncode, other.returncode)
    for done in (one, other):
        if done.returncode:  # it found files changed or the tree locked by the other run, and says so
            assert "changed" in done.stderr or "another" in done.stderr
    assert not [path for path in module.rglob("*") if path.is_file() and path.suffix not in (".go", ".mod")]
    assert subprocess.run([sys.executable, "-m", "gofixer", "--check"], cwd=module, env=os.environ,
                          capture_output=True, check=False).returncode == 0  # fmt: skip
