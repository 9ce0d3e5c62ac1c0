"""GitLab and Gitea: the same life of a request, by their own words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from forge.server import READ_ONLY, TOKEN, Answer, Forge

from gofixer.errors import UserError
from gofixer.vcs.address import parse_address
from gofixer.vcs.forges import Extras, Kind, Opening, State
from gofixer.vcs.forges import Forge as Protocol
from gofixer.vcs.forges.choose import api_url, choose_kind, connect
from gofixer.vcs.forges.errors import Exists, ForgeError, Invalid, RateLimited, Unavailable

KINDS = [Kind.GITHUB, Kind.GITLAB, Kind.GITEA]
BOTH = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def branch(forge: Forge, tmp_path: Path) -> str:
    """A branch with a commit that main has not, both at the forge."""
    tree = forge.git("hash-object", "-t", "tree", "-w", "/dev/null")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    first = forge.git(*who, "commit-tree", tree, "-m", "first")
    second = forge.git(*who, "commit-tree", tree, "-p", first, "-m", "second")
    forge.git("update-ref", "refs/heads/main", first)
    forge.git("update-ref", "refs/heads/gofixer/x", second)
    return "gofixer/x"


def adapter(forge: Forge, kind: Kind, secret: str = TOKEN) -> Protocol:
    address = parse_address(forge.url)
    return connect(kind, address, api_url(kind, address, ""), secret)


@BOTH
def test_the_life_of_a_request(kind: Kind, forge: Forge, branch: str) -> None:
    there = adapter(forge, kind)
    assert there.find(branch) == []
    made = there.open(Opening(branch, "main", "A title", "A body", draft=kind is Kind.GITHUB))
    assert (made.number, made.state, made.title, made.body, made.base) == (1, State.OPEN, "A title", "A body", "main")
    assert made.url.startswith(f"{forge.web}/acme/widgets/")
    assert list(there.find(branch)) == [made]
    assert there.find("gofixer/y") == []
    changed = there.update(made, "Another title", "Another body", "main")
    assert (changed.title, changed.body) == ("Another title", "Another body")
    with pytest.raises(Exists):
        there.open(Opening(branch, "main", "A title", "A body"))
    forge.pulls[0].state = "closed"
    assert [one.state for one in there.find(branch)] == [State.CLOSED]
    forge.pulls[0].merged = True
    assert [one.state for one in there.find(branch)] == [State.MERGED]


def test_github_s_refusals_are_told_in_its_words(forge: Forge, branch: str) -> None:
    there = adapter(forge, Kind.GITHUB)
    with pytest.raises(Invalid, match=r"status 422.*Validation Failed head invalid"):
        there.open(Opening("gofixer/missing", "main", "A title", "A body"))
    with pytest.raises(Invalid, match="Validation Failed base invalid"):
        there.open(Opening(branch, "missing", "A title", "A body"))
    forge.git("update-ref", "refs/heads/gofixer/same", forge.commit("main"))
    with pytest.raises(Invalid, match="No commits between main and gofixer/same"):
        there.open(Opening("gofixer/same", "main", "A title", "A body"))
    there.open(Opening(branch, "main", "A title", "A body"))
    with pytest.raises(Exists, match="A pull request already exists for acme:gofixer/x"):
        there.open(Opening(branch, "main", "A title", "A body"))


@pytest.mark.parametrize(("kind", "word"), [(Kind.GITLAB, "Draft: "), (Kind.GITEA, "WIP: ")])
def test_a_draft_stays_one(kind: Kind, word: str, forge: Forge, branch: str) -> None:
    there = adapter(forge, kind)
    made = there.open(Opening(branch, "main", "A title", "A body", draft=True))
    assert made.title == f"{word}A title"
    assert there.update(made, "Another", "A body", "main").title == f"{word}Another"


@BOTH
def test_labels_and_people(kind: Kind, forge: Forge, branch: str) -> None:
    there = adapter(forge, kind)
    made = there.open(Opening(branch, "main", "A title", "A body"))
    assert there.decorate(made, Extras(("performance",), ("ana",), ("ben",))) == []
    pull = forge.pulls[0]
    assert (pull.labels, pull.reviewers, pull.assignees) == (["performance"], ["ana"], ["ben"])
    (refused,) = there.decorate(made, Extras(reviewers=("stranger",)))
    assert "stranger" in refused


def test_a_label_that_gitea_does_not_know(forge: Forge, branch: str) -> None:
    there = adapter(forge, Kind.GITEA)
    made = there.open(Opening(branch, "main", "A title", "A body"))
    assert there.decorate(made, Extras(labels=("new", "bot"))) == ["Gitea has no label 'new' here"]
    assert forge.pulls[0].labels == ["bot"]


def test_gitea_is_asked_page_by_page(forge: Forge, branch: str) -> None:
    there = adapter(forge, Kind.GITEA)
    first = there.open(Opening(branch, "main", "A title", "A body"))
    pull = forge.pulls[0]
    forge.pulls += [type(pull)(number, "other", "main", "", "") for number in range(2, 120)]
    assert [one.number for one in there.find(branch)] == [first.number]
    assert [call.query["page"] for call in forge.calls if call.verb == "GET"] == ["1", "2", "3"]


@BOTH
@pytest.mark.parametrize(
    ("status", "headers", "error", "words"),
    [
        (401, {}, ForgeError, "does not accept the token"),
        (403, {}, ForgeError, "the token has no right to do this"),
        (404, {}, ForgeError, "knows no such repository"),
        (403, {"Retry-After": "30"}, RateLimited, "limits the rate of calls until"),
        (429, {"Retry-After": "30"}, RateLimited, "limits the rate of calls until"),
        (429, {}, RateLimited, "limits the rate of calls until"),
        (503, {}, Unavailable, "is out of order (status 503)"),
        (400, {}, Invalid, "refused the request (status 400)"),
    ],
)
def test_refusals(
    kind: Kind, status: int, headers: dict[str, str], error: type[ForgeError], words: str, forge: Forge, branch: str
) -> None:
    forge.fault("GET", lambda call, answer: Answer(status, {"message": "no"}, headers))
    with pytest.raises(error, match=words.replace("(", r"\(").replace(")", r"\)")) as caught:
        adapter(forge, kind).find(branch)
    assert type(caught.value) is error
    assert TOKEN not in str(caught.value)
    if isinstance(caught.value, RateLimited):
        assert caught.value.seconds == (30.0 if headers else 60.0)


@BOTH
def test_a_token_without_rights(kind: Kind, forge: Forge, branch: str) -> None:
    with pytest.raises(ForgeError, match="the token has no right"):
        adapter(forge, kind, READ_ONLY).open(Opening(branch, "main", "A title", "A body"))
    with pytest.raises(ForgeError, match="does not accept the token"):
        adapter(forge, kind, "wrong").find(branch)
    assert not forge.pulls


@BOTH
def test_a_forge_that_is_gone(kind: Kind, forge: Forge, branch: str) -> None:
    there = adapter(forge, kind)
    forge.close()
    with pytest.raises(Unavailable, match="cannot be reached"):
        there.find(branch)


@BOTH
def test_something_else_answers(kind: Kind, forge: Forge, branch: str) -> None:
    forge.fault("GET", lambda call, answer: Answer(200, b"<html>Welcome</html>"))
    with pytest.raises(ForgeError, match=r"is --forge right\?"):
        adapter(forge, kind).find(branch)


@pytest.mark.parametrize(
    ("url", "given", "kind", "api"),
    [
        ("https://github.com/a/b.git", "", Kind.GITHUB, "https://api.github.com"),
        ("git@github.com:a/b.git", "", Kind.GITHUB, "https://api.github.com"),
        ("ssh://git@github.example.com:2222/a/b", "", Kind.GITHUB, "https://github.example.com/api/v3"),
        ("https://code.example.com/a/b", "github", Kind.GITHUB, "https://code.example.com/api/v3"),
        ("https://gitlab.com/g/sub/p.git", "", Kind.GITLAB, "https://gitlab.com"),
        ("https://codeberg.org/a/b", "", Kind.GITEA, "https://codeberg.org/api/v1"),
        ("https://git.example.com:3000/a/b", "gitea", Kind.GITEA, "https://git.example.com:3000/api/v1"),
    ],
)
def test_where_the_api_is(url: str, given: str, kind: Kind, api: str) -> None:
    address = parse_address(url)
    assert choose_kind(address, given) is kind
    assert api_url(kind, address, "") == api


def test_what_cannot_be_known_is_asked_for() -> None:
    with pytest.raises(UserError, match=r"which forge runs at code\.example\.com\? Say --forge"):
        choose_kind(parse_address("https://code.example.com/a/b"), "")
    address = parse_address("https://code.example.com/a/b")
    for given in ("https://elsewhere.example/api/v3", "http://code.example.com/api/v3", "code.example.com"):
        with pytest.raises(UserError, match="--api-url"):
            api_url(Kind.GITHUB, address, given)


def test_addresses() -> None:
    def parts(url: str) -> Sequence[str]:
        found = parse_address(url)
        return found.scheme, found.host, found.path, found.user, found.url

    assert parts("https://me:secret@github.com/a/b.git") == (
        "https", "github.com", "a/b", "me", "https://github.com/a/b.git")  # fmt: skip
    assert parts("git@github.com:a/b.git") == ("ssh", "github.com", "a/b", "git", "ssh://git@github.com/a/b.git")
    assert parts("gitlab.com:g/s/p") == ("ssh", "gitlab.com", "g/s/p", "", "ssh://git@gitlab.com/g/s/p.git")
