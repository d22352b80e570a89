"""Bad input: one clear line on standard error, the right exit code, an unchanged ledger."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.tui.command import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def calledit(tmp_path: Path) -> CommandLine:
    (tmp_path / "binary.bin").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "empty.txt").write_text(" \n\n")
    (tmp_path / "page.html").write_text("<!doctype html><html><body><p>Hello</p></body></html>")
    (tmp_path / "broken.jsonl").write_text('{"title": "A", "published": "2025-01-01"}\n{"title":\n')
    command = CommandLine(tmp_path / "ledger.db")
    days = ["--made-on", "2025-12-01", "--due-on", "2026-01-01"]
    command.ok("add", "It rains", "--source", "Met", *days)
    return command


MISUSES: list[tuple[int, list[str], str]] = [
    (2, ["nonsense"], "nonsense"),
    (2, ["list", "--nonsense"], "nonsense"),
    (2, ["read"], "FILE"),
    (2, ["read", "{dir}/empty.txt", "--published", "15/11/2024"], "15/11/2024"),
    (2, ["--today", "tomorrow", "list"], "tomorrow"),
    (2, ["show", "abc"], "abc"),
    (2, ["resolve", "1", "perhaps"], "perhaps"),
    (2, ["resolve", "1", "true"], "needs evidence or a reason"),
    (2, ["resolve", "1", "true", "--reason", "x", "--on", "2025-02-30"], "2025-02-30"),
    (2, ["resolve", "1", "partial", "--credit", "2", "--reason", "x"], "credit"),
    (2, ["resolve", "1", "true", "--evidence", "file:///etc/passwd"], "web address"),
    (2, ["add", "x", "--source", "y", "--probability", "150"], "150"),
    (2, ["amend", "1", "--due-on", "soon"], "soon"),
    (2, ["list", "--due", "someday"], "someday"),
    (2, ["score", "--as-of", "2025"], "2025"),
    (2, ["link", "1", "--as-of", "x"], "x"),
    (1, ["read", "{dir}/missing.txt"], "missing.txt"),
    (1, ["read", "{dir}"], "cannot be read"),
    (1, ["read", "{dir}/binary.bin"], "binary.bin"),
    (1, ["read", "{dir}/empty.txt"], "empty.txt"),
    (1, ["read", "{dir}/page.html"], "HTML"),
    (1, ["show", "99"], "no prediction 99"),
    (1, ["keep", "99"], "no prediction 99"),
    (1, ["keep", "1"], "is open"),
    (1, ["resolve", "99", "true", "--reason", "x"], "no prediction 99"),
    (1, ["resolve", "1", "true", "--evidence", "99"], "no news item 99"),
    (1, ["accept", "99"], "99"),
    (1, ["reject", "99"], "99"),
    (1, ["link", "99"], "99"),
    (1, ["score", "Nobody"], "Nobody"),
    (1, ["news", "import", "{dir}/broken.jsonl"], "line 2"),
    (1, ["news", "import", "{dir}/missing.jsonl"], "missing.jsonl"),
    (1, ["feeds", "check", "{dir}/page.html"], "HTML"),
    (1, ["feeds", "check", "{dir}/missing.xml"], "missing.xml"),
    (1, ["feeds", "import", "{dir}/page.html"], "page.html"),
    (1, ["feeds", "remove", "99"], "99"),
    (1, ["verify", "--against", "{dir}/page.html"], "checkpoint"),
    (1, [], "terminal"),
    (1, ["demo"], "terminal"),
]


@pytest.mark.parametrize(
    ("code", "words", "named"),
    MISUSES,
    ids=lambda v: " ".join(v) if isinstance(v, list) else str(v),
)
def test_one_line_the_right_code_and_an_unchanged_ledger(
    calledit: CommandLine, code: int, words: list[str], named: str
) -> None:
    before = dump(calledit.ledger)
    answer = calledit(*(word.format(dir=calledit.ledger.parent) for word in words))
    assert answer.code == code, answer.err
    assert answer.out == ""
    said = [line for line in answer.err.splitlines() if not line.startswith("taken as published")]
    assert len(said) == 1
    assert said[0].startswith("calledit")
    assert named in said[0]
    assert dump(calledit.ledger) == before


@pytest.mark.parametrize("words", [["list"], ["verify"], ["add", "x", "--source", "y"], ["seed"]])
def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path, words: list[str]) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, this is no database. " * 60)
    answer = CommandLine(path)(*words)
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 1
    assert "letter.txt is not a ledger" in answer.err
    assert path.read_text().startswith("Dear reader")


@pytest.mark.parametrize("verb", ["verify", "checkpoint", "rebuild"])
def test_a_ledger_that_is_not_there_is_not_called_sound(tmp_path: Path, verb: str) -> None:
    answer = CommandLine(tmp_path / "none.db")(verb)
    assert answer.code == 1
    assert "there is no ledger" in answer.err
    assert not (tmp_path / "none.db").exists()


def test_hostile_words_are_not_echoed_raw(calledit: CommandLine) -> None:
    answer = calledit("resolve", "1", "\x1b]0;PWNED\x07true")
    assert answer.code == 2
    assert "\x1b" not in answer.err


def test_a_new_ledger_is_announced(tmp_path: Path) -> None:
    assert "began a new ledger" in CommandLine(tmp_path / "new.db").ok("list").err


def test_help_names_every_verb(tmp_path: Path) -> None:
    from tui.main import VERBS

    said = CommandLine(tmp_path / "x.db").ok("--help").out
    assert all(f"  {verb} " in said for verb in VERBS)


def dump(path: Path) -> list[str]:
    raw = sqlite3.connect(path)
    try:
        return [line for line in raw.iterdump() if "_fts" not in line]
    finally:
        raw.close()
