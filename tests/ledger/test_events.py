"""Canonical JSON: one form, no floats, nothing lost."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.events import NOTED
from ledger.events import Event
from ledger.events import canonical
from ledger.events import parse_event

texts = st.text(st.characters(exclude_categories=["Cs"])).map(
    lambda t: unicodedata.normalize("NFC", t)
)
keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=12,
)


@given(values)
def test_canonical_json_reads_back(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(keys, values))
def test_key_order_does_not_matter(value: dict[str, object]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@pytest.mark.parametrize("value", [0.5, {"a": [1.0]}, "e\u0301", "\ud800", {"é": 1}, {1: 2}, b"x"])
def test_what_has_no_single_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"journal|NFC|surrogates"):
        canonical(value)


def test_no_space_and_sorted() -> None:
    assert canonical({"b": [1, True, None], "a": "ü"}) == '{"a":"ü","b":[1,true,null]}'


@given(texts, texts, st.dictionaries(keys, values))
def test_an_event_survives_its_body(subject: str, actor: str, data: dict[str, object]) -> None:
    event = Event(NOTED, f"x:{subject}", "2026-01-01T00:00:00.000000Z", actor, data)
    assert parse_event(event.body()) == event


@pytest.mark.parametrize("body", ["[]", "{}", '{"v":2}', '{"v":1}', "nonsense"])
def test_what_is_no_event_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r"event|Expecting"):
        parse_event(body)
