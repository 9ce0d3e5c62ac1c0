"""What the type oracle says of the files of a run, asked in batches, and where it could not be asked."""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from gofixer.edits.model import Span
from gofixer.engine.model import Note
from gofixer.engine.state import FileState
from gofixer.facts.constraints import Variant, variant_for
from gofixer.facts.modules import Module
from gofixer.facts.oracle import Ask, Oracle
from gofixer.facts.toolchain import Toolchain
from gofixer.facts.types import FileTypes, Unknown

Look = Callable[[FileState], Sequence[Span]]
About = Callable[[Iterable[Path]], AbstractContextManager[Ask]]


class Answers:
    """The oracle, for the passes of one run; remembers the modules that the go command could not list."""

    def __init__(self, oracle: Oracle | None, toolchain: Toolchain | None, missing: str) -> None:
        """``missing`` says why there is no oracle."""
        self._oracle = oracle
        self._toolchain = toolchain
        self._missing = missing
        self._unlisted: dict[Path, str] = {}
        self._listed = False
        self._modules: dict[Path, Module] = {}

    def each(
        self,
        states: Sequence[FileState],
        look: Look,
        overlay: Mapping[Path, bytes],
        progress: Callable[[str, int, int], None],
    ) -> Iterator[tuple[FileState, FileTypes | Unknown]]:
        """Facts about those byte ranges of files that ``look`` gives for them, as they come.

        The oracle works on the first packages while the next are looked at. ``overlay`` holds the contents of files
        that the run has changed.
        """
        groups, unknown = self._groups(states)
        done = itertools.count(1)

        def looked(state: FileState) -> Sequence[Span]:
            progress("looking", next(done), len(states))
            return look(state)

        for state, reason in unknown:
            if looked(state):
                yield state, reason
        if self._oracle is None or not groups:
            return
        first, *rest = sorted(groups.items(), key=lambda group: -len(group[1]))
        with self._oracle.questions() as questions:

            def about(group: tuple[Path, Variant]) -> About:
                root, variant = group
                return lambda files: questions.about(self._modules[root], files, overlay, variant)

            asked = _ask_ahead(about(first[0]), first[1], looked)
            for group, members in rest:
                asked += _ask(about(group), members, looked)
            by_path = {state.path: state for state in asked}
            for number, (path, answer) in enumerate(questions.answers(), 1):
                state = by_path[path]
                assert state.module is not None
                progress(f"types of {state.module.path}", number, len(asked))
                if isinstance(answer, Unknown) and answer.whole:
                    self._unlisted.setdefault(state.module.root, answer.reason)
                else:
                    self._listed = True
                yield state, answer

    def _groups(
        self, states: Sequence[FileState]
    ) -> tuple[dict[tuple[Path, Variant], list[FileState]], list[tuple[FileState, Unknown]]]:
        """The files to ask about, by module and configuration, and those of which nothing can be known."""
        unknown: list[tuple[FileState, Unknown]] = []
        groups: dict[tuple[Path, Variant], list[FileState]] = defaultdict(list)
        for state in states:
            if self._oracle is None:
                unknown.append((state, Unknown(self._missing)))
            elif state.module is None:
                unknown.append((state, Unknown("no go.mod: types are only known inside a module")))
            elif (variant := self._variant(state)) is None:
                unknown.append((state, Unknown("no build configuration selects the file")))
            else:
                self._modules[state.module.root] = state.module
                groups[state.module.root, variant].append(state)
        return groups, unknown

    def failure(self) -> str:
        """Why nothing at all could be asked, empty where something could."""
        if self._listed or not self._unlisted:
            return ""
        return f"the go command cannot list packages: {next(iter(self._unlisted.values()))}"

    def notes(self) -> list[Note]:
        """A note for each module that the go command could not list, where it could list others."""
        if not self._listed:
            return []
        text = "the go command cannot list packages: "
        return [Note(text + reason, root, level="error") for root, reason in self._unlisted.items()]

    def _variant(self, state: FileState) -> Variant | None:
        if state.variant is None and self._toolchain is not None:
            state.variant = variant_for(state.path, state.original, self._toolchain.host)
        return state.variant


def _ask(about: About, states: Sequence[FileState], look: Look) -> list[FileState]:
    """Look at files and ask about them: no package is listed in vain. Gives those that were asked about."""
    spans = {state.path: within for state in states if (within := look(state))}
    if spans:
        with about(spans) as ask:
            ask(spans)
    return [state for state in states if state.path in spans]


def _ask_ahead(about: About, states: Sequence[FileState], look: Look) -> list[FileState]:
    """Look at files, folder by folder, and ask about them: the oracle works meanwhile, on listing them all first."""
    asked: list[FileState] = []
    folders: dict[Path, list[FileState]] = defaultdict(list)
    for state in states:
        folders[state.path.parent].append(state)
    with contextlib.ExitStack() as batch:
        ask = None
        for members in folders.values():
            spans = {state.path: within for state in members if (within := look(state))}
            if spans and ask is None:
                ask = batch.enter_context(about([state.path for state in states]))
            if spans and ask is not None:
                ask(spans)
                asked += [state for state in members if state.path in spans]
    return asked
