"""What can go wrong: one clear sentence each, nothing lost, nothing opened twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from forge.server import READ_ONLY, TOKEN, Answer, Call, Forge
from trees import write

from gofixer import pipeline
from gofixer.engine.model import Report, Request

from .conftest import FILES, Person, Pr
from .engine import analyse

GC = "gofixer/manual-gc"
Answering = Callable[[], Answer]


def fails_with(pr: Pr, *words: str, arguments: tuple[str, ...] = ("--select", "gc")) -> None:
    """One sentence on one line, exit 2, and the words in it."""
    said = pr(*arguments)
    assert said.code == 2
    (sentence,) = said.sentences
    assert all(word in sentence for word in words), sentence


def completes(pr: Pr, forge: Forge) -> None:
    """The next run ends with exactly one request, whose branch has the fix."""
    assert pr("--select", "gc").code == 0
    assert [(pull.branch, pull.state) for pull in forge.pulls] == [(GC, "open")]
    assert "runtime.GC" not in forge.git("show", f"{GC}:a/a.go")
    assert "up to date" in pr("--select", "gc").out


def test_the_forge_is_down(pr: Pr, forge: Forge) -> None:
    forge.close()
    fails_with(pr, f"{forge.host} cannot be reached by git", "run the same command again later")


def test_the_forge_s_git_is_out_of_order(pr: Pr, forge: Forge) -> None:
    forge.git_down = True
    fails_with(pr, f"{forge.host} cannot be reached by git", "503")
    forge.git_down = False
    completes(pr, forge)


def test_the_api_is_out_of_order_for_a_moment(pr: Pr, forge: Forge, pauses: list[float]) -> None:
    for _ in range(2):
        forge.fault("GET .*/pulls$", lambda call, answer: Answer(502, b"<html>Bad gateway</html>"))
    completes(pr, forge)
    assert pauses == [1.0, 2.0]


def test_the_api_stays_out_of_order(pr: Pr, forge: Forge) -> None:
    for _ in range(4):
        forge.fault("GET .*/pulls$", lambda call, answer: Answer(500, {"message": "Server Error"}))
    fails_with(pr, f"{forge.host} is out of order (status 500): Server Error")
    completes(pr, forge)


def test_a_wrong_token(pr: Pr, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "expired")
    fails_with(pr, f"GitHub at {forge.host} does not accept the token: Bad credentials; make a new one")
    assert not forge.branches()
    # Where nobody reads without a token, git is the first to say so.
    forge.public = False
    fails_with(pr, f"{forge.host} does not let git read acme/widgets with this token or key")


def test_a_token_that_only_git_takes(pr: Pr, forge: Forge) -> None:
    forge.fault("GET .*/pulls$", lambda call, answer: Answer(401, {"message": "Bad credentials"}))
    fails_with(pr, f"GitHub at {forge.host} does not accept the token: Bad credentials; make a new one")
    assert not forge.branches()


def test_a_token_without_the_right_to_push(pr: Pr, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", READ_ONLY)
    fails_with(pr, f"the token or key has no right to push at {forge.host}/acme/widgets")
    assert not forge.branches()
    assert not forge.pulls


def test_a_token_that_may_push_but_not_open(pr: Pr, forge: Forge) -> None:
    refusal = {"message": "Resource not accessible by personal access token"}
    forge.fault("POST .*/pulls$", lambda call, answer: Answer(403, refusal))
    fails_with(pr, "the token has no right to do this", "Resource not accessible by personal access token")
    completes(pr, forge)


def test_no_token(pr: Pr, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    fails_with(pr, f"there is no token for {forge.host}: set GITHUB_TOKEN")
    assert not forge.calls


def test_a_repository_that_the_forge_does_not_know(pr: Pr, person: Person, forge: Forge) -> None:
    person.git("remote", "set-url", "origin", f"{forge.web}/acme/other.git")
    fails_with(pr, f"{forge.host} has no repository acme/other, or not for this token or key")


def test_a_push_that_a_hook_refuses(pr: Pr, forge: Forge) -> None:
    hook = forge.bare / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'Commits need a ticket \033[31mnumber'\nexit 1\n")
    hook.chmod(0o755)
    said = pr()
    assert said.code == 2
    assert said.sentences == [
        f"transform:{name}: the remote refused the branch gofixer/{name} (pre-receive hook declined): "
        "Commits need a ticket ?[31mnumber"
        for name in ("sprintf-to-strconv", "manual-gc")
    ]
    assert not forge.pulls
    hook.unlink()
    completes(pr, forge)


def test_a_protected_branch(pr: Pr, forge: Forge) -> None:
    hook = forge.bare / "hooks/update"
    hook.write_text(
        f'#!/bin/sh\ntest "$1" != refs/heads/{GC} || {{ echo "GH006: Protected branch update failed"; exit 1; }}\n'
    )
    hook.chmod(0o755)
    said = pr()
    assert said.code == 2
    assert said.sentences == [
        f"transform:manual-gc: the remote refused the branch {GC} (hook declined): "
        "GH006: Protected branch update failed"
    ]
    assert [pull.branch for pull in forge.pulls] == ["gofixer/sprintf-to-strconv"]


def test_cut_between_push_and_open(pr: Pr, forge: Forge) -> None:
    for _ in range(4):
        forge.fault("POST .*/pulls$", lambda call, answer: None)
    fails_with(pr, f"{forge.host} cannot be reached")
    assert list(forge.branches()) == [GC]
    assert not forge.pulls
    completes(pr, forge)


def test_cut_between_opening_and_labels(pr: Pr, forge: Forge) -> None:
    for _ in range(4):
        forge.fault("POST .*/labels$", lambda call, answer: None)
    arguments = ("--select", "gc", "--label", "perf")
    fails_with(pr, f"{forge.host} cannot be reached", arguments=arguments)
    assert [pull.labels for pull in forge.pulls] == [[]]
    assert pr(*arguments).out.startswith("updated ")
    assert [pull.labels for pull in forge.pulls] == [["perf"]]
    assert "up to date" in pr(*arguments).out


def test_cut_between_push_and_update(pr: Pr, person: Person, forge: Forge) -> None:
    pr("--select", "gc")
    person.push({"c/c.go": "package c\n\nfunc F() {\n\truntime.GC()\n}\n"})
    for _ in range(4):
        forge.fault("PATCH .*/pulls/1$", lambda call, answer: None)
    fails_with(pr, f"{forge.host} cannot be reached")
    assert "c/c.go" not in forge.pulls[0].body
    completes(pr, forge)
    assert "c/c.go" in forge.pulls[0].body


def limited(**headers: str) -> Callable[[Call, Answering], Answer]:
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return lambda call, answer: Answer(403, {"message": message}, {k.replace("_", "-"): v for k, v in headers.items()})


def test_a_rate_limit_is_waited_for(pr: Pr, forge: Forge, pauses: list[float]) -> None:
    forge.fault("GET .*/pulls$", limited(Retry_After="7"))
    forge.fault("POST .*/pulls$", limited(Retry_After="11"))
    completes(pr, forge)
    assert pauses == [7.0, 11.0]


def test_a_rate_limit_that_is_far_away(pr: Pr, forge: Forge, pauses: list[float]) -> None:
    forge.fault("POST .*/pulls$", limited(X_RateLimit_Remaining="0", X_RateLimit_Reset="4102444800"))
    fails_with(pr, "GitHub limits the rate of calls until 00:00:00 UTC: run the same command again then")
    assert not pauses
    completes(pr, forge)


def test_two_runs_at_once(pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = []

    def slow(request: Request) -> Report:
        if not inner:
            inner.append(None)
            inner.append(pr("--select", "gc"))
        return analyse(request)

    monkeypatch.setattr(pipeline, "analyse", slow)
    assert pr("--select", "gc").code == 0
    said = inner[1]
    assert said is not None
    assert (said.code, said.sentences) == (
        2,
        ["another `gofixer pr` is at work on this repository: run the command again when it is done"],
    )
    assert [pull.state for pull in forge.pulls] == ["open"]


@pytest.mark.parametrize("moment", [1, 2])
def test_a_run_elsewhere_was_faster(
    moment: int, pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the base is looked at (1), or while the commits are made (2)."""
    other = person.home / "other"
    person.git("clone", "-q", str(person.clone), str(other), at=person.home)
    person.git("remote", "set-url", "origin", forge.url, at=other)
    person.git("config", "user.name", "Another Person", at=other)
    runs: list[int] = []

    def slow(request: Request) -> Report:
        runs.append(1)
        if len(runs) == moment:
            with monkeypatch.context() as there:
                there.chdir(other)
                there.setenv("GITHUB_TOKEN", TOKEN)
                assert pr("--select", "gc").code == 0
        return analyse(request)

    monkeypatch.setattr(pipeline, "analyse", slow)
    said = pr("--select", "gc")
    theirs = forge.commit(GC)
    if moment == 1:
        assert "up to date" in said.out
    else:
        assert said.sentences == [
            f"transform:manual-gc: the branch {GC} was changed meanwhile and is left as it is: run the command again"
        ]
    completes(pr, forge)
    assert forge.commit(GC) == theirs


def test_detached_head(pr: Pr, person: Person, forge: Forge) -> None:
    person.git("checkout", "-q", "--detach")
    completes(pr, forge)


def test_shallow_clone(pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    person.push({"README.md": "1\n"})
    shallow = person.home / "shallow"
    person.git("clone", "-q", "--depth=1", f"file://{forge.bare}", str(shallow), at=person.home)
    person.git("remote", "set-url", "origin", forge.url, at=shallow)
    person.push({"README.md": "2\n"})
    monkeypatch.chdir(shallow)
    completes(pr, forge)
    assert forge.git("merge-base", "main", GC) == forge.commit("main")


def test_partial_clone(pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    forge.git("config", "uploadpack.allowFilter", "true")
    partial = person.home / "partial"
    person.git(
        "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{forge.bare}", str(partial), at=person.home
    )
    person.git("remote", "set-url", "origin", forge.url, at=partial)
    monkeypatch.chdir(partial)
    completes(pr, forge)


def test_a_linked_worktree(pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    linked = person.home / "linked"
    person.git("worktree", "add", "-q", "--detach", str(linked))
    monkeypatch.chdir(linked)
    completes(pr, forge)


def test_submodules(pr: Pr, person: Person, forge: Forge) -> None:
    blob = '[submodule "lib"]\n\tpath = lib\n\turl = ../lib.git\n'
    away = person.home / "elsewhere"
    person.push({".gitmodules": blob})
    person.git("update-index", "--add", "--cacheinfo", f"160000,{forge.commit('main')},lib", at=away)
    person.git("commit", "-qm", "a submodule", at=away)
    person.git("push", "-q", "origin", "main", at=away)
    completes(pr, forge)
    assert forge.git("ls-tree", GC, "lib").startswith("160000 commit")


def test_lfs_pointers_stay_pointers(pr: Pr, person: Person, forge: Forge) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    away = person.home / "lfs"
    person.git("clone", "-q", str(forge.bare), str(away), at=person.home)
    write(
        away, {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\na/*.go filter=lfs\n", "big.bin": pointer}
    )
    person.git("add", "-A", at=away)
    person.git("commit", "-qm", "large", at=away)
    person.git("push", "-q", "origin", "main", at=away)
    person.settings('[filter "lfs"]\n\tclean = false\n\tsmudge = false\n\tprocess = false\n\trequired = true\n')
    completes(pr, forge)
    assert forge.git("show", f"{GC}:big.bin") == pointer.strip()
    assert forge.git("diff", "--name-only", "main", GC) == "a/a.go"


def test_line_endings_of_the_repository_are_kept(pr: Pr, person: Person, forge: Forge) -> None:
    text = FILES["a/a.go"].replace("\n", "\r\n")
    person.settings("[core]\n\tautocrlf = false\n")
    away = person.home / "elsewhere"
    person.push({"x": ""})
    (away / "a/a.go").write_bytes(text.encode())
    person.git("commit", "-qam", "crlf", at=away)
    (away / ".gitattributes").write_text("*.go text eol=lf\n")
    person.git("add", ".gitattributes", at=away)
    person.git("commit", "-qm", "attributes", at=away)
    person.git("push", "-q", "origin", "main", at=away)
    person.settings("[core]\n\tautocrlf = true\n")
    completes(pr, forge)
    assert forge.git("diff", "--numstat", "main", GC) == "0\t1\ta/a.go"


def test_a_repository_without_commits(pr: Pr, person: Person, forge: Forge) -> None:
    forge.git("update-ref", "-d", "refs/heads/main")
    fails_with(pr, f"{forge.host}/acme/widgets has no commits yet: push a first one")


def test_a_clone_without_commits(pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = person.home / "empty"
    person.git("init", "-q", str(empty), at=person.home)
    person.git("remote", "add", "origin", forge.url, at=empty)
    monkeypatch.chdir(empty)
    completes(pr, forge)


def test_no_repository(pr: Pr, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(person.home)
    fails_with(pr, "is not in the working tree of a git repository")


def test_no_remote(pr: Pr, person: Person) -> None:
    person.git("remote", "rename", "origin", "upstream")
    fails_with(pr, "the repository has no remote 'origin': name one with --remote, of upstream")
    person.git("remote", "remove", "upstream")
    fails_with(pr, "the repository has no remote: add the forge's with `git remote add origin URL`")


def test_a_remote_that_is_no_forge(pr: Pr, person: Person, forge: Forge) -> None:
    person.git("remote", "set-url", "origin", str(forge.bare))
    fails_with(pr, "names no repository at a forge")


def test_a_base_that_is_not_there(pr: Pr, forge: Forge) -> None:
    fails_with(pr, "has no branch next: push it, or name another with --base", arguments=("--base", "next"))


def test_nobody_knows_who_commits(pr: Pr, person: Person, forge: Forge) -> None:
    (person.home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    fails_with(pr, "git does not know who you are: set user.name and user.email")
    assert not forge.branches()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen")
def test_commits_are_signed_where_the_user_s_git_signs(pr: Pr, person: Person, forge: Forge) -> None:
    key = person.home / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    allowed = person.home / "allowed"
    allowed.write_text(f"pat@example.com {key.with_suffix('.pub').read_text()}")
    person.settings(
        f"[commit]\n\tgpgsign = true\n[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = {key}\n"
        f'[gpg "ssh"]\n\tallowedSignersFile = {allowed}\n'
    )
    pr("--split", "module")
    (pull,) = forge.pulls
    person.git("fetch", "-q", str(forge.bare), f"{pull.branch}:theirs")
    for commit in ("theirs", "theirs~1"):
        person.git("verify-commit", commit)
    assert "up to date" in pr("--split", "module").out


def test_a_signature_that_fails(pr: Pr, person: Person, forge: Forge) -> None:
    person.settings("[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = false\n")
    fails_with(pr, "the commits could not be signed, as commit.gpgsign asks for")
    assert not forge.branches()


def test_conditional_settings_hold_for_the_user_s_repository(pr: Pr, person: Person, forge: Forge) -> None:
    (person.home / "work").write_text("[user]\n\temail = pat@work.example.com\n")
    person.settings(f'[includeIf "gitdir:{person.clone}/"]\n\tpath = {person.home}/work\n')
    pr("--select", "gc")
    assert (
        forge.git("log", "-1", "--format=%an <%ae> %ce", GC) == "Pat Person <pat@work.example.com> pat@work.example.com"
    )


def test_the_identity_of_the_repository_counts(pr: Pr, person: Person, forge: Forge) -> None:
    person.git("config", "user.email", "pat@project.example.com")
    pr("--select", "gc")
    assert forge.git("log", "-1", "--format=%ae", GC) == "pat@project.example.com"


def test_what_a_killed_run_left_is_removed(pr: Pr, person: Person, forge: Forge) -> None:
    home = Path(os.environ["GOFIXER_CACHE"]) / "pr"
    pr("--dry-run", "--select", "gc")
    (lock,) = home.iterdir()
    for name in (lock.stem, "0123456789abcdef"):
        (home / name / "a").mkdir(parents=True)
        (home / name / "a/left.go").write_text("package a\n")
    completes(pr, forge)
    assert not [path for path in home.iterdir() if path.is_dir()]


def test_an_interrupt_says_what_to_do(pr: Pr, forge: Forge) -> None:
    def interrupt(call: Call, answer: Answering) -> Answer:
        import _thread

        _thread.interrupt_main()
        return answer()

    forge.fault("POST .*/pulls$", interrupt)
    said = pr("--select", "gc")
    assert said.code == 130
    assert said.sentences == ["interrupted; run the same command again to complete what was begun"]
    completes(pr, forge)


def test_no_toolchain_is_no_request(pr: Pr, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    missing = "no Go toolchain found: install Go"
    monkeypatch.setattr(
        pipeline, "analyse", lambda request: dataclasses.replace(analyse(request), missing_toolchain=missing)
    )
    said = pr()
    assert (said.code, said.sentences) == (3, [missing])
    assert not forge.branches()


def test_no_git(pr: Pr, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(person.home / "nowhere"))
    fails_with(pr, "there is no git on PATH: `gofixer pr` needs git 2.31 or newer")


def test_an_old_git(pr: Pr, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    old = person.home / "old"
    write(old, {"git": "#!/bin/sh\necho git version 2.30.9\n"})
    (old / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(old))
    fails_with(pr, "git version 2.30.9 is too old: `gofixer pr` needs git 2.31 or newer")


def test_without_the_extra(pr: Pr, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "github" or name.endswith("forges.github")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "github", None)
    fails_with(pr, "pull requests need two more packages: pip install 'gofixer[pr]'")
    assert not forge.branches()
    assert pr("--dry-run", "--select", "gc").code == 2
