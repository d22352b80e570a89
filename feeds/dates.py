"""Dates as feeds write them; what is not legible stays unknown."""

from __future__ import annotations

import re
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from email.utils import parsedate_tz
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from time import struct_time

RAW_LIMIT = 100

# W3C-DTF (ISO 8601): to the day at least, since a month or a year is no date.
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ]+(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,12})?)?\s*(Z|z|[+-]\d\d:?\d\d|[+-]\d\d)?)?"
)
_NUMBER = re.compile(r"\d+")
# RFC 822 names its months, and that is what tells it from a row of numbers.
_RFC_822 = re.compile(r"\d{1,2}[ -]+[A-Za-z]{3,9}\.?,?[ -]+\d{2,4}|[A-Za-z]{3} +\d{1,2} +\d\d:")


def read_date(raw: str, guess: struct_time | None = None) -> datetime | None:
    """The instant that `raw` writes, in UTC; None where it cannot be read with certainty.

    A date without a time is its day's first moment; a time without a zone is taken as UTC.

    Args:
        raw: The text.
        guess: What another parser read (in UTC). It is believed only if the text holds its very
            year, month and day, because such parsers fill in what they cannot read.
    """
    text = raw.strip()[:RAW_LIMIT]
    try:
        return _iso(text) or _rfc_822(text) or _confirmed(text, guess)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    # A leap second is the next minute's start.
    moment = datetime(year, month, day, hour % 24, minute, tzinfo=_zone(match[7] or "Z"))
    if hour > 24 or (hour == 24 and (minute or second)) or second > 60:
        return None
    late = timedelta(days=hour // 24, seconds=second)
    return (moment + late).astimezone(UTC)


def _zone(text: str) -> timezone:
    if text in {"Z", "z"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-ahead if text[0] == "-" else ahead)


def _rfc_822(text: str) -> datetime | None:
    parts = parsedate_tz(text) if _RFC_822.search(text) else None
    if parts is None:
        return None
    year, month, day, hour, minute, second = parts[:6]
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    return moment - timedelta(seconds=parts[9] or 0)


def _confirmed(text: str, guess: struct_time | None) -> datetime | None:
    if guess is None:
        return None
    numbers = {int(number) for number in _NUMBER.findall(text)}
    spelled_month = re.search(r"[^\W\d_]{3}", text) is not None
    if guess.tm_year not in numbers or guess.tm_mday not in numbers:
        return None
    if guess.tm_mon not in numbers and not spelled_month:
        return None
    return datetime(*guess[:5], min(guess.tm_sec, 59), tzinfo=UTC)
