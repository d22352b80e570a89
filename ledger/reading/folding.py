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
