"""The scan against ast-grep and gofmt: `python benchmarks/scan.py TREE [--rounds N]`.

The eight ast-grep rules look for what gofixer's first ten transforms look for; neither asks for types here.
`scan_only.py` is gofixer's first stage in a process of its own: with those ten and with all that are shipped, with no
cache and with a warm one.
A tree without vendor/ and testdata/ is the same work for all of them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from measure import interleaved, table, version

RULES = """
id: time-after-in-loop
language: go
rule: {pattern: time.After($D), inside: {kind: for_statement, stopBy: end}}
---
id: time-after-in-select
language: go
rule: {pattern: time.After($D), inside: {kind: select_statement, stopBy: end}}
---
id: time-tick-leak
language: go
rule: {pattern: time.Tick($D)}
---
id: sprintf
language: go
rule: {pattern: fmt.Sprintf($$$A)}
---
id: fprintf
language: go
rule: {pattern: "fmt.Fprintf($$$A)"}
---
id: errorf-without-verbs
language: go
rule: {pattern: fmt.Errorf($F)}
---
id: defer-closure-capture
language: go
rule: {pattern: "defer func() { $$$BODY }()"}
---
id: manual-gc
language: go
rule: {pattern: runtime.GC()}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    tree = arguments.tree.resolve()
    scripts = Path(sys.executable).parent
    ast_grep = shutil.which("ast-grep", path=scripts) or shutil.which("ast-grep")
    if not ast_grep:
        sys.exit("ast-grep is missing: pip install ast-grep-cli")
    files = sum(1 for _ in tree.rglob("*.go"))
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder, "rules.yml")
        rules.write_text(RULES)
        cache = Path(folder, "cache")
        scan = [sys.executable, str(Path(__file__).with_name("scan_only.py"))]
        commands = {
            "ast-grep scan, 8 rules": ([ast_grep, "scan", "-r", str(rules), "."], tree),
            "gofixer scan, ten, cold": ([*scan, "ten"], tree),
            "gofixer scan, ten, warm": ([*scan, "ten", str(cache)], tree),
            "gofixer scan, all, cold": ([*scan, "all"], tree),
            "gofixer scan, all, warm": ([*scan, "all", str(cache)], tree),
        }
        if gofmt := shutil.which("gofmt"):
            commands["gofmt -l"] = ([gofmt, "-l", "."], tree)
        interleaved({name: command for name, command in commands.items() if "warm" in name}, 2)
        timings = interleaved(commands, arguments.rounds)
    print(f"{files} Go files; {version([ast_grep, '--version'])}; {arguments.rounds} rounds, interleaved\n")
    print(table(timings, "ast-grep scan, 8 rules"))


if __name__ == "__main__":
    main()
