"""The command line with a pipeline that answers at once: words, streams and exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from calling import Go

from gofixer import pipeline
from gofixer.cli.main import LATER
from gofixer.edits.algebra import untouched
from gofixer.engine.model import FileChange, Finding, Note, Outcome, Report, Request, Verify
from gofixer.errors import ExitCode, UserError
from gofixer.transform import Applicability

Reply = Callable[[Request], Report]


class Engine:
    """Stands in for the pipeline; remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.applied: list[Report] = []
        self.outcomes: tuple[Outcome, ...] = (Outcome.PROPOSED, Outcome.SKIPPED)
        self.error: BaseException | None = None
        self.missing = ""
        self.unwritten = False

    @property
    def request(self) -> Request:
        return self.requests[-1]

    def analyse(self, request: Request) -> Report:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        file = request.cwd / "p.go"
        findings = [
            Finding(
                "manual-gc", "gc", file, n, 2, n, 9, "Drop it", Applicability.SAFE, outcome,
                "" if outcome is Outcome.PROPOSED else "because",
            )
            for n, outcome in enumerate(self.outcomes, 1)
        ]  # fmt: skip
        before, after = b"package p\n\nvar a = 1\n", b"package p\n\nvar b = 1\n"
        change = FileChange(file, before, after, untouched(len(before)))
        return Report(
            go="go1.26.8",
            modules=(),
            findings=findings,
            changes=[change] if Outcome.PROPOSED in self.outcomes else [],
            notes=[Note("a note", file, 3)],
            files=1,
            seconds=0.1,
            commands=["go vet ./..."],
            missing_toolchain=self.missing,
        )

    def apply(self, request: Request, report: Report) -> Report:
        self.applied.append(report)
        become = Outcome.SKIPPED if self.unwritten else Outcome.APPLIED
        findings = [replace(f, outcome=become) if f.outcome is Outcome.PROPOSED else f for f in report.findings]
        return replace(report, findings=findings)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    made = Engine()
    monkeypatch.setattr(pipeline, "analyse", made.analyse)
    monkeypatch.setattr(pipeline, "apply", made.apply)
    monkeypatch.setattr(pipeline, "patch_of", lambda changes, cwd: b"--- a/p.go\n+++ b/p.go\n" if changes else b"")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return made


# -- which command ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ((), ()),
        (("fix",), ()),
        (("./...",), ("./...",)),
        (("--dry-run", "a", "b/..."), ("a", "b/...")),
        (("fix", "--dry-run", "a"), ("a",)),
        (("./list",), ("./list",)),
        (("fix", "list"), ("list",)),
        (("--", "-x.go"), ("-x.go",)),
    ],
)
def test_without_a_command_it_is_fix(
    engine: Engine, go: Go, arguments: tuple[str, ...], paths: tuple[str, ...]
) -> None:
    code, _, _ = go(*arguments)
    assert code == ExitCode.OK
    assert engine.request.paths == paths


def test_options_reach_the_request(engine: Engine, go: Go, tmp_path: Path) -> None:
    go(
        "--select", "gc,time-tick-leak", "--select", "time-after-in-loop", "--ignore", "manual-gc", "--unsafe",
        "--verify", "build", "--go", "/opt/go", "--jobs", "3", "--no-cache", "--exclude", "x/", "--include-generated",
    )  # fmt: skip
    request = engine.request
    gc = {"gc-in-benchmark", "periodic-free-os-memory"}
    assert {t.name for t in request.transforms} == {*gc, "time-tick-leak", "time-after-in-loop"}
    assert "time-tick-leak" in request.selected
    assert (request.unsafe, request.verify, request.go) == (True, Verify.BUILD, Path("/opt/go"))
    assert (request.jobs, request.cache, request.exclude, request.include_generated) == (3, False, ("x/",), True)
    assert request.cwd == tmp_path


# -- streams ----------------------------------------------------------------------------------------------------


def test_fix_writes_and_reports(engine: Engine, go: Go) -> None:
    code, out, err = go()
    assert code == ExitCode.OK
    assert len(engine.applied) == 1
    assert out == "p.go:1:2: manual-gc Drop it\n"
    assert "1 fix in 1 file" in err
    assert "p.go:3: warning: a note" in err


def test_dry_run_has_only_the_patch_on_standard_output(engine: Engine, go: Go) -> None:
    code, out, err = go("--dry-run", "-v", "--statistics")
    assert code == ExitCode.OK
    assert engine.applied == []
    assert out == "--- a/p.go\n+++ b/p.go\n"
    assert "p.go:2:2: manual-gc skipped: because" in err
    assert "nothing written" in err


def test_json_has_only_the_document_on_standard_output(engine: Engine, go: Go) -> None:
    _, out, err = go("--dry-run", "--format", "json", "--statistics", "-vv")
    assert json.loads(out)["summary"]["proposed"] == 1
    assert "ran: go vet ./..." in err


def test_quiet_says_nothing_but_the_result(engine: Engine, go: Go) -> None:
    assert go("--dry-run", "-q") == (0, "--- a/p.go\n+++ b/p.go\n", "")


def test_output_takes_the_document(engine: Engine, go: Go, tmp_path: Path) -> None:
    code, out, _ = go("--dry-run", "--output", "report.patch", "--color", "always")
    assert (code, out) == (0, "")
    assert (tmp_path / "report.patch").read_bytes() == b"--- a/p.go\n+++ b/p.go\n"
    assert [p.name for p in tmp_path.iterdir() if p.name != ".git"] == ["report.patch"]


@pytest.mark.parametrize("target", ["missing/report.json", "."])
def test_output_that_cannot_be_written(engine: Engine, go: Go, target: str) -> None:
    code, out, err = go("--dry-run", "--format", "json", "--output", target)
    assert (code, out) == (ExitCode.USAGE, "")
    assert err.splitlines()[-1].startswith(f"gofixer: error: --output {target}: ")


@pytest.mark.parametrize(
    ("option", "environment", "coloured"),
    [
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(
    engine: Engine, go: Go, monkeypatch: pytest.MonkeyPatch, option: str, environment: dict[str, str], coloured: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    _, out, err = go("--dry-run", "-v", "--color", option)
    assert ("\x1b[" in out, "\x1b[" in err) == (coloured, coloured)
    assert re.sub(r"\x1b\[[\d;]*m", "", out) == "--- a/p.go\n+++ b/p.go\n"


# -- exit codes and errors --------------------------------------------------------------------------------------


def test_check_exits_1_when_there_is_something_to_fix(engine: Engine, go: Go) -> None:
    code, out, _ = go("--check")
    assert (code, out) == (ExitCode.FOUND, "--- a/p.go\n+++ b/p.go\n")
    assert engine.applied == []
    engine.outcomes = (Outcome.SKIPPED, Outcome.REJECTED)
    assert go("--check")[0] == ExitCode.OK


def test_fixes_that_could_not_be_written_are_an_error(engine: Engine, go: Go) -> None:
    engine.unwritten = True
    assert go()[0] == ExitCode.USAGE


def test_a_missing_toolchain_is_said_last_and_exits_3(engine: Engine, go: Go) -> None:
    engine.missing = "no Go toolchain found: install Go"
    code, _, err = go("--dry-run")
    assert code == ExitCode.TOOLCHAIN
    assert err.splitlines()[-1] == "gofixer: error: no Go toolchain found: install Go"


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (UserError("do it otherwise"), 2, "do it otherwise"),
        (UserError("no go", ExitCode.TOOLCHAIN), 3, "no go"),
        (KeyboardInterrupt(), 130, "interrupted; nothing was written"),
        (MemoryError(), 3, "out of memory; nothing was written; --jobs 1 needs less"),
        (
            ZeroDivisionError("x\ny"),
            3,
            "a bug in gofixer, please report it with the output of -vv: ZeroDivisionError: x",
        ),
    ],
)
def test_every_failure_is_one_sentence(engine: Engine, go: Go, error: BaseException, code: int, sentence: str) -> None:
    engine.error = error
    assert go("--dry-run") == (code, "", f"gofixer: error: {sentence}\n")


def test_a_bug_shows_where_with_vv(engine: Engine, go: Go) -> None:
    engine.error = ZeroDivisionError()
    assert "Traceback" in go("-vv")[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--nope",), "--nope"),
        (("--jobs", "x"), "--jobs"),
        (("--jobs", "-1"), "--jobs"),
        (("--verify", "some"), "none or build or vet"),
        (("--format", "xml"), "text or json"),
        (("--select", "manual-cg"), "did you mean manual-gc?"),
        (("--ignore", "zzz"), "`gofixer list` shows them"),
        (("--config", "missing.toml"), "missing.toml"),
        (("--transforms", "missing"), "missing"),
        (("explain",), "NAME"),
        (("explain", "manual-cg"), "did you mean manual-gc?"),
        (("test", "missing"), "missing: no such file or folder"),
        (("undo", "missing"), "missing: no such folder"),
    ],
)
def test_wrong_use_is_one_sentence_and_exits_2(engine: Engine, go: Go, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = go(*arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert err.startswith("gofixer: error: ")
    assert err.count("\n") == 1
    assert words in err
    assert engine.requests == []


@pytest.mark.parametrize(
    "arguments",
    [
        *((command,) for command in LATER),
    ],
    ids=" ".join,
)
def test_what_later_versions_bring_says_so(engine: Engine, go: Go, arguments: tuple[str, ...]) -> None:
    code, out, err = go(*arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "does not exist in this version" in err
    assert engine.requests == []


def test_help_lists_only_what_works(go: Go) -> None:
    code, out, _ = go("fix", "--help")
    assert code == ExitCode.OK
    assert "--dry-run" in out
    assert "--interactive" in out
    code, out, _ = go("--help")
    assert code == ExitCode.OK
    commands = {"fix", "list", "explain", "test", "undo", "bench", "prove", "pr", "lsp"}
    assert set(re.findall(r"^  (\w+)  ", out, re.MULTILINE)) == commands


# -- configuration ----------------------------------------------------------------------------------------------


def test_the_command_line_goes_before_the_configuration(engine: Engine, go: Go, tmp_path: Path) -> None:
    (tmp_path / "gofixer.toml").write_text('select = ["gc"]\nignore = ["manual-gc"]\nunsafe = true\n')
    go("--dry-run")
    assert [t.name for t in engine.request.transforms] == ["gc-in-benchmark", "periodic-free-os-memory"]
    assert engine.request.unsafe
    go("--dry-run", "--select", "timers")
    assert {t.family for t in engine.request.transforms} == {"timers"}


def test_the_configuration_is_found_from_the_path_upwards(engine: Engine, go: Go, tmp_path: Path) -> None:
    (tmp_path / "m" / "pkg").mkdir(parents=True)
    (tmp_path / "m" / "gofixer.toml").write_text('select = ["manual-gc"]\n')
    go("--dry-run", "m/pkg/...")
    assert [t.name for t in engine.request.transforms] == ["manual-gc"]
    go("--dry-run")
    assert len(engine.request.transforms) > 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('select = ["manual-cg"]', "`select`: manual-cg: no transform or family of that name; did you mean manual-gc?"),
        ('ignore = ["zzz"]', "`ignore`: zzz: no transform"),
        ('[per-file-ignores]\n"a/*" = ["zzz"]', "`per-file-ignores.'a/*'`: zzz: no transform"),
        ("[transforms.zzz]\nx = 1", "[transforms.zzz]: there is no such transform"),
        ("[transforms.manual-gc]\nx = 1", "[transforms.manual-gc] has no option `x`"),
        ("[transforms.sprintf-to-append]\nstyle = 1", "sprintf-to-append.style must be a text"),
        ('[transforms.sprintf-to-append]\nstyle = "zzz"', "sprintf-to-append.style must be one of"),
        ("selct = []", "unknown key `selct`"),
        ("select = 1", "`select` must be a list of strings"),
        ("select = [", "not valid TOML"),
        ('[[transform]]\nname = "manual-gc"', "`name` exists already"),
    ],
)
def test_a_mistake_in_the_configuration_names_the_file(
    engine: Engine, go: Go, tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "gofixer.toml").write_text(text)
    code, out, err = go("--dry-run")
    assert (code, out) == (ExitCode.USAGE, "")
    assert "gofixer.toml: " in err
    assert sentence in err
    assert engine.requests == []


# -- list, explain, test ----------------------------------------------------------------------------------------


def test_list_in_a_pipe_is_aligned_columns(engine: Engine, go: Go) -> None:
    code, out, _ = go("list")
    assert code == ExitCode.OK
    rows = [re.split(r" {2,}", line) for line in out.splitlines()]
    assert {len(row) for row in rows} == {7}
    assert "\t" not in out
    (row,) = [row for row in rows if row[0] == "time-after-in-loop"]
    assert row[1:5] == ["timers", "A5", "safe", "always"]


def test_list_knows_the_rules_of_the_configuration(engine: Engine, go: Go, tmp_path: Path) -> None:
    rule = '[[transform]]\nname = "my-rule"\nmessage = "m"\npattern = "f($x)"\nrewrite = "g($x)"\n'
    (tmp_path / "gofixer.toml").write_text(rule)
    assert "my-rule" in go("list")[1]
    assert "g($x)" in go("explain", "my-rule")[1]


def test_explain(engine: Engine, go: Go) -> None:
    code, out, _ = go("explain", "time-after-in-loop")
    assert code == ExitCode.OK
    assert out.startswith("# time-after-in-loop\n")
    assert "## Fix safety" in out
    assert "\x1b[" in go("explain", "time-after-in-loop", "--color", "always")[1]


def test_python_transforms_of_a_folder(engine: Engine, go: Go, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "t.py").write_text(
        '"""Page."""\nfrom gofixer.transform import Transform, pattern\n'
        'TRANSFORM = Transform("my-own", "own", "s", (pattern("f($x)"),), lambda m, c: None)\n'
    )
    assert "my-own" in go("list", "--transforms", str(folder))[1]
    (folder / "u.py").write_text("1 / 0\n")
    code, _, err = go("list", "--transforms", str(folder))
    assert code == ExitCode.USAGE
    assert "u.py: the transform could not be loaded" in err
