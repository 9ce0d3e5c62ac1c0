"""A bench run: which benchmarks execute the changes, and what they measure before and after, interleaved."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gofixer.bench.binaries import NotBuilt, NotRun, Run, Runner
from gofixer.bench.callgraph import read_file
from gofixer.bench.candidates import candidates
from gofixer.bench.changed import changed_functions
from gofixer.bench.coverage import executed, profile_name, read_profile
from gofixer.bench.model import Benchmark, BenchResult, ChangedFunction, Failure, LeftOut, Measured
from gofixer.bench.packages import Package, closure, main_packages
from gofixer.engine.model import FileChange, Progress
from gofixer.errors import UserError
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.verify.gotool import GoTool
from gofixer.verify.overlay import Overlay, OverlayStore, require_read
from gofixer.verify.packages import compile_packages, pattern, place

DEFAULT_LIMIT = 600.0
_SUFFIX = ".exe" if os.name == "nt" else ""
NOT_BUILT = "its file is left out by its build constraints here"
NOT_RUN = "may reach it, but could not be run"
NONE_REACHES = "no benchmark reaches it"


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure: rounds, ``benchtime`` as `go test` takes it, seconds that one run of a benchmark may take.

    ``pattern`` chooses among the benchmarks as `go test -bench` does: regular expressions separated by slashes, the
    first for the function, the others for its sub-benchmarks.
    """

    count: int = 6
    benchtime: str = "1s"
    limit: float = DEFAULT_LIMIT
    pattern: str = "."

    def chosen(self, name: str) -> bool:
        """Whether a benchmark function is among those asked for; `UserError` for a pattern that cannot be read."""
        try:
            return re.search(self.pattern.split("/")[0], name) is not None
        except re.error as error:
            raise UserError(f"--bench {self.pattern}: {error}") from error

    @property
    def below(self) -> list[str]:
        """The patterns for sub-benchmarks."""
        return self.pattern.split("/")[1:]


def bench(
    toolchain: Toolchain,
    module: Module,
    changes: Sequence[FileChange],
    options: Options,
    *,
    cache_dir: Path,
    progress: Progress | None = None,
) -> BenchResult:
    """Measure the changes of one module, or of the modules of one workspace; nothing in the tree is touched.

    Runs the user's own benchmarks. Raises `UserError` (exit 3) where the toolchain or the machine could not do the
    work; a benchmark that cannot be used is left out by name instead.
    """
    read_file.cache_clear()
    root = Path(os.path.realpath(module.root))
    tool = GoTool(toolchain, root, env=module.env)
    placed = [replace(change, path=place(change.path, module.root, root)) for change in changes]
    with tempfile.TemporaryDirectory(prefix="gofixer-bench-", dir=os.environ.get("GOTMPDIR") or None) as folder:
        runner = Runner(tool, options.benchtime, options.limit)
        run = _Bench(runner, options, Path(folder), progress or _silent, {c.path: c.before for c in placed})
        run.choose(changed_functions(placed))
        if run.covered:
            contents = {change.path: change.after for change in placed}
            run.measure(_overlay(tool, OverlayStore(cache_dir), contents))
        return run.result()


def _silent(stage: str, done: int, total: int) -> None:
    pass


def _overlay(tool: GoTool, store: OverlayStore, contents: Mapping[Path, bytes]) -> Overlay:
    """The fixed files, after a look whether the go command reads them."""
    overlay = store.write(tool.directory, contents)
    folders = {file.parent for file in contents}
    compiled = compile_packages(tool, sorted(folders), overlay)
    require_read(folders - {folder for folder, _ in compiled.messages}, compiled.ignored)
    return overlay


@dataclass(slots=True)
class _Samples:
    """What the rounds so far have measured: values by the line's name and unit."""

    before: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    after: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def take(self, side: str, run: Run) -> None:
        """Add one run."""
        lines = self.before if side == "before" else self.after
        for name, metrics in run.results:
            values = lines.setdefault(name, {})
            for unit, value in metrics.items():
                values.setdefault(unit, []).append(value)


@dataclass(slots=True)
class _Bench:
    runner: Runner
    options: Options
    folder: Path
    progress: Progress
    sources: Mapping[Path, bytes]
    packages: dict[str, Package] = field(default_factory=dict)
    functions: list[ChangedFunction] = field(default_factory=list)
    asked: dict[Benchmark, tuple[ChangedFunction, ...]] = field(default_factory=dict)
    covered: dict[Benchmark, tuple[ChangedFunction, ...]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    samples: dict[Benchmark, _Samples] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    # -- which benchmarks ---------------------------------------------------------------------------------------

    def choose(self, functions: Sequence[ChangedFunction]) -> None:
        """Find the benchmarks that may reach the functions, run each once and keep those that execute changed code."""
        self.functions = list(functions)
        self.options.chosen("")
        self.progress("looking for benchmarks", 0, 0)
        self.packages = main_packages(self.runner.tool)
        built = {file for package in self.packages.values() for file in (*package.files, *package.all_tests)}
        found = candidates(self.packages, [f for f in functions if f.file in built])
        self.asked = {b: hit for b, hit in found.items() if self.options.chosen(b.name)}
        # The benchmarks of a changed package are the likeliest ones.
        homes = {f.file.parent for f in functions}
        done = 0
        for path, members in sorted(_by_package(self.asked).items(), key=lambda i: self._order(i[0], homes)):
            self._cover(self.packages[path], members, done)
            done += len(members)

    def _order(self, path: str, homes: set[Path]) -> tuple[bool, str]:
        return self.packages[path].directory not in homes, path

    def _cover(self, package: Package, members: Sequence[Benchmark], done: int) -> None:
        binary, profile = self.folder / f"cover.test{_SUFFIX}", self.folder / "cover.out"
        self.progress(f"building benchmarks of {package.path} with coverage", done, len(self.asked))
        linked = closure(self.packages, package.path)
        homes = {f.file.parent for b in members for f in self.asked[b] if not f.in_test}
        names = sorted(path for path in linked if self.packages[path].directory in homes)
        flags = ["-cover", "-covermode=set", f"-coverpkg={','.join(names)}"] if names else []
        if not self._build(package, binary, None, *flags):
            return
        for number, benchmark in enumerate(members, done):
            self.progress(f"coverage of {benchmark.name}", number, len(self.asked))
            profile.unlink(missing_ok=True)
            more = [f"-test.coverprofile={profile}"] if names else []
            try:
                self.runner.run(binary, package, benchmark.name, self.options.below, "-test.benchtime=1x", *more)
            except NotRun as reason:
                self.left_out.append(LeftOut(package.directory, benchmark.name, str(reason)))
                continue
            text = profile.read_text(encoding="utf-8", errors="replace") if profile.exists() else ""
            if hit := self._executed(benchmark, text):
                self.covered[benchmark] = hit
        binary.unlink(missing_ok=True)

    def _executed(self, benchmark: Benchmark, text: str) -> tuple[ChangedFunction, ...]:
        """The functions whose changed code a run executed; in test files those that the benchmark may reach."""
        blocks = read_profile(text)
        homes = {package.directory: path for path, package in self.packages.items()}
        hit = []
        for function in self.asked[benchmark]:
            name = profile_name(homes[function.file.parent], function.file)
            if function.in_test or executed(function, self.sources[function.file], blocks.get(name, ())):
                hit.append(function)
        return tuple(hit)

    # -- what they measure --------------------------------------------------------------------------------------

    def measure(self, overlay: Overlay) -> None:
        """Build both sides, then run them in turns."""
        binaries: dict[tuple[str, str], Path] = {}
        ready: list[Benchmark] = []
        groups = _by_package(self.covered)
        for number, (path, members) in enumerate(groups.items()):
            package = self.packages[path]
            self.progress(f"building {path} before and after", number, len(groups))
            before, after = (self.folder / f"{number}.{side}.test{_SUFFIX}" for side in ("before", "after"))
            if not self._build(package, before, None):
                continue
            try:
                self.runner.build(package, after, overlay)
            except NotBuilt as reason:
                self.failures += [Failure(b, f"its package does not compile with the fixes: {reason}") for b in members]
                continue
            binaries |= {(path, "before"): before, (path, "after"): after}
            ready += members
        total, done = 2 * self.options.count * len(ready), 0
        for turn in range(self.options.count):
            for benchmark in list(ready):
                # Whoever comes second may profit from, or suffer by, what the first one left: they take turns.
                for side in ("before", "after") if turn % 2 == 0 else ("after", "before"):
                    stage = f"{benchmark.name} {side}, round {turn + 1} of {self.options.count}"
                    self.progress(stage, done, total)
                    done += 1
                    if benchmark in ready and not self._once(benchmark, side, binaries):
                        ready.remove(benchmark)
                        self.samples.pop(benchmark, None)

    def _once(self, benchmark: Benchmark, side: str, binaries: Mapping[tuple[str, str], Path]) -> bool:
        """One run; False where the benchmark cannot be used any longer, which has been noted then."""
        package = self.packages[benchmark.package]

        def attempt(which: str) -> Run | str:
            try:
                return self.runner.run(binaries[package.path, which], package, benchmark.name, self.options.below)
            except NotRun as reason:
                return str(reason)

        run = attempt(side)
        if isinstance(run, str) and side == "after":
            # Flaky ones are told apart: once more, and on the side where it worked.
            before = attempt("before")
            run = before if isinstance(before, str) else attempt("after")
            if isinstance(run, str) and run is not before:
                self.failures.append(Failure(benchmark, run))
                return False
        if isinstance(run, str):
            self.left_out.append(LeftOut(package.directory, benchmark.name, run))
            return False
        self.samples.setdefault(benchmark, _Samples()).take(side, run)
        self.settings |= run.settings
        return True

    def _build(self, package: Package, target: Path, overlay: Overlay | None, *flags: str) -> bool:
        try:
            self.runner.build(package, target, overlay, *flags)
        except NotBuilt as reason:
            entry = LeftOut(package.directory, "", f"its tests do not compile: {reason}")
            if entry not in self.left_out:
                self.left_out.append(entry)
            return False
        return True

    # -- the end ------------------------------------------------------------------------------------------------

    def result(self) -> BenchResult:
        """What came out of it."""
        covered: dict[ChangedFunction, list[Benchmark]] = defaultdict(list)
        for benchmark, functions in self.covered.items():
            for function in functions:
                covered[function].append(benchmark)
        return BenchResult(
            functions=tuple(self.functions),
            covered={f: tuple(covered[f]) for f in self.functions if f in covered},
            uncovered={f: self._why(f) for f in self.functions if f not in covered},
            measured=tuple(_measured(b, s) for b, lines in self.samples.items() for s in _lines(lines)),
            left_out=tuple(self.left_out),
            failures=tuple(self.failures),
            settings=self.settings,
            commands=tuple(self._command(path, members) for path, members in _by_package(self.samples).items()),
            count=self.options.count,
        )

    def _why(self, function: ChangedFunction) -> str:
        package = next((p for p in self.packages.values() if p.directory == function.file.parent), None)
        if package is None or function.file not in (*package.files, *package.all_tests):
            return NOT_BUILT
        tried = [b for b, functions in self.asked.items() if function in functions]
        if not tried:
            return NONE_REACHES
        out = {(entry.directory, entry.name) for entry in self.left_out}
        ran = [b for b in tried if (b.directory, b.name) not in out and (b.directory, "") not in out]
        if not ran:
            return f"{_count(len(tried))} {NOT_RUN}"
        return f"{_count(len(ran))} may reach it, but none executes the changed code"

    def _command(self, path: str, members: Sequence[Benchmark]) -> tuple[Path, str]:
        names = "|".join(b.name for b in members)
        asked = "/".join([f"^({names})$" if len(members) > 1 else f"^{names}$", *self.options.below])
        words = ["go", "test", "-run=^$", f"-bench={asked}", "-benchmem"]
        words += [f"-benchtime={self.options.benchtime}", f"-count={self.options.count}"]
        tool = self.runner.tool
        env = [f"{name}={shlex.quote(value)}" for name, value in tool.env.items()]
        words.append(pattern(tool.directory, self.packages[path].directory))
        return tool.directory, " ".join([*env, shlex.join(words)])


def _lines(samples: _Samples) -> list[tuple[str, dict[str, list[float]], dict[str, list[float]]]]:
    return [(name, samples.before[name], samples.after[name]) for name in samples.before if name in samples.after]


def _measured(
    benchmark: Benchmark, line: tuple[str, Mapping[str, Sequence[float]], Mapping[str, Sequence[float]]]
) -> Measured:
    return Measured(benchmark, *line)


def _by_package(benchmarks: Mapping[Benchmark, object]) -> dict[str, list[Benchmark]]:
    groups: dict[str, list[Benchmark]] = defaultdict(list)
    for benchmark in benchmarks:
        groups[benchmark.package].append(benchmark)
    return dict(groups)


def _count(number: int) -> str:
    return f"{number} benchmark" + ("s" if number != 1 else "")
