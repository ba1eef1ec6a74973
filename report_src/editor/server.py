"""The language server: requests of an editor in, answers out (the Language Server Protocol, over standard streams)."""

import asyncio
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from report_src.editor.answers import Answers
from report_src.editor.typed import Word, proposals, word_at
from report_src.findings import Finding
from report_src.project import Project

Request = types.HoverParams | types.DefinitionParams | types.CompletionParams  # each about a place of a text
PAUSE = 0.3  # seconds without a key pressed after which a text is checked
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Hint,
}


def server_of(answers: Answers) -> LanguageServer:
    """Return the server of a report; `start_io` runs it."""
    server = LanguageServer("report", "1")

    def place(params: Request) -> tuple[str, int]:
        """Return the line that a request is about, and the column in it, from 0."""
        document = server.workspace.get_text_document(params.text_document.uri)
        position = document.position_from_client_units(params.position)
        return (document.lines[position.line] if position.line < len(document.lines) else ""), position.character

    def word(params: Request) -> Word | None:
        return word_at(*place(params), answers.results())

    async def check(uri: str) -> None:
        before = server.workspace.get_text_document(uri)
        text = before.source
        await asyncio.sleep(PAUSE)
        if uri not in server.workspace.text_documents or server.workspace.get_text_document(uri).source != text:
            return  # closed, or typed on: a later call checks it
        found = await asyncio.to_thread(answers.verdicts, text, _path_of(uri))
        shown = [_diagnostic(finding, text) for finding in found]
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown, before.version))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        await check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: types.DidChangeTextDocumentParams) -> None:
        await check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        found = word(params)
        text = answers.hover(found) if found else ""
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        found = word(params)
        return [_location(place, answers.project) for place in answers.definition(found)] if found else []

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[".", "|", "{"]))
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        found = proposals(*place(params), answers.results(), answers.means.meaning)
        return [types.CompletionItem(each.name, detail=each.detail, documentation=each.meaning) for each in found]

    return server


def _path_of(uri: str) -> str:
    """Return the path of a file: address."""
    return unquote(urlsplit(uri).path)


def _location(place: Finding, project: Project) -> types.Location:
    """Return a place of the project as an editor opens it."""
    position = types.Position((place.line or 1) - 1, (place.column or 1) - 1)
    return types.Location(project.found(place.file).resolve().as_uri(), types.Range(position, position))


def _diagnostic(found: Finding, text: str) -> types.Diagnostic:
    """Return a finding as an editor shows it: from its column to the end of its line."""
    lines = text.split("\n")
    number = min((found.line or 1) - 1, len(lines) - 1)
    start = types.Position(number, (found.column or 1) - 1)
    end = types.Position(number, max(len(lines[number].rstrip()), start.character + 1))
    return types.Diagnostic(types.Range(start, end), found.message, SEVERITIES[found.severity], source="report")
