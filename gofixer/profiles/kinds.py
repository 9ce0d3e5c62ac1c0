"""The kinds of cost that Go's profiles measure, told apart by what a profile says of its samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum


class Kind(StrEnum):
    """A kind of cost; the value is the word for it in reports and configurations.

    One profile may hold several: heap and allocs profiles are the same four measures, with another one in front.
    """

    CPU = "cpu"
    ALLOC = "alloc"
    OBJECTS = "objects"
    INUSE = "inuse"
    MUTEX = "mutex"
    BLOCK = "block"


# What each kind is called by who records it (runtime/pprof), for sentences.
RECORDED_AS = {
    Kind.CPU: "CPU",
    Kind.ALLOC: "heap",
    Kind.OBJECTS: "heap",
    Kind.INUSE: "heap",
    Kind.MUTEX: "mutex",
    Kind.BLOCK: "block",
}
_BY_SAMPLE_TYPE = {
    "cpu": Kind.CPU,
    "alloc_space": Kind.ALLOC,
    "alloc_objects": Kind.OBJECTS,
    "inuse_space": Kind.INUSE,
}


def kinds_of(
    sample_types: Sequence[str], period_type: str, file: str, blocked: Iterable[tuple[str, int]]
) -> dict[Kind, str]:
    """The kinds that a profile measures, with the sample type of each; empty where there is none.

    Mutex and block profiles carry the same sample types (``contentions`` and ``delay``, runtime/pprof
    ``writeProfileInternal``) and differ in what stands innermost: the waker, in Unlock, or the sleeper. ``blocked``
    are the innermost functions with their delays, asked for such a profile only; ``file`` decides where it is empty.
    """
    found = {kind: name for name, kind in _BY_SAMPLE_TYPE.items() if name in sample_types}
    if not found and period_type == "cpu" and "samples" in sample_types:
        found[Kind.CPU] = "samples"
    if "delay" in sample_types and "contentions" in sample_types:
        found[_contention(file, blocked)] = "delay"
    return found


def _contention(file: str, blocked: Iterable[tuple[str, int]]) -> Kind:
    waking = waiting = 0
    for function, delay in blocked:
        if "nlock" in function or "runtime._LostContended" in function:
            waking += delay
        else:
            waiting += delay
    if waking == waiting:
        return Kind.MUTEX if "mutex" in file.lower() else Kind.BLOCK
    return Kind.MUTEX if waking > waiting else Kind.BLOCK
