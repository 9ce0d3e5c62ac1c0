"""GitHub's adapter against somebody else's GitHub: the stateful emulator of npm (`make test-emulator`).

It has no git over HTTP, so branches are made by its REST API, and what is tried is the life of a request. It knows no
assignees, and refuses neither a second request for a branch nor one for a branch that is not there: that is for the
forge of this project.
"""

from __future__ import annotations

import os

import pytest
import requests

from gofixer.vcs.address import parse_address
from gofixer.vcs.forges import Extras, Opening, State
from gofixer.vcs.forges.errors import ForgeError
from gofixer.vcs.forges.github import GitHub

URL = os.environ.get("GOFIXER_EMULATOR", "")
TOKEN = "tok3n-that-nobody-may-see"
pytestmark = pytest.mark.skipif(not URL, reason="make test-emulator sets GOFIXER_EMULATOR")


def call(verb: str, path: str, **values: object) -> dict[str, object]:
    headers = {"Authorization": f"token {TOKEN}"}
    answer = requests.request(
        verb, f"{URL}/repos/acme/widgets/{path}", headers=headers, json=values or None, timeout=10
    )
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found


@pytest.fixture
def branch() -> str:
    """A branch with a commit that main has not."""
    name = f"gofixer/x{os.getpid()}"
    main = call("GET", "git/ref/heads/main")["object"]["sha"]  # type: ignore[index]
    tree = call("GET", f"git/commits/{main}")["tree"]["sha"]  # type: ignore[index]
    commit = call("POST", "git/commits", message="fix", tree=tree, parents=[main])["sha"]
    call("POST", "git/refs", ref=f"refs/heads/{name}", sha=commit)
    return name


def test_the_life_of_a_request(branch: str) -> None:
    address = parse_address("https://localhost/acme/widgets")
    there = GitHub(address, URL, TOKEN, "gofixer")
    assert there.find(branch) == []
    made = there.open(Opening(branch, "main", "A title", "A body", draft=True))
    assert (made.state, made.title, made.body, made.base) == (State.OPEN, "A title", "A body", "main")
    assert list(there.find(branch)) == [made]
    changed = there.update(made, "Another title", "Another body", "main")
    assert (changed.title, changed.body) == ("Another title", "Another body")
    assert there.decorate(made, Extras(("performance",), ("ana",))) == []
    pull = call("GET", f"pulls/{made.number}")
    assert [label["name"] for label in pull["labels"]] == ["performance"]  # type: ignore[attr-defined]
    call("PATCH", f"pulls/{made.number}", state="closed")
    assert [one.state for one in there.find(branch)] == [State.CLOSED]
    with pytest.raises(ForgeError, match="knows no such repository"):
        GitHub(parse_address("https://localhost/acme/other"), URL, TOKEN, "gofixer").find(branch)
