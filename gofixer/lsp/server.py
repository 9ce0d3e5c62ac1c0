"""The language server: what it offers, and which part of the session answers."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, json_rpc

from gofixer.errors import UserError
from gofixer.lsp import actions
from gofixer.lsp.actions import Client
from gofixer.lsp.session import Session
from gofixer.lsp.workspace import Project, Workspace, path_of
from gofixer.paths import cache_dir
from gofixer.report.pages import page

log = logging.getLogger(__name__)

PAGE = "gofixer.server.page"
TRANSFORMS = "gofixer.server.transforms"
_WATCHED = ("**/*.go", "**/gofixer.toml", "**/go.mod", "**/go.work", "**/.gitignore")


class _Protocol(LanguageServerProtocol):
    """Answers a request with parameters of no use with an error; the library only logs it, and the client waits."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Make a message of what came."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=types.ResponseError(error.code, error.message))
            raise


class GoServer(LanguageServer):
    """gofixer beside gopls: its own findings and fixes, and nothing else.

    Documents come whole with each change: the lines of incremental changes end at LF, CR LF and CR only, and the
    library also takes form feeds and U+2028 for line ends.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(
            "gofixer",
            version("gofixer"),
            text_document_sync_kind=types.TextDocumentSyncKind.Full,
            protocol_cls=_Protocol,
        )
        self.session = Session(self, workspace)

    def report_server_error(self, error: Exception, source: object) -> None:
        """What a client sends wrongly is for the log, not for its user."""
        if not _is_outdated(error):
            log.error("%s", error)


def _is_outdated(error: BaseException | None) -> bool:
    """Whether an error only says that the client asked about a text that is gone, as happens while somebody types."""
    return isinstance(error, JsonRpcException) and error.code == types.LSPErrorCodes.ContentModified


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    return not (record.exc_info and _is_outdated(record.exc_info[1]))


def make_server(go: Path | None = None, transforms: Path | None = None) -> GoServer:
    """A server that is ready to run. ``go`` is the toolchain to use, ``transforms`` a folder with more transforms."""
    workspace = Workspace(transforms=transforms)
    server = GoServer(workspace)
    logging.getLogger(json_rpc.__name__).addFilter(_is_worth_a_line)
    if go is not None:
        server.session.configured({"go": str(go)})
    _add_lifecycle(server)
    _add_documents(server)
    _add_actions(server)
    _add_commands(server)
    return server


def serve(go: Path | None = None, transforms: Path | None = None) -> bool:
    """Serve on standard input and output until the client says exit, or has gone; whether it said goodbye first.

    Whatever else is printed in the process goes to standard error: standard output belongs to the protocol.
    """
    server = make_server(go, transforms)
    sys.stdout.flush()
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def end(number: int, frame: FrameType | None) -> None:
        server.session.close()
        os._exit(128 + number)  # a thread waits for standard input and would never end

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, end)
    gc.freeze()  # what stands now stays; the collections of each look need not go through it
    try:
        server.start_io(stdout=output)
    finally:
        server.session.close()
    return server.session.ended


def _add_lifecycle(server: GoServer) -> None:
    session = server.session

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.client = Client.of(params.capabilities)
        session.workspace.set_folders(_folders(params))
        session.configured(params.initialization_options)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        del params
        if session.workspace.empty:
            text = "gofixer: no folder is open, so no file is looked at"
            server.window_log_message(types.LogMessageParams(types.MessageType.Info, text))
        await _register(server)
        await _pull_settings(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configuration(params: types.DidChangeConfigurationParams) -> None:
        if params.settings:
            session.configured(params.settings)
        else:
            await _pull_settings(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        del params
        session.folders_changed(list(server.workspace.folders))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        session.watched(params.changes)

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        del params
        session.close()
        session.ended = True


def _folders(params: types.InitializeParams) -> list[str]:
    if params.workspace_folders:
        return [folder.uri for folder in params.workspace_folders]
    if params.root_uri:
        return [params.root_uri]
    return [Path(params.root_path).as_uri()] if params.root_path and Path(params.root_path).is_absolute() else []


async def _register(server: GoServer) -> None:
    """Ask the client to tell of files and settings that change, where it wants to be asked."""
    wanted = []
    if server.session.client.watches:
        watchers = [types.FileSystemWatcher(glob_pattern=glob) for glob in _WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
        wanted.append(types.Registration("gofixer-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if server.session.client.listens:
        section = types.DidChangeConfigurationRegistrationOptions(section="gofixer")
        wanted.append(types.Registration("gofixer-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
    if wanted:
        await server.client_register_capability_async(types.RegistrationParams(wanted))


async def _pull_settings(server: GoServer) -> None:
    if server.session.client.configuration:
        items = [types.ConfigurationItem(section="gofixer")]
        answers = await server.workspace_configuration_async(types.ConfigurationParams(items))
        if answers and answers[0]:
            server.session.configured(answers[0])


def _add_documents(server: GoServer) -> None:
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        session.opened(document.uri, document.version, document.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        session.changed(document.uri, document.version, server.workspace.get_text_document(document.uri).source)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=False))
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        session.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        shown = await session.shown(params.text_document.uri)
        return actions.hover(shown, params.position, session.client) if shown else None


def _add_actions(server: GoServer) -> None:
    session = server.session
    kinds = [actions.FIX, actions.IGNORE, actions.EXPLAIN, actions.FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(kinds, resolve_provider=True))
    async def offer(params: types.CodeActionParams) -> list[types.CodeAction]:
        shown = await session.shown(params.text_document.uri)
        if shown is None:
            return []
        return actions.actions(shown, params.range, params.context.only, session.client)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        if action.edit is None and action.command is None and action.data is not None:
            if action.kind == actions.FIX_ALL:
                action.edit = await session.fix_all(**_fields(action.data, uri=str, version=int))
            else:
                action.edit = await _fix(session, action.data)
        return action


def _add_commands(server: GoServer) -> None:
    session = server.session

    async def apply(edit: types.WorkspaceEdit | None, label: str) -> bool:
        if edit is None:
            return False
        answer = await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label))
        return answer.applied

    @server.command(actions.APPLY_FIX)
    async def fix(data: Any) -> None:
        # Clients wait for the end of a command, some of them ten seconds and no longer: a proof may take more.
        session.in_background(_fix_later(data))

    async def _fix_later(data: Any) -> None:
        await apply(await _fix(session, data), "gofixer")

    @server.command(actions.APPLY_FIX_ALL)
    async def fix_all(uri: str) -> bool:
        document = session.documents.get(uri)
        if document is None:
            raise JsonRpcInvalidParams(f"{uri} is not open in this workspace")
        return await apply(await session.fix_all(uri, document.version), "gofixer: all safe fixes")

    @server.command(actions.SHOW_PAGE)
    async def explain(name: str, *uri: str) -> bool:
        text = _page(session, name, *uri)
        if not session.client.documents:
            session.say(f"`gofixer explain {name}` shows the page of {name}", types.MessageType.Info)
            return False
        file = cache_dir().absolute() / "pages" / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        shown = types.ShowDocumentParams(uri=file.as_uri(), take_focus=True)
        return (await server.window_show_document_async(shown)).success

    @server.command(PAGE)
    def page_text(name: str, *uri: str) -> str:
        return _page(session, name, *uri)

    @server.command(TRANSFORMS)
    def transforms(*uri: str) -> list[dict[str, str]]:
        return [{"name": t.name, "family": t.family, "summary": t.summary} for t in _project(session, *uri).available]


def _page(session: Session, name: str, *uri: str) -> str:
    for transform in _project(session, *uri).available:
        if transform.name == name:
            return page(transform)
    raise JsonRpcInvalidParams(f"no transform is called {name}")


def _project(session: Session, *uris: str) -> Project:
    """What counts for a file of the workspace, or where there is none: its own transforms have pages, too."""
    path = path_of(uris[0]) if uris and isinstance(uris[0], str) else None
    inside = path if path is not None and session.workspace.root(path) is not None else None
    with contextlib.suppress(UserError):
        if inside is not None:
            return session.workspace.project(inside)
    return session.workspace.project(cache_dir().absolute() / "none.go")


async def _fix(session: Session, data: object) -> types.WorkspaceEdit | None:
    return await session.fix(**_fields(data, uri=str, version=int, transform=str, line=int, column=int))


def _fields(data: object, **kinds: type) -> dict[str, Any]:
    """The values of an action's data. Raises an error of the protocol where they are not what the server sent."""
    table = data if isinstance(data, dict) else data._asdict() if hasattr(data, "_asdict") else {}
    values = {name: table.get(name) for name in kinds}
    if any(type(values[name]) is not kind for name, kind in kinds.items()):
        raise JsonRpcInvalidParams("the data of the action is not what the server has sent")
    return values
