"""Profiles in a run: gates that open, findings that are ranked, limits."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.edits.model import Span
from gofixer.engine.config import Config, load
from gofixer.engine.heat import percent
from gofixer.engine.model import Finding, Report, Request, Verify
from gofixer.errors import UserError
from gofixer.transform import Context, Edit, Gate, Kind, Match, Result, Skip, Transform, pattern

from .make import CONTENTION, HEAP, Frame, Maker, cpu

SOURCE = """package p

import "fmt"

type T struct{}

func (t *T) Hot() string {
	return fmt.Sprint(1)
}

func Warm() string {
	f := func() string {
		return fmt.Sprint(2)
	}
	return f()
}

func Cold() string { return fmt.Sprint(3) }

var level = fmt.Sprint(4)
"""
SPRINT: Frame = ("fmt.Sprint", "/usr/local/go/src/fmt/print.go", 280)
HOT: Frame = ("example.com/m/p.(*T).Hot", "/src/p/p.go", 8, 7)
WARM: Frame = ("example.com/m/p.Warm.func1", "/src/p/p.go", 13, 12)
COLD: Frame = ("example.com/m/p.Cold", "/src/p/p.go", 18, 18)
MAIN: Frame = ("main.main", "/src/cmd/x/main.go", 3)
PROFILE = cpu(([SPRINT, HOT, MAIN], 900), ([SPRINT, WARM, MAIN], 85), ([SPRINT, COLD, MAIN], 5), ([MAIN], 10))
FRAMES = {"hot": HOT, "warm": WARM, "cold": COLD}
names = itertools.count()


def literal(match: Match, cx: Context) -> Result:
    """`fmt.Sprint(N)` becomes the text of N."""
    return cx.fix("Write the text", Edit(*match.span, f'"{match["n"].str}"'.encode()), drops=("fmt",))


def gated(**changes: object) -> Transform:
    one = Transform(
        f"t-sprint-{next(names)}", "t", "sprint", (pattern("fmt.Sprint($n)"),), literal, types=False, gate=Gate.PROFILE
    )
    return dataclasses.replace(one, **changes)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _own_caches(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFIXER_STATE", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.24\n")
    (tmp_path / "p").mkdir()
    (tmp_path / "p/p.go").write_text(SOURCE)
    return tmp_path


def analyse(
    root: Path, transform: Transform, *makers: Maker, select: bool = False, config: Config | None = None, **rest: object
) -> Report:
    files = []
    for number, maker in enumerate(makers):
        files.append(maker.write(root / f"{number}.pprof"))
    request = Request(
        cwd=root,
        paths=(),
        config=config or Config(),
        transforms=(transform,),
        selected=frozenset({transform.name}) if select else frozenset(),
        verify=Verify.NONE,
        cache=False,
        profiles=tuple(files),
        **rest,  # type: ignore[arg-type]
    )
    return pipeline.analyse(request)


def shown(report: Report) -> list[tuple[int, str, str]]:
    return [(f.line, f.outcome.value, f.reason) for f in report.findings]


def shares(finding: Finding) -> object:
    profile = finding.evidence["profile"]
    assert isinstance(profile, dict)
    return profile


def test_the_gate_opens_where_the_code_is_hot(root: Path) -> None:
    report = analyse(root, gated(), PROFILE)
    assert shown(report) == [
        (8, "proposed", ""),
        (13, "proposed", ""),
        (18, "skipped", "cold in the profile: 0.5 % of cpu, opens at 1 %"),
        (20, "skipped", "cold in the profile: 0 % of cpu, opens at 1 %"),
    ]
    (change,) = report.changes
    assert change.after.count(b"fmt.Sprint") == 2


def test_without_a_profile_the_reason_says_which_would_open_it(root: Path) -> None:
    assert {(outcome, reason) for _, outcome, reason in shown(analyse(root, gated()))} == {
        ("skipped", "needs a CPU or heap profile that shows it hot: give one with --profile")
    }
    locks = analyse(root, gated(costs=(Kind.MUTEX, Kind.BLOCK)))
    assert locks.findings[0].reason == "needs a mutex or block profile that shows it hot: give one with --profile"
    assert [f.evidence for f in locks.findings] == [{}] * 4


def test_select_lifts_the_gate(root: Path) -> None:
    assert {outcome for _, outcome, _ in shown(analyse(root, gated(), select=True))} == {"proposed"}
    assert {outcome for _, outcome, _ in shown(analyse(root, gated(), PROFILE, select=True))} == {"proposed"}


def test_only_the_kinds_that_the_transform_declares_open_it(root: Path) -> None:
    locks = gated(costs=(Kind.MUTEX, Kind.BLOCK))
    reasons = {f.reason for f in analyse(root, locks, PROFILE).findings}
    assert reasons == {"needs a mutex or block profile that shows it hot: what was given measures cpu"}
    unlock: Frame = ("sync.(*Mutex).Unlock", "/usr/local/go/src/sync/mutex.go", 60)
    waiting = Maker(CONTENTION, ("contentions", "count")).sample([[unlock], [COLD]], 1, 100)
    assert [line for line, outcome, _ in shown(analyse(root, locks, PROFILE, waiting)) if outcome == "proposed"] == [18]
    assert [line for line, outcome, _ in shown(analyse(root, gated(), waiting)) if outcome == "proposed"] == []


def test_any_of_the_kinds_opens_it(root: Path) -> None:
    heap = Maker(HEAP, ("space", "bytes")).sample([[SPRINT], [COLD]], 90, 100, 0, 0).sample([[HOT]], 1, 9000, 0, 0)
    report = analyse(root, gated(), PROFILE, heap)
    by_line = {f.line: f for f in report.findings}
    assert by_line[18].outcome == "proposed"
    assert shares(by_line[18]) == {
        "share": 98.9,
        "kind": "objects",
        "kinds": {
            "cpu": {"lines": {"flat": 0.0, "cum": 0.5}, "function": {"flat": 0.0, "cum": 0.5}},
            "alloc": {"lines": {"flat": 0.0, "cum": 1.1}, "function": {"flat": 0.0, "cum": 1.1}},
            "objects": {"lines": {"flat": 0.0, "cum": 98.9}, "function": {"flat": 0.0, "cum": 98.9}},
            "inuse": {"lines": {"flat": 0.0, "cum": 0.0}, "function": {"flat": 0.0, "cum": 0.0}},
        },
    }


@pytest.mark.parametrize(("hot_share", "lines"), [(0.5, [8, 13, 18]), (9, [8]), (90, [8]), (90.1, [])])
def test_the_share_that_opens_is_configured(root: Path, hot_share: float, lines: list[int]) -> None:
    (root / "gofixer.toml").write_text(f"hot-share = {hot_share}\n")
    report = analyse(root, gated(), PROFILE, config=load(root / "gofixer.toml"))
    assert [line for line, outcome, _ in shown(report) if outcome == "proposed"] == lines


def test_findings_are_ranked(root: Path) -> None:
    swapped = cpu(([WARM], 10), ([COLD], 70), ([HOT], 20))
    assert [f.line for f in analyse(root, gated(gate=Gate.ALWAYS), swapped).findings] == [18, 8, 13, 20]
    assert [f.line for f in analyse(root, gated(gate=Gate.ALWAYS)).findings] == [8, 13, 18, 20]


@pytest.mark.parametrize("select", [False, True])
def test_min_share_leaves_out_what_is_colder(root: Path, select: bool) -> None:
    report = analyse(root, gated(gate=Gate.ALWAYS), PROFILE, select=select, min_share=10.0)
    assert shown(report) == [
        (8, "proposed", ""),
        (13, "skipped", "cold in the profile: 8.5 % of cpu, below the 10 % asked for"),
        (18, "skipped", "cold in the profile: 0.5 % of cpu, below the 10 % asked for"),
        (20, "skipped", "cold in the profile: 0 % of cpu, below the 10 % asked for"),
    ]


def test_a_hot_place_is_hot_for_checks_and_screens(root: Path) -> None:
    def screen(match: Match, cx: Context) -> Skip | bool:
        return cx.hot or Skip("cold by the screen")

    def check(match: Match, cx: Context) -> Result:
        return literal(match, cx) if cx.hot else Skip("cold by the check")

    for one, reason in (
        (gated(gate=Gate.ALWAYS, screen=screen), "screen"),
        (gated(gate=Gate.ALWAYS, check=check), "check"),
    ):
        found = shown(analyse(root, one, PROFILE))
        assert [line for line, outcome, _ in found if outcome == "proposed"] == [8, 13]
        assert {why for _, outcome, why in found if outcome == "skipped"} == {f"cold by the {reason}"}
        assert {outcome for _, outcome, _ in shown(analyse(root, one))} == {"skipped"}


def test_a_transform_says_where_its_cost_shows(root: Path) -> None:
    def in_hot(match: Match, cx: Context) -> list[Span | str]:
        return ["(*T).Hot", "Cold"]

    report = analyse(root, gated(cost_at=in_hot), PROFILE)
    assert {f.outcome.value for f in report.findings} == {"proposed"}
    assert {f.share for f in report.findings} == {90.0}

    def nowhere(match: Match, cx: Context) -> list[Span | str]:
        return []

    assert {f.outcome.value for f in analyse(root, gated(cost_at=nowhere), PROFILE).findings} == {"skipped"}

    def around(match: Match, cx: Context) -> list[Span | str]:
        return [cx.declaration(match.node).span]

    # The closure's lines are the function's, too.
    assert [f.share for f in analyse(root, gated(cost_at=around), PROFILE).findings] == [90.0, 8.5, 0.5, 0.0]


def test_places_are_those_of_the_file_before_the_run(root: Path) -> None:
    """Fixes of the first pass move the lines below them; what conflicts is looked at again in the second."""

    def longer(match: Match, cx: Context) -> Result:
        text = b'fmt.Sprintf(\n\t\t"%d",\n\t\t' + match["n"].text + b",\n\t)"
        return cx.fix("Grow", Edit(*match.span, text), Edit(0, len("package p"), b"package p\n"))

    report = analyse(root, gated(check=longer), PROFILE)
    assert [(f.line, f.share, f.outcome.value) for f in report.findings] == [
        (8, 90.0, "proposed"),
        (13, 8.5, "proposed"),
        (18, 0.5, "skipped"),
        (20, 0.0, "skipped"),
    ]
    assert report.changes[0].after.count(b"Sprintf") == 2


def test_a_profile_of_something_else_is_named(root: Path) -> None:
    other: Frame = ("example.com/other/q.F", "/src/q/q.go", 8)
    report = analyse(root, gated(), cpu(([SPRINT, other], 9), ([other], 4)), PROFILE)
    (note,) = report.notes
    assert note.file == root / "0.pprof"
    assert note.message == (
        "nothing in the profile belongs to example.com/m; most of it was spent in fmt, example.com/other/q"
    )


def test_a_profile_without_samples_is_named(root: Path) -> None:
    report = analyse(root, gated(), Maker())
    assert [note.message for note in report.notes] == ["the profile holds no samples; nothing is hot by it"]
    assert {f.outcome.value for f in report.findings} == {"skipped"}


def test_a_file_that_is_no_profile_ends_the_run(root: Path) -> None:
    request = Request(root, (), Config(), (gated(),), frozenset(), profiles=(Path("p/p.go"),))
    with pytest.raises(UserError, match=r"^p/p\.go: not a pprof profile"):
        pipeline.analyse(request)


@pytest.mark.parametrize("value", ["-1", "101", "nan", "true", '"1 %"'])
@pytest.mark.parametrize("key", ["hot-share", "min-share"])
def test_shares_of_the_configuration_are_percent(tmp_path: Path, key: str, value: str) -> None:
    (tmp_path / "gofixer.toml").write_text(f"{key} = {value}\n")
    with pytest.raises(UserError, match=f"`{key}` must be a number of percent"):
        load(tmp_path / "gofixer.toml")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (0.0004, "<0.001 %"),
        (0.034, "0.034 %"),
        (1, "1 %"),
        (8.5, "8.5 %"),
        (9.96, "10 %"),
        (12.34, "12.3 %"),
    ],
)
def test_shares_for_people(share: float, text: str) -> None:
    assert percent(share) == text
