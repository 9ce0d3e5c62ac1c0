"""`gofixer pr` from a clone to requests at the forge, and again."""

from __future__ import annotations

import re

import pytest
from forge.server import TOKEN, Answer, Forge

from gofixer.cli.main import run

from .conftest import FILES, Person, Pr

STRCONV, GC = "gofixer/sprintf-to-strconv", "gofixer/manual-gc"


def test_a_request_for_each_transform(pr: Pr, person: Person, forge: Forge) -> None:
    said = pr()
    assert not said.err or said.code == 0, said.err
    assert [(p.branch, p.base, p.title, p.draft) for p in forge.pulls] == [
        (STRCONV, "main", "Format the value with strconv (2 places)", False),
        (GC, "main", "Leave the collection to the runtime (a)", False),
    ]
    assert said.out.splitlines() == [
        f"opened   {forge.web}/acme/widgets/pull/1  Format the value with strconv (2 places)",
        f"opened   {forge.web}/acme/widgets/pull/2  Leave the collection to the runtime (a)",
    ]
    assert forge.git("diff", "--stat=80", "main", STRCONV).splitlines()[-1].strip().startswith("2 files changed")
    assert "strconv.Itoa(n)" in forge.git("show", f"{STRCONV}:a/a.go")
    assert "runtime.GC" in forge.git("show", f"{STRCONV}:a/a.go")
    assert "runtime.GC" not in forge.git("show", f"{GC}:a/a.go")


def test_a_commit_for_each_transform_with_its_reasons(pr: Pr, person: Person, forge: Forge) -> None:
    pr("--split", "package", "a/...")
    (pull,) = forge.pulls
    listed = forge.git("log", "--reverse", "--format=%an <%ae>%n%B%x00", f"main..{pull.branch}").split("\0")[:-1]
    assert len(listed) == 2
    first, second = (text.strip() for text in listed)
    assert first.startswith("Pat Person <pat@example.com>\nFormat the value with strconv\n\nSprintf takes a printer")
    assert "\n\nSafety: Safe. A named type is converted" in first
    assert "- a/a.go:5 in F\n" in first
    assert second.startswith("Pat Person <pat@example.com>\nLeave the collection to the runtime\n")
    assert not [line for text in (first, second) for line in text.splitlines() if len(line) > 72]
    assert "strconv" not in forge.git("show", f"{pull.branch}~1:b/b.go")
    assert "runtime.GC" in forge.git("show", f"{pull.branch}~1:a/a.go")


def test_the_tree_and_the_index_stay_as_they_are(pr: Pr, person: Person, forge: Forge) -> None:
    (person.clone / "b/b.go").write_text("package b\n\n// half done\n")
    (person.clone / "new.go").write_text("package m\n")
    (person.clone / "staged.go").write_text("package m\n")
    person.git("add", "staged.go")

    def state() -> tuple[object, ...]:
        files = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in person.clone.rglob("*") if p.is_file()}
        return files, person.git("for-each-ref"), person.git("worktree", "list")

    before = state()
    assert pr().code == 0
    assert state() == before
    assert not [p for p in (person.home / "gofixer_cache" / "pr").iterdir() if p.suffix != ".lock"]
    assert "strconv" in forge.git("show", f"{STRCONV}:b/b.go")


def test_a_second_run_leaves_all_as_it_is(pr: Pr, forge: Forge) -> None:
    pr()
    branches, writes = forge.branches(), len([call for call in forge.calls if call.verb != "GET"])
    said = pr()
    assert said.code == 0, said.err
    assert [line.split()[0] for line in said.out.splitlines()] == ["left", "left"]
    assert "up to date" in said.out
    assert forge.branches() == branches
    assert len([call for call in forge.calls if call.verb != "GET"]) == writes
    assert len(forge.pulls) == 2


def test_a_changed_fix_set_updates_the_open_request(pr: Pr, person: Person, forge: Forge) -> None:
    pr("--select", "formatting")
    forge.pulls[0].body = "A person's preface.\n\n" + forge.pulls[0].body + "\n\nAnd a postscript."
    person.push({"c/c.go": FILES["b/b.go"].replace("package b", "package c")})
    said = pr("--select", "formatting")
    assert said.out.startswith("updated ")
    (pull,) = forge.pulls
    assert pull.title == "Format the value with strconv (3 places)"
    assert "| `c/c.go` | `F`, line 3 |" in pull.body
    assert pull.body.startswith("A person's preface.\n\n<!-- gofixer:begin ")
    assert pull.body.endswith("<!-- gofixer:end -->\n\nAnd a postscript.")
    assert "strconv" in forge.git("show", f"{STRCONV}:c/c.go")
    assert forge.ahead("main", STRCONV) == 1


def test_a_base_that_changed_the_same_file_is_planned_anew(pr: Pr, person: Person, forge: Forge) -> None:
    pr("--select", "formatting")
    person.push({"b/b.go": FILES["b/b.go"].replace("\n\nfunc", "\n\n// F says n.\nfunc")})
    said = pr("--select", "formatting")
    assert said.out.startswith("updated ")
    assert forge.git("merge-base", "main", STRCONV) == forge.commit("main")
    assert "// F says n." in forge.git("show", f"{STRCONV}:b/b.go")


def test_a_base_that_changed_elsewhere_leaves_the_request_alone(pr: Pr, person: Person, forge: Forge) -> None:
    pr("--select", "formatting")
    before = forge.branches()
    person.push({"README.md": "hello\n"})
    assert "up to date" in pr("--select", "formatting").out
    assert forge.branches() == before


def test_a_closed_request_stays_closed_until_the_fixes_change(pr: Pr, person: Person, forge: Forge) -> None:
    pr("--select", "formatting")
    forge.pulls[0].state = "closed"
    said = pr("--select", "formatting")
    assert "#1 was closed by somebody; it stays so until the fixes change" in said.out
    assert len(forge.pulls) == 1
    person.push({"c/c.go": FILES["b/b.go"]})
    said = pr("--select", "formatting")
    assert said.out.startswith("opened ")
    assert [pull.state for pull in forge.pulls] == ["closed", "open"]


def test_after_a_merge_there_is_nothing_to_fix(pr: Pr, forge: Forge) -> None:
    pr("--select", "formatting")
    forge.merge(1)
    said = pr("--select", "formatting")
    assert (said.code, said.out) == (0, "")
    assert "nothing to fix: no pull request is needed" in said.err
    assert len(forge.pulls) == 1


def test_a_request_whose_fixes_are_gone_is_named(pr: Pr, person: Person, forge: Forge) -> None:
    pr("--select", "formatting")
    person.push({"a/a.go": "package a\n", "b/b.go": "package b\n"})
    said = pr("--select", "formatting")
    assert f"{forge.web}/acme/widgets/pull/1 has nothing to fix any more: close it" in said.err
    assert forge.pulls[0].state == "open"


@pytest.mark.parametrize("how", ["added", "amended", "message", "dropped", "merged", "rebased"])
def test_the_commits_of_people_are_never_overwritten(how: str, pr: Pr, person: Person, forge: Forge) -> None:
    pr("--split", "module")
    (pull,) = forge.pulls
    away = person.home / "away"
    person.git("clone", "-q", "-b", pull.branch, str(forge.bare), str(away), at=person.home)
    person.push({"c/c.go": FILES["b/b.go"]})
    if how == "added":
        (away / "b/b.go").write_text("package b\n")
        person.git("commit", "-qam", "by hand", at=away)
    elif how == "amended":
        (away / "b/b.go").write_text("package b\n")
        person.git("commit", "-qa", "--amend", "--no-edit", at=away)
    elif how == "message":
        text = person.git("log", "-1", "--format=%B", at=away)
        person.git("commit", "-q", "--amend", "-m", f"A better subject\n\n{text}", at=away)
    elif how == "dropped":
        person.git("reset", "-q", "--hard", "HEAD~1", at=away)
    else:
        person.git("fetch", "-q", "origin", "main", at=away)
        person.git(*(("merge", "-q", "--no-edit") if how == "merged" else ("rebase", "-q")), "FETCH_HEAD", at=away)
    person.git("push", "-qf", "origin", pull.branch, at=away)
    theirs = forge.commit(pull.branch)
    said = pr("--split", "module")
    assert forge.commit(pull.branch) == theirs
    assert f"others have commits on the branch {pull.branch}: they are not overwritten" in said.out
    assert said.code == 0


def test_a_branch_of_somebody_else_with_our_name(pr: Pr, person: Person, forge: Forge) -> None:
    forge.git("update-ref", f"refs/heads/{STRCONV}", forge.commit("main"))
    said = pr("--select", "formatting")
    assert said.code == 2
    assert said.sentences == [
        f"transform:sprintf-to-strconv: others have commits on the branch {STRCONV}: they are not overwritten"
    ]
    assert not forge.pulls


def test_dry_run_shows_all_and_does_nothing(pr: Pr, forge: Forge) -> None:
    said = pr("--dry-run", "--split", "module")
    assert said.code == 0
    assert not forge.branches()
    assert all(call.verb == "GET" for call in forge.calls)
    assert said.out.startswith("== open gofixer/module-top-")
    for text in (
        "title: top folder: 3 fixes",
        "commits:\n\n    Format the value with strconv\n",
        "body:\n\n    <!-- gofixer:begin",
    ):
        assert text in said.out
    pr("--split", "module")
    (pull,) = forge.pulls
    assert "".join(f"    {line}".rstrip() + "\n" for line in pull.body.splitlines()) in said.out


def test_dry_run_without_a_token_says_what_it_cannot_know(
    pr: Pr, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    said = pr("--dry-run")
    assert said.code == 0
    assert "there is no token, so the plan does not know the requests that are open or were closed" in said.err
    assert not forge.calls


def test_labels_reviewers_assignees_and_drafts(pr: Pr, forge: Forge) -> None:
    said = pr("--select", "gc", "--draft", "--label", "bot", "--label", "perf", "--reviewer", "ana", "--reviewer",
              "acme/core", "--assignee", "ben")  # fmt: skip
    assert not said.err or said.code == 0, said.err
    (pull,) = forge.pulls
    assert (pull.draft, pull.labels, pull.reviewers, pull.assignees) == (
        True,
        ["bot", "perf"],
        ["ana", "core"],
        ["ben"],
    )
    assert '"pending":false' in pull.body


def test_a_reviewer_whom_the_forge_refuses_is_a_warning(pr: Pr, forge: Forge) -> None:
    said = pr("--select", "gc", "--label", "perf", "--reviewer", "stranger")
    assert said.code == 0
    assert "warning: " in said.err
    assert "the reviewer stranger: " in said.err
    assert forge.pulls[0].labels == ["perf"]


def test_a_token_that_may_not_label(pr: Pr, forge: Forge) -> None:
    refusal = {"message": "Resource not accessible by personal access token"}
    forge.fault("POST .*/labels$", lambda call, answer: Answer(403, refusal))
    said = pr("--select", "gc", "--label", "perf", "--assignee", "ben")
    assert said.code == 0
    assert "the label perf: the token has no right to do this" in said.err
    assert (forge.pulls[0].labels, forge.pulls[0].assignees) == ([], ["ben"])
    assert "up to date" in pr("--select", "gc", "--label", "perf").out


def test_max_open(pr: Pr, forge: Forge) -> None:
    said = pr("--max-open", "1")
    assert [pull.branch for pull in forge.pulls] == [STRCONV]
    assert "manual-gc: 1 requests are open already (--max-open)" in said.out
    forge.merge(1)
    pr("--max-open", "1")
    assert [pull.branch for pull in forge.pulls] == [STRCONV, GC]


def test_another_base_has_branches_of_its_own(pr: Pr, forge: Forge) -> None:
    forge.git("update-ref", "refs/heads/release/1.2", forge.commit("main"))
    pr("--select", "gc")
    pr("--select", "gc", "--base", "release/1.2")
    assert [(pull.branch, pull.base) for pull in forge.pulls] == [
        (GC, "main"),
        ("gofixer/release-1.2/manual-gc", "release/1.2"),
    ]


def test_by_codeowners(pr: Pr, forge: Forge) -> None:
    pr("--split", "codeowners")
    assert [re.sub("-[0-9a-f]{6}$", "", pull.branch) for pull in forge.pulls] == [
        "gofixer/codeowners-acme-core",
        "gofixer/codeowners-ana",
    ]
    assert "a/a.go" in forge.git("diff", "--name-only", "main", forge.pulls[0].branch)
    assert forge.git("diff", "--name-only", "main", forge.pulls[1].branch) == "b/b.go"


def test_paths_are_those_of_where_the_user_stands(
    pr: Pr, person: Person, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(person.clone / "b")
    pr()
    assert [forge.git("diff", "--name-only", "main", pull.branch) for pull in forge.pulls] == ["b/b.go"]
    said = pr("../../other")
    assert said.code == 2
    assert "give paths below" in said.sentences[0]


def test_many_pages_of_requests(pr: Pr, forge: Forge) -> None:
    pr("--select", "gc")
    forge.pulls[0].state = "closed"
    body = forge.pulls[0].body
    for _ in range(4):  # a page holds two: the newest of five is on the first, the one that counts
        forge.pulls.append(type(forge.pulls[0])(len(forge.pulls) + 1, GC, "main", "older", "", state="closed"))
    forge.pulls[-1].body = body
    assert "#5 was closed by somebody" in pr("--select", "gc").out
    assert {call.query.get("page") for call in forge.calls if "head" in call.query} >= {"2", "3"}


def test_the_body_says_what_why_how_and_how_not(pr: Pr, forge: Forge) -> None:
    pr("--split", "module")
    body = forge.pulls[0].body
    for text in (
        "**3 fixes in 2 files**, one commit for each of 2 kinds",
        "### Format the value with strconv",
        "Sprintf takes a printer from a pool",
        "```diff\n@@ ",
        "<details><summary>Each case of the rewrite</summary>",
        "**Safety:** Safe. A named type is converted, and only where neither its values nor",
        "| `a/a.go` | `F`, line 5 |",
        "```sh\ngo vet ./a ./b\n```",
        "go vet -overlay=overlay.json ./...",
        "//gofixer:ignore sprintf-to-strconv the reason",
        'ignore = ["sprintf-to-strconv", "manual-gc"]',
        "It stays closed until the set of fixes changes",
    ):
        assert text in body
    assert "gofixer_cache" not in body


def test_an_answer_that_was_lost_is_no_second_request(pr: Pr, forge: Forge) -> None:
    def lost(call: object, answer: object) -> Answer | None:
        answer()  # type: ignore[operator]
        return None

    forge.fault("POST .*/pulls$", lost)
    said = pr("--select", "gc")
    assert said.code == 0
    assert len(forge.pulls) == 1
    assert f"{forge.web}/acme/widgets/pull/1" in said.out


@pytest.mark.parametrize("kind", ["gitlab", "gitea"])
def test_the_same_at_other_forges(
    kind: str, pr: Pr, forge: Forge, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{kind.upper()}_TOKEN", TOKEN)
    api = {"gitlab": "/api/v4", "gitea": "/api/v1"}[kind]

    def again(*arguments: str) -> str:
        assert run(["pr", "--select", "gc", "--forge", kind, "--api-url", f"{forge.web}{api}", *arguments]) == 0
        return capfd.readouterr().out

    assert again("--draft", "--label", "bot").startswith("opened ")
    assert "up to date" in again()
    assert [(pull.branch, pull.draft, pull.labels) for pull in forge.pulls] == [(GC, True, ["bot"])]
    forge.pulls[0].state = "closed"
    assert "was closed by somebody" in again()
