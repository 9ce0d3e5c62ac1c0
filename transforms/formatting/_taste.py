"""The gate of taste: calls whose result only goes where nobody waits for it stay as they are.

A diff of a thousand such lines is refused by any maintainer. A profile that shows the place to be hot, or
``--select``, opens the gate.
"""

from __future__ import annotations

import re

from gofixer.transform import Context, Node, Object, nodes, unparen

MOST_VALUES = 4
SENTENCE = 5
_WORD = re.compile(r"(?<!\S)[A-Za-z']{2,}[,.;:]?(?!\S)")
_TEXT_METHODS = frozenset({"String", "GoString", "Error"})
_LOG_PACKAGES = frozenset({"log", "slog", "logrus", "zap", "zerolog", "klog", "glog", "logr", "hclog", "logger",
                           "logging", "log15", "testing", "promslog", "bklog"})  # fmt: skip
_TEST_PACKAGES = frozenset({"testing", "github.com/stretchr/testify/assert", "github.com/stretchr/testify/require",
                            "gotest.tools/v3/assert", "github.com/onsi/ginkgo/v2"})  # fmt: skip
_FLAG_PACKAGES = frozenset({"flag", "pflag", "cobra", "kingpin", "cli", "flags"})
_LOG_CALL = re.compile(
    r"(?i)^(?:v?log|debug|info|notice|warn|warning|error|fatal|panic|trace|print|msg|skip|helper|"
    r"eventf|event|annotatef?)(?:f|ln|s|w|context|ctx|depth)?$"
)
_LOGGER = re.compile(r"(?i)(?:^|\.)(?:\w*log(?:ger|s)?|entry|sugaredlogger|[tb]|tb)(?:\(|\.|$)")
_ERROR_PACKAGE = re.compile(r"(?:^|/)(?:\w*err(?:or)?s?|\w*errdefs?|status|codes)(?:/v\d+)?$")
_ERROR_CALL = re.compile(r"(?i)err|^wrapf?$|^withmessagef?$")
_TEST_NAME = re.compile(r"(?:Example|Test|Benchmark|Fuzz)(?:[A-Z_]|$)")
_USAGE_KEY = frozenset({"usage", "short", "long", "help", "example", "usagetext", "argsusage"})


def cold(node: Node, cx: Context) -> str | None:
    """Why a result is not worth a rewrite; None where it may be."""
    if cx.selected or cx.hot:
        return None
    return by_place(node, cx) or _goes_to(node, cx) or _kept_for(node, cx)


def by_place(node: Node, cx: Context) -> str | None:
    """Why the place alone makes a rewrite not worth it: needs no types."""
    if cx.is_test or not _TEST_PACKAGES.isdisjoint(cx.facts.imports):
        return "cold: test code"
    function = cx.function(node)
    if function is None:
        return "cold: runs once, when the package is initialised"
    outer = next((a for a in (node, *node.ancestors()) if isinstance(a, nodes.FUNCTIONS[:2])), function)
    if isinstance(outer, nodes.FunctionDeclaration) and outer.name == "init":
        return "cold: runs once, in init"
    if isinstance(outer, nodes.FunctionDeclaration) and _TEST_NAME.match(outer.name.str):
        return "cold: test code"
    if isinstance(outer, nodes.MethodDeclaration) and outer.name.str in _TEXT_METHODS and not outer.parameters.items:
        return f"cold: the text of a method {outer.name.str}"
    return None


def unreadable(format_: Node | None, values: int, text: str, cx: Context) -> str | None:
    """Why a format says it better than its parts would; None where it does not."""
    if cx.selected or cx.hot or format_ is None:
        return None
    if values > MOST_VALUES:
        return f"more than {MOST_VALUES} values read better in a format"
    named = next((n for n in (format_, *format_.descendants()) if isinstance(n, nodes.Identifier)), None)
    if values and named is not None:
        return f"the format has a name, `{named.str}`: its text belongs in one place"
    if "\n" in text.rstrip("\n") and isinstance(format_, nodes.RawStringLiteral):
        return "a text over several lines reads better as a format"
    if values and len(_WORD.findall(text)) >= SENTENCE:
        return "a sentence reads better as a format"
    return None


def _goes_to(node: Node, cx: Context) -> str | None:
    """What swallows the value of an expression within its own statement."""
    child = node
    for ancestor in node.ancestors():
        if isinstance(ancestor, (*nodes.FUNCTIONS, nodes.StatementList)):
            return None
        found = None
        if isinstance(ancestor, nodes.Call) and child == ancestor.arguments:
            found = _call(ancestor, cx)
        elif isinstance(ancestor, nodes.KeyedElement) and child == ancestor.value:
            found = "flag or usage text" if ancestor.key.str.lower() in _USAGE_KEY else None
        elif isinstance(ancestor, nodes.CompositeLiteral):
            type_ = cx.type(ancestor)
            found = "an error" if type_ and "Error" in type_.methods | type_.ptr_methods else None
        if found:
            return f"cold: only goes into {found}"
        child = ancestor
    return None


def _call(call: nodes.Call, cx: Context) -> str | None:
    callee = cx.types.callee(call.span)
    function = unparen(call.function)
    name = function.field.str if isinstance(function, nodes.Selector) else function.str
    package = callee.pkg if callee else ""
    words = set(package.split("/"))
    if callee is not None and callee.kind == "builtin":
        return "a panic" if name == "panic" else None
    if words & _FLAG_PACKAGES:
        return "flag or usage text"
    if words & _LOG_PACKAGES or (_LOG_CALL.match(name) and _is_logger(function, cx)):
        return "a log call"
    if package == "fmt" and name == "Errorf":
        return "an error"
    type_ = cx.type(call)
    gives_error = type_ is not None and (type_.is_error or "Error" in type_.ptr_methods)
    if gives_error and (_ERROR_PACKAGE.search(package) or _ERROR_CALL.search(name)):
        return "an error"
    return "an error" if (package, name) == ("net/http", "Error") else None


def _is_logger(function: Node, cx: Context) -> bool:
    if not isinstance(function, nodes.Selector):
        return False
    type_ = cx.type(function.operand)
    return bool(_LOGGER.search(function.operand.str) or (type_ and _LOGGER.search(type_.string)))


def _kept_for(node: Node, cx: Context) -> str | None:
    """What swallows all uses of the variable that an expression is assigned to."""
    found = _assigned(node, cx)
    if found is None or found.scope != "local" or found.is_result or found.address_taken:
        return None
    reads = [use for use in found.uses if use.role != "write"]
    root = cx.facts.tree.root.raw
    reasons: list[str | None] = []
    for use in reads:
        raw = root.descendant_for_byte_range(use.start, use.end)
        reasons.append(_goes_to(cx.facts.tree.wrap(raw), cx) if raw is not None and use.file == cx.facts.path else None)
    return reasons[0] if reasons and all(reasons) else None


def _assigned(node: Node, cx: Context) -> Object | None:
    """The variable that gets the value of an expression by ``:=``, ``=`` or ``var``."""
    values = node.parent
    if not isinstance(values, nodes.ExpressionList) or len(values.children) != 1:
        return None
    match values.parent:
        case nodes.ShortVarDeclaration(left, _) | nodes.Assignment(left, _, _) if len(left.children) == 1:
            target = left.children[0]
        case nodes.VarSpec() if len(values.parent.name) == 1:
            target = values.parent.name[0]
        case _:
            return None
    return cx.object(target) if isinstance(target, nodes.Identifier) else None
