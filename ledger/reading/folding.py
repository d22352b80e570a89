"""Text folded for matching, character for character, so that offsets stay true."""

from __future__ import annotations

import string

# Str.lower would change the length of some letters (İ), so only ASCII is lowered; the curly and
# spacing variants that news uses become their plain forms. Line breaks inside a wrapped
# sentence become spaces, one for one.
_FOLDS = str.maketrans(
    string.ascii_uppercase + "’‘‛“”„\u00a0\u2009\u202f\u2010\u2011\n\r\t\x0b\x0c",
    string.ascii_lowercase + "'''\"\"\"" + "   --     ",
)


def fold(text: str) -> str:
    """`text` in lower-case ASCII with plain quotes and spaces; exactly as long as before."""
    return text.translate(_FOLDS)


def is_name(text: str, start: int) -> bool:
    """Whether the word at `start` has a capital though no sentence or quotation starts there."""
    if not text[start : start + 1].isupper():
        return False
    before = text[max(0, start - 3) : start].rstrip()
    return (start > 0 and before[-1:].isalnum()) or before.endswith(",")


def words(listed: str) -> frozenset[str]:
    """A word list written as one text, as a set."""
    return frozenset(listed.split())
