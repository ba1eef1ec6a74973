"""`make web` on a whole report: the words of the PDF, a card behind each number, no barrier for any reader."""

import html
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from machine import tools
from report_src.numbers.printed_numbers import marks
from tests.end_to_end.reports import AUTHOR, ROOT, Built, make, text_of
from tests.marks import mostly_long

pytestmark = pytest.mark.slow
AXE = ROOT / ".ready/npm/node_modules/axe-core/axe.min.js"
BROWSER = next((name for name in map(shutil.which, tools.BROWSERS) if name), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
BLOCKS = r"</?(?:p|div|td|th|tr|li|h\d|figcaption|figure|pre|table|ol|ul|br)\b[^>]*>"
# operators of formulas, which pdftotext reads as words and the page as MathML; their scripts may be joined to them
OPERATORS = re.compile(r"(?:soft|arg|λ)?max\w?|diag\w?|min\w?|mean\w?|sign|ReLU|logits?")
CODE = re.compile(r"U\+[0-9A-F]{4,6}")  # how a character that no font has is printed
LONG = re.compile(r"\w*(?:pneu|mono|umon)\w*|grinning\w?")  # words that the PDF breaks without a hyphen


@pytest.fixture(scope="module")
def web(report: Built, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The report with its page."""
    build = tmp_path_factory.mktemp("web") / "build"
    shutil.copytree(report.build, build)
    made = make(report.config, build, "web")
    assert made.status == 0, made.said
    return made


@pytest.fixture(scope="module")
def page(web: Built) -> str:
    return (web.build / "report.html").read_text(encoding="utf-8")


def counted(text: str) -> Counter[str]:
    """Return the words of four letters and more, compatible letters (ligatures) as one."""
    plain = LONG.sub("", CODE.sub(" ", unicodedata.normalize("NFKC", text).replace("\u00ad", "")))
    return Counter(re.findall(r"[^\W\d_]{4,}", plain))


def words_of_page(page: str) -> Counter[str]:
    """Return the words of the content of a page, without formulas; words behind each other in a line stay apart."""
    content = re.search(r"<main.*?</main>", page, re.DOTALL)[0]  # type: ignore[index]
    content = re.sub(r"<math.*?</math>", lambda found: " ".join(re.findall(r"<mtext[^>]*>[^<]*", found[0])), content,
                     flags=re.DOTALL)  # fmt: skip
    return counted(html.unescape(re.sub(r"<[^>]*>", "", re.sub(BLOCKS, " ", content))))


def compound(word: str, page: str) -> bool:
    """Whether a page has a word with a hyphen in it; pdftotext takes it out at the end of a line."""
    return any(f"{word[:at]}-{word[at:]}" in page for at in range(2, len(word) - 1))


def differing(web: Built, page: str) -> tuple[Counter[str], Counter[str]]:
    """Return the words that the PDF has and a page lacks, and those that the page has and the PDF lacks."""
    on_page = words_of_page(page)
    in_pdf = counted(text_of(web.pdf))
    contents = Counter[str]()
    for line in re.findall(r'<li><a href="#[^"]*"><span class="count">.*?</span>(.*?)</a>', page):
        contents += counted(html.unescape(line))
    pictures = sum((counted(text_of(path)) for path in (web.build / "figures").glob("*.pdf")), Counter[str]())
    drawn = re.findall(
        r"\\begin{tikzpicture}.*?\\end{tikzpicture}", (web.build / "report.tex").read_text("utf-8"), re.DOTALL
    )
    pictures += counted(" ".join(drawn))
    only_page = on_page - in_pdf
    only_pdf = in_pdf - on_page - pictures - contents
    running = set(counted(f"{AUTHOR} Deep Learning Assignment Contents"))
    known = (word for word in only_pdf if word in running or OPERATORS.fullmatch(word) or compound(word, page))
    lost = only_pdf - Counter({word: only_pdf[word] for word in known})
    return lost, only_page


def test_the_page_has_the_words_of_the_pdf(web: Built, page: str) -> None:
    assert sum(words_of_page(page).values()) > (5000 if web.studies is None else 400)
    assert differing(web, page) == (Counter(), Counter())


def test_a_word_that_is_lost_and_one_that_is_added_are_seen(web: Built, page: str) -> None:
    first = re.search(r"<p>(\w{5,}) ", page)
    assert first
    changed = page.replace(first[0], "<p>frobnicates ", 1)
    assert differing(web, changed) == (Counter([first[1]]), Counter(["frobnicates"]))


def test_each_number_of_the_pdf_is_a_button(web: Built, page: str) -> None:
    document = (web.build / "report.tex").read_text(encoding="utf-8")
    keys = {key for key, _ in marks(document)}
    cards = re.findall(r'<aside class="card" popover id="(number-\d+)" aria-label="([^"]*)"', page)
    assert {html.unescape(key) for _, key in cards} == keys
    opened = re.findall(r'class="(?:number|in-formula)" popovertarget="([^"]*)"', page)
    assert set(opened) == {name for name, _ in cards}
    assert len(opened) >= sum(1 for _ in marks(document))


def test_each_claim_and_each_checked_row_has_its_card(web: Built, page: str) -> None:
    import json

    claims = json.loads((web.build / "claims.json").read_bytes())
    printed = {f"claim-{number}" for number, claim in enumerate(claims, start=1) if claim["printed"]}
    assert printed == set(re.findall(r'class="judged" popovertarget="([^"]*)"', page))
    table = json.loads((web.build / "work/derivations.json").read_bytes())["table"]
    assert page.count('class="verdict checked"') == sum(len(row["checked"]) for row in table)
    assert {f"row-{row['name']}" for row in table} <= set(re.findall(r'popover id="([^"]*)"', page))


def test_each_reference_leads_to_a_place_on_the_page(page: str) -> None:
    anchors = set(re.findall(r'\bid="([^"]*)"', page))
    targets = re.findall(r'href="#([^"]*)"', page) + re.findall(r'popovertarget="([^"]*)"', page)
    assert len(targets) > 20
    assert set(targets) <= anchors
    assert len(re.findall(r'\bid="', page)) == len(anchors)


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r'\b(?:src|srcset|data)="(?!data:)|<link|@import|url\(', page)
    assert all(alternative for alternative in re.findall(r'<img [^>]*alt="([^"]*)"', page))


@pytest.fixture
def opened(web: Built, tmp_path: Path) -> Iterator[Any]:
    """The page in a browser."""
    playwright = pytest.importorskip("playwright.sync_api")
    if BROWSER is None:
        pytest.skip("Chromium is not installed; type: python3 bootstrap.py tools")
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=BROWSER, headless=True, args=FLAGS, bypass_csp=True
        )
        shown = context.new_page()
        shown.goto((web.build / "report.html").as_uri())
        yield shown
        context.close()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed; type: python3 bootstrap.py tools")
@pytest.mark.parametrize(("width", "scheme"), mostly_long([(1300, "light"), (390, "dark")], (390, "dark").__eq__))
def test_no_reader_meets_a_barrier(opened: Any, scheme: str, width: int) -> None:
    opened.emulate_media(color_scheme=scheme)
    opened.set_viewport_size({"width": width, "height": 800})
    opened.locator("button.number").first.click()
    opened.add_script_tag(path=str(AXE))
    found = opened.evaluate("levels => axe.run(document, {runOnly: levels})", LEVELS)
    assert len(found["passes"]) > 20
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.long
def test_a_card_opens_and_closes_by_keyboard(opened: Any) -> None:
    button = opened.locator("button.number").first
    button.focus()
    opened.keyboard.press("Enter")
    card = opened.locator(f"[id='{button.get_attribute('popovertarget')}']")
    assert card.is_visible()
    for term in ("Value", "Meaning", "Source"):
        assert term in card.inner_text()
    opened.keyboard.press("Escape")
    assert not card.is_visible()
    assert opened.evaluate("document.activeElement.className") == "number"
