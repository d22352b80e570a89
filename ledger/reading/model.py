"""What a reading yields: the claims of one dated article, each with its exact place."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Claim:
    """One forward-looking claim, as the reader understands it.

    `start` and `end` are character offsets into the text as read, and `text[start:end]` is
    `quote`. Paragraphs (non-empty lines) and sentences within one are numbered from 1.
    Probabilities are decimal strings in 0-1, or None where nothing gives a number.
    """

    quote: str
    start: int
    end: int
    paragraph: int
    sentence: int
    statement: str
    """The claim as one clean line, without the words of attribution around it."""
    speaker: str
    speaker_basis: str
    """`quoted` (own words), `paraphrased` (reported), or `author` (nobody else is named)."""
    hedge: str
    """The word that carries the strength; empty where a number or a bare schedule does."""
    hedge_class: str
    """`certain`, `likely`, `possible`, `unlikely` or `very_unlikely`."""
    negated: bool
    """Whether the proposition holds a "not": the probability is that of the negation."""
    probability: str | None
    probability_low: str | None
    probability_high: str | None
    probability_basis: str
    """`stated` by the source, `hedge` (mapped by the lexicon), or `none`."""
    noncommittal: bool
    """Whether readers disagree too much on the hedge for it to be scored."""
    condition: str | None
    due_start: date
    due: date | None
    """The last day on which the claim can still come true; None where the text names none."""
    due_basis: str
    """`stated` (an absolute date), `relative` to publication, a dated `event`, or `none`."""
    due_phrase: str
    due_rule: str
    checkable: str
    """`yes`, `partly` or `no`: whether public facts could settle it."""
    kind: str
    """`prediction`, `plan` (somebody means to) or `schedule` (it stands in a calendar)."""
    confidence: float
    """How surely this is a forward-looking claim at all, 0-1."""
    cues: tuple[str, ...]
    """Why, in readable words: each cue found and what it says."""

    def to_json(self) -> dict[str, Any]:
        """The claim as JSON values, dates as ISO text."""
        record = asdict(self)
        record["cues"] = list(self.cues)
        record["due_start"] = self.due_start.isoformat()
        record["due"] = self.due.isoformat() if self.due else None
        return record


@dataclass(frozen=True, slots=True)
class Reading:
    """An article, known by the SHA-256 of its text, and the claims found in it."""

    title: str
    published: date
    sha256: str
    claims: tuple[Claim, ...]

    def to_json(self, *, url: str | None = None) -> dict[str, Any]:
        """The reading as JSON values; `url` is where the article came from, if from the web."""
        article = {
            "title": self.title,
            "published": self.published.isoformat(),
            "url": url,
            "sha256": self.sha256,
        }
        return {"article": article, "claims": [claim.to_json() for claim in self.claims]}
