"""`feeds`, `poll` and `news` as a person uses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.feeds.server import Page
from tests.feeds.server import item
from tests.feeds.server import rss
from tests.feeds.server import serving
from tests.tui.command import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def calledit(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "ledger.db")


def test_follow_poll_look(calledit: CommandLine) -> None:
    with serving() as site:
        site.pages["/feed"] = Page(rss(item("1", "Peace talks"), item("2", "Rain")))
        site.pages["/bad"] = Page(b"<html></html>")
        added = calledit.ok("feeds", "add", site.url("/feed"), "--tag", "x", "--allow-private",
                            "--json").json  # fmt: skip
        assert (added["id"], added["tags"], added["status"]) == (1, ["x"], "new")
        calledit.ok("feeds", "add", site.url("/bad"), "--allow-private", "--title", "Bad")
        polled = calledit.ok("poll", "--json").json
        assert (polled["feeds"], polled["new"], polled["failing"]) == (2, 2, 1)
        assert {one["outcome"] for one in polled["polled"]} == {"updated", "failing"}
        assert all(one["next_poll"]["why"] for one in polled["polled"])
        again = calledit.ok("poll", "1")
        assert again.out == "no feed is due\n"
        assert "is not due" in again.err
        assert calledit.ok("poll", "1", "--now").out == "1 feed: 0 new items, 0 changed\n"
        failed = calledit("poll", "2", "--now")
        assert (failed.code, failed.out.count("\n")) == (1, 1)
        assert "Bad: failing: this is an HTML page, not a feed" in failed.err
    feeds = calledit.ok("feeds", "list", "--json").json
    assert [(f["title"], f["status"], f["items"]) for f in feeds] == [
        ("The Daily Example", "ok", 2),
        ("Bad", "failing", 0),
    ]
    assert "The Daily Example" in calledit.ok("feeds", "list").out
    news = calledit.ok("news", "search", "peace", "--json").json
    assert [found["title"] for found in news] == ["Peace talks"]
    assert len(calledit.ok("news", "list", "--feed", "1").out.splitlines()) == 2


def test_check_needs_no_ledger(calledit: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss(item("1", "One", text="Sum"), more="<ttl>600</ttl>"))
    checked = calledit.ok("feeds", "check", str(file), "--json").json
    assert (checked["url"], checked["status"], checked["version"]) == (None, None, "rss20")
    (entry,) = checked["items"]
    assert entry == {
        "identity": "guid:1",
        "title": "One",
        "url": "https://daily.example/1",
        "published": "2026-01-10T08:00:00.000000Z",
        "updated": None,
        "summary": "Sum",
        "authors": [],
    }
    assert checked["next_poll"]["why"][-1] == "the feed asks for 10 h"
    assert not calledit.ledger.exists()
    with serving() as site:
        site.pages["/feed"] = Page(file.read_bytes())
        url = site.url("/feed")
        assert calledit.ok("feeds", "check", url, "--allow-private", "--json").json["status"] == 200
        refused = calledit("feeds", "check", url)
        assert (refused.code, refused.out) == (1, "")
        assert "may not be asked" in refused.err
        missing = calledit("feeds", "check", site.url("/no"), "--allow-private")
        assert (missing.code, "answers 404" in missing.err) == (1, True)


def test_lists_go_in_and_out(calledit: CommandLine, tmp_path: Path) -> None:
    calledit.ok("feeds", "add", "https://a.example/feed", "--title", "A & B", "--tag", "x")
    document = calledit.ok("feeds", "export").out
    other = CommandLine(tmp_path / "other.db")
    assert other.ok("feeds", "import", "-", "--json", stdin=document).json == {
        "added": 1,
        "known": 0,
        "refused": [],
    }
    assert other.ok("feeds", "export").out == document


def test_edit_and_remove(calledit: CommandLine) -> None:
    calledit.ok("feeds", "add", "https://a.example/feed")
    edited = calledit.ok("feeds", "edit", "1", "--title", "Mine", "--allow-private", "--json").json
    assert (edited["title"], edited["allow_private"]) == ("Mine", True)
    edited = calledit.ok("feeds", "edit", "1", "--no-allow-private", "--json").json
    assert (edited["title"], edited["allow_private"]) == ("Mine", False)
    assert "not followed any more" in calledit.ok("feeds", "remove", "1").out
    assert calledit.ok("feeds", "list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("feeds", "add", "ftp://x.example/"), 2, "not an http or https address"),
        (("feeds", "add", "x.example"), 2, "not an http or https address"),
        (("feeds", "edit", "1"), 2, "nothing to change"),
        (("feeds",), 2, "WHAT"),
        (("poll", "--workers", "0"), 2, "from 1 to 64"),
        (("poll", "7"), 1, "no feed 7 is followed"),
        (("feeds", "remove", "7"), 1, "no feed 7 is followed"),
        (("feeds", "check", "/nowhere/feed.xml"), 1, "cannot be read"),
        (("feeds", "import", "/nowhere/list.opml"), 1, "cannot be read"),
        (("news", "import", "/nowhere/news.jsonl"), 1, "cannot be read"),
        (("news", "list", "--limit", "0"), 2, "is not an id"),
    ],
)
def test_mistakes_are_told_in_one_line(
    calledit: CommandLine, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = calledit(*words)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err.splitlines()[-1]
    assert "Traceback" not in answer.err


def test_news_come_from_a_file(calledit: CommandLine, tmp_path: Path) -> None:
    lines = [{"title": f"T{n}", "published": "2025-01-02", "external_id": str(n)} for n in range(3)]
    file = tmp_path / "news.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    counts = {"new": 3, "changed": 0, "duplicates": 0, "linked": 0}
    assert calledit.ok("news", "import", str(file), "--json").json == counts
    again = calledit.ok("news", "import", "-", stdin=file.read_text(encoding="utf-8"))
    assert again.out == "0 new items, 0 changed, 3 known already\n"
    csv = tmp_path / "news.csv"
    csv.write_bytes(b"title,published\r\nFrom csv,2025-02-01\r\n")
    assert calledit.ok("news", "import", str(csv)).out.startswith("1 new")
    assert "From csv" in calledit.ok("news", "list", "--limit", "1").out


def test_what_comes_in_is_linked_to_open_predictions(calledit: CommandLine) -> None:
    calledit.ok("add", "Russia and Ukraine will sign a ceasefire in Istanbul", "--source", "Ada",
                "--made-on", "2026-01-01", "--due-on", "2026-06-30")  # fmt: skip
    news = {"title": "Russia and Ukraine sign ceasefire in Istanbul", "published": "2026-01-12"}
    done = calledit.ok("news", "import", "-", "--json", stdin=json.dumps(news)).json
    assert (done["new"], done["linked"]) == (1, 1)


def test_a_bad_file_is_named_with_its_line(calledit: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    file.write_bytes(b'{"title": "A", "published": "2025-01-02"}\n{"title": "B"}\n')
    answer = calledit("news", "import", str(file))
    assert (answer.code, f"{file}: line 2 has no published date" in answer.err) == (1, True)
    latin = calledit("news", "import", "-", stdin=b'{"title": "\xe9"}')
    assert "standard input is not UTF-8 text" in latin.err
    assert calledit.ok("news", "list", "--json").json == []


def test_nothing_hostile_reaches_the_terminal(calledit: CommandLine, tmp_path: Path) -> None:
    evil = "\\u001b]0;x\\u0007\\u202e\\u009b31mHi"
    file = tmp_path / "news.jsonl"
    file.write_text(f'{{"title": "{evil}", "published": "2025-01-02"}}', encoding="utf-8")
    calledit.ok("news", "import", str(file))
    for words in (("news", "list"), ("news", "list", "--json"), ("news", "search", "hi")):
        out = calledit.ok(*words).out
        assert "Hi" in out
        assert out.replace("\n", "").isprintable()
