"""A run that is told to end: at any stage it says so, writes nothing, and takes its go commands with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import GOOD, environment

# A go command that says that it has started, and then never ends.
_SLOW_GO = """#!/bin/sh
case " $* " in
*" {stage} "*) echo $$ > "{marker}.new"; mv "{marker}.new" "{marker}"; exec sleep 600;;
esac
exec "{go}" "$@"
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
@pytest.mark.parametrize("stage", ["list", "vet"])
def test_the_toolchain_ends_with_gofixer(module: Path, tmp_path: Path, stage: str, number: signal.Signals) -> None:
    from gofixer.facts.toolchain import find_toolchain

    marker = tmp_path / "started"
    slow = tmp_path / "go"
    slow.write_text(_SLOW_GO.format(stage=stage, marker=marker, go=find_toolchain().go))
    slow.chmod(0o755)
    child = subprocess.Popen(
        [sys.executable, "-m", "gofixer", "--go", str(slow)],
        cwd=module,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not marker.exists() and child.poll() is None:
        os.sched_yield()
    child.send_signal(number)
    try:
        _, errors = child.communicate(timeout=60)
    finally:
        child.kill()
        child.communicate()
    assert child.returncode == 130, errors
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert (module / "good" / "p.go").read_text() == GOOD
    assert not _alive(int(marker.read_text()))


def _alive(process: int) -> bool:
    """Whether a process still runs; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")
