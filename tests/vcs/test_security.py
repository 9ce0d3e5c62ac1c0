"""A hostile repository: whatever it says, nothing of it runs, and nothing is written outside of the private tree.

Each attack would leave a file, the canary. The engine is a stand-in here; `test_whole.py` has the real one.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from forge.server import TOKEN, Forge
from trees import write

from .conftest import FILES, Person, Pr
from .test_faults import GC, completes


@pytest.fixture
def canary(person: Person) -> Path:
    """A program that leaves a file when it runs; the file does not exist at the end."""
    program = person.home / "attack"
    program.write_text(f"#!/bin/sh\ntouch '{person.home}/canary'\nexit 1\n")
    program.chmod(0o755)
    return program


@pytest.fixture(autouse=True)
def _unharmed(person: Person) -> object:
    yield
    assert not (person.home / "canary").exists()


def test_the_canary_sings(person: Person, canary: Path) -> None:
    """The attacks below would work: git itself runs the program of such a configuration."""
    person.git("config", "core.fsmonitor", str(canary))
    person.git("status")
    assert (person.home / "canary").exists()
    (person.home / "canary").unlink()


SETTINGS = {
    "core.fsmonitor": "{attack}",
    "core.sshCommand": "{attack}",
    "core.gitProxy": "{attack}",
    "core.askPass": "{attack}",
    "core.editor": "{attack}",
    "core.pager": "{attack}",
    "core.alternateRefsCommand": "{attack}",
    "core.worktree": "/tmp",
    "credential.helper": "!{attack}",
    "filter.evil.clean": "{attack}",
    "filter.evil.smudge": "{attack}",
    "filter.evil.process": "{attack}",
    "filter.evil.required": "true",
    "diff.evil.textconv": "{attack}",
    "diff.evil.command": "{attack}",
    "diff.external": "{attack}",
    "merge.evil.driver": "{attack}",
    "gpg.program": "{attack}",
    "gpg.ssh.program": "{attack}",
    "gpg.ssh.defaultKeyCommand": "{attack}",
    "remote.origin.uploadpack": "{attack}",
    "remote.origin.receivepack": "{attack}",
    "remote.origin.vcs": "evil",
    "uploadpack.packObjectsHook": "{attack}",
    "http.proxy": "http://127.0.0.1:9",
    "http.cookieFile": "/etc/passwd",
    "protocol.ext.allow": "always",
    "alias.fetch": "!{attack}",
    "include.path": "evil.inc",
    "push.gpgSign": "true",
    "push.recurseSubmodules": "on-demand",
    "fetch.recurseSubmodules": "true",
    "submodule.recurse": "true",
}


def test_no_setting_of_the_repository_counts(pr: Pr, person: Person, forge: Forge, canary: Path) -> None:
    config = person.clone / ".git/config"
    lines = []
    for key, value in SETTINGS.items():
        section, _, name = key.rpartition(".")
        head, _, sub = section.partition(".")
        lines.append(f'[{head} "{sub}"]' if sub else f"[{head}]")
        lines.append(f'\t{name} = "{value.format(attack=canary)}"')
    config.write_text(config.read_text() + "\n".join(lines) + "\n")
    (person.clone / ".git/evil.inc").write_text(f"[core]\n\tsshCommand = {canary}\n")
    (person.clone / ".git/info/attributes").write_text("* filter=evil diff=evil merge=evil\n")
    person.push({".gitattributes": "* filter=evil diff=evil merge=evil ident\n"})
    completes(pr, forge)
    assert pr("--dry-run").code == 0


@pytest.mark.parametrize("place", ["hooks", "elsewhere"])
def test_no_hook_runs(place: str, pr: Pr, person: Person, forge: Forge, canary: Path) -> None:
    folder = person.clone / ".git" / place
    folder.mkdir(exist_ok=True)
    if place == "elsewhere":
        person.git("config", "core.hooksPath", str(folder))
    names = ("pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "pre-push", "post-checkout")
    more = ("post-rewrite", "reference-transaction", "post-index-change", "fsmonitor-watchman", "pre-auto-gc")
    for name in (*names, *more):
        (folder / name).symlink_to(canary)
    completes(pr, forge)


def test_hooks_in_the_tree_do_not_run_where_the_user_s_git_looks_for_some(
    pr: Pr, person: Person, forge: Forge, canary: Path
) -> None:
    person.settings("[core]\n\thooksPath = .githooks\n")
    away = person.home / "elsewhere"
    person.push({".githooks/x": ""})
    for name in ("post-checkout", "pre-push", "reference-transaction"):
        (away / ".githooks" / name).write_text(canary.read_text())
        (away / ".githooks" / name).chmod(0o755)
    person.git("-c", "core.hooksPath=/dev/null", "add", "-A", at=away)
    person.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "hooks", at=away)
    person.git("-c", "core.hooksPath=/dev/null", "push", "-q", "origin", "main", at=away)
    completes(pr, forge)


def test_the_user_s_own_programs_are_honoured(
    pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    helper = person.home / "helper"
    helper.write_text(f'#!/bin/sh\ntest "$1" = get && printf "username=pat\\npassword={TOKEN}\\n"\n')
    helper.chmod(0o755)
    person.settings(f"[credential]\n\thelper = {helper}\n")
    person.settings(f'[url "{forge.web}/"]\n\tinsteadOf = work:\n')
    person.git("remote", "set-url", "origin", "work:acme/widgets.git")
    completes(pr, forge)


def test_where_the_repository_says_that_a_url_leads_does_not_count(pr: Pr, person: Person, forge: Forge) -> None:
    person.git("config", "url.http://127.0.0.1:9/.insteadOf", f"{forge.web}/")
    person.git("config", "url.http://127.0.0.1:9/.pushInsteadOf", f"{forge.web}/")
    person.git("config", "remote.origin.pushurl", "http://127.0.0.1:9/evil/evil.git")
    completes(pr, forge)


@pytest.mark.parametrize(
    "url",
    ["ext::{attack}", "ext::sh -c '{attack}'", "-u{attack}", "--upload-pack={attack}", "file:///x/y/z", "evil::x/y",
     "https://ho st/a/b", "https://host/a/b\nc", "ssh://-oProxyCommand={attack}/a/b", "-oProxyCommand={attack}:a/b",
     "https://host/../b", "https://host/a/..", "https://host/a", "git://host/a/b", "https://"],
)  # fmt: skip
def test_a_url_that_is_none(url: str, pr: Pr, person: Person, canary: Path) -> None:
    config = person.clone / ".git/config"
    text = url.format(attack=canary).replace("\n", "\\n")
    config.write_text(config.read_text().replace(person.forge.url, f'"{text}"'))
    said = pr()
    assert said.code == 2
    (sentence,) = said.sentences
    assert "names no repository at a forge" in sentence
    assert sentence.isprintable()


def test_links_in_the_tree_lead_nowhere(pr: Pr, person: Person, forge: Forge) -> None:
    outside = person.home / "outside"
    write(outside, {"x.go": FILES["a/a.go"], "dir/y.go": FILES["a/a.go"]})
    away = person.home / "elsewhere"
    person.push({"l/keep": ""})
    (away / "l/x.go").symlink_to(outside / "x.go")
    (away / "l/dir").symlink_to(outside / "dir")
    (away / "gofixer.toml").symlink_to(outside / "none")
    person.git("add", "-A", at=away)
    person.git("commit", "-qm", "links", at=away)
    person.git("push", "-q", "origin", "main", at=away)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in outside.rglob("*.go")}
    said = pr("--select", "gc")
    assert said.code == 0
    assert "l/x.go is a symbolic link; its fixes are left out" in said.err
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in outside.rglob("*.go")} == before
    assert forge.git("diff", "--name-only", "main", GC) == "a/a.go"
    assert "l/x.go" not in forge.pulls[0].body


def test_a_folder_that_becomes_a_link(pr: Pr, person: Person, forge: Forge) -> None:
    """The tree of the base, and a branch of an earlier run where the same name was a folder."""
    completes(pr, forge)
    outside = person.home / "outside"
    write(outside, {"a.go": FILES["a/a.go"]})
    away = person.home / "elsewhere"
    person.push({"b/x.go": "package b\n\nfunc G() {\n\truntime.GC()\n}\n"})
    person.git("rm", "-rq", "a", at=away)
    (away / "a").symlink_to(outside)
    person.git("add", "a", at=away)
    person.git("commit", "-qm", "a link", at=away)
    person.git("push", "-q", "origin", "main", at=away)
    assert pr("--select", "gc").code == 0
    assert (outside / "a.go").read_text() == FILES["a/a.go"]
    assert forge.git("diff", "--name-only", "main", GC) == "b/x.go"


def test_names_with_control_characters(pr: Pr, person: Person, forge: Forge) -> None:
    for option, value in (("--branch-prefix", "x\033[31m/"), ("--base", "a\nb"), ("--branch-prefix", "../")):
        said = pr(option, value)
        assert said.code == 2
        (sentence,) = said.sentences
        assert sentence.startswith(option)
        assert sentence.isprintable()
    owner = "@acme/\033[31mred\u202e|<b>`x`"
    person.push({"CODEOWNERS": f"* {owner}\n", "b/\033[2J\u202ego.go": FILES["b/b.go"]})
    said = pr("--split", "codeowners")
    assert said.code == 0
    assert "\033" not in said.out + said.err
    (pull,) = forge.pulls
    assert pull.branch.isascii()
    assert "\033" not in pull.title + pull.body
    assert "\u202e" not in pull.title + pull.body


def test_names_that_look_like_options(pr: Pr, person: Person, forge: Forge) -> None:
    person.push({"-x/--output=y.go": FILES["a/a.go"], ":(top)z.go": FILES["a/a.go"], "sp ace/'q\".go": FILES["a/a.go"]})
    assert pr("--select", "gc").code == 0
    assert set(forge.git("-c", "core.quotePath=false", "diff", "--name-only", "-z", "main", GC).split("\0")) == {
        "", "-x/--output=y.go", ":(top)z.go", "a/a.go", "sp ace/'q\".go"
    }  # fmt: skip


def test_the_token_goes_to_its_own_host_only(person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository that names another host as its remote does not get the user's token."""
    from gofixer.vcs.address import parse_address
    from gofixer.vcs.forges import Kind
    from gofixer.vcs.tokens import find_token

    environ = {"GITHUB_TOKEN": "a", "GITLAB_TOKEN": "b", "GITEA_TOKEN": "c", "GOFIXER_TOKEN": "d"}
    for url in ("https://github.com.evil.example/a/b", "https://evil.example/github.com/b", "git@github.example:a/b"):
        for kind in Kind:
            assert find_token(kind, parse_address(url), False, environ, lambda address: None) is None
    own = find_token(Kind.GITHUB, parse_address("git@github.com:a/b.git"), False, environ, lambda address: None)
    assert own is not None


@pytest.mark.parametrize("fault", ["", "401", "422", "500"])
def test_the_token_is_never_seen(
    fault: str, pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in output, errors, logs, bodies, commits, URLs, files or the environment of what is started."""
    from forge.server import Answer

    from gofixer import pipeline

    from .engine import analyse

    caplog.set_level(0)
    seen: list[str] = []

    def looking(request: object) -> object:
        seen.extend(value for value in os.environ.values() if TOKEN in value)
        files = (path for path in request.cwd.parent.rglob("*") if path.is_file())  # type: ignore[attr-defined]
        seen.extend(str(path) for path in files if TOKEN.encode() in path.read_bytes())
        return analyse(request)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "analyse", looking)
    monkeypatch.setenv("GIT_TRACE", "1")
    monkeypatch.setenv("GIT_TRACE_CURL", "1")
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    if fault:
        message = {"message": f"no {TOKEN} and no {TOKEN.upper()}", "errors": []}
        for _ in range(4):
            forge.fault("POST .*/pulls$", lambda call, answer: Answer(int(fault), message))
    said = pr("--select", "gc")
    assert (said.code == 0) == (not fault)
    assert not seen
    assert TOKEN not in said.out + said.err + caplog.text
    assert TOKEN not in forge.git("log", "--all", "-p")
    assert all(TOKEN not in call.path + str(call.query) + str(call.body) for call in forge.calls)
    assert all(TOKEN not in request for request in forge.git_requests)
    assert TOKEN not in (person.clone / ".git/config").read_text()
    assert os.environ["GITHUB_TOKEN"] == TOKEN


def test_a_token_in_the_remote_s_url_is_neither_used_nor_shown(pr: Pr, person: Person, forge: Forge) -> None:
    person.git("remote", "set-url", "origin", forge.url.replace("://", "://me:s3cret@"))
    said = pr("--select", "gc")
    assert said.code == 0
    assert "s3cret" not in said.out + said.err
    assert "s3cret" not in "".join(forge.git_requests)


def test_the_private_tree_is_private(pr: Pr, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from gofixer import pipeline

    from .engine import analyse

    modes = []

    def looking(request: object) -> object:
        modes.append(stat.S_IMODE(request.cwd.stat().st_mode))  # type: ignore[attr-defined]
        return analyse(request)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "analyse", looking)
    pr("--dry-run")
    assert set(modes) == {0o700}
