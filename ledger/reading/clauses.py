"""A sentence in clauses, so that two claims in one sentence are told apart."""

from __future__ import annotations

import re
from typing import NamedTuple

from ledger.reading.folding import fold

# Where a new assertion may begin: punctuation, or a conjunction with a subject of its own.
_BREAK = re.compile(
    r"[;:—–]\s*|,\s+(?=(?:and|but|or|so|yet|while|whereas|although|though|which|who|where|with)\b)"
    r"|,\s+|\s(?=(?:but(?: also)?|while|whereas|although|though|which|because|and|or|that)\s)"
)
# What may make a claim of a clause; `ledger.reading.cues` weighs it.
_ANCHOR = re.compile(
    r"(?<![\w-])(?:will|won't|shall|may|might|could|would|(?:is|are|was|were|be) (?:\w+ )?(?:likely"
    r"|unlikely|expected|set|due|scheduled|poised|projected|forecast|predicted|going|bound|certain"
    r"|planned|slated|about)|likely to|unlikely to|expects?|predicts?|forecasts?|projects|plans? to"
    r"|intends? to|vows?|vowed|pledge[sd]?|promise[sd]? to|aims? to|hopes? to)(?![\w-])|'ll\b"
)
_MIN_CLAUSE = 12


class Clause(NamedTuple):
    """A stretch of a sentence (offsets into it) and where its anchor stands, from its start."""

    start: int
    end: int
    anchor: int


def claim_clauses(sentence: str) -> list[Clause]:
    """The clauses that have an anchor of their own, in order; commas alone do not part them."""
    folded = fold(sentence)
    pieces = _pieces(folded)
    clauses: list[Clause] = []
    for start, end in pieces:
        anchor = _ANCHOR.search(folded, start, end)
        if anchor is None:
            if clauses:  # what trails belongs to the clause before
                clauses[-1] = clauses[-1]._replace(end=end)
        elif clauses and not _own_subject(folded, start, anchor.start()):
            clauses[-1] = clauses[-1]._replace(end=end)
        else:
            # What leads up to the first anchor belongs to its clause.
            begin = start if clauses else 0
            clauses.append(Clause(begin, end, anchor.start() - begin))
    return [_trimmed(sentence, clause) for clause in clauses]


def _pieces(folded: str) -> list[tuple[int, int]]:
    cuts = [0]
    for match in _BREAK.finditer(folded):
        if match.end() - cuts[-1] >= _MIN_CLAUSE:
            cuts.append(match.end())
    return list(zip(cuts, [*cuts[1:], len(folded)], strict=True))


_CONNECTIVE = re.compile(
    r"\s*(?:and|but(?: also)?|or|so|yet|while|whereas|although|though|because|that|which|who|with"
    r"|where|also|then)\b\s*"
)


def _own_subject(folded: str, start: int, anchor: int) -> bool:
    """Whether words stand between the connective and the anchor: a subject of its own."""
    lead = _CONNECTIVE.match(folded, start, anchor)
    begin = lead.end() if lead else start
    relative = lead is not None and lead.group().strip() in ("which", "who", "also", "but also")
    return relative or len(folded[begin:anchor].strip()) >= 2


def _trimmed(sentence: str, clause: Clause) -> Clause:
    start, end = clause.start, clause.end
    lead = _CONNECTIVE.match(fold(sentence), start, end) if start else None
    if lead is not None and lead.group().strip() not in ("which", "who", "where"):
        start = lead.end()
    while start < end and sentence[start] in " ,;:—–\n\t\r":
        start += 1
    while end > start and sentence[end - 1] in " ,;:—–\n\t\r":
        end -= 1
    return Clause(start, end, max(0, clause.anchor + clause.start - start))
