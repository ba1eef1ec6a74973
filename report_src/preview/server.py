"""The page of `make watch SERVE=1`: the PDF beside the check results, for a browser on this machine only.

The server listens on the loopback address, answers no other name than its own (a foreign site whose name was made
to point here gets nothing), and refuses whatever another site's page asks for. It hands out four things and opens
no file by a name that a request brings.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from report_src.errors import BuildError
from report_src.preview.page_images import PageImages

ADDRESS = "127.0.0.1"
PAGE = Path(__file__).parent / "preview.html"
REQUEST_SECONDS = 10.0  # a request that takes longer to arrive is dropped
HEARTBEAT_SECONDS = 15.0  # so that a browser that is gone is noticed
MOST_LISTENERS = 20  # open pages
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Preview:
    """What the page shows: the state of the last build, sent to every listener, and the pages of the PDF."""

    def __init__(self, pdf: Path) -> None:
        """Show the PDF at `pdf`, which may not be there yet."""
        self.images = PageImages(pdf)
        self.changed = threading.Condition()
        self.number = 0
        self.listeners = 0
        self.state: dict[str, Any] = {}

    def show(self, **state: Any) -> None:
        """Send every open page what to show; fields that are not given stay unchanged."""
        if state.get("status") != "building":
            self.images.read()
        with self.changed:
            self.number += 1
            self.state.update(state, pdf=self.images.digest, pages=self.images.sizes)
            self.changed.notify_all()

    def after(self, number: int) -> tuple[int, str] | None:
        """Return (number, state as JSON) once it is newer than `number`; None where nothing came for a while."""
        with self.changed:
            if self.number <= number:
                self.changed.wait(HEARTBEAT_SECONDS)
            return (self.number, json.dumps(self.state)) if self.number > number else None


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
        page = re.fullmatch(r"/page/([1-9]\d{0,4})", url.path)
        if url.path == "/":
            content = PAGE.read_bytes()
            self._send(content, "text/html; charset=utf-8", Content_Security_Policy=policy(content))
        elif url.path == "/events":
            self._events()
        elif url.path == "/report.pdf":
            self._pdf()
        elif page:
            self._picture(int(page[1]), parse_qs(url.query).get("width", [""])[0])
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
            self._send(self.server.preview.images.path.read_bytes(), "application/pdf")
        except OSError:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _picture(self, number: int, width: str) -> None:
        """Send a page's picture, or 304 to a browser that has it already."""
        try:
            etag, content = self.server.preview.images.picture(number, int(width) if width.isdecimal() else 0)
        except (LookupError, ValueError):
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        if self.headers.get("If-None-Match") == f'"{etag}"':
            self._head(HTTPStatus.NOT_MODIFIED, {"ETag": f'"{etag}"'})
        else:
            self._send(content, "image/png", ETag=f'"{etag}"')

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


def policy(content: bytes) -> str:
    """Return the Content-Security-Policy of a page that contains its script and style."""
    allowed = {}
    for tag in ("script", "style"):
        found = re.search(rf"<{tag}>(.*?)</{tag}>".encode(), content, re.DOTALL)
        assert found is not None
        allowed[tag] = "'sha256-" + base64.b64encode(hashlib.sha256(found[1]).digest()).decode() + "'"
    return (
        f"default-src 'none'; img-src blob:; connect-src 'self'; script-src {allowed['script']}; "
        f"style-src {allowed['style']}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@contextlib.contextmanager
def serving(preview: Preview, port: int) -> Iterator[int]:
    """Serve a preview on the loopback address while the block runs; yield the port. 0: any that is free."""
    try:
        server = Server((ADDRESS, port), Handler)
    except OSError as error:
        raise BuildError(f"port {port} of {ADDRESS}: {error.strerror}; choose another with PORT=number", 2) from None
    server.preview = preview
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
