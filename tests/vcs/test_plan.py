"""The plan and the units: values in, values out."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.engine.model import Finding, Outcome
from gofixer.transform import Applicability
from gofixer.vcs.forges import PullRequest, State
from gofixer.vcs.marker import Marker, enclosed, read_marker, replaced
from gofixer.vcs.owners import owners_of, parse_owners
from gofixer.vcs.plan import Action, Branch, plan
from gofixer.vcs.units import Site, Split, Unit, split
from gofixer.vcs.wording import unwrapped

UNIT = Unit("transform:x", "x", "gofixer/x", (), "d1", "i1")
MINE, THEIRS = Branch("c0ffee", "d1"), Branch("c0ffee")


def request(
    state: State = State.OPEN,
    digest: str = "d1",
    inputs: str = "i1",
    base: str = "main",
    pending: bool = False,
    number: int = 1,
) -> PullRequest:
    body = enclosed(Marker("transform:x", digest, inputs, base, pending), "text")
    return PullRequest(number, f"u{number}", state, "t", body, base)


OPEN, UPDATE, LEAVE = Action.OPEN, Action.UPDATE, Action.LEAVE


@pytest.mark.parametrize(
    ("branch", "requests", "action", "reason"),
    [
        (None, [], OPEN, "new"),
        (MINE, [], OPEN, "completes an earlier run"),
        (Branch("c0ffee", "d0"), [], OPEN, "new"),
        (THEIRS, [], LEAVE, "others have commits"),
        (MINE, [request()], LEAVE, "up to date"),
        (THEIRS, [request()], LEAVE, "others have commits"),
        (THEIRS, [request(digest="d0")], LEAVE, "others have commits"),
        (MINE, [request(digest="d0")], UPDATE, "the fixes have changed"),
        (Branch("c0ffee", "d0"), [request(digest="d0")], UPDATE, "the fixes have changed"),
        (MINE, [request(inputs="i0")], UPDATE, "main has other changes in the same files"),
        (MINE, [request(base="next")], UPDATE, "its base is to be main"),
        (MINE, [request(pending=True)], UPDATE, "completes an earlier run"),
        (Branch("c0ffee", "d0"), [request()], UPDATE, "completes an earlier run"),
        (None, [request()], UPDATE, "its branch is gone"),
        (MINE, [PullRequest(1, "u", State.OPEN, "t", "rewritten by hand", "main")], UPDATE, "no longer says"),
        (MINE, [request(State.CLOSED)], LEAVE, "#1 was closed by somebody"),
        (None, [request(State.CLOSED)], LEAVE, "#1 was closed by somebody"),
        (MINE, [request(State.CLOSED, digest="d0")], OPEN, "the fixes have changed since #1 was closed"),
        (None, [request(State.MERGED)], LEAVE, "#1 was merged, and the same fixes are due again"),
        (None, [request(State.MERGED, digest="d0")], OPEN, "the fixes have changed since #1 was merged"),
        (MINE, [request(State.CLOSED, number=2), request(State.CLOSED, "d0")], LEAVE, "#2 was closed"),
        (MINE, [request(State.CLOSED, "d0", number=2), request(State.CLOSED)], OPEN, "since #2 was closed"),
        (MINE, [request(State.CLOSED, number=2), request(number=1)], LEAVE, "up to date"),
    ],
)
def test_each_situation(branch: Branch | None, requests: list[PullRequest], action: Action, reason: str) -> None:
    branches = {} if branch is None else {UNIT.branch: branch}
    (step,) = plan([UNIT], branches, {UNIT.branch: requests}, "main", 10).steps
    assert step.action is action
    assert reason in step.reason
    # What is pushed is only taken while the branch is what was looked at.
    assert action is LEAVE or step.expected == (branch.commit if branch else "")


def test_no_more_than_so_many() -> None:
    units = [Unit(f"t:{n}", str(n), f"gofixer/{n}", (), "d1", "i1") for n in range(4)]
    branches = {"gofixer/0": MINE, "gofixer/1": MINE}
    requests = {"gofixer/0": [request(digest="d0")], "gofixer/1": [request(State.CLOSED)], "gofixer/old": [request()]}
    decided = plan(units, branches, requests, "main", 3)
    assert [step.action for step in decided.steps] == [UPDATE, LEAVE, OPEN, LEAVE]
    assert "--max-open" in decided.steps[3].reason
    assert decided.obsolete == (requests["gofixer/old"][0],)


def test_markers_survive_and_hide() -> None:
    marker = Marker('package:a--b"-->x\u202e', "d", "i", "main", pending=True)
    body = enclosed(marker, "text")
    assert read_marker(f"before\n{body}\nafter") == marker
    head = body.splitlines()[0]
    assert head.isascii()
    assert head.count("-->") == 1
    assert "--" not in head.removeprefix("<!--").removesuffix("-->")
    assert read_marker("text") is None
    assert read_marker("<!-- gofixer:begin {broken} -->") is None
    assert replaced(f"before\n{body}\nafter", "NEW") == "before\nNEW\nafter"
    assert replaced("by hand", "NEW") == "NEW"


def site(
    path: str, transform: str = "x", line: int = 1, diff: str = "@@ -1 +1 @@\n-a\n+b\n", family: str = "f"
) -> Site:
    return Site(path, Finding(
        transform, family, Path("/tmp") / path, line, 1, line, 2, "Do", Applicability.SAFE, Outcome.PROPOSED,
        function="F", diff=diff,
    ))  # fmt: skip


def test_paragraphs_stand_on_one_line() -> None:
    text = "One\ntwo.\n\n| a |\n|---|\n| b |\nthree\nfour\n\n- x\n  y\n- z\n\n```go\na\nb\n```\nfive\nsix"
    assert unwrapped(text) == (
        "One two.\n\n| a |\n|---|\n| b |\nthree four\n\n- x y\n- z\n\n```go\na\nb\n```\nfive six"
    )


BLOBS = {"a.go": "1", "p/b.go": "2", "p/q/c.go": "3"}
SITES = [site(path) for path in BLOBS] + [site("a.go", "y", family="g")]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (Split.TRANSFORM, {"x": 3, "y": 1}),
        (Split.FAMILY, {"f": 3, "g": 1}),
        (Split.PACKAGE, {".": 2, "p": 1, "p/q": 1}),
        (Split.MODULE, {".": 2, "p": 2}),
        (Split.CODEOWNERS, {"@all": 2, "@b @c": 1, "nobody": 1}),
    ],
)
def test_splits(by: Split, names: dict[str, int]) -> None:
    rules = parse_owners("* @all\n/p/*.go @c @b\np/q/\n")
    units = split(SITES, by, "pre/", BLOBS, ["", "p"], rules)
    assert {unit.name: len(unit.sites) for unit in units} == names
    assert len({unit.branch for unit in units}) == len(units)
    assert all(unit.branch.startswith("pre/") and "/" not in unit.branch[4:] for unit in units)


def test_a_set_of_fixes_is_known_again() -> None:
    def digest(*sites: Site) -> str:
        (unit,) = split(sites, Split.TRANSFORM, "", BLOBS)
        return unit.digest

    one, moved = site("a.go"), site("a.go", line=9, diff="@@ -9 +9 @@\n \n-a\n+b\n \n")
    assert digest(one) == digest(moved)
    assert digest(one, site("p/b.go")) == digest(site("p/b.go"), moved)
    assert digest(one) != digest(one, site("p/b.go"))
    assert digest(one) != digest(site("p/b.go"))
    assert digest(one) != digest(site("a.go", diff="@@ -1 +1 @@\n-a\n+c\n"))


def test_branches_of_units_differ() -> None:
    blobs = {"a-b/x.go": "1", "a/b/x.go": "2", "A/b/x.go": "3", "a/x.go": "4", "ä/x.go": "5"}
    units = split([site(path) for path in blobs], Split.PACKAGE, "g/", blobs)
    assert len({unit.branch for unit in units}) == 5
    assert all(unit.branch.isascii() for unit in units)


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("x.go", ("@all",)),
        ("docs/a.md", ("@docs",)),
        ("docs/deep/a.md", ("@all",)),
        ("apps/a/b.go", ("@apps",)),
        ("x/apps/b.go", ("@all",)),
        ("logs/x/y.txt", ("@logs", "team@example.com")),
        ("with space/a.go", ("@space",)),
        ("none/a.go", ()),
    ],
)
def test_codeowners(path: str, owners: tuple[str, ...]) -> None:
    rules = parse_owners(
        "# comment\n* @all # all\n[Section]\ndocs/* @docs\n/apps/ @apps\n**/logs @logs team@example.com\n"
        "with\\ space/ @space\nnone/\n"
    )
    assert owners_of(path, rules) == owners
