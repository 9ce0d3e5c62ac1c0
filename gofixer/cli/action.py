"""The steps of the GitHub Action (action.yml), which gets its inputs from the environment."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from gofixer.cli.comment import Conversation, ForgeError
from gofixer.errors import ExitCode, UserError

_SELF = (sys.executable, "-I", "-m", "gofixer")
_BOT = {"NAME": "github-actions[bot]", "EMAIL": "41898282+github-actions[bot]@users.noreply.github.com"}


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Carry out one step; gives the exit code."""
    steps = {"run": run, "comment": comment, "pr": pull_request}
    try:
        if len(arguments) != 1 or arguments[0] not in steps:
            raise UserError("the steps are run, comment and pr")
        return steps[arguments[0]](environment)
    except UserError as error:
        print(command("error", str(error)))
        return error.exit_code


def run(environment: Mapping[str, str]) -> int:
    """The dry run: annotations to the log, the report to the job summary, all forms to files named in the outputs.

    Exit codes are those of gofixer: with ``--check`` among the arguments 1 where there is something to fix.
    """
    mode = environment.get("GOFIXER_MODE", "")
    if mode not in ("comment", "sarif"):
        raise UserError(f"mode {mode!r}: write comment, sarif or pr")
    folder = Path(tempfile.mkdtemp(prefix="gofixer-report-", dir=environment.get("RUNNER_TEMP") or None))
    files = {"json": "report.json", "markdown": "report.md", "sarif": "gofixer.sarif", "patch": "gofixer.patch"}
    ours = ["--dry-run", "--format", "github", "--output", str(folder / "annotations")]
    for form, name in files.items():
        ours += ["--report", f"{form}={folder / name}"]
    code = _untold([*_SELF, "fix", *_words(environment, "GOFIXER_ARGS"), *ours, "--", *_paths(environment)])
    if not (folder / "report.json").is_file():
        return code or ExitCode.TOOLCHAIN
    if mode == "comment":
        # Code scanning shows its alerts itself.
        print((folder / "annotations").read_text(encoding="utf-8"), end="", flush=True)
    _append(environment, "GITHUB_STEP_SUMMARY", (folder / "report.md").read_text(encoding="utf-8"))
    fixes = json.loads((folder / "report.json").read_bytes())["summary"]["proposed"]
    outputs = {
        "fixes": str(fixes),
        "report": folder / "report.md",
        "patch": folder / "gofixer.patch",
        "sarif-file": folder / "gofixer.sarif",
    }
    _append(environment, "GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in outputs.items()))
    return code


def comment(environment: Mapping[str, str]) -> int:
    """Put the report on the pull request that the workflow runs for; where that cannot be, a warning says why."""
    number = _pull_request_number(environment)
    token = environment.get("GOFIXER_TOKEN", "")
    if number is None:
        print(command("notice", "no pull request to comment on; the report is in the job summary"))
        return ExitCode.OK
    if not token:
        print(command("warning", "no token to comment with; the report is in the job summary"))
        return ExitCode.OK
    body = Path(environment["GOFIXER_REPORT"]).read_text(encoding="utf-8")
    conversation = Conversation(
        environment.get("GITHUB_API_URL", "https://api.github.com"), environment["GITHUB_REPOSITORY"], number, token
    )
    try:
        print(f"gofixer: {conversation.publish(body, anew=environment.get('GOFIXER_FIXES') != '0')}")
    except ForgeError as error:
        advice = "a workflow comments with `permissions: pull-requests: write`, and not for forks"
        print(command("warning", f"the comment could not be written ({error}); {advice}; see the job summary"))
    return ExitCode.OK


def pull_request(environment: Mapping[str, str]) -> int:
    """`gofixer pr`, with the token in its environment and an author for its commits."""
    child = {name: value for name, value in environment.items() if name != "GOFIXER_TOKEN"}
    if token := environment.get("GOFIXER_TOKEN"):
        child["GITHUB_TOKEN"] = token
    for kind, value in _BOT.items():
        configured = subprocess.run(["git", "config", f"user.{kind.lower()}"], capture_output=True, check=False)
        if not configured.stdout.strip():
            for role in ("AUTHOR", "COMMITTER"):
                child.setdefault(f"GIT_{role}_{kind}", value)
    return _untold([*_SELF, "pr", *_words(environment, "GOFIXER_ARGS"), "--", *_paths(environment)], child)


def command(name: str, message: str) -> str:
    """A workflow command that shows a message."""
    text = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{name} title=gofixer::{text}"


def _untold(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run a command whose output, full of names that somebody else chose, is taken for no workflow command."""
    pause = secrets.token_hex(16)
    print(f"::stop-commands::{pause}", flush=True)
    try:
        return subprocess.run(
            arguments, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False
        ).returncode
    finally:
        print(f"\n::{pause}::", flush=True)


def _words(environment: Mapping[str, str], name: str) -> list[str]:
    try:
        return shlex.split(environment.get(name, ""))
    except ValueError as error:
        raise UserError(f"{name.removeprefix('GOFIXER_').lower()}: {error}") from None


def _paths(environment: Mapping[str, str]) -> list[str]:
    return _words(environment, "GOFIXER_PATHS") or ["./..."]


def _pull_request_number(environment: Mapping[str, str]) -> int | None:
    try:
        event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
        return int(event["pull_request"]["number"])
    except (KeyError, TypeError, ValueError, OSError):
        return None


def _append(environment: Mapping[str, str], name: str, text: str) -> None:
    if path := environment.get(name):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
