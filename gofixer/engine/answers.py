"""What the type oracle says of the files of a run, asked in batches, and where it could not be asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from gofixer.edits.model import Span
from gofixer.engine.model import Note
from gofixer.engine.state import FileState
from gofixer.facts.constraints import Variant, variant_for
from gofixer.facts.modules import Module
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain
from gofixer.facts.types import FileTypes, Unknown

_AHEAD = 3  # listings made before they are asked for: fewer than the oracle keeps (maxStates)


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

    def ahead(self, states: Sequence[FileState]) -> None:
        """Let the oracle list the packages of files that it may soon be asked about."""
        if self._oracle is not None:
            groups = sorted(self._groups(states)[0].items(), key=lambda group: -len(group[1]))
            for (root, variant), members in groups[:_AHEAD]:
                self._oracle.ahead(self._modules[root], [state.path for state in members], variant)

    def ask(
        self,
        states: Sequence[FileState],
        spans: Mapping[Path, Sequence[Span]],
        overlay: Mapping[Path, bytes],
        progress: Callable[[str, int, int], None],
    ) -> Iterator[tuple[FileState, FileTypes | Unknown]]:
        """Facts about some byte ranges of files, as they come, one batch per module and build configuration.

        ``overlay`` holds the contents of files that the run has changed.
        """
        groups, unknown = self._groups(states)
        yield from unknown
        for (root, variant), members in groups.items():
            assert self._oracle is not None
            module, by_path = self._modules[root], {state.path: state for state in members}
            files = {path: spans[path] for path in by_path}
            progress(f"types of {module.path}", 0, len(files))
            for done, (path, answer) in enumerate(self._oracle.stream(module, files, overlay, variant), 1):
                if isinstance(answer, Unknown) and answer.whole:
                    self._unlisted.setdefault(root, answer.reason)
                else:
                    self._listed = True
                yield by_path[path], answer
                progress(f"types of {module.path}", done, len(files))

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
