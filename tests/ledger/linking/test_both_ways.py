"""Items that meet predictions give what predictions that ask the archive give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger import book
from ledger import links
from ledger.linking.engine import LIMIT
from ledger.linking.engine import candidates
from ledger.linking.engine import link_items
from ledger.linking.engine import link_predictions
from ledger.linking.rank import copy_key
from ledger.linking.stems import stems
from ledger.linking.terms import content_words
from ledger.newsroom import import_news
from ledger.store import open_ledger
from tests.ledger.news import add_item

if TYPE_CHECKING:
    from ledger.store import Ledger

CLAIM = {
    "statement": "The old bridge in Bergen reopens to traffic",
    "source": "Ann Lee",
    "made_on": "2025-12-01",
    "due_on": "2026-01-12",
}
WORDS = ("bridge", "Bergen", "old", "traffic", "reopened", "bread", "Oslo", "ferry", "tram", "fog")


def pairs(ledger: Ledger) -> set[tuple[int, int]]:
    with ledger.read() as conn:
        return {
            (number, link.item_id) for number in (1, 2) for link in links.links_of(conn, number)
        }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), max_size=8), max_size=5
    )
)
def test_polls_leave_what_the_archive_gives(
    tmp_path_factory: pytest.TempPathFactory, polls: list[list[list[str]]]
) -> None:
    ledger = open_ledger(tmp_path_factory.mktemp("ways") / "ledger.db")
    book.add_many(ledger, [CLAIM, CLAIM | {"statement": "Fog stops the ferry to Oslo"}])
    # Enough other news that a word's rarity hardly moves while the polls come in.
    for number in range(120):
        add_item(ledger, title=f"Nothing of note {number}")
    for poll in polls:
        link_items(ledger, [add_item(ledger, title=" ".join(title)) for title in poll])
    arrived = pairs(ledger)
    link_predictions(ledger)
    assert len(arrived ^ pairs(ledger)) <= 2
    ledger.close()


def test_many_polls_do_not_pile_up_suggestions(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    for number in range(6):
        link_items(
            ledger,
            [add_item(ledger, title=f"Bergen's old bridge, day {number}.{n}") for n in range(5)],
        )
    assert len(pairs(ledger)) == LIMIT


def test_a_rejected_item_takes_no_place(ledger: Ledger) -> None:
    prediction = book.add(ledger, CLAIM)
    first = add_item(ledger, title="Old bridge in Bergen reopens to traffic")
    second = add_item(ledger, title="Old bridge in Bergen")
    link_predictions(ledger)
    with ledger.read() as conn:
        best = links.links_of(conn, prediction.id)[0]
    assert best.item_id == first
    book.reject(ledger, best.id)
    link_items(ledger, [first])
    with ledger.read() as conn:
        assert [c.item_id for c in candidates(conn, prediction, limit=1)] == [second]
        shown = candidates(conn, prediction, limit=1, rejected=True)
        assert [c.item_id for c in shown] == [first]
        assert links.get_link(conn, best.id).state == "rejected"


def test_an_item_that_says_something_else_now_is_ranked_again(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    line = '{"external_id": "a", "published": "2026-01-10", "title": "%s"}'
    link_items(ledger, import_news(ledger, [line % "Old bridge in Bergen reopens"]).item_ids)
    assert pairs(ledger)
    link_items(ledger, import_news(ledger, [line % "A bakery burns down"]).item_ids)
    assert not pairs(ledger)


def test_a_changed_item_far_from_the_new_ones_is_found(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    old = add_item(ledger, title="Old bridge in Bergen reopens to traffic")
    middle = [add_item(ledger, title=f"Bergen bridge traffic {n}") for n in range(50)]
    new = add_item(ledger, title="Rye bread")
    link_items(ledger, [old, new])
    assert (1, old) in pairs(ledger)
    assert len(pairs(ledger)) <= LIMIT
    assert middle


def test_work_can_be_watched_and_stopped(ledger: Ledger) -> None:
    book.add_many(ledger, [CLAIM] * 120)
    item = add_item(ledger, title="Old bridge in Bergen reopens")
    seen: list[tuple[int, int]] = []
    link_items(ledger, [item], on_progress=lambda done, of: seen.append((done, of)))
    assert seen == [(50, 120), (100, 120), (120, 120)]
    assert link_predictions(ledger, should_stop=lambda: True) == 0


def test_reasons_stand_as_in_the_item_and_the_rarest_comes_first(ledger: Ledger) -> None:
    prediction = book.add(ledger, CLAIM)
    for number in range(150):
        add_item(ledger, title=f"Traffic report {number}", summary="Bergen roads")
    item = add_item(ledger, title="Traffic in BERGEN: a bridge")
    hidden = add_item(ledger, title="Notices", text="The council: Bergen's old bridges reopened.")
    with ledger.read() as conn:
        found = {c.item_id: c for c in candidates(conn, prediction)}
    assert found[item].why[0] == "bridge"
    assert set(found[item].why) == {"bridge", "Traffic", "BERGEN"}
    assert {"old", "bridges", "reopened"} <= set(found[hidden].why)


@pytest.mark.parametrize(
    ("statement", "title"),
    [
        ("भारत में चुनाव होंगे", "भारत: चुनाव की तारीख घोषित"),
        ("Київ збудує новий міст", "Новий міст: Київ дав гроші"),
        ("가격 인상 발표", "정부, 가격 인상 철회"),
        ("سيفتح الجسر القديم", "افتتاح الجسر القديم، اليوم"),
    ],
)
def test_every_script_finds_its_own(ledger: Ledger, statement: str, title: str) -> None:
    prediction = book.add(ledger, CLAIM | {"statement": statement})
    item = add_item(ledger, title=title)
    with ledger.read() as conn:
        found = candidates(conn, prediction)
    assert [c.item_id for c in found] == [item]
    assert all(reason in title for reason in found[0].why)


def test_words_of_scripts_with_vowel_signs_stay_whole() -> None:
    assert content_words("हिन्दी चुनाव, भारत।") == ["हिन्दी", "चुनाव", "भारत"]


def test_stems_are_those_of_the_index() -> None:
    forms = stems(["Reopened", "reopens", "Zürich", "3.5", "☃", "\ud800", "x" * 10_000])
    assert forms["Reopened"] == forms["reopens"] == "reopen"
    assert (forms["Zürich"], forms["3.5"], forms["☃"]) == ("zurich", "3 5", "")


def test_a_publisher_s_name_makes_no_other_story() -> None:
    assert copy_key("It ends - The Daily", "The Daily") == copy_key("It ends", "Harbour Times")
    assert copy_key("The Daily", "The Daily") == "thedaily"


def test_the_end_of_time_is_a_due_date(ledger: Ledger) -> None:
    prediction = book.add(ledger, CLAIM | {"due_on": "9999-12-31"})
    item = add_item(ledger, title="Old bridge in Bergen reopens")
    with ledger.read() as conn:
        assert [c.item_id for c in candidates(conn, prediction)] == [item]


def test_asking_writes_nothing_and_locks_nobody(ledger: Ledger, place: str) -> None:
    prediction = book.add(ledger, CLAIM)
    add_item(ledger, title="Old bridge in Bergen reopens")
    before = Path(place).read_bytes() if ledger.engine == "sqlite" else b""
    other = open_ledger(place)
    with other.write(), ledger.read() as conn:
        assert candidates(conn, prediction)
    other.close()
    assert (Path(place).read_bytes() if ledger.engine == "sqlite" else b"") == before
