"""The engine from paths to new contents, with transforms made for the occasion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from trees import module

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.facts.modules import Module
from gofixer.facts.oracle import Questions
from gofixer.transform import UNSAFE, Applicability, Context, Edit, Match, Result, Skip, Transform, pattern

HEADER = 'package p\n\nimport "fmt"\n\n'


@pytest.fixture(autouse=True)
def _own_caches(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFIXER_CACHE", str(tmp_path_factory.getbasetemp() / "gofixer-cache"))
    monkeypatch.setenv("GOFIXER_STATE", str(tmp_path_factory.mktemp("state")))


def itoa(match: Match, cx: Context) -> Result:
    """`fmt.Sprintf("%d", n)` of an int without effects becomes `strconv.Itoa(n)`."""
    if reason := cx.effect(match["n"]):
        return Skip(reason)
    name = cx.qualifier("strconv", match.node)
    if name is None:
        return Skip("strconv means something else here")
    text = f"{name}.Itoa({match['n'].str})".encode()
    return cx.fix("Call strconv.Itoa", Edit(*match.span, text), drops=("fmt",))


def wrong(match: Match, cx: Context) -> Result:
    """Breaks the build where the argument is divisible by three."""
    number = int(match["n"].str)
    text = b"strange" if number % 3 == 0 else b'"fine"'
    return cx.fix("Be wrong", Edit(*match.span, text), drops=("fmt",))


ITOA = Transform("t-itoa", "t", "itoa", (pattern('fmt.Sprintf("%d", $n)', n="int"),), itoa)
WRONG = Transform("t-wrong", "t", "wrong", (pattern('fmt.Sprintf("%d", $n)', n="const"),), wrong)


def analyse(root: Path, *transforms: Transform, **options: object) -> Report:
    request = Request(
        cwd=root,
        paths=options.pop("paths", ()),  # type: ignore[arg-type]
        config=options.pop("config", Config()),  # type: ignore[arg-type]
        transforms=transforms,
        selected=frozenset(),
        **options,  # type: ignore[arg-type]
    )
    return pipeline.analyse(request)


def write(root: Path, files: dict[str, str]) -> Path:
    return module(root, files, go="1.24")


def outcomes(report: Report) -> Counter[str]:
    return Counter(finding.outcome.value for finding in report.findings)


def after(report: Report, name: str) -> str:
    return next(c.after.decode() for c in report.changes if c.path.name == name)


def test_a_fix_with_its_imports(tmp_path: Path) -> None:
    report = analyse(write(tmp_path, {"a.go": HEADER + 'func F(n int) string { return fmt.Sprintf("%d", n) }\n'}), ITOA)
    assert outcomes(report) == {"proposed": 1}
    assert after(report, "a.go") == (
        'package p\n\nimport "strconv"\n\nfunc F(n int) string { return strconv.Itoa(n) }\n'
    )
    finding = report.findings[0]
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (5, 31, 5, 51)
    assert finding.function == "F"
    assert finding.diff.startswith("@@ ")
    assert report.go.startswith("go1.")


def test_nothing_is_written_and_a_second_run_finds_nothing(tmp_path: Path) -> None:
    source = HEADER + 'func F(n int) string { return fmt.Sprintf("%d", n) }\n'
    root = write(tmp_path, {"a.go": source})
    request = Request(root, (), Config(), (ITOA,), frozenset())
    report = pipeline.analyse(request)
    assert (root / "a.go").read_text() == source
    applied = pipeline.apply(request, report)
    assert outcomes(applied) == {"applied": 1}
    assert "strconv.Itoa" in (root / "a.go").read_text()
    assert pipeline.analyse(request).findings == []
    pipeline.undo(root)
    assert (root / "a.go").read_text() == source


def test_nested_sites_are_fixed_in_later_passes(tmp_path: Path) -> None:
    def quote(match: Match, cx: Context) -> Result:
        return cx.fix("Say it plainly", Edit(*match.span, match["x"].text))

    plain = Transform("t-plain", "t", "plain", (pattern('fmt.Sprintf("%s", $x)', x="string"),), quote)
    body = 'func F(s string) string { return fmt.Sprintf("%s", fmt.Sprintf("%s", s)) + fmt.Sprint() }\n'
    report = analyse(write(tmp_path, {"a.go": HEADER + body}), plain)
    assert "return s + fmt.Sprint()" in after(report, "a.go")
    assert outcomes(report) == {"proposed": 2}
    assert {(f.line, f.column) for f in report.findings} == {(5, 34), (5, 52)}


def alone(match: Match, cx: Context) -> Result:
    """`itoa`, where no file of the package says measure."""
    if any(b"measure(" in source for source in cx.package_sources().values()):
        return Skip("the package measures")
    return itoa(match, cx)


@pytest.mark.parametrize(("beyond", "expected"), [(True, {"proposed": 2}), (False, {"proposed": 1, "skipped": 1})])
def test_what_another_file_decided_is_decided_again(tmp_path: Path, beyond: bool, expected: dict[str, int]) -> None:
    def drop(match: Match, cx: Context) -> Result:
        return cx.fix("Measure nothing", Edit(*match.span, b"work()"))

    lonely = replace(ITOA, name="t-alone", check=alone, beyond=beyond)
    dropping = Transform("t-drop", "t", "drop", (pattern("measure()"),), drop)
    files = {
        "a.go": HEADER + 'func F(n int) string { return fmt.Sprintf("%d", n) }\n',
        "b.go": "package p\n\nfunc G() { measure() }\n",
        "c.go": "package p\n\nvar measure, work func()\n",
    }
    report = analyse(write(tmp_path, files), lonely, dropping)
    assert outcomes(report) == expected


def test_guards_read_what_is_not_saved(tmp_path: Path) -> None:
    files = {"a.go": HEADER + 'func F(n int) string { return fmt.Sprintf("%d", n) }\n', "b.go": "package p\n"}
    root = write(tmp_path, files)
    lonely = replace(ITOA, check=alone)
    assert outcomes(analyse(root, lonely)) == {"proposed": 1}
    for name in ("b.go", "new.go"):
        buffers = {root / name: b"package p\n\nvar measure = func() {}\n\nfunc G() { measure() }\n"}
        assert outcomes(analyse(root, lonely, buffers=buffers)) == {"skipped": 1}, name


def test_wrong_fixes_are_found_and_the_others_kept(tmp_path: Path) -> None:
    lines = "".join(f'var V{i} = fmt.Sprintf("%d", {i})\n' for i in range(1, 31))
    report = analyse(write(tmp_path, {"a.go": HEADER + lines}), WRONG)
    assert outcomes(report) == {"proposed": 20, "rejected": 10}
    rejected = [f for f in report.findings if f.outcome is Outcome.REJECTED]
    assert {f.line for f in rejected} == {4 + i for i in range(3, 31, 3)}
    assert all("undefined: strange" in f.reason for f in rejected)
    assert "strange" not in after(report, "a.go")


def test_a_package_that_does_not_compile_is_left_out(tmp_path: Path) -> None:
    good = HEADER + 'func F(n int) string { return fmt.Sprintf("%d", n) }\n'
    bad = HEADER + 'func F(n int) string { x := 1; return fmt.Sprintf("%d", n) }\n'
    report = analyse(write(tmp_path, {"good/a.go": good, "bad/b.go": bad}), ITOA)
    assert outcomes(report) == {"proposed": 1, "skipped": 1}
    assert "does not compile" in next(f.reason for f in report.findings if f.outcome is Outcome.SKIPPED)


def test_suppressions_and_those_that_nobody_needs(tmp_path: Path) -> None:
    body = """//gofixer:ignore t-itoa it is read by people
func F(n int) string { return fmt.Sprintf("%d", n) }

func G(n int) string { return fmt.Sprintf("%d", n) } //nolint:gofixer

//gofixer:ignore t-itoa nothing here
func H() {}
"""
    report = analyse(write(tmp_path, {"a.go": HEADER + body}), ITOA)
    assert outcomes(report) == {"suppressed": 2}
    unused = [note for note in report.notes if "unused suppression" in note.message]
    assert [note.line for note in unused] == [10]


def test_per_file_ignores(tmp_path: Path) -> None:
    source = HEADER + 'func F(n int) string { return fmt.Sprintf("%d", n) }\n'
    root = write(tmp_path, {"a.go": source, "sub/b.go": source})
    config = Config(path=root / "gofixer.toml", per_file_ignores={"sub/*": ("t",)})
    assert [f.file.name for f in analyse(root, ITOA, config=config).findings] == ["a.go"]


@pytest.mark.parametrize(("unsafe", "outcome"), [(False, "skipped"), (True, "proposed")])
def test_unsafe_fixes_need_a_word(tmp_path: Path, unsafe: bool, outcome: str) -> None:
    def check(match: Match, cx: Context) -> Result:
        return cx.fix("Change behaviour", Edit(*match.span, b'"x"'), applicability=UNSAFE, drops=("fmt",))

    transform = Transform("t-u", "t", "u", (pattern("fmt.Sprint($x)"),), check, applicability=UNSAFE)
    report = analyse(write(tmp_path, {"a.go": HEADER + "var X = fmt.Sprint(1)\n"}), transform, unsafe=unsafe)
    assert outcomes(report) == {outcome: 1}
    assert report.findings[0].applicability is Applicability.UNSAFE


def test_display_only_is_never_applied(tmp_path: Path) -> None:
    def check(match: Match, cx: Context) -> Result:
        return cx.fix("See", Edit(*match.span, b'"x"'), applicability=Applicability.DISPLAY)

    transform = Transform("t-d", "t", "d", (pattern("fmt.Sprint($x)"),), check)
    report = analyse(write(tmp_path, {"a.go": HEADER + "var X = fmt.Sprint(1)\n"}), transform, unsafe=True)
    assert report.changes == []
    assert outcomes(report) == {"skipped": 1}


def test_test_files_external_tests_and_other_systems(tmp_path: Path) -> None:
    body = 'func F(n int) string { return fmt.Sprintf("%d", n) }\n'
    files = {
        "a.go": HEADER + body,
        "a_test.go": HEADER + body.replace("F(", "inTest("),
        "x_test.go": HEADER.replace("package p", "package p_test") + body,
        "a_windows.go": HEADER + body.replace("F(", "onWindows("),
        "tagged.go": "//go:build special\n\n" + HEADER + body.replace("F(", "tagged("),
    }
    report = analyse(write(tmp_path, files), ITOA, verify=Verify.BUILD)
    assert outcomes(report) == {"proposed": 5}, [(f.file.name, f.reason) for f in report.findings]


def test_crlf_a_byte_order_mark_and_no_final_newline_stay(tmp_path: Path) -> None:
    source = (HEADER + 'func F(n int) string {\n\treturn fmt.Sprintf("%d", n)\n}').replace("\n", "\r\n")
    report = analyse(write(tmp_path, {"a.go": "\ufeff" + source}), ITOA)
    expected = 'package p\n\nimport "strconv"\n\nfunc F(n int) string {\n\treturn strconv.Itoa(n)\n}'
    assert after(report, "a.go") == "\ufeff" + expected.replace("\n", "\r\n")


def test_the_file_version_is_the_one_that_counts(tmp_path: Path) -> None:
    seen: dict[str, tuple[int, int]] = {}

    def check(match: Match, cx: Context) -> Result:
        seen[cx.facts.path.name] = cx.go
        return None

    transform = Transform("t-v", "t", "v", (pattern("fmt.Sprint($x)"),), check)
    files = {
        "a.go": HEADER + "var X = fmt.Sprint(1)\n",
        "b.go": "//go:build go1.21\n\n" + HEADER + "var Y = fmt.Sprint(1)\n",
    }
    analyse(write(tmp_path, files), transform)
    assert seen["a.go"] == (1, 24)
    assert seen["b.go"] == (1, 21)


def test_without_proof_everything_is_shown_and_marked(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.go": HEADER + 'var V = fmt.Sprintf("%d", 3)\n'})
    report = analyse(root, WRONG, verify=Verify.NONE)
    assert outcomes(report) == {"proposed": 1}
    assert not report.findings[0].proved


def test_a_warm_cache_gives_the_same_answer(tmp_path: Path) -> None:
    import os

    root = write(tmp_path, {"a.go": HEADER + 'func F(n int) string { return fmt.Sprintf("%d", n) }\n'})
    os.utime(root / "a.go", (1_000_000_000, 1_000_000_000))
    first, second = analyse(root, ITOA), analyse(root, ITOA)
    assert [f.diff for f in first.findings] == [f.diff for f in second.findings] != []


def test_buffers_count_instead_of_what_is_on_disk(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {"a.go": HEADER + "func F(n T) string { return fmt.Sprint(n) }\n", "t.go": "package p\n\ntype T string\n"},
    )
    buffer = HEADER + 'func F(n T) string { return fmt.Sprintf("%d", n) }\n'
    buffers = {root / "a.go": buffer.encode(), root / "t.go": b"package p\n\ntype T = int\n"}
    report = analyse(root, ITOA, buffers=buffers)
    assert outcomes(report) == {"proposed": 1}
    (change,) = report.changes
    assert change.before == buffer.encode()
    assert b"strconv.Itoa(n)" in change.after
    assert (root / "t.go").read_text() == "package p\n\ntype T string\n"
    assert outcomes(analyse(root, ITOA)) == {}


def test_a_look_is_one_pass_over_files_that_need_not_exist(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.go": "package p\n"})
    buffers = {root / "new.go": (HEADER + 'func F(n int) string { return fmt.Sprintf("%d", n) }\n').encode()}
    stages: list[str] = []
    report = analyse(
        root,
        ITOA,
        paths=(str(root / "new.go"),),
        buffers=buffers,
        look=True,
        verify=Verify.NONE,
        progress=lambda stage, done, total: stages.append(stage),
    )
    assert outcomes(report) == {"proposed": 1}
    assert not [stage for stage in stages if "pass 2" in stage]


def test_only_what_types_decide_is_asked_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = HEADER + 'func f(n int) string { return fmt.Sprintf("%d", n) }\n'
    write(tmp_path, {f"{n[0]}/{n}": body for n in ("a.go", "b_windows.go", "c_windows.go", "d.go", "e.go")})
    listed = questions(monkeypatch)

    def screen(match: Match, cx: Context) -> Skip | bool:
        return Skip("cold") if cx.facts.path.name == "c_windows.go" else True

    def plain(match: Match, cx: Context) -> Result:
        return cx.fix("Be fine", Edit(*match.span, b'"fine"'), drops=("fmt",))

    screened = Transform("t-itoa", "t", "itoa", ITOA.patterns, itoa, screen=screen)
    report = analyse(tmp_path, screened, verify=Verify.NONE)
    assert [(f.file.name, f.outcome) for f in report.findings] == [
        ("a.go", Outcome.PROPOSED),
        ("b_windows.go", Outcome.PROPOSED),
        ("c_windows.go", Outcome.SKIPPED),
        ("d.go", Outcome.PROPOSED),
        ("e.go", Outcome.PROPOSED),
    ]
    assert listed[:2] == [["a.go", "d.go", "e.go"], ["b_windows.go"]]

    listed.clear()
    untyped = Transform("t-plain", "t", "plain", (pattern('fmt.Sprintf("%d", $n)'),), plain, types=False)
    report = analyse(tmp_path, untyped, verify=Verify.NONE)
    assert [f.outcome for f in report.findings] == [Outcome.PROPOSED] * 5
    assert listed == []


def questions(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of the files that packages are listed for, batch by batch, as they will come."""
    listed: list[list[str]] = []
    about = Questions.about

    def recorded(
        self: Questions, module: Module, files: Iterable[Path], *rest: object
    ) -> AbstractContextManager[Callable[..., None]]:
        files = list(files)
        listed.append([file.name for file in files])
        return about(self, module, files, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Questions, "about", recorded)
    return listed
