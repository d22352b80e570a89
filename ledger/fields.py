"""What a prediction's fields may hold: checked and put into one form at the door."""

from __future__ import annotations

from decimal import Decimal
from decimal import InvalidOperation
from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.clock import parse_date
from ledger.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from datetime import date

DUE_BASES = ("stated", "relative", "event", "default")
PROBABILITY_BASES = ("stated", "hedge", "none")
HEDGE_CLASSES = ("certain", "likely", "possible", "unlikely", "very_unlikely")
KINDS = ("prediction", "plan", "schedule")
CHECKABLE = ("yes", "partly", "no")
SPEAKER_BASES = ("quoted", "paraphrased", "author")
_MAX_PLACES = 20  # more than a float holds


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields, each checked and in its stored form.

    Raises:
        UsageError: An unknown field, or a value that the field cannot hold; it names both.
    """
    stored = {}
    for name, value in given.items():
        check = _CHECKS.get(name)
        if check is None:
            raise UsageError(f"a prediction has no field {clean_line(name, limit=40)!r}")
        stored[name] = check(name, value)
    return stored


def completed(given: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """The fields of a new prediction: checked, with defaults worked out.

    No date made: today. No due date: the default horizon, marked as ours. A hedge without a
    probability: the lexicon's, marked as mapped.

    Raises:
        UsageError: As `checked`; or no statement or source; or dates that contradict.
    """
    values = checked({k: v for k, v in given.items() if v is not None})
    refuse_missing({"statement": "", "source": ""} | values)
    values.setdefault("made_on", today.isoformat())
    if "due_on" not in values:
        values |= _default_due(values["made_on"])
    values.setdefault("due_basis", "stated")
    values |= graded(values)
    consistent(values, today=today)
    return values


def refuse_missing(given: Mapping[str, Any]) -> None:
    """Refuse to leave out or empty what every prediction needs.

    Raises:
        UsageError: A statement, source or date among the given values is empty.
    """
    for name in ("statement", "source", "made_on", "due_on"):
        if name in given and not clean_line(str(given[name] or "")):
            raise UsageError(f"a prediction needs a {name}")


def consistent(values: Mapping[str, Any], *, today: date) -> None:
    """Fields that must agree with each other, and with today, do.

    Raises:
        UsageError: It was made in the future, the due date lies before the date made, or
            quartiles are out of order.
    """
    if values["made_on"] > today.isoformat():
        raise UsageError(f"made_on {values['made_on']} is in the future")
    if values["due_on"] < values["made_on"]:
        raise UsageError(
            f"due {values['due_on']} lies before the day it was made, {values['made_on']}"
        )
    low, mid, high = (
        Decimal(values[name]) if values.get(name) else None
        for name in ("probability_low", "probability", "probability_high")
    )
    if mid is None and (low is not None or high is not None):
        raise UsageError("a probability range needs a probability")
    if mid is not None and not (low if low is not None else mid) <= mid <= (
        high if high is not None else mid
    ):
        raise UsageError(f"probability {mid} lies outside its range, {low} to {high}")


def graded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Probability, its basis and the hedge's standing, worked out from what is given."""
    hedge, probability = values.get("hedge", ""), values.get("probability")
    basis = values.get("probability_basis")
    if probability is not None and basis != "hedge":
        return {"probability_basis": "stated", "noncommittal": False}
    if not hedge:
        return {"probability_basis": "none" if probability is None else "hedge"}
    from ledger.reading.hedges import hedge_probability
    from ledger.reading.hedges import is_noncommittal

    mapped = hedge_probability(hedge)
    standing: dict[str, Any] = {"noncommittal": is_noncommittal(hedge)}
    if mapped is not None and not values.get("hedge_class"):
        standing["hedge_class"] = mapped.hedge_class
    if probability is not None:
        return standing | {"probability_basis": "hedge"}
    if mapped is None:
        return standing | {"probability_basis": "none"}
    return standing | {
        "probability_basis": "hedge",
        "probability": mapped.probability,
        "probability_low": mapped.low,
        "probability_high": mapped.high,
    }


def _default_due(made_on: str) -> dict[str, str]:
    from ledger.reading.deadlines import default_horizon

    due, rule = default_horizon(parse_date(made_on))
    return {"due_on": due.isoformat(), "due_basis": "default", "due_rule": rule}


def decimal_text(name: str, value: Any, *, low: str = "0", high: str = "1") -> str:
    """A number as plain decimal text with at least two places: ``0.40``.

    Raises:
        UsageError: Not a number, or not between `low` and `high`.
    """
    try:
        said = str(value).strip()
        share = 100 if said.endswith("%") else 1
        number = Decimal(said.removesuffix("%").strip()) / share
    except InvalidOperation:
        number = Decimal("NaN")
    if not (number.is_finite() and Decimal(low) <= number <= Decimal(high)):
        raise UsageError(
            f"{name}: {clean_line(str(value), limit=40)!r} is not a number from {low} to {high}"
        )
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_MAX_PLACES:
        raise UsageError(f"{name}: {number} has more than {_MAX_PLACES} decimal places")
    plain = f"{number:f}"
    whole, _, places = plain.lstrip("+").partition(".")
    return f"{whole.lstrip('-')}.{places.rstrip('0').ljust(2, '0')}"


# ── one check a kind of field ───────────────────────────────────────────────────────────────


def _line(limit: int) -> Callable[[str, Any], str]:
    return lambda _name, value: "" if value is None else clean_line(str(value), limit=limit)


def _external_id(_name: str, value: Any) -> str | None:
    return clean_line(str(value), limit=200) or None if value is not None else None


def _block(limit: int) -> Callable[[str, Any], str]:
    return lambda _name, value: "" if value is None else clean_block(str(value), limit=limit)


def _date(name: str, value: Any) -> str | None:
    return None if value is None else parse_date(str(value), name=name).isoformat()


def _probability(name: str, value: Any) -> str | None:
    return None if value is None else decimal_text(name, value)


def _weight(name: str, value: Any) -> str:
    text = decimal_text(name, value, high="1000000")
    if Decimal(text) == 0:
        raise UsageError(f"{name}: 0 would leave the prediction out; withdraw it instead")
    return text


def _one_of(allowed: tuple[str, ...]) -> Callable[[str, Any], str]:
    def check(name: str, value: Any) -> str:
        if value not in ("", *allowed):
            raise UsageError(
                f"{name}: {clean_line(str(value), limit=40)!r} is not one of {', '.join(allowed)}"
            )
        return str(value)

    return check


def _flag(name: str, value: Any) -> bool:
    if value in (True, False):
        return bool(value)
    raise UsageError(f"{name}: {clean_line(str(value), limit=40)!r} is not true or false")


def _count(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and 0 <= value < 2**31:
        return int(value)
    raise UsageError(f"{name}: {clean_line(str(value), limit=40)!r} is not a whole number")


def _words(name: str, value: Any) -> list[str]:
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise UsageError(f"{name}: a list is wanted, not {clean_line(str(value), limit=40)!r}")
    return list(dict.fromkeys(w for v in value if (w := clean_line(str(v), limit=200))))


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "external_id": _external_id,
    "statement": _line(1_000),
    "source": _line(200),
    "made_on": _date,
    "due_start": _date,
    "due_on": _date,
    "due_basis": _one_of(DUE_BASES),
    "due_phrase": _line(300),
    "due_rule": _line(500),
    "criterion": _block(4_000),
    "condition": _line(1_000),
    "probability": _probability,
    "probability_low": _probability,
    "probability_high": _probability,
    "probability_basis": _one_of(PROBABILITY_BASES),
    "hedge": _line(100),
    "hedge_class": _one_of(HEDGE_CLASSES),
    "noncommittal": _flag,
    "negated": _flag,
    "kind": _one_of(KINDS),
    "checkable": _one_of(CHECKABLE),
    "baseline": _probability,
    "weight": _weight,
    "tags": _words,
    "article_id": _count,
    "quote": _block(8_000),
    "quote_start": _count,
    "quote_end": _count,
    "paragraph": _count,
    "sentence": _count,
    "speaker_basis": _one_of(SPEAKER_BASES),
    "confidence": _probability,
    "cues": _words,
}
