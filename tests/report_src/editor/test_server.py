"""An editor speaks to the language server as it speaks to any other: over its standard streams."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from report_src.numbers import formatting
from report_src.project import ROOT

types = pytest.importorskip("lsprotocol.types")
client = pytest.importorskip("pygls.lsp.client")

SECONDS = 60.0  # in which an answer comes, on a machine with other work
TEXT = r"""We have \VAR{logistic.rows | count} rows, faster.
\BLOCK{include "sections/1_model.tex.j2"}
\begin{derivation}{squares}
Let $x \in \mathbb{R}$.
\begin{align*}
  (x + 1)^2 &= x^2 + 2x + 1 \\
  (x + 1)^2 &= x^2 + x + 1
\end{align*}
\end{derivation}
"""
KEY, STYLE = TEXT.index("rows"), TEXT.index("count")  # where they begin in the first line
STARTER = ROOT / "starter"
RIGHT = TEXT.replace("x^2 + x + 1", "1 + 2x + x^2")


@pytest.fixture
def build(tmp_path: Path) -> Path:
    work = tmp_path / "build/work"
    work.mkdir(parents=True)
    (work / "results.json").write_text(json.dumps({"logistic": {"rows": 41348}}))
    (work / "reads.json").write_text("{}")
    return tmp_path / "build"


class Editor:
    """An editor with one template open."""

    def __init__(self, told: Any, uri: str) -> None:
        self.told, self.uri, self.version = told, uri, 1
        self.published: asyncio.Queue[Any] = asyncio.Queue()

        @told.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: Any) -> None:
            self.published.put_nowait(params)

    def at(self, kind: Any, line: int, character: int) -> Any:
        return kind(types.TextDocumentIdentifier(self.uri), types.Position(line, character))

    def type_all(self, text: str) -> None:
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.told.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def verdicts(self) -> dict[int, tuple[int, str]]:
        """Return line (from 1) -> severity and message of what is published next."""
        shown = await asyncio.wait_for(self.published.get(), SECONDS)
        return {each.range.start.line + 1: (int(each.severity), each.message) for each in shown.diagnostics}


def spoken(build: Path, tmp_path: Path, talk: Callable[[Editor], Awaitable[None]]) -> None:
    """Start the server as an editor does, open TEXT in it, talk, and end it in order."""

    async def whole() -> None:
        told = client.LanguageClient("test", "1")
        place = ("--config", "starter/report.toml", "--build", str(build))
        await told.start_io(sys.executable, "-m", "report_src.editor", *place, cwd=ROOT)
        root = types.InitializeParams(types.ClientCapabilities(), root_uri=ROOT.as_uri())
        await asyncio.wait_for(told.initialize_async(root), SECONDS)
        told.initialized(types.InitializedParams())
        editor = Editor(told, (tmp_path / "a.tex.j2").as_uri())
        document = types.TextDocumentItem(editor.uri, "latex", 1, TEXT)
        told.text_document_did_open(types.DidOpenTextDocumentParams(document))
        await talk(editor)
        await asyncio.wait_for(told.shutdown_async(None), SECONDS)
        told.exit(None)
        await told.stop()

    asyncio.run(whole())


@pytest.mark.long
def test_hover_completion_and_definition_answer_for_a_key_a_style_and_a_template(build: Path, tmp_path: Path) -> None:
    async def talk(editor: Editor) -> None:
        hover = await editor.told.text_document_hover_async(editor.at(types.HoverParams, 0, KEY + 1))
        for said in ("**logistic.rows**", "value: 41348", "unit: count", "studies/logistic/"):
            assert said in hover.contents.value
        style = await editor.told.text_document_hover_async(editor.at(types.HoverParams, 0, STYLE + 2))
        assert "41348 -> 41,348" in style.contents.value
        assert await editor.told.text_document_hover_async(editor.at(types.HoverParams, 0, 2)) is None
        fields = await editor.told.text_document_completion_async(editor.at(types.CompletionParams, 0, KEY))
        assert [(each.label, each.detail) for each in fields] == [("rows", "41348")]
        styles = await editor.told.text_document_completion_async(editor.at(types.CompletionParams, 0, STYLE))
        assert {each.label for each in styles} == {*formatting.FILTERS}
        field, *computed = await editor.told.text_document_definition_async(
            editor.at(types.DefinitionParams, 0, KEY + 1)
        )
        assert field.uri == (STARTER / "studies/logistic/record.py").as_uri()
        lines = (STARTER / "studies/logistic/record.py").read_text(encoding="utf-8").splitlines()
        assert lines[field.range.start.line].strip().startswith("rows:")
        assert all("/starter/studies/logistic/" in each.uri for each in computed)
        assert computed
        (function,) = await editor.told.text_document_definition_async(editor.at(types.DefinitionParams, 0, STYLE + 2))
        assert function.uri == Path(formatting.__file__).as_uri()
        (template,) = await editor.told.text_document_definition_async(editor.at(types.DefinitionParams, 1, 30))
        assert template.uri == (STARTER / "templates/sections/1_model.tex.j2").as_uri()

    spoken(build, tmp_path, talk)


def test_the_verdicts_of_rows_follow_what_is_typed(build: Path, tmp_path: Path) -> None:
    async def talk(editor: Editor) -> None:
        found = await editor.verdicts()
        assert found[6] == (types.DiagnosticSeverity.Hint, found[6][1])
        assert found[6][1].startswith("holds: ")
        assert found[7][0] == types.DiagnosticSeverity.Error
        assert "x" in found[7][1]
        assert found[1][0] == types.DiagnosticSeverity.Warning
        assert "judging word 'faster'" in found[1][1]
        editor.type_all(TEXT.replace("2x + 1", "2 x + 1"))
        editor.type_all(RIGHT)  # at once: only what was typed last is checked
        found = await editor.verdicts()
        assert [found[line][0] for line in (6, 7)] == [types.DiagnosticSeverity.Hint] * 2
        editor.type_all("Nothing is left.\n")
        assert await editor.verdicts() == {}

    spoken(build, tmp_path, talk)


@pytest.mark.long
def test_without_a_build_styles_and_verdicts_are_answered(tmp_path: Path) -> None:
    async def talk(editor: Editor) -> None:
        assert await editor.told.text_document_hover_async(editor.at(types.HoverParams, 0, KEY + 1)) is None
        styles = await editor.told.text_document_completion_async(editor.at(types.CompletionParams, 0, STYLE))
        assert {each.label for each in styles} == {*formatting.FILTERS}
        assert (await editor.verdicts())[7][0] == types.DiagnosticSeverity.Error

    spoken(tmp_path / "none", tmp_path, talk)
