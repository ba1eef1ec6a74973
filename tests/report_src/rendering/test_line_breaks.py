"""A line break behind a tag is a space, as any other, where its line prints something."""

import pytest

from report_src.errors import RenderError
from report_src.rendering import engine
from report_src.rendering.source_marks import take_out


def rendered(tmp_path, text: str) -> tuple[str, list[tuple[str, int]]]:
    (tmp_path / "a.tex.j2").write_text(text, encoding="utf-8")
    made = engine.environment(tmp_path)
    return take_out(engine.render_text(made, "a.tex.j2", {"true": True, "G": [1, 2]}))


SAY = '\\BLOCK{say "s": "Two." if G[0] > G[1] otherwise "%s"}'


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("It is \\BLOCK{if true}lower\\BLOCK{endif}\nthan chance.", "It is lower\nthan chance."),
        ("It is kept\\BLOCK{if false} and counted\\BLOCK{endif}\nhere.", "It is kept\nhere."),
        ("\\BLOCK{if true}One.\\BLOCK{endif}\nTwo.", "One.\nTwo."),
        ("Zero.\n\\BLOCK{if false}One.\\BLOCK{endif}\nTwo.", "Zero.\nTwo."),  # no paragraph ends here
        ("Zero.\n\\BLOCK{if true}\nOne.\n\\BLOCK{endif}\nTwo.", "Zero.\nOne.\nTwo."),
        ("It is \\BLOCK{if\n  true}lower\\BLOCK{endif}\nthan.", "It is lower\nthan."),
        ("One \\NOTE{a remark}\ntwo.", "One \ntwo."),
        ("\\NOTE{a remark}\nOne.", "One."),
        ("\\BLOCK{for g in G}a\\BLOCK{endfor}\nb", "aa\nb"),
        ("\\BLOCK{for g in G}\na\\BLOCK{if true}x\\BLOCK{endif}\n\\BLOCK{endfor}\nb", "ax\nax\nb"),
        ("\\BLOCK{macro m()}x\\BLOCK{endmacro}\n(\\VAR{m() | mathematics})", "(x)"),
        ("\\BLOCK{macro m()}\nx\\BLOCK{if true}y\\BLOCK{endif}\n\\BLOCK{endmacro}\n(\\VAR{m() | mathematics})", "(xy)"),
        (f"One.\n{SAY % 'Deux.'}\nThree.", "One.\nDeux.\nThree."),
        (f"One.\n{SAY % 'Deux.'}\n\\BLOCK{{if true}}\n\\BLOCK{{endif}}\nThree.", "One.\nDeux.\nThree."),
        (f"One.\n{SAY % ''}\nThree.", "One.\nThree."),
        (f"One.\n{SAY.replace(' if ', chr(10) + ' if ') % 'Deux.'}\nThree.", "One.\nDeux.\nThree."),
        (f"One {SAY % 'deux'}\nthree.", "One deux\nthree."),
    ],
)
def test_words_do_not_join_across_a_line_that_ends_with_a_tag(tmp_path, typed, printed):
    assert rendered(tmp_path, typed)[0] == printed


def test_lines_keep_their_places(tmp_path):
    typed = "It is \\BLOCK{if true}lower\\BLOCK{endif}\nthan.\n\\BLOCK{if false}A.\\BLOCK{endif}\nEnd."
    text, places = rendered(tmp_path, typed)
    assert [*zip(text.split("\n"), places, strict=True)] == [
        ("It is lower", ("a.tex.j2", 1)),
        ("than.", ("a.tex.j2", 2)),
        ("End.", ("a.tex.j2", 4)),
    ]


def test_a_macro_that_is_printed_as_text_is_refused(tmp_path):
    with pytest.raises(RenderError, match=r"print it with \| mathematics"):
        rendered(tmp_path, "\\BLOCK{macro m()}\nx\n\\BLOCK{endmacro}\n\\VAR{m()}")


@pytest.mark.parametrize("words", ["$x$", "\\\\emph{x}", "\\frac12", "99\\\\%"])
def test_latex_in_the_words_of_a_say_is_refused(tmp_path, words):
    with pytest.raises(RenderError, match="write LaTeX in a"):
        rendered(tmp_path, SAY % words)
