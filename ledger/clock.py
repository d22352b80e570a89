"""The one clock: instants in UTC, and today's calendar date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Tells the time to everything that asks.

    Args:
        pinned_today: The calendar date to answer instead of the real one (`--today`).
        now_source: Where instants come from; tests put their own here.
    """

    pinned_today: date | None = None
    now_source: Callable[[], datetime] = _utc_now

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return self.now_source().astimezone(UTC)

    def today(self) -> date:
        """Today's date where the user is, unless pinned."""
        if self.pinned_today is not None:
            return self.pinned_today
        moment = self.now_source()
        try:
            return moment.astimezone().date()
        except OverflowError:  # beyond either end of the calendar
            return moment.date()


def instant_text(moment: datetime) -> str:
    """An aware instant as fixed-width UTC text: ``2026-11-24T08:25:42.000000Z``.

    Fixed width, so that text order is time order.

    Raises:
        ValueError: The datetime has no time zone; a naive one must never be stored.
    """
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}: an instant needs a time zone")
    # Not strftime: its %Y does not pad years below 1000 on every platform.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """The inverse of `instant_text`.

    Raises:
        ValueError: The text is not an ISO 8601 instant with a time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.astimezone(UTC)


def parse_date(text: str, *, name: str = "date") -> date:
    """A calendar date from ``YYYY-MM-DD`` and nothing else.

    Raises:
        UsageError: Anything else; the message names the option and the form wanted.
    """
    try:
        # Fromisoformat alone takes 20260105 and 2026-W01-1.
        return date.fromisoformat(text if _DATE_FORM.fullmatch(text) else "")
    except ValueError:
        raise UsageError(
            f"{name}: {text!r} is not a calendar date", mend="write it as YYYY-MM-DD"
        ) from None
