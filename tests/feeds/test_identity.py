"""Names of entries: the same from fetch to fetch, different for different entries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.identity import canonical_link
from feeds.identity import identify
from feeds.records import Entry

ONE = Entry(guid="a", title="One", url="https://x.example/1", published_raw="1 Jan")
TWO = Entry(guid="a", title="Two", url="https://x.example/2", published_raw="2 Jan")


def names(*entries: Entry, known: dict[str, str | None] | None = None) -> list[str]:
    return [name for name, _entry in identify(entries, known or {})]


def test_a_guid_comes_first_then_the_link_then_the_words() -> None:
    assert names(Entry(guid="a", url="https://x.example/")) == ["guid:a"]
    assert names(Entry(url="http://X.example/?utm_source=rss")) == ["link:https://x.example/"]
    said = names(Entry(title="One", published_raw="1 Jan"))
    assert said[0].startswith("said:")
    assert said != names(Entry(title="One", published_raw="2 Jan"))


def test_a_repeated_guid_does_not_merge_entries() -> None:
    assert len(set(names(ONE, TWO))) == 2


def test_an_exact_repeat_is_one_entry() -> None:
    assert identify([ONE, ONE], {}) == [("guid:" + names(ONE, TWO)[0][5:], ONE)]


def test_entries_of_one_guid_and_link_are_told_apart_by_their_words() -> None:
    again = Entry(guid="a", title="Other", url=ONE.url, published_raw="3 Jan")
    assert len(set(names(ONE, again))) == 2


def test_an_entry_that_was_alone_keeps_its_name_when_another_takes_its_guid() -> None:
    (alone,) = names(ONE)
    new, old = names(TWO, ONE, known={alone: ONE.url})
    assert old == alone
    assert new != alone
    # And the newcomer keeps its own when the old one has scrolled away.
    assert names(TWO, known={alone: ONE.url, new: TWO.url}) == [new]


def test_a_long_guid_has_a_short_name() -> None:
    (name,) = names(Entry(guid="x" * 2_000))
    assert len(name) < 60


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://x.example/a", "https://x.example/a"),
        ("https://X.Example/a", "https://x.example/a"),
        ("https://x.example:443/a", "https://x.example/a"),
        ("https://x.example", "https://x.example/"),
        ("https://x.example/a?id=1&utm_source=rss&fbclid=z", "https://x.example/a?id=1"),
    ],
)
def test_links_to_one_page_are_equal(one: str, other: str) -> None:
    assert canonical_link(one) == canonical_link(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/a", "https://x.example/A"),
        ("https://x.example/a#1", "https://x.example/a#2"),
        ("https://x.example/?a=1&b=2", "https://x.example/?b=2&a=1"),
        ("https://x.example/a", "https://x.example/a/"),
    ],
)
def test_links_that_may_differ_stay_different(one: str, other: str) -> None:
    assert canonical_link(one) != canonical_link(other)


entries = st.builds(
    Entry,
    guid=st.sampled_from(["", "a", "b"]),
    title=st.sampled_from(["One", "Two"]),
    url=st.sampled_from([None, "https://x.example/1", "https://x.example/2"]),
    published_raw=st.sampled_from(["", "1 Jan"]),
)


@given(st.lists(entries, max_size=12))
def test_a_fetch_names_every_entry_once_and_again_the_same(fetched: list[Entry]) -> None:
    named = identify(fetched, {})
    assert len({name for name, _ in named}) == len(named)
    assert {entry for _, entry in named} == set(fetched)
    assert identify(fetched, {name: entry.url for name, entry in named}) == named
