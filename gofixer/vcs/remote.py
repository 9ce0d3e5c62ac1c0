"""The remote: what branches it has, fetching from it, pushing to it; its refusals as sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gofixer.errors import UserError
from gofixer.vcs.address import Address
from gofixer.vcs.command import Git, Output, last_words

_DEPTH = 64
_REF = "refs/heads/"
_UNREACHABLE = re.compile(
    r"Could not resolve|Failed to connect|Couldn't connect|Connection (refused|reset|timed out|closed)|Empty reply|"
    r"Network is unreachable|Operation timed out|early EOF|hung up|error: 5\d\d"
)


class Moved(Exception):
    """The branch is not what it was when the run began; nothing was pushed."""


class PushRefused(Exception):
    """The remote did not take a branch; ``str`` is a sentence."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Branches of a remote and their commits; ``default`` is the name of its default branch, empty without one."""

    default: str
    branches: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote repository; ``git`` has its credential."""

    git: Git
    address: Address
    url: str
    name: str = "origin"

    def list(self, wanted: Sequence[str]) -> Listing:
        """The default branch, and the branches of some names or patterns."""
        refs = [f"{_REF}{name}" for name in wanted]
        output = self.git.ask("ls-remote", "--symref", self.url, "HEAD", *refs)
        if output.status:
            raise self._failure("read", output)
        default, found = "", {}
        for line in output.stdout.decode("utf-8", "replace").splitlines():
            value, _, ref = line.partition("\t")
            if value.startswith(f"ref: {_REF}") and ref == "HEAD":
                default = value.removeprefix(f"ref: {_REF}")
            elif ref.startswith(_REF):
                found[ref.removeprefix(_REF)] = value
            elif ref == "HEAD" and default:
                found[default] = value
        return Listing(default, {name: commit for name, commit in found.items() if _is_name(commit)})

    def fetch(self, branches: Mapping[str, str], *, whole: bool = False) -> None:
        """Bring the commits of some branches here, with their files; those that the user has are not fetched."""
        missing = [name for name, commit in branches.items() if not self._has(commit)]
        if not missing:
            return
        refs = [f"+{_REF}{name}:refs/gofixer/{number}" for number, name in enumerate(missing)]
        options = ["--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "-q"]
        depth = [] if whole else [f"--depth={_DEPTH}"]
        output = self.git.ask("fetch", *options, *depth, self.url, *refs)
        if output.status:
            raise self._failure("fetch", output)

    def _has(self, commit: str) -> bool:
        return self.git.ask("cat-file", "-e", f"{commit}^{{tree}}").status == 0

    def push(self, commit: str, branch: str, expected: str) -> None:
        """Put a commit on a branch, if the branch is still as ``expected`` (empty: not there).

        Raises `Moved` where it is not, `PushRefused` where the remote refuses it, `UserError` where it cannot be
        reached.
        """
        lease = f"--force-with-lease={_REF}{branch}:{expected}"
        output = self.git.ask(
            "push", "--porcelain", "--no-verify", "--no-signed", lease, self.url, f"{commit}:{_REF}{branch}"
        )
        if output.status == 0:
            return
        lines = output.stdout.decode("utf-8", "replace").splitlines()
        reason = next((line.rpartition("\t")[2] for line in lines if line.startswith("!")), "")
        if "stale info" in reason or "fetch first" in reason or "already exists" in reason:
            raise Moved
        if reason:
            said = [
                line.removeprefix("remote:").strip()
                for line in output.stderr.splitlines()
                if line.startswith("remote:")
            ]
            words = "; ".join(line for line in said if line and not line.startswith("error: hook declined"))[:300]
            reason = self.git.redactor.line(re.sub(r"^\[.*?\]\s*", "", reason).strip("()") or reason)
            detail = f": {words}" if words else ""
            raise PushRefused(f"the remote refused the branch {branch} ({reason}){detail}")
        raise self._failure("push", output)

    def _failure(self, what: str, output: Output) -> UserError:
        """What a failure of the network or of a right means, in a sentence."""
        host, path, text = self.address.host, self.address.path, output.stderr
        said = last_words(text)
        if output.status == -9 or "Timeout: the command" in text:
            return UserError(f"{host} did not answer in time: run the same command again later")
        if _UNREACHABLE.search(text):
            return UserError(f"{host} cannot be reached by git ({said}): run the same command again later")
        if re.search(r"could not read (Username|Password)|Authentication failed|error: 401|Permission denied", text):
            return UserError(f"{host} does not let git {what} {path} with this token or key: check it and its rights")
        if re.search(r"error: 403|denied to|not allowed", text):
            return UserError(f"the token or key has no right to {what} at {host}/{path}")
        if re.search(r"error: 404|not found|does not exist|not appear to be a git repository", text):
            return UserError(f"{host} has no repository {path}, or not for this token or key")
        return UserError(f"git could not {what} {host}/{path}: {self.git.redactor.line(said)}")


def _is_name(commit: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit) is not None
