"""Proves several batches, side by side where the prover can: most of what the go command does needs one core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from gofixer.engine.proof import Batch, Judgement, Prover
from gofixer.facts import process


def prove_all(prover: Prover, batches: Sequence[Batch], begun: Callable[[Batch], None]) -> list[Judgement]:
    """The judgements of some batches, in their order; ``begun`` hears of each as its turn comes.

    Raises what the first one raises that fails; whatever the others have started is ended before.
    """

    def judge(batch: Batch) -> Judgement:
        begun(batch)
        return prover.prove(batch)

    workers = min(prover.at_once, len(batches))
    if workers < 2:
        return [judge(batch) for batch in batches]
    with ThreadPoolExecutor(workers, "gofixer-prove") as pool:
        futures = [pool.submit(judge, batch) for batch in batches]
        try:
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            # Those that were cancelled count as done here, and as never done for wait().
            while running := [future for future in futures if not future.done()]:
                process.kill_all()  # again and again: a thread may be about to start one
                wait(running, timeout=0.1)
            raise
