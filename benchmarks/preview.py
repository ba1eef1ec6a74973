"""How soon a save shows: `make watch` at work, beside one bare pdflatex pass over the same .tex.

    python -m benchmarks.preview --build build

The report must have been built. Everything happens in a copy of the project. A save is timed from the moment before
it is written to the line that says that the PDF is there.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.rebuild import REPEATS, ROOT, SENTENCE, copy_of_project, edited, make_report, others, timed

DERIVATION = "templates/derivations/softmax-delta.tex.j2"
LIMITS = {"sentence": 0.7, "derivation_more_s": 0.3}  # of a bare pass; seconds
PATIENCE = 120.0  # seconds until a save that does not show is lost
WARM = 6.0  # seconds in which PyTorch is imported in the background, on a busy machine too
BETWEEN = 1.0  # seconds between two saves of one who types fast


class Watched:
    """A `make watch` that runs, and what it has said so far."""

    def __init__(self, said: Path) -> None:
        """Read from the file that it prints to."""
        self.said = said

    def built(self) -> int:
        """Return how many builds it has finished; RuntimeError where one failed."""
        text = self.said.read_text(encoding="utf-8")
        if "error:" in text:
            raise RuntimeError(text)
        return len(re.findall(r"report\.pdf: .*\n", text))

    def seconds(self, edit: Callable[[], None]) -> float:
        """Make an edit and return the seconds until the next build is done."""
        before, begun = self.built(), time.perf_counter()
        edit()
        self.wait(before + 1)
        return time.perf_counter() - begun

    def wait(self, builds: int) -> None:
        """Wait until so many builds are done."""
        deadline = time.monotonic() + PATIENCE
        while self.built() < builds:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no build after {PATIENCE} s:\n{self.said.read_text(encoding='utf-8')}")
            time.sleep(0.002)


@contextmanager
def watching(root: Path) -> Iterator[Watched]:
    """Run `make watch` in a copy of the project, warm when it is handed over."""
    said = root / "said"
    with said.open("w") as file:
        process = subprocess.Popen([sys.executable, "-m", "report_src", "watch"], cwd=root, stderr=file)
    try:
        watched = Watched(said)
        watched.wait(1)
        time.sleep(WARM)
        yield watched
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


def measure(build: Path, repeats: int = REPEATS) -> dict[str, float]:
    """Return medians in seconds; a sentence as the ratio to one bare pass, a derivation as seconds more than that."""
    seconds: dict[str, list[float]] = {"sentence": [], "derivation": [], "bare pdflatex": []}
    with tempfile.TemporaryDirectory() as folder:
        root = copy_of_project(build.resolve(), Path(folder))
        make_report(root)
        bare = others(root)["bare pdflatex"]
        with watching(root) as watched:
            for turn in range(repeats):
                for name, edit in (("sentence", a_sentence), ("derivation", a_derivation)):
                    time.sleep(BETWEEN)
                    seconds[name].append(watched.seconds(lambda edit=edit, turn=turn: edit(root, turn)))
                seconds["bare pdflatex"].append(timed(bare))
    medians = {name: median(times) for name, times in seconds.items()}
    return {f"{name}_s": value for name, value in medians.items()} | {
        "sentence_of_a_bare_pass": medians["sentence"] / medians["bare pdflatex"],
        "derivation_more_s": medians["derivation"] - medians["sentence"],
    }


def a_sentence(root: Path, turn: int) -> None:
    """Change a few letters of a sentence."""
    edited(root, SENTENCE, turn)


def a_derivation(root: Path, turn: int) -> None:
    """Change a derivation, so that it is checked again."""
    source = (ROOT / DERIVATION).read_text(encoding="utf-8")
    changed, found = re.subn(r"(\\begin\{derivation\}.*\n)", rf"\1% {turn}\n", source, count=1)
    if not found:
        raise ValueError(f"{DERIVATION} holds no derivation any more")
    (root / DERIVATION).write_text(changed, encoding="utf-8")


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description="Time how soon a save shows in the PDF under make watch.")
    parser.add_argument("--build", type=Path, default=Path("build"))
    print(json.dumps(measure(parser.parse_args().build), indent=1))


if __name__ == "__main__":
    main()
