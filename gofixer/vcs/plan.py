"""What to do about each unit: a pure function of the fixes, the branches and the requests there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gofixer.vcs.forges import PullRequest, State
from gofixer.vcs.marker import Marker, read_marker
from gofixer.vcs.units import Unit


class Action(StrEnum):
    """What becomes of a unit."""

    OPEN = "open"
    UPDATE = "update"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch at the remote: its commit, and the fix set it was made from, empty where others have commits on it."""

    commit: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One unit's action with its reason, a clause in lower case.

    ``request`` is the one it is about. ``expected`` is the commit that the branch has now, empty where there is none:
    the push is only taken while that is so. ``problem`` marks what a person has to look at.
    """

    unit: Unit
    action: Action
    reason: str
    request: PullRequest | None = None
    expected: str = ""
    problem: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps, one per unit, and open requests whose fixes are no longer needed."""

    steps: tuple[Step, ...]
    obsolete: tuple[PullRequest, ...] = ()


def plan(
    units: Sequence[Unit],
    branches: Mapping[str, Branch],
    requests: Mapping[str, Sequence[PullRequest]],
    base: str,
    most_open: int,
) -> Plan:
    """Decide for each unit whether to open a request, to update its own, or to leave things alone.

    ``branches`` and ``requests`` (the newest first) go by the names of branches, and hold those of earlier runs too.
    At most ``most_open`` requests are open afterwards, unless more are now.
    """
    open_ = [one for of_branch in requests.values() for one in of_branch if one.state is State.OPEN]
    room = most_open - len(open_)
    steps = []
    for unit in units:
        step = _step(unit, branches.get(unit.branch), requests.get(unit.branch, ()), base)
        if step.action is Action.OPEN:
            if room <= 0:
                step = Step(unit, Action.LEAVE, f"{most_open} requests are open already (--max-open)")
            room -= 1
        steps.append(step)
    wanted = {unit.branch for unit in units}
    obsolete = [
        one
        for name, of_branch in requests.items()
        for one in of_branch
        if name not in wanted and one.state is State.OPEN and _remembered(one) is not None
    ]
    return Plan(tuple(steps), tuple(obsolete))


def _step(unit: Unit, branch: Branch | None, requests: Sequence[PullRequest], base: str) -> Step:
    expected = branch.commit if branch else ""
    current = next((one for one in requests if one.state is State.OPEN), None)
    last = current or next(iter(requests), None)
    if branch is not None and not branch.digest:
        reason = f"others have commits on the branch {unit.branch}: they are not overwritten"
        return Step(unit, Action.LEAVE, reason, current, expected, problem=current is None)
    if current is not None:
        reason = _stale(unit, branch, current, base)
        action = Action.UPDATE if reason else Action.LEAVE
        return Step(unit, action, reason or "up to date", current, expected)
    known = _remembered(last) if last else None
    if last is not None and known is not None and known.digest == unit.digest:
        word = "merged, and the same fixes are due again" if last.state is State.MERGED else "closed by somebody"
        return Step(unit, Action.LEAVE, f"#{last.number} was {word}; it stays so until the fixes change", last)
    reason = "completes an earlier run" if branch and branch.digest == unit.digest else "new"
    if last is not None:
        reason = f"the fixes have changed since #{last.number} was {last.state.value}"
    return Step(unit, Action.OPEN, reason, None, expected)


def _stale(unit: Unit, branch: Branch | None, request: PullRequest, base: str) -> str:
    """Why an open request is to be updated; empty where it is not."""
    known = _remembered(request)
    if known is None:
        return "its description no longer says what it was made from"
    if request.base != base or known.base != base:
        return f"its base is to be {base}"
    if known.digest != unit.digest:
        return "the fixes have changed"
    if known.inputs != unit.inputs:
        return f"{base} has other changes in the same files"
    if branch is None:
        return "its branch is gone"
    if branch.digest != unit.digest or known.pending:
        return "completes an earlier run"
    return ""


def _remembered(request: PullRequest) -> Marker | None:
    return read_marker(request.body)
