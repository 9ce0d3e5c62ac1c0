"""What the server offers an editor, over the protocol."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import LOOP, Client, package

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("lsp")]

UNSAFE = """package unsafe1

import (
	"io"
	"runtime"
	"runtime/pprof"
)

func Profile(w io.Writer) error {
	runtime.SetCPUProfileRate(1000)
	if err := pprof.StartCPUProfile(w); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return nil
}
"""


async def test_open_change_save(client: Client, root: Path) -> None:
    path = package(root, "flow")
    client.open(path)
    (found,) = await client.found(path)
    assert (found.source, found.code) == ("gofixer", "sprintf-to-strconv")
    assert found.severity == types.DiagnosticSeverity.Information
    assert (found.range.start, found.range.end) == (types.Position(5, 8), types.Position(5, 28))
    client.change(path, (LOOP % "flow").replace('fmt.Sprintf("%d", n)', "fmt.Sprint(n, n)"))
    assert await client.found(path) == []
    client.change(path, LOOP % "flow")
    assert len(await client.found(path)) == 1
    client.save(path)
    assert len(await client.found(path)) == 1


async def test_types_come_from_unsaved_buffers(client: Client, root: Path) -> None:
    path = package(
        root, "unsaved", 'package unsaved\n\nimport "fmt"\n\nfunc F(v T) string { return fmt.Sprintf("%d", v) }\n'
    )
    other = package(root, "unsaved", "package unsaved\n\ntype T struct{}\n", "t.go")
    client.open(path)
    assert await client.found(path) == []
    client.open(other)
    client.change(other, "package unsaved\n\ntype T = int\n")
    await client.found(other)
    (found,) = await client.until(lambda: client.latest(path))
    assert found.code == "sprintf-to-strconv"
    assert other.read_text() == "package unsaved\n\ntype T struct{}\n"
    client.close(other)
    await client.until(lambda: not client.latest(path))


async def test_a_file_that_is_not_on_disk_yet(client: Client, root: Path) -> None:
    path = package(root, "fresh")
    path.unlink()
    (path.parent / "b.go").write_text("package fresh\n")
    client.open(path, LOOP % "fresh")
    assert len(await client.found(path)) == 1


async def test_the_quick_fix_is_proved_when_it_is_chosen(client: Client, root: Path) -> None:
    path = package(root, "fix")
    client.open(path)
    await client.found(path)
    fix, ignore, explain, fix_all = await client.actions(path, 5)
    assert (fix.kind, fix.is_preferred, fix.edit) == ("quickfix.gofixer", True, None)
    assert list(fix.diagnostics or ()) == await client.found(path)
    assert [a.kind for a in (ignore, explain, fix_all)] == [
        "quickfix.gofixer.ignore",
        "quickfix.gofixer.explain",
        "source.fixAll.gofixer",
    ]
    resolved = await client.code_action_resolve_async(fix)
    fixed = client.after(resolved.edit)
    assert fixed == 'package fix\n\nimport "strconv"\n\nfunc Key(n int) string {\n\treturn strconv.Itoa(n)\n}\n'
    client.change(path, fixed)
    assert await client.found(path) == []
    assert path.read_text() == LOOP % "fix"


async def test_only_the_kinds_that_are_asked_for(client: Client, root: Path) -> None:
    path = package(root, "kinds")
    client.open(path)
    assert [a.kind for a in await client.actions(path, 0)] == ["source.fixAll.gofixer"]
    assert [a.kind for a in await client.actions(path, 5, ["quickfix.gofixer.ignore"])] == ["quickfix.gofixer.ignore"]
    assert [a.kind for a in await client.actions(path, 5, ["source.fixAll"])] == ["source.fixAll.gofixer"]
    assert await client.actions(path, 5, ["source.organizeImports", "refactor"]) == []


async def test_fix_all_takes_every_safe_fix_of_the_unsaved_text(client: Client, root: Path) -> None:
    text = (LOOP % "all1") + '\nfunc Name(s string) string {\n\treturn fmt.Sprintf("%s!", s)\n}\n'
    path = package(root, "all1")
    client.open(path, text)
    assert len(await client.found(path)) == 2
    (fix_all,) = await client.actions(path, 0, ["source.fixAll.gofixer"])
    fixed = client.after((await client.code_action_resolve_async(fix_all)).edit)
    assert "strconv.Itoa(n)" in fixed
    assert 's + "!"' in fixed
    assert "fmt" not in fixed


async def test_unsafe_fixes_are_offered_as_such_and_never_by_fix_all(client: Client, root: Path) -> None:
    path = package(root, "unsafe1", UNSAFE)
    client.open(path)
    found = await client.found(path)
    assert {d.code for d in found} == {"cpu-profile-rate"}
    line = found[0].range.start.line
    offered = await client.actions(path, line)
    fixes = [action for action in offered if action.kind == "quickfix.gofixer"]
    assert fixes
    assert all(a.title.startswith("(unsafe) ") and not a.is_preferred for a in fixes)
    assert not [action for action in offered if action.kind == "source.fixAll.gofixer"]
    fixed = client.after((await client.code_action_resolve_async(fixes[0])).edit)
    assert fixed == UNSAFE.replace("\truntime.SetCPUProfileRate(1000)\n", "").replace('\t"runtime"\n', "")
    (root / "gofixer.toml").write_text("unsafe = true\n")
    try:
        done = await client.workspace_execute_command_async(
            types.ExecuteCommandParams("gofixer.server.fixAll", [path.as_uri()])
        )
        assert done is False
    finally:
        (root / "gofixer.toml").unlink()


async def test_unsafe_fixes_can_be_switched_off(client: Client, root: Path) -> None:
    path = package(root, "unsafe2", UNSAFE.replace("unsafe1", "unsafe2"))
    client.open(path)
    assert await client.found(path)
    client.published.clear()
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"gofixer": {"unsafe": False}}))
    assert await client.found(path) == []
    client.published.clear()
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"gofixer": {"unsafe": True}}))
    assert await client.found(path)


async def test_ignore_here_writes_the_comment(client: Client, root: Path) -> None:
    path = package(root, "ignore")
    client.open(path)
    (ignore,) = await client.actions(path, 5, ["quickfix.gofixer.ignore"])
    ignored = client.after(ignore.edit)
    assert "\t//gofixer:ignore sprintf-to-strconv\n\treturn fmt.Sprintf" in ignored
    client.change(path, ignored)
    assert await client.found(path) == []
    client.change(path, ignored.replace('fmt.Sprintf("%d", n)', "fmt.Sprint(n, n)"))
    (unused,) = await client.found(path)
    assert (unused.code, list(unused.tags or ())) == ("unused-suppression", [types.DiagnosticTag.Unnecessary])


async def test_explain_opens_the_page(client: Client, root: Path) -> None:
    path = package(root, "explain")
    client.open(path)
    (explain,) = await client.actions(path, 5, ["quickfix.gofixer.explain"])
    assert explain.title == "Explain sprintf-to-strconv"
    assert explain.command is not None
    params = types.ExecuteCommandParams(explain.command.command, explain.command.arguments)
    assert await client.workspace_execute_command_async(params) is True
    shown = Path(client.shown_documents[-1].uri.removeprefix("file://"))
    assert shown.read_text().startswith("# sprintf-to-strconv\n")
    text = await client.workspace_execute_command_async(
        types.ExecuteCommandParams("gofixer.server.page", ["sprintf-to-strconv"])
    )
    assert text == shown.read_text()
    names = await client.workspace_execute_command_async(types.ExecuteCommandParams("gofixer.server.transforms", []))
    assert "sprintf-to-strconv" in {transform["name"] for transform in names}


async def test_hover_has_the_page_at_a_finding_and_nothing_elsewhere(client: Client, root: Path) -> None:
    path = package(root, "hover")
    client.open(path)
    await client.found(path)
    document = types.TextDocumentIdentifier(path.as_uri())
    hover = await client.text_document_hover_async(types.HoverParams(document, types.Position(5, 12)))
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert "## Why it is slow" in hover.contents.value
    assert await client.text_document_hover_async(types.HoverParams(document, types.Position(0, 0))) is None


async def test_utf16_positions_behind_emoji(client: Client, root: Path) -> None:
    text = 'package wide\n\nimport "fmt"\n\nfunc F(n int) string { /* 😀漢é */ return "🎉" + fmt.Sprintf("%d", n) }\n'
    path = package(root, "wide", text)
    client.open(path)
    (found,) = await client.found(path)
    line = text.split("\n")[4]
    start = len(line[: line.index("fmt.")].encode("utf-16-le")) // 2
    assert found.range.start == types.Position(4, start)
    assert found.range.end == types.Position(4, start + len('fmt.Sprintf("%d", n)'))
    (fix,) = (await client.actions(path, 4))[:1]
    fixed = client.after((await client.code_action_resolve_async(fix)).edit)
    assert '/* 😀漢é */ return "🎉" + strconv.Itoa(n) }' in fixed


async def test_line_ends_of_windows_stay(client: Client, root: Path) -> None:
    path = package(root, "crlf", (LOOP % "crlf").replace("\n", "\r\n"))
    client.open(path, (LOOP % "crlf").replace("\n", "\r\n"))
    (fix,) = (await client.actions(path, 5))[:1]
    fixed = client.after((await client.code_action_resolve_async(fix)).edit)
    assert "\treturn strconv.Itoa(n)\r\n" in fixed
    assert fixed.count("\n") == fixed.count("\r\n")


async def test_a_result_for_an_old_version_is_refused(client: Client, root: Path) -> None:
    path = package(root, "stale")
    client.open(path)
    (fix,) = (await client.actions(path, 5))[:1]
    client.change(path, (LOOP % "stale") + "\n// more\n")
    with pytest.raises(Exception, match="changed since"):
        await client.code_action_resolve_async(fix)
    for published in client.published:
        if published.uri == path.as_uri():
            assert published.version in (1, 2)


async def test_configuration_is_watched(client: Client, root: Path) -> None:
    path = package(root, "watched")
    client.open(path)
    assert len(await client.found(path)) == 1
    assert types.WORKSPACE_DID_CHANGE_WATCHED_FILES in client.registered
    config = root / "watched" / "gofixer.toml"
    for text, count in (('ignore = ["formatting"]\n', 0), ("", 1)):
        config.write_text(text)
        client.published.clear()
        event = types.FileEvent(config.as_uri(), types.FileChangeType.Changed)
        client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        assert len(await client.found(path)) == count
    config.write_text("nonsense = 1\n")
    event = types.FileEvent(config.as_uri(), types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await client.until(lambda: any("unknown key `nonsense`" in m.message for m in client.messages))


async def test_go_mod_is_watched(client: Client, root: Path) -> None:
    nested = root / "nested"
    path = package(nested, "loop", 'package loop\n\nimport "errors"\n\nfunc F() error { return errors.New("x") }\n')
    (nested / "go.mod").write_text("module example.com/nested\n\ngo 1.24\n")
    client.open(path, 'package loop\n\nimport "fmt"\n\nfunc F() error { return fmt.Errorf("x") }\n')
    assert len(await client.found(path)) == 1
    (nested / "go.mod").write_text("module example.com/nested\n\ngo 1.26\n")
    client.published.clear()
    event = types.FileEvent((nested / "go.mod").as_uri(), types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    assert await client.found(path) == []


async def test_excluded_and_vendored_files_are_left_alone(client: Client, root: Path) -> None:
    (root / "gofixer.toml").write_text('exclude = ["excluded/"]\n')
    try:
        excluded = package(root, "excluded")
        client.open(excluded)
        assert await client.found(excluded) == []
        vendored = package(root, "vendor/v", LOOP % "v")
        client.open(vendored)
        assert await client.actions(vendored, 5) == []
        assert not [p for p in client.published if p.uri == vendored.as_uri()]
    finally:
        (root / "gofixer.toml").unlink()
