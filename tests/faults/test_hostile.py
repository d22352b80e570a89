"""Hostile feeds and articles: nothing crashes or hangs, nothing unclean is stored or shown."""

from __future__ import annotations

import contextlib
import io
import json
import random
import time
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import select

from feeds.parse import parse
from feeds.settle import store_entries
from ledger import book
from ledger.book.drafting import draft_fields
from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.errors import CalledItError
from ledger.errors import FeedError
from ledger.errors import ReadError
from ledger.linking.engine import link_predictions
from ledger.newsroom import add_feed
from ledger.newsroom import import_news
from ledger.newsroom import search_items
from ledger.reading.reader import read_article
from ledger.schema import item as item_table
from ledger.schema import item_revision
from ledger.schema import metadata
from ledger.store import open_ledger
from ledger.verify import verify
from tests.faults.growing import claim
from tests.faults.growing import ticking
from tests.faults.mutating import document
from tests.faults.mutating import hostile_text
from tests.faults.scratch import scratch_folder
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tui.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.newsroom import Feed
    from ledger.store import Ledger

# Processor seconds for one document of at most a few megabytes.
_LONG = 10.0
LINES = ("title", "url", "publisher", "language", "published_raw", "summary", "identity")
_ITEM_LIMITS = {"title": 500, "summary": 1_000, "text": 100_000, "publisher": 2_000, "url": 2_000}


@pytest.fixture
def busy() -> Iterator[Ledger]:
    """A ledger in memory with a few claims that news could bear on."""
    with scratch_folder() as folder:
        ledger = open_ledger(folder / "a.db", clock=ticking())
        book.add_many(ledger, [claim(number) for number in range(5)])
        book.add(ledger, {"statement": "Rain in Bergen will rise by 2027", "source": "Met"})
        yield ledger
        ledger.close()


def refuse_unclean(row: dict[str, Any]) -> None:
    """Every text of a stored row is as the door lets it through."""
    for name, value in row.items():
        if isinstance(value, str):
            assert clean_block(value, limit=10**7) == value, (name, value[:200])
            if name in LINES:
                assert clean_line(value, limit=10**7) == value, (name, value[:200])
            assert len(value) <= _ITEM_LIMITS.get(name, 10_000), name


def test_hostile_feeds_are_stored_clean_or_refused(busy: Ledger) -> None:
    first = seed()
    feed = add_feed(busy, "https://a.example/feed")
    verdicts: Counter[str] = Counter()
    slowest = 0.0
    for number in range(size("hostile_documents")):
        rng = random.Random(f"{first} {number}")
        body, kind = document(rng)
        start = time.process_time()
        verdicts[take_in(busy, feed, body, kind)] += 1
        took = time.process_time() - start
        slowest = max(slowest, took)
        assert took < _LONG, f"seed {first}, document {number}: {len(body)} bytes, {took:.1f} s"
        if number % 100 == 99:
            look_again(busy, rng)
    look_again(busy, random.Random(first))
    report(f"hostile feeds: {dict(verdicts)}, the slowest {slowest:.1f} s")
    assert verdicts["items"] > verdicts["refused"] / 4


def take_in(ledger: Ledger, feed: Feed, body: bytes, kind: str) -> str:
    try:
        parsed = parse(body, url="https://a.example/feed", content_type=kind)
    except FeedError as error:
        said = str(error)
        assert clean_line(said) == said
        return "refused"
    refuse_unclean({"publisher": parsed.title, "language": parsed.language, "url": parsed.home})
    assert all(clean_line(warning) == warning for warning in parsed.warnings)
    with ledger.write() as conn:
        stored = store_entries(conn, feed, parsed, ledger.clock.now())
        rows = conn.execute(select(item_table).where(item_table.c.id.in_(stored.item_ids)))
        for row in rows.mappings():
            refuse_unclean(dict(row))
            assert all(map(_is_line, json.loads(row["authors"])))
            assert row["url"] is None or row["url"].startswith(("http://", "https://"))
    return "items" if stored.item_ids else "nothing new"


def _is_line(text: str) -> bool:
    return clean_line(text) == text


def look_again(ledger: Ledger, rng: random.Random) -> None:
    """Search, link, read every revision, and check the whole ledger."""
    link_predictions(ledger)
    with ledger.read() as conn:
        for _ in range(5):
            search_items(conn, hostile_text(rng)[:5_000])
        for row in conn.execute(select(item_revision)).mappings():
            refuse_unclean(dict(row))
        for row in conn.execute(select(metadata.tables["link"])).mappings():
            refuse_unclean(dict(row))
        assert verify(conn).problems == ()


def shown(*words: str) -> str:
    """What the command line prints, on both its outputs."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        main(words)
    return out.getvalue() + err.getvalue()


@pytest.mark.parametrize(
    "verb",
    [["news", "list"], ["news", "list", "--json"], ["list"], ["link", "--all"], ["show", "6"]],
)
def test_no_verb_shows_anything_unclean(busy: Ledger, verb: list[str]) -> None:
    feed = add_feed(busy, "https://a.example/feed")
    rng = random.Random(f"{seed()} {verb}")
    for _ in range(25):
        take_in(busy, feed, *document(rng))
    link_predictions(busy)
    said = shown("--ledger", busy.where, *verb)
    assert said
    for line in said.split("\n"):
        assert clean_block(line, limit=10**7) == " ".join(line.split()), line[:300]


def test_hostile_articles_are_read_and_recorded_clean(busy: Ledger) -> None:
    first, count = seed(), 0
    day = date(2026, 1, 10)
    for number in range(size("hostile_documents") // 5):
        rng = random.Random(f"{first} article {number}")
        text = "".join(hostile_text(rng, big=0.001) + rng.choice((". ", "\n\n")) for _ in range(8))
        text += rng.choice(("", "\ud800", "\x00")) + _CLAIM
        start = time.process_time()
        reading = read_article(text, published=day, author=hostile_text(rng)[:5_000])
        took = time.process_time() - start
        assert took < _LONG, f"seed {first}, article {number}: {len(text)} characters, {took:.1f} s"
        for found in reading.claims:
            assert text[found.start : found.end] == found.quote
        drafts = [draft_fields(found, published=day, byline="Met") for found in reading.claims]
        with contextlib.suppress(CalledItError):
            _, recorded, _ = book.record_article(
                busy, text=text, published=day, drafts=drafts, title=hostile_text(rng)
            )
            count += len(recorded)
            for one in recorded:
                refuse_unclean(one.to_json())
    with busy.read() as conn:
        assert verify(conn).problems == ()
    report(f"hostile articles: {count} claims recorded")
    assert count


_CLAIM = " The river will probably rise above two metres by the end of 2027."


def test_hostile_news_files_are_stored_clean_or_refused(busy: Ledger) -> None:
    first, refused = seed(), 0
    count = size("hostile_documents") // 5
    for number in range(count):
        rng = random.Random(f"{first} news {number}")
        record = {
            "title": hostile_text(rng),
            "published": rng.choice(("2026-01-10", "2026-01-10T08:00:00Z", hostile_text(rng))),
            "summary": rng.choice((hostile_text(rng), None, 5)),
            "publisher": hostile_text(rng),
            "external_id": rng.choice((hostile_text(rng), None, 5, "\ud800")),
            "url": rng.choice(("https://a.example/\u202e", "javascript:x", None)),
        }
        line = json.dumps(record, ensure_ascii=rng.random() < 0.5)
        if rng.random() < 0.3:
            place = rng.randrange(len(line))
            line = line[:place] + rng.choice(("\x00", "\ud800", '"', "}", "\x1b")) + line[place:]
        said = ""
        try:
            import_news(busy, [line])
        except ReadError as error:
            said = str(error)
        assert clean_line(said) == said
        refused += bool(said)
    with busy.read() as conn:
        for row in conn.execute(select(item_table)).mappings():
            refuse_unclean(dict(row))
    report(f"hostile news files: {count - refused} taken, {refused} refused")
    assert 0 < refused < count
