"""`link`, `accept` and `reject` by the real command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.tui.command import CommandLine

if TYPE_CHECKING:
    from pathlib import Path

NEWS = [
    {"external_id": "n1", "title": "Bread prices rise", "published": "2025-03-01"},
    {"external_id": "n2", "title": "Old bridge in Bergen reopens", "published": "2025-03-28"},
    {"external_id": "n3", "title": "Bergen \x1b[31mbridge toll", "published": "2025-04-02"},
]


@pytest.fixture
def calledit(tmp_path: Path) -> CommandLine:
    """A ledger with a claim about a bridge and three pieces of news."""
    cli = CommandLine(tmp_path / "ledger.db")
    cli.ok(
        "add",
        "The old bridge in Bergen reopens",
        "--source",
        "Ann Lee",
        "--made-on",
        "2025-01-01",
        "--due-on",
        "2025-03-31",
    )
    cli.ok("news", "import", "-", stdin="\n".join(map(json.dumps, NEWS)))
    return cli


def test_a_line_a_prediction_with_link_ids(calledit: CommandLine) -> None:
    (line,) = calledit.ok("link", "--all", "--json").lines
    assert line["prediction"] == 1
    assert [item["external_id"] for item in line["items"]] == ["n2", "n3"]
    best = line["items"][0]
    assert 0 <= best["score"] <= 1
    assert best["stance"] in {"supports", "contradicts", "mentions"}
    assert {"bridge", "Bergen"} <= set(best["why"])
    assert isinstance(best["link"], int)
    assert isinstance(best["story"], int)


def test_as_of_hides_later_news_but_forgets_none(calledit: CommandLine) -> None:
    (then,) = calledit.ok("link", "1", "--as-of", "2025-03-31", "--json").lines
    assert [item["external_id"] for item in then["items"]] == ["n2"]
    (now,) = calledit.ok("link", "1", "--limit", "1", "--json").lines
    assert [item["external_id"] for item in now["items"]] == ["n2"]
    assert len(calledit.ok("link", "1", "--json").lines[0]["items"]) == 2


def test_a_decision_survives_linking_again(calledit: CommandLine) -> None:
    first, second = calledit.ok("link", "1", "--json").lines[0]["items"]
    calledit.ok("accept", str(first["link"]))
    calledit.ok("reject", str(second["link"]))
    (again,) = calledit.ok("link", "1", "--json").lines
    assert [(item["link"], item["state"]) for item in again["items"]] == [
        (first["link"], "accepted")
    ]


def test_readable_lines_carry_what_a_person_needs(calledit: CommandLine) -> None:
    out = calledit.ok("link").out
    assert "Old bridge in Bergen reopens" in out
    assert "2025-03-28" in out
    assert "matches" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(("words", "code"), [("99", 1), ("x", 2), ("0", 2)])
@pytest.mark.parametrize("verb", ["link", "accept", "reject"])
def test_an_unknown_or_malformed_id_is_named(
    tmp_path: Path, verb: str, words: str, code: int
) -> None:
    answer = CommandLine(tmp_path / "ledger.db")(verb, words)
    assert (answer.code, answer.out) == (code, "")
    assert words in answer.err
    assert answer.err.splitlines()[-1].startswith("calledit")
