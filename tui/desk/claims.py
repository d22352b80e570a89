"""One prediction whole, for its detail pane."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from ledger import events as ev
from ledger import links
from ledger import queries
from ledger.model import OUTCOME_WORDS
from tui.desk.records import Candidate
from tui.desk.records import ClaimView
from tui.desk.records import Past
from tui.desk.records import safe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.links import Link
    from ledger.model import Evidence
    from ledger.queries import Deed
    from tui.desk.records import Preview

_DEEDS = {
    ev.LINK_REJECTED: "rejection of a suggestion",
    ev.DRAFTED: "read as a draft",
    ev.RECORDED: "recorded",
    ev.KEPT: "kept",
    ev.DROPPED: "dropped",
    ev.AMENDED: "changed",
    ev.NOTED: "noted",
    ev.WITHDRAWN: "withdrawn",
    ev.DETACHED: "evidence taken off",
    ev.REOPENED: "reopened",
}


def claim_view(
    conn: Connection, prediction_id: int, previews: tuple[Preview, ...] = ()
) -> ClaimView:
    """A prediction with its article, evidence, suggestions, notes and history.

    Raises:
        NotFoundError: There is none with this id.
    """
    whole = queries.whole(conn, queries.get_prediction(conn, prediction_id))
    # By score alone, so that a number stays with its item when it is attached.
    suggestions = sorted(links.links_of(conn, prediction_id), key=lambda one: -one.score)
    candidates = [_candidate(one, whole.evidence) for one in suggestions]
    numbered = {one.evidence_id for one in candidates}
    return safe(
        ClaimView(
            prediction=whole.prediction,
            article=whole.article,
            paragraph=queries.paragraph_of(conn, whole.prediction),
            candidates=tuple(candidates),
            brought=tuple(one for one in whole.evidence if one.id not in numbered),
            previews=previews,
            notes=whole.notes,
            history=tuple(_past(deed) for deed in whole.history if deed.type != ev.UNDONE),
        )
    )


def deed_words(kind: str, data: Mapping[str, Any]) -> str:
    """What an event did, in a few words."""
    if kind == ev.RESOLVED:
        return f"verdict: {OUTCOME_WORDS.get(data['outcome'], data['outcome'])}"
    if kind == ev.ATTACHED:
        what = data["evidence"]
        return f"evidence: {what['title'] or what['url'] or what['quote'][:60]}"
    if kind == ev.AMENDED:
        return "changed " + ", ".join(name.replace("_", " ") for name in data["changes"])
    said = data.get("reason") or data.get("text") or ""
    return f"{_DEEDS.get(kind, kind)}: {said}" if said else _DEEDS.get(kind, kind)


def _past(deed: Deed) -> Past:
    return Past(deed.at, deed.actor, deed_words(deed.type, deed.data), deed.taken_back)


def _candidate(suggestion: Link, held: Sequence[Evidence]) -> Candidate:
    evidence_id = next((one.id for one in held if one.item_id == suggestion.item_id), 0)
    return Candidate(
        link_id=suggestion.id,
        evidence_id=evidence_id,
        title=suggestion.title,
        url=suggestion.url,
        publisher=suggestion.publisher,
        published=suggestion.published,
        score=suggestion.score,
        stance=suggestion.stance,
        stance_confidence=suggestion.stance_confidence,
        why=tuple(suggestion.why),
    )
