"""The merge requests of GitLab's REST API over the test forge's repository.

Shapes and messages: https://docs.gitlab.com/api/merge_requests/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import Call, Pull

Reply = tuple[int, Any, dict[str, str]]
USERS = {"ana": 11, "ben": 12}
PROJECT = 7


def answer(call: Call, path: str) -> Reply:
    """Answer one call."""
    from . import server

    forge = call.forge
    if call.token not in (server.TOKEN, server.READ_ONLY):
        return 401, {"message": "401 Unauthorized"}, {}
    if path == "/users":
        name = call.query.get("username", "")
        return 200, [{"id": USERS[name], "username": name}] if name in USERS else [], {}
    match = re.fullmatch(r"/projects/acme%2Fwidgets/merge_requests(?:/(\d+))?", path)
    if match is None:
        return 404, {"message": "404 Project Not Found"}, {}
    if call.verb != "GET" and call.token == server.READ_ONLY:
        return 403, {"message": "403 Forbidden"}, {}
    if match[1] is None:
        return _list(call) if call.verb == "GET" else _create(call)
    pull = forge.pull(int(match[1]))
    if call.verb == "PUT":
        keys = {"title": "title", "description": "body", "target_branch": "base"}
        for key, attribute in keys.items():
            if key in call.body:
                setattr(pull, attribute, call.body[key])
        names = {number: name for name, number in USERS.items()}
        pull.labels += [label for label in call.body.get("add_labels", "").split(",") if label]
        pull.reviewers += [names[number] for number in call.body.get("reviewer_ids", ())]
        pull.assignees += [names[number] for number in call.body.get("assignee_ids", ())]
    return 200, _shown(call, pull), {}


def _list(call: Call) -> Reply:
    forge = call.forge
    pulls = [forge.pull(pull.number) for pull in reversed(forge.pulls)]
    found = [_shown(call, pull) for pull in pulls if pull.branch == call.query["source_branch"]]
    # A fork may have a branch of that name, too.
    found.append({**_shown(call, pulls[0]), "iid": 99, "source_project_id": 8}) if pulls else None
    return 200, found, {"X-Total": str(len(found)), "X-Page": "1", "X-Per-Page": "100", "X-Next-Page": ""}


def _create(call: Call) -> Reply:
    from .server import Pull

    forge, body = call.forge, call.body
    branch, base = body["source_branch"], body["target_branch"]
    for kind, name in (("source", branch), ("target", base)):
        if not forge.commit(name):
            return 400, {"message": {f"{kind}_branch": ["does not exist"]}}, {}
    for pull in forge.pulls:
        if forge.pull(pull.number).state == "open" and pull.branch == branch:
            return (
                409,
                {"message": [f"Another open merge request already exists for this source branch: !{pull.number}"]},
                {},
            )
    draft = body["title"].startswith("Draft: ")
    forge.pulls.append(Pull(len(forge.pulls) + 1, branch, base, body["title"], body.get("description", ""), draft))
    return 201, _shown(call, forge.pulls[-1]), {}


def _shown(call: Call, pull: Pull) -> dict[str, Any]:
    state = "merged" if pull.merged else "opened" if pull.state == "open" else "closed"
    return {
        "id": 1000 + pull.number,
        "iid": pull.number,
        "project_id": PROJECT,
        "source_project_id": PROJECT,
        "target_project_id": PROJECT,
        "source_branch": pull.branch,
        "target_branch": pull.base,
        "title": pull.title,
        "description": pull.body,
        "state": state,
        "draft": pull.draft,
        "labels": pull.labels,
        "sha": call.forge.commit(pull.branch),
        "web_url": f"{call.forge.web}/acme/widgets/-/merge_requests/{pull.number}",
    }
