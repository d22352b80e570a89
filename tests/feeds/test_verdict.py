"""What an answer means for its feed."""

from __future__ import annotations

import dataclasses
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest

from feeds.fetch import Response
from feeds.records import ParsedFeed
from feeds.verdict import on_answer
from feeds.verdict import on_failure
from ledger.clock import instant_text
from ledger.newsroom import Feed

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
FEED = Feed(3, "http://x.example/feed", etag='"old"', last_modified="then", failures=2, status="ok")


def response(status: int = 200, *, permanent: str = FEED.url, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, permanent, permanent, (), named, b"")


def answered(
    feed: Feed, given: Response, *, published: tuple[datetime, ...] = ()
) -> dict[str, Any]:
    parsed = ParsedFeed("rss20", title="Its title", ttl=5) if given.status == 200 else None
    verdict = on_answer(feed, given, parsed, body_sha256="abc", published=published, now=NOW)
    return verdict.values


def test_an_answer_clears_the_past() -> None:
    values = answered(FEED, response(etag='"new"'))
    assert (values["status"], values["error"], values["failures"]) == ("ok", "", 0)
    assert (values["etag"], values["last_modified"]) == ('"new"', "")
    assert (values["title"], values["ttl"]) == ("Its title", 5)


def test_the_users_title_stays() -> None:
    assert "title" not in answered(dataclasses.replace(FEED, title="Mine"), response())


def test_not_modified_keeps_the_validators() -> None:
    assert "etag" not in answered(FEED, response(304))


def test_validators_that_never_bring_anything_are_forgotten() -> None:
    feed = dataclasses.replace(FEED, validators_at=instant_text(NOW - timedelta(days=9)))
    busy = tuple(NOW - timedelta(days=9, hours=n) for n in range(5))
    sleepy = tuple(NOW - timedelta(days=9 * n) for n in range(1, 5))
    assert answered(feed, response(304), published=busy)["etag"] == ""
    assert "etag" not in answered(feed, response(304), published=sleepy)


def test_https_of_the_same_address_is_taken_at_once() -> None:
    values = answered(FEED, response(permanent="https://x.example/feed"))
    assert values["url"] == "https://x.example/feed"


def test_another_address_is_taken_after_a_week() -> None:
    there = "https://y.example/feed"
    first = answered(FEED, response(permanent=there))
    assert "url" not in first
    assert (first["moved_to"], first["moved_at"]) == (there, instant_text(NOW))
    for days, moved in ((6, False), (7, True)):
        since = instant_text(NOW - timedelta(days=days))
        feed = dataclasses.replace(FEED, moved_to=there, moved_at=since)
        assert ("url" in answered(feed, response(permanent=there))) is moved
    elsewhere = dataclasses.replace(feed, moved_to="https://z.example/")
    assert answered(elsewhere, response(permanent=there))["moved_at"] == instant_text(NOW)
    assert answered(elsewhere, response())["moved_to"] == ""


@pytest.mark.parametrize(
    ("status", "outcome", "said"),
    [
        (404, "failing", "x.example answers 404 Not Found"),
        (500, "failing", "x.example answers 500 Internal Server Error"),
        (799, "failing", "x.example answers 799"),
        (410, "gone", "x.example answers 410 Gone"),
    ],
)
def test_error_statuses(status: int, outcome: str, said: str) -> None:
    verdict = on_failure(FEED, "", response(status), now=NOW)
    assert (verdict.outcome, verdict.error) == (outcome, said)
    assert verdict.values["failures"] == 3
    assert (verdict.values["next_at"] == "") is (outcome == "gone")
    assert "etag" not in verdict.values


def test_a_bot_challenge_is_named() -> None:
    verdict = on_failure(FEED, "", response(403, cf_mitigated="challenge"), now=NOW)
    assert "a check for human visitors" in verdict.error


def test_a_body_that_is_no_feed_is_asked_for_again_in_full() -> None:
    verdict = on_failure(FEED, "this is an HTML page", response(200), now=NOW)
    assert (verdict.values["etag"], verdict.values["last_modified"]) == ("", "")


def test_errors_are_clean() -> None:
    verdict = on_failure(FEED, "\x1b[31mred\u202e", None, now=NOW)
    assert verdict.error == "red"
