"""The pull requests of Gitea's REST API over the test forge's repository.

Shapes: swagger of Gitea 1.22 (https://docs.gitea.com/api/).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import Call, Pull

Reply = tuple[int, Any, dict[str, str]]
LABELS = {"performance": 3, "bot": 4}
REPOSITORY = 5


def answer(call: Call, path: str) -> Reply:
    """Answer one call."""
    from . import server

    forge = call.forge
    if call.token not in (server.TOKEN, server.READ_ONLY):
        return 401, {"message": "invalid username, password or token", "url": f"{forge.web}/api/swagger"}, {}
    root = "/repos/acme/widgets"
    if call.verb != "GET" and call.token == server.READ_ONLY:
        return 403, {"message": "token does not have at least one of required scope(s): [write:repository]"}, {}
    if path == f"{root}/labels":
        return 200, [{"id": number, "name": name, "color": "00ff00"} for name, number in LABELS.items()], {}
    match = re.fullmatch(rf"{root}/(pulls|issues)(?:/(\d+)(?:/(\w+))?)?", path)
    if match is None:
        return 404, {"message": "The target couldn't be found.", "errors": []}, {}
    if match[2] is None:
        return _list(call) if call.verb == "GET" else _create(call)
    pull = forge.pull(int(match[2]))
    match (call.verb, match[1], match[3]):
        case ("PATCH", "pulls", None):
            for key in ("title", "body", "base"):
                if key in call.body:
                    setattr(pull, key, call.body[key])
            pull.assignees += call.body.get("assignees", [])
            return 201, _shown(call, pull), {}
        case ("POST", "issues", "labels"):
            names = {number: name for name, number in LABELS.items()}
            pull.labels += [names[number] for number in call.body["labels"]]
            return 200, [{"id": LABELS[name], "name": name} for name in pull.labels], {}
        case ("POST", "pulls", "requested_reviewers"):
            if set(call.body["reviewers"]) - {"ana", "ben"}:
                return 422, {"message": "user is not a collaborator"}, {}
            pull.reviewers += call.body["reviewers"]
            return 201, [], {}
    return 404, {"message": "not found"}, {}


def _list(call: Call) -> Reply:
    forge, page, limit = call.forge, int(call.query["page"]), int(call.query["limit"])
    pulls = [_shown(call, forge.pull(pull.number)) for pull in reversed(forge.pulls)]
    return 200, pulls[(page - 1) * limit : page * limit], {"X-Total-Count": str(len(pulls))}


def _create(call: Call) -> Reply:
    from .server import Pull

    forge, body = call.forge, call.body
    for name in (body["head"], body["base"]):
        if not forge.commit(name):
            return 404, {"message": "The target couldn't be found."}, {}
    for pull in forge.pulls:
        if forge.pull(pull.number).state == "open" and pull.branch == body["head"]:
            return 409, {"message": f"pull request already exists for these targets [id: {pull.number}]"}, {}
    draft = body["title"].startswith("WIP: ")
    forge.pulls.append(Pull(len(forge.pulls) + 1, body["head"], body["base"], body["title"], body["body"], draft))
    return 201, _shown(call, forge.pulls[-1]), {}


def _shown(call: Call, pull: Pull) -> dict[str, Any]:
    def end(name: str) -> dict[str, Any]:
        return {"label": name, "ref": name, "sha": call.forge.commit(name), "repo_id": REPOSITORY}

    return {
        "id": 500 + pull.number,
        "number": pull.number,
        "html_url": f"{call.forge.web}/acme/widgets/pulls/{pull.number}",
        "state": pull.state,
        "merged": pull.merged,
        "title": pull.title,
        "body": pull.body,
        "head": end(pull.branch),
        "base": end(pull.base),
    }
