"""What goes wrong with the machine: named, never held against a fix."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import cast

import pytest
from gotree import GoTree

from gofixer.errors import UserError
from gofixer.facts.constraints import Variant
from gofixer.facts.toolchain import Host, Toolchain
from gofixer.verify import overlay
from gofixer.verify.gotool import DEFAULT_TIMEOUT, GoTool, time_limit
from gofixer.verify.overlay import PROBE_NAME, OverlayStore
from gofixer.verify.vet import needs_stand_in, vet_packages

A = "package a\n\nfunc A(n int) int { return n + 1 }\n"


def toolchain_of(go: Path, version: tuple[int, int, int] = (1, 26, 0), *flags: str) -> Toolchain:
    host = cast(Host, None)  # nothing here depends on the machine that the toolchain builds for
    return Toolchain(go, version, ".".join(map(str, version)), go.parent, host, flags)


def fake_go(folder: Path, script: str) -> Toolchain:
    go = folder / "fake-go"
    go.write_text(f"#!/bin/sh\n{script}\n")
    go.chmod(0o755)
    return toolchain_of(go)


def test_a_toolchain_that_is_killed(tree: GoTree, tmp_path: Path) -> None:
    tree.write({"a/a.go": A})
    tree.fix("a/a.go", "n + 1", "1 + n")
    tree.toolchain = fake_go(tmp_path, "kill -KILL $$")
    with pytest.raises(UserError, match=r"^go list was killed by SIGKILL: run gofixer again$") as caught:
        tree.verify()
    assert caught.value.exit_code == 3


def test_a_compiler_that_is_killed_rejects_nothing(tree: GoTree, tmp_path: Path) -> None:
    tree.write({"a/a.go": A})
    tree.fix("a/a.go", "n + 1", "1 + n")
    said = json.dumps({"Dir": str(tree.root / "a"), "Error": {"Err": "go build example.com/m/a: signal: killed"}})
    tree.toolchain = fake_go(tmp_path, f"echo '{said}'")
    with pytest.raises(UserError, match="a compiler process was killed") as caught:
        tree.verify()
    assert caught.value.exit_code == 3


def test_a_full_disk_in_the_toolchain(tree: GoTree, tmp_path: Path) -> None:
    tree.write({"a/a.go": A})
    tree.fix("a/a.go", "n + 1", "1 + n")
    tree.toolchain = fake_go(tmp_path, "echo 'go: write /x: no space left on device' >&2; exit 1")
    with pytest.raises(UserError, match="go list could not finish: the disk is full"):
        tree.verify()


def test_a_toolchain_that_is_not_there(tree: GoTree, tmp_path: Path) -> None:
    tree.write({"a/a.go": A})
    tree.fix("a/a.go", "n + 1", "1 + n")
    tree.toolchain = toolchain_of(tmp_path / "nowhere/go")
    with pytest.raises(UserError, match=r"cannot run .*nowhere/go") as caught:
        tree.verify()
    assert caught.value.exit_code == 3


def test_a_time_limit_ends_the_command_and_its_children(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    toolchain = fake_go(tmp_path, f"sleep 600 & echo $! > {pid}; wait")
    # The child has certainly been started when the limit strikes: the limit is what this test waits for.
    with pytest.raises(UserError, match="go list took longer than 2 seconds: set GOFIXER_GO_TIMEOUT"):
        GoTool(toolchain, tmp_path, timeout=2).run("list")
    assert_ends(int(pid.read_text()))


def test_an_interrupt_ends_the_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupted(self: subprocess.Popen[bytes], *args: object, **kwargs: object) -> None:
        started.append(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        GoTool(fake_go(tmp_path, "exec sleep 600"), tmp_path).run("list")
    assert started[0].returncode == -signal.SIGKILL


def assert_ends(pid: int) -> None:
    """A killed process may be waiting for its parent to take note of it; running it is no longer."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
    pytest.fail(f"process {pid} is still running")


def test_the_time_limit_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOFIXER_GO_TIMEOUT", raising=False)
    assert time_limit() == DEFAULT_TIMEOUT
    monkeypatch.setenv("GOFIXER_GO_TIMEOUT", "90")
    assert time_limit() == 90
    for wrong in ("soon", "0", "-1", "nan", "inf"):
        monkeypatch.setenv("GOFIXER_GO_TIMEOUT", wrong)
        with pytest.raises(UserError, match="GOFIXER_GO_TIMEOUT"):
            time_limit()


def test_a_cache_folder_that_cannot_be_made(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "file": ""})
    tree.fix("a/a.go", "n + 1", "1 + n")
    with pytest.raises(UserError, match=r"cannot write to the cache folder .*Not a directory") as caught:
        tree.verify(cache_dir=tree.root / "file" / "cache")
    assert caught.value.exit_code == 3


def test_a_full_disk_under_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = OverlayStore(tmp_path)

    def full(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UserError, match="No space left on device"):
        store.write(tmp_path, {tmp_path / "a.go": b"package a\n"})
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_a_wrong_overlay_key_is_noticed(tree: GoTree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The go command ignores a key that is not a name it uses: then nothing was checked."""
    tree.write({"a/a.go": A})
    bad = tree.fix("a/a.go", "n + 1", "nosuch")
    assert tree.verify().rejected.keys() == {bad}
    link = tree.root.parent / "link"
    link.symlink_to(tree.root, target_is_directory=True)

    class Misnamed(OverlayStore):
        def write(self, root: Path, contents: object) -> overlay.Overlay:
            written = super().write(root, contents)  # type: ignore[arg-type]
            text = written.json.read_text().replace(f'"{root}/a/', f'"{link}/a/')
            wrong = written.json.with_name("wrong.json")
            wrong.write_text(text)
            return overlay.Overlay(wrong, written.replaced, written.originals)

    monkeypatch.setattr("gofixer.verify.run.OverlayStore", Misnamed)
    with pytest.raises(UserError, match=r"did not read the changed files of .*/m/a\b") as caught:
        tree.verify()
    assert caught.value.exit_code == 3
    assert not (tree.root / "a" / PROBE_NAME).exists()


def test_overlay_files_have_the_same_names_in_every_run(tmp_path: Path) -> None:
    root = tmp_path / "m"
    first = OverlayStore(tmp_path / "cache").write(root, {root / "a/a.go": b"package a\n"})
    second = OverlayStore(tmp_path / "cache").write(root, {root / "a/a.go": b"package a\n"})
    assert first == second
    blob = first.replaced[root / "a/a.go"]
    assert blob.parts[-2:] == ("a", "a.go")
    assert blob.read_bytes() == b"package a\n"


def test_overlay_files_that_nobody_used_for_a_week_go(tmp_path: Path) -> None:
    root = tmp_path / "m"
    old = OverlayStore(tmp_path).write(root, {root / "a.go": b"package a\n"}).replaced[root / "a.go"]
    past = time.time() - 8 * 24 * 3600
    os.utime(old.parent, (past, past))
    new = OverlayStore(tmp_path).write(root, {root / "b.go": b"package b\n"}).replaced[root / "b.go"]
    assert not old.exists()
    assert new.exists()


@pytest.mark.parametrize(
    ("version", "expected"),
    [((1, 21, 13), True), ((1, 23, 9), True), ((1, 24, 0), False), ((1, 27, 3), False)],
)
def test_toolchains_before_1_24_need_the_stand_in_for_vet(version: tuple[int, int, int], expected: bool) -> None:
    assert needs_stand_in(version) is expected


def test_the_stand_in_is_used_by_old_toolchains_only(tmp_path: Path) -> None:
    store = OverlayStore(tmp_path / "cache")
    written = store.write(tmp_path, {tmp_path / "a.go": b"package a\n"})
    go = fake_go(tmp_path, "echo /some/vet").go
    for version, expected in (((1, 23, 9), True), ((1, 24, 0), False)):
        tool = GoTool(toolchain_of(go, version), tmp_path)
        vet_packages(tool, [tmp_path], written, store)
        assert ("-vettool=" in tool.commands[-1]) is expected


def test_the_stand_in_exchanges_the_names(tmp_path: Path) -> None:
    store = OverlayStore(tmp_path / "cache")
    written = store.write(tmp_path, {tmp_path / "a.go": b"package a\n"})
    vet = tmp_path / "vet"
    vet.write_text('#!/bin/sh\ncat "$2"\n')
    vet.chmod(0o755)
    tool = GoTool(toolchain_of(fake_go(tmp_path, f"echo {vet}").go, (1, 23, 0)), tmp_path)
    vet_packages(tool, [tmp_path], written, store)
    stand_in = tool.commands[-1].partition("-vettool=")[2].split()[0]
    config = tmp_path / "vet.cfg"
    config.write_text(json.dumps({"GoFiles": [str(tmp_path / "a.go"), str(tmp_path / "b.go")], "ID": "x"}))
    answer = subprocess.run([stand_in, "-flag", str(config)], capture_output=True, text=True, check=True)
    config_seen = json.loads(answer.stdout)
    assert config_seen["GoFiles"] == [str(written.replaced[tmp_path / "a.go"]), str(tmp_path / "b.go")]
    assert config_seen["ID"] == "x"


def test_the_command_line_shows_the_configuration(tmp_path: Path) -> None:
    variant = Variant(goos="windows", goarch="arm64", cgo=False, tags=("a", "b"))
    go = fake_go(tmp_path, "exit 0").go
    tool = GoTool(toolchain_of(go, (1, 26, 0), "-mod=mod", "-tags=mine"), tmp_path, variant, {"GOWORK": "off"})
    tool.run("list", "./...")
    assert tool.commands[-1] == "GOWORK=off GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go list -tags=mine,a,b ./..."
