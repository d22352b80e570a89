"""The door: nothing that a terminal would obey comes through."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.clean import strip_controls

FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x00\x07\x1b[]0;m\\\x7f\x80\x9b\x9d\u202e\u2066\ud800\U000e0041\n\r\t ab"),
    )
)


def is_safe(text: str, *, keeping: str = "") -> bool:
    return not any(
        (unicodedata.category(c) in FORBIDDEN or c in BIDI) and c not in keeping for c in text
    )


@given(hostile)
def test_a_line_is_one_safe_line(text: str) -> None:
    line = clean_line(text)
    assert is_safe(line)
    assert line == line.strip()


@given(hostile)
def test_a_block_keeps_line_feeds_and_nothing_else(text: str) -> None:
    assert is_safe(clean_block(text), keeping="\n")


@given(hostile)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_block(clean_block(text)) == clean_block(text)
    assert strip_controls(strip_controls(text)) == strip_controls(text)


@given(hostile)
def test_the_second_door_lets_tabs_and_line_feeds_through_only(text: str) -> None:
    assert is_safe(strip_controls(text), keeping="\n\t")


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;PWNED\x07b", "ab"),
        ("a\x1b]52;c;aGk=\x1b\\b", "ab"),
        ("a\x9d0;x\x9cb", "ab"),
        ("a\x9b31mb", "ab"),
        ("one\r\ntwo\rthree\x0bfour\x85five", "one two three four five"),
        ("price \u202e001", "price 001"),
        ("e\u0301", "é"),
        ("  much   space ", "much space"),
        ("👩‍👩‍👧 می‌خواهم", "👩‍👩‍👧 می‌خواهم"),
        ("[red]x[/]", "[red]x[/]"),
    ],
)
def test_known_cases(raw: str, safe: str) -> None:
    assert clean_line(raw) == safe


def test_an_unterminated_escape_string_does_not_swallow_the_text() -> None:
    assert "the end" in clean_line("\x1b]0;title and then\nthe end")


def test_a_long_line_is_cut_with_a_sign() -> None:
    cut = clean_line("word " * 1_000, limit=20)
    assert len(cut) <= 20
    assert cut.endswith("…")


def test_blank_lines_are_folded_and_line_breaks_kept() -> None:
    assert clean_block("a\r\n\r\n\r\n\r\nb\rc") == "a\n\nb\nc"
