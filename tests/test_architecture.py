"""The architecture as the design draws it: import arrows, file sizes, documentation, nothing of one machine."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gofixer.engine.registry import shipped
from gofixer.transform import Transform

ROOT = Path(__file__).parents[1]

# From left to right; a layer may import itself and what stands to its left. Layers in one tuple may not import each
# other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "interrupts", "paths"),
    ("syntax",),
    ("match",),
    ("facts",),
    ("edits",),
    ("profiles",),
    ("context",),
    ("transform",),
    ("engine",),
    ("rules",),
    ("settings",),
    ("patch",),
    ("verify",),
    ("bench",),
    ("differential",),
    ("evidence", "behaviour"),
    ("prove",),
    ("pipeline",),
    ("report", "testing"),
    ("lsp",),
    ("cli",),
    ("__main__",),
)
# Imports that point the other way and may: small pieces that stand where they are used most.
ALLOWED: frozenset[tuple[str, str]] = frozenset()
GENERATED = {"gofixer/syntax/nodes.py"}
MOST_LINES = 400
HEADINGS = (
    "What it does",
    "Why it is slow",
    "Example",
    "Use instead",
    "Fix safety",
    "When not to use it",
    "Go versions",
    "Measured",
    "Sources",
)


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of what a module of ours imports, at the top or inside of a function."""
    tree = ast.parse(path.read_text())
    parts = ["gofixer", *path.relative_to(ROOT / path.relative_to(ROOT).parts[0]).with_suffix("").parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*parts[: -node.level], *([base] if base else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def layer(module: str) -> int:
    """Number of the layer that a module of gofixer belongs to."""
    part = module.split(".")[1]
    return next(number for number, names in enumerate(LAYERS) if part in names)


def test_every_module_has_a_layer() -> None:
    parts = {path.relative_to(ROOT / "gofixer").parts[0].removesuffix(".py") for path in python_files("gofixer")}
    assert parts - {"__init__"} == {part for names in LAYERS for part in names}


@pytest.mark.parametrize("path", python_files("gofixer"), ids=name)
def test_imports_point_one_way(path: Path) -> None:
    if path == ROOT / "gofixer" / "__init__.py":
        assert not list(imports(path))
        return
    own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    parts = {part for names in LAYERS for part in names}
    wrong = []
    for line, imported in imports(path):
        words = imported.split(".")
        if words[0] != "gofixer" or len(words) < 2 or words[1] not in parts:
            continue
        same = words[1] == own.split(".")[1]
        if not same and layer(imported) >= layer(own) and (own, imported) not in ALLOWED:
            wrong.append(f"{name(path)}:{line} imports {imported}")
    assert not wrong


@pytest.mark.parametrize("path", [p for p in python_files("transforms") if p.name != "__init__.py"], ids=name)
def test_transforms_import_only_the_transform_api(path: Path) -> None:
    family = path.parent.name
    for line, imported in imports(path):
        if not imported.startswith("gofixer"):
            continue
        helper = re.match(rf"gofixer\.transforms\.({family}|_\w+)\._\w+", imported)
        assert imported.startswith("gofixer.transform.") or helper, f"{name(path)}:{line} imports {imported}"


@pytest.mark.parametrize("path", [*python_files("gofixer"), *python_files("transforms")], ids=name)
def test_files_are_small_enough_to_hold_in_the_head(path: Path) -> None:
    if name(path) not in GENERATED:
        assert len(path.read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("transform", shipped(), ids=lambda t: t.name)
def test_transforms_are_documented(transform: Transform) -> None:
    titles = re.findall(r"^## (.+)$", transform.documentation, re.MULTILINE)
    assert titles == list(HEADINGS)
    for title, text in zip(titles, re.split(r"^## .+$", transform.documentation, flags=re.MULTILINE)[1:], strict=True):
        assert text.strip(), f"{transform.name}: {title} says nothing"
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", transform.name)
    assert "\n" not in transform.summary
    assert transform.seeds


def test_transforms_stand_where_their_family_and_name_say() -> None:
    files = {p for p in python_files("transforms") if not p.name.startswith("_")}
    assert files == {ROOT / "transforms" / t.family / f"{t.name.replace('-', '_')}.py" for t in shipped()}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("no git checkout")
    return [ROOT / word.decode() for word in listed.stdout.split(b"\0") if word]


def registry_hosts() -> set[str]:
    """Hosts that this machine's package clients are set up with, other than the public ones."""
    settings = [
        os.environ.get(word, "") for word in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "GOPROXY")
    ]
    files = (Path("/etc/pip.conf"), Path.home() / ".pip/pip.conf", Path.home() / ".config/pip/pip.conf")
    settings += [path.read_text() for path in files if path.is_file()]
    hosts = {host for text in settings for host in re.findall(r"https?://(?:[^/@\s]*@)?([\w.-]+)", text)}
    return hosts - {"pypi.org", "proxy.golang.org", "files.pythonhosted.org"}


def test_nothing_belongs_to_one_machine() -> None:
    home = re.escape(str(Path.home()))
    words = [rf"(?<![\w.~])(?:{home}|/(?:home|Users|work|root|farm)/\w|/tmp/bash_jobs)"]
    words += [re.escape(host) for host in registry_hosts()]
    pattern = re.compile("|".join(words).encode())
    found = [
        f"{name(path)}:{number}: {match[0].decode(errors='replace')}"
        for path in tracked()
        if path.is_file() and not path.is_symlink() and path != Path(__file__)
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert not found


def test_every_package_is_distributed() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    folders = {path.parent for path in [*python_files("gofixer"), *python_files("transforms")]}
    dotted = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert set(data["packages"]) == {re.sub(r"^transforms\b", "gofixer.transforms", package) for package in dotted}


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert text.startswith("# Changelog\n")
    releases = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert releases[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", release) for release in releases[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= kinds
    names = {transform.name for transform in shipped()}
    assert names <= set(re.findall(r"`([a-z-]+)`", text)), "the changelog names every transform"


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"), ROOT / "examples" / "README.md"]
    for page in pages:
        prose = re.sub(r"(?s)^```.*?^```|`[^`\n]*`", "", page.read_text(), flags=re.MULTILINE)
        for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", prose):
            assert (page.parent / target).exists(), f"{name(page)} links to {target}"
