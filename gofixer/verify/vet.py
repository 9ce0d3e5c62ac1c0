"""Runs ``go vet`` over files that are not on disk.

Up to Go 1.23 ``go vet -overlay`` compiles the overlay and then hands vet the names of the files on disk.
There, a small program stands in for the vet tool: it exchanges the names in the configuration that the go
command writes for each package, and hands over to the toolchain's own vet.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from gofixer.errors import ExitCode, UserError
from gofixer.verify.gotool import GoTool
from gofixer.verify.overlay import Overlay, OverlayStore
from gofixer.verify.packages import first_line, pattern

# cmd/go/internal/work: buildVetConfig learned of overlays in Go 1.24.
_READS_OVERLAY = (1, 24)

_STAND_IN = Path(__file__).with_name("stand_in.py")


def vet_packages(tool: GoTool, directories: Sequence[Path], overlay: Overlay | None, store: OverlayStore) -> str:
    """What ``go vet`` says about the packages of the folders and their tests; empty if nothing.

    The packages have to compile: one that cannot be loaded keeps the go command from vetting any of them.
    Raises UserError (exit 3) where vet cannot run here.
    """
    flags: list[str] = []
    if overlay:
        flags = [f"-overlay={overlay.json}"]
        if needs_stand_in(tool.toolchain.version):
            flags.append(f"-vettool={_stand_in(tool, overlay, store)}")
    result = tool.run("vet", *flags, *(pattern(tool.directory, d) for d in directories))
    if not result.status:
        return ""
    said = f"{result.stdout}\n{result.stderr}"
    return said if first_line(said) else f"go vet ended with status {result.status} and said nothing"


def needs_stand_in(version: tuple[int, int, int]) -> bool:
    """Whether ``go vet -overlay`` of that version reads the files on disk."""
    return version[:2] < _READS_OVERLAY


def _stand_in(tool: GoTool, overlay: Overlay, store: OverlayStore) -> Path:
    if os.name != "posix":
        raise UserError(
            "go vet before Go 1.24 cannot check unsaved changes on this system: use a newer toolchain with "
            "--go, or --verify build",
            ExitCode.TOOLCHAIN,
        )
    answer = tool.run("tool", "-n", "vet")
    vet = answer.stdout.strip()
    if answer.status or not vet:
        raise UserError(f"this Go toolchain has no vet: {first_line(answer.stderr)}", ExitCode.TOOLCHAIN)
    command = [sys.executable, "-I", "-S", str(_STAND_IN), vet, str(overlay.json)]
    return store.script("vet", f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'.encode())
