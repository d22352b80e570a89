"""One polite, bounded, guarded HTTP request.

Polite: validators go back byte for byte, compression is offered, the User-Agent is ours, no
cookies, no Referer. Bounded: one deadline for everything, a cap on redirects and on the body.
Guarded: every hop's scheme and every connected IP address must be of the public internet.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import Self

from feeds.guard import address_problem
from feeds.guard import host_of
from feeds.guard import shown_url
from feeds.guard import url_problem
from feeds.inflate import ACCEPTED
from feeds.inflate import Body
from ledger import __version__
from ledger.clean import clean_line
from ledger.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponse
    from aiohttp import ClientSession

USER_AGENT = f"calledit/{__version__} (feed reader)"
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_VALIDATORS = frozenset({"etag", "last-modified"})
_MAX_VALIDATOR = 1_000
_PRIVATE_MEND = "if it is a feed of your own: calledit feeds edit FEED --allow-private"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost.

    Attributes:
        seconds: The deadline for all of it: names, connections, redirects, body.
        body: The most bytes of a body, after decompression.
        redirects: The most redirects that are followed.
    """

    seconds: float = 30.0
    body: int = 10 * 2**20
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for.

    Attributes:
        url: An http or https address.
        etag: The validator of the last body, as the server sent it; empty for none.
        last_modified: The other one.
        allow_private: The user vouches for the host: its address is not judged.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """What came back.

    Attributes:
        status: The last hop's HTTP status; never a redirect that was followed.
        final_url: Where the answer came from.
        permanent_url: How far permanent redirects alone (301, 308) lead, from the first on.
        redirects: Each address that was redirected to, in order.
        headers: The last hop's headers, names in lower case.
        body: Decompressed; empty where the status is not 200.
    """

    status: int
    final_url: str
    permanent_url: str
    redirects: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Open connections, to be used as an async context manager."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._sessions: dict[bool, ClientSession] = {}

    async def __aenter__(self) -> Self:
        self._sessions = {private: _session(allow_private=private) for private in (False, True)}
        return self

    async def __aexit__(self, *_exception: object) -> None:
        for session in self._sessions.values():
            await session.close()

    async def fetch(self, request: Request) -> Response:
        """Ask, follow redirects, and read the answer.

        Raises:
            FetchError: No usable answer; the message names the address and what happened.
        """
        import aiohttp

        host = shown_url(host_of(request.url)) or shown_url(request.url)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(request)
        except TimeoutError:
            text = f"{host} did not answer in full within {self._limits.seconds:g} s"
            raise FetchError(text) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _in_words(host, error) from error

    async def _follow(self, request: Request) -> Response:
        url = permanent = request.url
        redirects: list[str] = []
        while True:
            if problem := url_problem(url):
                raise FetchError(f"{shown_url(url)} {problem}")
            async with self._ask(url, request) as answer:
                target = _redirect_target(answer)
                if not target:
                    headers = _headers(answer)
                    body = await self._read(answer, headers)
                    return Response(answer.status, url, permanent, tuple(redirects), headers, body)
                if permanent == url and answer.status in _PERMANENT:
                    permanent = target
            if target in (request.url, *redirects):
                raise FetchError(f"{shown_url(request.url)} redirects in a circle")
            redirects.append(target)
            if len(redirects) > self._limits.redirects:
                raise FetchError(
                    f"{shown_url(request.url)} redirects more than {self._limits.redirects} times"
                )
            url = target

    def _ask(self, url: str, request: Request) -> Any:
        headers = {}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        # The user vouched for one host, not for wherever it may send us.
        vouched = request.allow_private and host_of(url) == host_of(request.url)
        session = self._sessions[vouched]
        return session.get(url, headers=headers, allow_redirects=False)

    async def _read(self, answer: ClientResponse, headers: Mapping[str, str]) -> bytes:
        if answer.status != 200:
            return b""  # an error's body says nothing that a feed reader can use
        try:
            body = Body(headers.get("content-encoding", ""), limit=self._limits.body)
            async for piece in answer.content.iter_any():
                body.add(piece)
            return body.whole()
        except FetchError as error:
            raise FetchError(f"{shown_url(str(answer.url))}: {error}") from None


def fetch_once(request: Request, limits: Limits | None = None) -> Response:
    """One request from synchronous code; see `Fetcher.fetch`."""

    async def ask() -> Response:
        async with Fetcher(limits) as fetcher:
            return await fetcher.fetch(request)

    return asyncio.run(ask())


class _ForbiddenAddressError(OSError):
    """A host's name led to an address that may not be asked."""


def _session(*, allow_private: bool) -> ClientSession:
    import aiohttp

    connector = aiohttp.TCPConnector(
        limit=0,  # whoever calls bounds the requests in flight
        socket_factory=None if allow_private else _guarded_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT, "Accept": _ACCEPT, "Accept-Encoding": ACCEPTED},
        timeout=aiohttp.ClientTimeout(total=None),  # ours is around all hops
        trust_env=False,
    )


def _guarded_socket(address_info: Any) -> socket.socket:
    # Called with the very address that is connected to next: nothing can be swapped in between.
    family, kind, protocol, _name, address = address_info
    problem = address_problem(str(address[0]))
    if problem:
        raise _ForbiddenAddressError(f"its address {address[0]} {problem}")
    return socket.socket(family, kind, protocol)


def _redirect_target(answer: ClientResponse) -> str:
    from yarl import URL

    location = answer.headers.get("Location", "")
    if answer.status not in _REDIRECTS or not location:
        return ""
    return str(answer.url.join(URL(location)))


def _headers(answer: ClientResponse) -> dict[str, str]:
    return {
        name.decode("ascii", "replace").lower(): text
        for name, raw in answer.raw_headers
        if (text := _header_text(name, raw)) is not None
    }


def _header_text(name: bytes, raw: bytes) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
        if name.lower().decode("ascii", "replace") in _VALIDATORS:
            return None  # it could not be sent back byte for byte
    if len(text) > _MAX_VALIDATOR and name.lower().decode("ascii", "replace") in _VALIDATORS:
        return None
    return text


def _in_words(host: str, error: Exception) -> FetchError:
    import aiohttp

    cause = getattr(error, "os_error", error)
    if isinstance(cause, _ForbiddenAddressError):
        return FetchError(f"{host} may not be asked: {cause}", mend=_PRIVATE_MEND)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError(f"there is no host {host} (its name could not be looked up)")
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return FetchError(f"the certificate of {host} is not good: {_said(error)}")
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchError(f"{host} cannot be reached ({_said(error.os_error)})")
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return FetchError(f"{host} broke off before its answer was whole")
    return FetchError(f"{host} gave no usable answer: {_said(error)}")


def _said(error: Exception) -> str:
    return clean_line(getattr(error, "strerror", None) or str(error), limit=200)
