"""The forms for other programs: SARIF, workflow annotations, Markdown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from inline_snapshot import snapshot
from reports import CWD, MIXED, finding, report

from gofixer.edits.algebra import untouched
from gofixer.engine.checks import NEEDS_UNSAFE
from gofixer.engine.model import FileChange, Note, Outcome, Report
from gofixer.report import github, markdown, sarif
from gofixer.report.printer import FORMATS
from gofixer.transform import Applicability

# Of OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/.
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json").read_text())
BEFORE = "package p\n\nvar é, x = 1, after(2) // ü\nvar y = 3\n".encode()
DIFF = "@@ -2,3 +2,4 @@\n \n-var é, x = 1, after(2) // ü\n+var é = 1\n+var x = before(2) // ü\n var y = 3\n"


def fixed() -> Report:
    """One fix in a line with letters of two bytes."""
    one = finding(line=3, column=16, end_line=3, end_column=24, file=CWD / "a b.go", diff=DIFF)
    change = FileChange(CWD / "a b.go", BEFORE, b"", untouched(0))
    return replace(report(one), changes=[change])


def log(of: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(sarif.render(of, CWD, colour=False, verbose=False))
    jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(document)
    return document


def results(of: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log(of)["runs"][0]["results"]
    return found


def apply(fix: dict[str, Any], source: bytes) -> str:
    """What a SARIF viewer makes of a file."""
    lines = source.decode().splitlines(keepends=True)
    for one in reversed(fix["artifactChanges"][0]["replacements"]):
        region = one["deletedRegion"]
        assert region["startColumn"] == region["endColumn"] == 1
        lines[region["startLine"] - 1 : region["endLine"] - 1] = [one["insertedContent"]["text"]]
    return "".join(lines)


def test_the_schema_tells_wrong_logs() -> None:
    document = log(fixed())
    del document["runs"][0]["tool"]["driver"]["name"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate(document)


def test_sarif_has_what_is_to_be_done_and_what_is_suppressed() -> None:
    found = [(r["ruleId"], r["level"], r["properties"]["outcome"], "suppressions" in r) for r in results(MIXED)]
    assert found == [
        ("time-after-in-loop", "warning", "proposed", False),
        ("manual-gc", "warning", "proposed", False),
        ("time-after-in-loop", "note", "skipped", False),
        ("time-after-in-loop", "warning", "suppressed", True),
    ]
    run = log(MIXED)["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["manual-gc", "time-after-in-loop"]
    assert "## Why it is slow" in run["tool"]["driver"]["rules"][0]["help"]["markdown"]
    assert [n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]] == [
        "unused suppression of timers",
        "no module",
    ]


def test_sarif_counts_columns_in_utf16_and_has_the_fix() -> None:
    (one,) = results(fixed())
    place = one["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b.go", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 15, "endLine": 3, "endColumn": 23}
    assert BEFORE.decode().split("\n")[2][14:22] == "after(2)"
    assert apply(one["fixes"][0], BEFORE) == "package p\n\nvar é = 1\nvar x = before(2) // ü\nvar y = 3\n"


def test_sarif_leaves_out_a_fix_of_lines_that_are_not_there() -> None:
    one = fixed()
    later = replace(one.findings[0], diff=DIFF.replace("after(2) // ü", "after(3)", 1))
    assert "fixes" not in results(replace(one, findings=[later]))[0]


@pytest.mark.parametrize(
    ("diff", "after"),
    [
        ("@@ -1 +0,0 @@\n-a\n", "b\nc\n"),
        ("@@ -0,0 +1 @@\n+z\n", "z\na\nb\nc\n"),
        ("@@ -1,0 +2 @@\n+z\n", "a\nz\nb\nc\n"),
        ("@@ -1,3 +1,3 @@\n-a\n+x\n b\n-c\n+y\n", "x\nb\ny\n"),
        ("@@ -1 +1 @@\n-a\n+x\n@@ -3 +3 @@\n-c\n+y\n", "x\nb\ny\n"),
    ],
)
def test_sarif_replacements(diff: str, after: str) -> None:
    source = b"a\nb\nc\n"
    one = finding(line=1, column=1, end_line=1, end_column=2, diff=diff)
    made = replace(report(one), changes=[FileChange(one.file, source, b"", untouched(0))])
    assert apply(results(made)[0]["fixes"][0], source) == after


def test_fingerprints_stay_when_lines_move() -> None:
    def prints(of: Report) -> list[str]:
        return [r["partialFingerprints"]["gofixer/v1"] for r in results(of)]

    one = fixed()
    moved = replace(
        one,
        findings=[replace(f, line=f.line + 2, end_line=f.end_line + 2, diff="") for f in one.findings],
        changes=[replace(c, before=b"// new\n// lines\n" + c.before) for c in one.changes],
    )
    assert prints(moved) == prints(one)
    assert len(set(prints(replace(one, findings=[*one.findings, *one.findings])))) == 2
    assert prints(replace(one, findings=[replace(one.findings[0], transform="other")])) != prints(one)


def test_annotations() -> None:
    of = report(
        finding(message="Reuse: 100%, one\ntimer"),
        finding(Outcome.SKIPPED, NEEDS_UNSAFE, end_line=14, file=CWD / "a,b:c.go", applicability=Applicability.UNSAFE),
        finding(Outcome.SKIPPED, "cold"),
        notes=[Note("no module", CWD / "x.go", level="error")],
    )
    lines = github.render(of, CWD, colour=False, verbose=False).decode().splitlines()
    more = "gofixer explain time-after-in-loop says why."
    assert [line.split("::", 2)[1:] for line in lines] == [
        [
            "warning file=worker.go,line=12,endLine=12,title=gofixer%3A time-after-in-loop,col=10,endColumn=29",
            f"Reuse: 100%25, one%0Atimer. {more}",
        ],
        [
            "notice file=a%2Cb%3Ac.go,line=12,endLine=14,title=gofixer%3A time-after-in-loop",
            f"Reuse one timer (changes behaviour: needs --unsafe). {more}",
        ],
        ["error title=gofixer,file=x.go,line=1", "no module"],
    ]


def test_markdown() -> None:
    of = replace(MIXED, commands=["go vet -overlay=/cache/o.json ./a", "go vet ./a"])
    text = markdown.render(of, CWD, colour=False, verbose=True).decode()
    assert text == snapshot("""\
## gofixer

2 fixes proposed in 1 file.

| transform | what it finds | applies | fixes | files |
|---|---|---|---:|---:|
| `manual-gc` | runtime.GC() stops the program for a collection that the runtime would do by itself | safe | 1 | 1 |
| `time-after-in-loop` | a select in a loop makes a new timer in each round | safe | 1 | 1 |

Verified with go1.26.8. 1 fix was rejected by it.

<details><summary>Commands, to be run with the fixes in place</summary>

```
go vet ./a
```
</details>

### time-after-in-loop

Each round allocates a channel and a timer (248 bytes, 3 allocations) that are thrown away as soon as another case is taken. Before Go 1.23 they even stay until the timer fires.

<details><summary><code>worker.go:12</code> Reuse one timer</summary>

`time-after-in-loop` in `(*Pool).run`

```diff
@@ -12 +12 @@
-a
+b
```

</details>

### manual-gc

A call is a whole collection with two stops of the world, and the caller waits for it. The collector starts by itself when the heap has grown by GOGC percent, or reaches GOMEMLIMIT; a collection by hand finds less garbage for the same price.

<details><summary><code>worker.go:30</code> Drop runtime.GC()</summary>

`manual-gc` in `(*Pool).run`

```diff
@@ -12 +12 @@
-a
+b
```

</details>

### For a person to decide

- `worker.go:43` time-after-in-loop: changes behaviour: needs --unsafe

### Left alone

| outcome | reason | sites |
|---|---|---:|
| skipped | cold | 2 |
| skipped | ... is captured | 1 |
| rejected | undefined | 1 |
| suppressed | suppressed by the comment on line 59 | 1 |

- warning: unused suppression of timers
- error: no module
""")  # noqa: E501


def test_markdown_of_code_with_fences_and_tags() -> None:
    diff = "@@ -1 +1 @@\n-x := `\n+```</details>\n"
    text = markdown.render(report(finding(diff=diff, message="a <b> & c")), CWD, colour=False, verbose=False).decode()
    assert "````diff\n@@ -1 +1 @@\n-x := `\n+```</details>\n````\n" in text
    assert "a &lt;b&gt; &amp; c</summary>" in text


def test_markdown_stays_within_what_a_pull_request_takes() -> None:
    many = report(*(finding(line=n, diff="@@ -1 +1 @@\n-a\n+" + "b" * 500 + "\n") for n in range(1, 400)))
    text = markdown.render(many, CWD, colour=False, verbose=False).decode()
    assert len(text) < 65_536
    hidden = re.search(r"^(\d+) more are not shown here", text, re.MULTILINE)
    assert hidden is not None
    assert int(hidden[1]) + text.count("```diff") == 399


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_nothing_found(form: str) -> None:
    document = FORMATS[form](report(), CWD, colour=False, verbose=False).decode()
    if form == "markdown":
        assert "Nothing to fix in 7 files." in document
    elif form in ("text", "github"):
        assert document == ""
