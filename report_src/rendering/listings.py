"""Code in the report is the code that runs: pulled from the source by qualified name, never copied."""

import ast
import textwrap
from collections.abc import Callable
from pathlib import Path

from report_src.errors import RenderError
from report_src.tex.escape import Latex
from report_src.tex.messages import nearest

WIDEST = 90  # characters of a line of print; a longer head of a function is broken behind its parenthesis
LONGEST = 25  # lines of an excerpt that a reader still takes in at a glance


def excerpt(find: Callable[[str], Path], qualified_name: str) -> tuple[str, str, int]:
    """Return (source of a function or class without its docstring, its file, its first line).

    `find` gives the file of a path like "analysis/network/mlp.py".
    """
    module, _, name = qualified_name.rpartition(".")
    shown = module.replace(".", "/") + ".py"
    path = find(shown)
    if not path.exists():
        is_module = find(qualified_name.replace(".", "/") + ".py").exists()
        step = (
            "name a function of it" if is_module else "name it from the folder of the studies: studies.name.study.run"
        )
        raise RenderError(f'code("{qualified_name}"): there is no {shown}; {step}')
    source = path.read_text(encoding="utf-8")
    lines = source.split("\n")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            assert node.end_lineno is not None
            kept = set(range(node.lineno, node.end_lineno + 1))
            first = node.body[0]
            if ast.get_docstring(node) is not None and first.end_lineno is not None:
                kept -= set(range(first.lineno, first.end_lineno + 1))
            return "\n".join(lines[number - 1] for number in sorted(kept)), shown, node.lineno
    defined = [one.name for one in ast.parse(source).body if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    near = nearest(name, defined) or ", ".join(defined)
    raise RenderError(f"code(\"{qualified_name}\"): {shown} defines no '{name}' at its top level; nearest: {near}")


def broken_head(text: str) -> str:
    """Return an excerpt whose first line, where it is too wide for print, has its parameters on lines of their own."""
    head, newline, body = text.partition("\n")
    opened, closed = head.find("("), head.rfind(") ->")
    if len(head) <= WIDEST or not head.startswith("def ") or closed < 0:
        return text
    parameters = textwrap.fill(head[opened + 1 : closed], WIDEST, initial_indent="    ", subsequent_indent="    ")
    return f"{head[: opened + 1]}\n{parameters}\n{head[closed:]}{newline}{body}"


def code(find: Callable[[str], Path], qualified_name: str) -> Latex:
    """Return a listing of a function, with its file below it."""
    text, path, line = excerpt(find, qualified_name)
    text = broken_head(text)
    length = text.count("\n") + 1
    if length > LONGEST:
        raise RenderError(f'code("{qualified_name}") has {length} lines; expected at most {LONGEST}')
    if not text.isascii():
        raise RenderError(f'code("{qualified_name}") holds characters that a listing cannot print')
    where = rf"\codesource{{{path}}}{{{line}}}".replace("_", r"\_")
    # a listing stays on one page; its lines are 9.5 pt high, frame and source take three more
    return Latex(
        f"\\Needspace{{{9.5 * (length + 3):.0f}pt}}\n\\begin{{lstlisting}}\n{text}\n\\end{{lstlisting}}\n{where}"
    )
