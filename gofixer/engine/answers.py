"""What the type oracle says of the files of a run, asked in batches, and where it could not be asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gofixer.edits.model import Span
from gofixer.engine.model import Note
from gofixer.engine.state import FileState
from gofixer.facts.constraints import Variant, variant_for
from gofixer.facts.modules import Module
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain
from gofixer.facts.types import FileTypes, Unknown


class Answers:
    """The oracle, for the passes of one run; remembers the modules that the go command could not list."""

    def __init__(self, oracle: Oracle | None, toolchain: Toolchain | None, missing: str) -> None:
        """``missing`` says why there is no oracle."""
        self._oracle = oracle
        self._toolchain = toolchain
        self._missing = missing
        self._unlisted: dict[Path, str] = {}
        self._listed = False

    def ask(
        self,
        states: Sequence[FileState],
        spans: Mapping[Path, Sequence[Span]],
        overlay: Mapping[Path, bytes],
        progress: Callable[[str, int, int], None],
    ) -> dict[Path, FileTypes | Unknown]:
        """Facts about some byte ranges of files, one batch per module and build configuration.

        ``overlay`` holds the contents of files that the run has changed.
        """
        answers: dict[Path, FileTypes | Unknown] = {}
        groups: dict[tuple[Path, Variant], dict[Path, Sequence[Span]]] = defaultdict(dict)
        modules: dict[Path, Module] = {}
        for state in states:
            if self._oracle is None:
                answers[state.path] = Unknown(self._missing)
            elif state.module is None:
                answers[state.path] = Unknown("no go.mod: types are only known inside a module")
            elif (variant := self._variant(state)) is None:
                answers[state.path] = Unknown("no build configuration selects the file")
            else:
                modules[state.module.root] = state.module
                groups[state.module.root, variant][state.path] = spans[state.path]
        for (root, variant), files in groups.items():
            assert self._oracle is not None
            progress(f"types of {modules[root].path}", 0, len(files))
            found = self._oracle.query(modules[root], files, overlay, variant)
            whole = next((a.reason for a in found.values() if isinstance(a, Unknown) and a.whole), "")
            if whole:
                self._unlisted.setdefault(root, whole)
            self._listed |= not whole
            answers |= found
        return answers

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
