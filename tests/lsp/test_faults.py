"""What goes wrong in editors: broken messages and files, no toolchain, several folders, work that is overtaken."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from gofixer.lsp.server import make_server
from tests.lsp.editor import LOOP, SERVER, Client, environment, make_client, module, package, start

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("lsp")]


@asynccontextmanager
async def session(*folders: Path, resolves: bool = True, options: object = None, **env: str) -> AsyncIterator[Client]:
    client = make_client()
    await client.start_io(*SERVER, env=environment(**env))
    await start(client, *folders, resolves=resolves, options=options)
    yield client
    await client.shutdown_session()
    assert client._server is not None
    assert await asyncio.wait_for(client._server.wait(), 60) == 0
    await client.stop()


async def test_a_buffer_that_does_not_parse_or_compile(client: Client, root: Path) -> None:
    path = package(root, "broken")
    client.open(path)
    assert len(await client.found(path)) == 1
    client.change(path, (LOOP % "broken") + "\nfunc (")
    assert await client.found(path) == []
    client.change(path, (LOOP % "broken") + "\nvar x = unknown\n")
    assert await client.found(path) == []
    client.change(path, (LOOP % "broken") + "\x00")
    assert await client.found(path) == []
    client.change(path, "")
    assert await client.found(path) == []
    client.change(path, LOOP % "broken")
    assert len(await client.found(path)) == 1


async def test_only_the_latest_of_many_versions_is_answered(client: Client, root: Path) -> None:
    path = package(root, "typing")
    client.open(path)
    for number in range(30):
        client.change(path, (LOOP % "typing") + f"\n// {number}\n")
    assert len(await client.found(path)) == 1
    versions = [p.version for p in client.published if p.uri == path.as_uri()]
    assert versions[-1] == 31
    assert len(versions) <= 2


async def test_closing_during_the_analysis(client: Client, root: Path) -> None:
    path, other = package(root, "closing"), package(root, "closing2")
    client.open(path)
    client.close(path)
    client.open(other)
    await client.found(other)
    mine = [p for p in client.published if p.uri == path.as_uri()]
    assert [list(p.diagnostics) for p in mine] == [[]]


async def test_a_file_and_its_folder_that_go_away(client: Client, root: Path) -> None:
    path = package(root, "gone")
    (path.parent / "b.go").write_text("package gone\n")
    client.open(path)
    assert len(await client.found(path)) == 1
    path.unlink()
    client.change(path, (LOOP % "gone") + "\n")
    assert len(await client.found(path)) == 1
    shutil.rmtree(path.parent)
    client.change(path, (LOOP % "gone") + "\n\n")
    await client.found(path)
    (root / "still").mkdir()
    alive = package(root, "still")
    client.open(alive)
    assert len(await client.found(alive)) == 1


async def test_files_outside_of_the_workspace(
    client: Client, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = package(module(tmp_path_factory.mktemp("elsewhere")), "out")
    link = root / "linked.go"
    link.symlink_to(elsewhere)
    marker = package(root, "marker")
    for path in (elsewhere, link):
        client.open(path)
    untitled = types.TextDocumentItem(uri="untitled:Untitled-1", language_id="go", version=1, text=LOOP % "u")
    client.text_document_did_open(types.DidOpenTextDocumentParams(untitled))
    client.open(marker)
    await client.found(marker)
    assert await client.actions(elsewhere, 5) == []
    assert await client.actions(link, 5) == []
    assert not {elsewhere.as_uri(), link.as_uri(), "untitled:Untitled-1"} & {p.uri for p in client.published}
    with pytest.raises(JsonRpcException, match="not open in this workspace"):
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams("gofixer.server.fixAll", [elsewhere.as_uri()])
        )
    link.unlink()


async def test_requests_that_make_no_sense(client: Client, root: Path) -> None:
    path = package(root, "sense")
    client.open(path)
    await client.found(path)
    protocol = client.protocol
    bad: list[tuple[str, object]] = [
        ("gofixer/unknown", {}),
        (types.CODE_ACTION_RESOLVE, types.CodeAction("x", kind="quickfix.gofixer", data={"uri": 3})),
        (types.CODE_ACTION_RESOLVE, types.CodeAction("x", kind="quickfix.gofixer", data="nothing")),
        (types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("gofixer.server.fix", [])),
        (types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("gofixer.server.fixAll", ["file:///none.go"])),
        (types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("gofixer.server.explain", ["no-such"])),
        (types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("gofixer.server.explain", ["../../x"])),
        (types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("rm", ["-r"])),
    ]
    for method, params in bad:
        with pytest.raises(JsonRpcException):
            await protocol.send_request_async(method, params)
    document = types.TextDocumentIdentifier(path.as_uri())
    far = types.Position(10**6, 10**6)
    assert await client.text_document_hover_async(types.HoverParams(document, far)) is None
    assert await client.text_document_hover_async(types.HoverParams(document, types.Position(5, 10**6))) is None
    nowhere = types.TextDocumentIdentifier("file:///%00/%zz.go")
    assert await client.text_document_hover_async(types.HoverParams(nowhere, far)) is None
    for settings in ({"gofixer": {"unsafe": 3, "debounce": "x"}}, {"gofixer": None}, [1], "text", {"gofixer": 5}):
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
    await client.until(lambda: any("gofixer.debounce" in m.message for m in client.messages))
    assert len(await client.actions(path, 5)) == 4


async def test_bytes_that_are_no_message(tmp_path: Path) -> None:
    root = module(tmp_path.resolve())
    server = await asyncio.create_subprocess_exec(
        *SERVER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert server.stdin is not None
    assert server.stdout is not None

    def frame(body: bytes) -> bytes:
        return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)

    def message(**fields: object) -> bytes:
        return frame(json.dumps({"jsonrpc": "2.0", **fields}).encode())

    parameters = {"processId": None, "capabilities": {}, "rootUri": root.as_uri()}
    server.stdin.write(b"garbage\r\n\r\n" + frame(b"{not json") + frame(b"[]") + frame(b"\xff\xfe"))
    server.stdin.write(message(id=1, method="initialize", params=parameters))
    server.stdin.write(message(method="textDocument/didOpen", params={"textDocument": 5}))
    server.stdin.write(message(id=2, method="textDocument/hover", params=None))
    server.stdin.write(message(id=3, method="shutdown"))
    server.stdin.write(message(method="exit"))
    output, _ = await asyncio.wait_for(server.communicate(), 60)
    answers = [json.loads(part.split(b"\r\n\r\n", 1)[1]) for part in output.split(b"Content-Length: ")[1:]]
    by_id = {answer["id"]: answer for answer in answers if "id" in answer}
    assert "capabilities" in by_id[1]["result"]
    assert "error" in by_id[2]
    assert by_id[3]["result"] is None
    assert server.returncode == 0


async def test_a_client_that_goes_without_a_word(tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(*SERVER, stdin=asyncio.subprocess.PIPE)
    await asyncio.wait_for(server.communicate(b""), 60)
    assert server.returncode == 1


async def test_no_toolchain_is_said_once(tmp_path: Path) -> None:
    root = module(tmp_path.resolve())
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "git").symlink_to(shutil.which("git") or "/bin/false")
    first, second = package(root, "one"), package(root, "two")
    async with session(root, PATH=str(tools), GOFIXER_GO=str(tools / "go")) as client:
        for path in (first, second):
            client.open(path)
            assert await client.found(path) == []
            assert [a for a in await client.actions(path, 5) if a.kind != "quickfix.gofixer.explain"] == []
        (message,) = client.messages
        assert message.type == types.MessageType.Warning
        assert "Go" in message.message


async def test_the_toolchain_of_the_settings(tmp_path: Path) -> None:
    root = module(tmp_path.resolve())
    path = package(root, "one")
    async with session(root, options={"go": str(tmp_path / "none")}) as client:
        client.open(path)
        assert await client.found(path) == []
        assert len(client.messages) == 1
        client.published.clear()
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"gofixer": {"go": None}}))
        assert len(await client.found(path)) == 1


async def test_several_folders_each_with_its_own_configuration(tmp_path: Path) -> None:
    base = tmp_path.resolve()
    one, two, three = (module(base / name, f"example.com/{name}") for name in ("one", "two", "three"))
    (two / "gofixer.toml").write_text('ignore = ["formatting"]\n')
    paths = [package(folder, "p") for folder in (one, two, three)]
    async with session(one, two) as client:
        for path in paths[:2]:
            client.open(path)
        assert [len(await client.found(path)) for path in paths[:2]] == [1, 0]
        client.open(paths[2])
        assert await client.actions(paths[2], 5) == []
        added = [types.WorkspaceFolder(three.as_uri(), "three")]
        removed = [types.WorkspaceFolder(one.as_uri(), "one")]
        client.workspace_did_change_workspace_folders(
            types.DidChangeWorkspaceFoldersParams(types.WorkspaceFoldersChangeEvent(added, removed))
        )
        assert len(await client.found(paths[2])) == 1
        await client.until(lambda: client.latest(paths[0]) == [])
        assert await client.actions(paths[0], 5) == []


async def test_a_client_that_cannot_resolve_gets_commands(tmp_path: Path) -> None:
    root = module(tmp_path.resolve())
    path = package(root, "plain")
    async with session(root, resolves=False) as client:
        client.open(path)
        fix, fix_all = [
            a for a in await client.actions(path, 5) if a.kind in ("quickfix.gofixer", "source.fixAll.gofixer")
        ]
        assert fix.command is not None
        assert fix_all.command is not None
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams(fix.command.command, fix.command.arguments)
        )
        await client.until(lambda: client.messages or "strconv.Itoa(n)" in client.texts[path.as_uri()][1])
        assert client.messages == []
        await client.workspace_execute_command_async(
            types.ExecuteCommandParams(fix.command.command, fix.command.arguments)
        )
        await client.until(lambda: [m for m in client.messages if "changed since" in m.message])


async def test_a_fix_that_does_not_build_is_refused_with_the_compilers_words(tmp_path: Path) -> None:
    root = module(tmp_path.resolve())
    (root / "gofixer.toml").write_text(
        '[[transform]]\nname = "broken-rule"\nmessage = "Call nothing"\npattern = \'fmt.Sprint($a)\'\n'
        "rewrite = 'nothing($a)'\napplicability = \"safe\"\n"
    )
    path = package(root, "refused", (LOOP % "refused").replace('fmt.Sprintf("%d", n)', "fmt.Sprint([]int{n})"))
    async with session(root) as client:
        client.open(path)
        found = await client.found(path)
        assert [d.code for d in found] == ["broken-rule"]
        (fix,) = [a for a in await client.actions(path, 5) if a.kind == "quickfix.gofixer"]
        resolved = await client.code_action_resolve_async(fix)
        assert resolved.edit is None
        (message,) = client.messages
        assert "broken-rule was refused" in message.message
        assert "undefined: nothing" in message.message


async def test_the_helper_that_is_killed_is_started_again(tmp_path: Path) -> None:
    root = module(tmp_path.resolve())
    path = package(root, "killed")
    async with session(root) as client:
        client.open(path)
        assert len(await client.found(path)) == 1
        assert client._server is not None
        for helper in children(client._server.pid):
            os.kill(helper, 9)
        client.change(path, (LOOP % "killed") + "\n// more\n")
        assert len(await client.found(path)) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
async def test_nothing_is_left_running(tmp_path: Path) -> None:
    root = module(tmp_path.resolve())
    path = package(root, "left")
    async with session(root) as client:
        client.open(path)
        await client.found(path)
        assert client._server is not None
        helpers = children(client._server.pid)
        assert helpers
    assert not [pid for pid in helpers if (Path("/proc") / str(pid)).exists()]


def children(pid: int) -> list[int]:
    listed = (Path("/proc") / str(pid) / "task").glob("*/children")
    return [int(word) for file in listed for word in file.read_text().split()]


@pytest.mark.parametrize(
    ("code", "lines"), [(types.LSPErrorCodes.ContentModified, 0), (types.ErrorCodes.InvalidParams, 2)]
)
async def test_a_question_about_an_old_version_is_no_error_in_the_log(
    caplog: pytest.LogCaptureFixture, code: int, lines: int
) -> None:
    server = make_server()
    try:
        raise JsonRpcException("words", int(code))
    except JsonRpcException as error:
        logging.getLogger("pygls.protocol.json_rpc").exception("in a request")
        server.report_server_error(error, object())
    server.session.close()
    assert len(caplog.records) == lines
