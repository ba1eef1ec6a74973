"""What an edit costs: `make report` after a change, beside one bare pdflatex pass over the same .tex.

    python -m benchmarks.rebuild --build build

The report must have been built. Everything happens in a copy of the project; all are timed in turn, again and
again, so that a busy machine slows them alike. latexmk and knitr take part where they are installed. Either sentence
is in a template with tables that PyLaTeX makes.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 9
SENTENCE = ("templates/sections/91_walkthrough.tex.j2", "The derivative of a single ")
EARLY = ("templates/sections/02_eda.tex.j2", "This section uses ")  # most of the pages come after it
HEADING = ("templates/sections/09_limitations.tex.j2", "\\section{")


def copy_of_project(build: Path, folder: Path) -> Path:
    """Copy sources, data and a finished build to `folder`; its environment is ours."""
    root = folder / "project"
    anywhere, outermost = shutil.ignore_patterns("__pycache__", ".*_cache"), {".git", ".venv", "build"}

    def left_out(of: str, names: list[str]) -> set[str]:
        return {*anywhere(of, names), *(outermost if Path(of) == ROOT else ())}

    shutil.copytree(ROOT, root, symlinks=True, ignore=left_out)
    shutil.copytree(build, root / "build")
    (root / ".venv").symlink_to((ROOT / ".venv").resolve())
    for ready in sorted((root / ".ready").iterdir()):
        ready.touch()
    return root


def edited(root: Path, edit: tuple[str, str], turn: int) -> None:
    """Change a few letters of one line of a template, another way each time."""
    name, start = edit
    text = (ROOT / name).read_text(encoding="utf-8")
    if start not in text:
        raise ValueError(f"{name} does not hold {start!r} any more")
    (root / name).write_text(text.replace(start, f"{start}{'abcdefghij'[turn % 10]} ", 1), encoding="utf-8")


def make_report(root: Path) -> None:
    """`make report`, as it is typed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    subprocess.run(["make", "report"], cwd=root, env=kept, check=True, capture_output=True)


def others(root: Path) -> dict[str, Callable[[], object]]:
    """Return the runs to compare with, each over a copy of the rendered document with settled references."""
    folder = root.parent / "bare"
    shutil.copytree(root / "build" / "work", folder)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TEX")}

    def run(*command: str) -> Callable[[], object]:
        return lambda: subprocess.run(command, cwd=folder, env=kept, capture_output=True, check=True)

    found: dict[str, Callable[[], object]] = {"bare pdflatex": run("pdflatex", "-interaction=batchmode", "report.tex")}
    if shutil.which("latexmk"):
        found["latexmk"] = run("latexmk", "-g", "-pdf", "-interaction=batchmode", "report.tex")
    if shutil.which("Rscript"):
        (folder / "knitted.Rnw").write_bytes((folder / "report.tex").read_bytes())
        found["knitr"] = run("Rscript", "-e", "knitr::knit2pdf('knitted.Rnw')")
    return found


def measure(build: Path, repeats: int = REPEATS) -> dict[str, float]:
    """Return medians in seconds, and ours as ratios to one bare pass."""
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = copy_of_project(build.resolve(), Path(folder))
        make_report(root)
        edited(root, EARLY, -1)
        make_report(root)  # the first edit after a commit shows on the first page as well
        bare = others(root)
        for turn in range(repeats):
            for name, edit in (("early sentence", EARLY), ("sentence", SENTENCE)):
                edited(root, edit, turn)
                seconds.setdefault(name, []).append(timed(lambda: make_report(root)))
            seconds.setdefault("nothing", []).append(timed(lambda: make_report(root)))
            for name, run in bare.items():
                seconds.setdefault(name, []).append(timed(run))
        for turn in range(repeats):
            edited(root, HEADING, turn)
            seconds.setdefault("heading", []).append(timed(lambda: make_report(root)))
    medians = {name: median(times) for name, times in seconds.items()}
    one = medians["bare pdflatex"]
    return {f"{name}_s": value for name, value in medians.items()} | {
        f"{name}_of_a_bare_pass": value / one for name, value in medians.items() if name != "bare pdflatex"
    }


def timed(run: Callable[[], object]) -> float:
    """Return the seconds that a run takes."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description="Time rebuilds of a finished report.")
    parser.add_argument("--build", type=Path, default=Path("build"))
    print(json.dumps(measure(parser.parse_args().build), indent=1))


if __name__ == "__main__":
    main()
