"""The condition under which a claim is made, if it names one."""

from __future__ import annotations

import re

from ledger.reading.folding import fold

_OPENING = re.compile(
    r"\b(?:only if|if|unless|assuming(?: that)?|provid(?:ed|ing) (?:that )?(?=the "
    r"|it |they |he |she "
    r"|there |we |you |all |both |that )|as long as|so long as"
    r"|on (?:the )?condition that"
    r"|in the event (?:of|that)|depending on|conditional on|contingent on|in case of"
    r"|absent"
    r"|without)\b"
)
_NOT_BEFORE = re.compile(
    r"\b(?:as|even|what|ask|asks|asked|asking|know|knows|known|knew|see|sees|wonder|wonders"
    r"|wondered|decide|determine|unsure|sure|unclear|question|check|tell|doubt|doubts|or|and|but"
    r"|matter|find out|say|said|not|done|goes|possible)\s\Z"
)
_NOT_AFTER = re.compile(
    r"if (?:not|any|anything|ever|only|so|possible|necessary|needed|at all|true"
    r"|correct|you (?:like|want))\b"
    r"|without (?:\w{2,20}ing\b|question|doubt|warning|fail|notice|incident|a trace"
    r"|charge|power"
    r"|explanation|comment|giving|delay|saying)"
    r"|absent (?:from|for)"
)
_CLOSING = re.compile(r"[,;:—]|\.\s|[.!?]?[\"”’)]{0,2}\s*\Z| (?:then|but|although|while) ")


def find_condition(sentence: str) -> tuple[int, int] | None:
    """The span of the first condition in a sentence, its opening word included; None if none.

    Concessions ("even if"), embedded questions ("asked if") and set phrases ("if necessary")
    are no conditions.
    """
    folded = fold(sentence[:2_000])
    for match in _OPENING.finditer(folded):
        before = folded[max(0, match.start() - 14) : match.start()]
        if _NOT_AFTER.match(folded, match.start()):
            continue
        if _NOT_BEFORE.search(before) and not re.search(r"\b(?:and|but|or|say|said)\s\Z", before):
            continue
        closing = _CLOSING.search(folded, match.end())
        end = closing.start() if closing else len(folded)
        if end - match.start() >= 6:
            return match.start(), end
    return None
