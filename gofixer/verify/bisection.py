"""Finds the fixes that break a build, with as few builds as it can.

A search is a generator: it yields the set of fixes to try and is sent the diagnostics of that state (none: it
is good). Searches over packages that cannot influence each other so advance side by side, one build for all.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gofixer.verify.model import Diagnostic, Unit

Search = Generator[frozenset[int], Sequence[Diagnostic], frozenset[int]]

# The fixes whose own text a diagnostic points at.
Suspects = Callable[[Sequence[Diagnostic]], frozenset[int]]


@dataclass(slots=True)
class Bisection:
    """The search among ``units``; ``rejected`` fills with the diagnostic that each guilty one was caught by.

    With n fixes, each guilty one costs at most about log2(n) + 1 builds, and about one where a diagnostic
    points at it. Of fixes that are only wrong together, the one pointed at is rejected, else the last.
    """

    units: Mapping[int, Unit]
    suspects: Suspects
    rejected: dict[int, Diagnostic] = field(default_factory=dict)

    def search(self, diagnostics: Sequence[Diagnostic]) -> Search:
        """Searches, given the diagnostics of all the fixes together; returns the good ones."""
        pool = self._ordered(self.units)
        held: list[int] = []
        everything, now = diagnostics, diagnostics
        while now and pool:
            pointed_at = self._with_dependents(self.suspects(now) & set(pool))
            if not pointed_at:
                break
            held = self._ordered({*held, *pointed_at})
            pool = [u for u in pool if u not in pointed_at]
            now = (yield frozenset(pool)) if pool else ()
        good = (yield from self._bisect([], pool, now)) if now else pool
        if not held:
            return frozenset(good)
        remaining = self._possible(good, held)
        if len(good) + len(remaining) < len(self.units):
            everything = (yield frozenset([*good, *remaining])) if remaining else ()
        if everything and remaining:
            step = self._each if len(remaining) <= 2 * len(everything) else self._bisect
            return frozenset((yield from step(good, remaining, everything)))
        return frozenset([*good, *remaining])

    def _bisect(
        self, good: list[int], bad: list[int], diagnostics: Sequence[Diagnostic]
    ) -> Generator[frozenset[int], Sequence[Diagnostic], list[int]]:
        """``good`` is known to be good, ``good + bad`` to be bad; returns what can be kept of both."""
        while diagnostics:
            low, high = 0, len(bad)  # good + bad[:low] is good, good + bad[:high] is bad
            while high - low > 1:
                middle = (low + high) // 2
                if found := (yield frozenset([*good, *bad[:middle]])):
                    high, diagnostics = middle, found
                else:
                    low = middle
            self.rejected[bad[low]] = self._word(bad[low], diagnostics)
            good = [*good, *bad[:low]]
            bad = self._possible(good, bad[high:])
            diagnostics = (yield frozenset([*good, *bad])) if bad else ()
        return [*good, *bad]

    def _each(
        self, good: list[int], bad: list[int], diagnostics: Sequence[Diagnostic]
    ) -> Generator[frozenset[int], Sequence[Diagnostic], list[int]]:
        """As ``_bisect``, one fix at a time: cheaper where most of them are guilty."""
        kept = list(good)
        caught = False
        for index, unit in enumerate(bad):
            if not self._possible(kept, [unit]):
                continue
            last = index == len(bad) - 1
            found = diagnostics if last and not caught else (yield frozenset([*kept, unit]))
            if found:
                caught = True
                self.rejected[unit] = self._word(unit, found)
            else:
                kept.append(unit)
        return kept

    def _possible(self, good: Iterable[int], wanted: Iterable[int]) -> list[int]:
        """``wanted`` without the fixes that need one that is gone."""
        there = set(good)
        possible: list[int] = []
        for unit in wanted:
            if self.units[unit].requires & self.units.keys() <= there:
                there.add(unit)
                possible.append(unit)
        return possible

    def _with_dependents(self, chosen: frozenset[int]) -> frozenset[int]:
        everyone = set(chosen)
        for unit in self._ordered(self.units):
            if self.units[unit].requires & everyone:
                everyone.add(unit)
        return frozenset(everyone)

    def _ordered(self, units: Iterable[int]) -> list[int]:
        return sorted(units, key=lambda u: (self.units[u].order, u))

    def _word(self, unit: int, diagnostics: Sequence[Diagnostic]) -> Diagnostic:
        """The diagnostic that says it best: one in the fix's own text, or of its file, or the first."""
        pointing = next((d for d in diagnostics if unit in self.suspects((d,))), None)
        own = next((d for d in diagnostics if d.file == self.units[unit].file), None)
        return pointing or own or diagnostics[0]
