"""What profiles say of a site: whether it is hot, whether a gate opens for it, what the report shows of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.context import Context, Match
from gofixer.engine.functions import declared_name
from gofixer.engine.model import Note
from gofixer.engine.state import FileState
from gofixer.facts.modules import Module
from gofixer.profiles.heat import Cost, Heat, Share, strangers
from gofixer.profiles.index import Declaration, Source
from gofixer.profiles.kinds import RECORDED_AS
from gofixer.profiles.read import Profile
from gofixer.syntax import nodes, parse
from gofixer.transform import Gate, Transform


@dataclass(frozen=True, slots=True)
class Warmth:
    """What the profiles of a run say of one site.

    ``closed`` says why the profile gate of the transform stays shut, ``cold`` why ``--min-share`` leaves the site
    out; both are empty where they do not apply. ``evidence`` is for the report.
    """

    hot: bool = False
    closed: str = ""
    cold: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)


class HotSpots:
    """The profiles of a run, asked about the sites of its files. Shares are in percent."""

    def __init__(
        self, profiles: Sequence[Profile], states: Iterable[FileState], hot_share: float, min_share: float | None
    ) -> None:
        self._states = {state.path: state for state in states if state.module is not None}
        self._hot_share, self._min_share = hot_share, min_share
        files = [(_package(state.path, state.module), state.path) for state in self._states.values() if state.module]
        self._heat = Heat(profiles, files, self._source)

    def at(self, state: FileState, transform: Transform, match: Match, place: Context) -> Warmth:
        """What is to be known of a match; ``place`` need not have types."""
        if state.module is None:
            return Warmth(closed="needs a profile: profiles are only understood inside a module")
        costs = self._costliest(transform, self._places(state, transform, match, place))
        decisive = _relevant(transform, costs)
        best = max(decisive or costs, key=lambda cost: cost.share)
        share = f"{percent(best.share)} of {best.kind.value}"
        hot = any(cost.share >= self._hot_share for cost in decisive)
        if not decisive:
            measured = ", ".join(kind.value for kind in self._heat.kinds)
            closed = f"{_needed(transform)}: what was given measures {measured}"
        else:
            closed = "" if hot else f"cold in the profile: {share}, opens at {percent(self._hot_share)}"
        cold = ""
        if self._min_share is not None and best.share < self._min_share:
            cold = f"cold in the profile: {share}, below the {percent(self._min_share)} asked for"
        return Warmth(hot, closed if transform.gate is Gate.PROFILE else "", cold, _evidence(best, costs))

    def _places(
        self, state: FileState, transform: Transform, match: Match, place: Context
    ) -> Iterable[tuple[Cost, ...]]:
        for where in transform.cost_at(match, place) if transform.cost_at else (match.span,):
            if isinstance(where, str):
                yield self._heat.of_functions(state.path, (where,))
            else:
                first, last = (state.original_position(offset)[0] for offset in where)
                yield self._heat.of_lines(state.path, first, last)

    def _costliest(self, transform: Transform, places: Iterable[tuple[Cost, ...]]) -> tuple[Cost, ...]:
        nothing = tuple(Cost(kind, Share(0.0, 0.0), None) for kind in self._heat.kinds)
        return max(
            places,
            key=lambda costs: max(cost.share for cost in _relevant(transform, costs) or costs),
            default=nothing,
        )

    def _source(self, path: Path) -> Source:
        state = self._states[path]
        assert state.module is not None
        root = parse(state.original).root
        clause = next(iter(root.descendants(nodes.PackageClause)), None)
        return Source(
            path=Path(os.path.realpath(path)),
            module_path=state.module.path,
            module_root=state.module.root,
            package=_package(path, state.module),
            program=clause is not None and clause.text.split()[-1] == b"main",
            declarations=tuple(
                Declaration(name, node.line + 1, state.original.count(b"\n", 0, node.end) + 1)
                for node in root.children
                if (name := declared_name(node))
            ),
        )


def warnings(profiles: Sequence[Profile], modules: Iterable[Module], cwd: Path) -> Iterator[Note]:
    """What is to be said of profiles that cannot speak for some modules."""
    modules = tuple(modules)
    for profile in profiles:
        if not any(profile.totals.values()):
            yield Note("the profile holds no samples; nothing is hot by it", profile.path)
    if not modules:
        return
    for profile in strangers((p for p in profiles if p.functions), [(module.path, module.root) for module in modules]):
        names = ", ".join(sorted(module.path for module in modules)[:3])
        most = ", ".join(profile.costliest_packages())
        spent = f"; most of it was spent in {most}" if most else ""
        yield Note(f"nothing in the profile belongs to {names}{spent}", profile.path)


def without_profile(transform: Transform) -> Warmth:
    """What is to be known of a site where no profile was given."""
    return Warmth(closed=f"{_needed(transform)}: give one with --profile" if transform.gate is Gate.PROFILE else "")


def percent(share: float) -> str:
    """A share for people: two significant digits below ten percent, one place behind the point above."""
    if share >= 9.95:
        return f"{share:.1f}".removesuffix(".0") + " %"
    return f"{share:.2g} %" if share >= 0.001 else f"{0 if share == 0 else '<0.001'} %"


def _needed(transform: Transform) -> str:
    words = list(dict.fromkeys(RECORDED_AS[kind] for kind in transform.costs))
    return f"needs a {' or '.join(words)} profile that shows it hot"


def _relevant(transform: Transform, costs: Iterable[Cost]) -> list[Cost]:
    return [cost for cost in costs if cost.kind in transform.costs]


def _package(path: Path, module: Module) -> str:
    """Import path of the package that a file belongs to; the standard library's has no module path in front."""
    folder = Path(os.path.realpath(path)).parent.relative_to(module.root).as_posix()
    parts = [part for part in (module.path if module.path != "std" else "", folder) if part not in ("", ".")]
    return "/".join(parts)


def _evidence(best: Cost, costs: Iterable[Cost]) -> dict[str, object]:
    """The part of a finding's evidence that profiles give: shares in percent, rounded to two places."""
    kinds = {cost.kind.value: {"lines": _rounded(cost.lines), "function": _rounded(cost.function)} for cost in costs}
    return {"profile": {"share": round(best.share, 2), "kind": best.kind.value, "kinds": kinds}}


def _rounded(share: Share | None) -> dict[str, float] | None:
    return {"flat": round(share.flat, 2), "cum": round(share.cum, 2)} if share else None
