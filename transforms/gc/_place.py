"""Where a collection is asked for on purpose. Every function here gives the reason, or None."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gofixer.transforms._places._files import named_elsewhere, other_files
from gofixer.transforms.gc._packages import called_elsewhere, finalizers_imported

from gofixer.transform import Context, Node, nodes

# What runs, or shows, only after a collection; and what changes when one happens by itself.
_COLLECTOR = re.compile(
    rb"(?m)\b(SetFinalizer|AddCleanup|SetGCPercent|SetMemoryLimit)\b"
    rb'|"(weak|runtime/secret)"|^\s*(?:import\s+)?"(C)"\s*(?:$|;|//)'
)
# The part of it that does not set the collector up.
_WAITS = re.compile(rb'(?m)\b(SetFinalizer|AddCleanup)\b|"(weak|runtime/secret)"|^\s*(?:import\s+)?"(C)"\s*(?:$|;|//)')
_MEASURES = re.compile(
    rb"(\b(?:ReadMemStats|ReadGCStats|NumGoroutine|MemProfile\w*|GoroutineProfile|WriteHeapDump|WriteHeapProfile"
    rb"|StartCPUProfile|AllocsPerRun|metrics\.Read|pprof\.\w+|Getrusage|Maxrss|VmRSS|VmHWM"
    rb"|(?i:\w*mem(?:ory)?_?(?:usage|used|stats?|info\w*)|\w*rss)(?=\())(?!\w)"
    rb'|/proc/(?:self|%d)/\w+|"memstats")'
)
# The names that a file may give to packages whose every function measures.
_RENAMED = re.compile(rb'(?m)^[ \t]*(?:import[ \t]+)?(\w+|\.)[ \t]+"runtime/(?:pprof|metrics)"')
_CALLED = re.compile(rb"(\w+)\(")
_BODY = re.compile(rb"(?m)^func (?:\([^)\n]*\) )?(\w+)[\[(](?:.*\}\r?$|(?s:.*?)^\})")
_CLOCK = re.compile(rb"\b(time\.Now|trace\.Start)\(")
_SAYS = re.compile(r'(?i)"[^"]*\b(gc|garbage|collect(ed|ing|ion|or)?)\b')
_TAGS = re.compile(rb"(?m)^//go:build .*\b\w*(debug|bench|pprof|profil|test)\w*")
_DEBUG = re.compile(r"(?i)debug|admin|pprof|profiling|profiler|diagnos|bench|dump|leak|memstat")
_EVICT = re.compile(r"(?i)evict|expir|purge")
# The word gc, in any spelling that a name or a command may give it.
_ASKED = re.compile(r"(?<![a-z])gc(?![a-z])|GC|(?<![a-z])Gc(?![a-z])|(?i:garbage|free_?mem|collect)")
_OPTION = re.compile(r"(?i)\b\w*(force|debug|enable|manual|should|need)\w{0,6}gc\b")
_HANDLER = re.compile(r"http\.ResponseWriter|gin\.Context|echo\.Context|fiber\.Ctx|fasthttp\.RequestCtx")
_COMMAND = re.compile(r"cobra\.Command|cli\.(Context|Command)\b")
_IDLE = re.compile(
    r"(?i)\bgc$|FreeOSMemory|log|print|debug|info|warn|\.error|\.write|\.header|encode|\.context$|\.flush$|time\.|sleep"
    r"|\.r?(un)?lock$"
)
_LOCK = re.compile(rb"\.R?Lock\(\)$")


def wanted(call: Node, cx: Context) -> str | None:
    """Why the collection is wanted where a call stands (the call itself, or that of a helper that only collects)."""
    if reason := asked_for(call, cx) or measured(call, cx):
        return reason
    if only_in_case(call):
        return "is all that its case does"
    statement = statement_of(call)
    before, after = _neighbour(statement, "previous_sibling"), _neighbour(statement, "next_sibling")
    if any(other is not None and other.text == statement.text for other in (before, after)):
        return "is called more than once in a row, for stable numbers"
    if (after is not None and _CLOCK.search(after.text)) or (before is not None and _CLOCK.search(before.text)):
        return "stands before or inside a measurement"
    if before is not None and _LOCK.search(before.text) and (after is None or b"Unlock()" in after.text):
        return "is all that is done under a lock"
    if any(isinstance(other, nodes.ExpressionStatement) and _SAYS.search(other.str) for other in (before, after)):
        return "the message beside it speaks of a collection"
    if cx.mentions(cx.declaration(call), "FreeOSMemory"):
        return "debug.FreeOSMemory gives memory back to the system here"
    function = cx.function(call)
    loops = (a for a in call.ancestors() if isinstance(a, nodes.For) and function and a.start > function.start)
    if any(not busy(loop.body) for loop in loops):
        return "the loop around it does nothing else: it collects more than once on purpose"
    if is_command(call) or (cx.is_program and runs_once(call, cx)):
        return "stands between two phases of a program"
    return None


def collector_is_watched(cx: Context, *, or_tuned: bool = True) -> str | None:
    """Something in the package runs after a collection, shows one, or (``or_tuned``) sets the collector up."""
    for path, source in cx.package_sources().items():
        if found := (_COLLECTOR if or_tuned else _WAITS).search(source):
            name = next(filter(None, found.groups())).decode()
            what = {"weak": "a weak pointer", "C": "cgo"}.get(name, name)
            return f"the package has {what} ({path.name}): a collection may be part of what it does"
    return finalizers_imported(cx)


def measured(place: Node, cx: Context) -> str | None:
    """The function, one it calls (in any file or package of the module), or one that calls it measures memory."""
    own = cx.declaration(place)
    name = _name(own)
    for other in cx.facts.tree.root.children:
        near = other == own or any(cx.mentions(own, n) for n in _declared(other)) or (name and cx.mentions(other, name))
        if near and (found := _measure(other.text, cx.source)):
            return f"`{found}` measures memory or goroutines here"
    for called, text in called_elsewhere(own, cx):
        if _MEASURES.search(text):
            return f"`{called}` measures memory or goroutines"
    names = set(_CALLED.findall(own.text))
    for path, source in other_files(cx):
        for function in _BODY.finditer(source):
            if function[1] in names and (found := _measure(function[0], source)):
                return f"`{found}` in {path.name} measures memory or goroutines"
    if name and name not in ("main", "init"):
        for path, source in other_files(cx):
            if re.search(rb"\b%s\b" % name.encode(), source) and (found := _measure(source, source)):
                return f"`{found}` in {path.name} measures memory or goroutines"
    return None


def _measure(text: bytes, source: bytes) -> str | None:
    """What in a text measures, by the names that the file around it gives to packages."""
    if found := _MEASURES.search(text):
        return found[1].decode()
    for name in _RENAMED.findall(source):
        if name == b".":
            return "runtime/metrics or runtime/pprof, imported with a dot,"
        if name != b"_" and (found := re.search(rb"(?<![\w.])%s\.\w+" % name, text)):
            return found[0].decode()
    return None


def asked_for(place: Node, cx: Context) -> str | None:
    """The names and texts around the call say that somebody wants this very collection."""
    if _TAGS.search(cx.source):
        return "debug or admin code: only built with a tag"
    for text in (cx.facts.path.stem, cx.types.package_name):
        if _DEBUG.search(text):
            return f"debug or admin code: `{text}`"
    if option := _OPTION.search(cx.declaration(place).str):
        return f"is asked for by name: `{option[0]}`"
    for text, may_ask in _hints(place):
        if _EVICT.search(text):
            return f"stands where a cache evicts: `{text}`"
        if _DEBUG.search(text):
            return f"debug or admin code: `{text}`"
        if may_ask and _ASKED.search(text):
            return f"is asked for by name: `{text}`"
    return None


def busy(node: Node, idle: re.Pattern[str] = _IDLE) -> bool:
    """Whether code does anything but collect, wait, and say so: an assignment, a send, another call."""
    if any(True for _ in node.descendants(nodes.Assignment, nodes.Send)):
        return True
    return any(not idle.search(call.function.str) for call in node.descendants(nodes.Call))


def runs_once(place: Node, cx: Context, depth: int = 0) -> bool:
    """Whether the place belongs to a program's one way through: from main, through no loop and no closure."""
    own = cx.declaration(place)
    if any(isinstance(a, nodes.For | nodes.FuncLiteral) for a in place.ancestors()) or depth > 5:
        return False
    if not isinstance(own, nodes.FunctionDeclaration):
        return False
    name = own.name.str
    if name in ("main", "init"):
        return True
    if named_elsewhere(name, cx):
        return True
    calls = [c for c in cx.facts.tree.root.descendants(nodes.Call) if c.function.str == name]
    return bool(calls) and all(runs_once(call, cx, depth + 1) for call in calls)


def is_command(place: Node) -> bool:
    """Whether a function around the place is the body of a command-line command."""
    return any(_COMMAND.search(a.parameters.str) for a in place.ancestors() if isinstance(a, nodes.FUNCTIONS))


def is_handler(function: Node) -> bool:
    """Whether a function answers HTTP requests."""
    return isinstance(function, nodes.FUNCTIONS) and bool(_HANDLER.search(function.parameters.str))


def only_in_case(place: Node) -> bool:
    """Whether a case of a switch or select does nothing else."""
    statements = next((a for a in place.ancestors() if isinstance(a, nodes.StatementList)), None)
    return statements is not None and len(statements.items) == 1 and isinstance(statements.parent, nodes.CASES)


def statement_of(call: Node) -> Node:
    """The statement that is nothing but the call (or the ``go`` with it); the call itself where there is none."""
    return call.parent if isinstance(call.parent, nodes.ExpressionStatement | nodes.Go) else call


def _hints(place: Node) -> Iterator[tuple[str, bool]]:
    """Texts around a place, innermost first, and whether the word gc in them is a request."""
    for around in place.ancestors():
        match around:
            case nodes.FunctionDeclaration(name=name) | nodes.MethodDeclaration(name=name):
                yield name.str, name.str[0].isupper() or busy(around)
            case nodes.If(condition=condition) if place.start > condition.end:
                yield condition.str, True
            case nodes.ExpressionCase(value=value):
                yield value.str, True
            case nodes.CommunicationCase(communication=communication):
                yield communication.str, False
            case nodes.KeyedElement(key=key):
                yield key.str, False
            case nodes.Call(function=function) if not function.start <= place.start < function.end:
                yield function.str, False
                for text in around.arguments.descendants(nodes.InterpretedStringLiteral):
                    if text.end < place.start:
                        yield text.str, True
            case nodes.ShortVarDeclaration(left=left) | nodes.Assignment(left=left):
                yield left.str, False


def _neighbour(statement: Node, side: str) -> Node | None:
    """The statement before or after, over comments."""
    found: Node | None = getattr(statement, side)
    while isinstance(found, nodes.Comment):
        found = getattr(found, side)
    return found


def _name(declaration: Node) -> str:
    match declaration:
        case nodes.FunctionDeclaration(name=name) | nodes.MethodDeclaration(name=name):
            return str(name.str)
    return ""


def _declared(declaration: Node) -> list[str]:
    """The names that a top-level declaration brings, but those of types and constants."""
    if isinstance(declaration, nodes.VarDeclaration):
        return [name.str for spec in declaration.descendants(nodes.VarSpec) for name in spec.name]
    return list(filter(None, [_name(declaration)]))
