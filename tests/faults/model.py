"""What the verbs of `ledger.book` are documented to do, as plain dicts; no code of ours in it.

Every deed is kept as a list of small changes to one prediction each, and a prediction is the
replay of the changes that stand. Undo and redo switch a deed off and on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

State = dict[str, Any]
Change = Callable[[State], None]

TODAY = date(2026, 1, 15)
OUTCOMES = {"true", "false", "partial", "ambiguous", "annulled"}
FIELDS = {"statement", "source", "made_on", "due_on", "criterion", "probability", "external_id"}
_OPEN: State = {"outcome": None, "credit": None, "resolved_on": None, "reason": ""}


class RefusedError(Exception):
    """The ledger must refuse this, and stay as it is."""


@dataclass
class Deed:
    """What one verb did at one moment: its changes, by prediction."""

    time: int
    actor: str
    undoable: bool
    changes: dict[int, list[Change]]
    stands: bool = True
    # What stood on its predictions when it was last switched off.
    beside: dict[int, list[int]] = field(default_factory=dict)
    # It changes nothing of the predictions themselves.
    quiet: bool = False


@dataclass
class Link:
    """A suggested link."""

    prediction: int
    item: int
    state: str = "suggested"


class Model:
    """A ledger as plain dicts."""

    def __init__(self) -> None:
        self.deeds: dict[int, list[Deed]] = {}  # by prediction
        self.done: dict[str, list[Deed]] = {}  # by actor, and what they took back
        self.undone: dict[str, list[Deed]] = {}
        self.links: dict[int, Link] = {}
        self.items: set[int] = set()
        self.texts: set[str] = set()
        self.time = 0

    # ── what there is ───────────────────────────────────────────────────────────────────────

    def prediction(self, number: int) -> State:
        state: State = {"notes": [], "evidence": [], "rejected": [], **_OPEN}
        for deed in self.deeds[number]:
            if deed.stands:
                for change in deed.changes[number]:
                    change(state)
        return state

    def everything(self) -> dict[int, State]:
        states = {number: self.prediction(number) for number in sorted(self.deeds)}
        for state in states.values():
            del state["rejected"]  # the links' states tell it
        return states

    def find(self, number: int, *statuses: str) -> State:
        if number not in self.deeds:
            raise RefusedError
        state = self.prediction(number)
        if statuses and state["status"] not in statuses:
            raise RefusedError
        return state

    def _is_taken(self, external_id: str | None, but: list[int]) -> bool:
        others = {n: state for n, state in self.everything().items() if n not in but}
        held = [state["external_id"] for state in others.values()]
        return external_id is not None and external_id in held

    def _external_ids(self) -> list[str]:
        held = (state["external_id"] for state in self.everything().values())
        return [one for one in held if one is not None]

    # ── writing ─────────────────────────────────────────────────────────────────────────────

    def _write(
        self,
        actor: str,
        changes: dict[int, list[Change]],
        *,
        undoable: bool = True,
        quiet: bool = False,
    ) -> None:
        self.time += 1
        deed = Deed(self.time, actor, undoable, changes, quiet=quiet)
        for number in changes:
            self.deeds.setdefault(number, []).append(deed)
        self.done.setdefault(actor, []).append(deed)
        self.undone[actor] = []
        self._follow(changes)

    def _follow(self, numbers: Any) -> None:
        """A link is accepted when its item is evidence, else rejected where somebody said so."""
        for link in self.links.values():
            if link.prediction in numbers:
                state = self.prediction(link.prediction)
                is_evidence = ("item", link.item) in state["evidence"]
                is_rejected = link.item in state["rejected"]
                link.state = "rejected" if is_rejected else "suggested"
                link.state = "accepted" if is_evidence else link.state

    def add(self, actor: str, given: list[dict[str, Any]], status: str = "open") -> None:
        rows = [new(fields) for fields in given]
        taken = self._external_ids()
        for row in rows:
            if row["external_id"] is not None:
                if row["external_id"] in taken:
                    raise RefusedError
                taken.append(row["external_id"])
        self._begin(actor, [[_set({**row, "status": status})] for row in rows])

    def _begin(self, actor: str, many: list[list[Change]]) -> None:
        first = max(self.deeds, default=0) + 1
        if many:
            self._write(actor, dict(enumerate(many, start=first)), undoable=False)

    def record_article(
        self, actor: str, text: str, drafts: list[dict[str, Any]], keep_all: bool
    ) -> None:
        if text in self.texts:
            return
        for fields in drafts:
            new(fields)
        self.add(actor, drafts, "open" if keep_all else "draft")
        # The article itself is something that was done, and cannot be taken back.
        self.time += 1
        self.done.setdefault(actor, []).append(Deed(self.time, actor, False, {}))
        self.undone[actor] = []
        self.texts.add(text)

    def keep(self, actor: str, numbers: list[int], given: dict[str, Any]) -> None:
        numbers = list(dict.fromkeys(numbers))
        changes = {}
        for number in numbers:
            before = self.find(number, "draft", "dropped")
            changes[number] = [_set({**_OPEN, "status": "open"}), _set(changed(before, given))]
        if (
            numbers
            and given.get("external_id") is not None
            and (len(numbers) > 1 or self._is_taken(given["external_id"], numbers))
        ):
            raise RefusedError
        if changes:
            self._write(actor, changes)

    def drop(self, actor: str, numbers: list[int], reason: str) -> None:
        for number in numbers:
            self.find(number, "draft")
        if numbers:
            gone = _set({"status": "dropped", "reason": reason.strip()})
            self._write(actor, {number: [gone] for number in numbers})

    def amend(self, actor: str, number: int, given: dict[str, Any]) -> None:
        before = self.find(number, "draft", "open")
        changes = changed(before, given)
        if not changes or self._is_taken(changes.get("external_id"), [number]):
            raise RefusedError
        self._write(actor, {number: [_set(changes)]})

    def note(self, actor: str, number: int, text: str) -> None:
        if not text.strip():
            raise RefusedError
        self.find(number)
        self._write(actor, {number: [lambda state: state["notes"].append(text)]})

    def withdraw(self, actor: str, number: int, reason: str) -> None:
        if not reason.strip():
            raise RefusedError
        self.find(number, "open", "resolved")
        gone = _set({**_OPEN, "status": "withdrawn", "reason": reason})
        self._write(actor, {number: [gone]})

    def attach(self, actor: str, number: int, one: tuple[Any, ...]) -> None:
        before = self.find(number, "open", "resolved")
        self._refuse_evidence(before, one)
        self._write(actor, {number: [_attach(one)]})

    def _refuse_evidence(self, before: State, one: tuple[Any, ...]) -> None:
        if one in before["evidence"]:
            raise RefusedError
        if one[0] == "item":
            if one[1] not in self.items:
                raise RefusedError
        elif not sound_evidence(one):
            raise RefusedError

    def detach(self, actor: str, number: int, place: int) -> None:
        before = self.find(number)
        if place >= len(before["evidence"]):
            raise RefusedError
        if before["status"] == "resolved" and len(before["evidence"]) == 1 and not before["reason"]:
            raise RefusedError
        self._write(actor, {number: [_detach(before["evidence"][place])]})

    def accept(self, actor: str, link_id: int) -> None:
        if link_id not in self.links:
            raise RefusedError
        link = self.links[link_id]
        self.attach(actor, link.prediction, ("item", link.item))

    def reject(self, actor: str, link_id: int) -> None:
        if link_id not in self.links:
            raise RefusedError
        link = self.links[link_id]
        before, one = self.find(link.prediction), ("item", link.item)
        changes: list[Change] = []
        if one in before["evidence"]:
            rests_on_it = before["evidence"] == [one] and not before["reason"]
            if before["status"] == "resolved" and rests_on_it:
                raise RefusedError
            changes.append(_detach(one))
        if link.state != "rejected":
            changes.append(lambda state: state["rejected"].append(link.item))
        if changes:
            self._write(actor, {link.prediction: changes}, quiet=one not in before["evidence"])

    def resolve(
        self,
        actor: str,
        number: int,
        outcome: str,
        credit: str | None,
        evidence: list[tuple[Any, ...]],
        reason: str,
        on: date | None,
    ) -> None:
        said = verdict(outcome, credit, reason, on or TODAY)
        before = self.find(number, "open")
        if said["resolved_on"] < before["made_on"]:
            raise RefusedError
        for one in evidence:
            self._refuse_evidence(before, one)
        if not (evidence or before["evidence"] or reason.strip()):
            raise RefusedError
        if len(set(evidence)) < len(evidence):
            raise RefusedError
        self._write(actor, {number: [*map(_attach, evidence), _set(said)]})

    def reopen(self, actor: str, number: int, reason: str) -> None:
        if not reason.strip():
            raise RefusedError
        self.find(number, "resolved")
        self._write(actor, {number: [_set({**_OPEN, "status": "open"})]})

    def import_rows(self, actor: str, rows: list[dict[str, Any]]) -> None:
        held = self.everything().values()
        ids = [state["external_id"] for state in held]
        claims = [(s["source"], s["made_on"], s["statement"]) for s in held]
        many, seen = [], set()
        for row in rows:
            external_id = row.get("external_id")
            if external_id is not None and external_id in seen:
                raise RefusedError
            key = (row.get("source"), row.get("made_on"), row.get("statement"))
            if (key in claims) if external_id is None else (external_id in ids):
                continue
            many.append(imported(row))
            seen.add(external_id)
        self._begin(actor, many)

    # ── taking back ─────────────────────────────────────────────────────────────────────────

    def undo(self, actor: str) -> None:
        done = self.done.get(actor, [])
        last = done[-1] if done else None
        if last is None or not last.undoable:
            raise RefusedError
        for number in last.changes:
            if any(time > last.time for time in self._standing(number)):
                raise RefusedError
        last.stands = False
        self._refuse_twins(last)
        done.pop()
        self.time += 1
        last.beside = {number: self._standing(number) for number in last.changes}
        self.undone.setdefault(actor, []).append(last)
        self._follow(last.changes)

    def redo(self, actor: str) -> None:
        undone = self.undone.get(actor, [])
        if not undone:
            raise RefusedError
        last = undone[-1]
        if any(self._standing(number) != last.beside[number] for number in last.changes):
            raise RefusedError
        last.stands = True
        self._refuse_twins(last)
        undone.pop()
        self.time += 1
        self.done[actor].append(last)
        self._follow(last.changes)

    def _standing(self, number: int) -> list[int]:
        return [deed.time for deed in self.deeds[number] if deed.stands and not deed.quiet]

    def _refuse_twins(self, last: Deed) -> None:
        """An external id that another prediction took meanwhile must not come back."""
        held = self._external_ids()
        if len(set(held)) < len(held):
            last.stands = not last.stands
            raise RefusedError


# ── what values must look like ──────────────────────────────────────────────────────────────


def _set(values: State) -> Change:
    return lambda state: state.update(values)


def _attach(one: tuple[Any, ...]) -> Change:
    return lambda state: state["evidence"].append(one)


def _detach(one: tuple[Any, ...]) -> Change:
    return lambda state: state["evidence"].remove(one)


def number_text(value: Any) -> str:
    """A probability as it is stored."""
    try:
        said = Decimal(str(value))
    except InvalidOperation:
        raise RefusedError from None
    if not (said.is_finite() and 0 <= said <= 1):
        raise RefusedError
    digits = f"{said:f}".partition(".")[2].rstrip("0")
    return f"{int(said)}.{digits.ljust(2, '0')}"


def day_text(value: Any) -> str:
    """A date as it is stored."""
    try:
        day = date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise RefusedError from None
    if day != str(value):
        raise RefusedError
    return day


def fields_of(given: dict[str, Any]) -> State:
    """Fields as they are stored."""
    if given.keys() - FIELDS:
        raise RefusedError
    stored = dict(given)
    for name in ("made_on", "due_on"):
        if stored.get(name) is not None:
            stored[name] = day_text(stored[name])
    if stored.get("probability") is not None:
        stored["probability"] = number_text(stored["probability"])
    for name in ("statement", "source", "made_on", "due_on"):
        if name in stored and not str(stored[name] or "").strip():
            raise RefusedError
    return stored


def new(given: dict[str, Any]) -> State:
    """The fields of a new prediction."""
    stored = fields_of({name: value for name, value in given.items() if value is not None})
    if not {"statement", "source"} <= stored.keys():
        raise RefusedError
    row: State = {"criterion": "", "probability": None, "external_id": None, **stored}
    row.setdefault("made_on", TODAY.isoformat())
    made = date.fromisoformat(row["made_on"])
    row.setdefault("due_on", made.replace(year=made.year + 1).isoformat())
    if made > TODAY or row["due_on"] < row["made_on"]:
        raise RefusedError
    return row


def changed(before: State, given: dict[str, Any]) -> State:
    """What an amendment changes."""
    stored = {name: value for name, value in fields_of(given).items() if value != before[name]}
    after = before | stored
    if stored and (after["due_on"] < after["made_on"] or after["made_on"] > TODAY.isoformat()):
        raise RefusedError
    return stored


def verdict(outcome: str, credit: str | None, reason: str, on: date) -> State:
    """What a resolution says."""
    if outcome not in OUTCOMES or on > TODAY or (credit is not None and outcome != "partial"):
        raise RefusedError
    share = None
    if outcome == "partial":
        share = number_text("0.5" if credit is None else credit)
        if not 0 < Decimal(share) < 1:
            raise RefusedError
    return {
        "status": "resolved",
        "outcome": outcome,
        "credit": share,
        "resolved_on": on.isoformat(),
        "reason": reason.strip(),
    }


def sound_evidence(one: tuple[Any, ...]) -> bool:
    """An http address, or a quote without one."""
    _, url, quote = one
    return bool(quote) if url is None else url.startswith(("http://", "https://"))


def imported(row: dict[str, Any]) -> list[Change]:
    """The changes that a row of an import makes to a new prediction."""
    if not row.get("made_on"):
        raise RefusedError
    beside = ("evidence", "outcome", "credit", "resolved_on", "reason", "line")
    state = new({name: value for name, value in row.items() if name not in beside})
    evidence = row.get("evidence") or []
    if not all(map(sound_evidence, evidence)):
        raise RefusedError
    if len(set(evidence)) < len(evidence):
        raise RefusedError
    changes = [_set({**state, "status": "open"}), *map(_attach, evidence)]
    if row.get("outcome") is None:
        if any(row.get(name) for name in ("credit", "resolved_on", "reason")):
            raise RefusedError
        return changes
    given = row.get("resolved_on")
    due = date.fromisoformat(state["due_on"])
    on = min(due, TODAY) if given is None else date.fromisoformat(day_text(given))
    if on.isoformat() < state["made_on"]:
        raise RefusedError
    reason = row.get("reason") or ("" if evidence else "imported as resolved, without evidence")
    return [*changes, _set(verdict(row["outcome"], row.get("credit"), reason, on))]
