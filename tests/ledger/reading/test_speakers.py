"""Who stands behind a sentence, and under which condition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reading.conditions import find_condition
from ledger.reading.speakers import Attribution
from ledger.reading.speakers import SpeakerTracker


def attribute(*sentences: str) -> list[Attribution]:
    tracker = SpeakerTracker("AUTHOR")
    return [
        tracker.attribute(sentence, " ".join(sentences[number + 1 :]))
        for number, sentence in enumerate(sentences)
    ]


@pytest.mark.parametrize(
    ("sentence", "speaker", "basis"),
    [
        ("According to the World Bank, growth will slow.", "the World Bank", "paraphrased"),
        ("“Prices will fall,” said Jane Roe, an economist.", "Jane Roe", "quoted"),
        ("“Prices will fall,” Jane Roe said on Monday.", "Jane Roe", "quoted"),
        ("Jane Roe, who runs the bank, warned that prices will fall.", "Jane Roe", "paraphrased"),
        ("Prices will fall, analysts said.", "analysts", "paraphrased"),
        ("In a note, Prime Minister Jane Roe said it would end.", "Jane Roe", "paraphrased"),
        ("The firm plans to open ten shops.", "The firm", "paraphrased"),
        ("Prices are expected to fall.", "AUTHOR", "author"),
        ("The peace plan may fail.", "AUTHOR", "author"),
        ("I think that prices will fall.", "AUTHOR", "author"),
    ],
)
def test_the_source_is_found(sentence: str, speaker: str, basis: str) -> None:
    assert attribute(sentence) == [Attribution(speaker, basis)]


def test_a_pronoun_is_the_person_named_last() -> None:
    found = attribute("Jane Roe took over in May.", "She said that prices will fall.")
    assert found[1] == Attribution("Jane Roe", "paraphrased")


def test_an_open_quotation_is_carried_on() -> None:
    found = attribute("“Prices will fall.", "Wages will rise,” said Jane Roe.", "Shops will close.")
    assert [one.speaker for one in found] == ["Jane Roe", "Jane Roe", "AUTHOR"]


@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_sentences_are_attributed(sentences: list[str]) -> None:
    assert all(one.speaker for one in attribute(*sentences))


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("If oil falls, rates will too.", "If oil falls"),
        ("Rates will rise unless oil falls.", "unless oil falls"),
        ("Rates will fall, provided that oil does.", "provided that oil does"),
        ("Without a deal, the firm will close.", "Without a deal"),
        ("Even if oil falls, rates will rise.", None),
        ("They asked if rates will rise.", None),
        ("Rates will rise without warning.", None),
        ("It looks as if rates will rise.", None),
        ("The food provided by the firm will last.", None),
    ],
)
def test_a_condition_is_told_from_what_looks_like_one(sentence: str, condition: str | None) -> None:
    span = find_condition(sentence)
    assert (sentence[span[0] : span[1]] if span else None) == condition


def test_of_a_role_and_a_name_beside_it_the_name() -> None:
    (said,) = attribute("The mayor, Ann Lee, said that the bridge will reopen.")
    assert said.speaker == "Ann Lee"
