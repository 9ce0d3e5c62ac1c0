"""Where control goes from a statement: the few rules of Go that tell a loop from a line that runs once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar, cast

from gofixer.transforms._places._repeats import repeats
from gofixer.transforms._places._syntax import BREAKABLE, statements, unlabelled

from gofixer.transform import Context, Node, nodes

N = TypeVar("N", bound=Node)
Way = tuple[str, int]
"""How a statement is left: by what, and the start of the statement that a break, continue or goto leads to."""

NEXT: Way = ("next", 0)
RETURN: Way = ("return", 0)
UNWIND: Way = ("unwind", 0)
"""A panic or Goexit: deferred calls run."""
EXIT: Way = ("exit", 0)
"""The end of the program: nothing runs any more."""
NOWHERE: Way = ("goto", -1)
"""A jump to a label or a statement that is not there, as while code is being typed."""

_FINAL = frozenset({"Fatal", "Fatalf", "Fatalln", "FailNow", "Skip", "Skipf", "SkipNow"})


class Flow:
    """The control flow of one function declaration or literal.

    With ``waiting`` a select without a default case is taken for the end of the way: what is left is what can
    happen before the function waits for anything.
    """

    def __init__(self, function: Node, cx: Context, *, waiting: bool = False) -> None:
        self._cx = cx
        self._function = function
        self._waiting = waiting

    @cached_property
    def labels(self) -> dict[str, nodes.Labeled]:
        """The labelled statements of the function by label."""
        return {node.label.str: node for node in self._own(nodes.Labeled)}

    @cached_property
    def gotos(self) -> list[tuple[nodes.Goto, nodes.Labeled]]:
        """The jumps of the function and where they lead to."""
        if b"goto" not in self._function.text:
            return []
        found = ((jump, self._target(jump)) for jump in self._own(nodes.Goto))
        return [(jump, target) for jump, target in found if target]

    def _own(self, kind: type[N]) -> list[N]:
        """The nodes of a kind that the function holds; those of the file are looked for once."""
        tree, (start, end) = self._function.tree, self._function.span
        if kind not in tree.metadata:
            tree.metadata[kind] = tuple(tree.root.descendants(kind))
        found = cast(tuple[N, ...], tree.metadata[kind])
        return [node for node in found if start <= node.start < end and self.holds(node)]

    def holds(self, node: Node) -> bool:
        """Whether a node stands in the function itself, not in a literal in it nor around it."""
        return next((a for a in node.ancestors() if isinstance(a, nodes.FUNCTIONS)), None) == self._function

    def ways(self, node: Node) -> set[Way]:
        """How a statement may be left."""
        match node:
            case nodes.Block() | nodes.CommunicationCase() | nodes.ExpressionCase() | nodes.TypeCase():
                return self.sequence(statements(node))
            case nodes.DefaultCase():
                return self.sequence(statements(node))
            case nodes.Labeled():
                return self.ways(node.child) if node.child else {NEXT}
            case nodes.If():
                other = self.ways(node.alternative) if node.alternative else {NEXT}
                return self.ways(node.consequence) | other
            case nodes.For():
                body = self.ways(node.body) - {NEXT, ("continue", node.start)}
                return self._broken(node, body if self.endless(node) else body | {NEXT})
            case nodes.ExpressionSwitch() | nodes.TypeSwitch() | nodes.Select():
                return self._branches(node)
            case nodes.Return():
                return {RETURN}
            case nodes.Goto():
                target = self._target(node)
                return {("goto", target.start) if target else NOWHERE}
            case nodes.Break() | nodes.Continue():
                return {self._jump(node)}
            case nodes.ExpressionStatement(nodes.Call() as call):
                return {self._call(call)}
        return {NEXT}

    def around(self, top: Node) -> set[Way]:
        """How a loop is left; what a label repeats is all that follows it in its block."""
        return self.ways(top) if isinstance(top, nodes.For) else self.rest(top, 0)

    def rest(self, statement: Node, skip: int = 1) -> set[Way]:
        """How the list that a statement stands in is left, from behind the statement (or from it) on."""
        items = statements(statement.parent) if statement.parent else ()
        return self.sequence(items, items.index(statement) + skip)

    def sequence(
        self, items: Sequence[Node], entry: int = 0, floor: int = 0, seen: frozenset[int] = frozenset()
    ) -> set[Way]:
        """How a statement list is left from ``entry`` on; jumps to labels before ``floor`` stay jumps."""
        found: set[Way] = set()
        for item in items[entry:]:
            step = self.ways(item)
            found |= step - {NEXT}
            if NEXT not in step:
                break
        else:
            found.add(NEXT)
        for way in tuple(found):
            at = index_of(items, way)
            if at >= floor and at >= 0:
                found.discard(way)
                if at not in seen:
                    found |= self.sequence(items, at, floor, seen | {at})
        return found

    def comes_back(self, statement: Node, ways: set[Way]) -> bool:
        """Whether control that leaves a statement in one of these ways may come to the statement again."""
        node = statement
        while not isinstance(node, nodes.FUNCTIONS):
            if isinstance(node, nodes.For) and node != statement and ways & {NEXT, ("continue", node.start)}:
                return True
            ways = self._broken(node, ways)
            parent = node.parent
            if isinstance(parent, nodes.StatementList):
                items = parent.items
                here = items.index(node)
                if NEXT in ways:
                    ways = (ways - {NEXT}) | self.sequence(items, here + 1, here + 1)
                jumps = {index_of(items, way) for way in ways} - {-1}
                if any(at <= here for at in jumps):
                    return True
                ways = ways.union(*(self.sequence(items, at, here + 1) for at in jumps))
            if parent is None:
                return False
            node = parent
        return False

    def endless(self, loop: nodes.For) -> bool:
        """Whether a ``for`` has no end of its own: no condition, or the ticks of ``time.Tick``."""
        clause = loop.child
        if isinstance(clause, nodes.RangeClause):
            return isinstance(clause.right, nodes.Call) and self._cx.callee(clause.right) == "time.Tick"
        return clause is None or (isinstance(clause, nodes.ForClause) and clause.condition is None)

    def _broken(self, node: Node, ways: set[Way]) -> set[Way]:
        away = ("break", node.start)
        return (ways - {away}) | {NEXT} if away in ways and isinstance(node, BREAKABLE) else ways

    def _branches(self, node: Node) -> set[Way]:
        cases = [child for child in node.children if isinstance(child, nodes.CASES)]
        default = any(isinstance(case, nodes.DefaultCase) for case in cases)
        if isinstance(node, nodes.Select) and self._waiting and not default:
            return set()
        found = {way for case in cases for way in self.ways(case)}
        if not default and not isinstance(node, nodes.Select):
            found.add(NEXT)
        return self._broken(node, found)

    def _jump(self, node: nodes.Break | nodes.Continue) -> Way:
        kind = "break" if isinstance(node, nodes.Break) else "continue"
        if node.child is not None:
            target = self._target(node)
            return (kind, unlabelled(target).start) if target else NOWHERE
        targets = BREAKABLE if kind == "break" else (nodes.For,)
        return next(((kind, a.start) for a in node.ancestors() if isinstance(a, targets)), NOWHERE)

    def _target(self, jump: nodes.Goto | nodes.Break | nodes.Continue) -> nodes.Labeled | None:
        """The statement that a jump names; None in code that does not compile."""
        return self.labels.get(jump.child.str) if jump.child else None

    def _call(self, call: nodes.Call) -> Way:
        name = self._cx.callee(call)
        word = name.rpartition(".")[2]
        if name in ("panic", "runtime.Goexit"):
            return UNWIND
        if name in ("os.Exit", "syscall.Exit"):
            return EXIT
        if word in _FINAL or (word.startswith("Fail") and "/require." in name):
            return UNWIND if "testing." in name or "/require." in name or "Fail" in word else EXIT
        return NEXT


def outermost(anchor: Node, evaluated: Node, flow: Flow) -> Node | None:
    """What repeats an expression of a statement and is not repeated itself: a ``for``, or a label that is jumped
    back to. None where the statement runs once for each call of the function."""
    loops = [a for a in anchor.ancestors() if repeats(a, evaluated) and flow.holds(a)]
    if anchor != evaluated and repeats(unlabelled(anchor), evaluated):
        loops = loops or [unlabelled(anchor)]
    top = loops[-1] if loops else None
    while True:
        at = (top or anchor).start
        above = [target for jump, target in flow.gotos if target.start <= at < jump.start and target != top]
        if not above:
            return top
        top = min(above, key=lambda target: target.start)


def index_of(items: Sequence[Node], way: Way) -> int:
    """Place in a statement list of the label that a goto leads to, -1 where it leads elsewhere."""
    if way[0] != "goto":
        return -1
    return next((i for i, item in enumerate(items) if item.start <= way[1] <= unlabelled(item).start), -1)
