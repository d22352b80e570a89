"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from feeds.clean import SUMMARY_LIMIT
from feeds.clean import TEXT_LIMIT
from feeds.clean import TITLE_LIMIT
from feeds.clean import html_block
from feeds.dates import RAW_LIMIT
from feeds.dates import read_date
from feeds.guard import safe_link
from feeds.records import MAX_ENTRIES
from feeds.records import Entry
from feeds.records import ParsedFeed
from ledger.clean import clean_block
from ledger.clean import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

_VERSION = "jsonfeed.org/version/1"
_MAX_AUTHORS = 20


def parse_json(document: Any, *, url: str) -> ParsedFeed | None:
    """The feed in a JSON document; None where the document is no JSON Feed."""
    if not isinstance(document, dict) or _VERSION not in str(document.get("version", "")):
        return None
    given = document.get("items")
    items = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    return ParsedFeed(
        version="json11" if str(document["version"]).rstrip("/").endswith("1.1") else "json10",
        title=_line(document, "title"),
        home=_link(document, "home_page_url", url),
        language=_line(document, "language", 35),
        items=tuple(_entry(item, url) for item in items[:MAX_ENTRIES]),
        warnings=tuple(_warnings(given, len(items))),
    )


def _warnings(given: Any, count: int) -> Iterable[str]:
    if not isinstance(given, list):
        yield "it has no list of items"
    elif len(given) > count:
        yield f"{len(given) - count} of its items are not objects and were left out"
    if count > MAX_ENTRIES:
        yield f"only the first {MAX_ENTRIES} entries were read"


def _entry(item: Mapping[str, Any], base: str) -> Entry:
    raw = _line(item, "date_published", RAW_LIMIT)
    changed = _line(item, "date_modified", RAW_LIMIT)
    summary = _line(item, "summary", SUMMARY_LIMIT)
    text = _body(item)
    return Entry(
        guid=_line(item, "id"),
        title=_line(item, "title", TITLE_LIMIT),
        url=_link(item, "url", base) or _link(item, "external_url", base),
        published=read_date(raw or changed),
        published_raw=raw or changed,
        updated=read_date(changed) if raw else None,
        summary=summary,
        text="" if " ".join(text.split()) == summary else text,
        authors=_authors(item),
        language=_line(item, "language", 35),
    )


def _body(item: Mapping[str, Any]) -> str:
    plain, html = item.get("content_text"), item.get("content_html")
    if isinstance(html, str) and html:
        return html_block(html)
    return clean_block(plain, limit=TEXT_LIMIT) if isinstance(plain, str) else ""


def _line(record: Mapping[str, Any], key: str, limit: int = 2_000) -> str:
    value = record.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and key == "id":
        value = str(value)  # the standard says: coerce
    return clean_line(value, limit=limit) if isinstance(value, str) else ""


def _link(record: Mapping[str, Any], key: str, base: str) -> str | None:
    value = record.get(key)
    return safe_link(value, base) if isinstance(value, str) and value else None


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    people = item.get("authors") or [item.get("author")]
    people = people if isinstance(people, list) else []
    names = (_line(one, "name", 200) for one in people[:_MAX_AUTHORS] if isinstance(one, dict))
    return tuple(filter(None, names))
