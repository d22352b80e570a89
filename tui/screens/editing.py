"""The fields of a prediction as a form, and the form's answer as changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from tui.text import one_line
from tui.widgets.form import Field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ledger.model import Prediction

_PROBABILITY_HINT = "0.7, or empty"


def fields_of(claim: Prediction) -> list[Field]:
    """What can be changed of a prediction, as it is."""
    return [
        Field("statement", "statement", claim.statement, lines=True),
        Field("criterion", "came true if …", claim.criterion, lines=True),
        Field("due_on", "due", claim.due_on.isoformat(), "YYYY-MM-DD"),
        Field("probability", "probability", claim.probability or "", _PROBABILITY_HINT),
        Field("source", "source", claim.source),
    ]


def new_fields(today: date) -> list[Field]:
    """What a new prediction needs."""
    return [
        Field("statement", "statement: one sentence that can come true or not", lines=True),
        Field("source", "source: who said it", hint="a name"),
        Field("criterion", "came true if … (may come later)", lines=True),
        Field("due_on", "due: the last day on which it can come true", hint="YYYY-MM-DD"),
        Field("made_on", "said on", today.isoformat(), "YYYY-MM-DD"),
        Field("probability", "probability, if the source gave one", hint=_PROBABILITY_HINT),
    ]


def changes(claim: Prediction, answer: Mapping[str, str]) -> dict[str, Any]:
    """What a form's answer changes of a prediction."""
    before = {field.name: field.value for field in fields_of(claim)}
    return {
        name: text.strip() or (None if name == "probability" else "")
        for name, text in answer.items()
        if text.strip() != before[name].strip()
    }


def merged(claim: Prediction, made: Mapping[str, Any], seen: Prediction) -> list[Field]:
    """A prediction's fields as they are now, with what a person had changed already.

    Where somebody else has changed the same field, its label says what it holds now.
    """
    before = {field.name: field.value for field in fields_of(seen)}
    fields = []
    for field in fields_of(claim):
        if field.name in made:
            also = f" (now: {field.value})" if field.value != before[field.name] else ""
            value = made[field.name] or ""
            fields.append(replace(field, value=value, label=one_line(field.label + also)))
        else:
            fields.append(field)
    return fields


def as_note(made: Mapping[str, Any]) -> str:
    """What a person had changed, as a note."""
    labels = {"criterion": "came true if", "due_on": "due"}
    said = [f"{labels.get(name, name)}: {text or 'none'}" for name, text in made.items()]
    return one_line("; ".join(said))


def given(answer: Mapping[str, str]) -> dict[str, str]:
    """What a form's answer says of a new prediction; empty fields are not given."""
    return {name: text.strip() for name, text in answer.items() if text.strip()}
