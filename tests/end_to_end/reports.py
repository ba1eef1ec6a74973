"""Reports as a student has them, in a folder of their own: settings, two small tables, an AI log, scans."""

import dataclasses
import functools
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image, ImageDraw

from analysis.data import simulate
from report_src.build import starter
from report_src.project import home_of

ROOT = Path(__file__).resolve().parents[2]
SEED = 11
TRAIN_ROWS, TEST_ROWS = 300, 200
# settings with which the studies take the least time
BRIEF = {"report_at": "30", "hidden": "[16, 8]", "learning_rates": "[0.5, 1.0]", "pairs": "2", "replicates": "2",
         "iterations": "60"}  # fmt: skip
PATIENCE = 900  # seconds after which a build of a few hundred rows hangs, on a busy machine as well
CACHES = ("derivations-cache*.json", "*imports.json")
ORIENTATION = 0x0112  # the EXIF tag that says how the camera was held
QUARTER_TURN = 6  # its value for a picture that must be turned clockwise to stand upright

# whatever environment runs the tests is the one to build in, so that its check against the lock file is left out
COMMAND = (
    "import sys; from report_src import __main__; from report_src.build import environment; "
    "environment.check = lambda: None; "
    "sys.exit(__main__.main(sys.argv[1:]))"
)

AUTHOR, ROLL_NUMBER, REPOSITORY = "Zoë Müller & Söhne", "2026_0042", "https://example.org/zoe_m/report%20one#readme"

TEX_PROMPT = r"""\input{/etc/passwd} \write18{touch owned} $x_1^2$ 100 % of \begin{document} \end{verbatim}
\VAR{settings.report.author} \BLOCK{for x in y} {{ 7 * 7 }} {% raw %} \csname end\endcsname ^^5c ~ # & _ { }
$(touch owned) `touch owned` && rm -rf . ; <script>alert(1)</script>"""
CODE_OUTPUT = """def f(x):
    return {"a": [x ** 2, "\\n"], 'b': x if x > 0 else -x}  # two  blanks\tand a tab

-- done -- ``quoted'' fi fl ffi << >> !` ?`"""
UNICODE_EDITS = (
    "emoji 😀👩‍💻 · right to left: \u200fשלום\u200e עולם · 中文 · ∑ ℒ ∂ · bell \u0007 escape \u001b[31m · e\u0301"
)
FILLED_IN = {"author": AUTHOR, "roll_number": ROLL_NUMBER, "repository": REPOSITORY,
             "source": "a test of 100 % & more", "log": "ai.toml"}  # fmt: skip
LONG_WORD = "pneumono" * 25  # 200 letters without a place to break


@dataclasses.dataclass(frozen=True)
class Built:
    """A report that was built: where, and what the command said."""

    config: Path
    build: Path
    status: int
    said: str

    @property
    def studies(self) -> Path | None:
        """The folder of the report's own studies; None where it has those of the clone."""
        folder = self.config.parent / "studies"
        return folder if folder.is_dir() else None

    @property
    def templates(self) -> Path:
        """The folder of its templates."""
        return home_of(self.config.parent) / "templates"

    @property
    def pdf(self) -> Path:
        """The finished report."""
        return self.build / "report.pdf"

    @functools.cached_property
    def text(self) -> str:
        """The text of the pages, as a reader copies it."""
        return text_of(self.pdf)

    @functools.cached_property
    def results(self) -> dict[str, Any]:
        """results.json."""
        return dict(json.loads((self.build / "results.json").read_bytes()))


CLONE = Built(ROOT / "report.toml", ROOT / "build", 0, "")  # what `make report` has built in this clone, if it has


def make(config: Path, build: Path, target: str = "report", profile: str | None = "quick") -> Built:
    """Run the command line as `make` does, in a process of its own."""
    command = [sys.executable, "-c", COMMAND, target, "--config", str(config), "--build", str(build)]
    command += ["--profile", profile] if profile else []
    command += [f"--studies={config.parent}/studies"] if (config.parent / "studies").is_dir() else []
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=PATIENCE
    )
    return Built(config, build, done.returncode, done.stdout)


def lend_caches(built: Built, build: Path) -> None:
    """Put what another build knows of derivations and imports, by their content alone, into one that begins."""
    for pattern in CACHES:
        for path in (built.build / "work").glob(pattern):
            (build / "work").mkdir(parents=True, exist_ok=True)
            shutil.copy(path, build / "work")


def text_of(pdf: Path, *options: str) -> str:
    """Return the text of a PDF; the words of a line that was broken are joined by one blank."""
    done = subprocess.run(["pdftotext", *options, str(pdf), "-"], capture_output=True, text=True, check=True)
    return done.stdout


def before_the_appendix(text: str) -> str:
    """Return the text of the body: up to the heading that opens the appendix."""
    return text[: text.rindex("Settings and environment")]


def flat(text: str) -> str:
    """Return text with every run of white space as one blank."""
    return re.sub(r"\s+", " ", text)


def shipped(**lines: str) -> str:
    """Return the shipped report.toml with the first lines `key = …` replaced by `key = value` (value in TOML)."""
    return replaced((ROOT / "report.toml").read_text(encoding="utf-8"), lines)


def replaced(text: str, lines: Mapping[str, str]) -> str:
    """Return a report.toml with the first lines `key = …` replaced by `key = value` (value in TOML)."""
    for key, value in lines.items():
        text, found = re.subn(rf"(?m)^{key} = .*$", lambda _, line=f"{key} = {value}": line, text, count=1)
        assert found == 1, f"report.toml has {found} lines '{key} = …'"
    return text


@functools.cache
def simulated() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the simulated tables, whole; their rows are in random order."""
    return simulate.simulate(SEED)


def write_report(folder: Path) -> Path:
    """Write a whole report of a few rows, everything filled in; return its report.toml."""
    train, test = simulated()
    write_inputs(folder)
    train[:TRAIN_ROWS].to_csv(folder / "my train.csv", index=False)
    test[:TEST_ROWS].to_csv(folder / "my test.csv", index=False)
    quoted = {key: toml(value) for key, value in FILLED_IN.items()}
    text = shipped(**BRIEF, **quoted, train=toml("my train.csv"), test=toml("my test.csv"),
                   part_c='["page.jpg"]', question_2='["pages.pdf"]')  # fmt: skip
    (folder / "report.toml").write_text(text, encoding="utf-8")
    return folder / "report.toml"


def write_small_report(folder: Path) -> Path:
    """Write the report that `make new` makes, everything filled in; return its report.toml."""
    starter.write(folder)
    write_inputs(folder)
    config, document = folder / "report.toml", folder / "templates/report.tex.j2"
    text = replaced(config.read_text(encoding="utf-8"), {key: toml(value) for key, value in FILLED_IN.items()})
    config.write_text(f'{text}\n[scans]\npart_c = ["page.jpg"]\nquestion_2 = ["pages.pdf"]\n', encoding="utf-8")
    scans = "".join(f'\\BLOCK{{with place="{place}"}}\\BLOCK{{include "shared/scans.tex.j2"}}\\BLOCK{{endwith}}\n'
                    for place in ("part_c", "question_2"))  # fmt: skip
    before = "\\appendix"
    document.write_text(document.read_text(encoding="utf-8").replace(before, scans + before, 1), encoding="utf-8")
    return config


def write_inputs(folder: Path) -> None:
    """Write what a report reads besides its tables: a log of AI use and scans."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ai.toml").write_text(ai_log(), encoding="utf-8")
    (folder / "page.jpg").write_bytes(turned_picture())
    (folder / "pages.pdf").write_bytes(two_pages())


def toml(value: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(value, ensure_ascii=False)


def ai_log() -> str:
    """Return a log whose texts are code of every kind that handles them."""
    entry = {
        "tool": r"Tool_1 \& 100 % $x$",
        "date": "2026-02-30",
        "purpose": r"Trying {to} break \TeX",
        "prompt": TEX_PROMPT,
        "output": CODE_OUTPUT,
        "edits": f"{UNICODE_EDITS}\n{LONG_WORD}",
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return "\n".join(['used = "yes"', "[[entry]]", *lines]) + "\n"


def turned_picture() -> bytes:
    """Return a JPEG as a camera held upright makes it: stored lying, with the turn noted in its EXIF."""
    image = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 199, 199), fill="red")  # left when stored, on top when upright
    exif = Image.Exif()
    exif[ORIENTATION] = QUARTER_TURN
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def two_pages() -> bytes:
    """Return a PDF of two pages, blue and green."""
    buffer = io.BytesIO()
    first, second = (Image.new("RGB", (300, 400), colour) for colour in ("blue", "green"))
    first.save(buffer, "PDF", save_all=True, append_images=[second])
    return buffer.getvalue()
