"""Stored events read in bulk: the same events, and as strict, as the plain way."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger.events import NOTED
from ledger.events import Event
from ledger.events import canonical
from ledger.events import parse_event
from ledger.stored import misformed
from ledger.stored import read_stored

SAID = Event(NOTED, "prediction:1", "2026-01-15T12:00:00.000000Z", "me", {"text": "a"}, "i", "d")

texts = st.text(st.characters(codec="utf-8")).map(lambda text: unicodedata.normalize("NFC", text))
keys = st.text(st.characters(max_codepoint=127), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.dictionaries(keys, values, max_size=5))
def test_what_the_journal_writes_is_in_form(data: dict[str, object]) -> None:
    body = Event(NOTED, "prediction:1", "", "me", data).body()
    said = read_stored(body.encode())
    assert misformed(said, body.encode()) == ""
    plain = parse_event(body)
    assert [getattr(said, name) for name in Event.__slots__] == [
        getattr(plain, name) for name in Event.__slots__
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"text":"a"', '"text": "a"'),
        ('"text":"a"', '"text":"a","text":"b"'),
        ('"text":"a"', '"text":"\\u0061"'),
        ('"text":"a"', '"text":"\\u00e9"'),
        ('"text":"a"', '"text":"\\ud800"'),
        ('"text":"a"', '"text":"\\/"'),
        ('"text":"a"', '"text":"e\u0301"'),
        ('"text":"a"', '"text":1.5'),
        ('"text":"a"', '"text":1.0'),
        ('"text":"a"', '"text":1e2'),
        ('"text":"a"', '"text":-0'),
        ('"text":"a"', '"text":NaN'),
        ('"text":"a"', '"text":{"b":{"\u00e9":1}}'),
        ('"text":"a"', '"text":[{"\u00e9":"\u00e9"}]'),
        ('"text":"a"', '"text":{"b":1,"a":2}'),
        ('"text":"a"', '"\u00e9":"a"'),
        ('"v":1}', '"v":1} '),
        ('"v":1}', '"v":1.0}'),
        ('"v":1}', '"v":2}'),
        ('"v":1}', '"v":1,"a":0}'),
        ('"type":"prediction.noted"', '"type":"prediction.guessed"'),
        ('"type":"prediction.noted"', '"type":5'),
        ('"subject":"prediction:1"', '"subject":"nobody"'),
        ('"data":{"text":"a"}', '"data":[]'),
    ],
)
def test_what_it_would_not_write_is_not(old: str, new: str) -> None:
    body = SAID.body().replace(old, new).encode()
    assert body != SAID.body().encode()
    try:
        wrong = misformed(read_stored(body), body)
    except ValueError:
        return
    assert wrong


@pytest.mark.parametrize("body", [b"", b"\xff", b"null", b"[]", b"{" * 10_000, b"[" * 100_000])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (any of json's and ours)
        read_stored(body)


@settings(deadline=None)
@given(number=st.integers(min_value=-(2**200), max_value=2**200))
def test_integers_of_any_size_are_in_form(number: int) -> None:
    body = SAID.body().replace('"text":"a"', f'"text":{number}').encode()
    assert misformed(read_stored(body), body) == ""


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=values)
def test_an_event_is_in_form_only_as_canonical_json(value: object) -> None:
    loose = json.dumps(json.loads(SAID.body()) | {"data": {"b": value, "a": 1}})
    tight = canonical(json.loads(loose))
    assert misformed(read_stored(tight.encode()), tight.encode()) == ""
    assert misformed(read_stored(loose.encode()), loose.encode()) == "is not in canonical form"
