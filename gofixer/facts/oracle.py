"""The type oracle: Go's own type checker, asked in batches through a helper process."""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from gofixer.errors import ExitCode, UserError
from gofixer.facts import process, wire
from gofixer.facts.constraints import Variant
from gofixer.facts.helper import build_helper
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.facts.types import FileTypes, Span, Unknown

Answer = FileTypes | Unknown
_TIMEOUT = 1800.0


class Oracle:
    """Answers about types. One helper process serves all questions until `close`; not to be shared by threads."""

    def __init__(self, toolchain: Toolchain, cache_dir: Path) -> None:
        """``cache_dir`` is where the helper's binary is kept; nothing is started before the first question."""
        self._toolchain = toolchain
        self._cache = cache_dir
        self._child: subprocess.Popen[bytes] | None = None
        self._reader: _Reader | None = None
        self._owed = 0  # requests that were sent and not answered to the end

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
        variant: Variant = Variant(),  # noqa: B008  (frozen)
    ) -> dict[Path, Answer]:
        """Type-check the packages of some files of a module and report everything inside the spans asked for.

        ``files`` maps absolute paths to byte ranges; ``overlay`` holds contents that replace those on disk.
        Every file gets an answer, under the path given. Raises `UserError` (exit 3) where the helper cannot be
        built or dies.
        """
        answers = dict(self.stream(module, files, overlay, variant))
        return {path: answers[path] for path in files}

    def stream(
        self,
        module: Module,
        files: Mapping[Path, Sequence[Span]],
        overlay: Mapping[Path, bytes] | None = None,
        variant: Variant = Variant(),  # noqa: B008  (frozen)
    ) -> Iterator[tuple[Path, Answer]]:
        """As `query`, but gives each answer as soon as its package is checked, in any order.

        No other question can be asked before the last answer is taken; where not all are, the helper is ended.
        """
        if not files:
            return
        names = {real_path(path): path for path in files}
        replaced = {real_path(path): content for path, content in (overlay or {}).items()}
        missing = dict.fromkeys(files)
        with tempfile.TemporaryDirectory(prefix="gofixer-") as folder:
            request = self._request(module, variant) | {
                "overlay": str(_write_overlay(Path(folder), replaced)) if replaced else "",
                "files": [{"path": real, "spans": list(files[path])} for real, path in names.items()],
            }

            def named(path: str) -> Path:
                return names.get(path) or Path(path)

            for message in self._ask(request):
                answers: list[tuple[Path, Answer]] = [(found.path, found) for found in wire.file_types(message, named)]
                if message.unknown:
                    answers.append((named(message.path), Unknown(message.unknown, whole=message.whole)))
                for path, answer in answers:
                    if path in missing:
                        del missing[path]
                        yield path, answer
        for path in missing:
            yield path, Unknown("the type oracle gave no answer")

    def ahead(self, module: Module, files: Sequence[Path], variant: Variant = Variant()) -> None:  # noqa: B008  (frozen)
        """Let the helper list the packages of some files while the caller still finds out what to ask about them.

        Does not wait. Raises `UserError` (exit 3) where the helper cannot be built or dies.
        """
        if files:
            wanted = [{"path": real_path(path), "spans": ()} for path in files]
            self._send(self._request(module, variant) | {"files": wanted, "ahead": True})

    def format(self, sources: Sequence[bytes]) -> list[bytes | None]:
        """Sources as gofmt of the same toolchain writes them, None for one that does not parse.

        Raises `UserError` (exit 3) where the helper cannot be built or dies.
        """
        if not sources:
            return []
        return [text for message in self._ask({"format": sources}) for text in message.texts or ()]

    def close(self) -> None:
        """End the helper process; a later question starts a new one."""
        if self._child is not None:
            process.kill(self._child)
            self._child, self._reader, self._owed = None, None, 0

    def _request(self, module: Module, variant: Variant) -> dict[str, object]:
        """What every question about a module says."""
        return {
            "go": str(self._toolchain.go),
            "dir": str(module.root),
            "env": [f"{name}={value}" for name, value in self._env(module, variant).items()],
            "flags": self._flags(variant),
            "goarch": variant.goarch or self._toolchain.host.goarch,
        }

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

    def _ask(self, request: Mapping[str, object]) -> Iterator[wire.Message]:
        """The answers to one request. Where they are not all taken, the helper is ended."""
        try:
            # A request may be longer than the pipe: what it waits for must not be beyond the time limit.
            for _ in self._answers():
                pass
            self._send(request)
            yield from self._answers()
        finally:
            if self._owed:
                self.close()

    def _answers(self) -> Iterator[wire.Message]:
        """What the helper still owes."""
        deadline = time.monotonic() + _TIMEOUT
        while self._owed:
            assert self._reader is not None
            line = self._reader.line(deadline)
            if line is None:
                raise UserError(f"the type oracle did not answer within {_TIMEOUT:g} seconds", ExitCode.TOOLCHAIN)
            if not line:
                raise self._died()
            message = wire.decode(line)
            self._owed -= message.done
            yield message

    def _send(self, request: Mapping[str, object]) -> None:
        """Give the helper a request; the answers to it end with one more "done"."""
        stdin = self._started()
        try:
            stdin.write(msgspec.json.encode(request) + b"\n")
            stdin.flush()
        except BrokenPipeError:
            raise self._died() from None
        self._owed += 1

    def _started(self) -> IO[bytes]:
        """Where a helper that runs takes requests from."""
        if self._child is None or self._child.poll() is not None:
            self.close()
            binary = build_helper(self._toolchain, self._cache)
            env = {**os.environ, "GODEBUG": "", "GOMEMLIMIT": "off", "GOGC": "50"}
            self._child = process.start([str(binary)], binary.parent, env, stdin=subprocess.PIPE)
            self._reader = _Reader(self._child)
        assert self._child.stdin is not None
        return self._child.stdin

    def _died(self) -> UserError:
        assert self._reader is not None
        assert self._child is not None
        self._child.wait()
        detail = self._reader.complaint() or f"exit status {self._child.returncode}"
        return UserError(f"the type oracle ended unexpectedly ({detail})", ExitCode.TOOLCHAIN)


class _Reader:
    """Reads lines from a process with a time limit, and keeps the beginning of what it complains."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None
        assert child.stderr is not None
        self._stdout = child.stdout
        self._stderr = child.stderr
        self._complaint = b""
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        try:
            while data := os.read(self._stderr.fileno(), 4096):
                self._complaint = (self._complaint + data)[:4096]
        except (OSError, ValueError):
            return  # closed

    def complaint(self) -> str:
        """The first line that the process wrote to standard error."""
        self._thread.join(1.0)
        lines = self._complaint.decode("utf-8", "replace").strip().splitlines()
        return lines[0] if lines else ""

    def line(self, deadline: float) -> bytes | None:
        """The next line, empty at the end, None when time is up."""
        if os.name == "posix":
            left = max(0.0, deadline - time.monotonic())
            if not self._stdout.peek(0) and not select.select([self._stdout], [], [], left)[0]:  # type: ignore[attr-defined]
                return None
        return self._stdout.readline()


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
