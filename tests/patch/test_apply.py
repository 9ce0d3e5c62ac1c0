"""Files are written all or as named, each one whole, and never over somebody else's change."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gofixer.errors import UserError
from gofixer.patch import apply as applying
from gofixer.patch.apply import PREFIX, Write, remove_leftovers, write_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the files a.go, b.go and sub/c.go, whose content is their name and ``old``."""
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.go", "b.go", "sub/c.go"):
        (folder / name).write_bytes(old(name))
    return folder


def old(name: str) -> bytes:
    return name.encode() + b" old\n"


def new(name: str) -> bytes:
    return name.encode() + b" new\n"


def writes(root: Path, *names: str) -> list[Write]:
    return [Write(root / name, old(name), new(name)) for name in names or ("a.go", "b.go", "sub/c.go")]


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


OLD = {name: old(name) for name in ("a.go", "b.go", "sub/c.go")}
NEW = {name: new(name) for name in OLD}


def test_all_files_are_written_and_nothing_is_left_beside_them(root: Path) -> None:
    written = write_files(writes(root), [root])
    assert written.done == [root / name for name in OLD]
    assert not written.failed
    assert contents(root) == NEW


def test_a_file_changed_meanwhile_is_left_alone_and_the_others_are_written(root: Path) -> None:
    (root / "b.go").write_bytes(b"mine")
    written = write_files(writes(root), [root])
    assert written.failed == {root / "b.go": "has changed since it was read"}
    assert contents(root) == {**NEW, "b.go": b"mine"}


def test_a_file_changed_at_the_last_moment_is_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is compared once more right before the new file takes its place."""
    link = os.link

    def change_next(source: Path, target: Path) -> None:
        (root / "b.go").write_bytes(b"mine")
        link(source, target)

    monkeypatch.setattr(os, "link", change_next)
    written = write_files(writes(root, "a.go", "b.go"), [root])
    assert list(written.failed) == [root / "b.go"]
    assert contents(root) == {**OLD, "a.go": new("a.go"), "b.go": b"mine"}


def test_a_file_that_is_gone_stays_gone(root: Path) -> None:
    (root / "a.go").unlink()
    written = write_files(writes(root, "a.go"), [root])
    assert written.failed == {root / "a.go": "is no longer there"}
    assert not (root / "a.go").exists()


# -- modes, links -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o664, 0o2755, 0o4750, 0o222])
def test_modes_survive(root: Path, mode: int) -> None:
    (root / "a.go").chmod(mode)
    if not os.access(root / "a.go", os.R_OK):
        pytest.skip("only root may read such a file")
    assert write_files(writes(root, "a.go"), [root]).done
    assert stat.S_IMODE((root / "a.go").stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_survives(root: Path) -> None:
    os.chown(root / "a.go", 4321, 1234)
    assert write_files(writes(root, "a.go"), [root]).done
    status = (root / "a.go").stat()
    assert (status.st_uid, status.st_gid) == (4321, 1234)


def test_extended_attributes_survive(root: Path) -> None:
    try:
        os.setxattr(root / "a.go", "user.note", b"x")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    assert write_files(writes(root, "a.go"), [root]).done
    assert os.getxattr(root / "a.go", "user.note") == b"x"


def test_a_link_stays_a_link_and_its_target_is_written(root: Path) -> None:
    (root / "link.go").symlink_to("sub/c.go")
    written = write_files([Write(root / "link.go", old("sub/c.go"), b"x")], [root])
    assert written.done == [root / "link.go"]
    assert (root / "link.go").is_symlink()
    assert (root / "sub" / "c.go").read_bytes() == b"x"


def test_a_file_and_a_link_to_it_are_written_once(root: Path) -> None:
    (root / "link.go").symlink_to("a.go")
    both = [Write(root / "a.go", old("a.go"), b"x"), Write(root / "link.go", old("a.go"), b"x")]
    written = write_files(both, [root])
    assert (written.done, written.failed) == ([root / "a.go", root / "link.go"], {})
    assert (root / "a.go").read_bytes() == b"x"


@pytest.mark.parametrize("whole_folder", [False, True])
def test_a_link_to_the_outside_is_not_followed(root: Path, tmp_path: Path, whole_folder: bool) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.go").write_bytes(b"old")
    link = root / "out"
    link.symlink_to(outside if whole_folder else outside / "x.go")
    path = link / "x.go" if whole_folder else link
    written = write_files([Write(path, b"old", b"new")], [root])
    assert written.failed == {path: "is a link to a file outside of the module"}
    assert (outside / "x.go").read_bytes() == b"old"
    assert [path.name for path in outside.iterdir()] == ["x.go"]


def test_a_file_outside_of_the_roots_is_not_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "rooted.go").write_bytes(b"old")
    for path in (tmp_path / "rooted.go", root / ".." / "rooted.go"):
        written = write_files([Write(path, b"old", b"new")], [root])
        assert written.failed == {path: "lies outside of the module"}
    assert (tmp_path / "rooted.go").read_bytes() == b"old"


def test_a_root_behind_a_link_is_fine(root: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(root)
    assert write_files(writes(tmp_path / "way"), [tmp_path / "way"]).done
    assert contents(root) == NEW


def test_a_link_that_leads_in_circles_is_named(root: Path) -> None:
    (root / "x.go").symlink_to("x.go")
    written = write_files([Write(root / "x.go", b"", b"new")], [root])
    assert list(written.failed) == [root / "x.go"]


def test_other_hard_links_keep_the_old_content_and_that_is_said(root: Path) -> None:
    os.link(root / "a.go", root / "sub" / "twin.go")
    written = write_files(writes(root, "a.go", "b.go"), [root])
    assert list(written.notes) == [root / "a.go"]
    assert (root / "sub" / "twin.go").read_bytes() == old("a.go")


# -- what may not be written ------------------------------------------------------------------------------------


def test_a_read_only_file_is_named_and_the_others_are_written(root: Path) -> None:
    (root / "b.go").chmod(0o444)
    written = write_files(writes(root), [root])
    assert written.failed == {root / "b.go": "is read-only"}
    assert contents(root) == {**NEW, "b.go": old("b.go")}


def test_a_read_only_folder_is_named_and_the_others_are_written(root: Path) -> None:
    (root / "sub").chmod(0o555)
    written = write_files(writes(root), [root])
    (root / "sub").chmod(0o755)
    assert written.failed == {root / "sub" / "c.go": "is in a read-only folder"}
    assert contents(root) == {**NEW, "sub/c.go": old("sub/c.go")}


def fail(number: int, at: Callable[[Path], bool]) -> Callable[[Path, Path], Path]:
    """A `Path.replace` that fails with an error number for some paths."""
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if at(Path(target)) and ".old" not in self.name:
            raise OSError(number, os.strerror(number), str(target))
        return replace(self, target)

    return failing


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC, errno.EIO, errno.EPERM])
@pytest.mark.parametrize("links", [True, False], ids=["links", "no-links"])
@pytest.mark.parametrize("name", list(OLD))
def test_a_failure_in_the_middle_brings_everything_back(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, links: bool, name: str
) -> None:
    inodes = {n: (root / n).stat().st_ino for n in OLD}

    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no links here")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "replace", fail(number, lambda target: target == root / name))
    with pytest.raises(UserError, match="nothing was changed"):
        write_files(writes(root), [root])
    assert contents(root) == OLD
    if links:
        assert {n: (root / n).stat().st_ino for n in OLD} == inodes


def test_a_file_changed_by_somebody_before_going_back_is_left_to_them(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(target: Path) -> bool:
        if target.name == "b.go":
            (root / "a.go").write_bytes(b"mine")
        return target.name == "b.go"

    monkeypatch.setattr(Path, "replace", fail(errno.EIO, change))
    with pytest.raises(UserError):
        write_files(writes(root), [root])
    assert contents(root) == {**OLD, "a.go": b"mine"}


def test_what_cannot_be_brought_back_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "b.go" or ".old" in self.name:
            raise OSError(errno.EIO, "broken disk")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(UserError, match=r"changed already: .*a\.go; run `gofixer undo`"):
        write_files(writes(root), [root])


@pytest.mark.parametrize("step", ["fsync", "fdopen"])
def test_a_full_disk_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    calls = 0
    real = getattr(os, step)

    def full(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **options)

    monkeypatch.setattr(os, step, full)
    with pytest.raises(UserError, match=r"space.*nothing was changed"):
        write_files(writes(root), [root])
    assert contents(root) == OLD


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    disk = tmp_path / "small"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount a tmpfs")
    return disk


def test_a_disk_that_fills_up_changes_nothing(small_disk: Path) -> None:
    try:
        content = b"x" * 50_000
        for number in range(3):
            (small_disk / f"{number}.go").write_bytes(content)
        jobs = [Write(small_disk / f"{number}.go", content, content + b"y") for number in range(3)]
        with pytest.raises(UserError, match="space"):
            write_files(jobs, [small_disk])
        assert contents(small_disk) == {f"{number}.go": content for number in range(3)}
    finally:
        subprocess.run(["umount", str(small_disk)], check=True)


# -- interrupts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", range(1, 4))
@pytest.mark.parametrize("step", ["fsync", "link"])
def test_an_interrupt_leaves_all_old_or_all_new(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, moment: int, step: str
) -> None:
    calls = 0
    real = getattr(os, step)

    def interrupt(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == moment:
            signal.raise_signal(number)
        return real(*arguments)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, step, interrupt)
    previous = signal.signal(number, stop)
    try:
        with pytest.raises(KeyboardInterrupt):
            write_files(writes(root), [root])
        assert signal.getsignal(number) is stop
    finally:
        signal.signal(number, previous)
    assert contents(root) == (NEW if step == "link" and moment == 3 else OLD)


def test_a_signal_whose_handler_goes_on_leaves_files_that_are_said_not_to_be_written(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, seen = os.link, []

    def interrupt(source: Path, target: Path) -> None:
        signal.raise_signal(signal.SIGTERM)
        link(source, target)

    monkeypatch.setattr(os, "link", interrupt)
    previous = signal.signal(signal.SIGTERM, lambda *_: seen.append(1))
    try:
        written = write_files(writes(root), [root])
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert seen
    assert not written.done
    assert set(written.failed) == {root / name for name in OLD}
    assert contents(root) == OLD


def test_leftovers_are_known_by_their_names(root: Path) -> None:
    for name in (f"{PREFIX}abc.tmp", f"{PREFIX}abc.old.tmp"):
        (root / name).write_bytes(b"")
    for name in ("x.tmp", ".gofixer.toml", f"{PREFIX}notes"):
        (root / name).write_bytes(b"")
    (root / f"{PREFIX}folder.tmp").mkdir()
    remove_leftovers([root, root / "missing"])
    left = {path.name for path in root.iterdir()}
    assert left == {"a.go", "b.go", "sub", "x.tmp", ".gofixer.toml", f"{PREFIX}notes", f"{PREFIX}folder.tmp"}


def test_from_another_thread_files_are_written_too(root: Path) -> None:
    import threading

    results: list[applying.Written] = []
    thread = threading.Thread(target=lambda: results.append(write_files(writes(root), [root])))
    thread.start()
    thread.join()
    assert contents(root) == NEW
