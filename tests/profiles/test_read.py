"""Reading files: what they measure, and a sentence for each way in which a file is no profile."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gofixer.errors import ExitCode, UserError
from gofixer.profiles import read
from gofixer.profiles.kinds import Kind
from gofixer.profiles.read import read_profile

from .make import CONTENTION, CPU, HEAP, Maker, cpu

MAIN = ("main.main", "/src/main.go", 5)
UNLOCK = ("sync.(*Mutex).Unlock", "/go/src/sync/mutex.go", 65)
LOCK = ("sync.(*Mutex).Lock", "/go/src/sync/mutex.go", 45)


def test_gzip_or_plain(tmp_path: Path) -> None:
    maker = cpu(([MAIN], 30), ([MAIN], 12))
    packed = maker.read(tmp_path / "cpu.pprof")
    plain = tmp_path / "plain.pb"
    plain.write_bytes(maker.bytes())
    for profile in (packed, read_profile(plain)):
        assert profile.totals == {Kind.CPU: 42}
        assert [f.name for f in profile.functions.values()] == ["main.main"]


def test_several_gzip_members_are_one_file(tmp_path: Path) -> None:
    data = cpu(([MAIN], 30)).bytes()
    path = tmp_path / "cpu.pprof"
    path.write_bytes(gzip.compress(data[:9]) + gzip.compress(data[9:]))
    assert read_profile(path).totals == {Kind.CPU: 30}


@pytest.mark.parametrize(
    ("types", "period", "kinds"),
    [
        (CPU, "cpu", {Kind.CPU: 2}),
        ((("samples", "count"),), "cpu", {Kind.CPU: 1}),
        (HEAP, "space", {Kind.OBJECTS: 1, Kind.ALLOC: 2, Kind.INUSE: 4}),
        (HEAP[2:], "space", {Kind.INUSE: 2}),
    ],
    ids=["cpu", "samples", "heap", "inuse alone"],
)
def test_kinds_by_their_sample_types(
    tmp_path: Path, types: tuple[tuple[str, str], ...], period: str, kinds: dict[Kind, int]
) -> None:
    maker = Maker(types, (period, "bytes")).sample([[MAIN]], *range(1, len(types) + 1))
    assert maker.read(tmp_path / "p").totals == kinds


@pytest.mark.parametrize(
    ("stacks", "name", "kind"),
    [
        ([(UNLOCK, 9)], "p", Kind.MUTEX),
        ([(LOCK, 9)], "p", Kind.BLOCK),
        ([(("runtime.selectgo", "select.go", 1), 9)], "mutex.pprof", Kind.BLOCK),
        ([(("runtime.unlock", "lock.go", 1), 9), (LOCK, 3)], "block.pprof", Kind.MUTEX),
        ([], "mutex.pprof", Kind.MUTEX),
        ([], "block.pprof", Kind.BLOCK),
    ],
    ids=["unlock", "lock", "select", "mostly unlock", "empty mutex", "empty block"],
)
def test_mutex_and_block_profiles_differ_in_who_stands_innermost(
    tmp_path: Path, stacks: list[tuple[tuple[str, str, int], int]], name: str, kind: Kind
) -> None:
    maker = Maker(CONTENTION, ("contentions", "count"))
    for leaf, delay in stacks:
        maker.sample([[leaf], [MAIN]], 1, delay)
    assert maker.read(tmp_path / name).totals == {kind: sum(delay for _, delay in stacks)}


def test_names_that_are_no_text(tmp_path: Path) -> None:
    maker = cpu(([("main.m\u00e4in", "/src/main.go", 5)], 1))
    path = tmp_path / "p"
    path.write_bytes(maker.bytes().replace("\u00e4".encode(), b"\xff\xfe"))
    assert [f.name for f in read_profile(path).functions.values()] == ["main.m\ufffd\ufffdin"]


def test_a_profile_without_samples(tmp_path: Path) -> None:
    assert Maker().read(tmp_path / "p").totals == {Kind.CPU: 0}


def unsymbolised() -> bytes:
    return cpu(([("", "", 0)], 1)).bytes()


def dangling() -> bytes:
    maker = cpu(([MAIN], 1))
    maker.message.location[0].line[0].function_id = 9999
    return maker.bytes()


def short_sample() -> bytes:
    maker = cpu(([MAIN], 1))
    maker.message.sample[0].value.pop()
    return maker.bytes()


def outside_of_the_strings() -> bytes:
    maker = cpu(([MAIN], 1))
    maker.message.function[0].name = -1
    return maker.bytes()


PACKED = gzip.compress(cpu(([MAIN], 1)).bytes())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (PACKED[:-9], "cut off"),
        (PACKED[:4], "cut off"),
        (PACKED[:12] + b"\xff\xff\xff\xff" + PACKED[16:], "damaged"),
        (gzip.compress(b"hello"), "not a pprof profile"),
        (b"package main\n\nfunc main() {}\n", "not a pprof profile"),
        (b"\x7fELF\x02\x01\x01" + bytes(64), "not a pprof profile"),
        (b"\x0a\x00", "not a pprof profile"),
        (b"heap profile: 1: 2 [3: 4] @ heap/1048576\n", "?debug=1"),
        (b"--- mutex:\ncycles/second=1\n", "?debug=1"),
        (b"goroutine profile: total 7\n", "?debug=1"),
        (b"".join(n.to_bytes(8, "little") for n in (0, 3, 0, 10000, 0)), "gperftools"),
        (b"go 1.22 trace\0\0\0", "go tool trace"),
        (Maker((("goroutine", "count"),), ("goroutine", "count")).sample([[MAIN]], 1).bytes(), "measures goroutine"),
        (cpu(([MAIN], 5), ([MAIN], -7)).bytes(), "difference of two profiles"),
        (unsymbolised(), "no function names"),
        (dangling(), "damaged"),
        (short_sample(), "damaged"),
        (outside_of_the_strings(), "damaged"),
    ],
    ids=[
        "empty",
        "no end",
        "no data",
        "damaged gzip",
        "gzip of text",
        "Go",
        "ELF",
        "no sample types",
        "heap as text",
        "mutex as text",
        "goroutines as text",
        "gperftools",
        "trace",
        "goroutines",
        "difference",
        "no names",
        "no such function",
        "a value too few",
        "no such text",
    ],
)
def test_what_is_no_profile(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "cpu.pprof"
    path.write_bytes(data)
    with pytest.raises(UserError) as raised:
        read_profile(path, "given.pprof")
    assert raised.value.exit_code == ExitCode.USAGE
    assert str(raised.value).startswith("given.pprof: ")
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "none", "No such file"), (tmp_path, "a folder")):
        with pytest.raises(UserError, match=sentence):
            read_profile(path)


def test_files_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = cpu(([MAIN], 1))
    bomb = tmp_path / "bomb"
    bomb.write_bytes(gzip.compress(maker.bytes() + bytes(10_000)))
    monkeypatch.setattr(read, "MAX_BYTES", 5000)
    with pytest.raises(UserError, match="unpacks to more"):
        read_profile(bomb)
    plain = tmp_path / "plain"
    plain.write_bytes(bytes(5001))
    with pytest.raises(UserError, match="larger than"):
        read_profile(plain)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_profile_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    with pytest.raises(UserError):
        read_profile(path)


@given(st.data())
def test_a_damaged_profile_gives_a_profile_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bytearray(cpu(([MAIN, ("main.f", "/src/f.go", 3)], 7), ([MAIN], 2)).bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=3)):
        whole[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(bytes(whole))
    try:
        profile = read_profile(path)
    except UserError:
        return
    assert all(total >= 0 for total in profile.totals.values())


def test_the_costliest_packages(tmp_path: Path) -> None:
    profile = cpu(
        ([("runtime.mallocgc", "malloc.go", 1), MAIN], 50),
        ([("net/http.(*conn).serve", "server.go", 1), MAIN], 30),
        ([("example.com/o/p.F[...]", "p.go", 1), MAIN], 15),
        ([MAIN], 5),
    ).read(tmp_path / "p")
    assert profile.costliest_packages() == ["runtime", "net/http", "example.com/o/p"]
