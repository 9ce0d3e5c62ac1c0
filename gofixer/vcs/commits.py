"""Commits: one per transform, each saying what it does and why, and sealed so that a changed one is known as such."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from gofixer.errors import UserError
from gofixer.transform import Transform
from gofixer.vcs.command import Git, last_words
from gofixer.vcs.units import Site
from gofixer.vcs.wording import count, sections, title_of

_TRAILER = "Gofixer-Fixes"
_SEAL = re.compile(r"^Gofixer-Fixes: ([0-9a-f]{16}) (\d+)/(\d+) ([0-9a-f]{16})$", re.MULTILINE)
_MOST_SITES = 40


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit that is still to be made: its tree, its message without the seal."""

    tree: str
    message: str


def message(transform: Transform, sites: Sequence[Site]) -> str:
    """What a commit's message says: what changes and why, whether behaviour does, and where."""
    subject = title_of(sites)
    if len(subject) > 72:
        subject = textwrap.shorten(subject, 72, placeholder=" ...")
    parts = sections(transform)
    why = _plain(parts.get("Why it is slow") or f"{transform.summary}.")
    safety = _plain(f"Safety: {parts['Fix safety']}" if "Fix safety" in parts else "")
    places = [f"- {site.path}:{site.finding.line}{_inside(site)}" for site in sites[:_MOST_SITES]]
    if len(sites) > _MOST_SITES:
        places.append(f"- and {len(sites) - _MOST_SITES} more")
    paragraphs = [subject, why, *([safety] if safety else []), "\n".join(places)]
    if len(sites) > 1:
        paragraphs[-1] = f"{count(len(sites), 'fix', 'fixes')}:\n{paragraphs[-1]}"
    return "\n\n".join(paragraphs)


def _inside(site: Site) -> str:
    return f" in {site.finding.function}" if site.finding.function else ""


def _plain(markdown: str) -> str:
    """The first paragraph of a page's section, as plain wrapped text."""
    first = re.split(r"\n\s*\n|\n(?=[-|*] )|\n```", markdown.strip())[0]
    words = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", " ".join(first.split()))
    return "\n".join(textwrap.wrap(words, 72, break_long_words=False, break_on_hyphens=False))


def write_commits(git: Git, base: str, drafts: Sequence[Draft], digest: str) -> list[str]:
    """Make the commits on top of a base, signed where the user's git signs; gives their names, the last one last.

    Raises `UserError` where git knows no identity or cannot sign.
    """
    made, parent = [], base
    sign = ["-S"] if git.ask("config", "--type=bool", "--get", "commit.gpgsign").stdout.strip() == b"true" else []
    for number, draft in enumerate(drafts, 1):
        place = f"{digest} {number}/{len(drafts)}"
        text = f"{draft.message}\n\n{_TRAILER}: {place} {_seal(draft.tree, draft.message, place)}\n"
        output = git.ask("commit-tree", *sign, "-p", parent, draft.tree, stdin=text.encode("utf-8", "replace"))
        if output.status:
            raise _commit_failure(output.stderr, bool(sign))
        parent = output.stdout.decode().strip()
        made.append(parent)
    return made


def _commit_failure(stderr: str, signed: bool) -> UserError:
    if "identity" in stderr or "empty ident" in stderr:
        return UserError("git does not know who you are: set user.name and user.email with `git config --global`")
    if signed:
        lines = [line for line in stderr.splitlines() if line.strip()]
        return UserError(
            f"the commits could not be signed, as commit.gpgsign asks for: {lines[0].removeprefix('error: ')}"
            if lines
            else "the commits could not be signed, as commit.gpgsign asks for"
        )
    return UserError(f"git could not make a commit: {last_words(stderr)}")


def _seal(tree: str, text: str, place: str) -> str:
    return hashlib.sha256("\0".join([tree, " ".join(text.split()), place]).encode("utf-8", "replace")).hexdigest()[:16]


def digest_of_branch(git: Git, commit: str) -> str:
    """The fix set that a branch was made from; empty where it holds anything but one whole set of sealed commits.

    A commit that was added, amended, taken away or put on another base breaks the seal: those are a person's work.
    """
    expected: tuple[str, int, int] | None = None
    while True:
        output = git.ask("cat-file", "commit", commit)
        if output.status:
            return ""
        header, _, text = output.stdout.decode("utf-8", "replace").partition("\n\n")
        facts = re.findall(r"^(tree|parent) ([0-9a-f]+)$", header, re.MULTILINE)
        parents = [name for kind, name in facts if kind == "parent"]
        found = list(_SEAL.finditer(text))
        if not found or len(parents) != 1:
            return ""
        digest, number, total, seal = found[-1].groups()
        here = (digest, int(number), int(total))
        first = here if expected is None else expected
        if here != first or (expected is None and number != total):
            return ""
        if _seal(facts[0][1], text[: found[-1].start()], f"{digest} {number}/{total}") != seal:
            return ""
        if here[1] == 1:
            return digest
        expected = (digest, here[1] - 1, here[2])
        commit = parents[0]
