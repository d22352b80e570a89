"""The stated condition of a claim: "if …", "unless …", "provided …"."""

from __future__ import annotations

import re

from ledger.reading.folding import fold

# To the end of the conditional clause: a comma, a dash, or the end.
_CLAUSE = r"[^,;:.—–]{3,200}"
_MARKED = re.compile(
    rf"(?<![\w-])(?P<phrase>(?:(?:only |even |especially |but )?if|unless|assuming(?: that)?"
    rf"|provided(?: that)?|providing(?: that)?|as long as|so long as|on condition that"
    rf"|in the event (?:of|that)|in case(?: of)?|depending on|subject to|barring|absent"
    rf"|without(?= an?\b| any\b| the\b| more\b| further\b))\b {_CLAUSE})"
)
# Words that look like conditions and are none: embedded questions, comparisons, politeness.
_NOT_ONE = re.compile(
    r"(?:as|even|what|ask(?:s|ed|ing)?|asking|wonder(?:s|ed|ing)?|know|knows|knew|see|sure|unclear"
    r"|uncertain|decide|question(?: is)?|doubt(?:s|ed)?|check|determine|or)\s$|^if (?:any|not|so|only"
    r"|you|ever|anything|possible|necessary)\b"
)
# "A failure to agree could …", "Any deal would …": the subject itself is what must happen first.
_SUBJECT = re.compile(
    r"^(?:[^,;]{0,80}, )?(?P<phrase>(?:a |any |the |such (?:a |an )?)?(?:failure|refusal|collapse|breach|"
    r"breakdown|defeat|victory|deal|agreement|settlement|ceasefire|truce|win|loss)\b[^,;]{0,60}?)"
    r" (?:would|could|might|may)\b"
)


def find_condition(clause: str, sentence: str) -> str | None:
    """The words of the condition under which a claim holds; None where none is stated.

    Args:
        clause: The claim's own clause.
        sentence: The sentence around it: a condition often stands before the clause.
    """
    for text in (clause, sentence):
        folded = fold(text[:4_000])
        for match in _MARKED.finditer(folded):
            before = folded[max(0, match.start() - 24) : match.start()]
            if not _NOT_ONE.search(before) and not _NOT_ONE.search(match["phrase"]):
                return text[match.start("phrase") : match.end("phrase")].strip()
    found = _SUBJECT.match(fold(clause[:400]))
    return None if found is None else clause[found.start("phrase") : found.end("phrase")].strip()
