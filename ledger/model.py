"""What crosses a border: frozen records of the ledger's things."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields
from datetime import date
from decimal import Decimal
from decimal import InvalidOperation
from typing import TYPE_CHECKING
from typing import Any
from typing import Literal

from ledger.errors import DamagedError
from ledger.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

Outcome = Literal["true", "false", "partial", "ambiguous", "annulled"]
OUTCOMES: tuple[Outcome, ...] = ("true", "false", "partial", "ambiguous", "annulled")
OUTCOME_WORDS: dict[str, str] = {
    "true": "came true",
    "false": "did not come true",
    "partial": "came true in part",
    "ambiguous": "ambiguous",
    "annulled": "annulled",
}
_DECIMALS = (
    "probability",
    "probability_low",
    "probability_high",
    "baseline",
    "weight",
    "credit",
    "confidence",
)
STANCES = ("supports", "contradicts", "mentions")


@dataclass(frozen=True, slots=True)
class Article:
    """A dated text that claims were read from."""

    id: int
    title: str
    url: str | None
    outlet: str
    author: str
    published: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """An accepted item, or any address or quote that a person attached.

    It is a snapshot: it outlives the feed that it came from. `id` is the journal's sequence
    number of the event that attached it, 0 before that.
    """

    url: str | None = None
    title: str = ""
    publisher: str = ""
    published: str = ""
    quote: str = ""
    sha256: str = ""
    stance: str = "mentions"
    item_id: int | None = None
    id: int = 0

    def to_data(self) -> dict[str, Any]:
        """Canonical JSON values, without the id."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "id"}


@dataclass(frozen=True, slots=True)
class Prediction:
    """A claim as the ledger holds it; `docs/words.md` explains the words.

    Probabilities are decimal text between 0 and 1; `weight` and `credit` are decimal text too.
    `version` is the place in the journal of the latest event that counts: it tells whether
    somebody has changed the prediction since it was looked at.
    """

    id: int
    external_id: str | None
    status: str
    statement: str
    source: str
    made_on: date
    due_start: date | None
    due_on: date
    due_basis: str
    due_phrase: str
    due_rule: str
    criterion: str
    condition: str
    probability: str | None
    probability_low: str | None
    probability_high: str | None
    probability_basis: str
    hedge: str
    hedge_class: str
    noncommittal: bool
    negated: bool
    kind: str
    checkable: str
    baseline: str | None
    weight: str
    tags: tuple[str, ...]
    article_id: int | None
    quote: str
    quote_start: int | None
    quote_end: int | None
    paragraph: int | None
    sentence: int | None
    speaker_basis: str
    confidence: str | None
    cues: tuple[str, ...]
    outcome: str | None
    credit: str | None
    resolved_on: date | None
    reason: str
    resolved_by: str
    recorded_at: str
    changed_at: str
    version: int

    @classmethod
    def from_row(cls, row: Mapping[Any, Any]) -> Prediction:
        """From a row of the `prediction` view.

        Raises:
            DamagedError: No verb of ours wrote this row.
        """
        found = record(cls, row)
        if found.outcome not in {None, *OUTCOMES}:
            raise DamagedError(f"prediction {found.id} cannot be read: its outcome is unknown")
        for name in _DECIMALS:
            text = getattr(found, name)
            if text is not None and not _is_decimal(text):
                raise DamagedError(f"prediction {found.id} cannot be read: its {name} is no number")
        return found

    def to_json(self) -> dict[str, Any]:
        """JSON values: dates as text, lists as lists."""
        return {f.name: _json_value(getattr(self, f.name)) for f in fields(self)}

    def days_late(self, today: date) -> int:
        """Days since the due date; negative before it."""
        return (today - self.due_on).days


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _json_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
