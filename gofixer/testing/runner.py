"""Runs golden cases, as many as possible in one run of the engine."""

from __future__ import annotations

import dataclasses
import difflib
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Finding, Note, Outcome, Report, Request, Verify
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain
from gofixer.testing.golden import NONE, UNCHANGED, Case
from gofixer.transform import Transform

_MODULE = "example.com/golden"
# What a finding says where a case is no valid Go; no author of a case means that, unless the case asks for it.
_INVALID = ("does not compile", "a syntax that gofixer cannot read", "no build configuration")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case.

    ``problems`` is empty when it passed or was left out, ``left_out`` says why it could not be run, ``got`` are the
    contents after the run.
    """

    case: Case
    problems: tuple[str, ...]
    got: Mapping[str, str] = field(default_factory=dict)
    left_out: str = ""


def run_cases(cases: Sequence[Case], transforms: Sequence[Transform], go: Path | None = None) -> list[Result]:
    """Run cases, results in their order.

    Every case is a package of a module that it shares with the others of its go line; modules share a run where
    the run's options are alike. Raises `UserError` where a case names a transform that does not exist, or where
    there is no toolchain.
    """
    known = {transform.name for transform in transforms}
    for case in cases:
        if case.transform not in known:
            raise UserError(f"{case.path or case.name}: there is no transform {case.transform!r}")
    toolchain = find_toolchain(go)
    results: dict[int, Result] = {}
    groups: dict[tuple[object, ...], dict[int, Case]] = defaultdict(dict)
    for index, case in enumerate(cases):
        if reason := _left_out(case, toolchain):
            results[index] = Result(case, (), left_out=reason)
        else:
            groups[case.select, case.unsafe, case.options][index] = case
    for members in groups.values():
        with tempfile.TemporaryDirectory(prefix="gofixer-golden-") as folder:
            results |= _run_group(Path(folder).resolve(), members, transforms, toolchain)
    return [results[index] for index in range(len(cases))]


def _left_out(case: Case, toolchain: Toolchain) -> str:
    needed = max((_version(text) for text in (case.go, case.toolchain) if text), default=(0, 0))
    if toolchain.version[:2] < needed:
        return f"needs Go {needed[0]}.{needed[1]}; this is Go {toolchain.text}"
    return ""


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def _place(index: int, case: Case) -> str:
    """Folder of a case below the root: in the module of its go line, or a module of its own."""
    return f"m{index}" if "go.mod" in case.files else f"go{case.go}/c{index}"


def _run_group(
    root: Path, cases: Mapping[int, Case], transforms: Sequence[Transform], toolchain: Toolchain
) -> dict[int, Result]:
    """Run cases of the same options; the files of a case are closed to the other cases' transforms."""
    for index, case in cases.items():
        for name, text in case.files.items():
            path = root / _place(index, case) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        if "go.mod" not in case.files:
            (root / f"go{case.go}" / "go.mod").write_text(f"module {_MODULE}\n\ngo {case.go}\n")
    request = _request(root, cases, transforms, toolchain)
    unformatted = _unformatted(root, toolchain)
    report = pipeline.analyse(request)
    for change in report.changes:
        change.path.write_bytes(change.after)
    again = pipeline.analyse(dataclasses.replace(request, verify=Verify.NONE))
    misshapen = _unformatted(root, toolchain) - unformatted
    return {index: _judge(root / _place(index, case), case, report, again, misshapen) for index, case in cases.items()}


def _request(root: Path, cases: Mapping[int, Case], transforms: Sequence[Transform], toolchain: Toolchain) -> Request:
    some = next(iter(cases.values()))
    wanted = {case.transform for case in cases.values()}
    active = tuple(t for t in transforms if t.name in wanted)
    names = [t.name for t in active]
    config = Config(
        path=root / "gofixer.toml",
        per_file_ignores={
            f"{_place(index, case)}/*": tuple(name for name in names if name != case.transform)
            for index, case in cases.items()
        },
        options={t.name: _typed(t, dict(some.options)) for t in active},
    )
    return Request(
        cwd=root,
        paths=(),
        config=config,
        transforms=active,
        selected=frozenset(names) if some.select else frozenset(),
        verify=Verify.VET,
        unsafe=some.unsafe,
        go=toolchain.go,
        cache=False,
    )


def _typed(transform: Transform, given: Mapping[str, str]) -> dict[str, str | int | bool]:
    """Option values of a header in the types that the transform declares; those of other transforms are left out."""
    values: dict[str, str | int | bool] = {}
    for name, text in given.items():
        if option := transform.options.get(name):
            kind = type(option.default)
            values[name] = text == "true" if kind is bool else int(text) if kind is int else text
    return values


def _unformatted(root: Path, toolchain: Toolchain) -> set[Path]:
    """Files that gofmt would change; none where the toolchain has no gofmt."""
    beside = [toolchain.go.parent / "gofmt", toolchain.goroot / "bin" / "gofmt"]
    gofmt = next((path for path in beside if path.is_file()), None)
    if gofmt is None:
        return set()
    done = subprocess.run([str(gofmt), "-l", "."], cwd=root, capture_output=True, text=True, check=False)
    return {root / line for line in done.stdout.splitlines()}


# -- the verdict ------------------------------------------------------------------------------------------------


def _judge(folder: Path, case: Case, report: Report, again: Report, misshapen: set[Path]) -> Result:
    findings = [f for f in report.findings if f.file.is_relative_to(folder)]
    notes = [n for n in report.notes if n.file and n.file.is_relative_to(folder)]
    got = {name: (folder / name).read_bytes().decode() for name in case.files}
    problems = [*_contents(case, got), *_outcomes(case, findings, notes)]
    problems += [
        f"{path.relative_to(folder).as_posix()} was formatted and is no longer"
        for path in sorted(misshapen)
        if path.is_relative_to(folder)
    ]
    # The second run is not proved: what only the proof rejects would come again.
    if case.outcome != Outcome.REJECTED:
        problems += [
            f"a second run would change {f.file.name}:{f.line} again ({f.message})"
            for f in again.findings
            if f.file.is_relative_to(folder) and f.outcome is Outcome.PROPOSED
        ]
    return Result(case, tuple(problems), got)


def _contents(case: Case, got: Mapping[str, str]) -> Iterator[str]:
    for name, text in got.items():
        wanted = case.want.get(name, case.files[name])
        if text != wanted:
            lines = difflib.unified_diff(
                wanted.splitlines(keepends=True), text.splitlines(keepends=True), f"want/{name}", f"got/{name}"
            )
            yield "".join(lines)
        elif name in case.want and wanted == case.files[name]:
            yield f"want/{name} is the same as {name}: leave it out"


def _outcomes(case: Case, findings: Sequence[Finding], notes: Sequence[Note]) -> Iterable[str]:
    invalid = next((f for f in findings if any(text in f.reason for text in _INVALID)), None)
    if invalid is not None and not (case.reason and case.reason in invalid.reason):
        yield f"the case is no valid Go package: {invalid.reason}"
        return
    if case.outcome == UNCHANGED:
        return
    if case.outcome == NONE:
        if findings:
            yield f"no finding was wanted, but: {_said(findings)}"
        return
    matching = [f for f in findings if f.outcome.value == case.outcome]
    # A case that rewrites one site may give the reason why it leaves another.
    reasons = findings if case.outcome == Outcome.PROPOSED else matching
    if not matching:
        remarks = "; ".join(note.message for note in notes)
        said = _said(findings) or "no finding"
        yield f"{case.outcome} was wanted, but: {said}{f' ({remarks})' if remarks else ''}"
    elif case.reason and not any(case.reason in f.reason for f in reasons):
        yield f"the reason should hold {case.reason!r}, but: {_said(reasons)}"


def _said(findings: Sequence[Finding]) -> str:
    return "; ".join(f"line {f.line} {f.outcome.value}: {f.reason or f.message}" for f in findings)
