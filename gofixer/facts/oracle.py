"""The type oracle: Go's own type checker, asked in batches through a helper process."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from gofixer.facts import wire
from gofixer.facts.channel import Channel, deadline
from gofixer.facts.constraints import Variant
from gofixer.facts.helper import build_helper
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.facts.types import FileTypes, Span, Unknown

Answer = FileTypes | Unknown
Ask = Callable[[Mapping[Path, Sequence[Span]]], None]
"""Asks for everything inside some byte ranges of files."""
_HOST = Variant()


class Oracle:
    """Answers about types. One helper process serves all questions until `close`; not to be shared by threads.

    ``resident`` is for those who ask about the same few files again and again: what is known of other files of their
    packages stays in memory.
    """

    resident = False

    def __init__(self, toolchain: Toolchain, cache_dir: Path) -> None:
        """``cache_dir`` is where the helper's binary is kept; nothing is started before the first question."""
        self._toolchain = toolchain
        self._cache = cache_dir
        self._channel: Channel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def query(
        self,
        module: Module,
        files: Mapping[Path, Sequence[Span]],
        overlay: Mapping[Path, bytes] | None = None,
        variant: Variant = _HOST,
    ) -> dict[Path, Answer]:
        """Type-check the packages of some files of a module and report everything inside the spans asked for.

        ``files`` maps absolute paths to byte ranges; ``overlay`` holds contents that replace those on disk.
        Every file gets an answer, under the path given. Raises `UserError` (exit 3) where the helper cannot be
        built or dies.
        """
        if not files:
            return {}
        with self.questions() as questions:
            with questions.about(module, files, overlay or {}, variant) as ask:
                ask(files)
            found = dict(questions.answers())
        return {path: found[path] for path in files}

    @contextlib.contextmanager
    def questions(self) -> Iterator[Questions]:
        """Questions that are answered while others are still asked; the answers to all have to be taken inside.

        Raises `UserError` (exit 3), there and later, where the helper cannot be built or dies. Whatever was not
        answered at the end is given up, with the helper.
        """
        questions = Questions(self._toolchain, self._started, self.resident)
        try:
            yield questions
        finally:
            if questions.owed:
                self.close()
            questions.forget()

    def format(self, sources: Sequence[bytes]) -> list[bytes | None]:
        """Sources as gofmt of the same toolchain writes them, None for one that does not parse.

        Raises `UserError` (exit 3) where the helper cannot be built or dies.
        """
        if not sources:
            return []
        channel = self._started()
        done = False
        try:
            channel.send(msgspec.json.encode({"step": "format", "format": sources}))
            message = wire.decode(channel.receive(deadline()))
            done = message.done
        finally:
            if not done:
                self.close()
        return list(message.texts or ())

    def close(self) -> None:
        """End the helper process; a later question starts a new one."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _started(self) -> Channel:
        if self._channel is None or not self._channel.alive:
            self.close()
            self._channel = Channel(build_helper(self._toolchain, self._cache))
        return self._channel


class Questions:
    """Batches of questions, each about one module under one build configuration; see `Oracle.questions`."""

    def __init__(self, toolchain: Toolchain, started: Callable[[], Channel], resident: bool) -> None:
        self._toolchain = toolchain
        self._resident = resident
        self._started = started
        self._channel: Channel | None = None
        self._folders = contextlib.ExitStack()
        self._names: dict[str, Path] = {}
        self._asked: dict[Path, None] = {}
        self.owed = 0
        """Batches that are not answered to the end."""

    @contextlib.contextmanager
    def about(
        self, module: Module, files: Iterable[Path], overlay: Mapping[Path, bytes], variant: Variant = _HOST
    ) -> Iterator[Ask]:
        """A batch: gives a function that asks for everything inside some byte ranges of files, and does not wait.

        ``files`` are those that may be asked about: their packages are listed at once. All files of a package
        should be asked about together, or it is checked more than once.
        """
        self._channel = self._channel or self._started()
        self.owed += 1
        replaced = {real_path(path): content for path, content in overlay.items()}
        folder = Path(self._folders.enter_context(tempfile.TemporaryDirectory(prefix="gofixer-")))
        self._send(
            "open",
            go=str(self._toolchain.go),
            dir=str(module.root),
            env=[f"{name}={value}" for name, value in self._env(module, variant).items()],
            flags=self._flags(variant),
            goarch=variant.goarch or self._toolchain.host.goarch,
            keep=self._resident,
            overlay=str(_write_overlay(folder, replaced)) if replaced else "",
            files=[{"path": real_path(path)} for path in files],
        )
        yield self._ask
        self._send("end")

    def answers(self) -> Iterator[tuple[Path, Answer]]:
        """The answers to all questions so far, as they come; every file gets one, under the path given."""
        until = deadline()
        while self.owed:
            assert self._channel is not None
            message = wire.decode(self._channel.receive(until))
            self.owed -= message.done
            found: list[tuple[Path, Answer]] = [(one.path, one) for one in wire.file_types(message, self._named)]
            if message.unknown:
                found.append((self._named(message.path), Unknown(message.unknown, whole=message.whole)))
            for path, answer in found:
                if path in self._asked:
                    del self._asked[path]
                    yield path, answer
        for path in self._asked:
            yield path, Unknown("the type oracle gave no answer")
        self._asked.clear()

    def forget(self) -> None:
        """Remove what was written for the helper to read."""
        self._folders.close()

    def _ask(self, files: Mapping[Path, Sequence[Span]]) -> None:
        names = {real_path(path): path for path in files}
        self._names |= names
        self._asked |= dict.fromkeys(files)
        self._send("ask", files=[{"path": real, "spans": files[path]} for real, path in names.items()])

    def _named(self, path: str) -> Path:
        return self._names.get(path) or Path(path)

    def _send(self, step: str, **rest: object) -> None:
        assert self._channel is not None
        self._channel.send(msgspec.json.encode({"step": step, **rest}))

    def _env(self, module: Module, variant: Variant) -> dict[str, str]:
        env = {**os.environ, **self._toolchain.env, **module.env, "PWD": str(module.root)}
        if variant.goos:
            env["GOOS"] = variant.goos
        if variant.goarch:
            env["GOARCH"] = variant.goarch
        if variant.cgo is not None:
            env["CGO_ENABLED"] = "1" if variant.cgo else "0"
        return env

    def _flags(self, variant: Variant) -> list[str]:
        flags = []
        if variant.tags:
            tags = dict.fromkeys((*self._toolchain.host.tags, *variant.tags))
            flags.append("-tags=" + ",".join(tags))
        if "mod=mod" in (flag.lstrip("-") for flag in self._toolchain.goflags):
            flags.append("-mod=readonly")  # a question must not write go.mod
        return flags


def real_path(path: Path) -> str:
    """The name that the go command gives a file: its folder with symbolic links resolved, and its own name."""
    return str(Path(os.path.realpath(path.parent)) / path.name)


def _write_overlay(folder: Path, replaced: Mapping[str, bytes]) -> Path:
    """Write the overlay file of the go command for some contents."""
    places = {}
    for number, (path, content) in enumerate(replaced.items()):
        place = folder / f"{number}.go"
        place.write_bytes(content)
        places[path] = str(place)
    target = folder / "overlay.json"
    target.write_text(json.dumps({"Replace": places}))
    return target
