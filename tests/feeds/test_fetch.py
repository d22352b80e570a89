"""One request: polite, bounded, guarded; against a real server."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from feeds.fetch import Limits
from feeds.fetch import Request
from feeds.fetch import Response
from feeds.fetch import fetch_once
from feeds.guard import address_problem
from ledger.errors import FetchError
from tests.feeds.server import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.feeds.server import Site


def ask(url: str, *, etag: str = "", modified: str = "", limits: Limits | None = None) -> Response:
    return fetch_once(Request(url, etag, modified, allow_private=True), limits)


def test_a_body_comes_back_with_its_headers(site: Site) -> None:
    site.pages["/feed"] = Page(b"hello", headers={"ETag": '"x"', "Content-Type": "text/xml"})
    response = ask(site.url("/feed"))
    assert (response.status, response.body) == (200, b"hello")
    assert response.headers["etag"] == '"x"'
    assert response.final_url == response.permanent_url == site.url("/feed")


def test_we_say_who_we_are_and_nothing_more(site: Site) -> None:
    site.pages["/feed"] = Page(b"x", headers={"Set-Cookie": "id=1"})
    ask(site.url("/feed"))
    headers = site.seen[0].headers
    assert headers["user-agent"].startswith("calledit/")
    assert "application/atom+xml" in headers["accept"]
    assert headers["accept-encoding"] == "gzip, deflate"
    assert headers.keys().isdisjoint({"cookie", "referer", "if-none-match", "if-modified-since"})


@pytest.mark.parametrize("etag", ['"abc"', 'W/"a,b c"', "unquoted", '"', '"ünï"'])
def test_validators_go_back_byte_for_byte(site: Site, etag: str) -> None:
    site.pages["/feed"] = Page(status=304)
    response = ask(site.url("/feed"), etag=etag, modified="Some Day; odd=1")
    assert response.status == 304
    # The server reads headers as Latin-1.
    assert site.seen[0].headers["if-none-match"].encode("latin-1").decode() == etag
    assert site.seen[0].headers["if-modified-since"] == "Some Day; odd=1"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello " * 100)),
        ("gzip", gzip.compress(b"hello " * 60) + gzip.compress(b"hello " * 40)),
        ("gzip", gzip.compress(b"hello " * 100) + b"\0" * 20),
        ("deflate", zlib.compress(b"hello " * 100)),
        ("deflate", zlib.compress(b"hello " * 100)[2:-4]),
    ],
)
def test_compressed_bodies(site: Site, encoding: str, body: bytes) -> None:
    site.pages["/feed"] = Page(body, headers={"Content-Encoding": encoding})
    assert ask(site.url("/feed")).body == b"hello " * 100


@pytest.mark.parametrize(
    ("encoding", "body", "said"),
    [
        ("br", b"x", "'br', not as asked"),
        ("gzip", b"plain", "not gzip"),
        ("gzip", gzip.compress(b"hello" * 100)[:20], "cut short"),
    ],
)
def test_wrongly_compressed_bodies(site: Site, encoding: str, body: bytes, said: str) -> None:
    site.pages["/feed"] = Page(body, headers={"Content-Encoding": encoding})
    with pytest.raises(FetchError, match=said):
        ask(site.url("/feed"))


def test_a_gzip_bomb_is_stopped_early(site: Site) -> None:
    bomb = gzip.compress(bytes(200 * 2**20), compresslevel=9)
    site.pages["/feed"] = Page(bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="larger than 2 MiB"):
            ask(site.url("/feed"), limits=Limits(body=2 * 2**20))
        assert tracemalloc.get_traced_memory()[1] < 12 * 2**20
    finally:
        tracemalloc.stop()


def test_a_large_body_is_stopped(site: Site) -> None:
    site.pages["/feed"] = Page(b"x" * 3 * 2**20)
    with pytest.raises(FetchError, match="larger than 2 MiB"):
        ask(site.url("/feed"), limits=Limits(body=2 * 2**20))


def test_a_slow_drip_is_stopped_on_time(site: Site) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x"
            time.sleep(0.05)

    site.pages["/feed"] = Page(pieces=drip())
    start = time.monotonic()
    with pytest.raises(FetchError, match=r"did not answer in full within 0\.4 s"):
        ask(site.url("/feed"), limits=Limits(seconds=0.4))
    assert time.monotonic() - start < 1.5


def test_a_body_that_breaks_off_is_an_error(site: Site) -> None:
    site.pages["/feed"] = Page(b"half", headers={"Content-Length": "8"})
    with pytest.raises(FetchError, match="broke off"):
        ask(site.url("/feed"))


def test_redirects_are_followed_and_told_apart(site: Site) -> None:
    site.pages["/a"] = Page(status=301, headers={"Location": "/b"})
    site.pages["/b"] = Page(status=308, headers={"Location": site.url("/c")})
    site.pages["/c"] = Page(status=302, headers={"Location": "/d"})
    site.pages["/d"] = Page(status=301, headers={"Location": "/e"})
    site.pages["/e"] = Page(b"hello")
    response = ask(site.url("/a"))
    assert response.body == b"hello"
    assert response.final_url == site.url("/e")
    assert response.permanent_url == site.url("/c")
    assert response.redirects == tuple(site.url(path) for path in ("/b", "/c", "/d", "/e"))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/a", "in a circle"),
        ("file:///etc/passwd", "not an http"),
        ("ftp://x.example/", "not an http"),
        ("http://[::bad", "no usable answer"),
    ],
)
def test_redirects_to_nowhere_good(site: Site, target: str, said: str) -> None:
    site.pages["/a"] = Page(status=302, headers={"Location": target})
    with pytest.raises(FetchError, match=said):
        ask(site.url("/a"))


def test_redirects_have_an_end(site: Site) -> None:
    for n in range(9):
        site.pages[f"/{n}"] = Page(status=302, headers={"Location": f"/{n + 1}"})
    with pytest.raises(FetchError, match="more than 5 times"):
        ask(site.url("/0"))
    assert len(site.seen) == 6


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_private_hosts_are_not_asked(site: Site, host: str) -> None:
    url = site.url("/feed").replace("127.0.0.1", host)
    with pytest.raises(FetchError, match=r"may not be asked|no host|no usable"):
        fetch_once(Request(url))
    assert site.seen == []


def test_every_hop_is_guarded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # For this test alone, the server's own address counts as public.
    def problem(address: str) -> str:
        return "" if address == "127.0.0.1" else address_problem(address)

    monkeypatch.setattr("feeds.fetch.address_problem", problem)
    site.pages["/feed"] = Page(b"x")
    assert fetch_once(Request(site.url("/feed"))).body == b"x"
    for target in ("127.0.0.2", "10.0.0.1", "[::ffff:127.0.0.1]", "169.254.169.254"):
        site.pages["/a"] = Page(status=302, headers={"Location": f"http://{target}/latest"})
        with pytest.raises(FetchError, match="may not be asked: its address"):
            fetch_once(Request(site.url("/a")))


def test_an_error_page_has_no_body_to_read(site: Site) -> None:
    site.pages["/feed"] = Page(b"go away", status=503, headers={"Retry-After": "9"})
    response = ask(site.url("/feed"))
    assert (response.status, response.body) == (503, b"")
    assert response.headers["retry-after"] == "9"


def test_nobody_there() -> None:
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 cannot be reached"):
        ask("http://127.0.0.1:9/feed")


def test_garbage_instead_of_http() -> None:
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1_000)
                connection.sendall(b"\x00\x1b[31mnonsense\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(FetchError) as caught:
            ask(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join()
    assert "\x1b" not in str(caught.value)
