"""Bytes to feeds: formats, clean text, honest dates, clear refusals."""

from __future__ import annotations

import gzip
import json
import time
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.parse import parse
from feeds.records import MAX_ENTRIES
from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.errors import FeedError
from tests.feeds.server import item
from tests.feeds.server import rss

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "data" / "feeds" / "gofeed-parser"

ATOM = b"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Example</title>
<link href="https://x.example/"/>
<entry><id>tag:x.example,2026:1</id><title type="text">a &lt; b</title><link href="/one"/>
<published>2026-01-10T08:00:00+01:00</published><updated>2026-01-11T08:00:00Z</updated>
<author><name>Ada</name></author><author><name>Bo</name></author>
<summary>Short.</summary><content type="html">&lt;p&gt;Long&lt;/p&gt;&lt;p&gt;text.&lt;/p&gt;
</content>
<source><title>Elsewhere</title></source></entry></feed>"""


def test_atom() -> None:
    feed = parse(ATOM, url="https://x.example/feed")
    assert (feed.version, feed.title, feed.home) == ("atom10", "Example", "https://x.example/")
    (entry,) = feed.items
    assert entry.guid == "tag:x.example,2026:1"
    assert entry.title == "a < b"
    assert entry.url == "https://x.example/one"
    assert entry.published == datetime(2026, 1, 10, 7, tzinfo=UTC)
    assert entry.published_raw == "2026-01-10T08:00:00+01:00"
    assert entry.updated == datetime(2026, 1, 11, 8, tzinfo=UTC)
    assert entry.authors == ("Ada", "Bo")
    assert (entry.summary, entry.text) == ("Short.", "Long\ntext.")
    assert entry.publisher == "Elsewhere"


def test_rss() -> None:
    feed = parse(rss(item("1", "AT&amp;amp;T buys", text="It &lt;b&gt;buys&lt;/b&gt;."),
                     more="<ttl>90</ttl><language>en-gb</language>"))  # fmt: skip
    assert (feed.version, feed.title, feed.ttl) == ("rss20", "The Daily Example", 90)
    assert feed.language == "en-gb"
    (entry,) = feed.items
    assert (entry.title, entry.summary, entry.text) == ("AT&T buys", "It buys.", "")
    assert entry.published == datetime(2026, 1, 10, 8, tzinfo=UTC)


def test_a_missing_or_illegible_date_is_not_invented() -> None:
    body = rss("<item><title>a</title></item>", "<item><pubDate>2026</pubDate></item>")
    first, second = parse(body).items
    assert (first.published, first.published_raw) == (None, "")
    assert (second.published, second.published_raw) == (None, "2026")


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed(version: str) -> None:
    document = {
        "version": f"https://jsonfeed.org/version/{version}",
        "title": "Example",
        "home_page_url": "https://x.example/",
        "items": [
            {
                "id": 7,
                "url": "/seven",
                "title": "Seven",
                "content_html": "<p>One</p><p>two</p>",
                "date_published": "2026-01-10T08:00:00Z",
                "authors": [{"name": "Ada"}, "Bo", {"name": 5}],
            },
            "not an object",
            {"id": "8", "content_text": "plain <b>", "url": "javascript:alert(1)"},
        ],
    }
    feed = parse(json.dumps(document).encode(), url="https://x.example/feed.json")
    assert feed.version == {"1": "json10", "1.1": "json11"}[version]
    seven, eight = feed.items
    assert (seven.guid, seven.url, seven.text) == ("7", "https://x.example/seven", "One\ntwo")
    assert seven.authors == ("Ada",)
    assert (eight.url, eight.text, eight.published) == (None, "plain <b>", None)
    assert feed.warnings == ("1 of its items are not objects and were left out",)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "an empty answer"),
        (b"<!doctype html><html><body><p>Hi</p></body></html>", "an HTML page"),
        (b"\n<HTML><head><title>x</title></head></HTML>", "an HTML page"),
        (b'{"hello": 1}', "a JSON document"),
        (gzip.compress(b"x"), "compressed data"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"<svg></svg>", "markup that begins with '<svg'"),
        (b"just words", "text or data that begins with 'just words'"),
        (b"[" * 100_000, "text or data"),
        (b"\x1b]0;title\x07hello", "begins with 'hello'"),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(body: bytes, said: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse(body)
    assert said in str(caught.value)
    assert clean_line(str(caught.value)) == str(caught.value)


def test_hostile_text_comes_out_clean() -> None:
    nasty = "&#27;]0;owned&#7;&#x202e;<![CDATA[<b>bold</b><i>x</i>\x85\u009b31m]]>"
    body = rss(
        f"<item><title>{nasty}</title><description>{nasty}</description>"
        "<link>javascript:alert(1)</link><guid>\u202eid</guid></item>",
        title=nasty,
    )
    feed = parse(body)
    (entry,) = feed.items
    assert entry.url is None
    for text in (feed.title, entry.title, entry.summary, entry.guid):
        assert clean_line(text) == text
        assert "owned" not in text
    assert entry.summary.startswith("boldx")


def test_scripts_are_no_text() -> None:
    (entry,) = parse(rss(item("1", "t", text="a&lt;script&gt;x()&lt;/script&gt;b"))).items
    assert entry.summary == "ab"


def test_a_broken_feed_is_read_with_a_warning() -> None:
    feed = parse(rss(item("1", "fish & chips")))
    assert [entry.title for entry in feed.items] == ["fish & chips"]
    assert "not well-formed" in feed.warnings[0]


def test_utf8_without_a_declaration_is_not_taken_for_latin_1() -> None:
    assert (
        parse("<rss version='2.0'><channel><title>é</title></channel></rss>".encode()).title == "é"
    )


def test_relative_links_start_at_the_feed() -> None:
    body = rss(item("1", "a", link="../one"))
    assert parse(body, url="https://x.example/news/feed").items[0].url == "https://x.example/one"


def test_a_name_of_a_file_is_never_opened(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss(item("1", "secret")))
    with pytest.raises(FeedError):
        parse(str(file).encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_too_many_entries_are_cut(encoding: str) -> None:
    body = rss(*[item(str(n), f"t{n}") for n in range(MAX_ENTRIES + 5)])
    feed = parse(body.decode().replace('<?xml version="1.0"?>', "").encode(encoding))
    assert len(feed.items) == MAX_ENTRIES
    assert feed.warnings == (f"only the first {MAX_ENTRIES} entries were read",)


def hostile() -> dict[str, bytes]:
    """Documents that make a careless parser quadratic or worse, 300 kB each."""
    size = 300_000

    def described(text: bytes) -> bytes:
        return rss("<item><description>@</description></item>").replace(b"@", text)

    return {
        "entries": rss(*["<item/>"] * (size // 7)),
        "comments": described(b"<!--" * (size // 4)),
        "escaped comments": described(b"&lt;!--" * (size // 7)),
        "escaped nesting": described(b"&lt;div&gt;" * (size // 11)),
        "author": rss(f"<item><author>{'a.' * (size // 2)}</author></item>"),
        "attributes": b"<rss " + b"".join(b'a%d="" ' % n for n in range(size // 10)) + b"/>",
        "encodings": b"<?" + b'encoding="' * (size // 10),
        "nesting": b"<rss>" + b"<a>" * (size * 2),
        "tags": b"<rss>" + b"<p " * (size * 2),
        "codec": b'<?xml version="1.0" encoding="punycode"?><rss>'
        + b"a9" * (size // 2)
        + b"</rss>",
        "digits": described(b"&#" + b"9" * size + b";"),
        "dates": rss(f"<item><pubDate>{'2004-' * (size // 5)}</pubDate></item>"),
        "laughs": b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]><rss><channel><title>&a11;</title></channel></rss>",
        "external": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<rss version='2.0'><channel><title>&x;</title></channel></rss>",
        "json": b'{"a":' * (size // 5),
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_documents_are_not_slow(name: str) -> None:
    body = hostile()[name]
    start = time.process_time()
    title = ""
    with suppress(FeedError):
        title = parse(body).title
    assert "root:" not in title
    assert time.process_time() - start < 2.0


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=300))
def test_no_bytes_raise_anything_else(raw: bytes, text: str) -> None:
    for body in (raw, rss(text), rss(f"<item><title>{text}</title>{text}</item>")):
        try:
            feed = parse(body, url="https://x.example/")
        except FeedError:
            continue
        for entry in feed.items:
            assert clean_line(entry.title) == entry.title
            assert clean_block(entry.text) == entry.text


def test_the_gofeed_corpus_has_its_entries() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the gofeed corpus is not beside this project")
    wrong = []
    for path in sorted(CORPUS.glob("*/*.xml")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        count = len(expected.get("items") or expected.get("entries") or [])
        if len(parse(path.read_bytes(), url="https://x.example/").items) != count:
            wrong.append(path.name)
    assert wrong == []
