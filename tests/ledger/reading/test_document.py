"""From bytes to text to numbered paragraphs."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ReadError
from ledger.reading.document import LIMIT_BYTES
from ledger.reading.document import decode_text
from ledger.reading.document import paragraphs

TEXT = "Größe – “quoted” text.\r\nSecond line."


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
    ],
)
def test_common_encodings_give_the_same_characters(raw: bytes) -> None:
    assert decode_text(raw) == TEXT


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        (b"", "a.txt", "holds no text"),
        (b" \n\t", "a.txt", "holds no text"),
        (b"abc\0def", "a.txt", "not plain text"),
        (b"\x01\x02\x03\x04abc", "a.txt", "not plain text"),
        (b"%PDF-1.7 text", "a.pdf", "not plain text"),
        (b"  <!DOCTYPE html><p>Hi", "a.txt", "HTML is not read yet"),
        (b"<html>", "a", "HTML is not read yet"),
        (b"Plain after all.", "page.HTML", "HTML is not read yet"),
        (b"x" * (LIMIT_BYTES + 1), "a.txt", "longer than"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8", "a.txt", "known encoding"),
    ],
)
def test_what_is_no_article_is_refused_in_one_line(raw: bytes, name: str, said: str) -> None:
    with pytest.raises(ReadError, match=said) as caught:
        decode_text(raw, name=name)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(raw: bytes) -> None:
    try:
        text = decode_text(raw)
    except ReadError:
        return
    assert text.strip()


def kinds(text: str) -> list[str]:
    return [paragraph.kind for paragraph in paragraphs(text)]


def test_kinds_are_told_by_form() -> None:
    text = (
        "Why Rates Will Fall Next Year\nBy Ann Writer\nPublished: 3 May 2024\n\n"
        "The bank met. It will cut.\nPhoto: Somebody / Agency\nRead also: It will cut rates soon.\n"
        "What comes next\nNobody knows yet.\nSome more text stands here.\n“So it will be.”"
    )
    assert kinds(text) == [
        "heading", "byline", "byline", "text", "caption", "link", "heading", "text", "text", "text",
    ]  # fmt: skip


def test_a_text_without_stops_keeps_its_lines() -> None:
    assert (
        kinds("inflation will fall to 2% by 2026\noil will rise\n- the euro may fall")
        == ["text"] * 3
    )


def test_hard_wrapped_lines_make_one_paragraph() -> None:
    text = (
        "The central bank met on Monday and it said that it\nwould cut rates by the end of the year"
        " if prices fall\nfurther.\n\nA second paragraph begins here, after a blank one, and\nends."
    )
    found = paragraphs(text)
    assert [(one.number, one.kind) for one in found] == [(1, "text"), (2, "text")]
    assert text[found[0].start : found[0].end].endswith("further.")


@given(st.text(max_size=300))
def test_paragraphs_cover_every_visible_character_in_order(text: str) -> None:
    found = paragraphs(text)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    last = 0
    for one in found:
        assert not text[last : one.start].strip()
        assert text[one.start : one.end].strip() == text[one.start : one.end] != ""
        last = one.end
    assert not text[last:].strip()
