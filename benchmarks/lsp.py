"""The language server on a module: `python benchmarks/lsp.py MODULE [--package DIR]`.

Times what an editor waits for, from a change to the diagnostics of that version, without the pause for typing
(``debounce`` is 0), in the package nearest to 50 files. Beside it, from the same run: parsing all files of the package
with tree-sitter, and one round trip to a type oracle that remembers nothing, for the file that changes. Then files of
many packages are opened, and the memory of the server with all its processes is read (proportional set size; Linux
only).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gofixer.facts.modules import find_module
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import find_toolchain
from gofixer.paths import cache_dir
from gofixer.syntax import parse

PACKAGE = re.compile(r"^package \w+\n", re.MULTILINE)
PAUSE = 0.15  # between changes, as for somebody who types
SKIPPED = {"vendor", "testdata"}
BODY = re.compile(r"^func (?!init\(|main\()[^\n]*\{\n", re.MULTILINE)


class Server:
    """A client of a few lines, so that the measure is the server's."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "gofixer", "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.versions: dict[str, int] = {}
        self.ids = 0
        options = {"debounce": 0}
        folder = {"uri": root.as_uri(), "name": root.name}
        parameters = {"processId": None, "capabilities": {}, "workspaceFolders": [folder], "rootUri": root.as_uri()}
        self.request("initialize", {**parameters, "initializationOptions": options})
        self.send(method="initialized", params={})

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not length:
            sys.exit("the server has ended")
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if message.get("method") == "window/showMessage":
            print("server:", message["params"]["message"], file=sys.stderr)
        return message

    def request(self, method: str, params: Any) -> Any:
        self.ids += 1
        self.send(id=self.ids, method=method, params=params)
        while (answer := self.receive()).get("id") != self.ids:
            pass
        return answer.get("result")

    def show(self, path: Path, text: str) -> tuple[float, int]:
        """Open or change a document: seconds until its diagnostics are there, and how many there are."""
        uri = path.as_uri()
        version = self.versions[uri] = self.versions.get(uri, 0) + 1
        start = time.perf_counter()
        if version == 1:
            item = {"uri": uri, "languageId": "go", "version": 1, "text": text}
            self.send(method="textDocument/didOpen", params={"textDocument": item})
        else:
            document = {"uri": uri, "version": version}
            self.send(
                method="textDocument/didChange", params={"textDocument": document, "contentChanges": [{"text": text}]}
            )
        while True:
            message = self.receive()
            params = message.get("params") or {}
            published = message.get("method") == "textDocument/publishDiagnostics"
            if published and (params["uri"], params.get("version")) == (uri, version):
                return time.perf_counter() - start, len(params["diagnostics"])

    def close(self) -> None:
        self.request("shutdown", None)
        self.send(method="exit", params=None)
        self.process.wait()

    def memory(self) -> tuple[int, int]:
        """Megabytes of the server, and of the processes that it has started."""
        pids = [self.process.pid]
        for pid in pids:
            for file in Path(f"/proc/{pid}/task").glob("*/children"):
                pids += [int(word) for word in file.read_text().split()]
        sizes = [pss(pid) for pid in pids]
        return sizes[0], sum(sizes[1:])


def pss(pid: int) -> int:
    match = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(match[1]) // 1000 if match else 0


def go_files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED and not name.startswith((".", "_"))]
        yield from (Path(folder) / name for name in names if name.endswith(".go"))


def inside(text: str, number: int) -> str:
    """The text with another statement inside of a function; one that gofixer has something to say of."""
    if '"fmt"' not in text:
        text = PACKAGE.sub(r'\g<0>\nimport "fmt"\n', text, count=1)
    match = BODY.search(text)
    assert match is not None
    added = f'\tbenchmark{number % 7} := {number}\n\t_ = fmt.Sprintf("%d", benchmark{number % 7})\n'
    return text[: match.end()] + added + text[match.end() :]


def timed(label: str, rounds: int, work: Callable[[int], float]) -> float:
    seconds = []
    for number in range(rounds):
        time.sleep(PAUSE)
        seconds.append(work(number))
    median = statistics.median(seconds) * 1000
    print(f"{label:62} {median:7.1f} ms  {min(seconds) * 1000:7.1f} .. {max(seconds) * 1000:7.1f}")
    return median


def clocked(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def usable(path: Path) -> bool:
    """Whether a statement of ours finds its place in the file, and a reader."""
    text = path.read_text()
    plain = not path.name.endswith("_test.go") and "//go:build" not in text
    return plain and "fmt\n" not in text and BODY.search(text) is not None


def nearest(files: list[Path], sizes: Counter[Path]) -> Path:
    """The package of about 50 files."""
    return min((p.parent for p in files if usable(p)), key=lambda folder: abs(sizes[folder] - 50))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", type=Path)
    parser.add_argument("--package", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    root = arguments.module.resolve()
    files = sorted(go_files(root))
    sizes = Counter(path.parent for path in files)
    chosen = arguments.package.resolve() if arguments.package else nearest(files, sizes)
    here = [path for path in files if path.parent == chosen]
    changed = next(filter(usable, here))
    text = changed.read_text()
    print(f"{len(files)} files; package {chosen.relative_to(root)} of {len(here)} files; {changed.name} changes\n")

    module = find_module(changed)
    assert module is not None
    contents = [path.read_bytes() for path in here]
    with Oracle(find_toolchain(None), cache_dir()) as oracle:
        span = [(0, len(text.encode()))]
        oracle.query(module, {changed: span})
        first = inside(text, 0).encode()
        floor = timed("parse all files of the package", 5, lambda n: clocked(lambda: [parse(c).root for c in contents]))
        trip = timed(
            "one round trip to an oracle that remembers nothing",
            arguments.rounds,
            lambda n: clocked(lambda: oracle.query(module, {changed: span}, {changed: first})),
        )
    server = Server(root)
    seconds, _ = server.show(changed, text)
    print(f"{'first file of the session':62} {seconds * 1000:7.1f} ms")
    _, before = server.show(changed, text + "\n")
    _, after = server.show(changed, inside(text, 1))
    if after <= before:
        sys.exit("the change gives no finding: nothing is measured")
    typed = timed("change inside of a function", arguments.rounds, lambda n: server.show(changed, inside(text, n))[0])
    for label, declaration in (
        ("another function", "func f{}() {{}}"),
        ("another type: all bodies again", "type t{} int"),
    ):
        timed(
            label,
            arguments.rounds,
            lambda n, declaration=declaration: server.show(changed, f"{inside(text, 1)}\n{declaration.format(n)}\n")[0],
        )
    for path in here:
        if path != changed:
            server.show(path, path.read_text())
    timed(
        "change inside of a function, all files of the package open",
        arguments.rounds,
        lambda n: server.show(changed, inside(text, n))[0],
    )
    print(f"\nafter a change: {typed / (floor + trip):.2f}x of both together\n")
    own, others = server.memory()
    print(f"memory with {len(here)} files of one package open: {own} + {others} MB (server + oracle)")
    for folder in sorted(sizes)[:: max(1, len(sizes) // 40)]:
        path = next(p for p in files if p.parent == folder)
        server.show(path, path.read_text())
    own, others = server.memory()
    print(f"memory with {len(server.versions)} files of some 40 packages open: {own} + {others} MB")
    server.close()


if __name__ == "__main__":
    main()
