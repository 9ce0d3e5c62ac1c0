"""What gofixer and its peers find on the same code, and what their fixes break: `python benchmarks/peers.py --help`.

`run` runs the tools on repositories and keeps what they say; `table` reads that and prints the tables of docs/peers.md;
`sample` prints sites of one kind for reading; `breaks` applies fixes in place (use copies!), builds and vets, and
puts the files back with git. Peers are looked for on PATH: perfsprint, prealloc, staticcheck, and `go fix`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from gofixer.engine.functions import declared_name
from gofixer.syntax import Tree, nodes, parse

GOFIXER = [sys.executable, "-m", "gofixer", "--dry-run"]
COMMANDS = {
    "perfsprint": ["perfsprint", "-json"],
    "prealloc": ["prealloc", "-json"],
    "staticcheck": ["staticcheck", "-f", "json", "-checks", "S1025,S1028,S1030,S1039,SA6001,SA6003"],
    "gofix": ["go", "fix", "-diff", "-stringsbuilder", "-fmtappendf"],
    "gofixer": [*GOFIXER, "--format", "json"],
}
FIXERS = {
    "perfsprint": ["perfsprint", "-fix"],
    "gofix": ["go", "fix", "-stringsbuilder", "-fmtappendf"],
    "gofixer": [sys.executable, "-m", "gofixer"],
}
# Row of the table -> our transforms, and per peer what of its output belongs there.
ROWS: dict[str, tuple[set[str], dict[str, re.Pattern[str]]]] = {
    "Sprintf, Errorf and concatenation": (
        {"sprintf-to-strconv", "sprintf-to-concat", "sprintf-to-append", "errorf-without-verbs"},
        {
            "perfsprint": re.compile(r"^(?!fiximports|concat-loop)"),
            "staticcheck": re.compile(r"^(S1025|S1028|S1039)"),
            "gofix": re.compile(r"Appendf"),
        },
    ),
    "strings built in loops": (
        {"string-concat-in-loop"},
        {"perfsprint": re.compile(r"^concat-loop"), "gofix": re.compile(r"Builder")},
    ),
    "preallocation": ({"missing-prealloc"}, {"prealloc": re.compile("")}),
    "bytes and string conversions": (
        {"bytes-string-conversion", "buffer-string-roundtrip"},
        {"staticcheck": re.compile(r"^(S1030|SA6001|SA6003)")},
    ),
}
BY_VARIABLE = {"strings built in loops", "preallocation"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a tool said of a place: 1-based line, ``fixes`` for gofixer's own proposals, else a message or reason."""

    tool: str
    file: str
    line: int
    text: str
    fixes: bool = True
    name: str = ""


@dataclass(slots=True)
class Site:
    """A place, with all that was said of it."""

    said: list[Said] = field(default_factory=list)

    @property
    def ours(self) -> bool:
        return any(s.tool == "gofixer" and s.fixes for s in self.said)

    @property
    def theirs(self) -> set[str]:
        return {s.tool for s in self.said if s.tool != "gofixer"}

    @property
    def reason(self) -> str:
        """Why gofixer left it alone."""
        return next((s.text for s in self.said if s.tool == "gofixer" and not s.fixes), "no such shape for gofixer")


# -- reading what the tools said --------------------------------------------------------------------------------


def analysis(tool: str, text: str, root: Path) -> Iterator[Said]:
    """The JSON of a go/analysis driver: package -> analyzer -> diagnostics."""
    for analyzers in json.loads(text or "{}").values():
        for found in analyzers.values():
            for one in found if isinstance(found, list) else ():
                file, line, _ = one["posn"].rsplit(":", 2)
                yield Said(tool, relative(file, root), int(line), one["message"])


def staticcheck(text: str, root: Path) -> Iterator[Said]:
    for line in text.splitlines():
        one = json.loads(line)
        place = one["location"]
        yield Said("staticcheck", relative(place["file"], root), place["line"], f"{one['code']} {one['message']}")


def gofix(text: str, root: Path) -> Iterator[Said]:
    """Places of a unified diff: the additions and conversions that it takes away."""
    added = {row[1:] for row in text.splitlines() if row.startswith("+")}
    file, line = "", 0
    for row in text.splitlines():
        if row.startswith("--- "):
            file = relative(row[4:].removesuffix(" (old)").split("\t")[0], root)
        elif hunk := re.match(r"@@ -(\d+)", row):
            line = int(hunk[1])
        elif not row.startswith(("+", "diff ")):
            if row.startswith("-") and row[1:] not in added:
                if "[]byte(fmt.Sprint" in row:
                    yield Said("gofix", file, line, f"Appendf: {row[1:].strip()}")
                elif re.match(r"-\s*[\w.]+ (\+=|= [\w.]+ \+) ", row):
                    yield Said("gofix", file, line, f"Builder: {row[1:].strip()}")
            line += 1


def gofixer(text: str, root: Path) -> Iterator[Said]:
    for one in json.loads(text)["findings"]:
        fixes = one["outcome"] in ("proposed", "applied")
        words = one["message"] if fixes else f"{one['outcome']}: {one['reason']}"
        yield Said("gofixer", one["file"], one["line"], words, fixes, one["transform"])


def relative(file: str, root: Path) -> str:
    path = Path(file)
    return str(path.relative_to(root)) if path.is_relative_to(root) else file


def read(folder: Path, root: Path, patterns: tuple[str, ...]) -> list[Said]:
    """All that the tools said of one repository, each place of a tool once."""
    said: dict[Said, None] = {}
    for tool in COMMANDS:
        file = folder / f"{root.name}.{tool}"
        text = file.read_text(errors="replace") if file.is_file() else ""
        if not text.strip():
            continue
        if tool in ("perfsprint", "prealloc"):
            found = analysis(tool, text, root)
        else:
            found = {"staticcheck": staticcheck, "gofix": gofix, "gofixer": gofixer}[tool](text, root)
        said |= dict.fromkeys(found)
    covered = {one.parent for one in modules(root, patterns)}
    return [
        one for one in said if next((p for p in (root / one.file).parents if (p / "go.mod").is_file()), root) in covered
    ]


@cache
def modules(root: Path, patterns: tuple[str, ...]) -> tuple[Path, ...]:
    """The go.mod files of the modules that the patterns name: what the peers look into."""
    words = ["go", "list", "-e", "-f", "{{with .Module}}{{.GoMod}}{{end}}", *patterns]
    listed = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False).stdout
    return tuple({Path(line) for line in listed.splitlines() if line})


@cache
def built(root: Path, patterns: tuple[str, ...]) -> frozenset[str]:
    """Files that belong to a build on this machine: what the peers see."""
    kinds = ("GoFiles", "CgoFiles", "TestGoFiles", "XTestGoFiles")
    form = "{{$d := .Dir}}" + "".join(f"{{{{range .{kind}}}}}{{{{$d}}}}/{{{{.}}}}\n{{{{end}}}}" for kind in kinds)
    words = ["go", "list", "-e", "-f", form, *patterns]
    listed = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False).stdout
    return frozenset(relative(line, root) for line in listed.splitlines() if line)


# -- putting it together ----------------------------------------------------------------------------------------


@cache
def tree_of(path: Path) -> Tree | None:
    return parse(path.read_bytes()) if path.is_file() else None


def where(root: Path, said: Said, by_variable: bool) -> tuple[str, str, str]:
    """The key under which things said of one place meet: its line, or its function and variable."""
    tree = tree_of(root / said.file)
    if tree is None or not by_variable:
        return said.file, str(said.line), ""
    rows = tree.source.split(b"\n")
    row = rows[said.line - 1].decode(errors="replace") if said.line <= len(rows) else ""
    declaration = next(
        (
            d
            for d in tree.root.children
            if isinstance(d, nodes.FunctionDeclaration | nodes.MethodDeclaration)
            and d.line < said.line <= tree.source.count(b"\n", 0, d.end) + 1
        ),
        None,
    )
    name = re.match(r"Consider preallocating (\S+)", said.text)
    variable = name[1] if name else (re.match(r"\s*(?:var\s+)?([\w.]+)", row) or ["", ""])[1]
    return said.file, declared_name(declaration) if declaration else "", variable


def sites(row: str, said: Iterable[Said], root: Path) -> list[Site]:
    names, patterns = ROWS[row]
    found: dict[tuple[str, str, str], Site] = defaultdict(Site)
    for one in said:
        if one.tool == "gofixer":
            wanted = one.name in names
        else:
            wanted = one.tool in patterns and bool(patterns[one.tool].search(one.text))
        if wanted:
            found[where(root, one, row in BY_VARIABLE)].said.append(one)
    return [site for site in found.values() if site.ours or site.theirs]


def table(folder: Path, roots: list[Path], patterns: tuple[str, ...]) -> None:
    print("| row | repository | both | only peers | only gofixer | of these behind build constraints | each peer |")
    print("|---|---|---:|---:|---:|---:|---|")
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for row in ROWS:
        for root in roots:
            found = sites(row, read(folder, root, patterns), root)
            both = sum(bool(s.ours and s.theirs) for s in found)
            only = [s for s in found if not s.ours]
            peers = Counter(tool for s in found for tool in s.theirs)
            each = ", ".join(f"{tool} {count}" for tool, count in sorted(peers.items()))
            ours = [s for s in found if s.ours and not s.theirs]
            hidden = sum(s.said[0].file not in built(root, patterns) for s in ours)
            print(f"| {row} | {root.name} | {both} | {len(only)} | {len(ours)} | {hidden} | {each} |")
            reasons[row].update(short(s.reason) for s in only)
    for row, counts in reasons.items():
        print(f"\n{row}: why gofixer leaves alone what only a peer reports")
        for reason, count in counts.most_common(12):
            print(f"- {count} {reason}")


def short(reason: str) -> str:
    return re.sub(r"`[^`]*`", "...", reason.removeprefix("skipped: ")).split(":")[0]


def sample(
    folder: Path, roots: list[Path], patterns: tuple[str, ...], row: str, kind: str, count: int, contains: str
) -> None:
    """Some sites with the code around them; always the same ones."""
    chosen = []
    for root in roots:
        for site in sites(row, read(folder, root, patterns), root):
            which = "both" if site.ours and site.theirs else "ours" if site.ours else "theirs"
            if which == kind and (not contains or contains in site.reason):
                chosen.append((root, site))
    random.Random(1).shuffle(chosen)
    for root, site in chosen[:count]:
        first = site.said[0]
        print(f"\n## {root.name}/{first.file}:{first.line}")
        print(*(f"{s.tool}: {s.text[:160]}" for s in site.said), sep="\n")
        rows = (root / first.file).read_text(errors="replace").splitlines()
        print(*rows[max(0, first.line - 3) : first.line + 4], sep="\n")


# -- running ----------------------------------------------------------------------------------------------------


def run(folder: Path, roots: list[Path], patterns: Iterable[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for root in roots:
        for tool, command in COMMANDS.items():
            done = subprocess.run([*command, *patterns], cwd=root, capture_output=True, text=True, check=False)
            (folder / f"{root.name}.{tool}").write_text(done.stdout)
            print(f"{root.name} {tool}: exit {done.returncode}", file=sys.stderr, flush=True)


def complaints(root: Path, patterns: Iterable[str]) -> set[str]:
    """What go build and go vet say, without line numbers."""
    told = set()
    for words in (["build"], ["vet"]):
        done = subprocess.run(["go", *words, *patterns], cwd=root, capture_output=True, text=True, check=False)
        told |= {re.sub(r":\d+:\d+:", ":", line) for line in done.stderr.splitlines() if ": " in line}
    return told


def breaks(roots: list[Path], patterns: Iterable[str], tools: list[str]) -> None:
    for root in roots:
        before = complaints(root, patterns)
        for tool in tools:
            done = subprocess.run([*FIXERS[tool], *patterns], cwd=root, capture_output=True, text=True, check=False)
            changed = subprocess.run(
                ["git", "diff", "--name-only"], cwd=root, capture_output=True, text=True, check=True
            ).stdout.split()
            new = sorted(complaints(root, patterns) - before)
            print(
                f"{root.name} {tool}: exit {done.returncode}, {len(changed)} files changed, {len(new)} new complaints"
            )
            print(*(f"  {line}" for line in new[:40]), sep="\n", flush=True)
            subprocess.run(["git", "checkout", "-q", "."], cwd=root, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "table", "sample", "breaks"))
    parser.add_argument("repositories", type=Path, nargs="+")
    parser.add_argument("--results", type=Path, default=Path("peers"), help="where the tools' output is kept")
    parser.add_argument("--patterns", default="./...", help="package patterns, one string")
    parser.add_argument("--tools", default=",".join(FIXERS))
    parser.add_argument("--row", choices=tuple(ROWS), default="preallocation")
    parser.add_argument("--kind", choices=("both", "ours", "theirs"), default="theirs")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--reason", default="", help="only sites that gofixer left alone with this in its reason")
    given = parser.parse_args()
    roots = [root.resolve() for root in given.repositories]
    patterns = tuple(given.patterns.split())
    if given.what == "run":
        run(given.results, roots, patterns)
    elif given.what == "table":
        table(given.results, roots, patterns)
    elif given.what == "sample":
        sample(given.results, roots, patterns, given.row, given.kind, given.count, given.reason)
    else:
        breaks(roots, patterns, given.tools.split(","))


if __name__ == "__main__":
    main()
