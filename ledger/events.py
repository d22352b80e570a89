"""The event types, and their canonical JSON.

An event says one thing that happened to one subject ("prediction:12", "article:3"). Its canonical
JSON is what the journal stores and hashes, so nothing that matters lives outside it: type,
subject, time and actor are inside the hash.

Canonical form: the subset of RFC 8785 in which `json.dumps` with sorted keys and no spaces gives
the same bytes: ASCII keys, NFC text, integers, booleans, null, lists, objects; no floats
(probabilities are decimal strings, instants and dates are text).
"""

from __future__ import annotations

import json
import unicodedata
import uuid
from dataclasses import dataclass
from dataclasses import field
from typing import Any

ARTICLE_READ = "article.read"
DRAFTED = "prediction.drafted"
RECORDED = "prediction.recorded"
KEPT = "prediction.kept"
DROPPED = "prediction.dropped"
AMENDED = "prediction.amended"
NOTED = "prediction.noted"
WITHDRAWN = "prediction.withdrawn"
ATTACHED = "evidence.attached"
DETACHED = "evidence.detached"
RESOLVED = "prediction.resolved"
REOPENED = "prediction.reopened"
UNDONE = "event.undone"
LINK_REJECTED = "link.rejected"
PUBLISHED = "scorecard.published"

EVENT_TYPES = frozenset(
    {
        ARTICLE_READ,
        DRAFTED,
        RECORDED,
        KEPT,
        DROPPED,
        AMENDED,
        NOTED,
        WITHDRAWN,
        ATTACHED,
        DETACHED,
        RESOLVED,
        REOPENED,
        UNDONE,
        LINK_REJECTED,
        PUBLISHED,
    }
)
# What a subject's first event is, and the kind of the subject.
BEGINNINGS = {
    ARTICLE_READ: "article",
    DRAFTED: "prediction",
    RECORDED: "prediction",
    PUBLISHED: "scorecard",
}
EVENT_VERSION = 1


def new_event_id() -> str:
    """A fresh id, made by whoever writes the event, so that a retry can be recognised."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        type: One of `EVENT_TYPES`.
        subject: What it happened to, ``kind:number``.
        at: When it was recorded, an instant as text (see `ledger.clock.instant_text`).
        actor: Who recorded it.
        data: What happened; canonical JSON values only.
        id: Made by the writer; the journal refuses a second event with the same id.
        deed: The same for all events that one verb wrote; they are taken back together.
    """

    type: str
    subject: str
    at: str
    actor: str
    data: dict[str, Any]
    id: str = field(default_factory=new_event_id)
    deed: str = ""

    def body(self) -> str:
        """The canonical JSON that the journal stores and hashes."""
        return canonical(
            {
                "actor": self.actor,
                "at": self.at,
                "data": self.data,
                "deed": self.deed,
                "id": self.id,
                "subject": self.subject,
                "type": self.type,
                "v": EVENT_VERSION,
            }
        )


def parse_event(body: str) -> Event:
    """The event that a stored body says.

    Raises:
        ValueError: The body is not an event that this version can read.
    """
    raw = json.loads(body)
    if not isinstance(raw, dict) or raw.get("v") != EVENT_VERSION:
        raise ValueError("not an event of a version that this program knows")
    texts = ("type", "subject", "at", "actor", "id", "deed")
    if not all(isinstance(raw.get(name), str) for name in texts):
        raise ValueError("an event in which one of " + ", ".join(texts) + " is not text")
    if not isinstance(raw.get("data"), dict) or ":" not in raw["subject"]:
        raise ValueError("an event without data, or about nothing")
    return Event(
        type=raw["type"],
        subject=raw["subject"],
        at=raw["at"],
        actor=raw["actor"],
        data=raw["data"],
        id=raw["id"],
        deed=raw["deed"],
    )


def canonical(value: Any) -> str:
    """Canonical JSON text of `value`.

    Raises:
        ValueError: A float, a key that is not ASCII, text that is not NFC or not Unicode.
    """
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _check(value: Any) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"{key!r} cannot be a key in the journal")
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    elif not (value is None or isinstance(value, int)):
        raise ValueError(f"{value!r} ({type(value).__name__}) cannot be stored in the journal")


def _check_text(text: str) -> None:
    if text.isascii():
        return
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError(f"{text[:40]!r} is not NFC")
    text.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
