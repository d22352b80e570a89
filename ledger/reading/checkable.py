"""Whether public facts could settle a claim: yes, partly, or no."""

from __future__ import annotations

import re

from ledger.reading.folding import fold

_CONCRETE = re.compile(
    r"\d|\b(?:win|lose|sign|resign|leave|join|attend|miss|meet|visit|open|close|launch|release|ban|approve|"
    r"reject|pass|vote|elect|appoint|dismiss|arrest|invade|attack|withdraw|raise|cut|rise|fall|grow|"
    r"shrink|reach|exceed|drop|increase|decrease|sell|buy|merge|build|complete|begin|start|end|happen|"
    r"return|retire|host|play|fly|land|publish|announce|impose|lift|agree|cost|pay|invest|ratify)\w*\b"
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+")
_VAGUE = re.compile(
    r"\b(?:pivotal|critical|crucial|complex|complicated|significant|important|challeng\w+|test|shape|"
    r"reshap\w+|embolden\w*|undermin\w+|strengthen\w*|weaken\w*|improv\w+|better|worse|difficult|easier|"
    r"vulnerab\w+|resilien\w+|legacy|image|unexpected|navigate|influence|affect|impact|risk\w*|may be|"
    r"seem\w*|feel\w*|dynamic\w*|landscape|environment|role|potential\w*)\b"
)


def checkable(clause: str, *, dated: bool) -> str:
    """Numbers, names, deadlines and plain deeds speak for it, words of judgement against."""
    folded = fold(clause[:2_000])
    concrete = min(2, len(_CONCRETE.findall(folded))) + bool(_NAME.search(clause)) + 2 * dated
    score = concrete - 1.5 * min(2, len(_VAGUE.findall(folded)))
    if score >= 2:
        return "yes"
    return "partly" if score >= 0.5 else "no"
