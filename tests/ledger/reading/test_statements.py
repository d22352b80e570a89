"""Statements: one line that stands by itself."""

from __future__ import annotations

import pytest

from ledger.reading.statements import statement


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("However, the bridge will reopen.", "The bridge will reopen."),
        ("While it could help", "It could help"),
        ("While it rains, the bridge will close.", "While it rains, the bridge will close."),
        ("The mayor said that the bridge will reopen soon.", "The bridge will reopen soon."),
        ("According to the mayor, the bridge will reopen soon.", "The bridge will reopen soon."),
    ],
)
def test_statements(sentence: str, line: str) -> None:
    assert statement(sentence, 0, len(sentence)) == line


def test_a_relative_clause_takes_its_noun_along() -> None:
    sentence = "The board spoke of the lock, which will close next year."
    start = sentence.index("which")
    assert statement(sentence, start, len(sentence)).startswith("The lock, which will close")
