"""Cuts GitHub's OpenAPI description down to the operations that the test forge answers.

    npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
    python tests/forge/cut_schema.py package/generated/api.github.com.json tests/forge/github_schema.json

The description is GitHub's, published under the MIT licence (https://github.com/github/rest-api-description); the
licence is kept in the file that is written.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

OPERATIONS = {
    "/repos/{owner}/{repo}/pulls": ("get", "post"),
    "/repos/{owner}/{repo}/pulls/{pull_number}": ("get", "patch"),
    "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": ("post",),
    "/repos/{owner}/{repo}/issues/{issue_number}/labels": ("post",),
    "/repos/{owner}/{repo}/issues/{issue_number}/assignees": ("post",),
}
PROSE = {"description", "example", "examples", "x-github", "externalDocs", "summary", "x-octokit", "tags", "headers"}
LICENCE = (
    "Cut from GitHub's REST API description (https://github.com/github/rest-api-description), Copyright "
    "GitHub, Inc., under the MIT licence: Permission is hereby granted, free of charge, to any person "
    'obtaining a copy of this software and associated documentation files (the "Software"), to deal in '
    "the Software without restriction, including without limitation the rights to use, copy, modify, "
    "merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to"
    " whom the Software is furnished to do so, subject to the following conditions: The above copyright "
    "notice and this permission notice shall be included in all copies or substantial portions of the "
    'Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND.'
)


def cut(whole: dict[str, Any]) -> dict[str, Any]:
    """The part of a description that the operations need."""
    found: dict[str, Any] = {
        "openapi": whole["openapi"],
        "info": {"title": whole["info"]["title"], "version": whole["info"]["version"], "x-licence": LICENCE},
        "paths": {
            path: {verb: _plain(whole["paths"][path][verb]) for verb in verbs} for path, verbs in OPERATIONS.items()
        },
        "components": {},
    }
    waiting = list(_references(found["paths"]))
    while waiting:
        kind, name = waiting.pop().removeprefix("#/components/").split("/")
        if name not in found["components"].setdefault(kind, {}):
            part = _plain(whole["components"][kind][name])
            found["components"][kind][name] = part
            waiting += _references(part)
    return found


def _plain(value: Any, *, names: bool = False) -> Any:
    """A value without prose; ``names`` says that the keys are names of properties."""
    if isinstance(value, dict):
        return {
            key: _plain(one, names=key in ("properties", "schemas") and not names)
            for key, one in value.items()
            if names or key not in PROSE
        }
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for one in value.values() for ref in _references(one)]
    return [ref for one in value for ref in _references(one)] if isinstance(value, list) else []


if __name__ == "__main__":
    description = cut(json.loads(Path(sys.argv[1]).read_text()))
    Path(sys.argv[2]).write_text(json.dumps(description, sort_keys=True, indent=1) + "\n")
