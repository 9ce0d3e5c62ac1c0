"""An editor for tests: a client that keeps all it is told, and applies edits to its documents."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient

SERVER = [sys.executable, "-m", "gofixer", "lsp"]
PATIENCE = 20.0

LOOP = """package %s

import "fmt"

func Key(n int) string {
	return fmt.Sprintf("%%d", n)
}
"""


def _converter() -> Any:
    """The library's converter, but for actions with commands, which it takes for commands."""
    converter = default_converter()
    converter.register_structure_hook(
        types.Command | types.CodeAction,
        lambda value, _: converter.structure(value, types.CodeAction),
    )
    return converter


class Client(LanguageClient):
    """Keeps every published list of diagnostics with its version, and can wait for anything that it is told."""

    def __init__(self) -> None:
        super().__init__(converter_factory=_converter)
        self.published: list[types.PublishDiagnosticsParams] = []
        self.progress_kinds: list[str] = []
        self.texts: dict[str, tuple[int, str]] = {}
        self.settings: dict[str, Any] | None = None
        self.registered: list[str] = []
        self.told = asyncio.Event()

    # -- what the server tells ------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], Any]) -> Any:
        """The first true value of a condition, looked at whenever the server has told something."""

        async def wait() -> Any:
            while not (value := condition()):
                self.told.clear()
                await self.told.wait()
            return value

        return await asyncio.wait_for(wait(), PATIENCE)

    async def found(self, path: Path) -> list[types.Diagnostic]:
        """The diagnostics of a document's present version, once they have come."""
        uri, version = path.as_uri(), self.texts[path.as_uri()][0]

        def latest() -> types.PublishDiagnosticsParams | None:
            mine = [p for p in self.published if p.uri == uri]
            return mine[-1] if mine and mine[-1].version == version else None

        return list((await self.until(latest)).diagnostics)

    def latest(self, path: Path) -> list[types.Diagnostic]:
        """What was published last for a file."""
        return next((list(p.diagnostics) for p in reversed(self.published) if p.uri == path.as_uri()), [])

    # -- what the editor does -------------------------------------------------------------------------------------

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file, with other contents than those on disk if wanted; gives its URI."""
        text = path.read_bytes().decode() if text is None else text
        self.texts[path.as_uri()] = (1, text)
        item = types.TextDocumentItem(uri=path.as_uri(), language_id="go", version=1, text=text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return path.as_uri()

    def change(self, path: Path, text: str) -> None:
        """Give an open document another text."""
        uri = path.as_uri()
        version = self.texts[uri][0] + 1
        self.texts[uri] = (version, text)
        document = types.VersionedTextDocumentIdentifier(uri=uri, version=version)
        whole = types.TextDocumentContentChangeWholeDocument(text=text)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def save(self, path: Path) -> None:
        """Write a document to disk."""
        path.write_bytes(self.texts[path.as_uri()][1].encode())
        self.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(path.as_uri())))

    def close(self, path: Path) -> None:
        """Close a document."""
        self.texts.pop(path.as_uri(), None)
        self.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(path.as_uri())))

    async def actions(self, path: Path, line: int, only: list[str] | None = None) -> list[types.CodeAction]:
        """What is offered on a 0-based line."""
        params = types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(path.as_uri()),
            range=types.Range(types.Position(line, 0), types.Position(line, 0)),
            context=types.CodeActionContext(diagnostics=[], only=only),
        )
        answer = await self.text_document_code_action_async(params)
        assert all(isinstance(action, types.CodeAction) for action in answer or [])
        return list(answer or [])  # type: ignore[arg-type]

    def after(self, edit: types.WorkspaceEdit | None) -> str:
        """The text that an edit for the present version of one document makes of it."""
        assert edit is not None
        assert edit.document_changes is not None
        (change,) = edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        version, text = self.texts[change.text_document.uri]
        assert change.text_document.version == version
        return applied(text, change.edits)


def applied(text: str, edits: Any) -> str:
    """A text with edits made, in UTF-16 positions."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines) + 1)]

    def index(position: types.Position) -> int:
        line = lines[position.line] if position.line < len(lines) else ""
        units = line.encode("utf-16-le")[: 2 * position.character]
        return starts[position.line] + len(units.decode("utf-16-le"))

    for edit in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
        text = text[: index(edit.range.start)] + edit.new_text + text[index(edit.range.end) :]
    return text


def make_client() -> Client:
    """A client that answers what servers ask."""
    client = Client()

    def told(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def handler(params: Any) -> Any:
            answer = work(params)
            client.told.set()
            return answer

        return handler

    client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(told(client.published.append))
    client.feature(types.WINDOW_SHOW_MESSAGE)(told(client.messages.append))
    client.feature(types.WINDOW_LOG_MESSAGE)(told(client.log_messages.append))
    client.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)(told(lambda params: None))
    client.feature(types.PROGRESS)(told(lambda params: client.progress_kinds.append(params.value["kind"])))

    @client.feature(types.WINDOW_SHOW_DOCUMENT)
    def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        client.shown_documents.append(params)
        return types.ShowDocumentResult(success=True)

    @client.feature(types.WORKSPACE_CONFIGURATION)
    def configuration(params: types.ConfigurationParams) -> list[Any]:
        return [client.settings for _ in params.items]

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        client.registered += [r.method for r in params.registrations]
        client.told.set()

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        (change,) = params.edit.document_changes or []
        client.change(Path(change.text_document.uri.removeprefix("file://")), client.after(params.edit))  # type: ignore[union-attr]
        client.told.set()
        return types.ApplyWorkspaceEditResult(applied=True)

    return client


def capabilities(*, resolves: bool = True) -> types.ClientCapabilities:
    """What a modern editor can do."""
    return types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            configuration=True,
            workspace_folders=True,
        ),
        text_document=types.TextDocumentClientCapabilities(
            code_action=types.CodeActionClientCapabilities(
                data_support=resolves,
                resolve_support=types.ClientCodeActionResolveOptions(properties=["edit"]) if resolves else None,
                is_preferred_support=True,
            ),
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        ),
        window=types.WindowClientCapabilities(
            work_done_progress=True, show_document=types.ShowDocumentClientCapabilities(support=True)
        ),
    )


async def start(client: Client, *folders: Path, resolves: bool = True, options: object = None) -> None:
    """Begin a session over some folders."""
    await client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities(resolves=resolves),
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
            initialization_options=options,
        )
    )


def environment(**more: str) -> dict[str, str]:
    """The environment of a server that a test starts."""
    return {**os.environ, **more}


def module(root: Path, name: str = "example.com/m") -> Path:
    """A new module in a folder."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "go.mod").write_text(f"module {name}\n\ngo 1.24\n")
    return root


def package(root: Path, name: str, text: str = "", file: str = "a.go") -> Path:
    """A file of a new package, ready to be opened; by default with one safe finding on line 5 (0-based)."""
    path = root / name / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or LOOP % name)
    return path
