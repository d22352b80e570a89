"""Text in: encodings, refusals, paragraphs, sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ReadError
from ledger.reading.document import decode_text
from ledger.reading.document import paragraphs
from ledger.reading.sentences import split_sentences


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_umlauts(codec: str) -> None:
    assert decode_text("Züge fahren – “bald”".encode(codec)).lstrip("\ufeff").startswith("Züge")


def test_old_windows_text_is_read() -> None:
    assert decode_text("Züge fahren".encode("cp1252")) == "Züge fahren"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no text"),
        (b" \n\t\n", "no text"),
        (bytes(range(256)) * 4, "not text"),
        (b"%PDF-1.7 \n%binary", "plain text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "plain text"),
        (b"<!DOCTYPE html><html><p>Hello</p></html>", "HTML"),
    ],
)
def test_what_cannot_be_read_is_named(raw: bytes, said: str) -> None:
    with pytest.raises(ReadError, match=said) as caught:
        decode_text(raw, name="a.txt")
    assert str(caught.value).startswith("a.txt")


@given(st.text())
def test_paragraphs_cover_every_word_in_order(text: str) -> None:
    found = paragraphs(text)
    assert [p.number for p in found] == list(range(1, len(found) + 1))
    ends = [0, *(p.end for p in found)]
    assert all(before <= p.start < p.end for before, p in zip(ends, found, strict=False))
    covered = set().union(*(range(p.start, p.end) for p in found)) if found else set()
    assert all(c.isspace() or i in covered or not c.isprintable() for i, c in enumerate(text))


@given(st.text())
def test_sentences_cover_every_word_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert "".join(text[a:b] for a, b in spans).split() == "".join(text.split()).split() or (
        "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Smith met Dr. Jones. They agreed.", 2),
        ("It fell 3.5 per cent. Then it rose.", 2),
        ("The U.S. Senate will vote. So will the House.", 2),
        ("“It will rain.” She left.", 2),
        ("会议将于明年举行。他会参加。", 2),
        ("Prices (e.g. of bread) may rise. Wages, too.", 2),
    ],
)
def test_sentence_boundaries(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count
