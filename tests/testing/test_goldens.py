"""The golden runner: what a case file says, and which cases fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.errors import UserError
from gofixer.testing import runner, txtar
from gofixer.testing.golden import Case, collect, read_case, updated
from gofixer.testing.runner import run_cases
from gofixer.transform import Context, Edit, Match, Option, Result, Skip, Transform, pattern

BEFORE = 'package p\n\nimport "fmt"\n\nfunc f(n int) string { return fmt.Sprintf("%d", n) }\n'
AFTER = 'package p\n\nimport "strconv"\n\nfunc f(n int) string { return strconv.Itoa(n) }\n'


def check(match: Match, cx: Context) -> Result:
    """Rewrites for the tests: right, wrong or none, as the option says."""
    kind = cx.options["kind"]
    if kind == "skip":
        return Skip("there is no need")
    if kind == "ugly":
        return cx.fix("Space out", Edit(match["n"].start, match["n"].start, b"   "))
    if kind == "endless":
        return cx.fix("Add", Edit(match["n"].end, match["n"].end, b"+1"))
    name = "undefined" if kind == "broken" else cx.qualifier("strconv", match.node)
    return cx.fix("Itoa", Edit(*match.span, f"{name}.Itoa({match['n'].str})".encode()), drops=("fmt",))


ITOA = Transform(
    "itoa", "t", "s", (pattern('fmt.Sprintf("%d", $n)'),), check, options={"kind": Option("good", "which rewrite")}
)


def case(kind: str = "good", want: str = "", *, source: str = BEFORE, outcome: str = "", **fields: object) -> Case:
    """A case of one file."""
    wanted = {"input.go": want} if want else {}
    outcome = outcome or ("proposed" if want else "skipped")
    return Case(kind, "itoa", {"input.go": source}, wanted, options=(("kind", kind),), outcome=outcome, **fields)  # type: ignore[arg-type]


def problems(*cases: Case) -> list[tuple[str, ...]]:
    """Problems of some cases, run together."""
    return [result.problems for result in run_cases(cases, [ITOA])]


def test_cases_that_pass() -> None:
    cases = [
        case(want=AFTER),
        case("skip", reason="no need"),
        case("broken", outcome="rejected", reason="undefined"),
        case(source="package p\n", outcome="none"),
        case("skip", outcome="unchanged"),
        case(want=AFTER, go="1.21"),
        case(want=AFTER, source=BEFORE, select=True),
    ]
    assert problems(*cases) == [()] * len(cases)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (case(want=AFTER.replace("Itoa", "Atoi")), "-func f(n int) string { return strconv.Atoi(n) }"),
        (case(), "+func f(n int) string { return strconv.Itoa(n) }"),
        (case("skip", want=AFTER), "proposed was wanted, but: line 5 skipped: there is no need"),
        (case("skip", reason="another"), "the reason should hold 'another'"),
        (case("skip", outcome="none"), "no finding was wanted"),
        (case(source="package p\n"), "skipped was wanted, but: no finding"),
        (case("skip", source=BEFORE.replace("n int", "n integer")), "no valid Go package"),
        (case("ugly", want=BEFORE.replace(", n)", ",    n)")), "a second run would change"),
        (case("skip", want=BEFORE, outcome="skipped"), "want/input.go is the same as input.go"),
    ],
)
def test_cases_that_fail(wrong: Case, problem: str) -> None:
    assert problem in "\n".join(problems(wrong)[0])


def test_a_result_that_gofmt_would_change_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine formats what it changes; should it fail to, the runner says so."""
    calls: list[Path] = []

    def unformatted(root: Path, toolchain: object) -> set[Path]:
        calls.append(root)
        return {next(root.rglob("input.go"))} if len(calls) == 2 else set()

    monkeypatch.setattr(runner, "_unformatted", unformatted)
    assert problems(case(want=AFTER)) == [("input.go was formatted and is no longer",)]


def test_a_rewrite_without_an_end_fails() -> None:
    ((first, *rest),) = problems(case("endless", want=BEFORE.replace(", n)", ", n+1)")))
    assert "n+1+1" in first
    assert any("a second run would change" in problem for problem in rest)


def test_a_case_that_needs_a_newer_toolchain_is_left_out() -> None:
    (result,) = run_cases([case(want=AFTER, toolchain="1.999")], [ITOA])
    assert result.problems == ()
    assert "needs Go 1.999" in result.left_out


def test_a_case_may_be_a_module_of_its_own() -> None:
    files = {
        "go.mod": "module example.com/own\n\ngo 1.22\n",
        "input.go": BEFORE.replace('import "fmt"', 'import (\n\t"fmt"\n\n\t_ "example.com/own/sub"\n)'),
        "sub/sub.go": "package sub\n",
    }
    own = Case("own", "itoa", files, {}, options=(("kind", "skip"),), outcome="skipped")
    assert problems(own) == [()]


def test_an_unknown_transform() -> None:
    with pytest.raises(UserError, match="there is no transform 'itoa'"):
        run_cases([case()], [])


def test_a_case_file(tmp_path: Path) -> None:
    path = tmp_path / "itoa" / "one.txtar"
    path.parent.mkdir()
    path.write_text(
        "# A remark: with a colon.\ngo: 1.22\nselect: true\noptions: kind=good\noptions: other=1\n"
        f"-- input.go --\n{BEFORE}-- want/input.go --\n{AFTER}"
    )
    read = read_case(path)
    assert (read.transform, read.go, read.select, read.unsafe) == ("itoa", "1.22", True, False)
    assert (read.options, read.outcome) == ((("kind", "good"), ("other", "1")), "proposed")
    assert (read.files, read.want) == ({"input.go": BEFORE}, {"input.go": AFTER})
    assert collect([tmp_path]) == [path]
    assert updated(path, read, {"input.go": AFTER}) == path.read_text()
    assert read_case(path) == read


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("wrong line\n-- a.go --\n", ":1: not a header line: 'wrong line'"),
        ("colour: red\n-- a.go --\n", "not a header line"),
        ("outcome: fine\n-- a.go --\n", "outcome 'fine' does not exist"),
        ("go: new\n-- a.go --\n", "`go` must be a version"),
        ("select: yes\n-- a.go --\n", "`select` must be true or false"),
        ("-- want/a.go --\n", "each want/ file needs its input"),
        ("", "each want/ file needs its input"),
        ("-- ../a.go --\n", "must be relative"),
    ],
)
def test_a_case_file_that_is_not_understood(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "one.txtar"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        read_case(path)
    assert str(caught.value).startswith(str(path))
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "remark\n", "-- a --\n", "remark\n-- a --\nx\n\n\n-- b/c.go --\n\n", "-- a --\nx\r\n-- b --\n"]
)
def test_txtar_is_lossless(text: str) -> None:
    assert txtar.render(txtar.parse(text)) == text


def test_txtar_ends_the_last_line() -> None:
    assert txtar.parse("-- a --\nx").files == {"a": "x\n"}
