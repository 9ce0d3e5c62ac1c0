"""Finding the toolchain, running it, and building the helper with it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gofixer.errors import ExitCode, UserError
from gofixer.facts import helper, process
from gofixer.facts import toolchain as module
from gofixer.facts.helper import build_helper
from gofixer.facts.modules import find_module
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain, find_toolchain, flag_tags, split_flags
from gofixer.facts.types import FileTypes

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins for go are shell scripts")

ANSWER = """{"GOVERSION": "%s", "GOROOT": "/nowhere", "GOOS": "linux", "GOARCH": "amd64", "CGO_ENABLED": "0",
 "GOFLAGS": "", "GOWORK": "", "GOHOSTOS": "linux", "GOHOSTARCH": "amd64"}"""


def fake_go(path: Path, version: str = "go1.25.3", body: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + (body or f"cat <<'END'\n{ANSWER % version}\nEND\n"))
    path.chmod(0o755)
    return path


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No toolchain anywhere; the shell stays where it is."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "cat", "sleep"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.delenv("GOFIXER_GO", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "bin" / "python"))
    monkeypatch.setattr(module.metadata, "files", lambda name: None)


def refused(explicit: Path | None = None) -> str:
    with pytest.raises(UserError) as caught:
        find_toolchain(explicit)
    assert caught.value.exit_code == ExitCode.TOOLCHAIN
    assert "pip install 'gofixer[go]'" in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("nothing")
def test_none_at_all() -> None:
    assert refused().startswith("no Go toolchain found: ")


@pytest.mark.usefixtures("nothing")
def test_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = fake_go(tmp_path / "venv" / "bin" / "go", "go1.21.1")
    assert find_toolchain().go == beside
    on_path = fake_go(tmp_path / "tools" / "go", "go1.22.2")
    assert find_toolchain().go == on_path
    named = fake_go(tmp_path / "named" / "go", "go1.23.3")
    monkeypatch.setenv("GOFIXER_GO", str(named))
    assert find_toolchain().go == named
    explicit = fake_go(tmp_path / "root" / "bin" / "go", "go1.24rc1")
    found = find_toolchain(explicit)
    assert (found.go, found.version, found.text) == (explicit, (1, 24, 0), "1.24rc1")
    assert find_toolchain(tmp_path / "root").go == explicit, "a GOROOT will do"


@pytest.mark.usefixtures("nothing")
def test_the_package_may_keep_it_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = fake_go(tmp_path / "site" / "bin" / "go")

    class Installed(importlib.metadata.PackagePath):
        def locate(self) -> Path:
            return tmp_path / "site" / self

    monkeypatch.setattr(module.metadata, "files", lambda name: [Installed("x/go"), Installed("bin/go")])
    assert find_toolchain().go == binary


@pytest.mark.usefixtures("nothing")
def test_unusable_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "does not exist" in refused(tmp_path / "absent")
    plain = tmp_path / "plain"
    plain.write_text("x")
    assert "is not executable" in refused(plain)
    old = fake_go(tmp_path / "old", "go1.20.14")
    assert "is Go 1.20.14, but Go 1.21 or later is needed" in refused(old)
    broken = fake_go(tmp_path / "broken", body="echo 'cannot find GOROOT' >&2\nexit 2\n")
    assert "is no working Go toolchain (cannot find GOROOT)" in refused(broken)
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\x7fELF nonsense")
    garbage.chmod(0o755)
    assert "cannot run" in refused(garbage)
    monkeypatch.setenv("GOFIXER_GO", str(tmp_path / "absent"))
    assert "GOFIXER_GO" in refused()


def test_no_other_toolchain_is_fetched_unless_the_user_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = fake_go(tmp_path / "go")
    monkeypatch.delenv("GOTOOLCHAIN", raising=False)
    assert find_toolchain(go).env == {"GOTOOLCHAIN": "local"}
    monkeypatch.setenv("GOTOOLCHAIN", "auto")
    assert find_toolchain(go).env == {}


def test_goflags() -> None:
    flags = split_flags("-mod=vendor '-ldflags=-s -w' -tags=a,b")
    assert flags == ["-mod=vendor", "-ldflags=-s -w", "-tags=a,b"]
    assert flag_tags(tuple(flags)) == ("a", "b")
    assert flag_tags(("--tags=x", "-tags=y z")) == ("y", "z")


def test_time_limit_kills_the_group(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    script = fake_go(tmp_path / "slow", body=f"exec 9>{fifo}\n(sleep 5; echo survived >&9) &\nwait\n")
    with pytest.raises(UserError, match="did not finish within"):
        process.run([str(script)], tmp_path, os.environ, timeout=0.5)
    os.set_blocking(reader, True)
    assert os.read(reader, 100) == b"", "the end comes when no process of the group is left"
    os.close(reader)


def test_an_interrupt_kills_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    real = process.start

    def start(*args: object, **settings: object) -> object:
        child = real(*args, **settings)  # type: ignore[arg-type]
        started.append(child)

        def interrupted(*args: object, **settings: object) -> None:
            raise KeyboardInterrupt

        child.communicate = interrupted  # type: ignore[method-assign, assignment]
        return child

    monkeypatch.setattr(process, "start", start)
    script = fake_go(tmp_path / "slow", body="sleep 600\n")
    with pytest.raises(KeyboardInterrupt):
        process.run([str(script)], tmp_path, os.environ, timeout=60)
    assert started[0].returncode is not None


def test_helper_is_built_once(toolchain: Toolchain, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build_helper(toolchain, cache)
    assert first.is_relative_to(cache)
    monkeypatch.setattr(helper, "_build", lambda *_: pytest.fail("built again"))
    assert build_helper(toolchain, cache) == first
    assert [path.name for path in first.parent.iterdir()] == [first.name], "nothing is left behind"


def test_odd_settings_do_not_reach_the_helper(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "GOFLAGS": "-mod=vendor -tags=x",
        "GO111MODULE": "off",
        "GOWORK": str(tmp_path / "absent.work"),
        "GOOS": "windows",
        "GOARCH": "386",
    }.items():
        monkeypatch.setenv(name, value)
    binary = build_helper(toolchain, tmp_path / "a cache")
    assert binary.is_file()


def test_a_cache_that_cannot_be_written(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    (tmp_path / "cache").write_text("a file, no folder")
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    built = build_helper(toolchain, cache)
    monkeypatch.setattr(helper.tempfile, "gettempdir", lambda: str(elsewhere))
    monkeypatch.setattr(helper, "_build", lambda _, work: Path(shutil.copy(built, work / "copy")))
    assert build_helper(toolchain, tmp_path / "cache").is_relative_to(elsewhere)


def test_a_helper_that_cannot_be_built(toolchain: Toolchain, tmp_path: Path) -> None:
    go = fake_go(tmp_path / "go", body="echo 'compile: no such tool' >&2\nexit 1\n")
    broken = Toolchain(go, toolchain.version, toolchain.text, tmp_path, toolchain.host)
    with pytest.raises(UserError, match="compile: no such tool") as caught:
        build_helper(broken, tmp_path / "cache")
    assert caught.value.exit_code == ExitCode.TOOLCHAIN


def test_a_helper_that_dies(toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.21\n")
    path = tmp_path / "a.go"
    path.write_text("package m\n\nvar a = 1\n")
    found = find_module(path)
    assert found is not None
    dying = fake_go(tmp_path / "dying", body="echo 'fatal error: out of memory' >&2\nread line\nexit 2\n")
    with Oracle(toolchain, cache) as oracle:
        with monkeypatch.context() as patch:
            patch.setattr("gofixer.facts.oracle.build_helper", lambda *_: dying)
            with pytest.raises(UserError, match="out of memory"):
                oracle.query(found, {path: [(0, 20)]})
        assert isinstance(oracle.query(found, {path: [(0, 20)]})[path], FileTypes), "the next question starts a new one"


def listed_export(toolchain: Toolchain, helper: Path, package: str) -> str:
    """The export data of a package that `go list` finds while the helper keeps all tools from working."""
    command = ["list", "-e", "-export", f"-toolexec={helper} noexec", "-f={{.Export}}", package]
    return toolchain.run(*command, directory=helper.parent).stdout.strip()


@pytest.mark.parametrize("package", ["sort", "net"])
def test_packages_of_the_build_cache_are_found(toolchain: Toolchain, cache: Path, package: str) -> None:
    built = toolchain.run("list", "-export", "-f={{.Export}}", package, directory=cache.parent)
    assert built.status == 0, "it is in the build cache now"
    assert listed_export(toolchain, build_helper(toolchain, cache), package), "net needs the C compiler's own word"


def test_no_tool_works_for_a_listing(toolchain: Toolchain, cache: Path, tmp_path: Path) -> None:
    helper = build_helper(toolchain, cache)
    made = tmp_path / "made"
    refused = subprocess.run([helper, "noexec", "touch", made], capture_output=True, check=False)
    assert refused.returncode == 1
    assert b"not compiled" in refused.stderr
    assert not made.exists()
