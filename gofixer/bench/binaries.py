"""Test binaries: built once, before and after the fixes, and run one benchmark at a time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.bench.packages import Package
from gofixer.errors import ExitCode, UserError
from gofixer.facts import process
from gofixer.verify.gotool import GoTool
from gofixer.verify.overlay import Overlay
from gofixer.verify.packages import pattern

_RESULT = re.compile(r"Benchmark(?P<name>\S*)\s+(?P<runs>\d+)\s+(?P<metrics>\S.*)$")
_METRIC = re.compile(r"(\S+)\s+(\S+)")
_SETTING = re.compile(r"(goos|goarch|cpu): (.+)")
_COMPLAINT = re.compile(r"\s*(?:--- (?:FAIL|SKIP|BENCH): |panic: |fatal error: |\S+\.go:\d+: ).*")


class NotBuilt(Exception):
    """The tests of a package do not compile; the text is the compiler's first sentence."""


class NotRun(Exception):
    """A benchmark that gave no result; the text is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a benchmark printed: for each line of results its values by unit, and the settings above."""

    results: tuple[tuple[str, Mapping[str, float]], ...]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Runner:
    """How test binaries are built and run: ``limit`` in seconds for one run of a benchmark."""

    tool: GoTool
    benchtime: str
    limit: float
    environment: Mapping[str, str] = field(default_factory=dict)

    def build(self, package: Package, target: Path, overlay: Overlay | None, *flags: str) -> None:
        """Build a package's test binary. Raises `NotBuilt`, and `UserError` (exit 3) where the machine is at fault."""
        more = [f"-overlay={overlay.json}"] if overlay else []
        # The vet that goes with a test looks for the files of an overlay on disk, up to Go 1.23.
        command = ["test", "-c", "-vet=off", "-o", str(target), *more, *flags]
        output = self.tool.run(*command, pattern(self.tool.directory, package.directory))
        if output.status or not target.is_file():
            said = _build_error(output.stderr or output.stdout)
            raise NotBuilt(said or f"go test -c ended with status {output.status}")

    def run(self, binary: Path, package: Package, benchmark: str, below: Sequence[str], *flags: str) -> Run:
        """Run one benchmark once, in its package's folder as `go test` does.

        ``below`` are patterns for its sub-benchmarks. Raises `NotRun` where it fails, is skipped or takes longer than
        the limit.
        """
        pattern_ = "/".join([f"^{benchmark}$", *below])
        command = [
            str(binary),
            "-test.run=^$",
            f"-test.bench={pattern_}",
            "-test.benchmem",
            # Each result on a line of its own, whatever the benchmark prints.
            "-test.v",
            "-test.paniconexit0",
            *(flags or [f"-test.benchtime={self.benchtime}"]),
        ]
        status, stdout, stderr = self._wait(command, package.directory)
        if status:
            raise NotRun(_failure(status, stdout, stderr))
        own = re.compile(re.escape(benchmark.removeprefix("Benchmark")) + r"(?:[/-].*)?")
        results = tuple(result for result in read_results(stdout) if own.fullmatch(result[0]))
        if not results:
            skipped = any(line.lstrip().startswith("--- SKIP") for line in stdout.splitlines())
            raise NotRun("skips itself here" if skipped else "printed no result")
        return Run(results, {m[1]: m[2] for line in stdout.splitlines() if (m := _SETTING.fullmatch(line))})

    def _wait(self, command: Sequence[str], directory: Path) -> tuple[int, str, str]:
        try:
            child = process.start(command, directory, self._env(), stdin=subprocess.DEVNULL)
        except OSError as error:
            reason = error.strerror or str(error)
            raise UserError(f"cannot run a test binary in {directory}: {reason}", ExitCode.TOOLCHAIN) from error
        try:
            stdout, stderr = child.communicate(timeout=self.limit)
        except subprocess.TimeoutExpired:
            raise NotRun(f"took longer than {self.limit:g} seconds (--timeout allows more)") from None
        finally:
            process.kill(child)
        return child.returncode, stdout.decode("utf-8", "replace"), stderr.decode("utf-8", "replace")

    def _env(self) -> dict[str, str]:
        """The environment of `go test`: the toolchain's own commands come first on PATH."""
        tool = self.tool
        path = os.pathsep.join([str(tool.toolchain.goroot / "bin"), os.environ.get("PATH", "")])
        return {**os.environ, **tool.toolchain.env, **tool.env, "PATH": path, **self.environment}


def read_results(text: str) -> list[tuple[str, dict[str, float]]]:
    """The result lines in a benchmark's output: the name without the word Benchmark, and the value of each unit.

    The form is Go's benchmark data format: name, iterations, then pairs of a value and its unit.
    """
    found = []
    for line in text.splitlines():
        if match := _RESULT.search(line):
            try:
                metrics = {unit: float(value) for value, unit in _METRIC.findall(match["metrics"])}
            except ValueError:
                continue
            if metrics:
                found.append((match["name"], metrics))
    return found


def _failure(status: int, stdout: str, stderr: str) -> str:
    lines = [*stderr.splitlines(), *stdout.splitlines()]
    said = [line.strip() for line in lines if _COMPLAINT.fullmatch(line)]
    # What the benchmark says of itself tells more than that it failed.
    said.sort(key=lambda line: line.startswith("---"))
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return f"was killed by {name}"
    detail = said[0] if said else next((line.strip() for line in lines if line.strip()), "")
    return f"fails: {detail}" if detail else f"fails with status {status}"


def _build_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return next((line for line in lines if not line.startswith("go: downloading")), "")
