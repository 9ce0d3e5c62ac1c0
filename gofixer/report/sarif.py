"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.

Regions have columns in UTF-16 code units where the file's content is at hand (a file with a fix), else lines alone.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from gofixer.engine.model import Finding, Outcome, Report
from gofixer.engine.registry import shipped
from gofixer.report.card import first_paragraph
from gofixer.report.kept import is_fix, shown
from gofixer.report.pages import page
from gofixer.report.paths import relative
from gofixer.transform import Transform

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def render(report: Report, cwd: Path, *, colour: bool, verbose: bool) -> bytes:
    """The report as a SARIF log with one run; suppressed findings are in it as such."""
    return msgspec.json.format(msgspec.json.encode(document(report, cwd)), indent=2) + b"\n"


def document(report: Report, cwd: Path) -> dict[str, Any]:
    """The values of the log."""
    wanted = {id(finding) for finding in shown(report)}
    findings = [f for f in report.findings if id(f) in wanted or f.outcome is Outcome.SUPPRESSED]
    names = sorted({finding.transform for finding in findings})
    rules = {name: number for number, name in enumerate(names)}
    known = {transform.name: transform for transform in shipped()}
    before = {change.path: change.before for change in report.changes}
    prints = _fingerprints(findings, cwd, before)
    driver = {
        "name": "gofixer",
        "semanticVersion": version("gofixer"),
        "rules": [_rule(name, known.get(name)) for name in names],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "utf16CodeUnits",
                "invocations": [_invocation(report, cwd)],
                "results": [
                    _result(finding, rules[finding.transform], cwd, before.get(finding.file), print_)
                    for finding, print_ in zip(findings, prints, strict=True)
                ],
            }
        ],
    }


def _rule(name: str, transform: Transform | None) -> dict[str, Any]:
    if transform is None:
        return {"id": name, "name": name}
    text = page(transform)
    why = first_paragraph(transform.documentation, "Why it is slow")
    return {
        "id": name,
        "name": name,
        "shortDescription": {"text": transform.summary},
        **({"fullDescription": {"text": why}} if why else {}),
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "warning" if transform.applicability == "safe" else "note"},
        "properties": {"tags": ["performance", transform.family], "precision": "high"},
    }


def _invocation(report: Report, cwd: Path) -> dict[str, Any]:
    notes = [
        {
            "level": note.level,
            "message": {"text": note.message},
            **({"locations": [_place(note.file, cwd, note.line)]} if note.file else {}),
        }
        for note in report.notes
    ]
    found: dict[str, Any] = {"executionSuccessful": not report.missing_toolchain}
    return found | ({"toolExecutionNotifications": notes} if notes else {})


def _place(file: Path, cwd: Path, line: int) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(file, cwd)}
    return {"physicalLocation": physical | ({"region": {"startLine": line}} if line else {})}


def _artifact(file: Path, cwd: Path) -> dict[str, str]:
    name = relative(file, cwd)
    return {"uri": quote(name)} | ({} if name.startswith("..") else {"uriBaseId": "%SRCROOT%"})


def _result(finding: Finding, rule: int, cwd: Path, before: bytes | None, print_: str) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(finding.file, cwd), "region": _region(finding, before)}
    }
    if finding.function:
        location["logicalLocations"] = [{"name": finding.function, "kind": "function"}]
    reason = f" ({finding.reason})" if finding.outcome is Outcome.SKIPPED else ""
    result: dict[str, Any] = {
        "ruleId": finding.transform,
        "ruleIndex": rule,
        "level": "warning" if finding.applicability == "safe" else "note",
        "message": {"text": f"{finding.message}{reason}"},
        "locations": [location],
        "partialFingerprints": {"gofixer/v1": print_},
        "properties": {"outcome": finding.outcome.value, "applicability": finding.applicability.value},
    }
    if finding.evidence:
        result["properties"]["evidence"] = dict(finding.evidence)
    if "profile" in finding.evidence:
        result["rank"] = finding.share
    if finding.outcome is Outcome.SUPPRESSED:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.reason}]
    if is_fix(finding) and before is not None and (replacements := list(_replacements(finding.diff, before))):
        change = {"artifactLocation": _artifact(finding.file, cwd), "replacements": replacements}
        result["fixes"] = [{"description": {"text": finding.message}, "artifactChanges": [change]}]
    return result


def _region(finding: Finding, before: bytes | None) -> dict[str, int]:
    region = {"startLine": finding.line, "endLine": finding.end_line}
    if before is None:
        return region
    lines = before.split(b"\n")
    if finding.end_line > len(lines):
        return region
    return {
        "startLine": finding.line,
        "startColumn": _utf16(lines[finding.line - 1], finding.column),
        "endLine": finding.end_line,
        "endColumn": _utf16(lines[finding.end_line - 1], finding.end_column),
    }


def _utf16(line: bytes, column: int) -> int:
    """A 1-based column in UTF-16 code units for one in bytes."""
    return len(line[: column - 1].decode("utf-8", "replace").encode("utf-16-le")) // 2 + 1


def _replacements(diff: str, before: bytes) -> Iterator[dict[str, Any]]:
    """The hunks of a fix as replaced lines; none where they do not say lines of the file as it was before the run.

    That is so for a fix of a later pass, which stands on top of others.
    """
    lines = before.decode("utf-8", "replace").splitlines(keepends=True)
    found: list[dict[str, Any]] = []
    at, old, new = 0, list[str](), list[str]()
    rows = [*diff.splitlines(keepends=True), "@@ -0,0 +0,0 @@\n"]
    for row in rows:
        if row[:1] == "-":
            old.append(row[1:])
        elif row[:1] == "+":
            new.append(row[1:])
        elif row[:1] != "\\":
            if old or new:
                if [line.rstrip("\r\n") for line in lines[at - 1 : at - 1 + len(old)]] != [
                    line.rstrip("\r\n") for line in old
                ]:
                    return
                region = {"startLine": at, "startColumn": 1, "endLine": at + len(old), "endColumn": 1}
                found.append({"deletedRegion": region, "insertedContent": {"text": "".join(new)}})
                at += len(old)
                old, new = [], []
            if hunk := _HUNK.match(row):
                # A hunk without old lines names the line before it.
                at = int(hunk[1]) + (hunk[2] == "0")
            else:
                at += 1
    yield from found


def _fingerprints(findings: list[Finding], cwd: Path, before: Mapping[Path, bytes]) -> list[str]:
    """What stays the same when lines above a finding come and go: transform, file, function and the code itself."""
    seen: Counter[str] = Counter()
    prints = []
    for finding in findings:
        text = b""
        if finding.file in before:
            lines = before[finding.file].split(b"\n")[finding.line - 1 : finding.end_line]
            text = b" ".join(b"\n".join(lines).split())
        key = "\0".join([finding.transform, relative(finding.file, cwd), finding.function, text.hex()])
        seen[key] += 1
        prints.append(hashlib.sha256(f"{key}\0{seen[key]}".encode()).hexdigest()[:32])
    return prints
