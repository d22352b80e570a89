"""What a person may do to a ledger, as steps that can be told, done, found again, and repeated."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import select

from ledger import book
from ledger import events as ev
from ledger import journal
from ledger import views
from ledger.events import Event
from ledger.model import Evidence
from ledger.schema import prediction as prediction_table

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from collections.abc import Sequence

    from ledger.store import Ledger

_AT = "2026-01-15T12:00:00.000000Z"


@dataclass(frozen=True, slots=True)
class Step:
    """One verb with its arguments.

    Attributes:
        verb: A key of `VERBS`.
        deed: 32 hexadecimal digits, made by who does it; each event of the step bears them.
        target: The prediction that it is done to; 0 where there is none.
        many: How many rows an import has, how many claims an article.
    """

    verb: str
    deed: str
    target: int = 0
    many: int = 1

    @property
    def events(self) -> int:
        """How many events the whole step writes."""
        return VERBS[self.verb].events(self.many)


@dataclass(frozen=True, slots=True)
class _Verb:
    do: Callable[[Ledger, Step], Any]
    events: Callable[[int], int]
    weight: int
    needs: tuple[str, ...] = ()  # statuses that its target may have


def choose(
    rng: random.Random, ledger: Ledger, *, verb: str | None = None, never: Sequence[str] = ()
) -> Step:
    """A step that the ledger's state allows now; of one verb, if it is named."""
    with ledger.read() as conn:
        columns = (prediction_table.c.id, prediction_table.c.status)
        newest = select(*columns).order_by(prediction_table.c.id.desc()).limit(30)
        held = conn.execute(newest).all()
    targets = {
        name: [row.id for row in held if row.status in one.needs] for name, one in VERBS.items()
    }
    possible = [
        name
        for name, one in VERBS.items()
        if (targets[name] or not one.needs) and name not in never
    ]
    if verb not in possible:
        verb = rng.choices(possible, [VERBS[name].weight for name in possible])[0]
    target = rng.choice(targets[verb]) if targets[verb] else 0
    return Step(verb, f"{rng.getrandbits(128):032x}", target, rng.choice((1, 3, 30)))


def perform(ledger: Ledger, step: Step) -> None:
    """Do it; when this returns, it is acknowledged."""
    VERBS[step.verb].do(ledger, step)


def is_repeatable(step: Step) -> bool:
    """Whether doing the step again, after an outcome that nobody knows, changes nothing."""
    return step.verb in _KNOWN_AGAIN or _takes_deed(getattr(book, step.verb))


def _once(verb: Callable[..., Any], step: Step, *args: Any, **named: Any) -> None:
    """The book's verb under the id that its client made, where the verb takes one."""
    if _takes_deed(verb):
        named["deed"] = step.deed
    verb(*args, **named)


def _takes_deed(verb: Callable[..., Any]) -> bool:
    return "deed" in inspect.signature(verb).parameters


def _fields(step: Step) -> dict[str, Any]:
    statement = f"The bridge is open by the end of the year. {step.deed}"
    return {"statement": statement, "source": "An engineer", "due_on": "2030-12-31"}


def _add(ledger: Ledger, step: Step) -> None:
    _once(book.add, step, ledger, _fields(step))


def _note(ledger: Ledger, step: Step) -> None:
    _once(book.note, step, ledger, step.target, f"Seen from the train: {step.deed}")


def _amend(ledger: Ledger, step: Step) -> None:
    _once(book.amend, step, ledger, step.target, {"criterion": f"Cars cross it. {step.deed}"})


def _attach(ledger: Ledger, step: Step) -> None:
    _once(book.attach, step, ledger, step.target, _evidence(step))


def _evidence(step: Step) -> Evidence:
    return Evidence(url=f"https://news.example/{step.deed}", title="The bridge")


def _resolve(ledger: Ledger, step: Step) -> None:
    told = {"reason": f"It opened. {step.deed}", "evidence": [_evidence(step)]}
    _once(book.resolve, step, ledger, step.target, "true", **told)


def _reopen(ledger: Ledger, step: Step) -> None:
    _once(book.reopen, step, ledger, step.target, reason=f"It closed. {step.deed}")


def _withdraw(ledger: Ledger, step: Step) -> None:
    _once(book.withdraw, step, ledger, step.target, reason=f"Recorded twice. {step.deed}")


def _record_article(ledger: Ledger, step: Step) -> None:
    drafts = [_fields(step) | {"made_on": "2026-01-15"} for _ in range(step.many)]
    told: dict[str, Any] = {"text": f"An article. {step.deed}", "title": f"Read {step.deed}"}
    published = ledger.clock.today()
    _once(book.record_article, step, ledger, published=published, drafts=drafts, **told)


def _import_rows(ledger: Ledger, step: Step) -> None:
    verdict = {"outcome": "true", "resolved_on": "2026-01-15", "reason": f"Yes. {step.deed}"}
    rows = [
        _fields(step)
        | verdict
        | {
            "line": number + 1,
            "external_id": f"{step.deed} {number}",
            "made_on": "2026-01-15",
            "evidence": [{"url": f"https://news.example/{step.deed}", "title": "The bridge"}],
        }
        for number in range(step.many)
    ]
    _once(book.import_rows, step, ledger, rows, name="rows")


def _append(ledger: Ledger, step: Step) -> None:
    """Two events with ids made beforehand, straight into the journal."""
    subject = f"prediction:{step.target}"
    notes = [
        Event(ev.NOTED, subject, _AT, "tester", {"text": step.deed}, f"{step.deed}-{part}")
        for part in range(2)
    ]
    with ledger.write() as conn:
        before = journal.frontier_of(conn).size
        views.update(conn, journal.append(conn, notes), since=before)


def _rebuild(ledger: Ledger, _step: Step) -> None:
    with ledger.write() as conn:
        views.rebuild(conn)


def _checkpoint(ledger: Ledger, _step: Step) -> None:
    with ledger.read() as conn:
        journal.checkpoint(conn)


def _some(number: int) -> Callable[[int], int]:
    return lambda _many: number


_ANY = ("draft", "open", "resolved", "withdrawn")
VERBS = {
    "add": _Verb(_add, _some(1), 6),
    "note": _Verb(_note, _some(1), 3, _ANY),
    "amend": _Verb(_amend, _some(1), 2, ("draft", "open")),
    "attach": _Verb(_attach, _some(1), 2, ("open", "resolved")),
    "resolve": _Verb(_resolve, _some(2), 2, ("open",)),
    "reopen": _Verb(_reopen, _some(1), 1, ("resolved",)),
    "withdraw": _Verb(_withdraw, _some(1), 1, ("open",)),
    "record_article": _Verb(_record_article, lambda many: 1 + many, 1),
    "import_rows": _Verb(_import_rows, lambda many: 3 * many, 1),
    "append": _Verb(_append, _some(2), 3, _ANY),
    "rebuild": _Verb(_rebuild, _some(0), 1),
    "checkpoint": _Verb(_checkpoint, _some(0), 1),
}
# By their own nature: fixed event ids, external ids, the text's hash, nothing written.
_KNOWN_AGAIN = frozenset({"append", "import_rows", "record_article", "rebuild", "checkpoint"})
