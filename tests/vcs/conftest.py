"""A forge, a person's clone of its repository, and the command."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from forge.server import TOKEN, Forge
from trees import write

from gofixer import pipeline
from gofixer.cli.main import run
from gofixer.vcs.forges import retry

from .engine import analyse

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "a/a.go": 'package a\n\nfunc F(n int) string {\n\truntime.GC()\n\treturn fmt.Sprintf("%d", n)\n}\n',
    "b/b.go": 'package b\n\nfunc F(n int) string { return fmt.Sprintf("%d", n) }\n',
    "CODEOWNERS": "* @acme/core\n/b/ @ana\n",
}


@dataclass(frozen=True)
class Said:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def sentences(self) -> list[str]:
        """The errors."""
        mark = "gofixer: error: "
        return [line.removeprefix(mark) for line in self.err.splitlines() if line.startswith(mark)]


@dataclass
class Person:
    """Somebody with a clone."""

    home: Path
    clone: Path
    forge: Forge

    def git(self, *arguments: str, at: Path | None = None) -> str:
        """Run git as this person."""
        done = subprocess.run(["git", *arguments], cwd=at or self.clone, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, **files: str) -> None:
        """Write files of the clone; dots stand for slashes in no name: pass a dictionary."""
        write(self.clone, files)

    def push(self, files: dict[str, str], branch: str = "main", message: str = "work") -> str:
        """Commit files on a branch at the forge, without touching the clone; gives the commit."""
        away = self.home / "elsewhere"
        if not away.exists():
            self.git("clone", "-q", str(self.forge.bare), str(away), at=self.home)
        self.git("fetch", "-q", "origin", at=away)
        self.git("checkout", "-q", "-B", branch, f"origin/{branch}", at=away)
        write(away, files)
        self.git("add", "-A", at=away)
        self.git("commit", "-q", "-m", message, at=away)
        self.git("push", "-q", "origin", branch, at=away)
        return self.forge.commit(branch)

    def settings(self, text: str) -> None:
        """Add to the person's own configuration of git."""
        with (self.home / ".gitconfig").open("a") as file:
            file.write(text)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited between calls; nobody waits here."""
    made: list[float] = []
    monkeypatch.setattr(retry, "pause", made.append)
    return made


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository with one commit, ``bare``, and a clone of it, ``clone``; each test has a copy."""
    folder = tmp_path_factory.mktemp("template")
    write(folder / "start", FILES)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=Pat Person", "-c", "user.email=pat@example.com"]
    for at, *arguments in (
        ("start", "init", "-q", "-b", "main"),
        ("start", "add", "-A"),
        ("start", *who, "commit", "-q", "-m", "start"),
        (".", "clone", "-q", "--bare", "start", "bare"),
        (".", "clone", "-q", "bare", "clone"),
        ("bare", "remote", "remove", "origin"),
        ("bare", "config", "http.receivepack", "true"),
    ):
        subprocess.run(["git", *arguments], cwd=folder / at, env=env, check=True)
    return folder


@pytest.fixture
def forge(tmp_path: Path, template: Path) -> Iterator[Forge]:
    made = Forge(tmp_path / "forge", template / "bare")
    yield made
    made.close()
    assert not made.wrong, "\n".join(made.wrong)


@pytest.fixture
def person(tmp_path: Path, forge: Forge, template: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Pat Person\n\temail = pat@example.com\n[init]\n\tdefaultBranch = main\n"
    )
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "GOFIXER_CACHE", "GOFIXER_STATE"):
        monkeypatch.setenv(name, str(home if name == "HOME" else home / name.lower()))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    for name in ("GH_TOKEN", "GH_HOST", "GITHUB_SERVER_URL", "GOFIXER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    made = Person(home, home / "clone", forge)
    shutil.copytree(template / "clone", made.clone)
    made.git("remote", "set-url", "origin", forge.url)
    monkeypatch.chdir(made.clone)
    return made


Pr = Callable[..., Said]


@pytest.fixture
def real_pr(person: Person, capfd: pytest.CaptureFixture[str]) -> Pr:
    """`gofixer pr` against the forge."""

    def call(*arguments: str) -> Said:
        capfd.readouterr()
        code = run(["pr", "--forge", "github", "--api-url", f"{person.forge.web}/api/v3", *arguments])
        return Said(code, *capfd.readouterr())

    return call


@pytest.fixture
def pr(real_pr: Pr, monkeypatch: pytest.MonkeyPatch) -> Pr:
    """`gofixer pr` against the forge, with the engine's stand-in."""
    monkeypatch.setattr(pipeline, "analyse", analyse)
    return real_pr
