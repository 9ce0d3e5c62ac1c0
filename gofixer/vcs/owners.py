"""CODEOWNERS: who is asked about a file, as GitHub and GitLab read it.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pathspec

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: which files, and whose they are (nobody's where a line names no one)."""

    spec: pathspec.GitIgnoreSpec
    shallow: str
    owners: tuple[str, ...]

    def matches(self, path: str) -> bool:
        """Whether a path relative to the top belongs to the rule."""
        if not self.spec.match_file(path):
            return False
        # "docs/*" means the files of the folder itself, other than in .gitignore.
        return not self.shallow or path.rpartition("/")[0] == self.shallow


def parse_owners(text: str) -> tuple[Rule, ...]:
    """The rules of a file, in order; lines that cannot be read are left out."""
    rules = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].replace("\\ ", "\0").split()
        # GitLab's sections name no files.
        if not words or words[0].startswith(("[", "^[", "!")):
            continue
        pattern = words[0].replace("\0", "\\ ")
        try:
            spec = pathspec.GitIgnoreSpec.from_lines([pattern])
        except ValueError:
            continue
        shallow = pattern[:-2].strip("/") if pattern.endswith("/*") and "*" not in pattern[:-2] else ""
        rules.append(Rule(spec, shallow, tuple(words[1:])))
    return tuple(rules)


def owners_of(path: str, rules: Sequence[Rule]) -> tuple[str, ...]:
    """The owners of a file: those of the last rule that matches, none without one."""
    return next((rule.owners for rule in reversed(rules) if rule.matches(path)), ())
