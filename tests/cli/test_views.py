"""What a user sees and gets of one real run: groups, widths, pipes, further forms, fingerprints."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
import trees

SOURCE = """package p

import "fmt"

func F(n int) string { return fmt.Sprintf("%d", n) }

func G(n int) (string, string) {
	one := fmt.Sprintf("%d", n)
	two := fmt.Sprintf("%d", n)
	return one, two
}
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    return trees.module(tmp_path / "m", {"p.go": SOURCE}, go="1.24")


def gofixer(module: Path, *arguments: str, code: int = 0, **env: str) -> tuple[str, str]:
    environment = {**os.environ, "GOFIXER_STATE": str(module.parent / "state"), **env}
    done = subprocess.run(
        [sys.executable, "-m", "gofixer", *arguments],
        cwd=module,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


def test_groups_in_a_pipe_have_no_colours(module: Path) -> None:
    out, err = gofixer(module, "--dry-run", "--verify", "none", "--group-by", "transform", "--statistics", COLUMNS="60")
    assert "\x1b" not in out + err
    assert out.splitlines()[0] == "sprintf-to-strconv: 3 fixes in 1 file"
    assert [line.split()[:2] for line in out.splitlines() if "p.go" in line] == [
        ["p.go:5:31", "in"],
        ["p.go:8:9", "in"],
        ["p.go:9:9", "in"],
    ]
    assert all(len(line) <= 60 for line in out.splitlines())
    assert "sprintf-to-strconv          3" in err
    assert (module / "p.go").read_text() == SOURCE


@pytest.mark.parametrize("columns", [60, 200])
def test_what_was_applied_is_listed_by_file_on_a_terminal(module: Path, columns: int) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "gofixer", "--verify", "none"],
        cwd=str(module),
        env={**environment, "TERM": "xterm", "GOFIXER_STATE": str(module.parent / "state")},
        encoding="utf-8",
        timeout=120,
        dimensions=(40, columns),
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert isinstance(child.before, str)
    shown = child.before.replace("\r\n", "\n")
    assert "\x1b[1mp.go\x1b[0m\n  5:31  \x1b[36msprintf-to-strconv\x1b[0m  " in shown
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.partition("p.go")[2]).splitlines()
    assert max(len(line) for line in lines) <= columns
    assert any("3 fixes in 1 file" in line for line in lines)


def test_applied_fixes_in_a_pipe_are_lines_that_programs_read(module: Path) -> None:
    out, _ = gofixer(module, "--verify", "none", FORCE_COLOR="1")
    assert out.count("\x1b[1mp.go:") == 3
    gofixer(module, "undo")
    out, _ = gofixer(module, "--verify", "none", NO_COLOR="1", FORCE_COLOR="1")
    assert re.fullmatch(r"(p\.go:\d+:\d+: sprintf-to-strconv .*\n){3}", out)


def test_further_forms_of_one_run(module: Path) -> None:
    forms = ("sarif", "markdown", "json", "github", "patch")
    reports = [word for form in forms for word in ("--report", f"{form}=out.{form}")]
    out, _ = gofixer(module, "--dry-run", *reports)
    texts = {form: (module / f"out.{form}").read_text() for form in forms}
    assert texts["patch"] == out
    assert json.loads(texts["json"])["summary"]["proposed"] == 3
    assert len(json.loads(texts["sarif"])["runs"][0]["results"]) == 3
    assert texts["github"].count("::warning ") == 3
    assert "### sprintf-to-strconv\n\nSprintf takes a printer" in texts["markdown"]
    commands = texts["markdown"].partition("Commands")[2].partition("</details>")[0]
    assert "go vet ." in commands
    assert "overlay" not in commands


def prints(module: Path) -> dict[tuple[str, str], str]:
    """Fingerprint by function and text of the line."""
    gofixer(module, "--dry-run", "--verify", "none", "--report", "sarif=out.sarif")
    lines = (module / "p.go").read_text().splitlines()
    found = {}
    for result in json.loads((module / "out.sarif").read_bytes())["runs"][0]["results"]:
        place = result["locations"][0]
        line = lines[place["physicalLocation"]["region"]["startLine"] - 1]
        found[place["logicalLocations"][0]["name"], line.strip()] = result["partialFingerprints"]["gofixer/v1"]
    return found


def test_fingerprints_of_a_real_run_stay_when_lines_move(module: Path) -> None:
    before = prints(module)
    assert len(set(before.values())) == 3
    (module / "p.go").write_text(
        SOURCE.replace("func F", "// One.\n// Two.\n\nvar other = 1\n\nfunc F").replace("\tone :=", "\tn++\n\tone :=")
    )
    assert prints(module) == before
    (module / "p.go").write_text(SOURCE.replace("two", "three"))
    after = prints(module)
    assert set(after.values()) - set(before.values()) == {after["G", 'three := fmt.Sprintf("%d", n)']}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--report", "pdf=x"), "--report pdf=x: write FORM=FILE with one of "),
        (("--report", "json"), "--report json: write FORM=FILE with one of "),
        (("--report", "json=missing/x.json"), "--report missing/x.json: there is no folder missing"),
        (("--group-by", "line"), "--group-by line: choose file or transform"),
        (("--group-by", "file", "--format", "json"), "--group-by is for --format text, not json"),
        (("--interactive", "--check"), "--interactive and --check: choose one"),
    ],
)
def test_wrong_use(module: Path, arguments: tuple[str, ...], sentence: str) -> None:
    out, err = gofixer(module, *arguments, code=2)
    assert out == ""
    assert err.startswith(f"gofixer: error: {sentence}")
    assert err.count("\n") == 1
    assert (module / "p.go").read_text() == SOURCE
