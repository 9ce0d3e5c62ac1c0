"""Whether all that belongs to a resource stays inside one iteration of the loop that opens it.

Only the standard library is trusted: its functions listed here give a resource to nobody else when they open it, and
keep nothing of what they are handed but in their results.
"""

from __future__ import annotations

from collections.abc import Iterator

from gofixer.transform import Context, Node, Object, Type, nodes

CANCEL = "context.CancelFunc"
RELEASES = frozenset({"Close", "Stop"})
# Connections and listeners are not here: that they are open at the same time may be the point.
_OPENING = frozenset(
    {"archive/zip", "compress/flate", "compress/gzip", "compress/zlib", "context", "database/sql", "mime/multipart"}
    | {"net/http", "os", "time"}
)
_BORROWING = frozenset(
    {
        "archive",
        "bufio",
        "bytes",
        "compress",
        "context",
        "crypto",
        "encoding",
        "fmt",
        "hash",
        "image",
        "io",
        "log",
        "mime",
    }
)
_EXACTLY = frozenset({"net/http", "os/exec"})
# Methods of other values that are done with their argument when they return, but for their result.
_LENDING = frozenset(
    f"({receiver}).{method}"
    for receiver, methods in {
        "*net/http.Client": "Do",
        "*net/http.Server": "Shutdown",
        "*database/sql.DB": "ExecContext PingContext PrepareContext QueryContext QueryRowContext",
        "*database/sql.Stmt": "ExecContext QueryContext QueryRowContext",
        "*database/sql.Tx": "ExecContext PrepareContext QueryContext QueryRowContext StmtContext",
        "*text/template.Template": "Execute ExecuteTemplate",
        "*html/template.Template": "Execute ExecuteTemplate",
        "*bytes.Buffer": "ReadFrom WriteTo",
        "*bufio.Writer": "ReadFrom",
        "*bufio.Reader": "WriteTo",
        "*encoding/json.Decoder": "Decode",
    }.items()
    for method in methods.split()
)
# What lets something outlive the iteration although its type does not show it.
_LASTING = frozenset({"Addr", "AfterFunc", "Fd", "File", "Hijack", "LocalAddr", "Start", "SyscallConn"})
_FIELDS = frozenset({"Body", "C", "ContentLength", "Header", "Proto", "Status", "StatusCode"})


def root(node: Node) -> nodes.Identifier | None:
    """The name that a chain of fields starts with: ``resp`` of ``resp.Body``."""
    while isinstance(node, nodes.Selector):
        node = node.operand
    return node if isinstance(node, nodes.Identifier) else None


def leaves_iteration(name: nodes.Identifier, start: int, loop: nodes.For, cx: Context) -> str | None:
    """Why the resource that a name holds may be wanted after the iteration; None where it cannot be.

    Follows what is made of it too: the reader around a file, the response to a request with a context. Deferred
    calls from the offset ``start`` on run at the end of the iteration, and are judged by themselves.
    """
    found = cx.object(name)
    if found is None:
        return f"`{name.str}` is not declared by a call in the loop"
    opened = _opened(found, loop, cx)
    if isinstance(opened, str):
        return opened
    if reason := _opening(opened, cx):
        return reason
    others = list(_beside(opened, cx))
    if found.type is not None and found.type.string == CANCEL and others == [found]:
        return "the context that it ends is thrown away"
    pending = [found, *others]
    seen: set[int] = set()
    while pending:
        variable = pending.pop()
        if variable.id in seen:
            continue
        seen.add(variable.id)
        made = _uses(variable, start, loop, cx)
        if isinstance(made, str):
            return made
        pending += made
    return None


def _opened(variable: Object, loop: nodes.For, cx: Context) -> nodes.Call | str:
    """The call whose result a variable of the loop's body is declared with."""
    if variable.kind != "var" or variable.decl is None or variable.scope != "local":
        return f"`{variable.name}` is not declared in the loop"
    if not loop.body.start < variable.decl[0] < loop.body.end:
        return f"`{variable.name}` is declared outside of the loop's body"
    for declaration in loop.body.descendants(nodes.ShortVarDeclaration):
        if variable.decl in [left.span for left in declaration.left.items]:
            values = declaration.right.items
            if len(values) == 1 and isinstance(values[0], nodes.Call):
                return values[0]
    return f"`{variable.name}` is not declared by a call in the loop"


def _opening(call: nodes.Call, cx: Context) -> str | None:
    callee = cx.types.callee(call.span)
    where = call.function.str
    if callee is None or callee.pkg not in _OPENING:
        return f"`{where}` is not known to give what it opens to nobody else"
    if callee.name in _LASTING or callee.name in ("Conn", "Begin", "BeginTx"):
        return f"what `{where}` opens may have to stay open"
    return None


def _beside(call: nodes.Call, cx: Context) -> Iterator[Object]:
    """The other variables that are declared with the result of a call, those with plain values apart."""
    holder = call.parent.parent if isinstance(call.parent, nodes.ExpressionList) else None
    if isinstance(holder, nodes.ShortVarDeclaration):
        for left in holder.left.items:
            other = cx.object(left)
            if other is not None and left != "_" and not _plain(other.type):
                yield other


def _plain(kind: Type | None) -> bool:
    """Whether a value has no part in the resource: numbers, texts, copies of bytes, errors."""
    if kind is None:
        return False
    if kind.is_error or kind.kind in ("bool", "string") or kind.kind.startswith(("int", "uint", "float", "untyped")):
        return kind.kind != "interface" or kind.is_error
    if kind.kind == "tuple":
        return all(map(_plain, kind.members))
    return kind.kind == "slice" and kind.elem is not None and _plain(kind.elem)


def _uses(variable: Object, start: int, loop: nodes.For, cx: Context) -> list[Object] | str:
    """What is made of a variable, or the use of it that may keep it."""
    name = f"`{variable.name}`"
    if variable.decl is None or not loop.body.start < variable.decl[0] < loop.body.end:
        return f"{name} is declared outside of the loop's body"
    if variable.reassigned or variable.address_taken:
        return f"{name} is assigned again, or its address is taken"
    made: list[Object] = []
    spans = {(use.start, use.end) for use in variable.uses}
    home = cx.function(loop)
    for node in loop.body.descendants(nodes.Identifier):
        if node.span not in spans:
            continue
        around = next((a for a in node.ancestors() if isinstance(a, nodes.Defer) and cx.function(a) == home), None)
        if around is not None:
            if around.start >= start:
                continue
            return f"{name} is used by a defer that stays"
        if cx.function(node) != home:
            return f"{name} is captured by a function literal"
        step = _lent(node, cx)
        if step is None:
            return f"{name} may be kept by `{_around(node)}`"
        made += step
    return made


def _lent(node: Node, cx: Context) -> list[Object] | None:
    """The variables made of an expression by what is done with it, None where it may be kept."""
    parent = node.parent
    match parent:
        case nodes.Parenthesized():
            return _lent(parent, cx)
        case nodes.Call(function=function) if function == node:
            kind = cx.type(node)
            return (
                [] if kind is not None and kind.string == CANCEL and not isinstance(parent.parent, nodes.Go) else None
            )
        case nodes.Binary(operator=operator) if operator.str in ("==", "!="):
            return [] if "nil" in (parent.left.str, parent.right.str) else None
        case nodes.Unary(operator=operator) if operator == "<-":
            return []
        case nodes.RangeClause() if parent.right == node and node.str.endswith(".C"):
            return []
        case nodes.Selector(operand=operand, field=name) if operand == node:
            call = parent.parent
            if isinstance(call, nodes.Call) and call.function == parent:
                return _result(call, cx) if name.str not in _LASTING and trusted(call, cx) else None
            if name.str not in _FIELDS:
                return None
            return [] if _plain(cx.type(parent)) else _lent(parent, cx)
        case nodes.Index(operand=operand) if operand == node:
            return [] if _plain(cx.type(parent)) else None
        case nodes.ArgumentList(parent=nodes.Call() as call):
            return _result(call, cx) if _borrows(call, cx) else None
    return None


def trusted(call: nodes.Call, cx: Context) -> bool:
    """Whether a call is one of a function or method of those packages of the standard library that are known here."""
    callee = cx.types.callee(call.span)
    return callee is not None and (callee.pkg in _OPENING or _known(callee.pkg))


def _known(package: str) -> bool:
    return package.partition("/")[0] in _BORROWING or package in _EXACTLY


def _borrows(call: nodes.Call, cx: Context) -> bool:
    callee = cx.types.callee(call.span)
    if callee is None or callee.name in _LASTING:
        return False
    if callee.full_name in _LENDING:
        return True
    return _known(callee.pkg) and not callee.full_name.startswith("(") and not _sets(callee.name)


def _sets(name: str) -> bool:
    return name.startswith(("Set", "Register", "Handle", "Serve"))


def _result(call: nodes.Call, cx: Context) -> list[Object] | None:
    """What becomes of a call's result: nothing of interest, new variables, or (None) it may be kept."""
    if isinstance(call.parent, nodes.Go):
        return None
    if isinstance(call.parent, nodes.ExpressionStatement):
        return []
    info = cx.expr(call)
    if info is None or info.type is None or _plain(info.type):
        return []
    holder = call.parent.parent if isinstance(call.parent, nodes.ExpressionList) else None
    if isinstance(holder, nodes.ShortVarDeclaration) and len(holder.right.items) == 1:
        found: list[Object] = []
        for left in holder.left.items:
            made = cx.object(left)
            if left == "_" or (made is not None and _plain(made.type)):
                continue
            if made is None:
                return None
            found.append(made)
        return found
    if isinstance(holder, nodes.Assignment) and all(_plain(cx.type(left)) or left == "_" for left in holder.left.items):
        return []
    return _lent(call, cx)


def _around(node: Node) -> str:
    """The call or statement around a use, on one line."""
    for around in node.ancestors():
        if isinstance(around, nodes.Call):
            return around.function.str.split("\n")[0]
        if isinstance(around, nodes.Statement):
            return around.str.split("\n")[0]
    return node.str
