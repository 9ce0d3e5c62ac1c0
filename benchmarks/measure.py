"""Run commands, alternating, and compare their wall times and peak memory within one run."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# The transforms that gofixer began with: what ast-grep's rules look for, and the floor of a run with all of them.
FIRST_TEN = frozenset(
    {
        *(
            "time-after-in-loop",
            "time-after-in-select",
            "time-tick-leak",
            "errorf-without-verbs",
            "defer-closure-capture",
        ),
        *("sprintf-to-append", "sprintf-to-strconv", "sprintf-to-concat", "manual-gc", "gc-in-benchmark"),
    }
)


@dataclass(slots=True)
class Timing:
    """Wall times and processor times (with children) in seconds, the largest resident size of any process in bytes."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: int = 0

    @property
    def median(self) -> float:
        """Median of the wall times."""
        return statistics.median(self.seconds)


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and peak bytes of one command with its children; output is thrown away."""
    start = time.perf_counter()
    pid = os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", 'cd "$0" && exec "$@" >/dev/null 2>&1', str(cwd), *command],
        {**os.environ, **(env or {})},
    )
    _, _, usage = os.wait4(pid, 0)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def interleaved(commands: Mapping[str, tuple[Sequence[str], Path]], rounds: int) -> dict[str, Timing]:
    """Run all commands in turn, `rounds` times, so that a slow moment of the machine hits all of them."""
    timings = {name: Timing() for name in commands}
    for _ in range(rounds):
        for name, (command, cwd) in commands.items():
            seconds, cpu, peak = run(command, cwd)
            timings[name].seconds.append(seconds)
            timings[name].cpu.append(cpu)
            timings[name].peak = max(timings[name].peak, peak)
    return timings


def table(timings: Mapping[str, Timing], floor: str) -> str:
    """One line per command: median, spread, ratio to the floor's median, the same ratio of processor time, peak memory.

    Where other work shares the machine, the ratio of processor time is the one to trust.
    """
    base, processor = timings[floor].median, statistics.median(timings[floor].cpu)
    lines = [f"{'':34} {'median':>8} {'min':>8} {'max':>8} {'ratio':>7} {'cpu':>7} {'peak':>8}"]
    for name, timing in timings.items():
        lines.append(
            f"{name:34} {timing.median:7.2f}s {min(timing.seconds):7.2f}s {max(timing.seconds):7.2f}s "
            f"{timing.median / base:6.2f}x {statistics.median(timing.cpu) / processor:6.2f}x {timing.peak / 1e6:6.0f}MB"
        )
    return "\n".join(lines)


def version(command: Sequence[str]) -> str:
    """First line that a command prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0] if (done.stdout or done.stderr) else "?"


def cpu_seconds() -> float:
    """CPU seconds that the children of this process have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
