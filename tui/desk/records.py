"""What the screens show: frozen records whose text is safe for a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields
from dataclasses import is_dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from ledger.clean import strip_controls

if TYPE_CHECKING:
    from datetime import date

    from ledger.model import Article
    from ledger.model import Evidence
    from ledger.model import Prediction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tally:
    """How much there is on each screen, for the top line."""

    due: int
    open: int
    drafts: int
    resolved: int
    feeds: int
    failing: int


@dataclass(frozen=True, slots=True)
class ClaimIds:
    """A list's predictions in order, and where its second part begins.

    Attributes:
        ids: Every id in the order of the list.
        first: How many of them make the first part: the due ones of the review list, all of
            any other.
    """

    ids: tuple[int, ...]
    first: int

    def holding(self, claim: int, index: int) -> ClaimIds:
        """The same list with a prediction that has left it put back at its old place."""
        if claim in self.ids:
            return self
        ids = (*self.ids[:index], claim, *self.ids[index:])
        return ClaimIds(ids, self.first + (index <= self.first < len(ids)))


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One line of a list of predictions."""

    id: int
    statement: str
    source: str
    made_on: date
    due_on: date
    probability: str | None
    hedge: str
    status: str
    outcome: str | None
    resolved_on: date | None
    attached: int
    suggested: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A news item that may bear on a prediction, as its evidence list shows it.

    Attributes:
        link_id: The suggestion's id; 0 for evidence that a person brought.
        evidence_id: The attached evidence's id; 0 while it is only suggested.
        score: How well it matches, 0 to 1.
        why: The matched words.
    """

    link_id: int
    evidence_id: int
    title: str
    url: str | None
    publisher: str
    published: str
    score: float
    stance: str
    stance_confidence: float
    why: tuple[str, ...]

    @property
    def attached(self) -> bool:
        """Whether it is evidence already."""
        return self.evidence_id > 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What a verdict would do to the source's figures, in words."""

    outcome: str
    says: str


@dataclass(frozen=True, slots=True)
class Past:
    """One line of a prediction's history."""

    at: str
    actor: str
    words: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One prediction with all that its detail pane shows.

    Attributes:
        candidates: Suggested and attached news, numbered from 1 in this order.
        brought: Evidence that no suggestion stands for.
        paragraph: The paragraph around the quote; the quote alone where the text is not held.
    """

    prediction: Prediction
    article: Article | None
    paragraph: str
    candidates: tuple[Candidate, ...]
    brought: tuple[Evidence, ...]
    previews: tuple[Preview, ...]
    notes: tuple[str, ...]
    history: tuple[Past, ...]

    @property
    def attached(self) -> int:
        """How many pieces of evidence there are."""
        return len(self.brought) + sum(one.attached for one in self.candidates)


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb did, in one line, and to which prediction."""

    line: str
    claim: int = 0


def safe(record: T) -> T:
    """A frozen record with every text in it, however deep, stripped of controls."""
    cleaned: T = _safe(record)
    return cleaned


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return strip_controls(value)
    if isinstance(value, tuple):
        return tuple(_safe(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in fields(value) if f.init]
        return replace(value, **{name: _safe(getattr(value, name)) for name in names})
    return value
