"""Stored events read in bulk: as strict as `ledger.events`, and five times as fast.

The fast way accepts only what the strict one would; what it does not accept, the strict one
judges. So `ledger.events` alone says what an event is.
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeAlias
from typing import Union
from typing import cast

import msgspec

from ledger.clean import clean_line
from ledger.events import EVENT_TYPES
from ledger.events import EVENT_VERSION
from ledger.events import canonical
from ledger.events import parse_event

if TYPE_CHECKING:
    from ledger.events import Event

# JSON without floats, as deep as events go; msgspec knows no recursive types.
_Plain: TypeAlias = Union[str, int, bool, None]  # noqa: UP007 (msgspec evaluates it)
_Flat: TypeAlias = Union[_Plain, list[_Plain], dict[str, _Plain]]  # noqa: UP007
_Deep: TypeAlias = Union[_Plain, list[_Flat], dict[str, _Flat]]  # noqa: UP007


class _Stored(msgspec.Struct, frozen=True, gc=False):
    """An event with the attributes of `ledger.events.Event`, in the order of its stored keys."""

    actor: str
    at: str
    data: dict[str, _Deep]
    deed: str
    id: str
    subject: str
    type: str
    v: int


_UNNESTED = 2  # braces in an event whose data hold no objects
_decode = msgspec.json.Decoder(_Stored).decode
_encode = msgspec.json.Encoder(order="sorted").encode


def read_stored(body: bytes) -> Event:
    """The event that a stored body says, as `ledger.events.parse_event` would read it.

    Raises:
        ValueError: The body is not an event that this version can read.
    """
    try:
        event = _decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return _parsed(body)
    if event.v != EVENT_VERSION or ":" not in event.subject:
        return _parsed(body)
    return cast("Event", event)  # it has an event's attributes, and costs a quarter


def misformed(event: Event, body: bytes) -> str:
    """What is wrong with the form of an event just read from `body`; empty when nothing is."""
    if event.type not in EVENT_TYPES:
        return f"is of unknown type {clean_line(event.type)!r}"
    if isinstance(event, _Stored) and _encode(event) == body and _is_plain(event, body):
        return ""
    try:
        text = body.decode()
        return "" if canonical(json.loads(text)) == text else "is not in canonical form"
    except (ValueError, RecursionError) as error:
        return f"cannot be read: {clean_line(str(error))}"


def _is_plain(event: _Stored, body: bytes) -> bool:
    """Its text is NFC and its keys are ASCII; every part of a normalized text is normalized."""
    return body.isascii() or (
        unicodedata.is_normalized("NFC", body.decode())
        and "".join(event.data).isascii()
        and (body.count(b"{") == _UNNESTED or all(map(_has_ascii_keys, event.data.values())))
    )


def _has_ascii_keys(value: Any) -> bool:
    if isinstance(value, dict):
        return "".join(value).isascii() and all(map(_has_ascii_keys, value.values()))
    return not isinstance(value, list) or all(map(_has_ascii_keys, value))


def _parsed(body: bytes) -> Event:
    try:
        return parse_event(body.decode())
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
