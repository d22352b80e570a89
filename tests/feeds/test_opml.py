"""OPML in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feeds.opml import Outline
from feeds.opml import import_opml
from feeds.opml import read_opml
from feeds.opml import write_opml
from ledger.errors import FeedError
from ledger.newsroom import add_feed
from ledger.newsroom import list_feeds

if TYPE_CHECKING:
    from ledger.store import Ledger

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>mine</title></head><body>
<outline text="World"><outline text="Europe">
  <outline type="rss" text="A &amp; B" xmlUrl="https://a.example/feed"/>
</outline><outline xmlUrl="https://b.example/feed" title="B" category="x,y"/></outline>
<outline text="bad" xmlUrl="exec:ls"/><outline text="worse" xmlUrl="file:///etc/passwd"/>
<outline text="again" xmlUrl="https://a.example/feed"/>
</body></opml>"""


def test_folders_become_tags(ledger: Ledger) -> None:
    done = import_opml(ledger, LIST)
    assert (done.added, done.known) == (2, 1)
    assert done.refused == (
        "exec:ls is not an http or https address",
        "file:///etc/passwd is not an http or https address",
    )
    with ledger.read() as conn:
        feeds = list_feeds(conn)
    assert [(feed.title, feed.tags) for feed in feeds] == [
        ("A & B", ("World", "Europe")),
        ("B", ("World", "x", "y")),
    ]


def test_what_goes_out_comes_back_in(ledger: Ledger) -> None:
    title = "Fish & <chips> \"quoted\" 'single' ünï"
    add_feed(ledger, "https://a.example/?x=1&y=2", title=title, tags=["one", "two"])
    add_feed(ledger, "https://b.example/")
    with ledger.read() as conn:
        document = write_opml(list_feeds(conn))
    assert read_opml(document.encode()) == [
        Outline("https://a.example/?x=1&y=2", title, ("one", "two")),
        Outline("https://b.example/"),
    ]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "no element found"),
        (b"not xml", "line 1"),
        (b"<html></html>", "begins with <html>"),
        (b"<opml><body>", "no element found"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml>&a;</opml>', "declares a document type"),
        (b"<opml>" + b"<outline>" * 60, "more than 50 deep"),
    ],
)
def test_what_is_no_list_is_refused_whole(ledger: Ledger, document: bytes, said: str) -> None:
    with pytest.raises(FeedError, match=said):
        import_opml(ledger, document)
    with ledger.read() as conn:
        assert list_feeds(conn) == []


def test_names_come_in_clean(ledger: Ledger) -> None:
    import_opml(
        ledger, '<opml><outline text="a\u202eb" xmlUrl="https://a.example/"/></opml>'.encode()
    )
    with ledger.read() as conn:
        assert list_feeds(conn)[0].title == "ab"
