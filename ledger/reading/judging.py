"""Whether a claim can be settled by public facts, and what kind of claim it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ledger.reading.folding import fold

if TYPE_CHECKING:
    from ledger.reading.clauses import Clause

_NUMBER = re.compile(
    r"[$£€¥]\s?\d|\d[\d,.]*\s?(?:%|per ?cent|percent|million|billion|trillion|points?|[a-z]{3,})"
)
_OBSERVABLE = re.compile(
    r"\b(?:win|lose|buy|sell|sign|open|close|launch|resign|release|publish|announce"
    r"|join|leave|visit"
    r"|meet|vote|ban|approve|reject|pass|cut|raise|rise|fall|reach|exceed|hit|begin"
    r"|start|end|expire"
    r"|take effect|take place|host|attend|miss|withdraw|deploy|arrest|sue|file"
    r"|appoint|elect|merge"
    r"|acquire|build|complete|finish|happen|appear|pay|invest|hire|die|return"
    r"|default|strike|invade"
    r"|cede|require|demand|replace|retain|provide|use|deliver|elect|shrink|grow"
    r"|increase|decline|drop"
    r"|compete|sell|land|make landfall|be (?:[a-z]{2,20}ed|held|built|sold|sworn|cut"
    r"|paid|hit|sent|first|the (?:first|last|next|\\w+th)))\b"
)
_HAZY = re.compile(
    r"\b(?:pivotal|critical|crucial|key|complex|complicated|important|significant"
    r"|challeng\w{1,8}|better|worse"
    r"|resilience|influence|image|legacy|opportunit\w{1,4}|struggle|relations"
    r"|landscape|dynamic"
    r"|environment|momentum|confidence|strateg\w{1,6}|assumptions?|vulnerab\w{1,9}"
    r"|embolden\w{0,4}|solace|difficult|hard|great"
    r"|help|improve|strengthen|weaken|undermine|shape|reshape|test|impact|affect"
    r"|matter|role)\b"
)
_ENTITY = re.compile(r"(?<=[a-z,] )[^\W\d_a-z][\w.-]{2,30}")
_WILL = (
    r"\b(?:will|would|'ll|shall)(?: not| also| then| now| still| initially"
    r"| be able to| continue to)* "
)
_SCHEDULED = re.compile(
    _WILL + r"(?:be (?:held|launched|inaugurated|sworn|released|broadcast|shown|played"
    r"|published"
    r"|elected|conducted)|take place|go to (?:the )?polls|depart|arrive|air|premiere"
    r"|expire|kick off"
    r"|elect|open|begin|start|commence|run from|play)\b"
)
_DELIBERATE = re.compile(
    _WILL
    + r"(?:build|sell|buy|cut|close|join|launch|provide|deploy|replace|retain|deliver|pay|give"
    r"|use|invest|hire|seek|introduce|withdraw|send|offer|acquire|resign|appoint|spend|fund|meet"
    r"|move|stop|cease|restructure|recall|expand|reduce|raise|keep|make|sign|veto|ban|impose|lift"
    r"|leave|stay|hold|file|appeal|visit|publish|release|assist|maintain|consider|establish|set up"
    r"|be (?:used|funded|withdrawn|replaced|retained|paid|built|offered|sold|closed|spent|sent"
    r"|provided|made available|deployed))\b"
)


def checkability(text: str, *, dated: bool) -> str:
    """`yes`, `partly` or `no`, by what a claim names: numbers, deeds, names, dates; less haze."""
    folded = fold(text[:2_000])
    points = 2 * bool(_NUMBER.search(folded)) + bool(_OBSERVABLE.search(folded)) + dated
    points += bool(_ENTITY.search(text[:2_000]))
    points -= min(2, len(_HAZY.findall(folded)))
    return "yes" if points >= 2 else "partly" if points >= 1 else "no"


def kind_of(text: str, clause: Clause, *, dated: bool) -> str:
    """`plan` or `schedule` where the clause's strongest head or its verb says so.

    An act that somebody does at will ("will sell") is a plan, what stands in a calendar ("will
    be held on Saturday") a schedule; all else is a prediction.
    """
    head = max(clause.heads, key=lambda cue: cue.weight)
    if head.kind != "prediction":
        return head.kind
    folded = fold(text[:2_000])
    if dated and _SCHEDULED.search(folded):
        return "schedule"
    return "plan" if _DELIBERATE.search(folded) else "prediction"
