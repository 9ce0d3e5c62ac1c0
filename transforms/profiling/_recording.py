"""The statements that open a file and start a recording into it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gofixer.transforms._places._syntax import inside
from gofixer.transforms.profiling._lines import lines
from gofixer.transforms.profiling._startup import is_failure, module_sources, without_comments

from gofixer.transform import Context, Node, Skip, nodes

_ABOUT = "profil pprof cpu trace tracing record file"
_REPORTS = ("log", "log/slog", "fmt")
_ENDS = frozenset({"os.Exit", "panic", "(error).Error"})


@dataclass(frozen=True, slots=True)
class Recording:
    """From the call of os.Create to the start: ``span`` are whole lines, ``name`` is the file's name."""

    name: Node
    first: Node
    span: tuple[int, int]


def starts_with(call: Node) -> Node | None:
    """The statement that makes a call and looks at its error, or does not."""
    match call.parent:
        case nodes.ExpressionStatement() as statement:
            return statement
        case nodes.ExpressionList(parent=nodes.ShortVarDeclaration() | nodes.Assignment() as holder):
            return holder.parent if isinstance(holder.parent, nodes.If) else holder
    return None


def recording(call: nodes.Call, cx: Context) -> Recording | Skip:
    """The recording that a call starts, where its lines can be replaced by others as a whole."""
    start = starts_with(call)
    around = start.parent if start else None
    if start is None or not isinstance(around, nodes.StatementList):
        return Skip("is part of another statement")
    target = call.arguments.items[0]
    file = cx.object(target) if isinstance(target, nodes.Identifier) else None
    if file is None or file.scope != "local" or file.decl is None:
        return Skip("does not write into a file that is created for it")
    items = around.items
    opened = next((s for s in items if s.start <= file.decl[0] < s.end), None)
    name = _created(opened, cx) if opened is not None else None
    if opened is None or name is None:
        return Skip("does not write into a file that is created for it")
    here = items.index(start)
    last = here
    if isinstance(start, nodes.ShortVarDeclaration | nodes.Assignment):
        last += 1
        if last == len(items) or not isinstance(items[last], nodes.If):
            return Skip("the error of the start is used in other ways than by an if")
    run = items[items.index(opened) : last + 1]
    for statement in run:
        if statement != opened and statement != start and not _belongs(statement, target.str, cx):
            return Skip("other statements stand between the file and the start")
        if isinstance(statement, nodes.If) and (reason := _handles(statement, cx)):
            return Skip(reason)
    span = (run[0].start, run[-1].end)
    if reason := _used_outside(run, span, cx):
        return Skip(reason)
    whole = lines(run[0], run[-1], cx, _ABOUT)
    return whole if isinstance(whole, Skip) else Recording(name, run[0], whole)


def _created(statement: Node, cx: Context) -> Node | None:
    """The name that ``f, err := os.Create(name)`` gives."""
    if isinstance(statement, nodes.ShortVarDeclaration) and len(statement.right.items) == 1:
        call = statement.right.items[0]
        if isinstance(call, nodes.Call) and cx.callee(call) == "os.Create":
            return call.arguments.items[0]
    return None


def _belongs(statement: Node, file: str, cx: Context) -> bool:
    """The test of an error, or the deferred Close of the file."""
    if isinstance(statement, nodes.If):
        return statement.initializer is None and is_failure(statement, cx)
    return isinstance(statement, nodes.Defer) and statement.str == f"defer {file}.Close()"


def _handles(branch: nodes.If, cx: Context) -> str | None:
    """Why an if does more than to report a failure and to give up."""
    if not is_failure(branch, cx) or branch.alternative is not None:
        return "the failure is handled in a way of its own"
    if any(inside(branch.consequence, nodes.Assignment, nodes.Goto, nodes.Defer, nodes.Go, nodes.Send)):
        return "the failure is handled in a way of its own"
    for call in inside(branch.consequence, nodes.Call):
        callee = cx.types.callee(call.span)
        if callee is None or not (callee.pkg in _REPORTS or callee.full_name in _ENDS):
            return "the failure is handled in a way of its own"
    return None


def _used_outside(run: Sequence[Node], span: tuple[int, int], cx: Context) -> str | None:
    """A variable that these statements declare, or need for all its uses, and others use."""
    for statement in run:
        for name in statement.descendants(nodes.Identifier):
            variable = cx.object(name)
            if variable is None or variable.kind != "var" or variable.scope != "local" or variable.decl is None:
                continue
            inside = span[0] <= variable.decl[0] < span[1]
            others = [use for use in variable.uses if not span[0] <= use.start < span[1]]
            if inside and others and not _declared_anew(run[-1], min(use.start for use in others), cx):
                return f"`{variable.name}` is used behind it"
            needed = inside or variable.is_param or variable.is_result
            if not needed and not any(use.role in ("read", "address") for use in others):
                return f"`{variable.name}` would be left without a use"
    return None


def _declared_anew(last: Node, at: int, cx: Context) -> bool:
    """Whether the first use of an error behind a statement is one that ``l, err := f()`` makes its declaration."""
    for statement in last.parent.children if last.parent else ():
        if statement.start <= at < statement.end and isinstance(statement, nodes.ShortVarDeclaration):
            values = statement.right.items
            place = next((i for i, name in enumerate(statement.left.items) if name.start == at), None)
            kind = cx.type(values[0]) if len(values) == 1 else None
            if place is None or kind is None:
                return False
            made = kind.members[place] if kind.kind == "tuple" else kind
            return made.string == "error"
    return False


def mentioned(pattern: str, cx: Context) -> str:
    """The first file of the module with code that a regular expression finds, empty where there is none."""
    word = re.compile(pattern.encode())
    for path, source in module_sources(cx):
        if word.search(without_comments(source)):
            return path.name
    return ""


def stopped(path: str, name: str, cx: Context) -> str:
    """The first file of the module that mentions a name of a package, under whatever name it imports the package."""
    spec = re.compile(rb'(?:(\w+|\.)[ \t]+)?"%s"' % re.escape(path.encode()))
    for file, source in module_sources(cx):
        code = without_comments(source)
        for found in spec.finditer(code):
            local = found[1] if found[1] not in (None, b"import") else path.rpartition("/")[2].encode()
            word = rb"\b%s\b" if local == b"." else rb"\b" + re.escape(local) + rb"\.%s\b"
            if re.search(word % name.encode(), code):
                return file.name
    return ""


def context_at(place: Node, cx: Context) -> str | None:
    """The name of a context that is in scope at a place and never assigned again."""
    function = cx.function(place)
    if function is None:
        return None
    found: str | None = None
    for name in function.descendants(nodes.Identifier):
        variable = cx.object(name) if name.start < place.start else None
        if variable is None or variable.type is None or variable.type.string != "context.Context":
            continue
        if variable.kind != "var" or variable.decl != name.span or variable.reassigned or name == "_":
            continue
        block = next((a for a in name.ancestors() if isinstance(a, nodes.Block | nodes.ParameterList)), None)
        if isinstance(block, nodes.ParameterList) or (block is not None and block.start < place.start < block.end):
            found = name.str
    return found
