"""The GitHub Action: its description, and its steps run as a runner would, against a forge of our own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import scripts
import yaml

from gofixer.cli.action import command, pull_request
from gofixer.cli.comment import MARKER, Conversation, ForgeError

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"] if "id" in step}
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
SOURCE = 'package p\n\nimport "fmt"\n\nfunc F(n int) string { return fmt.Sprintf("%d", n) }\n'
CLEAN = "package p\n\nfunc F(n int) int { return n }\n"


# -- the description --------------------------------------------------------------------------------------------


def validate(schema: str, file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_follows_the_schema() -> None:
    validate("github-actions", ROOT / "action.yml")


def test_the_workflows_of_the_documentation_follow_the_schema(tmp_path: Path) -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "ci.md").read_text(), re.MULTILINE | re.DOTALL)
    workflows = [block for block in blocks if re.search(r"^jobs:", block, re.MULTILINE)]
    assert len(workflows) >= 3
    for number, block in enumerate(workflows):
        file = tmp_path / f"{number}.yml"
        file.write_text(block)
        validate("github-workflows", file)
        for job in yaml.safe_load(block)["jobs"].values():
            given = [step.get("with", {}) for step in job["steps"] if "gofixer" in step.get("uses", "")]
            assert all(set(inputs) <= set(ACTION["inputs"]) for inputs in given)


def test_inputs_never_become_a_part_of_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        for name, value in step.get("env", {}).items():
            assert EXPRESSION.fullmatch(value), f"{name} is more than one expression"


def test_every_input_is_used_and_every_output_comes_from_a_step() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"])))
    assert used == set(ACTION["inputs"])
    assert {EXPRESSION.sub(r"\1", output["value"]) for output in ACTION["outputs"].values()} == {
        f"steps.run.outputs.{name}" for name in ACTION["outputs"]
    }


def test_the_token_is_kept_from_the_analysis() -> None:
    with_token = [step.get("id") for step in ACTION["runs"]["steps"] if "inputs.token" in json.dumps(step)]
    assert with_token == ["comment", "pr"]


# -- a runner ---------------------------------------------------------------------------------------------------


class Runner:
    """Runs the steps of the action in a folder, as GitHub's runner does: expressions, outputs, summary."""

    def __init__(self, root: Path, api: str = "", event: object = None, **inputs: str) -> None:
        self.root = root / "repository"
        self.root.mkdir()
        (self.root / "go.mod").write_text("module example.com/m\n\ngo 1.24\n")
        (self.root / "p.go").write_text(SOURCE)
        self.temp = root / "temp"
        self.temp.mkdir()
        self.inputs = {name: str(given.get("default", "")) for name, given in ACTION["inputs"].items()} | inputs
        self.outputs: dict[str, str] = {"install.python": sys.executable}
        self.summary = self.temp / "summary"
        (self.temp / "event.json").write_text(json.dumps(event or {}))
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")} | {
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_API_URL": api,
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"),
            "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "NO_PROXY": "*",
            "RUNNER_TEMP": str(self.temp),
        }

    def step(self, name: str) -> tuple[int, str]:
        step = STEPS[name]
        output, script = self.temp / f"{name}.output", self.temp / f"{name}.sh"
        script.write_text(step["run"])
        environment = {key: self._value(EXPRESSION.sub(r"\1", text)) for key, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.root,
            env=self.environment | environment | {"GITHUB_OUTPUT": str(output)},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = output.read_text().splitlines() if output.exists() else []
        self.outputs |= {f"{name}.{key}": value for key, _, value in (line.partition("=") for line in lines)}
        return done.returncode, done.stdout + done.stderr

    def _value(self, expression: str) -> str:
        if expression.startswith("inputs."):
            return self.inputs[expression.removeprefix("inputs.")]
        found = re.fullmatch(r"steps\.(\w+)\.outputs\.([\w-]+)", expression)
        assert found is not None, expression
        return self.outputs.get(f"{found[1]}.{found[2]}", "")


class Forge:
    """The comments of one pull request, as GitHub's REST API has them."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.seen: list[tuple[str, str, str]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.url = ""

    def answer(self, method: str, path: str, token: str, body: Any) -> tuple[int, dict[str, str], bytes]:
        self.seen.append((method, path, token))
        if self.answers:
            return self.answers.pop(0)
        if token != "Bearer secret":
            return 401, {}, b'{"message": "Bad credentials"}'
        if method == "GET":
            page = int(path.rsplit("page=", 1)[1])
            return 200, {}, json.dumps(self.comments[100 * page - 100 : 100 * page]).encode()
        if method == "POST":
            self.comments.append({"id": len(self.comments), "user": {"type": "Bot"}, **body})
            return 201, {}, b"{}"
        self.comments[int(path.rsplit("/", 1)[1])] |= body
        return 200, {}, b"{}"


@pytest.fixture
def forge() -> Iterator[Forge]:
    forge = Forge()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, headers, content = forge.answer(
                self.command, self.path, self.headers.get("Authorization", ""), body
            )
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    forge.url = f"http://127.0.0.1:{server.server_port}"
    yield forge
    server.shutdown()
    thread.join()
    server.server_close()


PULL = {"pull_request": {"number": 7}}


def test_the_comment_mode_from_the_run_to_an_updated_comment(tmp_path: Path, forge: Forge) -> None:
    runner = Runner(tmp_path, forge.url, PULL, token="secret")
    forge.comments = [{"id": n, "body": "hello", "user": {"type": "User"}} for n in range(120)]
    code, log = runner.step("run")
    assert code == 0, log
    assert "::warning file=p.go,line=5," in log
    assert runner.outputs["run.fixes"] == "1"
    assert "return strconv.Itoa(n)" in runner.summary.read_text()
    subprocess.run(["git", "init", "-q"], cwd=runner.root, check=True)
    subprocess.run(["git", "apply", "--check", runner.outputs["run.patch"]], cwd=runner.root, check=True)
    assert json.loads(Path(runner.outputs["run.sarif-file"]).read_bytes())["version"] == "2.1.0"

    code, log = runner.step("comment")
    assert (code, "a comment was written" in log) == (0, True), log
    assert forge.comments[120]["body"].startswith(f"{MARKER}\n## gofixer\n\n1 fix proposed in 1 file.")
    assert "is up to date" in runner.step("comment")[1]

    (runner.root / "p.go").write_text(CLEAN)
    assert runner.step("run")[0] == 0
    assert "was updated" in runner.step("comment")[1]
    assert len(forge.comments) == 121
    assert "Nothing to fix in 1 file." in forge.comments[120]["body"]
    assert "secret" not in log
    assert (runner.root / "p.go").read_text() == CLEAN


def test_a_check_fails_the_step_and_the_report_is_there_all_the_same(tmp_path: Path) -> None:
    runner = Runner(tmp_path, mode="sarif", args="--check --select 'formatting'", paths="p.go\n")
    code, log = runner.step("run")
    assert code == 1
    assert "::warning" not in log
    (result,) = json.loads(Path(runner.outputs["run.sarif-file"]).read_bytes())["runs"][0]["results"]
    assert result["ruleId"] == "sprintf-to-strconv"
    # The comment is written after a failure, too: the condition asks for the report, not for success.
    assert STEPS["comment"]["if"].startswith("${{ !cancelled()")


@pytest.mark.parametrize(
    "text", ["; touch pwned", "$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "./... && touch pwned"]
)
def test_inputs_are_words_and_not_shell(tmp_path: Path, text: str) -> None:
    runner = Runner(tmp_path, paths=text)
    code, _ = runner.step("run")
    assert code == 2
    assert not (runner.root / "pwned").exists()


def test_code_of_the_repository_is_not_imported(tmp_path: Path) -> None:
    runner = Runner(tmp_path, mode="sarif")
    for name in ("json.py", "typer.py", "gofixer.py"):
        (runner.root / name).write_text("open('pwned', 'w')\n")
    assert runner.step("run")[0] == 0
    assert not (runner.root / "pwned").exists()


def test_output_that_looks_like_a_command_of_the_workflow(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    (runner.root / "::set-env name=X::y.go").write_text("package p\n\n//gofixer:ignore sprintf-to-strconv\n")
    _, log = runner.step("run")
    pause = re.search(r"^::stop-commands::(\w+)$", log, re.MULTILINE)
    assert pause is not None
    told, _, rest = log.partition(f"\n::{pause[1]}::\n")
    assert "::set-env name=X::y.go" in told
    assert not re.search(r"^::set-env", rest, re.MULTILINE)


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"mode": "commend"}, "mode 'commend': write comment, sarif or pr"),
        ({"args": "--select 'x"}, "args: No closing quotation"),
    ],
)
def test_wrong_inputs_end_in_one_sentence(tmp_path: Path, inputs: dict[str, str], sentence: str) -> None:
    code, log = Runner(tmp_path, **inputs).step("run")
    assert (code, log) == (2, f"::error title=gofixer::{sentence}\n")


def test_what_cannot_be_commented_is_a_warning(tmp_path: Path, forge: Forge) -> None:
    runner = Runner(tmp_path, forge.url, {"ref": "main"}, token="secret")
    (runner.temp / "report.md").write_text("report")
    runner.outputs |= {"run.report": str(runner.temp / "report.md"), "run.fixes": "1"}
    assert runner.step("comment") == (
        0,
        "::notice title=gofixer::no pull request to comment on; the report is in the job summary\n",
    )
    (runner.temp / "event.json").write_text(json.dumps(PULL))
    runner.inputs["token"] = "wrong"
    code, log = runner.step("comment")
    assert code == 0
    assert log.startswith("::warning title=gofixer::the comment could not be written (GET")
    assert "401 Bad credentials" in log
    assert "wrong" not in log
    runner.inputs["token"] = ""
    assert "no token to comment with" in runner.step("comment")[1]


# -- the comment ------------------------------------------------------------------------------------------------


def talk(forge: Forge, waits: list[float] | None = None) -> Conversation:
    record = waits if waits is not None else []
    return Conversation(forge.url, "owner/name", 7, "secret", sleep=record.append)


def test_limits_are_waited_for_and_servers_asked_again(forge: Forge) -> None:
    waits: list[float] = []
    forge.answers = [(502, {}, b""), (403, {"Retry-After": "3"}, b"{}")]
    assert talk(forge, waits).publish("text", anew=True) == "a comment was written"
    assert waits == [1.0, 3.0]


def test_a_comment_is_not_sent_twice_when_the_server_stumbles(forge: Forge) -> None:
    forge.answers = [(200, {}, b"[]"), (502, {}, b"")]
    with pytest.raises(ForgeError, match="POST /repos/owner/name/issues/7/comments: 502"):
        talk(forge).publish("text", anew=True)
    assert [method for method, *_ in forge.seen] == ["GET", "POST"]


def test_the_token_follows_no_redirect(forge: Forge) -> None:
    forge.answers = [(302, {"Location": f"{forge.url}/elsewhere"}, b"{}")]
    with pytest.raises(ForgeError, match="302"):
        talk(forge).publish("text", anew=True)
    assert len(forge.seen) == 1
    with pytest.raises(ForgeError, match="not https"):
        Conversation("http://example.com", "o/n", 1, "secret").publish("text", anew=True)


def test_a_stranger_s_copy_of_the_marker_is_left_alone(forge: Forge) -> None:
    copy = {"id": 0, "body": f"{MARKER}\nmine", "user": {"type": "User"}, "author_association": "NONE"}
    forge.comments = [dict(copy)]
    assert talk(forge).publish("text", anew=True) == "a comment was written"
    assert forge.comments[0] == copy


def test_nothing_to_fix_and_no_comment_yet(forge: Forge) -> None:
    assert talk(forge).publish("text", anew=False) == "nothing to fix, no comment"
    assert forge.comments == []


def test_nobody_is_there() -> None:
    waits: list[float] = []
    with pytest.raises(ForgeError, match=r"GET .*refused"):
        Conversation("http://127.0.0.1:9", "o/n", 1, "secret", waits.append).publish("text", anew=True)
    assert waits == [1.0, 2.0]


# -- the other steps --------------------------------------------------------------------------------------------


def test_pull_requests_get_the_token_and_an_author(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: dict[str, Any] = {}
    real = subprocess.run

    def fake(arguments: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        if arguments[0] == "git":
            return real(arguments, **options)
        ran.update(arguments=arguments, environment=options["env"])
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", fake)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    inputs = {**os.environ, "GOFIXER_ARGS": "--split family", "GOFIXER_PATHS": "./a ./b", "GOFIXER_TOKEN": "secret"}
    assert pull_request(inputs) == 0
    assert ran["arguments"][1:] == ["-I", "-m", "gofixer", "pr", "--split", "family", "--", "./a", "./b"]
    assert ran["environment"]["GITHUB_TOKEN"] == "secret"
    assert ran["environment"]["GIT_AUTHOR_NAME"] == "github-actions[bot]"
    assert "GOFIXER_TOKEN" not in ran["environment"]


def test_what_is_installed() -> None:
    requirement = scripts.load("action/install.py").requirement
    assert requirement("", "comment", Path("/action")) == "/action"
    assert requirement("", "pr", Path("/action")) == "/action[pr]"
    assert requirement("0.2.0rc1", "pr", Path("/action")) == "gofixer[pr]==0.2.0rc1"
    for wrong in ("--index-url=x", "1; touch pwned", "git+https://example.com/x"):
        with pytest.raises(ValueError, match="version"):
            requirement(wrong, "comment", Path("/action"))


def test_a_wrong_mode_is_told_before_anything_is_installed(tmp_path: Path) -> None:
    runner = Runner(tmp_path, mode="x")
    runner.outputs["python.python-path"] = sys.executable
    assert runner.step("install") == (2, "::error title=gofixer::mode: write comment, sarif or pr\n")
    assert not (runner.temp / "gofixer-environment").exists()


@pytest.mark.slow
def test_the_real_installation(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    runner.outputs["python.python-path"] = sys.executable
    code, log = runner.step("install")
    assert code == 0, log
    assert Path(runner.outputs["install.python"]).is_relative_to(runner.temp)
    assert runner.step("run")[0] == 0
    assert runner.outputs["run.fixes"] == "1"


def test_messages_are_one_command() -> None:
    assert command("error", "a\n::b 100%") == "::error title=gofixer::a%0A::b 100%25"
