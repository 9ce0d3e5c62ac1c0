"""A whole verified dry run against the toolchain's own time: `python benchmarks/verified.py MODULE [PACKAGES...]`.

The floor is `go build` plus `go vet` of the same packages, warm; the dry run is warm too (gofixer's cache and the
build cache filled by one run before). A run with the first ten transforms stands beside that with all of them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from measure import FIRST_TEN, interleaved, table, version

from gofixer.engine.registry import shipped


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", type=Path)
    parser.add_argument("packages", nargs="*", default=["./..."])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    module = arguments.module.resolve()
    go = shutil.which("go")
    if go is None:
        sys.exit("go is missing")
    gofixer = str(Path(sys.executable).parent / "gofixer")
    packages = " ".join(arguments.packages)
    rest = ",".join(t.name for t in shipped() if t.name not in FIRST_TEN)
    commands = {
        "go build && go vet": (["sh", "-c", f"{go} build {packages} && {go} vet {packages}"], module),
        "gofixer --dry-run": ([gofixer, "--dry-run", *arguments.packages], module),
        "gofixer --dry-run, ten transforms": ([gofixer, "--dry-run", "--ignore", rest, *arguments.packages], module),
        "gofixer --dry-run --verify none": (
            [gofixer, "--dry-run", "--verify", "none", *arguments.packages],
            module,
        ),
    }
    interleaved(commands, 1)
    timings = interleaved(commands, arguments.rounds)
    print(f"{module.name}: {version([go, 'version'])}; {arguments.rounds} rounds, interleaved, warm\n")
    print(table(timings, "go build && go vet"))


if __name__ == "__main__":
    main()
