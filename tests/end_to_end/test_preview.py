"""`make watch SERVE=1` in a real browser: what is saved is seen, where one was reading."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from machine import tools
from report_src.preview.pdf_pages import PdfPages
from report_src.project import ROOT
from tests.report_src import small_project

playwright = pytest.importorskip("playwright.sync_api")
BROWSER = next((name for name in map(shutil.which, tools.BROWSERS) if name), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000  # milliseconds until what does not show is missing
PAGES = 7
FIRST = "As it was."  # on the page that is read, before a test saves anything
READING = 5  # the page that is read while it is edited
OPENED = "http://editor.invalid/"  # of another program the browser would ask first, and take the next keys as answer
PROGRAM = f"""
import functools, sys; sys.path[0] = {str(ROOT)!r}
from pathlib import Path
from report_src import __main__
from report_src.build import environment, runner
from report_src.preview import changes, watch
from tests.report_src import small_project
environment.check = lambda: None
environment.open_project = functools.partial(environment.open_project, root=Path.cwd())
watch.ROOT = changes.ROOT = Path.cwd()
make = runner.make
runner.make = lambda project, target, **how: make(project, target, small_project.table(tex=True), **how)
sys.exit(__main__.main(["watch", "--serve", "--studies=studies", "--editor={OPENED}{{path}}:{{line}}:{{column}}"]))
"""


NUMBER = r"\pdfannot width 1em height 8pt depth 2pt {/Subtype /Square /Border [0 0 0] /Contents (survey = 3)}3 rows."
ROW = "\nEnergy:\n\\begin{eqnarray}\ne &=& m c^2\n\\end{eqnarray}\nFollows."
CONTENTS = r"\pdfoutline goto page 2 {/Fit} {Counts}\pdfoutline goto page 6 {/Fit} {Energies}"


def template(words: str, **others: str) -> str:
    """Return a document of seven pages: a number, the words on the page that is read, a row of a derivation."""
    said = {2: f"We have {others.get('counted', NUMBER)}", READING: words, 6: f"{CONTENTS}{ROW}"}
    pages = (f"\\newpage Page {number}. {said.get(number, '')}" for number in range(2, PAGES + 1))
    return small_project.TEMPLATE.replace("SENTENCE", "\n".join(pages))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project; what one test saves is taken back before the next one reads."""
    folder = tmp_path_factory.mktemp("preview")
    small_project.write_sources(folder)
    save(folder, template(FIRST))
    return folder


@pytest.fixture(scope="module")
def address(project: Path) -> Iterator[str]:
    """Watch the small project in a process of its own; yield where its page is."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1"}
    with (project / "said").open("w") as said:
        process = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=project, env=environment, stderr=said)
    try:
        deadline = time.monotonic() + PATIENCE / 1000
        while not (found := re.search(r"preview: (http://127\.0\.0\.1:\d+/)", (project / "said").read_text())):
            assert process.poll() is None, (project / "said").read_text()
            assert time.monotonic() < deadline, (project / "said").read_text()
            time.sleep(0.05)
        yield found[1]
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE / 1000) == 0, (project / "said").read_text()
        assert "Traceback" not in (project / "said").read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start a browser, once for all tests, as its start costs more than any of them."""
    if BROWSER is None:
        assert "CI" not in os.environ, "Chromium is not installed; type: python3 bootstrap.py tools"
        pytest.skip("Chromium is not installed; type: python3 bootstrap.py tools")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=BROWSER, headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def root(project: Path, address: str) -> Path:
    """The small project as it was at first; `page` waits until it is shown."""
    if (project / "templates/report.tex.j2").read_text(encoding="utf-8") != template(FIRST):
        save(project, template(FIRST))
    return project


@pytest.fixture
def page(root: Path, address: str, browser: Any) -> Iterator[Any]:
    """Open the page as a reader who was never there before."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    context.route(f"{OPENED}**", lambda asked: asked.fulfill(status=204))  # so the page stays
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address)
    wait_for_status(page, "good")
    until(page, lambda: page.locator(".page").count() == PAGES)
    until(page, lambda: page.locator(".page").nth(READING - 1).locator(".text span", has_text="was.").count() > 0)
    until(page, lambda: page.locator(".page").nth(1).locator(".text span", has_text="rows.").count() > 0)
    yield page
    context.close()


def save(root: Path, text: str) -> None:
    (root / "templates/report.tex.j2").write_text(text, encoding="utf-8")


def wait_for_status(page: Any, status: str) -> None:
    page.wait_for_selector(f"#status.{status}", timeout=PATIENCE)


def picture_of(page: Any, number: int) -> str:
    """Return the hash of the picture that is shown of a page."""
    return str(page.locator(".page").nth(number - 1).get_attribute("data-tag"))


def expected(page: Any, root: Path, number: int) -> str:
    """Return the hash of the picture that the PDF on the disk has there."""
    width = page.locator(".page").nth(number - 1).evaluate("e => Math.round(e.clientWidth * devicePixelRatio)")
    return f'"{PdfPages(root / "build/report.pdf").picture(number, width)[0]}"'


def until(page: Any, holds: Callable[[], bool]) -> None:
    """Wait for what the page comes to show; the page's own policy forbids the driver to wait inside it."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not holds():
        assert time.monotonic() < deadline, page.inner_text("aside")
        page.wait_for_timeout(20)


def position(page: Any) -> float:
    return float(page.evaluate("document.getElementById('pages').scrollTop"))


def scroll_to(page: Any, number: int) -> float:
    """Bring a page into sight, 40 pixels below its head, and return the position."""
    page.evaluate(
        "number => { const all = document.getElementById('pages');"
        " all.scrollTop = all.children[number - 1].offsetTop + 40; }",
        number,
    )
    until(page, lambda: picture_of(page, number) != "None")
    return position(page)


def in_sight(page: Any, number: int) -> bool:
    """Whether a mark of what changed can be seen."""
    box = page.locator(".mark").nth(number).bounding_box()
    return bool(0 <= box["y"] < page.viewport_size["height"] - box["height"])


@pytest.mark.long
def test_the_place_that_a_save_changed_comes_into_sight_and_the_keys_go_through_it(root: Path, page: Any) -> None:
    # it comes first: what a page that was restored shows as changed may come late, and bring itself into sight
    scroll_to(page, 1)
    save(root, template("As it is now.", counted="many rows."))
    until(page, lambda: page.locator(".mark").count() == 2)
    until(page, lambda: in_sight(page, 0))
    page.keyboard.press("c")
    until(page, lambda: in_sight(page, 1))
    until(page, lambda: page.inner_text("#place") == f"page {READING} of {PAGES}")
    page.keyboard.press("v")
    until(page, lambda: in_sight(page, 0))
    assert "next, previous change" in page.inner_text("#help")
    assert page.complaints == []


@pytest.mark.long
def test_a_save_is_seen_where_one_reads_and_a_mistake_leaves_the_page(root: Path, page: Any) -> None:
    assert "chain-rule" in page.inner_text("aside")  # the verdict on a derivation
    place = scroll_to(page, READING)
    assert place > 1000
    before, shown = picture_of(page, READING), page.locator(".page").nth(READING - 1).screenshot()
    assert before == expected(page, root, READING)
    until(page, lambda: picture_of(page, READING + 1) != "None")  # just below, drawn ahead
    drawn = page.locator(".page").nth(READING).get_attribute("data-drawn")

    save(root, template("Now it says something else, the best."))
    until(page, lambda: picture_of(page, READING) != before)
    wait_for_status(page, "good")
    after = picture_of(page, READING)
    assert after == expected(page, root, READING)
    assert page.locator(".page").nth(READING - 1).screenshot() != shown
    assert page.locator(".page").nth(READING).get_attribute("data-drawn") == drawn  # it looks as before
    assert position(page) == place
    until(page, lambda: "judging word 'best'" in page.inner_text("aside"))
    assert "templates/report.tex.j2:1:1" in page.inner_text("aside")

    broken = template("Now \\misspelled it is broken.")
    save(root, broken)
    wait_for_status(page, "error")
    line = next(number for number, text in enumerate(broken.splitlines(), start=1) if "misspelled" in text)
    assert f"templates/report.tex.j2:{line}:22: Undefined control sequence \\misspelled" in page.inner_text("#errors")
    assert picture_of(page, READING) == after == expected(page, root, READING)
    assert position(page) == place

    save(root, template("And mended."))
    wait_for_status(page, "good")
    until(page, lambda: picture_of(page, READING) not in (before, after))
    assert picture_of(page, READING) == expected(page, root, READING)
    assert not page.locator("#errors").is_visible()
    assert position(page) == place
    assert page.complaints == []


@pytest.mark.long
def test_pages_come_and_go_and_a_reload_by_hand_keeps_the_place(root: Path, page: Any) -> None:
    place = scroll_to(page, READING)
    page.reload()
    until(page, lambda: position(page) == place)
    save(root, template("\\newpage One more."))
    until(page, lambda: page.locator(".page").count() == PAGES + 1)
    save(root, small_project.TEMPLATE)
    until(page, lambda: page.locator(".page").count() == 1)
    until(page, lambda: picture_of(page, 1) == expected(page, root, 1))
    assert page.complaints == []


def line_of(text: str) -> int:
    """Return the line of the template as saved first that has a text."""
    lines = template(FIRST).splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def below(root: Path) -> str:
    """Return the template's path as an editor's address holds it."""
    return f"{root.resolve().as_posix().lstrip('/')}/templates/report.tex.j2"


def word(page: Any, number: int, text: str) -> Any:
    """Return a word of a page, brought into sight."""
    found = page.locator(".page").nth(number - 1).locator(".text span", has_text=text).first
    found.scroll_into_view_if_needed()
    return found


def card_of(page: Any, number: int, text: str) -> str:
    """Click a word; return what the card says."""
    word(page, number, text).click()
    page.wait_for_selector("#card:not([hidden])")
    shown = page.inner_text("#card")
    page.keyboard.press("Escape")
    assert not page.locator("#card").is_visible()
    return str(shown)


@pytest.fixture
def opened(page: Any) -> list[str]:
    """Return the addresses that the page has the browser open, as they come."""
    found: list[str] = []
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.on("Page.frameRequestedNavigation", lambda asked: found.append(asked["url"]))
    return found


@pytest.mark.long
def test_text_is_selected_copied_and_found(page: Any) -> None:
    word(page, READING, "was.").click(click_count=3)
    assert page.evaluate("getSelection().toString()").strip() == "Page 5. As it was."
    assert page.evaluate("window.find('Page 7.')")  # a page far below, whose picture was never drawn
    picture = page.locator(".page").nth(READING - 1).bounding_box()
    written = word(page, READING, "was.").bounding_box()
    assert picture["x"] < written["x"] < picture["x"] + picture["width"] / 2  # the word is where it is printed
    assert written["height"] < 30
    assert page.complaints == []


@pytest.mark.long
def test_contents_and_the_number_of_the_page_lead_through_the_report(page: Any) -> None:
    # what a test before it changed may come late, and bring itself into sight
    until(page, lambda: scroll_to(page, 1) > 0 and page.inner_text("#place") == f"page 1 of {PAGES}")
    assert page.locator("nav a").all_inner_texts() == ["Counts", "Energies"]
    page.click("nav a:has-text('Energies')")
    until(page, lambda: page.inner_text("#place") == f"page 6 of {PAGES}")
    assert page.locator("nav a[aria-current]").inner_text() == "Energies"


@pytest.mark.long
def test_a_click_on_a_word_names_its_line_and_opens_it(root: Path, page: Any, opened: list[str]) -> None:
    line = line_of("As it was.")
    column = template(FIRST).splitlines()[line - 1].index("was.") + 1
    assert f"templates/report.tex.j2:{line}:{column}" in card_of(page, READING, "was.")
    until(page, lambda: bool(opened))
    assert opened == [f"{OPENED}{below(root)}:{line}:{column}"]


@pytest.mark.long
def test_selecting_a_word_opens_nothing(page: Any, opened: list[str]) -> None:
    word(page, READING, "was.").dblclick()
    page.wait_for_timeout(600)
    assert page.evaluate("getSelection().toString()").startswith("was")
    assert opened == []


def test_a_click_on_a_number_shows_what_it_is_and_who_rests_on_it(page: Any, opened: list[str]) -> None:
    shown = card_of(page, 2, "3")
    assert shown.startswith("survey\n")
    for said in ("value\n3", "meaning", "computed at\nstudies/survey/", "few-rows", "read at\ntemplates"):
        assert said in shown
    page.wait_for_timeout(600)
    assert opened == []  # its places are links


@pytest.mark.long
def test_a_click_on_a_row_of_a_derivation_shows_its_verdict(page: Any) -> None:
    row = card_of(page, 6, "mc")
    assert f"templates/report.tex.j2:{line_of('e &=&')}" in row
    assert "verdict\nholds in chain-rule: 9 instances, largest error 1.0e-16" in row
    assert "verdict" not in card_of(page, 6, "Follows.")


@pytest.mark.long
def test_an_error_stays_in_sight_with_its_place_as_a_link_and_the_keys_go_to_findings(root: Path, page: Any) -> None:
    scroll_to(page, READING)
    save(root, template("It is the best."))
    until(page, lambda: "judging word 'best'" in page.inner_text("#lists"))
    page.wait_for_timeout(500)  # until the finding has its page
    page.keyboard.press("n")
    assert "judging word 'best'" in page.inner_text("li.current")
    page.set_viewport_size({"width": 1200, "height": 400})
    page.locator("#lists li").last.scroll_into_view_if_needed()
    broken = template("Now \\misspelled it is broken.")
    save(root, broken)
    wait_for_status(page, "error")
    line = next(number for number, text in enumerate(broken.splitlines(), start=1) if "misspelled" in text)
    link = page.locator("#errors a")
    assert link.inner_text() == f"templates/report.tex.j2:{line}:22"
    assert link.get_attribute("href") == f"{OPENED}{below(root)}:{line}:22"
    edge = link.bounding_box()
    assert 0 <= edge["y"] < 400 - edge["height"]


@pytest.mark.long
def test_text_of_the_report_is_never_markup(root: Path, page: Any) -> None:
    save(root, template("\\foo<img src=x onerror=alert(1)>"))
    wait_for_status(page, "error")
    assert "<img src=x" in page.inner_text("#errors")
    assert page.locator("aside img").count() == 0
