"""The preview answers its own page on the loopback address, and nobody and nothing else."""

import http.client
import io
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from report_src.errors import BuildError
from report_src.findings import Finding
from report_src.preview import check_lists, page_state, server
from report_src.preview.pdf_pages import PdfPages

PATIENCE = 60.0  # seconds for an answer of this machine to itself
EVERYTHING = ["/", "/events", "/report.pdf", "/page/1?width=300", "/text/1", "/at/1?x=9&y=9", "/page.js"]


def write_pdf(path: Path, *colours: str) -> None:
    pages = [Image.new("RGB", (300, 400), colour) for colour in colours]
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:])


@pytest.fixture
def preview(tmp_path: Path) -> page_state.Preview:
    write_pdf(tmp_path / "report.pdf", "blue", "green")
    return page_state.Preview(tmp_path / "report.pdf")


@pytest.fixture
def port(preview: page_state.Preview) -> Iterator[int]:
    with server.serving(preview, 0) as port:
        yield port


def ask(
    port: int, path: str, method: str = "GET", host: str | None = None, **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    """Return (status, body, headers) of one request; an underscore in a header's name is a hyphen."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", f"127.0.0.1:{port}" if host is None else host.format(port))
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value.format(port))
    connection.endheaders()
    answer = connection.getresponse()
    body = b"" if answer.getheader("Content-Type") == "text/event-stream" else answer.read()
    connection.close()
    return answer.status, body, dict(answer.getheaders())


@pytest.mark.parametrize(("path", "kind"), [(path, kind) for path, (_, kind) in server.FILES.items()])
def test_the_page_carries_a_policy_that_lets_its_own_files_in_and_nothing_else(port: int, path: str, kind: str) -> None:
    status, body, headers = ask(port, path)
    assert (status, headers["Content-Type"]) == (200, kind)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert re.search(r"unsafe|https?:|\*|data:", policy) is None
    assert re.search(rb"https?:", body) is None  # no outside resource


def test_the_page_has_no_script_and_no_style_of_its_own(port: int) -> None:
    _, body, _ = ask(port, "/")
    assert re.search(rb"<style|\sstyle=|\son\w+=|javascript:", body) is None
    assert re.findall(rb"<script[^>]*>(.*?)</script>", body, re.DOTALL) == [b""]
    assert set(re.findall(r'(?:src|href)="(/[^"]*)"', body.decode())) <= {*server.FILES, "/report.pdf"}


def test_it_listens_on_the_loopback_address_alone(port: int) -> None:
    with socket.socket() as probe:  # another address of this machine, on the same port, is still free
        probe.bind(("127.0.0.2", port))


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}"])
def test_its_own_names_are_answered(port: int, host: str) -> None:
    assert ask(port, "/", host=host)[0] == 200


@pytest.mark.parametrize(
    "path", ["/", "/events", "/report.pdf", "/page/1?width=300", "/text/1", "/at/1?x=9&y=9", "/page.js"]
)
@pytest.mark.parametrize("host", ["evil.example:{}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{}", ""])
def test_another_host_name_is_refused(port: int, path: str, host: str) -> None:
    assert ask(port, path, host=host)[:2] == (403, b"")


@pytest.mark.parametrize(
    "path", ["/", "/events", "/report.pdf", "/page/1?width=300", "/text/1", "/at/1?x=9&y=9", "/page.js"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1:{}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_page_of_another_origin_gets_nothing(port: int, path: str, headers: dict[str, str]) -> None:
    assert ask(port, path, **headers)[:2] == (403, b"")


def test_our_own_page_gets_its_events(port: int, preview: page_state.Preview) -> None:
    preview.show(status="good", said="built")
    status, _, headers = ask(port, "/events", Origin="http://127.0.0.1:{}", Sec_Fetch_Site="same-origin")
    assert (status, headers["Content-Type"]) == (200, "text/event-stream")
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_reading_is_allowed(port: int, method: str) -> None:
    assert ask(port, "/", method=method)[0] == 405


def test_an_unheard_of_method_is_refused(port: int) -> None:
    assert ask(port, "/", method="BREW")[0] == 501


@pytest.mark.parametrize("path", ["/", "/report.pdf", "/page/1?width=300", "/text/1", "/at/1?x=9&y=9", "/page.js"])
def test_a_head_has_no_body(port: int, path: str) -> None:
    status, body, headers = ask(port, path, method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    "path",
    [
        "/../report.toml", "/%2e%2e/report.toml", "/report.pdf/../report.toml", "//etc/passwd", "/etc/passwd",
        "/page/../../etc/passwd?width=300", "/page/0?width=300", "/page/3?width=300", "/page/99999?width=300",
        "/page/1", "/page/1?width=99", "/page/1?width=3001", "/page/1?width=-300", "/page/1?width=nan",
        "/text/0", "/text/3", "/text/../1", "/at/3?x=1&y=1", "/at/1", "/at/1?x=1", "/at/1?x=nan&y=1", "/at/1?x=-1&y=1",
        "/at/1?x=1&y=1e999", "/at/1?x=/etc/passwd&y=1", "/page.html", "/page/page.js", "/sheets.js/..",
        "/page_state.py", f"/page/1?width={'9' * 5000}", "/page/-1?width=300", "/page/1%00?width=300", "/preview.html",
    ],
)  # fmt: skip
def test_there_is_nothing_at_any_other_path(port: int, path: str) -> None:
    assert ask(port, path)[:2] == (404, b"")


def test_a_page_that_looks_as_before_is_not_sent_again(port: int, preview: page_state.Preview) -> None:
    status, first, headers = ask(port, "/page/1?width=300")
    assert status == 200
    picture = Image.open(io.BytesIO(first)).convert("RGB")
    assert picture.size == (300, 400)
    red, _, blue = picture.getpixel((150, 200))  # type: ignore[misc]
    assert (red < 20, blue > 235) == (True, True)  # JPEG inside the PDF: not to the last bit
    write_pdf(preview.pages.path, "blue", "red")
    preview.show(status="good")
    assert ask(port, "/page/1?width=300", If_None_Match=headers["ETag"])[0] == 304
    second = ask(port, "/page/2?width=300")[2]["ETag"]
    write_pdf(preview.pages.path, "blue", "green")
    preview.show(status="good")
    assert ask(port, "/page/2?width=300", If_None_Match=second)[0] == 200


def test_the_last_good_pages_outlive_a_pdf_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    images = PdfPages(path)
    assert (images.digest, images.sizes) == ("", [])
    with pytest.raises(LookupError):
        images.picture(1, 300)
    write_pdf(path, "blue")
    images.read()
    good = images.picture(1, 300)
    path.write_bytes(b"half of a PD")
    images.read()
    assert images.picture(1, 300) == good
    path.unlink()
    images.read()
    assert len(images.sizes) == 1


def test_a_state_is_told_once_and_keeps_what_is_not_named(
    preview: page_state.Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_state, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(preview, "look", lambda: None)
    preview.show(status="good", said="built", lists=[["Claims", []]])
    preview.show(status="error", said="not built", error="templates/a.tex.j2:3: no")
    news = preview.after(0)
    assert news is not None
    told = json.loads(news[1])
    (error,) = told["errors"]
    assert (error["text"], error["place"]) == ("no", "templates/a.tex.j2:3")
    assert error["href"].endswith("/templates/a.tex.j2:3:1")
    assert told["lists"] == [["Claims", []]]
    assert len(told["pages"]) == 2
    assert preview.after(news[0]) is None


def test_more_listeners_than_a_person_has_are_refused(port: int, preview: page_state.Preview) -> None:
    preview.listeners = server.MOST_LISTENERS
    assert ask(port, "/events")[0] == 503


def test_a_port_that_is_taken_is_named(port: int, preview: page_state.Preview) -> None:
    with (
        pytest.raises(BuildError, match=f"port {port} of 127.0.0.1: .*; choose another with PORT="),
        server.serving(preview, port),
    ):
        pass


def test_a_message_is_split_from_its_place(tmp_path: Path) -> None:
    (tmp_path / "findings.json").write_text("[\"templates/a.tex.j2:4:2: judging word 'best'\"]")
    (tmp_path / "derivations.json").write_text(
        '{"table": [{"name": "chain", "steps": 3, "file": "derivations/chain.tex.j2", "unchecked": ["line 4: words"]}]}'
    )
    warnings = ["templates/a.tex.j2:4:2: judging word 'best'", "report.toml: author still holds the placeholder"]
    found = dict(check_lists.lists(tmp_path, warnings))
    assert found["Findings in the prose"] == [
        {"found": Finding("judging word 'best'", "warning", "templates/a.tex.j2", 4, 2), "doubtful": True}
    ]
    assert [str(row["found"]) for row in found["Warnings"]] == [warnings[1]]  # a finding is not listed twice
    assert found["Derivations"][0]["found"].message == "chain: 3 steps hold; not checked: line 4: words"
    assert found["Derivations"][0]["doubtful"]
    assert found["Claims"] == []
