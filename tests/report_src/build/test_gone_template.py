"""A template that was deleted stops no build: TeX begins with what is left."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from report_src.build.actions import foresee
from report_src.build.context import BuildContext
from report_src.prose.foreseen import remember


def test_tex_is_started_though_a_template_is_gone(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/edited.tex.j2").write_text("Other words.\n")
    lines = ["\\input{preamble}", "\\begin{document}", "Words.", "\\end{document}"]
    (tmp_path / "report.tex").write_text("\n".join(lines) + "\n")
    origin = ["report.tex.j2", "report.tex.j2", "edited.tex.j2", "report.tex.j2"]
    places = [[f"templates/{name}", number] for number, name in enumerate(origin, start=1)]
    (tmp_path / "report.map.json").write_text(json.dumps({"lines": places}))
    remember(tmp_path, {"templates/edited.tex.j2": "Words.\n\n", "templates/gone.tex.j2": "Gone.\n"})
    sent: list[bytes] = []
    ahead = SimpleNamespace(waiting=[], start=lambda *_: None, follow=sent.append)
    project = SimpleNamespace(work=tmp_path, epoch=1, found=lambda name: tmp_path / name)
    context = cast("BuildContext", cast("Any", SimpleNamespace(hold_tex=lambda: ahead, project=project)))
    foresee(context)
    assert sent == [b"\\input{preamble}\n\\begin{document}\n"]
