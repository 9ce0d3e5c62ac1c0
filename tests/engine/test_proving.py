"""Batches that are proved side by side."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gofixer.engine.proof import Batch, Judgement
from gofixer.engine.proving import prove_all
from gofixer.errors import UserError
from gofixer.facts import process
from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module, find_module


@dataclass
class Steps:
    """A prover that does one thing per batch, told apart by a tag; keeps which of them ran at the same time."""

    at_once: int
    steps: dict[str, Callable[[], None]]
    running: set[str] = field(default_factory=set)
    together: list[set[str]] = field(default_factory=list)

    def prove(self, batch: Batch) -> Judgement:
        (name,) = batch.variant.tags
        self.running.add(name)
        self.together.append(set(self.running))
        try:
            self.steps[name]()
        finally:
            self.running.discard(name)
        return Judgement(frozenset(), notes=[name])


@pytest.fixture
def module(tmp_path: Path) -> Module:
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.21\n")
    found = find_module(tmp_path / "a.go")
    assert found is not None
    return found


def batches(module: Module, *names: str) -> list[Batch]:
    return [Batch(module, Variant(tags=(name,)), (), lambda path, ids: b"", {}) for name in names]


def test_judgements_come_in_the_order_of_the_batches(module: Module) -> None:
    second_has_begun = threading.Event()

    def slow() -> None:
        assert second_has_begun.wait(30), "the second one does not wait for the first"

    prover = Steps(2, {"a": slow, "b": second_has_begun.set, "c": lambda: None})
    begun: list[str] = []
    verdicts = prove_all(prover, batches(module, "a", "b", "c"), lambda batch: begun.append(*batch.variant.tags))
    assert [verdict.notes for verdict in verdicts] == [["a"], ["b"], ["c"]]
    assert sorted(begun) == ["a", "b", "c"]


def test_one_at_a_time_where_the_prover_says_so(module: Module) -> None:
    prover = Steps(1, dict.fromkeys("abc", lambda: None))
    prove_all(prover, batches(module, "a", "b", "c"), lambda batch: None)
    assert prover.together == [{"a"}, {"b"}, {"c"}]


@pytest.mark.skipif(os.name != "posix", reason="sleep is a command of POSIX")
@pytest.mark.parametrize("error", [UserError("the disk is full"), KeyboardInterrupt()])
def test_a_failure_ends_what_the_others_have_started(module: Module, error: BaseException) -> None:
    def endless() -> None:
        child = process.start(["sleep", "600"], module.root, os.environ, stdin=subprocess.DEVNULL)
        started.set()
        child.wait()
        process.kill(child)

    def failing() -> None:
        assert started.wait(30)
        raise error

    started = threading.Event()
    later = ["later", "last", "never"]  # one of them is begun in the place of the one that fails
    prover = Steps(2, {"endless": endless, "failing": failing} | dict.fromkeys(later, endless))
    begin = time.monotonic()
    with pytest.raises(type(error)):
        prove_all(prover, batches(module, "endless", "failing", *later), lambda batch: None)
    assert time.monotonic() - begin < 60
    assert not prover.running
