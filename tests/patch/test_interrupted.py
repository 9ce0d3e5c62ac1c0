"""Whatever ends a write early, in the process or from outside, the files are all old; as root and as nobody."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gofixer.edits.algebra import untouched
from gofixer.errors import UserError
from gofixer.patch import apply as applying
from gofixer.patch.apply import Write, write_files
from gofixer.patch.undo import Reversal, recover, save, undo

NAMES = ("a.go", "b.go", "sub/c.go")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in NAMES:
        (folder / name).write_bytes(b"old\n")
    return folder


def writes(root: Path) -> list[Write]:
    return [Write(root / name, b"old\n", b"new\n") for name in NAMES]


def reversals(root: Path) -> list[Reversal]:
    return [Reversal(root / name, b"old\n", b"new\n", untouched(0)) for name in NAMES]


def contents(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


OLD = dict.fromkeys(NAMES, b"old\n")
NEW = dict.fromkeys(NAMES, b"new\n")


# -- in the process ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [KeyboardInterrupt, MemoryError, SystemExit])
@pytest.mark.parametrize("late", [False, True], ids=["before-the-rename", "after-the-rename"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_any_exception_between_the_renames_brings_everything_back(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, late: bool, kind: type[BaseException]
) -> None:
    replace, calls = Path.replace, [0]

    def failing(self: Path, target: Path) -> Path:
        calls[0] += 1
        if calls[0] != number:
            return replace(self, target)
        if late:
            replace(self, target)
        raise kind

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(kind):
        write_files(writes(root), [root])
    assert contents(root) == OLD


@pytest.mark.parametrize("kind", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_any_exception_while_new_files_are_written_beside_leaves_none(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[BaseException]
) -> None:
    sync, calls = os.fsync, [0]

    def failing(handle: int) -> None:
        calls[0] += 1
        if calls[0] == number:
            raise kind
        sync(handle)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(kind):
        write_files(writes(root), [root])
    assert contents(root) == OLD


@pytest.mark.parametrize("name", ["reverse.patch", "manifest.json"])
def test_a_memory_that_cannot_be_finished_is_none(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    state = tmp_path / "state"
    save(state, root, reversals(root)).complete(write_files(writes(root), [root]))
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == name:
            write(self, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    again = [Reversal(root / name, b"new\n", b"newer\n", untouched(0)) for name in NAMES]
    with pytest.raises(UserError, match=r"No space left on device; nothing was changed"):
        save(state, root, again)
    monkeypatch.undo()
    # The half of it is not taken for a run, stands in nobody's way and is cleared away.
    undo(state, root)
    assert contents(root) == OLD
    assert not list(state.rglob("*.tmp"))
    with pytest.raises(UserError, match="nothing to undo"):
        undo(state, root)


def test_a_run_that_died_before_its_first_file_is_no_run_so_undo_takes_the_one_before(
    root: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    save(state, root, reversals(root)).complete(write_files(writes(root), [root]))
    died = save(state, root, [Reversal(root / name, b"new\n", b"newer\n", untouched(0)) for name in NAMES])
    died._lock.release()
    undo(state, root)
    assert contents(root) == OLD


# -- from outside -----------------------------------------------------------------------------------------------

CHILD = """
import os, signal, sys
from pathlib import Path
from gofixer.edits.algebra import untouched
from gofixer.patch.apply import Write, write_files
from gofixer.patch.undo import Reversal, save
root, state, number, moment = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
files = [root / name for name in ("a.go", "b.go", "sub/c.go")]
saved = save(state, root, [Reversal(p, b"old\\n", b"new\\n", untouched(0)) for p in files])
calls = [0]
def hook(event, arguments):
    if event == "os.rename":
        calls[0] += 1
        if calls[0] == moment:
            os.kill(os.getpid(), number)
sys.addaudithook(hook)
saved.complete(write_files([Write(p, b"old\\n", b"new\\n") for p in files], [root]))
"""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("moment", [1, 2, 3])
def test_a_signal_to_the_process_ends_it_with_all_files_old_or_all_new(
    root: Path, tmp_path: Path, number: signal.Signals, moment: int
) -> None:
    """Nobody has installed a handler: without one of its own the default would kill at once."""
    state = tmp_path / "state"
    command = [sys.executable, "-c", CHILD, str(root), str(state), str(int(number)), str(moment)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -number, done.stderr
    assert contents(root) == (NEW if moment == 3 else OLD)
    recover(state, root)
    if moment == 3:
        undo(state, root)
        assert contents(root) == OLD
    with pytest.raises(UserError, match="nothing to undo"):
        undo(state, root)


# -- as nobody --------------------------------------------------------------------------------------------------

NOBODY = 65534


def as_nobody(action: Callable[[], str]) -> str:
    """What an action answers in a child process without any rights of a superuser."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            answer = action()
        except UserError as error:
            answer = f"UserError: {error}"
        except BaseException as error:
            answer = repr(error)
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode()
    os.waitpid(child, 0)
    return answer


@pytest.fixture
def shared(root: Path) -> Path:
    """The tree, reachable and writable by everybody."""
    for folder in (root, root / "sub"):
        folder.chmod(0o777)
    for name in NAMES:
        (root / name).chmod(0o666)
    for parent in (root.parent, *root.parent.parents):
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
        if parent == Path(tempfile.gettempdir()):
            break
    return root


pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def reasons(root: Path) -> str:
    return ";".join(
        f"{p.relative_to(root).as_posix()} {why}" for p, why in write_files(writes(root), [root]).failed.items()
    )


@needs_fork
@pytest.mark.parametrize("mode", [0o555, 0o755])
def test_a_folder_that_one_may_not_write_into_is_named(shared: Path, mode: int) -> None:
    (shared / "sub").chmod(mode if os.geteuid() == 0 else 0o555)
    assert as_nobody(lambda: reasons(shared)) == "sub/c.go is in a read-only folder"
    (shared / "sub").chmod(0o777)
    assert contents(shared) == {**NEW, "sub/c.go": b"old\n"}


@needs_fork
@pytest.mark.parametrize(("mode", "why"), [(0o444, "is read-only"), (0o000, "cannot be written: Permission denied")])
def test_a_file_that_one_may_not_write_or_read_is_named(shared: Path, mode: int, why: str) -> None:
    (shared / "b.go").chmod(mode)
    assert as_nobody(lambda: reasons(shared)) == f"b.go {why}"
    (shared / "b.go").chmod(0o666)
    assert contents(shared) == {**NEW, "b.go": b"old\n"}


@needs_fork
@pytest.mark.skipif(os.geteuid() != 0, reason="needs somebody else's file")
def test_somebody_elses_file_is_written_though_it_cannot_be_linked_or_given_away(shared: Path) -> None:
    assert as_nobody(lambda: reasons(shared)) == ""
    assert contents(shared) == NEW


@needs_fork
def test_where_nothing_can_be_saved_nothing_is_written(shared: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o555)
    state.chmod(0o555)
    answer = as_nobody(lambda: str(save(state, shared, reversals(shared)).folder))
    assert answer.startswith("UserError: cannot save what `gofixer undo` needs")
    assert answer.endswith("Permission denied; nothing was changed")
    assert contents(shared) == OLD


def test_the_prefix_of_temporary_files_is_not_seen_by_go() -> None:
    """The go command ignores files that begin with a dot: a leftover never becomes part of a package."""
    assert applying.PREFIX.startswith(".")
