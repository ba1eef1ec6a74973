"""Whatever the file holds: an error message in bounded time and memory, never a traceback."""

import random
import time
import tracemalloc
from pathlib import Path
from pkgutil import resolve_name

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from report_src.derivations import Report, check_text
from report_src.derivations.__main__ import main
from report_src.derivations.checking.check import INTERNAL
from report_src.derivations.evaluation import tape
from report_src.project import ROOT
from tests.marks import examples, mostly_long

TEMPLATES = sorted((ROOT / "templates" / "derivations").glob("*.tex.j2"))
HEAD, TAIL = "\\begin{derivation}{f}\n", "\n\\end{derivation}\n"
DECLARED = (
    r"$x, y \in \mathbb{R}^d$, $W \in \mathbb{R}^{m \times d}$, $t > 0$, $g : \mathbb{R} \to \mathbb{R}$, "
    r"$z_n \in \mathbb{R}^d,\ n = 1,\dots,N$, $\ell : \mathbb{R}^d \times \mathbb{R}^d \to \mathbb{R}$, "
    r"$L := \ell(x, y)$, $a := Wx$ "
)
TOKENS = [
    r"x", r"y", r"W", r"t", r"g", r"z_n", r"L", r"a", r"\ell", r"n", r"i", r"j", r"d", r"m", r"N", r"\mathbf{x}",
    r"\hat{y}", r"W_{ij}", r"x_i", r"W^\top", r"W^{-1}", r"x^2", r"^\top", r"_i", r"^2", r"_{ij}", r"^{(2)}", r"'",
    r"(", r")", r"[", r"]", r"{", r"}", r"|", r"\|", r"\left(", r"\right)", r"\left.", r"\right|_{a}", r"\lVert",
    r"\rVert", r"\frac{", r"}{", r"\frac12", r"\partial", r"\nabla", r"\nabla_x", r"\sum_i", r"\sum_{i=1}^{d}",
    r"\log", r"\exp", r"\tanh", r"e^{", r"\max(0,", r"\operatorname{softmax}(", r"\operatorname{diag}(",
    r"\mathbb{1}[", r"=", r":=", r"\le", r"<", r">", r"\in", r"\mathbb{R}", r"+", r"-", r"\odot", r"\cdot", r"/",
    r",", r".", r"&", r"\\", r"\quad", r"\text{", r"\unchecked{", r"\mathbf{1}", r"\mathbf{0}", r"I", r"0", r"1",
    r"2", r"0.5", r"\frac{\partial", r"L}{\partial", r"x}", r"\frac{\partial", r"a}{\partial", r"x}",
    r"\frac{\partial^2", r"L}{\partial", r"x\,\partial", r"x^\top}", r"\sqrt{", r"\Bigl(", r"\Bigr)", r"%", r"$",
    r"\begin{aligned}", r"\end{aligned}",
]  # fmt: skip


def never_internal(text: str) -> list[Report]:
    reports = check_text(text, "f.tex")
    for report in reports:
        for row in report.rows:
            assert INTERNAL not in row.message, row.message
            assert row.verdict not in ("wrong", "unreadable") or row.message
    return reports


@given(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=25))
@settings(examples(400), suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_row_of_known_tokens_gets_a_verdict(tokens: list[str]) -> None:
    never_internal(f"{HEAD}{DECLARED}\n\\begin{{align}}\n{' '.join(tokens)}\n\\end{{align}}{TAIL}")


@given(st.text(max_size=80))
@settings(examples(150), suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_characters_in_a_row_get_a_verdict(row: str) -> None:
    never_internal(f"{HEAD}{DECLARED}\\[ {row} \\]{TAIL}")


@given(st.binary(max_size=300))
@settings(examples(100), suppress_health_check=list(HealthCheck), derandomize=True)
def test_random_bytes_between_begin_and_end_get_a_verdict(content: bytes) -> None:
    never_internal(HEAD + content.decode("utf-8", "replace") + TAIL)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.sampled(15)
def test_a_shipped_derivation_with_characters_lost_or_doubled_gets_a_verdict(seed: int) -> None:
    generator = random.Random(seed)
    text = TEMPLATES[seed % len(TEMPLATES)].read_text(encoding="utf-8")
    for _ in range(3):
        start = generator.randrange(len(text))
        stop = start + generator.randrange(1, 6)
        text = text[:start] + generator.choice(["", text[start:stop] * 2, "}", "{", "$", "\\"]) + text[stop:]
    never_internal(text)


HOSTILE = {
    "deep braces": "\\[ " + "{" * 5000 + "x" + "}" * 5000 + " = x \\]",
    "deep parentheses": "\\[ " + "(" * 5000 + "x" + ")" * 5000 + " = x \\]",
    "deep fractions": "\\[ " + "\\frac{1}{" * 3000 + "t" + "}" * 3000 + " = t \\]",
    "deep fonts": "\\[ " + "\\mathbf" * 4000 + "{x} = x \\]",
    "deep accents": "\\[ " + "\\mathbf{" * 2000 + "x" + "}" * 2000 + " = x \\]",
    "deep bars": "\\[ " + "\\left|" * 3000 + "x" + "\\right|" * 3000 + " = x \\]",
    "many scripts": "\\[ x" + "^\\top" * 3000 + " = x \\]",
    "many signs": "\\[ " + "-" * 20000 + "x = x \\]",
    "many terms": "\\[ " + "x + " * 900 + "x = x \\]",
    "many factors": "\\[ " + "t " * 2000 + " = t \\]",
    "many sums": "\\[ " + "".join(f"\\sum_{c}" for c in "ijklpqruv") + " x_i x_j x_k x_l x_p x_q x_r x_u x_v = 1 \\]",
    "unbalanced braces": "\\[ {{{ x = x \\]",
    "closing braces": "\\[ x }}} = x \\]",
    "open display": "\\begin{align} x = x",
    "open inline": "$x",
    "input": "\\input{/etc/passwd} \\[ x = x \\]",
    "definition": "\\def\\x{\\x} \\[ \\x = \\x \\]",
    "write": "\\immediate\\write18{rm -rf /}",
    "contradictory declarations": "$q \\in \\mathbb{R}^d$, $q \\in \\mathbb{R}^m$ \\[ q = q \\]",
    "huge dimension": "$q \\in \\mathbb{R}^{999999999}$ \\[ q = q \\]",
    "many dimensions": " ".join(f"$q_{{{k}}} \\in \\mathbb{{R}}^{{p_{{{k}}}}}$" for k in range(200)) + " \\[ x = x \\]",
    "huge component": "\\[ x_{99999999999999999999} = 1 \\]",
    "huge number": "\\[ t = " + "9" * 2000 + " \\]",
    "a column": "&" * 5000,
    "nul": "\\[ x\x00 = x \\]",
    "nested derivations": "\\begin{derivation}{g} \\[ x = x \\] \\end{derivation}",
    "primes": "\\[ g" + "'" * 3000 + "(x) = x \\]",
    "growth": "".join(f"$w_{{{k}}} := w_{{{k - 1}}} \\odot w_{{{k - 1}}}$ " for k in range(1, 300)) + "\\[ x = x \\]",
    "a sum of powers": "$m \\in \\mathbb{N}$, $z > 0$ \\[ \\sum_{k=0}^m z^k \\ge \\frac{1 - z^{m+1}}{1 - z} \\]",
    "overflow": "\\[ e^{e^{e^{t + 9}}} = e^{e^{e^{t + 9}}} \\]",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=list(HOSTILE))
@pytest.mark.sampled(6)
def test_hostile_input_is_refused_or_judged_in_bounded_time_and_memory(content: str) -> None:
    check_text(HEAD + DECLARED + "\\[ x = x \\]" + TAIL)  # imports and the parser are not what is measured
    tracemalloc.start()
    before = time.process_time()
    never_internal(HEAD + DECLARED + content + TAIL)
    seconds, (_, peak) = time.process_time() - before, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 10
    assert peak < 200e6


LONG_FILES = [(1_000, "a &= Wx", "ok"), *((10_000, *row) for row in
              (("a &= Wx", "ok"), ("a &= Wx^\\top", "wrong"), ("a &= q", "unreadable")))]  # fmt: skip


@pytest.mark.parametrize(("count", "row", "verdict"), mostly_long(LONG_FILES, LONG_FILES[0].__eq__))
def test_a_file_of_thousands_of_rows_is_judged_in_bounded_time_and_memory(count: int, row: str, verdict: str) -> None:
    def judged(count: int) -> None:
        rows = " \\\\\n".join([row] * count)
        (report,) = never_internal(f"{HEAD}{DECLARED}\\begin{{align}}\n{rows}\n\\end{{align}}{TAIL}")
        assert [found.verdict for found in report.rows if not found.inline] == [verdict] * count

    before = time.process_time()
    judged(count)
    assert time.process_time() - before < 0.003 * count
    tracemalloc.start()  # a fifth of the rows, as tracing makes each of them eight times as slow
    judged(count // 5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000 * (count // 5)


@pytest.mark.long
def test_a_chain_of_five_hundred_wrong_rows_is_judged_in_bounded_time() -> None:
    rows = " \\\\\n".join(["a &= Wx", *(f"&= Wx + {k} x^\\top y a" for k in range(1, 500))])
    before = time.process_time()
    (report,) = never_internal(f"{HEAD}{DECLARED}\\begin{{align}}\n{rows}\n\\end{{align}}{TAIL}")
    assert [found.verdict for found in report.rows if not found.inline] == ["ok"] + ["wrong"] * 499
    assert time.process_time() - before < 20


def test_nothing_is_executed_or_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("\\begin{derivation}{s}\\[ 1 = 1 \\]\\end{derivation}")
    path = tmp_path / "outer.tex"
    path.write_text(f"{HEAD}\\input{{{secret}}} \\[ 1 = 2 \\]{TAIL}")
    assert main([str(path)]) == 1
    assert "\\input is not allowed" in capsys.readouterr().out


def test_an_internal_error_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The word the fuzz tests look for is what an unexpected exception would print."""

    def fail(*_: object) -> None:
        raise KeyError("unexpected")

    monkeypatch.setattr("report_src.derivations.checking.check.read", fail)
    (report,) = check_text(f"{HEAD}\\[ 1 = 1 \\]{TAIL}")
    assert INTERNAL in report.rows[0].message
    assert not report.accepted


@pytest.mark.parametrize("problem", [MemoryError(), RecursionError()])
@pytest.mark.parametrize("where", ["source.document.derivations", "checking.check.read"])
def test_what_stops_the_checker_at_one_file_leaves_the_others_their_findings(
    problem: Exception, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / "costly.tex", tmp_path / "plain.tex"]
    for path in paths:
        path.write_text(HEAD.replace("{f}", f"{{{path.stem}}}") + f"\\[ 1 = 1 \\]{TAIL}", encoding="utf-8")
    module = f"report_src.derivations.{where}"
    stopped = iter([True])
    plain = resolve_name(":".join(module.rsplit(".", 1)))

    def once(*given: object) -> object:
        if next(stopped, False):
            raise problem
        return plain(*given)

    monkeypatch.setattr(module, once)
    assert main([str(path) for path in paths]) == 1
    printed = capsys.readouterr().out
    assert INTERNAL in printed
    assert f"{paths[1]}:2: ok" in printed


def test_a_row_that_would_take_too_much_memory_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape, "MOST_HELD", 1000)
    monkeypatch.setattr(tape, "FEW", 0)
    rows = r"\[ 1 = 1 \] \[ \operatorname{tr}(AAAAA) = \operatorname{tr}(AAAAA) \] \[ 2 = 2 \]"
    (report,) = check_text(f"{HEAD}Let $A \\in \\mathbb{{R}}^{{n \\times n}}$. {rows}{TAIL}")
    found = [row for row in report.rows if not row.inline]
    assert [row.verdict for row in found] == ["ok", "unreadable", "ok"]
    assert "too many entries" in found[1].message
