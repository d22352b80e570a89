"""Random steps for the ledger and its model alike: what to try, and how to do it on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import text

from ledger import book
from ledger.model import Evidence
from ledger.queries import evidence_of
from tests.ledger.news import add_item
from tests.ledger.news import add_link

if TYPE_CHECKING:
    import random

    from ledger.store import Ledger
    from tests.faults.model import Model

ITEMS = 6  # news items that there are from the start; a link of each to each of LINKED
LINKED = (1, 2, 3)
VERBS = (
    *("add", "add", "add_many", "record_article", "keep", "keep", "drop", "amend", "amend"),
    *("note", "withdraw", "attach", "attach", "detach", "accept", "reject", "resolve", "resolve"),
    *("resolve", "reopen", "undo", "undo", "undo", "redo", "redo", "import_rows"),
)


@dataclass(frozen=True)
class Step:
    """One verb by one person, with all that it is told."""

    actor: str
    verb: str
    args: tuple[Any, ...]


def random_steps(rng: random.Random, count: int) -> list[Step]:
    """So many steps; the first few bring something in, so that there is something to do."""
    bringing = ("add", "record_article", "import_rows")
    return [random_step(rng, VERBS if place > 3 else bringing) for place in range(count)]


def random_step(rng: random.Random, verbs: tuple[str, ...]) -> Step:
    """Any of these verbs, with arguments that are mostly right."""
    verb = rng.choice(verbs)
    actor = "ann" if rng.random() < 0.8 else "bob"
    return Step(actor, verb, _args(rng, verb))


def _args(rng: random.Random, verb: str) -> tuple[Any, ...]:
    match verb:
        case "add":
            return (_fields(rng),)
        case "add_many":
            return ([_fields(rng) for _ in range(rng.randint(0, 3))],)
        case "record_article":
            drafts = [_fields(rng) for _ in range(rng.randint(0, 3))]
            return (f"text {rng.randrange(5)}", drafts, rng.random() < 0.3)
        case "import_rows":
            return ([_row(rng) for _ in range(rng.randint(0, 3))],)
        case "undo" | "redo":
            return ()
        case "accept" | "reject":
            return (rng.randint(1, ITEMS * len(LINKED) + 1),)
        case _:
            return _about_one(rng, verb, rng.randint(1, rng.choice((4, 9))))


def _about_one(rng: random.Random, verb: str, which: int) -> tuple[Any, ...]:
    match verb:
        case "keep":
            ids = [rng.randint(1, 12) for _ in range(rng.choice((0, 1, 1, 2)))]
            return (ids, _changes(rng) if rng.random() < 0.4 else {})
        case "drop":
            return ([rng.randint(1, 9) for _ in range(rng.choice((0, 1, 2)))], _words(rng))
        case "amend":
            return (which, _changes(rng))
        case "attach":
            return (which, _evidence(rng))
        case "detach":
            return (which, rng.randrange(3))
        case "resolve":
            return (which, *_verdict(rng))
        case _:  # note, withdraw, reopen
            return (which, _words(rng))


def _words(rng: random.Random) -> str:
    return rng.choice(("", " ", "seen", "a doubt", "once more", "two\nlines", "ñandú"))


def _changes(rng: random.Random) -> dict[str, Any]:
    fields = _fields(rng)
    names = rng.sample(sorted(fields), min(len(fields), rng.randint(0, 2)))
    return {name: fields[name] for name in names}


def _fields(rng: random.Random) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "statement": f"claim {rng.randrange(30)}",
        "source": rng.choice(("Met", "Radio")),
        "made_on": f"2025-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
    }
    if rng.random() < 0.7:
        fields["due_on"] = f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    if rng.random() < 0.5:
        fields["probability"] = rng.choice(("0.4", "0.70", "1", "0", "0.125", "5e-1"))
    if rng.random() < 0.3:
        fields["external_id"] = f"x{rng.randrange(6)}"
    if rng.random() < 0.3:
        fields["criterion"] = f"{rng.randrange(9)} mm"
    if rng.random() < 0.06:
        fields |= rng.choice(_WRONG)
    return fields


_WRONG: tuple[dict[str, Any], ...] = (
    {"statement": ""},
    {"source": "  "},
    {"made_on": "2025-02-30"},
    {"made_on": "yesterday"},
    {"made_on": "20250101"},
    {"due_on": "2024-01-01"},
    {"due_on": "2026-W01-1"},
    {"probability": "1.01"},
    {"probability": "-0.1"},
    {"probability": "NaN"},
    {"probability": "likely"},
    {"mood": "sunny"},
)


def _evidence(rng: random.Random) -> tuple[Any, ...]:
    turn = rng.random()
    if turn < 0.35:
        return ("item", rng.randint(1, ITEMS + 1))
    if turn < 0.45:
        return ("web", rng.choice(("file:///x", "ftp://a.example", "a.example", None)), "")
    if turn < 0.6:
        return ("web", None, f"quote {rng.randrange(3)}")
    return ("web", f"https://a.example/{rng.randrange(4)}", rng.choice(("", "It rained.")))


def _verdict(rng: random.Random) -> tuple[Any, ...]:
    outcome = rng.choice(("true", "false", "partial", "ambiguous", "annulled"))
    if rng.random() < 0.05:
        outcome = rng.choice(("maybe", "", "True"))
    credit = None
    if rng.random() < (0.6 if outcome == "partial" else 0.05):
        credit = rng.choice(("0.25", "0.5", "0.999", "0", "1", "-1", "much"))
    evidence = [_evidence(rng) for _ in range(rng.choice((0, 0, 0, 1, 1, 2)))]
    on = rng.choice((None, None, date(2026, 1, 15), date(2025, 6, 1), date(2026, 1, 16)))
    return (outcome, credit, evidence, _words(rng), on)


def _row(rng: random.Random) -> dict[str, Any]:
    row = _fields(rng)
    if rng.random() < 0.05:
        del row["made_on"]
    if rng.random() < 0.4:
        outcome, credit, evidence, reason, on = _verdict(rng)
        row |= {"outcome": outcome, "credit": credit, "reason": reason.strip()}
        row["resolved_on"] = None if on is None else on.isoformat()
        row["evidence"] = [one for one in evidence if one[0] == "web"]
    elif rng.random() < 0.05:
        row["reason"] = "without an outcome"
    return row


# ── on the model ────────────────────────────────────────────────────────────────────────────


def on_model(model: Model, step: Step) -> None:
    """Do it on the model."""
    match step.verb:
        case "add":
            model.add(step.actor, [step.args[0]])
        case "add_many":
            model.add(step.actor, step.args[0])
        case _:
            getattr(model, step.verb)(step.actor, *step.args)


# ── on the ledger ───────────────────────────────────────────────────────────────────────────


def furnish(ledger: Ledger, model: Model) -> None:
    """News items, and a link of each to predictions that are still to come."""
    from tests.faults.model import Link

    model.items = {add_item(ledger, title=f"News {number}") for number in range(ITEMS)}
    for number in LINKED:
        for item in sorted(model.items):
            model.links[add_link(ledger, number, item)] = Link(number, item)


def on_ledger(ledger: Ledger, step: Step) -> None:
    """Do it on the ledger."""
    ledger.actor = step.actor
    args = step.args
    match step.verb:
        case "record_article":
            words, drafts, keep_all = args
            book.record_article(
                ledger, text=words, published=date(2025, 1, 1), drafts=drafts, keep_all=keep_all
            )
        case "drop":
            book.drop(ledger, args[0], reason=args[1])
        case "withdraw" | "reopen":
            getattr(book, step.verb)(ledger, args[0], reason=args[1])
        case "attach":
            book.attach(ledger, args[0], _given(args[1]))
        case "detach":
            book.detach(ledger, args[0], _evidence_id(ledger, *args))
        case "resolve":
            number, outcome, credit, evidence, reason, on = args
            given = [_given(one) for one in evidence]
            book.resolve(
                ledger, number, outcome, credit=credit, evidence=given, reason=reason, on=on
            )
        case "import_rows":
            rows = [_as_row(row, line) for line, row in enumerate(args[0], start=1)]
            book.import_rows(ledger, rows, name="rows")
        case _:
            getattr(book, step.verb)(ledger, *args)


def _given(one: tuple[Any, ...]) -> Evidence | int:
    return one[1] if one[0] == "item" else Evidence(url=one[1], quote=one[2])


def _evidence_id(ledger: Ledger, number: int, place: int) -> int:
    with ledger.read() as conn:
        held = evidence_of(conn, number)
    return held[place].id if place < len(held) else 10**6


def _as_row(row: dict[str, Any], line: int) -> dict[str, Any]:
    evidence = [{"url": url, "quote": quote} for _, url, quote in row.get("evidence", ())]
    return row | {"line": line} | ({"evidence": evidence} if "evidence" in row else {})


_PREDICTIONS = text(
    "SELECT id, status, statement, source, made_on, due_on, criterion, probability, external_id, "
    "outcome, credit, resolved_on, reason FROM prediction"
)
_EVIDENCE = text("SELECT prediction_id, item_id, url, quote FROM evidence ORDER BY id")
_NOTES = text("SELECT prediction_id, text FROM note ORDER BY id")
_LINKS = text("SELECT id, state FROM link")


def state_of(ledger: Ledger) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """Predictions as the model has them, and the states of the links."""
    with ledger.read() as conn:
        rows = conn.execute(_PREDICTIONS).mappings().all()
        found = {row["id"]: {**row, "notes": [], "evidence": []} for row in rows}
        for number, item, url, quote in conn.execute(_EVIDENCE):
            one = ("web", url, quote) if item is None else ("item", item)
            found[number]["evidence"].append(one)
        for number, note in conn.execute(_NOTES):
            found[number]["notes"].append(note)
        links = {row.id: row.state for row in conn.execute(_LINKS)}
    for row in found.values():
        del row["id"]
    return found, links
