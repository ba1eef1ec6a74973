# ruff: noqa: E501 - rows of LaTeX are not broken
"""How long a derivation of twenty rows takes to check: in a warm process, and from a cold start of Python.

python -m benchmarks.derivations
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report_src.derivations import check_text
from report_src.derivations.syntax.parser import parse
from report_src.derivations.syntax.pretty import pretty

VECTOR_ROWS = "\n".join(
    [r"a &:= Wx + b, & h &:= g(a), & c &:= Ah, & p &:= g(c), & L &:= \ell(p, y) \\"]
    + [
        r"\frac{\partial L}{\partial c} &= \frac{\partial L}{\partial p} \odot g'(c) \\",
        r"\frac{\partial L}{\partial h} &= A^\top \frac{\partial L}{\partial c} \\",
        r"\frac{\partial L}{\partial a} &= \frac{\partial L}{\partial h} \odot g'(a) \\",
        r"\frac{\partial L}{\partial x} &= W^\top\Bigl(\bigl(A^\top \frac{\partial L}{\partial c}\bigr) \odot g'(a)\Bigr) \\",
        r"\frac{\partial L}{\partial W} &= \frac{\partial L}{\partial a} x^\top \\",
    ]
    * 4
)[:-3]
COMPONENT_ROWS = "\n".join(
    [r"a &:= Wx + b, & h &:= g(a), & c &:= Ah, & p &:= g(c), & L &:= \ell(p, y) \\"]
    + [
        r"\frac{\partial L}{\partial x_i} &= \sum_{j=1}^m W_{ji}\frac{\partial L}{\partial a_j} \\",
        r"\frac{\partial c}{\partial x} &= A\operatorname{diag}(g'(a))W \\",
        r"\frac{\partial c_i}{\partial a_j} &= A_{ij} g'(a)_j \\",
        r"\frac{\partial L}{\partial W_{ji}} &= \frac{\partial L}{\partial a_j} x_i \\",
        r"\frac{\partial p}{\partial h} &= \operatorname{diag}(g'(c))A \\",
    ]
    * 4
)[:-3]
NETWORK = (
    r"$x \in \mathbb{R}^{d}$, $W \in \mathbb{R}^{m \times d}$, $b \in \mathbb{R}^m$, $A \in \mathbb{R}^{k \times m}$, "
    r"$y \in \mathbb{R}^k$, $g : \mathbb{R} \to \mathbb{R}$, $\ell : \mathbb{R}^k \times \mathbb{R}^k \to \mathbb{R}$"
)
RUNS = 9
ROOT = Path(__file__).parents[1]


def measure() -> dict[str, float]:
    """Return the median processor time in milliseconds of twenty rows in vector form, and with components or Jacobians."""
    return {
        "vector_ms": statistics.median(milliseconds(VECTOR_ROWS, RUNS)),
        "components_ms": statistics.median(milliseconds(COMPONENT_ROWS, RUNS)),
        "vector_cold_ms": statistics.median(cold_milliseconds(VECTOR_ROWS, RUNS)),
        "components_cold_ms": statistics.median(cold_milliseconds(COMPONENT_ROWS, RUNS)),
    }


def written(rows: str) -> str:
    """Return a derivation of some rows."""
    return f"\\begin{{derivation}}{{timed}}\n{NETWORK}\n\\begin{{align}}\n{rows}\n\\end{{align}}\n\\end{{derivation}}"


def cold_milliseconds(rows: str, runs: int) -> list[float]:
    """Return the processor time of each of `runs` processes that check the rows; one before them compiles the modules.

    CalledProcessError where a row is refused.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "timed.tex"
        path.write_text(written(rows), encoding="utf-8")
        command = [sys.executable, "-m", "report_src.derivations", str(path)]
        for _ in range(runs + 1):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
            behind = resource.getrusage(resource.RUSAGE_CHILDREN)
            found.append(1000 * (behind.ru_utime + behind.ru_stime - before.ru_utime - before.ru_stime))
    return found[1:]


def milliseconds(rows: str, runs: int) -> list[float]:
    """Return the processor time of each of ``runs`` checks; parses are not kept between them.

    The first check of a process imports python-flint and NumPy and is not counted. RuntimeError where not all twenty rows hold.
    """
    text = written(rows)
    found = []
    for _ in range(runs + 1):
        parse.cache_clear()
        pretty.cache_clear()
        before = time.process_time()
        (report,) = check_text(text)
        found.append(1000 * (time.process_time() - before))
        if report.steps != 20:
            raise RuntimeError(f"expected 20 rows that hold, got {report.steps}: the check or the rows have changed")
    return found[1:]


if __name__ == "__main__":
    print(json.dumps(measure()))
