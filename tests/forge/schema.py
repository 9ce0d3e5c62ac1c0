"""GitHub's own description of its API: checks what goes to and fro, and makes answers that have all they must have."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

FILE = Path(__file__).with_name("github_schema.json")
_BASE = "urn:github"


@cache
def description() -> dict[str, Any]:
    """The description, cut down (see cut_schema.py)."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


@cache
def _registry() -> Registry[Any]:
    return Registry().with_resource(_BASE, Resource(contents=description(), specification=DRAFT4))


def operation(verb: str, path: str) -> dict[str, Any] | None:
    """What the description says of a call, by its path below the API's root."""
    for template, verbs in description()["paths"].items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and verb.lower() in verbs:
            found: dict[str, Any] = verbs[verb.lower()]
            return found
    return None


def check_request(verb: str, path: str, query: dict[str, str], body: object) -> list[str]:
    """What is wrong with a request: parameters and body."""
    about = operation(verb, path)
    if about is None:
        return [f"{verb} {path} is no operation of the description"]
    parameters = [resolved(one) for one in about.get("parameters", ())]
    known = {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}
    wrong = [f"{verb} {path}: unknown parameter {name}" for name in query if name not in known]
    for name, text in query.items():
        if name in known:
            number = resolved(known[name]).get("type") == "integer"
            wrong += _errors(known[name], int(text) if number else text, f"{verb} {path}?{name}")
    if "requestBody" in about:
        schema = about["requestBody"]["content"]["application/json"]["schema"]
        wrong += _errors(schema, body, f"{verb} {path} request")
        properties = resolved(schema).get("properties")
        if properties and isinstance(body, dict):
            wrong += [f"{verb} {path}: unknown key {key}" for key in body if key not in properties]
    return wrong


def check_response(verb: str, path: str, status: int, body: object) -> list[str]:
    """What is wrong with a response. Refusals that every operation has (401, 404, rates) are basic errors."""
    about = operation(verb, path)
    if about is None:
        return []
    answers = about["responses"]
    if str(status) in answers:
        content = resolved(answers[str(status)]).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
    elif status in (401, 403, 404, 429) or status >= 500:
        schema = {"$ref": "#/components/schemas/basic-error"}
    else:
        return [f"{verb} {path} has no answer {status}"]
    return _errors(schema, body, f"{verb} {path} {status}")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema, with a reference followed."""
    if "$ref" in schema:
        found: Any = description()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return resolved(found)
    return schema


def _errors(schema: dict[str, Any], value: object, where: str) -> list[str]:
    schema = json.loads(json.dumps(schema).replace('"#/', f'"{_BASE}#/'))
    validator = OAS30Validator(schema, registry=_registry())
    return [f"{where}: {'.'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(value)]


def filled(schema: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """An object with some values, and what else a schema requires, as small as it may be."""
    made = _smallest({**resolved(schema), "nullable": False})
    assert isinstance(made, dict)
    for key, value in values.items():
        inner = resolved(schema).get("properties", {}).get(key, {})
        nested = isinstance(value, dict) and resolved(inner).get("properties")
        made[key] = filled(inner, value) if nested else value
    return made


def _smallest(schema: dict[str, Any]) -> Any:
    schema = resolved(schema)
    if schema.get("nullable"):
        return None
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return _smallest(schema[word][0])
    if "allOf" in schema:
        return {key: value for part in schema["allOf"] for key, value in _smallest(part).items()}
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "array":
            return []
        case "integer" | "number":
            return 1
        case "boolean":
            return False
        case "string":
            formats = {"date-time": "2026-01-02T03:04:05Z", "uri": "http://forge.invalid/", "email": "a@forge.invalid"}
            return formats.get(schema.get("format", ""), "text")
        case _:
            properties = schema.get("properties", {})
            return {key: _smallest(properties[key]) for key in schema.get("required", ())}
