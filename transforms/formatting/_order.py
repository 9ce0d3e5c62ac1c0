"""Order of evaluation: what may change between the old moment of a read and the new one.

Go specification, "Order of evaluation": calls, receives and ``&&``/``||`` happen in lexical order; when a variable
is read relative to them is left open. The compiler (1.21 to 1.27, optimised or not) reads plain operands after
all calls of the expression. A call of Sprintf reads its arguments before everything to its right; what replaces
it has to do the same, or nothing to its right may change what it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gofixer.transform import Context, Node, nodes, unparen

_BODIES = (nodes.Block, nodes.StatementList, nodes.FuncLiteral)
_QUIET_BUILTINS = frozenset({"len", "cap", "min", "max", "real", "imag", "complex", "new", "make"})
# Functions of these packages run no code of their caller's and change nothing that it can see.
_QUIET_PACKAGES = ("strconv.", "strings.", "path.", "path/filepath.", "unicode.", "unicode/utf8.", "math.",
                   "math/bits.", "encoding/hex.", "html.", "net/url.", "(time.Time).", "(time.Duration).", "time.Now",
                   "time.Since", "(net/url.Values).", "(*net/url.URL).", "(net/netip.Addr).")  # fmt: skip
_FORMATTERS = ("fmt.Sprint", "fmt.Sprintf", "fmt.Sprintln", "fmt.Errorf")
_PLAIN = frozenset({"string", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32",
                    "uint64", "float32", "float64", "untyped string"})  # fmt: skip
_STATEMENTS = (nodes.Statement, nodes.ExpressionCase, nodes.CommunicationCase, nodes.ForClause, nodes.RangeClause,
               nodes.VarSpec, nodes.ConstSpec)  # fmt: skip
HEADS = (nodes.If, nodes.For, nodes.ExpressionSwitch, nodes.TypeSwitch)


def interferes(node: Node, cx: Context) -> bool:
    """Whether evaluating an expression may run unknown code or change memory."""
    return any(_interferes(part, cx) for part in _evaluated(node))


def loose(node: Node, cx: Context) -> bool:
    """Whether an expression reads memory that calls elsewhere may change, or may panic by itself.

    Calls inside of it are no concern here: they keep their place among the other calls.
    """
    target = unparen(node)
    info = cx.expr(target)
    if info is not None and info.const is not None:
        return False
    match target:
        case nodes.Identifier():
            return _shared_variable(target, cx)
        case nodes.Selector(operand, _):
            found = cx.object(operand) if isinstance(operand, nodes.Identifier) else None
            if found is not None and found.kind == "pkg":
                return _shared_variable(target, cx)
            return info is None or info.implicit_deref or loose(operand, cx)
        case nodes.Call():
            return _is_late_call(target, cx) and any(loose(a, cx) for a in target.arguments.children)
        case nodes.TypeConversion(_, operand):
            return loose(operand, cx) or _reads_content(operand, cx)
        case nodes.Unary(operator, operand):
            return operator.str == "*" or (operator.str not in ("<-", "&") and loose(operand, cx))
        case nodes.Binary(left, operator, right):
            risky = operator.str in ("/", "%", "<<", ">>") and cx.constant(right) is None
            return risky or cx.effect(target) is not None or loose(left, cx) or loose(right, cx)
        case nodes.FuncLiteral():
            return False
    return True


def around(node: Node) -> tuple[list[Node], list[Node]]:
    """What is evaluated in the same statement as an expression: to its left, and to its right."""
    left: list[Node] = []
    right: list[Node] = []
    child = node
    for ancestor in node.ancestors():
        if isinstance(ancestor, (*nodes.FUNCTIONS, *HEADS, nodes.StatementList, nodes.Block, nodes.ExpressionCase)):
            break
        sequenced = isinstance(ancestor, nodes.Binary) and ancestor.operator.str in ("&&", "||")
        if not sequenced:
            siblings = [s for s in ancestor.children if s != child and not isinstance(s, _BODIES)]
            left += [e for s in siblings if s.end <= child.start for e in _operands(s, ancestor)]
            right += [s for s in siblings if s.start >= child.end]
        if isinstance(ancestor, _STATEMENTS):
            break
        child = ancestor
    return left, right


def _operands(sibling: Node, parent: Node) -> Iterable[Node]:
    """The expressions to the left of a child: variables that a statement only writes are none."""
    if not isinstance(sibling, nodes.ExpressionList):
        return () if isinstance(parent, nodes.VarSpec) else (sibling,)
    written = isinstance(parent, nodes.ShortVarDeclaration | nodes.RangeClause) or (
        isinstance(parent, nodes.Assignment) and parent.operator.str == "="
    )
    return [e for e in sibling.children if not (written and isinstance(e, nodes.Identifier))]


def any_interferes(found: Iterable[Node], cx: Context) -> bool:
    """Whether any of some expressions interferes."""
    return any(interferes(node, cx) for node in found)


def _evaluated(node: Node) -> Iterator[Node]:
    """Calls, conversions and receives that are evaluated with an expression, not those in function literals."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, nodes.FuncLiteral):
            continue
        if isinstance(current, nodes.Call | nodes.TypeConversion | nodes.Unary):
            yield current
        stack += current.children


def _interferes(node: Node, cx: Context) -> bool:
    if isinstance(node, nodes.Unary):
        return node.operator.str == "<-"
    if isinstance(node, nodes.TypeConversion):  # how the grammar reads f[int](x), too
        info = cx.expr(node.type)
        return info is None or info.mode != "type"
    assert isinstance(node, nodes.Call)
    info = cx.expr(node.function)
    if info is not None and info.mode == "type":
        return False
    if info is not None and info.mode == "builtin":
        return node.function.str not in _QUIET_BUILTINS
    callee = cx.callee(node)
    given = [cx.type(argument) for argument in node.arguments.children]
    if callee.startswith(_QUIET_PACKAGES):
        return any(t is None or t.kind in ("func", "interface") for t in given)
    if callee in _FORMATTERS:
        return any(t is None or t.kind not in _PLAIN or t.methods or t.ptr_methods for t in given)
    return True


def _shared_variable(node: Node, cx: Context) -> bool:
    found = cx.object(node)
    if found is None:
        return True
    if found.kind != "var":
        return False
    if found.address_taken:
        return True
    if found.scope == "local":
        return found.captured and found.reassigned
    return found.reassigned or found.name[:1].isupper()


def _is_late_call(call: nodes.Call, cx: Context) -> bool:
    """Whether a call is a conversion or a builtin that only reads: those take no part in the order of calls."""
    info = cx.expr(call.function)
    return info is None or info.mode in ("type", "builtin")


def _reads_content(node: Node, cx: Context) -> bool:
    type_ = cx.type(node)
    return type_ is None or type_.kind in ("slice", "pointer", "map")
