"""Which addresses may be asked: the web, never the user's own network."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from ipaddress import IPv6Address
from ipaddress import IPv6Network
from ipaddress import ip_address
from urllib.parse import urljoin
from urllib.parse import urlsplit
from urllib.parse import urlunsplit

from ledger.clean import clean_line

WEB_SCHEMES = frozenset({"http", "https"})
MAX_URL = 2_000

_BREAKS = re.compile(r"[\t\r\n]")

# IPv6 ranges that carry an IPv4 address in their last 32 bits: IPv4-compatible (RFC 4291),
# translated (RFC 2765), NAT64 (RFC 6052). Python unwraps the mapped ones, 6to4 and Teredo.
_CARRIERS = tuple(map(IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
# All of global unicast (IANA), less the documentation range that older Pythons do not know
# (RFC 9637).
_UNICAST = IPv6Network("2000::/3")
_DOCUMENTATION = IPv6Network("3fff::/20")


def url_problem(url: str) -> str:
    """What keeps `url` from being asked, as the end of a sentence; empty where nothing does."""
    if len(url) > MAX_URL:
        return f"is longer than {MAX_URL} characters"
    if any(character <= " " or "\x7f" <= character <= "\xa0" for character in url):
        return "holds white space or control characters"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        return f"is not an address ({clean_line(str(error), limit=80)})"
    if parts.scheme not in WEB_SCHEMES:
        return "is not an http or https address"
    return "" if host else "names no host"


def host_of(url: str) -> str:
    """The host that a URL names, in lower case; empty where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def address_problem(address: str) -> str:
    """Why an IP address is not on the public internet; empty where it is.

    An address that wraps another one (IPv4-mapped, NAT64, 6to4, Teredo) is judged by what it
    wraps, because that is where the packets go.
    """
    try:
        outer = ip_address(address)
    except ValueError:
        return "is not an IP address"
    return next(filter(None, map(_one_address_problem, _unwrapped(outer))), "")


def _unwrapped(outer: IPv4Address | IPv6Address) -> tuple[IPv4Address | IPv6Address, ...]:
    if isinstance(outer, IPv4Address) or outer.is_loopback:
        return (outer,)
    if any(outer in network for network in _CARRIERS):
        return (IPv4Address(int(outer) & 0xFFFFFFFF),)
    if outer.ipv4_mapped:
        return (outer.ipv4_mapped,)
    if outer.sixtofour:
        return (outer.sixtofour,)
    return outer.teredo or (outer,)


def _one_address_problem(address: IPv4Address | IPv6Address) -> str:
    if address.is_loopback:
        return "is this computer's own"
    if address.is_link_local:
        return "is link-local"
    if address.is_multicast:
        return "is a multicast address"
    if not address.is_global or not _is_unicast(address):
        return "is private or reserved"
    return ""


def _is_unicast(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not address.is_reserved
    return address in _UNICAST and address not in _DOCUMENTATION


def safe_link(url: str, base: str = "") -> str | None:
    """An item's link, absolute and fit to store and open; None where it is not of the web.

    Args:
        url: The link as the feed gives it, perhaps relative.
        base: The address that relative links start from.
    """
    # What browsers forgive: white space around, line breaks inside, and bare spaces.
    link = _BREAKS.sub("", url[: 2 * MAX_URL].strip()).replace(" ", "%20")
    try:
        parts = urlsplit(urljoin(base, link) if base else link)
        whole = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return None
    if url_problem(whole) or clean_line(whole) != whole:
        return None
    return whole


def shown_url(url: str) -> str:
    """A URL as messages show it: clean, and without user name and password."""
    try:
        parts = urlsplit(url)
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        pass
    return clean_line(url, limit=300)
