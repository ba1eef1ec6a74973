"""The parse table: it is lark's, it is kept, and what is kept is used only if it belongs to the grammar."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lark import Lark, UnexpectedInput
from lark.lexer import Lexer

from report_src.derivations.source.errors import Unreadable
from report_src.derivations.syntax import parse_table
from report_src.derivations.syntax.lexer import lex
from report_src.derivations.syntax.parse_table import GRAMMAR, Unexpected, run, table
from report_src.derivations.syntax.parser import BUILDS, parse
from tests.report_src.derivations.shipped import SHIPPED

ROOT = Path(__file__).parents[4]
FURTHER = [
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix} = \left[\begin{matrix} a & b \\ c & d \end{matrix}\right]",
    r"f = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\left.\frac{\partial L}{\partial x}\right|_{h} = \mathbb{1}[i = j] + \langle x, y \rangle - \|x\| \cdot |y|",
    r"= -x + \boxed{y} / \sqrt{2}",
    r"x, y \in \mathbb{R}",
]


def statements() -> list[str]:
    """Return the statements of the shipped derivations, and each of them broken at three places."""
    rows = (row for derivation in SHIPPED for row in derivation.rows)
    whole = sorted({segment.text for row in rows for segment in row.segments} | set(FURTHER))
    cut = [text[: len(text) * k // 4] + text[len(text) * k // 4 + 1 :] for text in whole for k in (1, 2, 3)]
    doubled = [text[: len(text) // 2] + sign + text[len(text) // 2 :] for text in whole for sign in ("=", ")", "^{2}")]
    return whole + cut + doubled


class _Lexed(Lexer):
    """The lexer of the checker, as lark calls it."""

    def __init__(self, conf: Any) -> None:
        """Need no configuration."""

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Any:
        """Yield the tokens of a statement, with the places that lark asks for."""
        for mark in lex(getattr(lexer_state, "text", lexer_state)):
            vars(mark).update(dict.fromkeys(("start_pos", "end_pos", "line", "column", "end_line", "end_column"), 1))
            yield mark


def test_statements_are_read_and_refused_as_lark_reads_and_refuses_them() -> None:
    transformer = type("Builds", (), {name: staticmethod(build) for name, build in BUILDS.items()})()
    grammar = GRAMMAR.read_text(encoding="utf-8")
    lark = Lark(grammar, parser="lalr", lexer=_Lexed, transformer=transformer, maybe_placeholders=False)
    read, refused = [], []
    for text in statements():
        try:
            read.append((text, lark.parse(text)))
        except Unreadable:  # by the lexer, before either parser
            continue
        except UnexpectedInput as problem:
            refused.append((text, problem.accepts))
    assert [run(lex(text), BUILDS) for text, _ in read] == [expected for _, expected in read]
    for text, accepted in refused:
        with pytest.raises(Unexpected) as found:
            run(lex(text), BUILDS)
        assert found.value.accepted == accepted
    assert min(len(read), len(refused)) > 100


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the table is kept instead of its usual place."""
    path = tmp_path / "compiled" / "table.json"
    monkeypatch.setattr(parse_table, "KEPT", path)
    table.cache_clear()
    return path


def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets an entry for each table that is built."""
    found: list[str] = []
    built = parse_table.built
    monkeypatch.setattr(parse_table, "built", lambda key: found.append(key) or built(key))
    return found


def read_again() -> None:
    """Read a statement as a new process does."""
    table.cache_clear()
    parse.cache_clear()
    assert len(parse("x + 1 = y").sides) == 2


def test_a_table_is_built_once_and_kept(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = builds(monkeypatch)
    read_again()
    read_again()
    assert (len(made), kept.exists()) == (1, True)


@pytest.mark.parametrize("damage", [b"", b"no JSON", b"{}", b"\x00" * 100])
def test_a_damaged_table_is_built_again(kept: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    made = builds(monkeypatch)
    read_again()
    kept.write_bytes(damage)
    read_again()
    kept.write_bytes(kept.read_bytes().replace(b"expr", b"term", 1))
    read_again()
    assert len(made) == 3


def test_a_table_of_another_grammar_is_not_used(kept: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = builds(monkeypatch)
    read_again()
    other = tmp_path / "parser.lark"
    other.write_text(GRAMMAR.read_text(encoding="utf-8").replace("item+", "item item+"), encoding="utf-8")
    monkeypatch.setattr(parse_table, "GRAMMAR", other)
    table.cache_clear()
    parse.cache_clear()
    with pytest.raises(Unreadable, match="expected an expression before ="):
        parse("x = yz")
    assert len(made) == 2
    table.cache_clear()
    parse.cache_clear()


def test_a_folder_that_takes_no_file_only_costs_time(kept: Path) -> None:
    kept.parent.parent.joinpath("compiled").write_text("a file where the folder would be", encoding="utf-8")
    read_again()
    read_again()
    assert not kept.exists()


def test_a_check_imports_neither_lark_nor_what_reads_versions(tmp_path: Path) -> None:
    row = r"\begin{derivation}{d} Let $x \in \mathbb{R}$. \[ x + x = 2x \] \end{derivation}"
    (tmp_path / "d.tex").write_text(row, encoding="utf-8")
    code = (
        "import sys; from report_src.derivations.__main__ import main; status = main(sys.argv[1:]);"
        "print(status, *(name in sys.modules for name in ('flint', 'lark', 'importlib.metadata', 'torch', 'pandas')))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "d.tex")]
    for _ in range(2):  # the first run may build the table
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "0 True False False False False"
