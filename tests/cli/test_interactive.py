"""`--interactive` in a real terminal: the keys, what they write, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
import trees

from gofixer.cli.editor import command
from gofixer.report.card import first_paragraph, printable

A = """package m

import "fmt"

func A(n int) string { return fmt.Sprintf("%d", n) }

func B(n int) string {
	return fmt.Sprintf("%d", n)
}

func C(s string) string {
	return fmt.Sprintf("%s", fmt.Sprintf("%s:%s", s, s))
}

func Keep() { fmt.Println() }
"""
B = """package m

import "fmt"

func D(n int) string {
	return fmt.Sprintf("%d", n)
}
"""
QUESTION = re.escape("[y,n,a,d,e,s,q,?] ")


@pytest.fixture
def module(tmp_path: Path) -> Path:
    return trees.module(tmp_path / "m", {"a.go": A, "b.go": B}, go="1.24")


class Terminal:
    """A review in a terminal of 100 columns; ``seen`` is what it showed, without colours."""

    def __init__(self, module: Path, *arguments: str, **env: str) -> None:
        state = {"GOFIXER_STATE": str(module.parent / "state")}
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "gofixer", "--interactive", "--select", "formatting", *arguments],
            cwd=str(module),
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "1", **state, **env},
            encoding="utf-8",
            timeout=120,
            dimensions=(60, 100),
        )
        self.seen = ""

    def until(self, pattern: str) -> str:
        self.child.expect(pattern)
        assert isinstance(self.child.before, str)
        matched = self.child.after if isinstance(self.child.after, str) else ""
        shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.child.before + matched).replace("\r\n", "\n")
        self.seen += shown
        return shown

    def press(self, *keys: str) -> str:
        """Answer one question after the other; gives what stood above the last one."""
        shown = ""
        for key in keys:
            shown = self.until(QUESTION)
            self.child.send(key)
        return shown

    def end(self) -> int:
        self.until(pexpect.EOF)
        self.child.close()
        assert self.child.exitstatus is not None
        return int(self.child.exitstatus)


def undo(module: Path) -> str:
    env = {**os.environ, "GOFIXER_STATE": str(module.parent / "state")}
    done = subprocess.run(
        [sys.executable, "-m", "gofixer", "undo"], cwd=module, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_yes_and_no_and_what_stands_on_another_fix(module: Path) -> None:
    terminal = Terminal(module)
    first = terminal.press("y")
    assert "[1 of 5] a.go:5:31 in A" in first
    assert "sprintf-to-strconv" in first
    assert "Sprintf takes a printer from a pool" in first
    assert '-func A(n int) string { return fmt.Sprintf("%d", n) }' in first
    terminal.press("n", "y", "n")
    last = terminal.press("y")
    assert "This fix stands on what the fixes before it leave." in last
    # The file has a site that was declined since, so the last one is told again from a new analysis.
    assert terminal.end() == 0
    after = (module / "a.go").read_text()
    assert "func A(n int) string { return strconv.Itoa(n) }" in after
    assert '\treturn fmt.Sprintf("%d", n)\n' in after
    assert '\treturn s + ":" + s\n' in after
    assert (module / "b.go").read_text() == B
    assert "2 declined in the review" in " ".join(terminal.seen.split())
    assert "`gofixer undo` takes all of it back" in terminal.seen
    assert undo(module) == "a.go: as it was\n"
    assert (module / "a.go").read_text() == A


def test_all_and_none_of_a_transform(module: Path) -> None:
    terminal = Terminal(module)
    terminal.press("a", "d")
    assert terminal.end() == 0
    assert "all 4 of sprintf-to-strconv" in terminal.seen
    assert "none of 1 of sprintf-to-concat" in terminal.seen
    assert (module / "a.go").read_text().count("strconv.Itoa(n)") == 2
    assert (module / "b.go").read_text().count("strconv.Itoa(n)") == 1
    assert 'fmt.Sprintf("%s:%s", s, s)' in (module / "a.go").read_text()


def test_quit_keeps_what_was_accepted(module: Path) -> None:
    terminal = Terminal(module)
    shown = terminal.press("n", "y", "?", "x", "q")
    assert "q  ask no more" in shown
    assert terminal.end() == 0
    after = (module / "a.go").read_text()
    assert 'func A(n int) string { return fmt.Sprintf("%d", n) }' in after
    assert "\treturn strconv.Itoa(n)\n" in after
    assert (module / "b.go").read_text() == B
    assert "3 the review ended before this one was accepted" in " ".join(terminal.seen.split())


def test_suppressing_writes_the_comment_with_the_fixes(module: Path) -> None:
    terminal = Terminal(module)
    terminal.press("y", "s")
    terminal.until("empty: go back")
    terminal.child.send("\r")
    terminal.press("s")
    terminal.until("empty: go back")
    terminal.child.sendline("cold, and easier to read")
    terminal.press("q")
    assert terminal.end() == 0
    after = (module / "a.go").read_text()
    comment = "\t//gofixer:ignore sprintf-to-strconv cold, and easier to read\n"
    assert f'{comment}\treturn fmt.Sprintf("%d", n)\n' in after
    assert "return strconv.Itoa(n)" in after
    assert "1 suppressed" in " ".join(terminal.seen.split())
    env = {**os.environ, "GOFIXER_STATE": str(module.parent / "state")}
    again = subprocess.run(
        [sys.executable, "-m", "gofixer", "--dry-run", "-v", "--select", "sprintf-to-strconv", "a.go"],
        cwd=module,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"%d"' not in again.stdout
    assert "suppressed: suppressed by the comment on line" in again.stderr
    assert "unused" not in again.stderr
    undo(module)
    assert (module / "a.go").read_text() == A


def test_the_editor_and_what_it_left(module: Path) -> None:
    editor = module.parent / "editor.py"
    editor.write_text(
        "import pathlib, sys\n"
        "line, file = int(sys.argv[1][1:]), pathlib.Path(sys.argv[2])\n"
        "lines = file.read_text().splitlines(keepends=True)\n"
        "assert 'Sprintf' in lines[line - 1], lines[line - 1]\n"
        "lines[line - 1] = '\\treturn string(rune(n))\\n'\n"
        "file.write_text(''.join(['// Edited.\\n', *lines]))\n"
    )
    terminal = Terminal(module, EDITOR=f"{sys.executable} {editor}", VISUAL="")
    terminal.press("y", "e")
    shown = terminal.press("y")
    assert "a.go was edited: 2 fixes to look at in it now" in shown
    assert "a.go:13:27 in C" in shown
    terminal.press("y", "y")
    assert terminal.end() == 0
    after = (module / "a.go").read_text()
    assert after.startswith("// Edited.\npackage m\n")
    assert "func A(n int) string { return strconv.Itoa(n) }" in after
    assert "return string(rune(n))" in after
    assert "strconv.Itoa(n)" in (module / "b.go").read_text()


def test_an_editor_that_cannot_be_started(module: Path) -> None:
    terminal = Terminal(module, EDITOR="no-such-editor", VISUAL="")
    terminal.press("e", "q")
    assert terminal.end() == 0
    assert "no-such-editor: cannot be started" in terminal.seen
    assert "a.go is as it was" in terminal.seen
    assert "nothing accepted, nothing written" in terminal.seen


@pytest.mark.parametrize(("answer", "code"), [("n", 130), ("\x03", 130), ("y", 0)])
def test_ctrl_c_asks_what_is_to_become_of_the_accepted(module: Path, answer: str, code: int) -> None:
    terminal = Terminal(module)
    terminal.press("y", "\x03")
    terminal.until(re.escape("Keep the 1 fix accepted so far? [y,n] "))
    terminal.child.send(answer)
    assert terminal.end() == code
    assert ("interrupted; nothing was written" in terminal.seen) == bool(code)
    assert ("strconv" in (module / "a.go").read_text()) != bool(code)


def test_ctrl_c_with_nothing_accepted(module: Path) -> None:
    terminal = Terminal(module)
    terminal.press("\x03")
    assert terminal.end() == 130
    assert "interrupted; nothing was written" in terminal.seen
    assert (module / "a.go").read_text() == A


def test_a_signal_ends_the_review_with_nothing_written(module: Path) -> None:
    terminal = Terminal(module)
    terminal.press("y")
    terminal.until(QUESTION)
    terminal.child.kill(signal.SIGTERM)
    assert terminal.end() == 130
    assert "accepted so far and not written: 1 fix" in terminal.seen
    assert "interrupted; nothing was written" in terminal.seen
    assert (module / "a.go").read_text() == A


def test_a_dry_run_prints_the_patch_of_what_was_accepted(module: Path) -> None:
    terminal = Terminal(module, "--dry-run", "--output", "p.patch")
    terminal.press("y", "q")
    assert terminal.end() == 0
    assert (module / "a.go").read_text() == A
    patch = (module / "p.patch").read_text()
    assert "+func A(n int) string { return strconv.Itoa(n) }\n" in patch
    assert patch.count("strconv.Itoa") == 1


def test_without_a_terminal(module: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gofixer", "--interactive"], cwd=module, capture_output=True, text=True, input="y"
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("gofixer: error: --interactive asks at a terminal")
    assert done.stderr.count("\n") == 1


def test_commands_of_editors() -> None:
    def words(**environment: str) -> list[str]:
        return command(Path("/x/a.go"), 7, environment)

    assert words() == (["notepad", "/x/a.go"] if sys.platform == "win32" else ["vi", "+7", "/x/a.go"])
    assert words(EDITOR="nano -w") == ["nano", "-w", "+7", "/x/a.go"]
    assert words(EDITOR="nano", VISUAL="hx") == ["hx", "/x/a.go:7"]
    assert words(EDITOR="code") == ["code", "--wait", "--goto", "/x/a.go:7"]
    assert words(EDITOR="'/my editors/subl' -w") == ["/my editors/subl", "-w", "/x/a.go:7"]
    with pytest.raises(ValueError, match="quotation"):
        words(EDITOR="'vi")


def test_code_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b]0;title\x07b\tc\r\nd\re\x9b") == "a\\x1b]0;title\\x07b\tc\nd\\re\\x9b"


def test_the_first_paragraph_of_a_section() -> None:
    page = "## Why it is slow\nOne\ntwo.\n\nThree.\n## Fix safety\nSafe.\n```go\nx\n```\n"
    assert first_paragraph(page, "Why it is slow") == "One two."
    assert first_paragraph(page, "Fix safety") == "Safe."
    assert first_paragraph(page, "Sources") == ""
