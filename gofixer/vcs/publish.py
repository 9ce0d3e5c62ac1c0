"""Carries out a plan: commits, push, then the request. Each step can be repeated; a rerun goes on where one ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gofixer.vcs.forges import Extras, Forge, Opening, PullRequest, State
from gofixer.vcs.forges.errors import Exists, ForgeError, RateLimited, Unavailable
from gofixer.vcs.forges.retry import Retry
from gofixer.vcs.marker import Marker, enclosed, read_marker, replaced
from gofixer.vcs.plan import Action, Step
from gofixer.vcs.prepare import Prepared
from gofixer.vcs.remote import Moved, PushRefused, Remote


@dataclass(frozen=True, slots=True)
class Wishes:
    """How requests are to be opened."""

    base: str
    draft: bool = False
    extras: Extras = field(default_factory=Extras)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a step. ``problem`` is a sentence where it failed; ``notes`` are sentences beside success."""

    step: Step
    action: Action
    request: PullRequest | None = None
    title: str = ""
    problem: str = ""
    notes: Sequence[str] = ()


def publish(
    step: Step,
    prepared: Prepared,
    forge: Forge,
    remote: Remote,
    wishes: Wishes,
    retry: Retry,
    clean: Callable[[str], str],
) -> Result:
    """Push a unit's commits and open or update its request.

    The branch goes first: what is cut off here leaves a branch without a request, which the next run finds. Raises
    `ForgeError` and `UserError` for what will fail for every other unit, too.
    """
    try:
        remote.push(prepared.head, step.unit.branch, step.expected)
    except Moved:
        problem = f"the branch {step.unit.branch} was changed meanwhile and is left as it is: run the command again"
        return Result(step, Action.LEAVE, step.request, prepared.title, problem)
    except PushRefused as error:
        return Result(step, Action.LEAVE, step.request, prepared.title, str(error))
    unit = step.unit
    text = clean(prepared.body)
    opened, notes = None, tuple[str, ...]()
    marker = Marker(unit.key, unit.digest, unit.inputs, wishes.base)
    if step.request is None:
        pending = Marker(unit.key, unit.digest, unit.inputs, wishes.base, pending=bool(wishes.extras))
        opening = Opening(unit.branch, wishes.base, clean(prepared.title), enclosed(pending, text), wishes.draft)
        opened, already = _open(forge, opening, retry)
        if not already and not wishes.extras:
            return Result(step, Action.OPEN, opened, prepared.title)
    request = opened or step.request
    assert request is not None
    if wishes.extras and (opened or _is_pending(request)):
        notes = _decorate(forge, request, wishes.extras, retry)
    whole = replaced(request.body, enclosed(marker, text))
    updated = retry(lambda: forge.update(request, clean(prepared.title), whole, wishes.base))
    action = Action.OPEN if opened else Action.UPDATE
    return Result(step, action, updated, prepared.title, notes=notes)


def _decorate(forge: Forge, request: PullRequest, extras: Extras, retry: Retry) -> tuple[str, ...]:
    """Labels and people are no reason to stop: what a token may not do is told."""
    try:
        return tuple(retry(lambda: forge.decorate(request, extras)))
    except (RateLimited, Unavailable):
        raise
    except ForgeError as error:
        return (str(error),)


def _is_pending(request: PullRequest) -> bool:
    marker = read_marker(request.body)
    return marker is not None and marker.pending


def _open(forge: Forge, opening: Opening, retry: Retry) -> tuple[PullRequest, bool]:
    """Open a request once: where one is open already (an answer was lost, another run was faster), that one."""
    try:
        return retry(lambda: forge.open(opening)), False
    except Exists:
        for request in retry(lambda: forge.find(opening.branch)):
            if request.state is State.OPEN:
                return request, True
        raise ForgeError(f"{forge.name} says that a request for {opening.branch} is open, and shows none") from None
