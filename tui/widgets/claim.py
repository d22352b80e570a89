"""A prediction in words, as the detail pane shows it on each screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.text import day
from tui.text import day_of
from tui.text import late
from tui.text import one_line
from tui.text import percent
from tui.text import span_bar

if TYPE_CHECKING:
    from datetime import date

    from ledger.model import Prediction
    from tui.desk.records import ClaimView

Parts = list[tuple[str, str]]

OUTCOME_MARKS = {
    "true": ("✓", "good"),
    "false": ("✗", "bad"),
    "partial": ("◐", "warn"),
    "ambiguous": ("?", "dim"),
    "annulled": ("∅", "dim"),
}
OUTCOME_SHORT = {
    "true": "came true",
    "false": "did not",
    "partial": "in part",
    "ambiguous": "ambiguous",
    "annulled": "annulled",
}
_COLORS = {"good": "$good", "bad": "$bad", "warn": "$warn", "dim": "$muted"}
_CHECKABLE = {
    "yes": "",
    "partly": "only partly checkable",
    "no": "nothing would settle it",
}


def review_content(view: ClaimView, today: date, *, compact: bool) -> Content:
    """An open prediction: what settles it, and what each verdict would do."""
    claim = view.prediction
    head = [*_statement(claim), ("\n", ""), *_due_line(claim, today)]
    if claim.outcome is not None:  # somebody else was faster
        head += [("\n", ""), *_verdict(claim)]
    return _joined(
        [
            head if compact else [*head, ("\n", ""), *_made(claim)],
            _previews(view, compact=compact) if compact else [],
            _criterion(claim),
            _previews(view, compact=compact) if not compact else [],
            _strength(claim),
            _quote(view),
            _notes(view),
            _history(view),
        ],
        compact=compact,
    )


def draft_content(view: ClaimView, today: date, *, compact: bool) -> Content:
    """A draft: the quote in its paragraph, and how every part of it was read."""
    claim = view.prediction
    return _joined(
        [
            _statement(claim),
            [*_made(claim), *_article(view)],
            _paragraph(view),
            _strength(claim) or [("no probability and no hedge was found", "$muted")],
            [*_due_line(claim, today), *_rule(claim)],
            _reading(claim),
            _criterion(claim),
            _notes(view),
        ],
        compact=compact,
    )


def resolved_content(view: ClaimView, *, compact: bool) -> Content:
    """A judged prediction: the verdict, who gave it, and on what it rests."""
    claim = view.prediction
    return _joined(
        [
            [*_statement(claim), ("\n", ""), *_verdict(claim)],
            [(claim.reason, "")] if claim.reason else [],
            [*_made(claim), *_article(view)],
            _due_line(claim, None),
            _criterion(claim),
            _strength(claim),
            _quote(view),
            _notes(view),
            _history(view),
        ],
        compact=compact,
    )


def _joined(sections: list[Parts], *, compact: bool) -> Content:
    gap = "\n" if compact else "\n\n"
    parts: Parts = []
    for section in sections:
        if section:
            parts += [(gap, ""), *section] if parts else section
    return Content.assemble(*parts)


def _statement(claim: Prediction) -> Parts:
    return [(one_line(claim.statement), "bold")]


def _due_line(claim: Prediction, today: date | None) -> Parts:
    parts: Parts = [(f"due {day(claim.due_on)}", "$muted")]
    if today is not None:
        days = claim.days_late(today)
        parts += [(" · ", "$muted"), (late(days), "$warn" if days >= 0 else "")]
    if claim.due_basis == "default":
        parts.append((" · no date in the text: we chose it", "$muted"))
    elif claim.due_phrase:
        parts.append((f" · “{one_line(claim.due_phrase)}” ({claim.due_basis})", "$muted"))
    return parts


def _rule(claim: Prediction) -> Parts:
    return [(f"\n{one_line(claim.due_rule)}", "$muted")] if claim.due_rule else []


def _made(claim: Prediction) -> Parts:
    said = f" · said {day(claim.made_on)} · #{claim.id}"
    return [(one_line(claim.source), ""), (said, "$muted")]


def _article(view: ClaimView) -> Parts:
    title = one_line(view.article.title) if view.article else ""
    return [(f" · in “{title}”", "$muted")] if title and title != view.prediction.source else []


def _criterion(claim: Prediction) -> Parts:
    if not claim.criterion and not claim.condition:
        return [("No criterion yet: e writes what would settle it.", "$muted")]
    condition = f"Condition: {one_line(claim.condition)}" if claim.condition else ""
    return [("\n".join(text for text in (claim.criterion, condition) if text), "")]


def _previews(view: ClaimView, *, compact: bool) -> Parts:
    keys = {"true": "y", "false": "n"}
    parts: Parts = []
    for one in view.previews:
        word = OUTCOME_SHORT[one.outcome] + ("" if compact else ":")
        parts += [
            (("  " if compact else "\n") if parts else "", ""),
            (keys[one.outcome], "$accent"),
            (f" {word} " if compact else f" {word:<11}", ""),
            (one.says, "$muted"),
        ]
    return parts


def _strength(claim: Prediction) -> Parts:
    if claim.probability is None:
        return [(f"“{one_line(claim.hedge)}”, no number", "")] if claim.hedge else []
    said = percent(claim.probability)
    if claim.probability_basis == "hedge":
        said += f" {one_line(claim.hedge)}" if claim.hedge else " from its hedge"
    else:
        said += " stated"
    parts: Parts = [(said, "")]
    if claim.probability_low and claim.probability_high:
        spread = [float(x) for x in (claim.probability_low, claim.probability_high)]
        drawn = span_bar(spread[0], float(claim.probability), spread[1], 15)
        low = percent(claim.probability_low).removesuffix(" %")
        parts += [
            ("  ", ""),
            (drawn, "$accent"),
            (f"  readers {low}–{percent(claim.probability_high)}", "$muted"),
        ]
    if claim.noncommittal:
        parts.append(("\nnon-committal: in the hit rate, not in the Brier score", "$muted"))
    return parts


def _quote(view: ClaimView) -> Parts:
    return [(f"“{one_line(view.prediction.quote)}”", "italic")] if view.prediction.quote else []


def _paragraph(view: ClaimView) -> Parts:
    """The paragraph, with the quote in it marked by colour and by brackets."""
    whole, quote = one_line(view.paragraph), one_line(view.prediction.quote)
    if not quote:
        return []
    before, found, after = whole.partition(quote)
    if not found:
        before, after = "", ""
    return [(before, "$muted"), (f"⟦{quote}⟧", "bold $accent"), (after, "$muted")]


def _reading(claim: Prediction) -> Parts:
    said = [claim.kind if claim.kind != "prediction" else "", _CHECKABLE.get(claim.checkable, "")]
    said.append("says that it will not happen" if claim.negated else "")
    said.append(f"cues: {', '.join(claim.cues)}" if claim.cues else "")
    said.append(f"read with confidence {claim.confidence}" if claim.confidence else "")
    return [(one_line(" · ".join(text for text in said if text)), "$muted")]


def _verdict(claim: Prediction) -> Parts:
    from ledger.model import OUTCOME_WORDS

    mark, style = OUTCOME_MARKS.get(claim.outcome or "", ("", "dim"))
    said = f"{mark} {OUTCOME_WORDS.get(claim.outcome or '', claim.outcome)}"
    said += f" (credit {claim.credit})" if claim.credit else ""
    when = f" · {day(claim.resolved_on)}" if claim.resolved_on else ""
    return [(said, f"bold {_COLORS[style]}"), (f"{when} · by {claim.resolved_by}", "$muted")]


def _notes(view: ClaimView) -> Parts:
    return [("\n".join(f"note: {one_line(words)}" for words in view.notes), "")] * bool(view.notes)


def _history(view: ClaimView) -> Parts:
    parts: Parts = []
    for past in view.history:
        style = "$muted strike" if past.taken_back else "$muted"
        back = " (taken back)" if past.taken_back else ""
        line = f"{day_of(past.at)}  {past.actor}  {one_line(past.words)}{back}"
        parts += [("\n" if parts else "", ""), (line, style)]
    return parts
