"""First step of the action: gofixer in an environment of its own. Standard library only; needs Python 3.11."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path


def requirement(version: str, mode: str, source: Path) -> str:
    """What pip is asked for: a version from PyPI, or the action's own checkout. Raises `ValueError`."""
    extra = "[pr]" if mode == "pr" else ""
    if not version:
        return f"{source}{extra}"
    if not re.fullmatch(r"\d[0-9A-Za-z.!+_-]*", version):
        raise ValueError(f"version {version!r} is none: write one such as 0.1.0, or leave it empty")
    return f"gofixer{extra}=={version}"


def install(wanted: str, folder: Path) -> Path:
    """Make the environment; gives its Python. Raises `subprocess.CalledProcessError`."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([python, "-I", "-m", "pip", "install", *options, wanted], check=True)
    return python


def main() -> int:
    """Read the inputs, install, and give the Python to the next steps; gives the exit code."""
    inputs = os.environ
    if inputs.get("GOFIXER_MODE") not in ("comment", "sarif", "pr"):
        print("::error title=gofixer::mode: write comment, sarif or pr")
        return 2
    source = Path(__file__).resolve().parent.parent
    try:
        wanted = requirement(inputs.get("GOFIXER_VERSION", "").strip(), inputs["GOFIXER_MODE"], source)
        python = install(wanted, Path(inputs["RUNNER_TEMP"]) / "gofixer-environment")
    except ValueError as error:
        print(f"::error title=gofixer::{str(error).replace('%', '%25')}")
        return 2
    except subprocess.CalledProcessError:
        print("::error title=gofixer::gofixer could not be installed; the lines above say why")
        return 3
    with Path(inputs["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as output:
        output.write(f"python={python}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
