"""A forge for tests: real git over HTTP, and the part of GitHub's, GitLab's and Gitea's APIs that gofixer uses.

What the APIs answer comes from the bare repository that git pushes to: whether a branch is there, whether there is
anything to merge. Every call to the GitHub part is checked against GitHub's own description.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import gitea_api, github_api, gitlab_api, schema

TOKEN = "tok3n-that-nobody-may-see"
READ_ONLY = "tok3n-that-may-only-read"
OWNER, NAME = "acme", "widgets"


@dataclass(slots=True)
class Answer:
    """An answer to a call of an API."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """A call of an API."""

    verb: str
    path: str
    query: dict[str, str]
    body: Any
    forge: Forge
    token: str

    @property
    def named(self) -> str:
        """The call as tests name it."""
        return f"{self.verb} {self.path}"


@dataclass(slots=True)
class Pull:
    """A pull request."""

    number: int
    branch: str
    base: str
    title: str
    body: str
    draft: bool = False
    state: str = "open"
    merged: bool = False
    labels: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)


# Given a call and what would be answered: another answer, or None to cut the connection without one.
Fault = Callable[[Call, Callable[[], Answer]], Answer | None]


class Forge:
    """A running forge with one repository: an empty one, or a copy of a bare one."""

    def __init__(self, folder: Path, copied: Path | None = None) -> None:
        self.root = folder
        self.bare = folder / OWNER / f"{NAME}.git"
        self.bare.parent.mkdir(parents=True)
        if copied is None:
            self.git("init", "-q", "--bare", "-b", "main", str(self.bare), at=folder)
            self.git("config", "http.receivepack", "true")
        else:
            shutil.copytree(copied, self.bare)
        self.pulls: list[Pull] = []
        self.calls: list[Call] = []
        self.git_requests: list[str] = []
        self.wrong: list[str] = []
        self.faults: list[tuple[str, Fault]] = []
        self.git_down = False
        self.public = True
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.web = f"http://{self.host}"
        self.url = f"{self.web}/{OWNER}/{NAME}.git"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering; the port refuses connections from now on."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def git(self, *arguments: str, at: Path | None = None) -> str:
        """Run git in the bare repository."""
        done = subprocess.run(["git", *arguments], cwd=at or self.bare, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, branch: str) -> str:
        """The commit of a branch, empty where there is none."""
        done = subprocess.run(
            ["git", "rev-parse", "-q", "--verify", f"refs/heads/{branch}"],
            cwd=self.bare,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def branches(self) -> dict[str, str]:
        """All branches but main."""
        listed = self.git("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads").splitlines()
        return {name: commit for name, commit in (line.split() for line in listed) if name != "main"}

    def ahead(self, base: str, branch: str) -> int:
        """How many commits a branch has that its base has not."""
        return int(self.git("rev-list", "--count", f"refs/heads/{base}..refs/heads/{branch}"))

    def fault(self, pattern: str, fault: Fault) -> None:
        """Meet the next call whose ``VERB path`` matches with a fault."""
        self.faults.append((pattern, fault))

    def merge(self, number: int) -> None:
        """Merge a request, by a merge commit."""
        pull = self.pull(number)
        base, head = self.commit(pull.base), self.commit(pull.branch)
        tree = self.git("merge-tree", "--write-tree", base, head)
        who = ["-c", "user.name=Merger", "-c", "user.email=merger@forge.invalid"]
        made = self.git(*who, "commit-tree", tree, "-p", base, "-p", head, "-m", f"Merge #{number}")
        self.git("update-ref", f"refs/heads/{pull.base}", made)
        pull.state, pull.merged = "closed", True

    def pull(self, number: int) -> Pull:
        """A request by its number; one whose branch is gone is closed."""
        pull = self.pulls[number - 1]
        if pull.state == "open" and not self.commit(pull.branch):
            pull.state = "closed"
        return pull

    def answer(self, call: Call) -> Answer | None:
        """Answer a call, unless a fault does."""
        with self.lock:
            self.calls.append(call)
            for number, (pattern, fault) in enumerate(self.faults):
                if re.search(pattern, call.named):
                    del self.faults[number]
                    return fault(call, lambda: self._answer(call))
            return self._answer(call)

    def _answer(self, call: Call) -> Answer:
        version, _, path = call.path.removeprefix("/api/").partition("/")
        apis = {"v3": github_api.answer, "v4": gitlab_api.answer, "v1": gitea_api.answer}
        if version == "v3":
            self.wrong += schema.check_request(call.verb, f"/{path}", call.query, call.body)
        status, body, headers = apis[version](call, f"/{path}")
        if version == "v3":
            self.wrong += schema.check_response(call.verb, f"/{path}", status, body)
        return Answer(status, body, headers)


def _handler(forge: Forge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            pass

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                return b"".join(self._chunks())
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        def _respond(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(content)

        def _serve(self) -> None:
            content = self._body()
            if self.path.startswith("/api/"):
                self._serve_api(content)
            else:
                self._serve_git(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

        def _serve_api(self, content: bytes) -> None:
            parts = urlsplit(self.path)
            sent = self.headers.get("Authorization", "").split()
            token = self.headers.get("PRIVATE-TOKEN") or (sent[-1] if sent else "")
            body = json.loads(content) if content else None
            call = Call(self.command, unquote(parts.path), dict(parse_qsl(parts.query)), body, forge, token)
            call.path = parts.path if "/api/v4/" in parts.path else call.path
            answer = forge.answer(call)
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            text = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self._respond(answer.status, {"Content-Type": "application/json; charset=utf-8", **answer.headers}, text)

        def _serve_git(self, content: bytes) -> None:
            forge.git_requests.append(f"{self.command} {self.path}")
            if forge.git_down:
                self._respond(503, {}, b"out of order")
                return
            parts = urlsplit(self.path)
            password = ""
            sent = self.headers.get("Authorization", "").split()
            if len(sent) == 2:
                password = base64.b64decode(sent[1]).decode().partition(":")[2]
            writes = "git-receive-pack" in self.path
            if (writes or not forge.public) and not password:
                self._respond(401, {"WWW-Authenticate": 'Basic realm="forge"'}, b"")
                return
            if password and password not in (TOKEN, READ_ONLY):
                self._respond(401, {"WWW-Authenticate": 'Basic realm="forge"'}, b"")
                return
            if writes and password == READ_ONLY:
                self._respond(403, {}, b"no right to write")
                return
            env = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(forge.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "PATH_INFO": unquote(parts.path),
                "QUERY_STRING": parts.query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(content)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_ADDR": "127.0.0.1",
                **({"REMOTE_USER": "someone"} if password else {}),
            }
            done = subprocess.run(["git", "http-backend"], input=content, env=env, capture_output=True, check=False)
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
            status = int(headers.pop("Status", "200").split()[0])
            self._respond(status, headers, body)

    return Handler
