"""What the timer transforms share: the wait around a ``time.After``, where lines go, what jumps forbid."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gofixer.transforms._places._repeats import repeats
from gofixer.transforms._places._syntax import inside, labelled, outside_parentheses, unlabelled
from gofixer.transforms.timers._flow import Flow

from gofixer.transform import Context, Node, Skip, nodes

_ROLE = re.compile(r"(?P<role>[A-Za-z]\w*?)_?(?:Timeout|Interval|Duration|Delay|Period|Wait|Time|After|TTL)")


@dataclass(frozen=True, slots=True)
class Wait:
    """A select with a case that receives from ``time.After``.

    ``channel`` is what the case receives from: the call itself, or the name that ``helper``, a declaration in
    front of the select, gives to the channel.
    """

    call: nodes.Call
    duration: Node
    channel: Node
    case: nodes.CommunicationCase
    select: nodes.Select
    helper: Node | None = None

    @property
    def package(self) -> str:
        """What the file calls package time."""
        return self.call.function.str.rpartition(".")[0]

    @property
    def start(self) -> Node:
        """The statement, labels included, where the timer starts."""
        return labelled(self.helper or self.select)


def received(channel: Node) -> nodes.CommunicationCase | None:
    """The case of a select that receives from an expression."""
    node = outside_parentheses(channel)
    match node.parent:
        case nodes.Unary(nodes.Token("<-")) as receive:
            match receive.parent:
                case nodes.Receive() as communication if communication.right == receive:
                    case = communication.parent
                    return case if isinstance(case, nodes.CommunicationCase) else None
    return None


def wait_of(call: nodes.Call, duration: Node) -> Wait | None:
    """The wait of a ``time.After`` that stands in a case itself."""
    case = received(call)
    select = case.parent if case else None
    return Wait(call, duration, call, case, select) if case and isinstance(select, nodes.Select) else None


def declaration(value: Node) -> Node | None:
    """The declaration of one name that an expression is the value of: ``name := value`` or ``var name = value``."""
    holder = value.parent.parent if isinstance(value.parent, nodes.ExpressionList) else None
    match holder:
        case nodes.ShortVarDeclaration() if len(holder.left.items) == 1:
            return holder
        case nodes.VarSpec() if len(holder.name) == 1 and holder.type is None:
            return holder.parent if isinstance(holder.parent, nodes.VarDeclaration) else None
    return None


def declared(statement: Node) -> nodes.Identifier | None:
    """The name of a declaration of one name."""
    return next(statement.descendants(nodes.Identifier), None)


def named_wait(call: nodes.Call, duration: Node, function: Node, cx: Context) -> Wait | Skip:
    """The wait of ``timeout := time.After(d)`` whose name is read in one select of the same loop, or why it is none."""
    helper = declaration(call)
    name = declared(helper) if helper else None
    if helper is None or name is None:
        return Skip("the channel is stored or passed on")
    if not isinstance(helper.parent, nodes.StatementList):
        return Skip(f"`{name.str}` is declared in the head of another statement")
    found = cx.object(name)
    uses = found.uses if found else ()
    spans = [(use.start, use.end) for use in uses]
    read = next((node for node in inside(function, nodes.Identifier) if node.span in spans), None)
    case = received(read) if read and len(uses) == 1 else None
    if read is None or case is None or not isinstance(case.parent, nodes.Select):
        return Skip(f"`{name.str}` is used in other ways than by one select")
    loops = [next((a for a in n.ancestors() if repeats(a, n)), None) for n in (helper, case.parent)]
    if loops[0] != loops[1]:
        return Skip(f"`{name.str}` is read in another loop than it is set in: a deadline")
    return Wait(call, duration, read, case, case.parent, helper)


def other_cases(wait: Wait) -> list[nodes.CommunicationCase]:
    """The cases beside the timer's."""
    return [c for c in wait.select.children if isinstance(c, nodes.CommunicationCase) and c != wait.case]


def has_default(wait: Wait) -> bool:
    """Whether the select has a default case."""
    return any(isinstance(child, nodes.DefaultCase) for child in wait.select.children)


def is_cancellation(case: nodes.CommunicationCase, cx: Context) -> bool:
    """Whether a case waits for a context to be done: from then on it is taken in every round, until the loop ends."""
    match case.communication:
        case nodes.Receive(_, nodes.Unary(_, nodes.Call() as call)):
            return cx.callee(call) == "(context.Context).Done"
    return False


def role(duration: Node) -> tuple[str, ...]:
    """A name for a timer after its duration: ``idleTimeout`` gives ``idleTimer``."""
    found = _ROLE.fullmatch(duration.str.rpartition(".")[2])
    return (f"{found['role'][0].lower()}{found['role'][1:]}Timer",) if found else ()


# -- jumps ----------------------------------------------------------------------------------------------------


def jump_over(statement: Node, flow: Flow) -> str | None:
    """The goto that a declaration in front of a statement would put an end to (specification, "Goto statements")."""
    for jump, target in flow.gotos:
        same_block = labelled(target).parent == statement.parent
        if same_block and jump.start < statement.start <= target.start:
            return f"`{jump.str}` would jump over the timer's declaration"
    return None


def jump_to(statement: Node, flow: Flow) -> str | None:
    """The goto that leads to a statement by its own label, and so past anything put in front of it."""
    for jump, target in flow.gotos:
        if unlabelled(target) == unlabelled(statement):
            return f"`{jump.str}` leads to the select itself, past the timer's start"
    return None
