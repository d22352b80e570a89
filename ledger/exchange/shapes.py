"""What an event may say: the door for events that another journal brings.

`ledger.book` writes only events that fit; a file may hold anything. An event that does not fit is
refused, because the views could not be folded from it, or could not be read afterwards.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any
from typing import get_args

from ledger import events as ev
from ledger.clean import strip_controls
from ledger.clock import instant_text
from ledger.clock import parse_date
from ledger.clock import parse_instant
from ledger.errors import UsageError
from ledger.fields import checked
from ledger.fields import decimal_text
from ledger.model import OUTCOMES
from ledger.model import STANCES
from ledger.model import Evidence
from ledger.scoring.publication import RULES
from ledger.scoring.table import Basis
from ledger.scoring.table import Cohort

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.events import Event

_LARGEST = 2**31 - 1  # the numbers that every engine's INTEGER holds
_NAME_LIMIT = 100
_ARTICLE = frozenset({"title", "url", "outlet", "author", "published", "sha256"})
_EVIDENCE = frozenset(Evidence().to_data())
_ITEM = frozenset({"item_id", "url", "title"})
_PUBLISHED = frozenset(
    {"rules", "size", "as_of", "since", "basis", "cohort", "only", "sources", "pooled"}
)
_BASES = get_args(Basis)
_COHORTS = get_args(Cohort)
_NEEDED = frozenset({"statement", "source", "made_on", "due_on"})


class Shapes:
    """Checks the events of one journal, in order.

    It holds a few words for every event, since ids must be new and what is taken back must be
    there.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, str]] = {}  # id → subject, type
        self._subjects: set[str] = set()
        self._cards = 0

    def check(self, event: Event) -> None:
        """Let one more event in.

        Raises:
            ValueError: It does not fit; in words.
        """
        if event.type not in ev.EVENT_TYPES:
            raise ValueError(f"it is of type {event.type!r}, which this version does not know")
        _envelope(event)
        if event.id in self._seen:
            raise ValueError("its id was given to an event before it")
        self._place(event)
        try:
            _DATA[event.type](event.data)
            if event.type == ev.PUBLISHED and event.data["size"] > len(self._seen):
                raise ValueError("its scorecard rests on events that are not before it")
        except UsageError as error:
            raise ValueError(str(error)) from None
        self._seen[event.id] = (event.subject, event.type)

    def _place(self, event: Event) -> None:
        """A subject has one beginning, before all else; only what is there is taken back."""
        begins = event.type in ev.BEGINNINGS
        if begins == (event.subject in self._subjects):
            raise ValueError(f"{event.subject} begins twice, or never began")
        if begins:
            self._subjects.add(event.subject)
        if event.type == ev.PUBLISHED:
            self._cards += 1
            if event.subject != f"scorecard:{self._cards}":  # else a later one gets its number
                raise ValueError(f"it is scorecard {self._cards}, and is numbered otherwise")
        if event.type == ev.UNDONE:
            subject, kind = self._seen.get(str(event.data.get("event")), ("", ""))
            if (subject, kind) != (event.subject, event.data.get("was")) or kind in ev.BEGINNINGS:
                raise ValueError("it takes back what was never done")


def _envelope(event: Event) -> None:
    kind, _, number = event.subject.partition(":")
    wanted = ev.BEGINNINGS.get(event.type, "prediction")
    canonical = number.isascii() and number.isdigit() and not number.startswith("0")
    if kind != wanted or not canonical or len(number) > 10 or int(number) > _LARGEST:
        raise ValueError(f"its subject {event.subject[:40]!r} is not one that it can have")
    if instant_text(parse_instant(event.at)) != event.at:
        raise ValueError(f"its time {event.at[:40]!r} is not an instant as the journal writes it")
    for text in (event.id, event.deed, event.actor):
        if not text or len(text) > _NAME_LIMIT:
            raise ValueError("its id, deed or actor is empty or too long")
        _refuse_controls(text)
    _refuse_controls(event.data)


def _refuse_controls(value: Any) -> None:
    if isinstance(value, str):
        if strip_controls(value) != value:
            raise ValueError("it holds control characters")
    elif isinstance(value, dict):
        for inner in value.values():
            _refuse_controls(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_controls(inner)


def _has(data: Any, names: frozenset[str]) -> None:
    if not isinstance(data, dict) or data.keys() != names:
        raise ValueError("its data is not " + ", ".join(sorted(names)))


def _texts(*names: str) -> Callable[[Any], None]:
    """Data of these texts and nothing else."""

    def check(data: Any) -> None:
        _has(data, frozenset(names))
        if not all(isinstance(value, str) for value in data.values()):
            raise ValueError("one of " + ", ".join(names) + " is not text")

    return check


def _fields(data: Any) -> None:
    if not isinstance(data, dict):
        raise ValueError("its fields are not an object")  # noqa: TRY004 (one kind for all)
    for name, value in checked(data).items():
        if (type(value), value) != (type(data[name]), data[name]):
            raise ValueError(f"its {name} is not as the journal writes it")


def _begun(data: Any) -> None:
    _fields(data)
    missing = _NEEDED - {name for name, value in data.items() if value}
    if missing:
        raise ValueError("it has no " + ", ".join(sorted(missing)))


def _kept(data: Any) -> None:
    _has(data, frozenset({"changes"}))
    _changes(data["changes"])


def _amended(data: Any) -> None:
    _has(data, frozenset({"changes", "reason"}))
    _texts("reason")({"reason": data["reason"]})
    _changes(data["changes"])


def _changes(changes: Any) -> None:
    _fields(changes)
    emptied = {name for name in _NEEDED & changes.keys() if not changes[name]}
    if emptied:
        raise ValueError("it takes away " + ", ".join(sorted(emptied)))


def _article(data: Any) -> None:
    _has(data, _ARTICLE)
    _texts(*_ARTICLE)({**data, "url": data["url"] or ""})
    if data["published"]:
        parse_date(data["published"])


def _attached(data: Any) -> None:
    _has(data, frozenset({"evidence"}))
    one = data["evidence"]
    _has(one, _EVIDENCE)
    _texts(*_EVIDENCE)({**one, "url": one["url"] or "", "item_id": ""})
    if one["item_id"] is not None:
        _refuse_unnumbered(one["item_id"])
    if one["url"] and not one["url"].lower().startswith(("http://", "https://")):
        raise ValueError("its evidence is at no web address")
    if one["stance"] not in STANCES:
        raise ValueError("its stance is unknown")


def _rejected(data: Any) -> None:
    _has(data, frozenset({"item"}))
    item = data["item"]
    _has(item, _ITEM)
    _texts("url", "title")({"url": item["url"] or "", "title": item["title"]})
    _refuse_unnumbered(item["item_id"])


def _refuse_unnumbered(item_id: Any) -> None:
    if not (type(item_id) is int and 0 < item_id <= _LARGEST):
        raise ValueError("its item_id is not a number")


def _published(data: Any) -> None:
    """What working a scorecard out again reads; whether it comes out is another question."""
    rules, size = data.get("rules"), data.get("size")
    if type(rules) is not int or type(size) is not int or size < 0:
        raise ValueError("its scorecard's rules or size is not a number")
    if rules != RULES:
        return  # nobody here can work it out, nor say what it holds
    _has(data, _PUBLISHED)
    for day in (data["as_of"], *([] if data["since"] is None else [data["since"]])):
        if not isinstance(day, str) or parse_date(day).isoformat() != day:
            raise ValueError("its scorecard's as_of or since is not a date")
    if data["basis"] not in _BASES or data["cohort"] not in _COHORTS:
        raise ValueError("its scorecard's basis or cohort is unknown")
    cards: list[Any] = data["sources"] if isinstance(data["sources"], list) else [None]
    if not all(isinstance(card, dict) for card in (*cards, data["pooled"])):
        raise ValueError("its scorecard's sources or pooled is not cards")
    _distinct_names([card.get("source") for card in cards])
    _distinct_names(data["only"])


def _distinct_names(names: Any) -> None:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("its scorecard's sources are not named")
    if len(set(names)) != len(names):
        raise ValueError("its scorecard names a source twice")


def _resolved(data: Any) -> None:
    _has(data, frozenset({"outcome", "credit", "resolved_on", "reason"}))
    _texts(*data)({**data, "credit": data["credit"] or ""})
    parse_date(data["resolved_on"])
    if data["outcome"] not in OUTCOMES:
        raise ValueError("its outcome is unknown")
    credit = data["credit"]
    if (credit is not None) != (data["outcome"] == "partial"):
        raise ValueError("a partial outcome has a credit, and no other has")
    if credit is not None and not (
        decimal_text("credit", credit) == credit and 0 < Decimal(credit) < 1
    ):
        raise ValueError("its credit is not strictly between 0 and 1")


_DATA: dict[str, Callable[[Any], None]] = {
    ev.ARTICLE_READ: _article,
    ev.DRAFTED: _begun,
    ev.RECORDED: _begun,
    ev.KEPT: _kept,
    ev.DROPPED: _texts("reason"),
    ev.AMENDED: _amended,
    ev.NOTED: _texts("text"),
    ev.WITHDRAWN: _texts("reason"),
    ev.ATTACHED: _attached,
    ev.DETACHED: _texts("event"),
    ev.RESOLVED: _resolved,
    ev.REOPENED: _texts("reason"),
    ev.UNDONE: _texts("event", "was"),
    ev.LINK_REJECTED: _rejected,
    ev.PUBLISHED: _published,
}
