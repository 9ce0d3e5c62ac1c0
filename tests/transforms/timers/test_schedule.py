"""Programs do the same things at the same times before and after the timer transforms rewrote them.

The programs of ``schedule/before``, and generated ones, run with fake time (``testing/synctest``) under generated
schedules of events and of work that takes shorter or longer than their timeouts. They are rewritten by the engine, for
new timers and for old ones (with the drain, which has to be right with both), and all logs are compared inside one Go
test, which also sees that the forms of the guides, wrong as they are, are told apart.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import programs
from applying import analyse

from gofixer.engine.model import Outcome, Report
from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 25)  # it came with testing/synctest

SCHEDULE = Path(__file__).parent / "schedule"
GENERATED = range(1, 16)
_CALL = re.compile(r"time\.(?:After|Tick)\(")


def write(module: Path) -> None:
    """Write the programs, and the module to compare them in."""
    shutil.copytree(SCHEDULE, module)
    (module / "before" / "generated.go").write_text(programs.file("before", GENERATED))


def rewrite(module: Path, go: str) -> Report:
    """Rewrite a copy of the programs as part of a module with this go line."""
    write(module)
    (module / "go.mod").write_text(f"module example.com/schedule\n\ngo {go}\n")
    if go < "1.23":
        (module / "before" / "iterators.go").unlink()  # a range over a function
    return analyse(module, "timers", selected=True, paths=("./before",))


def package(report: Report, folder: Path) -> None:
    """Write the rewritten programs as another package."""
    folder.mkdir()
    after = {change.path.name: change.after.decode() for change in report.changes}
    for source in (report.modules[0].dir / "before").glob("*.go"):
        text = after.get(source.name, source.read_text())
        (folder / source.name).write_text(text.replace("package before", f"package {folder.name}", 1))


def test_same_events_at_the_same_times(tmp_path: Path, toolchain: Toolchain) -> None:
    plain = rewrite(tmp_path / "plain", "1.25")
    (tmp_path / "old").mkdir()
    drained = rewrite(tmp_path / "old" / "module", "1.22")
    for report in (plain, drained):
        left = [f for f in report.findings if f.outcome is not Outcome.PROPOSED]
        # A select in a literal is no select in a loop; the other transform takes it.
        assert [f"{f.function}: {f.reason}" for f in left if "function literal" not in f.reason] == []
        assert not any(_CALL.search(change.after.decode()) for change in report.changes)
    module = tmp_path / "module"
    write(module)
    package(plain, module / "after")
    package(drained, module / "drained")
    assert "default:" in (module / "drained" / "loops.go").read_text()
    done = subprocess.run(
        [str(toolchain.go), "test", "-count=1", "-v", "."],
        cwd=module,
        env={**os.environ, "GOFLAGS": "", "GOWORK": "off", "GODEBUG": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("--- PASS: ") == 4
