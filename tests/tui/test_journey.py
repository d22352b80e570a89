"""From an article to a scored source, by the real command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.tui.command import CommandLine

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = """The river and the bridge

The council met on Monday. The mayor, Ann Lee, said that the old bridge will reopen by the end \
of March 2025. Engineers warn that the work could take longer.

The river has flooded twice this year. The harbour board might close the northern lock next year.
"""
NEWS = [
    {
        "external_id": "n1",
        "title": "Old bridge reopens to traffic after repairs",
        "published": "2025-03-28",
        "publisher": "Harbour Times",
        "url": "https://news.example/bridge",
        "summary": "The mayor cut the ribbon on the old bridge on Friday.",
    },
    {
        "external_id": "n2",
        "title": "Bakery wins a prize for rye bread",
        "published": "2025-03-29",
        "publisher": "Harbour Times",
        "url": "https://news.example/bread",
    },
]


@pytest.fixture
def calledit(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "ledger.db")


def test_the_whole_path(calledit: CommandLine, tmp_path: Path) -> None:
    article = tmp_path / "bridge.txt"
    article.write_text(ARTICLE, encoding="utf-8")

    read = calledit.ok(
        "read", str(article), "--published", "2024-12-02", "--outlet", "Harbour Times", "--json"
    ).json
    claims = {claim["hedge"]: claim for claim in read["claims"]}
    bridge = claims["will"]
    assert ARTICLE[bridge["start"] : bridge["end"]] == bridge["quote"]
    assert bridge["due"] == "2025-03-31"
    assert "Lee" in bridge["speaker"]

    number = str(bridge["prediction"])
    kept = calledit.ok("keep", number, "--source", "Ann Lee", "--json").json
    assert kept["status"] == "open"

    news = "\n".join(json.dumps(item) for item in NEWS)
    calledit.ok("news", "import", "-", stdin=news)
    assert calledit.ok("news", "import", "-", "--json", stdin=news).json["new"] == 0

    (ranked,) = calledit.ok("link", number, "--json").lines
    assert [item["external_id"] for item in ranked["items"]] == ["n1"]
    assert "bridge" in " ".join(ranked["items"][0]["why"]).lower()

    calledit.ok("accept", str(ranked["items"][0]["link"]))
    resolved = calledit.ok("resolve", number, "true", "--on", "2025-03-28", "--json").json
    assert (resolved["outcome"], resolved["resolved_on"]) == ("true", "2025-03-28")

    (score,) = calledit.ok("score", "Ann Lee", "--json").json["sources"]
    assert (score["n"], score["scored"], score["hit_rate"]) == (1, 1, 1.0)
    assert score["tier"] == "counts"
    assert "not enough yet" in calledit.ok("score", "Ann Lee").out

    shown = calledit.ok("show", number, "--json").json
    assert [one["title"] for one in shown["evidence"]] == [NEWS[0]["title"]]

    kept_elsewhere = tmp_path / "checkpoint.txt"
    kept_elsewhere.write_text(calledit.ok("checkpoint").out)
    calledit.ok("reopen", number, "--reason", "The northern lane is still shut")
    verified = calledit.ok("verify", "--against", str(kept_elsewhere), "--json").json
    assert verified["ok"]
    calledit.ok("rebuild")
    again = calledit.ok("verify", "--json").json
    assert (again["root"], again["events"]) == (verified["root"], verified["events"])


def test_reading_twice_and_listing(calledit: CommandLine, tmp_path: Path) -> None:
    article = tmp_path / "bridge.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    calledit.ok("read", str(article), "--published", "2024-12-02", "--keep-all")
    again = calledit.ok("read", str(article), "--published", "2024-12-02")
    assert "read before" in again.err
    listed = calledit.ok("list", "reopen", "--status", "due", "--json").lines
    assert [p["due_on"] for p in listed] == ["2025-03-31"]


def test_a_dry_run_touches_no_ledger(calledit: CommandLine) -> None:
    calledit.ok("read", "-", "--published", "2024-12-02", "--dry-run", "--json", stdin=ARTICLE)
    assert not calledit.ledger.exists()


def test_the_seeds_are_planted_once(calledit: CommandLine) -> None:
    first = calledit.ok("seed", "--json").json
    assert first["predictions"] == 38
    assert first["items"] == 100
    assert first["feeds"] > 0
    assert "already" in calledit.ok("seed").err
    due = calledit.ok("list", "--status", "due", "--json").lines
    assert due[0]["due_on"] == "2024-11-19"
    assert {p["outcome"] for p in due} == {None}
    assert calledit.ok("verify", "--json").json["ok"]
