"""One session with an editor: its open documents, what was found in them, and the work that finds it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from gofixer.engine.decisions import Site
from gofixer.errors import UserError
from gofixer.facts import process
from gofixer.lsp.actions import Client, workspace_edit
from gofixer.lsp.analysis import Analyst, Look, Proved
from gofixer.lsp.debounce import Cancelled, Debouncer, Token
from gofixer.lsp.diagnostics import Document, Shown, diagnostics, visible
from gofixer.lsp.positions import Positions
from gofixer.lsp.progress import WorkDone
from gofixer.lsp.workspace import Project, Workspace, path_of, read_settings

log = logging.getLogger(__name__)
T = TypeVar("T")

# Several documents are often opened at once: one look serves them all.
_OPENING = 0.03
# What a change means for the other documents of its package can wait until the user does.
_OTHERS = 0.5


class Session:
    """Keeps documents and findings; all of it happens in the server's event loop but the runs of the engine.

    One thread looks, another proves, so that findings need not wait for a build.
    """

    def __init__(self, server: LanguageServer, workspace: Workspace) -> None:
        self.server = server
        self.workspace = workspace
        self.ended = False
        self.client = Client.of(types.ClientCapabilities())
        self.analyst = Analyst()
        self.documents: dict[str, Document] = {}
        self._shown: dict[str, Shown] = {}
        self._debouncer = Debouncer()
        self._looking = ThreadPoolExecutor(1, "gofixer-look")
        self._proving = ThreadPoolExecutor(1, "gofixer-prove")
        self._proofs: set[Token] = set()
        self._said: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    # -- what the client tells ----------------------------------------------------------------------------------

    def opened(self, uri: str, version: int, text: str) -> None:
        """A document was opened."""
        if self._take(uri, version, text):
            self._look_at(self.documents[uri].path.parent, _OPENING)

    def changed(self, uri: str, version: int, text: str) -> None:
        """A document has another content. It is looked at first, and the others of its package when there is time."""
        if uri in self.documents and self._take(uri, version, text):
            path, pause = self.documents[uri].path, self.workspace.settings.debounce / 1000
            self._debouncer.start(path, pause, lambda token: self._look([self.documents[uri]], token))
            if any(d.path.parent == path.parent and d.path != path for d in self.documents.values()):
                self._look_at(path.parent, pause + _OTHERS)

    def saved(self, uri: str) -> None:
        """A document was written to disk: what other packages see of it may be new."""
        if uri in self.documents:
            folder = self.documents[uri].path.parent
            self._look_at(folder, 0)
            self.look_again(self.workspace.settings.debounce / 1000, but=folder)

    def closed(self, uri: str) -> None:
        """A document was closed; its unsaved content is gone, for the others of its package, too."""
        document = self.documents.pop(uri, None)
        self._shown.pop(uri, None)
        if document is not None:
            self._debouncer.cancel(document.path)
            self._publish(uri, None, [])
            self._look_at(document.path.parent, self.workspace.settings.debounce / 1000)

    def watched(self, changes: Iterable[types.FileEvent]) -> None:
        """Files changed on disk, by whomever."""
        paths = [(path_of(change.uri), change.type) for change in changes]
        edited = {document.path for document in self.documents.values()}
        relevant = [
            path
            for path, kind in paths
            if path is not None
            and self.workspace.root(path) is not None
            and not (path in edited and kind == types.FileChangeType.Changed)  # its editor has told
        ]
        if not relevant:
            return
        if any(path.suffix != ".go" for path in relevant):
            self._said.clear()
        self.workspace.forget()
        self.look_again(self.workspace.settings.debounce / 1000)

    def configured(self, raw: object) -> None:
        """The client has settings."""
        before = self.workspace.settings
        self.workspace.settings, wrong = read_settings(raw, before)
        if self.workspace.settings != before:
            self._said.clear()
        for sentence in wrong:
            self.say(sentence)
        if self.workspace.settings == before:
            return  # clients send them in more than one way
        self.workspace.forget()
        self.analyst.use(self.workspace.settings.go)
        self.look_again(0)

    def folders_changed(self, uris: Iterable[str]) -> None:
        """The workspace has other folders: what lies in none of them any more is left alone."""
        self.workspace.set_folders(uris)
        for uri, document in list(self.documents.items()):
            if self.workspace.root(document.path) is None:
                del self.documents[uri]
                self._shown.pop(uri, None)
                self._publish(uri, None, [])
        for uri, text in list(self.server.workspace.text_documents.items()):
            if uri not in self.documents:
                self._take(uri, text.version or 0, text.source)
        self.look_again(0)

    def look_again(self, pause: float, but: Path | None = None) -> None:
        """Look at all open documents anew."""
        for folder in {document.path.parent for document in self.documents.values()} - {but}:
            self._look_at(folder, pause)

    # -- what the client asks -----------------------------------------------------------------------------------

    async def shown(self, uri: str) -> Shown | None:
        """What there is to show of a document as it is now, once that is known; None where it is not for gofixer."""
        document = self.documents.get(uri)
        if document is None:
            return None
        shown = self._shown.get(uri)
        if shown is None or shown.document != document:
            path = document.path
            if not self._debouncer.pending(path):
                if not self._debouncer.pending(path.parent):
                    self._look_at(path.parent, 0)
                path = path.parent
            await self._debouncer.finished(path)
            shown = self._shown.get(uri)
        return shown if shown is not None and shown.document == self.documents.get(uri) else None

    async def fix(self, uri: str, version: int, transform: str, line: int, column: int) -> types.WorkspaceEdit | None:
        """The edit of one fix, built and vetted; None, and the reason as a message, where it does not hold.

        Raises an error of the protocol where the document is not at that version, or no longer at the end.
        """
        document = self._at(uri, version)
        site = Site(document.path, transform, line, column)
        return await self._proved(document, f"Proving {transform}", lambda *run: self.analyst.prove(*run), site)

    async def fix_all(self, uri: str, version: int) -> types.WorkspaceEdit | None:
        """The edit of all safe fixes of a document, as `fix`."""
        document = self._at(uri, version)
        return await self._proved(
            document, "Proving the safe fixes", lambda *run: self.analyst.fix_all(*run), document.path
        )

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work of which the client does not await the end; what goes wrong is said."""

        async def done() -> None:
            try:
                await work
            except JsonRpcException as error:
                self.say(error.message)

        task = asyncio.get_running_loop().create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def say(self, sentence: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show a sentence to the user, once; again only after something was set up anew."""
        if sentence not in self._said:
            self._said.add(sentence)
            self.server.window_show_message(types.ShowMessageParams(kind, f"gofixer: {sentence}"))

    def close(self) -> None:
        """End all work and every process of it."""
        self._debouncer.cancel_all()
        for token in self._proofs:
            token.cancel()
        self._looking.shutdown(wait=False, cancel_futures=True)
        self._proving.shutdown(wait=False, cancel_futures=True)
        process.kill_all()

    # -- the work -----------------------------------------------------------------------------------------------

    def _take(self, uri: str, version: int, text: str) -> bool:
        path = path_of(uri)
        if path is None or path.suffix != ".go" or self.workspace.root(path) is None:
            return False
        self.documents[uri] = Document(uri, path, version, text.encode("utf-8", "surrogatepass"))
        return True

    def _at(self, uri: str, version: int) -> Document:
        document = self.documents.get(uri)
        if document is None:
            raise JsonRpcException(f"{uri} is not open in this workspace", int(types.ErrorCodes.InvalidParams))
        if document.version != version:
            raise JsonRpcException("the file has changed since", int(types.LSPErrorCodes.ContentModified))
        return document

    def _look_at(self, folder: Path, pause: float) -> None:
        async def look(token: Token) -> None:
            await self._look([d for d in self.documents.values() if d.path.parent == folder], token)

        self._debouncer.start(folder, pause, look)

    async def _look(self, documents: list[Document], token: Token) -> None:
        """Look at documents of one package, and publish what belongs to their current versions."""
        here = [d for d in documents if self.workspace.accepts(d.path)]
        if not here:
            return
        root = self.workspace.root(here[0].path)
        assert root is not None
        try:
            project = self.workspace.project(here[0].path)
            documents = [d for d in here if not self.workspace.excluded(d.path, project)]
            for document in here:
                if document not in documents:
                    self._publish(document.uri, document.version, [])
            if not documents:
                return
            files = [document.path for document in documents]
            async with WorkDone(self.server, "gofixer", token, shown=self.client.progress):
                look = await self._in_thread(
                    self._looking, lambda: self.analyst.look(root, project, files, self._buffers(), token.progress)
                )
        except Cancelled:
            return
        except UserError as error:
            if not token.cancelled:
                self.say(str(error))
                for document in here:
                    self._publish(document.uri, document.version, [])
            return
        except Exception:
            log.exception("looking at %s failed", here[0].path.parent)
            self.say(f"a bug in gofixer, please report it with the server's log: looking at {here[0].path.name} failed")
            return
        if look.missing:
            self.say(look.missing)
        for document in documents:
            if self.documents.get(document.uri) == document:
                self._show(document, look, project)

    def _show(self, document: Document, look: Look, project: Project) -> None:
        findings = visible(look.findings, document.path, unsafe=self.workspace.settings.unsafe)
        positions = Positions(document.content, self.encoding)
        notes = tuple(note for note in look.notes if note.file == document.path)
        shown = Shown(document, project, findings, notes, positions, not look.missing)
        self._shown[document.uri] = shown
        self._publish(document.uri, document.version, diagnostics(shown))

    async def _proved(
        self, document: Document, title: str, prove: Callable[..., Proved], what: object
    ) -> types.WorkspaceEdit | None:
        token = Token()
        self._proofs.add(token)
        try:
            if not self.workspace.accepts(document.path):
                raise UserError(f"{document.path.name} is not for gofixer")
            root, project = self.workspace.root(document.path), self.workspace.project(document.path)
            async with WorkDone(self.server, title, token, shown=self.client.progress):
                proved = await self._in_thread(
                    self._proving, lambda: prove(root, project, what, self._buffers(), token.progress)
                )
        except UserError as error:
            self._said.discard(str(error))
            self.say(str(error))
            return None
        except Cancelled:
            return None
        finally:
            token.cancel()  # whoever asked has gone, or has the answer
            self._proofs.discard(token)
        self._at(document.uri, document.version)
        if proved.reason:
            self._said.discard(proved.reason)
            self.say(proved.reason)
        if not proved.edits:
            return None
        positions = Positions(document.content, self.encoding)
        return workspace_edit(document, positions, proved.edits, self.client)

    async def _in_thread(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def _buffers(self) -> dict[Path, bytes]:
        return {document.path: document.content for document in list(self.documents.values())}

    def _publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, diagnostics=found, version=version)
        )

    @property
    def encoding(self) -> str:
        """What characters of positions count: the encoding agreed on with the client."""
        return self.server.workspace.position_encoding or types.PositionEncodingKind.Utf16
