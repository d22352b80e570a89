"""`news import`: everything or nothing, and each mistake by its line."""

from __future__ import annotations

import gzip
import io
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger.errors import ReadError
from ledger.newsroom import get_item
from ledger.newsroom import import_news
from ledger.newsroom import list_items
from ledger.newsroom import search_items

if TYPE_CHECKING:
    from ledger.store import Ledger

HEADLINES = (
    Path(__file__).parents[2] / ".." / "shared" / "data" / "news" / "headlines-2025.jsonl.gz"
)
GOOD = '{"title": "A", "published": "2025-01-02"}'


def line(**fields: object) -> str:
    return json.dumps({"title": "A", "published": "2025-01-02"} | fields)


def test_a_line_becomes_an_item(ledger: Ledger) -> None:
    fields = {"external_id": "x1", "title": "Peace \x1b[31mtalks", "url": "https://x.example/",
              "published": "2025-01-02T03:04:05+01:00", "publisher": "Pub", "summary": "S",
              "text": "One\ntwo", "language": "en", "unknown": [1]}  # fmt: skip
    done = import_news(ledger, ["", json.dumps(fields), "  "])
    assert (done.new, done.changed, done.duplicates, done.item_ids) == (1, 0, 0, (1,))
    with ledger.read() as conn:
        item = get_item(conn, 1)
    assert (item.external_id, item.title, item.url) == ("x1", "Peace talks", "https://x.example/")
    assert item.published == "2025-01-02T02:04:05.000000Z"
    assert (item.publisher, item.summary, item.text) == ("Pub", "S", "One\ntwo")


def test_known_items_are_duplicates_or_changes(ledger: Ledger) -> None:
    import_news(ledger, [line(external_id="1"), line(external_id=2)])
    done = import_news(ledger, [line(external_id="1", title="B"), line(external_id="2"), line()])
    assert (done.new, done.changed, done.duplicates, done.item_ids) == (1, 1, 1, (1, 3))


def test_without_an_id_the_address_or_the_words_count(ledger: Ledger) -> None:
    lines = [line(url="https://x.example/1"), line(url="https://x.example/1"), line(), line(),
             line(published="2025-01-03")]  # fmt: skip
    done = import_news(ledger, lines)
    assert (done.new, done.duplicates) == (3, 2)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "line 2 is not JSON"),
        ("[1]", "line 2 is not a JSON object"),
        ("[" * 100_000, "line 2 is not JSON: it is nested too deeply"),
        ('{"published": "2025-01-01"}', "line 2 has no title"),
        ('{"title": "\\u202e", "published": "2025-01-01"}', "line 2 has no title"),
        ('{"title": "A"}', "line 2 has no published date"),
        (line(published="soon"), "line 2: 'soon' is no date; write published as"),
        (line(published="2025-02-30"), "is no date"),
        (line(published="20250101"), "is no date"),
        (line(published="9999-12-31T23:59:59-23:00"), "is no date"),
        (line(title=5), "line 2: title is not a text"),
        (line(url="javascript:alert(1)"), "is not an http or https address"),
    ],
)
def test_one_bad_line_stores_nothing(ledger: Ledger, bad: str, said: str) -> None:
    with pytest.raises(ReadError) as caught:
        import_news(ledger, [GOOD, bad, GOOD])
    assert said in str(caught.value)
    with ledger.read() as conn:
        assert list_items(conn) == []


def test_csv(ledger: Ledger) -> None:
    text = '\ufeffpublished,title,text\n2025-01-02,"A, ""quoted""","one\ntwo"\n\n2025-01-03,B,\n'
    done = import_news(ledger, io.StringIO(text, newline=""), form="csv")
    assert done.new == 2
    with ledger.read() as conn:
        assert get_item(conn, 1).title == 'A, "quoted"'
        assert get_item(conn, 1).text == "one\ntwo"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title,published\nA\n", "line 2 has 1 fields, the header 2"),
        ("title,title\nA,B\n", "line 1: the column 'title' comes twice"),
        ('title,published\n"A,2025-01-01\n', "is not CSV"),
        ("name,published\nA,2025-01-01\n", "line 2 has no title"),
    ],
)
def test_bad_csv(ledger: Ledger, text: str, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        import_news(ledger, io.StringIO(text, newline=""), form="csv")


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.text(max_size=60)
        | st.dictionaries(
            st.sampled_from(["title", "published", "url", "text", "external_id"]),
            st.text(max_size=20) | st.integers() | st.none() | st.just("2025-01-01"),
        ).map(json.dumps)
    ),
    st.sampled_from(["jsonl", "csv"]),
)
def test_no_lines_raise_anything_else(ledger: Ledger, lines: list[str], form: str) -> None:
    count = 0
    with suppress(ReadError):
        done = import_news(ledger, lines, form=form)
        count = done.new + done.changed + done.duplicates
    assert count <= len(lines)


def test_half_a_year_of_headlines_takes_seconds(ledger: Ledger) -> None:
    if not HEADLINES.is_file():
        pytest.skip("the headlines are not beside this project")
    lines = gzip.decompress(HEADLINES.read_bytes()).decode().split("\n")
    start = time.process_time()
    assert import_news(ledger, lines).new == 27_153
    assert import_news(ledger, lines[:5_000]).duplicates == 5_000
    assert time.process_time() - start < 10
    with ledger.read() as conn:
        found = search_items(conn, 'ukraine "peace talks"')
    assert found
    assert all("peace talks" in item.title.casefold() for item in found)
