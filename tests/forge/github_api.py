"""GitHub's REST API over the test forge's repository.

Messages as GitHub words them: https://docs.github.com/en/rest/pulls/pulls
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import schema

if TYPE_CHECKING:
    from .server import Call, Pull

Reply = tuple[int, Any, dict[str, str]]
DOCS = "https://docs.github.com/rest"
COLLABORATORS = ("ana", "ben")
TEAMS = ("core",)


def answer(call: Call, path: str) -> Reply:
    """Answer one call."""
    from . import server

    forge = call.forge
    if call.token not in (server.TOKEN, server.READ_ONLY):
        return _error(401, "Bad credentials")
    match = re.fullmatch(rf"/repos/{server.OWNER}/{server.NAME}/(pulls|issues)(?:/(\d+)(?:/(\w+))?)?", path)
    if match is None:
        return _error(404, "Not Found")
    kind, number, what = match.groups()
    if call.verb != "GET" and call.token == server.READ_ONLY:
        return _error(403, "Resource not accessible by personal access token")
    if number is None:
        return _list(call) if call.verb == "GET" else _create(call)
    if not 0 < int(number) <= len(forge.pulls):
        return _error(404, "Not Found")
    pull = forge.pull(int(number))
    match (call.verb, kind, what):
        case ("GET", "pulls", None):
            return 200, _full(call, pull), {}
        case ("PATCH", "pulls", None):
            for key in ("title", "body", "base", "state"):
                if key in call.body:
                    setattr(pull, key, call.body[key])
            return 200, _full(call, pull), {}
        case ("POST", "issues", "labels"):
            labels = call.body["labels"] if isinstance(call.body, dict) else call.body
            pull.labels += [label for label in labels if label not in pull.labels]
            label = schema.description()["components"]["schemas"]["label"]
            return 200, [schema.filled(label, {"name": name}) for name in pull.labels], {}
        case ("POST", "issues", "assignees"):
            pull.assignees += [name for name in call.body["assignees"] if name in COLLABORATORS]
            issue = schema.description()["components"]["schemas"]["issue"]
            user = schema.description()["components"]["schemas"]["simple-user"]
            people = [schema.filled(user, {"login": name}) for name in pull.assignees]
            return 201, schema.filled(issue, {"number": pull.number, "title": pull.title, "assignees": people}), {}
        case ("POST", "pulls", "requested_reviewers"):
            people, teams = call.body.get("reviewers", ()), call.body.get("team_reviewers", ())
            if not set(people) <= set(COLLABORATORS) or not set(teams) <= set(TEAMS):
                return _error(
                    422, "Reviews may only be requested from collaborators. One or more of the users is not one."
                )
            pull.reviewers += [*people, *teams]
            return 201, _simple(call, pull), {}
    return _error(404, "Not Found")


def _list(call: Call) -> Reply:
    forge, query = call.forge, call.query
    pulls = [forge.pull(pull.number) for pull in reversed(forge.pulls)]
    if query.get("state", "open") != "all":
        pulls = [pull for pull in pulls if pull.state == query.get("state", "open")]
    if "head" in query:
        owner, _, branch = query["head"].partition(":")
        pulls = [pull for pull in pulls if owner == "acme" and pull.branch == branch]
    size, page = min(int(query.get("per_page", 30)), forge_page(call)), int(query.get("page", 1))
    here = pulls[(page - 1) * size : page * size]
    headers = {}
    if page * size < len(pulls):
        rest = "&".join(f"{key}={value}" for key, value in query.items() if key != "page")
        headers["Link"] = f'<{forge.web}{call.path}?{rest}&page={page + 1}>; rel="next"'
    return 200, [_simple(call, pull) for pull in here], headers


def forge_page(call: Call) -> int:
    """The most that a page holds: small, so that few requests make several pages."""
    return 2


def _create(call: Call) -> Reply:
    from .server import Pull

    forge, body = call.forge, call.body
    branch = body["head"].removeprefix("acme:")
    for key, name in (("head", branch), ("base", body["base"])):
        if not forge.commit(name):
            return _invalid({"resource": "PullRequest", "field": key, "code": "invalid"})
    if any(forge.pull(p.number).state == "open" and (p.branch, p.base) == (branch, body["base"]) for p in forge.pulls):
        return _invalid(_custom(f"A pull request already exists for acme:{branch}."))
    if not forge.ahead(body["base"], branch):
        return _invalid(_custom(f"No commits between {body['base']} and {branch}"))
    pull = Pull(
        len(forge.pulls) + 1, branch, body["base"], body["title"], body.get("body") or "", body.get("draft", False)
    )
    forge.pulls.append(pull)
    return 201, _full(call, pull), {}


def _custom(message: str) -> dict[str, str]:
    return {"resource": "PullRequest", "code": "custom", "message": message}


def _invalid(error: dict[str, str]) -> Reply:
    return 422, {"message": "Validation Failed", "errors": [error], "documentation_url": DOCS, "status": "422"}, {}


def _error(status: int, message: str) -> Reply:
    return status, {"message": message, "documentation_url": DOCS, "status": str(status)}, {}


def _values(call: Call, pull: Pull) -> dict[str, Any]:
    forge = call.forge
    api = f"{forge.web}/api/v3/repos/acme/widgets"

    def end(name: str) -> dict[str, Any]:
        return {"ref": name, "sha": forge.commit(name) or "0" * 40, "label": f"acme:{name}", "user": {"login": "acme"}}

    return {
        "number": pull.number,
        "url": f"{api}/pulls/{pull.number}",
        "issue_url": f"{api}/issues/{pull.number}",
        "html_url": f"{forge.web}/acme/widgets/pull/{pull.number}",
        "state": pull.state,
        "title": pull.title,
        "body": pull.body,
        "draft": pull.draft,
        "user": {"login": "someone"},
        "head": end(pull.branch),
        "base": end(pull.base),
        "merged_at": "2026-01-02T03:04:05Z" if pull.merged else None,
    }


def _simple(call: Call, pull: Pull) -> dict[str, Any]:
    return schema.filled(schema.description()["components"]["schemas"]["pull-request-simple"], _values(call, pull))


def _full(call: Call, pull: Pull) -> dict[str, Any]:
    values = _values(call, pull) | {"merged": pull.merged}
    return schema.filled(schema.description()["components"]["schemas"]["pull-request"], values)
