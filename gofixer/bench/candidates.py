"""Which benchmarks may reach the changed functions; the coverage of a run decides which of them do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gofixer.bench.callgraph import Graph, read_file
from gofixer.bench.model import Benchmark, ChangedFunction
from gofixer.bench.packages import Package, closure, importers


def candidates(
    packages: Mapping[str, Package], functions: Sequence[ChangedFunction]
) -> dict[Benchmark, tuple[ChangedFunction, ...]]:
    """The benchmarks that may reach some of the functions, and which of these."""
    homes = {package.directory: path for path, package in packages.items()}
    changed = {homes[f.file.parent] for f in functions if f.file.parent in homes}
    users = importers(packages, changed)
    found: dict[Benchmark, tuple[ChangedFunction, ...]] = {}
    for path in sorted(users):
        package = packages[path]
        benchmarks = [d for file in package.all_tests for d in read_file(file).declarations if d.benchmark]
        if not benchmarks:
            continue
        graph = _graph(packages, path, users)
        for declaration in benchmarks:
            reached = graph.reach(declaration)
            if hit := tuple(f for f in functions if (f.file, f.span) in reached):
                found[Benchmark(package.directory, path, declaration.benchmark)] = hit
    return found


def _graph(packages: Mapping[str, Package], path: str, users: frozenset[str]) -> Graph:
    """The graph of all that a package's tests are linked with, as far as a changed package can be reached from it."""
    graph = Graph(packages)
    package = packages[path]
    for file in package.tests:
        graph.add(file, path)
    for file in package.outer_tests:
        graph.add(file, f"{path}_test")
    for other in sorted(closure(packages, path) & users):
        for file in packages[other].files:
            graph.add(file, other)
    return graph
