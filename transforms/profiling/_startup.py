"""Whether a call is made once, always, when a program starts."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from gofixer.transforms._places._calls import in_test
from gofixer.transforms._places._files import go_files, named_elsewhere
from gofixer.transforms._places._syntax import inside

from gofixer.transform import Context, Node, nodes

_COMMENTS = re.compile(rb"//[^\n]*|(?s:/\*.*?\*/)")
_TAGS = re.compile(rb"(?m)^//go:build .*\b\w*(debug|bench|prof|test|trace)\w*")
_TOOL = re.compile(r"(?i)bench|perf|prof|stress|loadtest|debug|fuzz")


def conditional(place: Node, cx: Context, *, branches: bool = False) -> str | None:
    """Why a call is not one that every start of a program makes; None where it is.

    The call stands in main, in init, or in a function of the file that one of these calls once, outside of branches,
    loops and closures. That main may return before it does not count: then the program is over.
    ``branches`` allows conditions around and before it.
    """
    if skip := in_test(cx):
        return skip.reason
    if _TAGS.search(cx.source):
        return "is only built with a tag"
    program = cx.types.package.rpartition("/")[2]
    if cx.is_program and _TOOL.search(program):
        return f"the program's name says that it measures: `{program}`"
    return _not_always(place, cx, 0, branches)


def _not_always(place: Node, cx: Context, depth: int, branches: bool) -> str | None:
    below = place
    for around in place.ancestors():
        match around:
            case nodes.If() if below in (around.consequence, around.alternative) and not branches:
                return "is done where a condition says so"
            case nodes.For() | nodes.CommunicationCase() | nodes.ExpressionCase() | nodes.TypeCase():
                return "is done where a loop or a case says so"
            case nodes.DefaultCase():
                return "is done where a loop or a case says so"
            case nodes.FuncLiteral() | nodes.MethodDeclaration() | nodes.Defer() | nodes.Go():
                return "is not done in main or init"
            case nodes.FunctionDeclaration(name=name):
                if name == "main" and cx.is_program:
                    return None
                if not branches and (reason := _left_before(around, place, cx)):
                    return reason
                return None if name == "init" else _called_once(around, cx, depth, branches)
        below = around
    return "is not done in main or init"


def _left_before(function: nodes.FunctionDeclaration, place: Node, cx: Context) -> str | None:
    """Whether a function may return before it comes to a place, failures apart."""
    for jump in inside(function.body or function, nodes.Return, nodes.Goto):
        if jump.start >= place.start:
            continue
        branch = next((a for a in jump.ancestors() if isinstance(a, nodes.If)), None)
        if branch is None or not is_failure(branch, cx):
            return "is done where a condition says so"
    return None


def is_failure(branch: nodes.If, cx: Context) -> bool:
    """Whether an if asks for an error: ``err != nil``."""
    match branch.condition:
        case nodes.Binary(operator=operator, left=left, right=right) if operator.str == "!=" and right.str == "nil":
            kind = cx.type(left)
            return kind is not None and kind.is_error
    return False


def _called_once(function: nodes.FunctionDeclaration, cx: Context, depth: int, branches: bool) -> str | None:
    found = cx.types.object(function.name.span)
    name = function.name.str
    calls = [c for c in cx.facts.tree.root.descendants(nodes.Call) if c.function.str == name]
    used = len(found.uses) if found else 0
    if depth > 3 or name[0].isupper() or len(calls) != 1 or used != 1 or named_elsewhere(name, cx):
        return f"`{name}` may be called at other times than at the start"
    return _not_always(calls[0], cx, depth + 1, branches)


def module_sources(cx: Context) -> Iterator[tuple[Path, bytes]]:
    """The Go files of the module, its tests and what is vendored apart; this file as it is now.

    Those of nested modules too: a program may be made of several modules of a repository.
    """
    yield cx.facts.path, cx.source
    root = cx.facts.module.root if cx.facts.module else cx.facts.path.parent
    for path in sorted(go_files(root, nested=True)):
        if path != cx.facts.path and not path.name.startswith((".", "_")):
            with contextlib.suppress(OSError):
                yield path, cx.read(path)


def without_comments(source: bytes) -> bytes:
    """The code of a file: comments may mention a function without calling it."""
    return _COMMENTS.sub(b"", source)
