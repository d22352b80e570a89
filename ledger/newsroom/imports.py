"""News from a file, a line or a row each: everything is stored, or nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.clock import instant_text
from ledger.errors import ReadError
from ledger.newsroom.records import NewItem
from ledger.newsroom.storing import store_items

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping

    from ledger.store import Ledger

FORMATS = ("jsonl", "csv")
SCOPE = "news"

_LIMITS = {"title": 500, "url": 2_000, "publisher": 300, "summary": 1_000, "language": 35}
_TEXT_LIMIT = 100_000
_CSV_FIELD_LIMIT = 10_000_000
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].{5,30})?")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import.

    Attributes:
        new: Items that were not known.
        changed: Items that say something else than before; the old words are kept.
        duplicates: Items that were known as they are.
        item_ids: Of the new and changed ones.
    """

    new: int
    changed: int
    duplicates: int
    item_ids: tuple[int, ...]

    def to_json(self) -> dict[str, int]:
        """The counts, for ``--json``."""
        return {"new": self.new, "changed": self.changed, "duplicates": self.duplicates}


def import_news(ledger: Ledger, lines: Iterable[str], *, form: str = "jsonl") -> Imported:
    """Store news items that come without a feed, in one transaction.

    An item is known by its `external_id`, else by its `url`, else by its title and date.

    Args:
        ledger: Where to.
        lines: Of a file in the `news import` shape: a JSON object each, or CSV with a header.
            `title` and `published` are required; unknown fields are left alone.
        form: One of `FORMATS`.

    Raises:
        ReadError: A line does not fit; the message gives its number. Nothing is stored.
    """
    records = _csv_records(lines) if form == "csv" else _json_records(lines)
    items = [_item(number, record) for number, record in records]
    with ledger.write() as conn:
        now = instant_text(ledger.clock.now())
        stored = store_items(conn, SCOPE, None, items, now)
    return Imported(stored.new, stored.changed, stored.same, stored.item_ids)


def _json_records(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix("\ufeff").strip() if number == 1 else line.strip()
        if not text:
            continue
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ReadError(f"line {number} is not JSON: {_reason(error)}") from error
        if not isinstance(record, dict):
            raise ReadError(f"line {number} is not a JSON object")
        yield number, record


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _csv_records(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(_CSV_FIELD_LIMIT)
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip().removeprefix("\ufeff") for name in next(reader, [])]
        doubled = [name for name, count in Counter(header).items() if count > 1]
        if doubled:
            shown = clean_line(doubled[0], limit=40)
            raise ReadError(f"line 1: the column {shown!r} comes twice")
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise ReadError(
                    f"line {reader.line_num} has {len(row)} fields, the header {len(header)}"
                )
            yield reader.line_num, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise ReadError(f"line {reader.line_num} is not CSV: {error}") from error


def _item(number: int, record: Mapping[str, Any]) -> NewItem:
    raw = {name: _field(number, record, name) for name in ("external_id", "published", "text")}
    values = {
        name: clean_line(_field(number, record, name), limit=limit)
        for name, limit in _LIMITS.items()
    }
    if not values["title"]:
        raise ReadError(f"line {number} has no title")
    external_id = clean_line(raw["external_id"], limit=200)
    url = _web_address(number, values.pop("url"))
    published = _instant(number, raw["published"])
    return NewItem(
        identity=_identity(external_id, url, values["title"], published),
        external_id=external_id or None,
        url=url,
        published=published,
        published_raw=clean_line(raw["published"], limit=100),
        text=clean_block(raw["text"], limit=_TEXT_LIMIT),
        title=values["title"],
        publisher=values["publisher"],
        summary=values["summary"],
        language=values["language"],
    )


def _field(number: int, record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and name == "external_id":
        return str(value)
    if not isinstance(value, str):
        raise ReadError(f"line {number}: {name} is not a text")
    return value


def _web_address(number: int, url: str) -> str | None:
    if url and not url.lower().startswith(("http://", "https://")):
        raise ReadError(
            f"line {number}: {clean_line(url, limit=80)!r} is not an http or https address"
        )
    return url or None


def _instant(number: int, text: str) -> str:
    text = text.strip()
    if not text:
        raise ReadError(f"line {number} has no published date")
    try:
        moment = datetime.fromisoformat(text if _DATE.fullmatch(text) else "")
        # A date alone is its first moment; without a zone, it is in UTC.
        return instant_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        shown = clean_line(text, limit=40)
        raise ReadError(
            f"line {number}: {shown!r} is no date",
            mend="write published as 2024-11-15 or 2024-11-15T08:30:00Z",
        ) from None


def _identity(external_id: str, url: str | None, title: str, published: str) -> str:
    if external_id:
        return f"id:{external_id}"
    if url:
        return f"url:{url}"
    return "said:" + hashlib.sha256(f"{title}\0{published}".encode()).hexdigest()
