"""The page of `make watch SERVE=1`: the PDF beside the check results, for a browser on this machine only.

The server listens on the loopback address, answers no other name than its own (a foreign site whose name was made
to point here gets nothing), and refuses whatever another site's page asks for. It hands out the page's own
files, the PDF, and pictures, text and places of its pages, and opens no file by a name that a request brings.
"""

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from report_src.errors import BuildError
from report_src.preview.page_state import Preview

ADDRESS = "127.0.0.1"
PAGE = Path(__file__).parent / "page"
FILES = {  # the page's own: a request names one of these or nothing
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    **{f"/{name}": (name, "text/javascript; charset=utf-8") for name in ("page.js", "sheets.js", "side.js")},
}
POLICY = (
    "default-src 'none'; img-src blob:; connect-src 'self'; script-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
POLL_SECONDS = 0.1  # within which a server that is to end does
REQUEST_SECONDS = 10.0  # a request that takes longer to arrive is dropped
MOST_LISTENERS = 20  # open pages
FARTHEST = 20_000  # points from a page's corner
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    """Listens on the loopback address; its threads end with the process."""

    daemon_threads = True
    preview: Preview

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: Server
    timeout = REQUEST_SECONDS
    server_version, sys_version = "preview", ""

    def do_GET(self) -> None:
        """Answer what may be asked for; 403 to anybody but our own page, 404 to any other path."""
        if not self._ours():
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        url = urlsplit(self.path)
        asked = re.fullmatch(r"/(page|text|at)/([1-9]\d{0,4})", url.path)
        if url.path in FILES:
            name, kind = FILES[url.path]
            self._send((PAGE / name).read_bytes(), kind, Content_Security_Policy=POLICY)
        elif url.path == "/events":
            self._events()
        elif url.path == "/report.pdf":
            self._pdf()
        elif asked:
            self._page(asked[1], int(asked[2]), {name: typed[0] for name, typed in parse_qs(url.query).items()})
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET

    def _not_allowed(self) -> None:
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, Allow="GET, HEAD")

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _not_allowed

    def _ours(self) -> bool:
        """Whether the request names this server, and no page of another origin sent it."""
        names = {f"{name}:{self.server.server_port}" for name in (ADDRESS, "localhost")}
        origin, site = self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site", "none")
        if self.headers.get_all("Host", []) not in [[name] for name in names]:
            return False
        return origin in {None, *(f"http://{name}" for name in names)} and site in ("none", "same-origin")

    def _send(self, content: bytes, kind: str, **headers: str) -> None:
        self._head(HTTPStatus.OK, {"Content-Type": kind, "Content-Length": str(len(content)), **headers})
        if self.command != "HEAD":
            self.wfile.write(content)

    def _refuse(self, status: HTTPStatus, **headers: str) -> None:
        self.close_connection = True
        self._head(status, {"Content-Length": "0", **headers})

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            self.send_header(name, value)
        self.end_headers()

    def _pdf(self) -> None:
        try:
            self._send(self.server.preview.pages.path.read_bytes(), "application/pdf")
        except OSError:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _page(self, what: str, number: int, query: Mapping[str, str]) -> None:
        """Send a page's picture, its text, or the card of one of its points."""
        preview = self.server.preview
        try:
            if what == "page":
                width = query.get("width", "")
                etag, content = preview.pages.picture(number, int(width) if width.isdecimal() else 0)
                self._send_once(etag, content, "image/png")
            elif what == "text":
                content = msgspec.json.encode(preview.pages.content(number).lines)
                self._send_once(hashlib.sha256(content).hexdigest(), content, "application/json")
            else:
                card = preview.at(number, _coordinate(query, "x"), _coordinate(query, "y"))
                self._send(msgspec.json.encode(card), "application/json")
        except (LookupError, ValueError):
            self._refuse(HTTPStatus.NOT_FOUND)

    def _send_once(self, etag: str, content: bytes, kind: str) -> None:
        """Send something, or 304 to a browser that has it already."""
        if self.headers.get("If-None-Match") == f'"{etag}"':
            self._head(HTTPStatus.NOT_MODIFIED, {"ETag": f'"{etag}"'})
        else:
            self._send(content, kind, ETag=f'"{etag}"')

    def _events(self) -> None:
        """Send each new state as it comes, until the browser goes."""
        preview = self.server.preview
        with preview.changed:
            if preview.listeners >= MOST_LISTENERS:
                self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
                return
            preview.listeners += 1
        try:
            self.close_connection = True
            self._head(HTTPStatus.OK, {"Content-Type": "text/event-stream"})
            number = 0
            while self.command != "HEAD":
                news = preview.after(number)
                number = news[0] if news else number
                self.wfile.write(f"data: {news[1]}\n\n".encode() if news else b":\n\n")
        finally:
            with preview.changed:
                preview.listeners -= 1

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep quiet: the terminal belongs to the builds."""


def _coordinate(query: Mapping[str, str], name: str) -> float:
    """Return a length of a query, in points; ValueError where it has none that a page could have."""
    found = float(query.get(name, "nan"))
    if not 0 <= found <= FARTHEST:
        raise ValueError(f"{name}: expected 0 to {FARTHEST} points, got {found}")
    return found


@contextlib.contextmanager
def serving(preview: Preview, port: int) -> Iterator[int]:
    """Serve a preview on the loopback address while the block runs; yield the port. 0: any that is free."""
    try:
        server = Server((ADDRESS, port), Handler)
    except OSError as error:
        raise BuildError(f"port {port} of {ADDRESS}: {error.strerror}; choose another with PORT=number", 2) from None
    server.preview = preview
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": POLL_SECONDS}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
