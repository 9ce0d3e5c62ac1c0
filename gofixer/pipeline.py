"""The composition root: puts toolchain, oracle, prover and patch engine around the engine."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.engine.proof import Prover, Unproved
from gofixer.engine.run import Services, run
from gofixer.errors import UserError
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain, find_toolchain
from gofixer.paths import cache_dir
from gofixer.patch.diff import hunks
from gofixer.prove import GoProver


def analyse(request: Request) -> Report:
    """Find, rewrite and prove; nothing is written to the tree.

    Raises `UserError` for wrong use (exit code 2). A missing toolchain is no error here: the report says so, and
    every finding that needs it is skipped with that reason.
    """
    toolchain, missing = _toolchain(request)
    oracle = Oracle(toolchain, cache_dir()) if toolchain else None
    prover: Prover
    if request.verify is Verify.NONE:
        prover = Unproved()
    elif toolchain is None:
        prover = Unproved()
    else:
        prover = GoProver(toolchain, request.verify, cache_dir(), request.progress)
    services = Services(
        toolchain=toolchain,
        no_toolchain=missing,
        oracle=oracle,
        prover=prover,
        hunks=hunks,
        cache=cache_dir() if request.cache else None,
    )
    try:
        return run(request, services)
    finally:
        if oracle is not None:
            oracle.close()


def _toolchain(request: Request) -> tuple[Toolchain | None, str]:
    try:
        return find_toolchain(request.go), ""
    except UserError as error:
        return None, str(error)
