"""Items: stored once, every wording kept, found by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger.errors import NotFoundError
from ledger.newsroom import NewItem
from ledger.newsroom import Stored
from ledger.newsroom import get_item
from ledger.newsroom import list_items
from ledger.newsroom import revisions_of
from ledger.newsroom import search_items
from ledger.newsroom import store_items
from ledger.newsroom.items import search_terms

if TYPE_CHECKING:
    from ledger.store import Ledger

DAYS = [f"2026-01-{day:02}T00:00:00.000000Z" for day in range(10, 20)]


def store(ledger: Ledger, *items: NewItem, at: str = DAYS[0], scope: str = "news") -> Stored:
    with ledger.write() as conn:
        return store_items(conn, scope, None, items, at)


def search(ledger: Ledger, query: str) -> list[str]:
    with ledger.read() as conn:
        return [item.title for item in search_items(conn, query)]


def test_an_item_comes_back_as_it_went_in(ledger: Ledger) -> None:
    given = NewItem("a", "Title", "https://x.example/", "Pub", ("Ada", "Bo"), "en", DAYS[3],
                    "raw", DAYS[4], "Sum", "Text", "ext")  # fmt: skip
    assert store(ledger, given) == Stored(1, 0, 0, (1,))
    with ledger.read() as conn:
        item = get_item(conn, 1)
    for name in NewItem.__dataclass_fields__:
        assert getattr(item, name) == getattr(given, name)
    assert (item.revision, item.first_seen, item.sha256) == (1, DAYS[0], given.sha256())


def test_an_unknown_item(ledger: Ledger) -> None:
    with ledger.read() as conn, pytest.raises(NotFoundError, match="no news item 5"):
        get_item(conn, 5)


def test_every_wording_is_kept(ledger: Ledger) -> None:
    for day, title in enumerate(["One", "One", "Two", "Three"]):
        store(ledger, NewItem("a", title, published=DAYS[day]), at=DAYS[day])
    with ledger.read() as conn:
        item = get_item(conn, 1)
        was = revisions_of(conn, 1)
    assert (item.title, item.revision, item.published) == ("Three", 3, DAYS[3])
    assert [(w.revision, w.title, w.seen_at) for w in was] == [
        (1, "One", DAYS[1]),
        (2, "Two", DAYS[2]),
    ]


def test_a_date_once_known_is_not_lost(ledger: Ledger) -> None:
    store(ledger, NewItem("a", "One", published=DAYS[2], published_raw="raw"))
    store(ledger, NewItem("a", "Two"), at=DAYS[5])
    with ledger.read() as conn:
        item = get_item(conn, 1)
    assert (item.published, item.published_basis, item.published_raw) == (DAYS[2], "stated", "raw")


def test_a_name_means_its_scope(ledger: Ledger) -> None:
    store(ledger, NewItem("a", "One"), scope="news")
    assert store(ledger, NewItem("a", "One"), scope="feed:1").new == 1


def test_many_items_and_repeats_at_once(ledger: Ledger) -> None:
    items = [NewItem(str(n % 700), f"t{n % 700}{'!' * (n // 1400)}") for n in range(2_100)]
    stored = store(ledger, *items)
    assert (stored.new, stored.changed, stored.same) == (700, 700, 700)
    assert stored.item_ids == tuple(range(1, 701))


def test_newest_first(ledger: Ledger) -> None:
    store(ledger, *(NewItem(day, day, published=day) for day in [DAYS[1], DAYS[3], DAYS[2]]))
    with ledger.read() as conn:
        assert [item.title for item in list_items(conn, limit=2)] == [DAYS[3], DAYS[2]]


def test_words_and_phrases_are_found(ledger: Ledger) -> None:
    store(
        ledger,
        NewItem("1", "Peace talks begin"),
        NewItem("2", "Talks about peace", summary="Ceasefire"),
        NewItem("3", "Élection présidentielle", text="long text"),
    )
    assert set(search(ledger, "peace talks")) == {"Peace talks begin", "Talks about peace"}
    assert search(ledger, '"peace talks"') == ["Peace talks begin"]
    assert search(ledger, "ceasefire!") == ["Talks about peace"]
    assert search(ledger, "election text") == ["Élection présidentielle"]
    assert search(ledger, "war") == search(ledger, "") == search(ledger, "?!") == []


def test_changed_words_are_found_in_place_of_the_old(ledger: Ledger) -> None:
    store(ledger, NewItem("1", "before"))
    store(ledger, NewItem("1", "after"))
    assert (search(ledger, "before"), search(ledger, "after")) == ([], ["after"])


def test_terms() -> None:
    assert search_terms('a "b  c" d"e AND * "') == ["a", "b c", "d e", "AND"]


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(alphabet="ab\"*^:-()+{}.'\\\0 ANDORNEAR", max_size=30) | st.text(max_size=30))
def test_no_query_raises(ledger: Ledger, query: str) -> None:
    assert search(ledger, query) == []
