"""A claim as the reader found it → the fields of a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from datetime import date

    from ledger.reading.model import Claim


def draft_fields(claim: Claim, *, published: date, byline: str) -> dict[str, Any]:
    """The fields of the draft that a claim becomes.

    A claim without a deadline, or with one that lies before its article (which no claim about
    the future can mean), gets the default horizon when it is recorded.

    Args:
        claim: What the reader found.
        published: When its article was published; the day on which the claim was made.
        byline: Who speaks where the text names nobody: the author, the outlet, or a stand-in.
    """
    fields = {
        "statement": claim.statement,
        "source": byline if claim.speaker in ("", "AUTHOR") else claim.speaker,
        "speaker_basis": claim.speaker_basis,
        "made_on": published.isoformat(),
        "quote": claim.quote,
        "quote_start": claim.start,
        "quote_end": claim.end,
        "paragraph": claim.paragraph,
        "sentence": claim.sentence,
        "hedge": claim.hedge,
        "hedge_class": claim.hedge_class,
        "noncommittal": claim.noncommittal,
        "negated": claim.negated,
        "probability": claim.probability,
        "probability_low": claim.probability_low,
        "probability_high": claim.probability_high,
        "probability_basis": claim.probability_basis,
        "condition": claim.condition,
        "checkable": claim.checkable,
        "kind": claim.kind,
        "confidence": f"{claim.confidence:.2f}",
        "cues": list(claim.cues),
    }
    if claim.due is not None and claim.due >= published:
        fields |= {
            "due_start": claim.due_start.isoformat(),
            "due_on": claim.due.isoformat(),
            "due_basis": claim.due_basis,
            "due_phrase": claim.due_phrase,
            "due_rule": claim.due_rule,
        }
    return fields
