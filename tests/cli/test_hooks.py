"""The hooks for pre-commit, run by pre-commit in a fresh repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from trees import write

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
SOURCE = 'package p\n\nimport "fmt"\n\nfunc F(n int) string { return fmt.Sprintf("%d", n) }\n'
FIXED = 'package p\n\nimport "strconv"\n\nfunc F(n int) string { return strconv.Itoa(n) }\n'


class Repository:
    """A repository whose hooks are ours, with gofixer as it is installed here."""

    def __init__(self, root: Path) -> None:
        self.root = root / "repository"
        self.root.mkdir()
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_AUTHOR_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "A",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GOFIXER_STATE": str(root / "state"),
            "PRE_COMMIT_COLOR": "never",
            "PRE_COMMIT_HOME": str(root / "pre-commit"),
        }
        self.run("git", "init", "-q", "-b", "main")
        self.write("go.mod", "module example.com/m\n\ngo 1.24\n")

    def run(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            words,
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    def write(self, name: str, text: str) -> None:
        write(self.root, {name: text})

    def text(self, name: str) -> str:
        return (self.root / name).read_text()

    def local_hooks(self) -> None:
        """Our hooks, but with this Python instead of an environment that pre-commit would download."""
        hooks = yaml.safe_load(MANIFEST.read_text())
        for hook in hooks:
            hook["language"] = "system"
            hook["entry"] = hook["entry"].replace("gofixer", f"{sys.executable} -m gofixer", 1)
        self.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))

    def hook(self, name: str, *arguments: str, code: int = 0) -> str:
        return self.run(sys.executable, "-m", "pre_commit", "run", f"gofixer-{name}", *arguments, code=code)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path)
    repository.local_hooks()
    return repository


def test_the_manifest_is_one_for_pre_commit() -> None:
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", MANIFEST], check=True)
    assert [hook["id"] for hook in yaml.safe_load(MANIFEST.read_text())] == ["gofixer-check", "gofixer-fix"]


def test_check_fails_with_the_patch_and_fix_fixes(repository: Repository) -> None:
    repository.write("a/p.go", SOURCE)
    repository.write("b/p.go", SOURCE)
    repository.write("README.md", "text\n")
    repository.run("git", "add", ".pre-commit-config.yaml", "go.mod", "a", "README.md")

    told = repository.hook("check", code=1)
    assert "+func F(n int) string { return strconv.Itoa(n) }" in told
    assert "b/p.go" not in told
    assert repository.text("a/p.go") == SOURCE

    told = repository.hook("fix", code=1)
    assert "files were modified by this hook" in told
    assert (repository.text("a/p.go"), repository.text("b/p.go")) == (FIXED, SOURCE)

    repository.run("git", "add", "a")
    assert "Passed" in repository.hook("fix")
    assert "Passed" in repository.hook("check")


def test_what_is_staged_counts_and_not_what_lies_beside_it(repository: Repository) -> None:
    repository.write("p.go", SOURCE)
    repository.run("git", "add", "-A")
    repository.write("p.go", SOURCE + "\nfunc {\n")
    assert "strconv.Itoa(n)" in repository.hook("check", code=1)
    assert repository.text("p.go").endswith("func {\n")


def test_files_that_are_no_go_or_gone(repository: Repository) -> None:
    repository.write("p.go", FIXED)
    repository.write("q.go", "package p\n\nvar X = F(1)\n")
    repository.run("git", "add", "-A")
    repository.run("git", "commit", "-qm", "first")
    repository.write("README.md", "text\n")
    repository.run("git", "add", "README.md")
    assert "(no files to check)Skipped" in repository.hook("check")
    repository.run("git", "rm", "-q", "q.go")
    assert "(no files to check)Skipped" in repository.hook("fix")
    repository.write("p.go", FIXED + "\nvar Y = F(2)\n")
    repository.run("git", "add", "-A")
    assert "Passed" in repository.hook("check")


def test_what_the_project_leaves_out_is_left_out_of_a_list_of_files_too(repository: Repository) -> None:
    for folder in ("vendor/x", "testdata", "_old", "third_party/y"):
        repository.write(f"{folder}/p.go", SOURCE)
    repository.write("gen.go", "// Code generated by x. DO NOT EDIT.\n\n" + SOURCE)
    repository.write("gofixer.toml", 'exclude = ["third_party/"]\n')
    repository.run("git", "add", "-A")
    assert "Passed" in repository.hook("check", "--all-files")
    assert "Passed" in repository.hook("fix", "--all-files")


def test_wrong_configuration_stops_the_commit(repository: Repository) -> None:
    repository.write("p.go", SOURCE)
    repository.write("gofixer.toml", 'select = ["nothing"]\n')
    repository.run("git", "add", "-A")
    assert "gofixer: error: " in repository.hook("check", code=1)


@pytest.mark.slow
def test_the_real_installation(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.write("p.go", SOURCE)
    repository.run("git", "add", "-A")
    told = repository.run(
        sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "gofixer-check", "--all-files", code=1
    )
    assert "+func F(n int) string { return strconv.Itoa(n) }" in told
