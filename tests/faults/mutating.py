"""Documents that somebody spoiled on purpose: feeds of our own making, and what is put in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

BIG = 1_000_000

# What no reader may be shown as it is: escapes, controls, bidi overrides, invisible characters.
UNCLEAN = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\link",
    "\x9b31m",
    "\x90q\x9c",
    "\u202egnp.exe",
    "\u2066isolated\u2069",
    "a\u200bb\u2060c\ufeff",
    "\x00\x08\x7f\x85",
    "\u2028line\u2029paragraph",
    "\U000e0041\U000e0042",
    "e\u0301\u0323" * 40,
    "\r\rover\rwritten",
    "[bold red]markup[/bold red]",
    "🏳️‍🌈 می‌خواهم",
)
MARKUP = (
    "<script>alert(1)</script>",
    "<b><i><u>" * 300,
    "</div></p></b>" * 300,
    "<a href='javascript:alert(1)' onclick=x>y</a>",
    "<img src=x onerror=alert(1)>",
    "<!--",
    "<![CDATA[",
    "]]>",
    "<?php",
    "<style>*{}</style>",
    "&lt;script&gt;x&lt;/script&gt;",
    "&amp;amp;amp;lt;",
    "&#x1b;[31m",
    "&#27;]0;x&#7;",
    "&#0;&#xD800;&#x110000;&#99999999999;",
    "&#x202e;abc",
    "&nosuch;",
    "<title>",
    "</item></channel></rss>",
    "<item><title>again</title></item>",
    "<entry><title>again</title></entry>",
    "<p" + " a='b'" * 200 + ">",
    "<!DOCTYPE x [<!ENTITY e 'eeeeeeeeee'><!ENTITY f '&e;&e;&e;&e;'>]>",
)
DATES = (
    "Mon, 30 Feb 2026 25:61:61 +9999",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "0000-00-00",
    "2026-01-10T00:00:00.999999999999999Z",
    "１２ Jan ２０２６",
    "\u202e2026-01-10",
    "-1",
    "9" * 5_000,
)
ADDRESSES = (
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "https://[::1",
    "https://a.example/\x1b[31m",
    "https://a.example/\u202e",
    "//a.example",
    "http://" + "a" * 5_000,
    "https://user:pass@a.example/ x",
    "https://a.example:99999/",
    "\x00https://a.example/",
)


def document(rng: random.Random) -> tuple[bytes, str]:
    """A spoiled feed, and the content type that it comes with."""
    body = rng.choice((_rss, _atom, _json))(rng)
    if rng.random() < 0.6:
        for _ in range(rng.randint(1, 6)):
            body = rng.choice(_SPOIL)(rng, body)
    kind = rng.choice(("", "application/xml", "text/html", "application/json", "text/plain"))
    charset = rng.choice(("", "", "; charset=latin-1", "; charset=utf-16", "; charset=nosuch"))
    return body, kind + charset if kind else ""


def hostile_text(rng: random.Random, *, big: float = 0.005) -> str:
    """A few pieces, most of them bad; some, as `big` says, of a megabyte."""
    pool = (*UNCLEAN, *MARKUP, "Rain in Bergen", "will rise by 2027", " ", "\n")
    text = "".join(rng.choice(pool) for _ in range(rng.randint(1, 5)))
    if rng.random() < big:
        text *= BIG // len(text)
    return text


def _entry(rng: random.Random, number: int) -> dict[str, str]:
    """One entry's fields, as text that may hold markup."""
    date = rng.choice(("2026-01-10T08:00:00Z", *DATES))
    link = rng.choice((f"https://a.example/{number}", *ADDRESSES))
    return {
        "id": rng.choice((f"id{number}", hostile_text(rng), "")),
        "title": hostile_text(rng),
        "link": link,
        "date": date,
        "summary": hostile_text(rng),
        "author": rng.choice(("Ann", hostile_text(rng))),
    }


def _entries(rng: random.Random) -> list[dict[str, str]]:
    return [_entry(rng, number) for number in range(rng.randint(0, 6))]


def _put(rng: random.Random, text: str) -> str:
    """Into XML: escaped, in CDATA, or as it is."""
    turn = rng.random()
    if turn < 0.4:
        return text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<![CDATA[{text}]]>" if turn < 0.6 else text


def _encoded(rng: random.Random, text: str) -> bytes:
    encoding = rng.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"))
    return text.encode(encoding, rng.choice(("replace", "ignore", "xmlcharrefreplace")))


def _rss(rng: random.Random) -> bytes:
    parts = [
        f"<item><guid>{_put(rng, e['id'])}</guid><title>{_put(rng, e['title'])}</title>"
        f"<link>{_put(rng, e['link'])}</link><pubDate>{e['date']}</pubDate>"
        f"<description>{_put(rng, e['summary'])}</description>"
        f"<author>{_put(rng, e['author'])}</author></item>"
        for e in _entries(rng)
    ]
    title = _put(rng, hostile_text(rng))
    text = f"<rss version='2.0'><channel><title>{title}</title>{''.join(parts)}</channel></rss>"
    declared = rng.choice(("", "<?xml version='1.0'?>", "<?xml version='1.0' encoding='utf-7'?>"))
    return _encoded(rng, declared + text)


def _atom(rng: random.Random) -> bytes:
    kind = rng.choice(("text", "html", "xhtml", "nosuch"))
    parts = [
        f"<entry><id>{_put(rng, e['id'])}</id><title type='{kind}'>{_put(rng, e['title'])}</title>"
        f'<link href="{e["link"]}"/><published>{e["date"]}</published>'
        f"<content type='{kind}'>{_put(rng, e['summary'])}</content>"
        f"<author><name>{_put(rng, e['author'])}</name></author></entry>"
        for e in _entries(rng)
    ]
    head = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{_put(rng, hostile_text(rng))}</title>"
    )
    return _encoded(rng, f"{head}{''.join(parts)}</feed>")


def _json(rng: random.Random) -> bytes:
    items: list[Any] = [
        {
            "id": rng.choice((e["id"], 5, None, [], "\ud800")),
            "title": rng.choice((e["title"], e["title"], "\udfff\ud800", 7, {})),
            "url": e["link"],
            "date_published": rng.choice((e["date"], None, 20260110)),
            "content_html": e["summary"],
            "summary": rng.choice((e["summary"], None, ["x"])),
            "authors": rng.choice(([{"name": e["author"]}], "Ann", [5], None, [{"name": []}])),
        }
        for e in _entries(rng)
    ]
    items += rng.choice(([], [None], ["x", 5], [[]]))
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": hostile_text(rng),
        "items": items,
    }
    return json.dumps(document, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _cut(rng: random.Random, body: bytes) -> bytes:
    return body[: rng.randrange(len(body) + 1)]


def _flip(rng: random.Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(rng.randint(1, 20)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _repeat(rng: random.Random, body: bytes) -> bytes:
    start = rng.randrange(len(body) + 1)
    part = body[start : start + rng.randint(1, 200)]
    return body[:start] + part * rng.randint(2, 50) + body[start:]


def _insert(rng: random.Random, body: bytes) -> bytes:
    place = rng.randrange(len(body) + 1)
    bad = rng.choice((*UNCLEAN, *MARKUP, *DATES, "\x00" * 10)).encode("utf-8", "surrogatepass")
    return body[:place] + bad + body[place:]


def _remove(rng: random.Random, body: bytes) -> bytes:
    start = rng.randrange(len(body) + 1)
    return body[:start] + body[start + rng.randint(1, 100) :]


def _surrogate(rng: random.Random, body: bytes) -> bytes:
    place = rng.randrange(len(body) + 1)
    return body[:place] + b"\xed\xa0\x80" + body[place:]


_SPOIL: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _cut,
    _flip,
    _flip,
    _repeat,
    _insert,
    _insert,
    _remove,
    _surrogate,
)
