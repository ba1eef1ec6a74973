"""Pictures of the page: figures and TikZ as SVG, scans unchanged, each inside the page itself."""

import base64
import hashlib
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from report_src.errors import BuildError
from report_src.tex import precompiled_preamble, process
from report_src.tex.source_map import PREAMBLE

FOLDER = "web"  # below BUILD/work: pictures by what they were made from
SECONDS = 60  # the limit for one picture
DRAWN = "picture:"  # and its number: a picture that TeX draws
PDF_TO_SVG = "pdftocairo"
# one picture on a page of its size
TIKZ = r"""\input{{preamble}}%
\begin{{document}}\setbox0=\hbox{{{}}}%
\pdfhorigin=1bp \pdfvorigin=1bp
\pdfpagewidth=\dimexpr\wd0+2bp\relax \pdfpageheight=\dimexpr\ht0+\dp0+2bp\relax
\shipout\box0
\end{{document}}
"""


def addresses(wanted: Sequence[tuple[str, int]], drawn: Sequence[str], work: Path, epoch: int) -> list[str]:
    """Return each picture as a data: address.

    `wanted` are (path below `work`, page), where "picture:3" means the source `drawn[3]`. A picture that was converted
    before is taken from `work`/web.
    """
    (work / FOLDER).mkdir(exist_ok=True)
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda one: _picture(one[0], one[1], drawn, work, epoch), wanted))
    used = {path for path, _ in made}
    for path in set((work / FOLDER).iterdir()) - used:
        path.unlink()
    return [f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}" for path, kind in made]


def _picture(name: str, page: int, drawn: Sequence[str], work: Path, epoch: int) -> tuple[Path, str]:
    """Return a picture's file and its type."""
    if name.lower().endswith((".jpg", ".jpeg", ".png")):
        return work / name, "image/png" if name.lower().endswith(".png") else "image/jpeg"
    drawing = drawn[int(name.removeprefix(DRAWN))] if name.startswith(DRAWN) else None
    made_from = (work / name).read_bytes() if drawing is None else drawing.encode() + (work / PREAMBLE).read_bytes()
    path = work / FOLDER / f"{_digest(made_from)}-{page}.svg"
    if not path.exists():
        _convert(work / name if drawing is None else _drawn(drawing, work, epoch), page, path)
    return path, "image/svg+xml"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _convert(pdf: Path, page: int, path: Path) -> None:
    """Write a page of a PDF as SVG."""
    part = path.with_suffix(f".{threading.get_ident()}")  # the same picture may be made twice at a time
    command = [PDF_TO_SVG, "-svg", "-f", str(page), "-l", str(page), str(pdf), str(part)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    except FileNotFoundError:
        raise BuildError(f"make web needs {PDF_TO_SVG}; type: python3 bootstrap.py tools", 2) from None
    except subprocess.SubprocessError as error:
        raise BuildError(f"{pdf}: {PDF_TO_SVG} made no SVG: {getattr(error, 'stderr', None) or error}") from None
    part.replace(path)


def _drawn(source: str, work: Path, epoch: int) -> Path:
    """Return a PDF with a TikZ picture."""
    name = f"picture-{_digest(source.encode())}-{threading.get_ident()}"
    (work / f"{name}.tex").write_text(TIKZ.format(source), encoding="utf-8")
    form = precompiled_preamble.ready(work, "report")
    chosen = [] if form is None else [f"-fmt={form}"]
    target = work / FOLDER / f"{name}.pdf"
    try:
        process.ended(
            process.launch(
                ["pdflatex", *chosen, *process.OPTIONS, f"-output-directory={FOLDER}", f"{name}.tex"], work, epoch
            )
        )
    finally:
        (work / f"{name}.tex").unlink()
    if not target.exists():
        raise BuildError(f"TeX drew no picture of {source[:60]!r}…; {work / FOLDER / name}.log says why")
    return target
