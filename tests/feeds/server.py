"""A real web server on a loopback port, whose answers a test decides."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator


@dataclass(frozen=True)
class Page:
    """What the server answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterator[bytes] | None = None  # instead of a body: sent as they come


@dataclass(frozen=True)
class Seen:
    """What the server was asked."""

    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """The server's pages by path, and every request in order."""

    root: str
    pages: dict[str, Page | Callable[[Seen], Page]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.root + path

    def answer(self, seen: Seen) -> Page:
        self.seen.append(seen)
        page = self.pages.get(seen.path, Page(status=404))
        return page if isinstance(page, Page) else page(seen)


@contextmanager
def serving() -> Iterator[Site]:
    """A site until the block ends."""
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            page = site.answer(Seen(self.path, headers))
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if page.pieces is None and "Content-Length" not in page.headers:
                self.send_header("Content-Length", str(len(page.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            # A client that has seen enough hangs up.
            with suppress(OSError):
                for piece in page.pieces or [page.body]:
                    self.wfile.write(piece)
                    self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.root = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def rss(*items: str, title: str = "The Daily Example", more: str = "") -> bytes:
    """An RSS feed with these items, each as XML."""
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://daily.example/</link>{more}{''.join(items)}</channel></rss>"
    ).encode()


def item(guid: str, title: str, *, day: int = 10, text: str = "", link: str | None = None) -> str:
    """An RSS item of January 2026."""
    link = f"https://daily.example/{guid}" if link is None else link
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><link>{link}</link>"
        f"<pubDate>{day} Jan 2026 08:00:00 GMT</pubDate><description>{text}</description></item>"
    )
