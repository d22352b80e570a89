"""Sentence boundaries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reading.sentences import split_sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Mr. Smith met Gen. Lee in Washington D.C. on Jan. 5.", "They agreed."],
        ["Growth was 2.5 percent.", "It will slow."],
        ["“We will win.”", "He paused."],
        ["George H.W. Bush spoke.", "The U.S. economy grew."],
        ["It is made by Apple Inc.", "The firm will grow."],
        ["“Enough?” he asked.", "Nobody knew!", "So it goes…", "Then it ends."],
        ["See No. 10 for more.", "Dr. No. 2 is here."],
        ["価格は下がる。", "賃金は上がる！", "本当か？"],
        ["one without a stop"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    glue = "" if "。" in sentences[0] else " "
    assert split(glue.join(sentences)) == sentences


@given(st.text(alphabet=st.sampled_from("aB .!?…。”\"“'\n\u2003U9"), max_size=120))
def test_spans_are_exact_ordered_and_lose_nothing(text: str) -> None:
    last = 0
    for start, end in split_sentences(text):
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        last = end
    assert not text[last:].strip()
