"""What the editor offers at a finding: its fix, all safe fixes, the page, a comment that suppresses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types

from gofixer.edits.model import Edit
from gofixer.engine.decisions import Site
from gofixer.engine.model import Finding
from gofixer.engine.suppressing import Wanted, comment_edits
from gofixer.lsp.diagnostics import Document, Shown, diagnostic, is_fixable
from gofixer.lsp.positions import Positions
from gofixer.report.pages import page
from gofixer.transform import Applicability

FIX = "quickfix.gofixer"
IGNORE = "quickfix.gofixer.ignore"
EXPLAIN = "quickfix.gofixer.explain"
FIX_ALL = "source.fixAll.gofixer"

# Commands of the server. Names that people see in a palette are the editor's own.
APPLY_FIX = "gofixer.server.fix"
APPLY_FIX_ALL = "gofixer.server.fixAll"
SHOW_PAGE = "gofixer.server.explain"


@dataclass(frozen=True, slots=True)
class Client:
    """What the client can do: fill in an action's edit when it is chosen, and take edits for a document's version."""

    resolves: bool
    versions: bool
    documents: bool
    markdown: bool
    progress: bool
    configuration: bool
    watches: bool
    listens: bool

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> Client:
        """Read the capabilities that the client sent."""
        text, workspace, window = capabilities.text_document, capabilities.workspace, capabilities.window
        action = text.code_action if text else None
        resolve = action.resolve_support if action else None
        edit = workspace.workspace_edit if workspace else None
        hover = text.hover if text else None
        watched = workspace.did_change_watched_files if workspace else None
        changed = workspace.did_change_configuration if workspace else None
        return cls(
            resolves=bool(resolve and "edit" in resolve.properties and action and action.data_support),
            versions=bool(edit and edit.document_changes),
            documents=bool(window and window.show_document and window.show_document.support),
            markdown=not hover or not hover.content_format or types.MarkupKind.Markdown in hover.content_format,
            progress=bool(window and window.work_done_progress),
            configuration=bool(workspace and workspace.configuration),
            watches=bool(watched and watched.dynamic_registration),
            listens=bool(changed and changed.dynamic_registration),
        )


def actions(shown: Shown, where: types.Range, only: Sequence[str] | None, client: Client) -> list[types.CodeAction]:
    """The actions for some lines of a document. ``only`` are the kinds that the client asks for, None for all."""
    found: list[types.CodeAction] = []
    here = [f for f in shown.findings if _on_lines(shown.positions.place(f), where)]
    if _wanted(FIX, only) and shown.provable:
        found += [_fix(shown, f, client) for f in here if is_fixable(f)]
    if _wanted(IGNORE, only):
        found += _ignores(shown, here, client)
    if _wanted(EXPLAIN, only):
        found += _explanations(here)
    safe = any(f.applicability is Applicability.SAFE and is_fixable(f) for f in shown.findings)
    if _wanted(FIX_ALL, only) and safe and shown.provable:
        found.append(_fix_all(shown.document, client))
    return found


def site_of(finding: Finding) -> Site:
    """The name of a finding's site in decisions."""
    return Site(finding.file, finding.transform, finding.line, finding.column)


def workspace_edit(
    document: Document, positions: Positions, edits: Iterable[Edit], client: Client
) -> types.WorkspaceEdit:
    """Edits of one document, for the version that they were made for wherever the client can tell versions."""
    changes = [
        types.TextEdit(positions.range((e.start, e.end)), e.new.decode("utf-8", "replace"))
        for e in sorted(edits, key=lambda e: (e.start, e.end))
    ]
    if not client.versions:
        return types.WorkspaceEdit(changes={document.uri: changes})
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, list(changes))])


def hover(shown: Shown, position: types.Position, client: Client) -> types.Hover | None:
    """The pages of the transforms that found something at a position."""
    here = [f for f in shown.findings if _holds(shown.positions.place(f), position)]
    if not here:
        return None
    known = {t.name: t for t in shown.project.available}
    names = dict.fromkeys(f.transform for f in here if f.transform in known)
    said = "\n\n".join(f"**{f.message}** (`{f.transform}`, {f.applicability.value})" for f in here)
    text = "\n\n---\n\n".join([said, *(page(known[name]) for name in names)])
    kind = types.MarkupKind.Markdown if client.markdown else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, text), range=shown.positions.place(here[0]))


def _fix(shown: Shown, finding: Finding, client: Client) -> types.CodeAction:
    safe = finding.applicability is Applicability.SAFE
    document = shown.document
    data = {
        "uri": document.uri,
        "version": document.version,
        "transform": finding.transform,
        "line": finding.line,
        "column": finding.column,
    }
    title = finding.message if safe else f"(unsafe) {finding.message}"
    return types.CodeAction(
        title=title,
        kind=FIX,
        diagnostics=[diagnostic(shown, finding)],
        is_preferred=safe,
        data=data if client.resolves else None,
        command=None if client.resolves else types.Command(title, APPLY_FIX, arguments=[data]),
    )


def _fix_all(document: Document, client: Client) -> types.CodeAction:
    title = "Apply all safe fixes of gofixer"
    data = {"uri": document.uri, "version": document.version}
    return types.CodeAction(
        title=title,
        kind=FIX_ALL,
        data=data if client.resolves else None,
        command=None if client.resolves else types.Command(title, APPLY_FIX_ALL, arguments=[document.uri]),
    )


def _ignores(shown: Shown, here: Sequence[Finding], client: Client) -> Iterator[types.CodeAction]:
    for finding in here:
        try:
            edits = comment_edits(shown.document.content, [Wanted(finding.line, finding.transform, "")])
        except ValueError:  # inside of a raw string, say: there is no place for a comment
            continue
        yield types.CodeAction(
            title=f"Ignore {finding.transform} here",
            kind=IGNORE,
            diagnostics=[diagnostic(shown, finding)],
            edit=workspace_edit(shown.document, shown.positions, edits, client),
        )


def _explanations(here: Sequence[Finding]) -> Iterator[types.CodeAction]:
    for finding in {f.transform: f for f in here}.values():
        title = f"Explain {finding.transform}"
        arguments = [finding.transform, finding.file.as_uri()]
        yield types.CodeAction(title=title, kind=EXPLAIN, command=types.Command(title, SHOW_PAGE, arguments=arguments))


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    return only is None or any(kind == word or kind.startswith(f"{word}.") or word == "" for word in only)


def _on_lines(place: types.Range, where: types.Range) -> bool:
    return place.start.line <= where.end.line and where.start.line <= place.end.line


def _holds(place: types.Range, position: types.Position) -> bool:
    at = (position.line, position.character)
    return (place.start.line, place.start.character) <= at <= (place.end.line, place.end.character)
