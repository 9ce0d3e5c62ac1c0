"""Golden cases: what they say, and running many of them in few runs of the engine.

A case is a txtar file. Its header has ``key: value`` lines (``#`` starts a remark): ``transform`` (default: the name
of its folder), ``go`` (the go line, default 1.24), ``select: true`` (gates lifted), ``unsafe: true``,
``options: key=value`` (any number), ``outcome`` (default: ``proposed`` with a wanted file, else ``skipped``; ``none``
for no finding), and ``reason`` (part of the reason). Its files are a package; ``want/NAME`` is what NAME becomes.
Files without one stay.
"""

from __future__ import annotations

import dataclasses
import difflib
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Finding, Note, Outcome, Report, Request, Verify
from gofixer.errors import UserError
from gofixer.testing import txtar
from gofixer.transform import Transform

_KEYS = frozenset({"transform", "go", "select", "unsafe", "options", "outcome", "reason"})
_OUTCOMES = frozenset({*(outcome.value for outcome in Outcome), "none"})
_MODULE = "example.com/golden"


@dataclass(frozen=True, slots=True)
class Case:
    """One situation. ``files`` are the inputs by name, ``want`` the files that change."""

    name: str
    transform: str
    files: Mapping[str, str]
    want: Mapping[str, str]
    go: str = "1.24"
    select: bool = False
    unsafe: bool = False
    options: tuple[tuple[str, str], ...] = ()
    outcome: str = "proposed"
    reason: str = ""
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case: ``problems`` is empty when it passed; ``got`` are the contents after the run."""

    case: Case
    problems: tuple[str, ...]
    got: Mapping[str, str] = field(default_factory=dict)


def read_case(path: Path) -> Case:
    """Read a golden file. Raises `UserError` for one that says something that is not understood."""
    try:
        archive = txtar.parse(path.read_bytes().decode())
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from error
    header: dict[str, str] = {}
    options: list[tuple[str, str]] = []
    for number, line in enumerate(archive.comment.splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        key, colon, value = text.partition(":")
        if not colon or key not in _KEYS:
            raise UserError(f"{path}:{number}: not a header line: {text!r} (remarks start with #)")
        if key == "options":
            name, _, setting = value.strip().partition("=")
            options.append((name.strip(), setting.strip()))
        else:
            header[key] = value.strip()
    want = {name.removeprefix("want/"): text for name, text in archive.files.items() if name.startswith("want/")}
    files = {name: text for name, text in archive.files.items() if not name.startswith("want/")}
    outcome = header.get("outcome", "proposed" if want else "skipped")
    if outcome not in _OUTCOMES:
        raise UserError(f"{path}: outcome {outcome!r} does not exist")
    if not files or set(want) - set(files):
        raise UserError(f"{path}: each want/ file needs its input")
    return Case(
        name=path.stem,
        transform=header.get("transform", path.parent.name),
        files=files,
        want=want,
        go=header.get("go", "1.24"),
        select=header.get("select") == "true",
        unsafe=header.get("unsafe") == "true",
        options=tuple(options),
        outcome=outcome,
        reason=header.get("reason", ""),
        path=path,
    )


def run_cases(cases: Sequence[Case], transforms: Sequence[Transform], go: Path | None = None) -> list[Result]:
    """Run cases, as many as can be in one run of the engine; results in the order of the cases.

    Raises `UserError` where a case names a transform that does not exist.
    """
    known = {transform.name for transform in transforms}
    for case in cases:
        if case.transform not in known:
            raise UserError(f"{case.path or case.name}: there is no transform {case.transform!r}")
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, case in enumerate(cases):
        groups[case.go, case.select, case.unsafe, case.options].append(index)
    results: dict[int, Result] = {}
    for members in groups.values():
        with tempfile.TemporaryDirectory(prefix="gofixer-golden-") as folder:
            results |= _run_group(Path(folder).resolve(), {i: cases[i] for i in members}, transforms, go)
    return [results[index] for index in range(len(cases))]


def _run_group(
    root: Path, cases: Mapping[int, Case], transforms: Sequence[Transform], go: Path | None
) -> dict[int, Result]:
    """Each case is a package of one module; files of a case are closed to the other cases' transforms."""
    some = next(iter(cases.values()))
    (root / "go.mod").write_text(f"module {_MODULE}\n\ngo {some.go}\n")
    for index, case in cases.items():
        for name, text in case.files.items():
            path = root / f"c{index}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    wanted = {case.transform for case in cases.values()}
    active = tuple(t for t in transforms if t.name in wanted)
    names = [t.name for t in active]
    options = {name: dict(some.options) for name in names} if some.options else {}
    config = Config(
        path=root / "gofixer.toml",
        per_file_ignores={
            f"c{index}/*": tuple(n for n in names if n != case.transform) for index, case in cases.items()
        },
        options={n: _typed(t.options, options.get(n, {})) for n, t in zip(names, active, strict=True)},
    )
    request = Request(
        cwd=root,
        paths=(),
        config=config,
        transforms=active,
        selected=frozenset(names) if some.select else frozenset(),
        verify=Verify.VET,
        unsafe=some.unsafe,
        go=go,
        cache=False,
    )
    report = pipeline.analyse(request)
    if report.missing_toolchain:
        raise UserError(report.missing_toolchain)
    for change in report.changes:
        change.path.write_bytes(change.after)
    again = pipeline.analyse(_unproved(request))
    return {index: _judge(root / f"c{index}", case, report, again) for index, case in cases.items()}


def _unproved(request: Request) -> Request:
    return dataclasses.replace(request, verify=Verify.NONE)


def _typed(declared: Mapping[str, object], given: Mapping[str, str]) -> dict[str, str | int | bool]:
    """Option values of a header, as the types that the transform declares; others are left out."""
    values: dict[str, str | int | bool] = {}
    for name, text in given.items():
        if name in declared:
            values[name] = text == "true" if text in ("true", "false") else int(text) if text.isdigit() else text
    return values


def _judge(folder: Path, case: Case, report: Report, again: Report) -> Result:
    findings = [f for f in report.findings if f.file.is_relative_to(folder)]
    notes = [n for n in report.notes if n.file and n.file.is_relative_to(folder)]
    got = {name: (folder / name).read_bytes().decode() for name in case.files}
    problems = [*_contents(case, got), *_outcomes(case, findings, notes)]
    # The second run is not proved: what only the proof rejects would come again.
    rejected = case.outcome == Outcome.REJECTED
    problems += [
        f"a second run would change {f.file.name}:{f.line} again ({f.message})"
        for f in again.findings
        if f.file.is_relative_to(folder) and f.outcome is Outcome.PROPOSED and not rejected
    ]
    return Result(case, tuple(problems), got)


def _contents(case: Case, got: Mapping[str, str]) -> Iterable[str]:
    for name, text in got.items():
        wanted = case.want.get(name, case.files[name])
        if text != wanted:
            lines = difflib.unified_diff(
                wanted.splitlines(keepends=True), text.splitlines(keepends=True), f"want/{name}", f"got/{name}"
            )
            yield "".join(lines)


def _outcomes(case: Case, findings: Sequence[Finding], notes: Sequence[Note]) -> Iterable[str]:
    if case.outcome == "none":
        if findings:
            yield f"no finding was wanted, but: {_said(findings)}"
        return
    matching = [f for f in findings if f.outcome.value == case.outcome]
    if not matching:
        said = _said(findings) or "no finding"
        remarks = "; ".join(note.message for note in notes)
        yield f"{case.outcome} was wanted, but: {said}{f' ({remarks})' if remarks else ''}"
    elif case.reason and not any(case.reason in f.reason for f in matching):
        yield f"the reason should hold {case.reason!r}, but: {_said(matching)}"


def _said(findings: Sequence[Finding]) -> str:
    return "; ".join(f"line {f.line} {f.outcome.value}: {f.reason or f.message}" for f in findings)


def collect(paths: Iterable[Path]) -> list[Path]:
    """The golden files below some folders, and the files named. Raises `UserError` where there is none."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files: Iterable[Path] = sorted(path.rglob("*.txtar"))
        elif path.is_file():
            files = [path]
        else:
            raise UserError(f"{path}: no such file or folder")
        found.update(dict.fromkeys(itertools.chain(files)))
    return list(found)
