"""Which item is this? Names for entries that stay the same from fetch to fetch.

An entry is known by its guid, else by its link, else by its title and date. A guid that comes
more than once in a fetch names nothing by itself; such entries are told apart by their link, and
then by their title and date. Feeds scroll: of two entries of one guid, one may have been alone
in an earlier fetch, and will be alone again in a later one; so the names in store are asked
before a new one is given.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from urllib.parse import urlencode
from urllib.parse import urlsplit
from urllib.parse import urlunsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from feeds.records import Entry

_NAME_LIMIT = 400
# Parameters that say how a reader came, not where to.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_cid|mc_eid|at_(?:medium|campaign)|cmpid")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def candidates(entry: Entry) -> tuple[str, str]:
    """An entry's plain name, and the one that tells it from others of the same plain name."""
    link = canonical_link(entry.url) if entry.url else ""
    words = _digest(entry.title, entry.published_raw or entry.summary or entry.text)
    if entry.guid:
        return _name("guid", entry.guid), _name("guid", _digest(entry.guid, link or words))
    if link:
        return _name("link", link), _name("link", _digest(link, words))
    return _name("said", words), _name("said", words)


def identify(entries: Sequence[Entry], known: Mapping[str, str | None]) -> list[tuple[str, Entry]]:
    """Each entry with its name, in order; exact repeats are left out.

    Args:
        entries: One fetch's.
        known: The names in store among the entries' `candidates`, each with its item's link.
    """
    names = [candidates(entry) for entry in entries]
    count = Counter(plain for plain, _full in names)
    named: dict[str, Entry] = {}
    for entry, (plain, full) in zip(entries, names, strict=True):
        name = _choose(entry, plain, full, known, alone=count[plain] == 1)
        if name in named and _differ(named[name], entry):
            name = _name("said", _digest(name, entry.title, entry.published_raw, entry.summary))
        named.setdefault(name, entry)
    return list(named.items())


def _choose(
    entry: Entry, plain: str, full: str, known: Mapping[str, str | None], *, alone: bool
) -> str:
    if full in known:
        return full
    if alone:
        return plain
    # It may be the one that was alone before: then it has that one's link.
    same_link = plain in known and _canonical(known[plain]) == _canonical(entry.url)
    return plain if same_link and entry.url else full


def _differ(one: Entry, other: Entry) -> bool:
    return (one.title, one.published_raw, one.summary) != (
        other.title,
        other.published_raw,
        other.summary,
    )


def _canonical(url: str | None) -> str:
    return canonical_link(url) if url else ""


def canonical_link(url: str) -> str:
    """A link in the form in which two that lead to the same page are equal.

    http is https, hosts are in lower case, default ports and tracking parameters go. The order of
    the other parameters, the path and the fragment stay: they may mean something.
    """
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return url
    host = parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))
    kept = [(name, value) for name, value in query if not _TRACKING.fullmatch(name)]
    search = parts.query if len(kept) == len(query) else urlencode(kept)
    return urlunsplit(("https", host, parts.path or "/", search, parts.fragment))


def _name(kind: str, text: str) -> str:
    return f"{kind}:{text if len(text) <= _NAME_LIMIT else _digest(text)}"


def _digest(*texts: str) -> str:
    # Lengths first, so that ("a", "bc") is not ("ab", "c").
    lengths = ",".join(str(len(text)) for text in texts)
    return hashlib.sha256(f"{lengths};{''.join(texts)}".encode("utf-8", "replace")).hexdigest()[:40]
