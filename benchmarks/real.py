"""The dry run on real repositories: `python benchmarks/real.py FOLDER...` prints one table row for each.

Each folder is a checkout; its commit is read with git, or from a file FOLDER.commit beside it. The patch of each run
is written to `--patches DIR` for reading.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path


def commit_of(folder: Path) -> str:
    beside = folder.with_suffix(".commit")
    if beside.is_file():
        return beside.read_text().strip()[:12]
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.strip()[:12]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--patches", type=Path)
    parser.add_argument("--options", default="", help="further options for gofixer, one string")
    arguments = parser.parse_args()
    gofixer = str(Path(sys.executable).parent / "gofixer")
    print("| repository | commit | files | candidates | proposed | skipped, by reason | rejected | seconds |")
    print("|---|---|---:|---:|---:|---|---:|---:|")
    for folder in (f.resolve() for f in arguments.folders):
        options = arguments.options.split()
        done = subprocess.run(
            [gofixer, "--dry-run", "--format", "json", *options, "./..."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            print(f"| {folder.name} | {commit_of(folder)} | failed: {done.stderr.strip().splitlines()[-1:]} |")
            continue
        report = json.loads(done.stdout)
        outcomes = Counter(f["outcome"] for f in report["findings"])
        reasons = Counter(f["reason"].split(":")[0] for f in report["findings"] if f["outcome"] == "skipped")
        skipped = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common(6))
        rest = sum(reasons.values()) - sum(count for _, count in reasons.most_common(6))
        summary = report["summary"]
        print(
            f"| {folder.name} | {commit_of(folder)} | {summary['files']} | {summary['findings']} "
            f"| {outcomes['proposed']} | {skipped}{f', {rest} other' if rest else ''} "
            f"| {outcomes['rejected']} | {summary['seconds']:.1f} |",
            flush=True,
        )
        if arguments.patches:
            arguments.patches.mkdir(parents=True, exist_ok=True)
            patch = subprocess.run(  # the same run again, as people see it
                [gofixer, "--dry-run", "--color", "never", *options, "./..."],
                cwd=folder,
                capture_output=True,
                check=False,
            )
            (arguments.patches / f"{folder.name}.patch").write_bytes(patch.stdout)
            (arguments.patches / f"{folder.name}.json").write_text(done.stdout)


if __name__ == "__main__":
    main()
