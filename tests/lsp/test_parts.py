"""The parts of the server by themselves: positions, debounce, settings, the workspace."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from gofixer.lsp.debounce import Cancelled, Debouncer, Token
from gofixer.lsp.positions import Positions
from gofixer.lsp.workspace import Settings, Workspace, path_of, read_settings

TEXTS = st.text(st.sampled_from("ab\n\r\téß漢😀\u2028\f\x85"), max_size=40)
ENCODINGS = {
    types.PositionEncodingKind.Utf8: lambda text: len(text.encode()),
    types.PositionEncodingKind.Utf16: lambda text: len(text.encode("utf-16-le")) // 2,
    types.PositionEncodingKind.Utf32: len,
}


def lines(text: str) -> list[str]:
    """Lines as the protocol has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@given(TEXTS, st.sampled_from(sorted(ENCODINGS)))
def test_positions_lead_there_and_back(text: str, encoding: str) -> None:
    content = text.encode()
    positions = Positions(content, encoding)
    for index in range(len(text) + 1):
        if text[index - 1 : index + 1] == "\r\n":
            continue
        offset = len(text[:index].encode())
        position = positions.position(offset)
        before = lines(text[:index])
        assert (position.line, position.character) == (len(before) - 1, ENCODINGS[encoding](before[-1]))
        assert positions.offset(position) == offset


def test_positions_that_are_not_there() -> None:
    positions = Positions("a😀b\nc".encode())
    assert positions.offset(types.Position(0, 2)) == 1, "inside of a pair of surrogates"
    assert positions.offset(types.Position(0, 99)) == 6
    assert positions.offset(types.Position(9, 0)) == len(positions.content)
    assert positions.position(99) == types.Position(1, 1)
    assert Positions(b"\xff\xfeab").position(3) == types.Position(0, 3)


def test_the_latest_wins_and_the_others_hear_of_it() -> None:
    done: list[int] = []
    tokens: list[Token] = []

    async def scenario() -> None:
        debouncer = Debouncer()
        started = asyncio.Event()
        never = asyncio.Event()

        async def stuck(token: Token) -> None:
            tokens.append(token)
            started.set()
            await never.wait()
            done.append(0)

        async def work(token: Token) -> None:
            tokens.append(token)
            done.append(1)

        debouncer.start("key", 0, stuck)
        await started.wait()
        debouncer.start("key", 3600, work)
        debouncer.start("key", 0, work)
        debouncer.start("other", 3600, work)
        await debouncer.finished("key")
        assert not debouncer.pending("key")
        assert debouncer.pending("other")
        debouncer.cancel_all()
        assert not debouncer.pending("other")

    asyncio.run(scenario())
    assert done == [1]
    assert [token.cancelled for token in tokens] == [True, False]
    with pytest.raises(Cancelled):
        tokens[0].progress("checking", 0, 0)
    tokens[1].progress("checking", 0, 0)


def test_settings() -> None:
    found, wrong = read_settings({"gofixer": {"unsafe": False, "select": ["timers"], "path": "mine"}}, Settings())
    assert found == Settings(unsafe=False, select=("timers",))
    assert wrong == []
    again, wrong = read_settings({"go": 3, "debounce": -1, "ignore": "x", "unsafe": 1}, found)
    assert again == found
    assert [sentence.split()[2] for sentence in wrong] == [
        "gofixer.go",
        "gofixer.debounce",
        "gofixer.ignore",
        "gofixer.unsafe",
    ]
    assert read_settings(None, found) == (found, [])


@pytest.mark.parametrize("uri", ["untitled:1", "git:/a.go", "file:", "file:///a%00b.go", "", "http://x/a.go"])
def test_uris_that_are_no_files(uri: str) -> None:
    assert path_of(uri) is None


def test_paths_of_uris(tmp_path: Path) -> None:
    path = tmp_path / "a b" / "é#.go"
    assert path_of(path.as_uri()) == path
    assert path_of(f"{tmp_path.as_uri()}/x/../y.go") == tmp_path / "y.go"


def test_what_the_workspace_holds(tmp_path: Path) -> None:
    root = tmp_path.resolve() / "root"
    (root / "p").mkdir(parents=True)
    outside = tmp_path / "outside.go"
    outside.write_text("package p\n")
    (root / "p" / "link.go").symlink_to(outside)
    workspace = Workspace()
    assert not workspace.accepts(root / "p" / "a.go")
    workspace.set_folders([root.as_uri(), "untitled:x"])
    accepted = {
        name
        for name in ("p/a.go", "p/a.txt", "p/link.go", "vendor/a/a.go", "p/testdata/a.go", "_p/a.go")
        if workspace.accepts(root / name)
    }
    assert accepted == {"p/a.go"}
    assert not workspace.accepts(outside)
    assert workspace.root(root / "p" / ".." / ".." / "outside.go") is None
