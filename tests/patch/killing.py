"""Runs a write (or an undo) again and again in a child that is killed one step later each time.

A step is an operation on a file in the tree or the state folder; SIGKILL comes right before it. Prints what was found
after each death as JSON. A process of its own, so that forking meets no threads.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from gofixer.edits.algebra import untouched
from gofixer.errors import UserError
from gofixer.patch import undo as undoing
from gofixer.patch.apply import Write, write_files

NAMES = ("a.go", "b.go", "sub/c.go")


def run(root: Path, state: Path) -> None:
    """A whole run: what undo needs is saved, the files are written, the run is complete."""
    files = [(root / name, f"{name} old\n".encode(), f"{name} new\n".encode()) for name in NAMES]
    saved = undoing.save(state, root, [undoing.Reversal(p, b, a, untouched(0)) for p, b, a in files])
    saved.complete(write_files([Write(*file) for file in files], [root]))


def killed_at(step: int, root: Path, state: Path, action: Callable[[], object]) -> bool:
    """Carry an action out in a child that dies right before a step; False when it ended before that."""
    child = os.fork()
    if child == 0:
        left = [step]

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if not (event == "open" or event.startswith(("os.", "shutil.", "fcntl."))):
                return
            paths = [os.fsdecode(a) for a in arguments[:2] if isinstance(a, str | bytes | os.PathLike)]
            if event.startswith("fcntl.") or any(p.startswith((str(root), str(state))) for p in paths):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            action()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the child failed")
    return os.WIFSIGNALED(status)


def tree(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): p.read_text() for p in sorted(root.rglob("*")) if p.is_file()}


def take_back(root: Path, state: Path) -> str:
    try:
        undoing.undo(state, root)
    except UserError as error:
        return str(error)
    return ""


def main(folder: Path, mode: str) -> None:
    records = []
    step, alive = 0, False
    while not alive:
        step += 1
        root, state = folder / "tree", folder / "state"
        for old in (root, state):
            shutil.rmtree(old, ignore_errors=True)
        (root / "sub").mkdir(parents=True)
        (root / "go.mod").write_text("module m\n")
        for name in NAMES:
            (root / name).write_text(f"{name} old\n")
        record: dict[str, object] = {"step": step}
        if mode == "write":
            alive = not killed_at(step, root, state, partial(run, root, state))
            record["killed"] = tree(root)
            undoing.recover(state, root)
            record["recovered"] = tree(root)
        else:
            run(root, state)
            alive = not killed_at(step, root, state, partial(undoing.undo, state, root))
            record["killed"] = tree(root)
        record["alive"] = alive
        record["answers"] = [take_back(root, state), take_back(root, state)]
        record["undone"] = tree(root)
        records.append(record)
    print(json.dumps(records))


main(Path(os.path.realpath(sys.argv[1])), sys.argv[2])
