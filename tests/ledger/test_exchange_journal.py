"""The journal out and in again: the same root, the same views, and nothing of a changed file."""

from __future__ import annotations

import base64
import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy import update

from ledger import book
from ledger import journal
from ledger.errors import CalledItError
from ledger.errors import ConflictError
from ledger.errors import LedgerError
from ledger.errors import ReadError
from ledger.events import Event
from ledger.events import canonical
from ledger.exchange.journal import is_journal
from ledger.exchange.journal import journal_lines
from ledger.exchange.journal import read_journal
from ledger.exchange.takeover import Taken
from ledger.exchange.takeover import import_journal
from ledger.links import get_link
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.model import Evidence
from ledger.schema import VIEWS
from ledger.schema import head
from ledger.store import open_ledger
from ledger.verify import verify
from tests.ledger.news import add_item
from tests.ledger.news import add_link

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.checkpoints import Checkpoint
    from ledger.clock import Clock
    from ledger.store import Ledger

CLAIM = {"statement": "Rain — 雨", "source": "Met", "made_on": "2025-01-01", "due_on": "2025-06-01"}
AT = "2026-01-15T12:00:00.000000Z"


def fill(ledger: Ledger) -> None:
    book.add_many(ledger, [CLAIM, CLAIM | {"statement": "Snow", "hedge": "might", "tags": ["wet"]}])
    book.note(ledger, 1, "a remark\nof two lines")
    book.accept(ledger, add_link(ledger, 1, add_item(ledger, title="It rained")))
    book.resolve(ledger, 1, "partial", credit="0.25", on=ledger.clock.today())
    book.undo(ledger)
    book.redo(ledger)
    book.import_rows(
        ledger,
        [CLAIM | {"line": 1, "external_id": "x", "article": {"title": "A"}, "outcome": "true"}],
        name="rows",
    )


def exported(ledger: Ledger) -> bytes:
    with ledger.read() as conn:
        return "".join(f"{line}\n" for line in journal_lines(conn)).encode()


def taken(ledger: Ledger, data: bytes) -> Taken:
    return import_journal(ledger, read_journal(data, name="j.jsonl"))


def views_of(ledger: Ledger) -> list[Any]:
    with ledger.read() as conn:
        return [conn.execute(select(t).order_by(t.c.id)).all() for t in VIEWS]


def held_by(ledger: Ledger) -> Checkpoint:
    with ledger.read() as conn:
        return journal.checkpoint(conn)


def sound(ledger: Ledger, *held: Checkpoint) -> bool:
    with ledger.read() as conn:
        return verify(conn, held).problems == ()


@pytest.fixture
def other(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A second ledger, empty."""
    opened = open_ledger(tmp_path / "other.db", clock=clock)
    yield opened
    opened.close()


def test_an_empty_ledger_takes_over_everything(ledger: Ledger, other: Ledger) -> None:
    fill(ledger)
    early = held_by(ledger)
    book.note(ledger, 2, "later")
    done = taken(other, exported(ledger))
    assert (done.new, done.known, done.ahead, done.predictions) == (early.size + 1, 0, 0, (1, 2, 3))
    assert done.held == held_by(ledger) == held_by(other)
    assert views_of(other) == views_of(ledger)
    assert exported(other) == exported(ledger)
    assert sound(other, early, done.held)


def test_a_journal_without_events(ledger: Ledger, other: Ledger) -> None:
    assert taken(other, exported(ledger)).new == 0
    assert held_by(other) == held_by(ledger)


def test_a_ledger_that_is_behind_is_brought_forward(ledger: Ledger, other: Ledger) -> None:
    fill(ledger)
    taken(other, exported(ledger))
    book.withdraw(ledger, 3, reason="twice")
    book.add(ledger, CLAIM | {"statement": "Hail"})
    book.note(ledger, 4, "new")
    done = taken(other, exported(ledger))
    assert (done.new, done.ahead, done.predictions) == (3, 0, (4,))
    assert done.held == held_by(ledger)
    assert views_of(other) == views_of(ledger)
    assert sound(other)


def test_a_ledger_that_holds_it_all_is_left_alone(ledger: Ledger) -> None:
    fill(ledger)
    data = exported(ledger)
    size = held_by(ledger).size
    assert taken(ledger, data) == Taken(0, size, 0, (), held_by(ledger))
    book.note(ledger, 1, "ahead of the file")
    assert taken(ledger, data) == Taken(0, size, 1, (), held_by(ledger))


def test_ledgers_that_went_different_ways_are_not_mixed(ledger: Ledger, other: Ledger) -> None:
    fill(ledger)
    taken(other, exported(ledger))
    fork = held_by(ledger).size + 1
    book.note(ledger, 1, "here")
    book.note(other, 1, "there")
    before = exported(other)
    with pytest.raises(ConflictError, match=rf"j\.jsonl .* event {fork} is not the same"):
        taken(other, exported(ledger))
    assert exported(other) == before


def test_another_ledger_s_journal_is_refused(ledger: Ledger, other: Ledger) -> None:
    fill(ledger)
    book.add(other, CLAIM)
    with pytest.raises(ConflictError, match="of another ledger"):
        taken(other, exported(ledger))


def resigned(lines: list[str], **header: Any) -> bytes:
    """A file of these events whose header fits them, as a forger would write it."""
    frontier = Frontier()
    for line in lines:
        frontier = frontier.append(leaf_hash(line.encode("utf-8", "surrogatepass")))
    head = {
        "format": "calledit journal",
        "origin": "calledit/forged",
        "root": base64.b64encode(frontier.root()).decode(),
        "size": frontier.size,
        "version": 1,
    }
    text = "".join(f"{line}\n" for line in [json.dumps(head | header), *lines])
    return text.encode("utf-8", "surrogatepass")


def event(kind: str, data: Any, subject: str = "prediction:1", **values: str) -> str:
    given = {"at": AT, "actor": "forger", "deed": "d1", **values}
    return Event(kind, subject, given.pop("at"), given.pop("actor"), data, **given).body()


RECORDED = event("prediction.recorded", CLAIM, id="e1")
EVIDENCE = Evidence(url="https://a.example").to_data()


def test_what_a_forger_signs_well_is_taken(ledger: Ledger) -> None:
    lines = [RECORDED, event("evidence.attached", {"evidence": EVIDENCE})]
    assert taken(ledger, resigned(lines)).new == 2
    assert sound(ledger)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"format": "calledit"}, "not a journal"),
        ({"version": 2}, "does not know"),
        ({"version": None}, "does not know"),
        ({"size": 2}, "cut off"),
        ({"size": 0}, "more than the 0"),
        ({"size": -1}, "malformed"),
        ({"size": True}, "malformed"),
        ({"size": "1"}, "malformed"),
        ({"size": 10**400}, "malformed"),
        ({"root": "AAAA"}, "malformed"),
        ({"root": 5}, "malformed"),
        ({"root": "A" * 42 + "B="}, "malformed"),  # its last bits are not zero
        ({"root": base64.b64encode(bytes(32)).decode()}, "was changed"),
        ({"origin": ""}, "not a name"),
        ({"origin": "a\x1b[31mb"}, "not a name"),
        ({"origin": "x" * 1_000}, "not a name"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(header: dict[str, Any], said: str) -> None:
    with pytest.raises(ReadError, match=said):
        read_journal(resigned([RECORDED], **header), name="j.jsonl")


def body_with(**values: Any) -> str:
    return canonical(json.loads(RECORDED) | values)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "line 3 "),
        ("{", "line 3 "),
        ("[" * 100_000, "line 3 "),
        ("9" * 10_000, "line 3 "),
        ("[]", "version"),
        (RECORDED.replace(":", ": ", 1), "canonical"),
        (RECORDED.replace('"v":1', '"v":1,"w":1'), "canonical"),
        (RECORDED.replace('"v":1', '"v":2'), "version"),
        (RECORDED.replace("Rain", "Cafe\u0301"), "NFC"),
        (RECORDED.replace("Rain", "\ud800"), "line 3 "),
        (RECORDED, "id was given"),
        (body_with(id="e2"), "begins twice"),
        (event("prediction.kept", {"changes": {}}, "prediction:2"), "never began"),
        (event("prediction.praised", {}), r"'prediction\.praised', which this version"),
        (event("prediction.noted", {"text": "x"}, "prediction:01"), "subject"),
        (event("prediction.noted", {"text": "x"}, "prediction:²"), "subject"),
        (event("prediction.noted", {"text": "x"}, f"prediction:{2**31}"), "subject"),
        (event("prediction.noted", {"text": "x"}, "article:1"), "subject"),
        (event("article.read", {}, "prediction:2"), "subject"),
        (event("prediction.noted", {"text": "x"}, at="yesterday"), "line 3 "),
        (event("prediction.noted", {"text": "x"}, at="2026-01-15T12:00Z"), "instant"),
        (event("prediction.noted", {"text": "x"}, actor=""), "actor"),
        (event("prediction.noted", {"text": "x"}, actor="x" * 101), "actor"),
        (event("prediction.noted", {"text": "x"}, actor="\x1b[31m"), "control"),
        (event("prediction.noted", {"text": "\u202eevil"}), "control"),
        (event("prediction.noted", {"text": "a\u0000b"}), "control"),
        (event("prediction.noted", {"text": 5}), "not text"),
        (event("prediction.noted", {}), "its data is not"),
        (event("prediction.amended", {"changes": {"mood": "x"}, "reason": ""}), "no field"),
        (event("prediction.amended", {"changes": {"due_on": None}, "reason": ""}), "takes away"),
        (event("prediction.amended", {"changes": {"due_on": "soon"}, "reason": ""}), "due_on"),
        (event("prediction.amended", {"changes": {"weight": "0"}, "reason": ""}), "weight"),
        (event("prediction.amended", {"changes": {"tags": "ab"}, "reason": ""}), "tags"),
        (
            event("prediction.amended", {"changes": {"probability": "50%"}, "reason": ""}),
            "writes it",
        ),
        (event("prediction.amended", {"changes": {"negated": 1}, "reason": ""}), "writes it"),
        (event("prediction.amended", {"changes": [], "reason": ""}), "not an object"),
        (event("prediction.kept", {"changes": {"id": 7}}), "no field"),
        (event("prediction.recorded", {"statement": "x"}, "prediction:2"), "has no due_on"),
        (event("evidence.attached", {"evidence": EVIDENCE | {"id": 1}}), "its data is not"),
        (event("evidence.attached", {"evidence": EVIDENCE | {"item_id": 2**63}}), "item_id"),
        (event("evidence.attached", {"evidence": EVIDENCE | {"url": "file:///x"}}), "web address"),
        (event("evidence.attached", {"evidence": EVIDENCE | {"stance": "likes"}}), "stance"),
        (event("event.undone", {"event": "e1", "was": "prediction.recorded"}), "never done"),
        (event("event.undone", {"event": "e9", "was": "prediction.noted"}), "never done"),
    ],
)
def test_a_forged_event_is_named_and_nothing_is_taken(line: str, said: str) -> None:
    with pytest.raises(ReadError, match=said) as refused:
        read_journal(resigned([RECORDED, line]), name="j.jsonl")
    assert "j.jsonl, line 3 (event 2): " in str(refused.value)
    assert len(str(refused.value)) < 400


def twins() -> list[str]:
    """Two predictions that are given one external id, one of them later."""
    named = CLAIM | {"external_id": "x"}
    changes = {"changes": {"external_id": "x"}, "reason": ""}
    return [
        event("prediction.recorded", named, id="e1"),
        event("prediction.recorded", CLAIM, "prediction:2", id="e2"),
        event("prediction.amended", changes, "prediction:2", id="e3"),
    ]


def test_one_external_id_of_two_predictions_is_refused(ledger: Ledger) -> None:
    for lines in (twins(), [*twins()[:2], twins()[2].replace('"e3"', '"e4"')]):
        with pytest.raises(ConflictError, match="'x' belongs to predictions 1 and 2"):
            taken(ledger, resigned(lines))
    assert held_by(ledger).size == 0
    taken(ledger, resigned(twins()[:2]))
    with pytest.raises(ConflictError, match="'x' belongs to predictions 1 and 2"):
        taken(ledger, resigned(twins()))
    assert held_by(ledger).size == 2
    freed = event("prediction.amended", {"changes": {"external_id": None}, "reason": ""}, id="e5")
    assert taken(ledger, resigned([*twins(), freed])).new == 2  # in the end, it is of one


def with_card(ledger: Ledger, **wrong: Any) -> bytes:
    """The ledger's journal, with its scorecard again, changed."""
    lines = exported(ledger).decode().splitlines()[1:]
    last = json.loads(lines[-1])
    data = {name: value for name, value in (last["data"] | wrong).items() if value is not ...}
    again = {"id": "again", "subject": "scorecard:2", "data": data}
    return resigned([*lines, canonical(last | again)])


def publish(ledger: Ledger) -> None:
    fill(ledger)
    book.publish_scorecard(ledger)


def test_a_journal_with_scorecards_is_taken(ledger: Ledger, other: Ledger) -> None:
    publish(ledger)
    assert taken(other, exported(ledger)).ahead == 0
    assert sound(other)
    book.add(ledger, CLAIM | {"statement": "Fog"})
    book.publish_scorecard(ledger)
    assert taken(other, exported(ledger)).new == 2
    assert sound(other)


def test_a_scorecard_by_other_rules_is_taken_and_not_judged(ledger: Ledger, other: Ledger) -> None:
    publish(ledger)
    data = with_card(ledger, rules=99, pooled=..., basis="of their own")
    taken(other, data)
    with other.read() as conn:
        found = verify(conn)
    assert (found.problems, found.scorecards, found.not_recomputed) == ((), 1, 1)


def test_scorecards_are_numbered_as_they_come(ledger: Ledger) -> None:
    publish(ledger)
    data = with_card(ledger).replace(b'"scorecard:2"', b'"scorecard:3"')
    lines = data.decode().splitlines()[1:]
    with pytest.raises(ReadError, match="it is scorecard 2"):
        read_journal(resigned(lines), name="j.jsonl")


@pytest.mark.parametrize(
    "wrong",
    [
        {"rules": True},
        {"rules": "1"},
        {"rules": ...},
        {"size": "1"},
        {"size": True},
        {"size": -1},
        {"size": 10_000},
        {"size": None},
        {"as_of": "someday"},
        {"as_of": None},
        {"since": 5},
        {"since": "2025-02-30"},
        {"since": ...},
        {"basis": "gut"},
        {"basis": ["any"]},
        {"cohort": None},
        {"only": None},
        {"only": [1]},
        {"only": ["Met", "Met"]},
        {"sources": {}},
        {"sources": ["Met"]},
        {"sources": [{}]},
        {"sources": [{"source": "Met"}, {"source": "Met"}]},
        {"pooled": []},
        {"pooled": ...},
        {"more": 1},
    ],
)
def test_what_is_no_scorecard_is_refused(ledger: Ledger, wrong: dict[str, Any]) -> None:
    publish(ledger)
    with pytest.raises(ReadError, match=r"scorecard|its data is not|not a calendar date"):
        read_journal(with_card(ledger, **wrong), name="j.jsonl")


@pytest.mark.parametrize("wrong", [{"sources": []}, {"size": 0}, {"pooled": {"n": [{}]}}])
def test_a_scorecard_that_does_not_come_out_again_is_refused(
    ledger: Ledger, other: Ledger, wrong: dict[str, Any]
) -> None:
    publish(ledger)
    with pytest.raises(LedgerError, match="would not verify: the scorecard of event"):
        taken(other, with_card(ledger, **wrong))
    assert held_by(other).size == 0
    with pytest.raises(LedgerError, match="would not verify: the scorecard of event"):
        taken_on_top(ledger, other, with_card(ledger, **wrong))


def taken_on_top(ledger: Ledger, other: Ledger, data: bytes) -> Taken:
    """As a fast-forward of a copy."""
    own = exported(ledger).decode().splitlines()[1:]
    taken(other, resigned(own))
    return taken(other, data)


def test_nothing_is_put_on_top_of_a_damaged_head(ledger: Ledger, other: Ledger) -> None:
    fill(ledger)
    taken(other, exported(ledger))
    book.note(ledger, 1, "later")
    hashes = held_by(other).size.bit_count()
    with other.write() as conn:
        conn.execute(update(head).values(frontier=bytes(32 * hashes)))
    with pytest.raises(LedgerError, match="this ledger would not give its root"):
        taken(other, exported(ledger))


def test_links_follow_what_was_said_elsewhere(ledger: Ledger, other: Ledger) -> None:
    book.add(ledger, CLAIM)
    taken(other, exported(ledger))
    here, there = (add_link(one, 1, add_item(one, title="It rained")) for one in (ledger, other))
    book.accept(ledger, here)
    taken(other, exported(ledger))
    with other.read() as conn:
        assert get_link(conn, there).state == "accepted"
    book.undo(ledger)
    taken(other, exported(ledger))
    with other.read() as conn:
        assert get_link(conn, there).state == "suggested"


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "maybe"},
        {"outcome": "true", "credit": "0.50"},
        {"credit": None},
        {"credit": "1.00"},
        {"credit": "50%"},
        {"resolved_on": "2026-02-30"},
        {"reason": None},
    ],
)
def test_a_forged_verdict_is_refused(wrong: dict[str, Any]) -> None:
    good = {"outcome": "partial", "credit": "0.50", "resolved_on": "2026-01-01", "reason": "r"}
    read_journal(resigned([RECORDED, event("prediction.resolved", good)]), name="j.jsonl")
    with pytest.raises(ReadError, match="line 3"):
        read_journal(
            resigned([RECORDED, event("prediction.resolved", good | wrong)]), name="j.jsonl"
        )


def test_a_line_without_end_is_not_read_to_its_end() -> None:
    data = resigned([RECORDED, "x" * (17 * 2**20)])
    with pytest.raises(ReadError, match="line 3: longer than any event"):
        read_journal(data, name="j.jsonl")


def test_a_mailed_file_may_have_gained_a_mark_and_carriage_returns(
    ledger: Ledger, other: Ledger
) -> None:
    fill(ledger)
    data = b"\xef\xbb\xbf" + exported(ledger).replace(b"\n", b"\r\n")
    assert is_journal(data)
    assert taken(other, data).held == held_by(ledger)


def test_every_changed_byte_and_every_cut_is_seen(ledger: Ledger) -> None:
    fill(ledger)
    data = exported(ledger)
    head = data.index(b"\n")
    rng = random.Random(5)
    for place in rng.sample(range(head + 1, len(data)), 300):
        changed = bytearray(data)
        changed[place] ^= 1 << rng.randrange(8)
        if bytes(changed).replace(b"\r\n", b"\n").rstrip(b"\n") == data.rstrip(b"\n"):
            continue  # the last line's end
        with pytest.raises(ReadError):
            read_journal(bytes(changed), name="j.jsonl")
    for place in rng.sample(range(len(data) - 1), 100):
        with pytest.raises(ReadError):
            read_journal(data[:place], name="j.jsonl")


@settings(max_examples=200, deadline=2_000)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, after_a_header: bool) -> None:
    if after_a_header:
        data = resigned([RECORDED]) + data
    try:
        read_journal(data, name="j.jsonl")
    except ReadError:
        assert data != resigned([RECORDED])
    else:
        assert data == resigned([RECORDED])


mutations: list[Callable[[random.Random, Any], Any]] = [
    lambda _rng, _value: None,
    lambda _rng, _value: 5,
    lambda _rng, _value: True,
    lambda _rng, _value: [],
    lambda _rng, _value: {},
    lambda _rng, value: [value],
    lambda _rng, value: str(value) + "x",
    lambda rng, _value: "9" * rng.randrange(30),
    lambda rng, _value: rng.choice(["", "0", "-1", "NaN", "2026-01-01", "true", "\u202e", "e1"]),
    lambda rng, _value: rng.choice([2**31, 2**63, 2**64, -1, 0]),
]


def mutated(rng: random.Random, value: Any) -> Any:
    """The same JSON with something in it replaced, removed or added."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(sorted(value))
        turn = rng.random()
        if turn < 0.1:
            return {k: v for k, v in value.items() if k != key}
        if turn < 0.2:
            return value | {rng.choice(["id", "status", "x", "prediction_id"]): value[key]}
        return value | {key: mutated(rng, value[key])}
    return rng.choice(mutations)(rng, value)


def test_a_well_signed_forgery_leaves_a_ledger_that_can_be_read(
    ledger: Ledger, tmp_path: Path
) -> None:
    fill(ledger)
    lines = exported(ledger).decode().splitlines()[1:]
    rng = random.Random(11)
    taken_over = 0
    for number in range(250):
        place = rng.randrange(len(lines))
        forged = [*lines]
        forged[place] = canonical(mutated(rng, json.loads(lines[place])))
        try:
            file = read_journal(resigned(forged), name="j.jsonl")
        except ReadError:
            continue
        other = open_ledger(tmp_path / f"{number}.db", clock=ledger.clock)
        with suppress(LedgerError):
            import_journal(other, file)
        assert sound(other)
        with other.read() as conn:
            for found in list_all(conn, other):
                assert found.to_json()
        other.close()
        taken_over += 1
    assert taken_over > 5


def list_all(conn: Any, ledger: Ledger) -> list[Any]:
    from ledger.queries import Asked
    from ledger.queries import list_predictions
    from ledger.queries import whole

    found = list_predictions(conn, Asked(status="all"), today=ledger.clock.today())
    assert [whole(conn, one).prediction for one in found] == found
    return found


def test_a_damaged_ledger_says_so_when_it_is_exported(file_ledger: Ledger) -> None:
    fill(file_ledger)
    with file_ledger.write() as conn:
        conn.exec_driver_sql("DROP TRIGGER event_no_update")
        conn.exec_driver_sql("UPDATE event SET body = replace(body, 'Snow', 'Sun') WHERE seq = 2")
    with pytest.raises(LedgerError, match="does not give its own root"):
        exported(file_ledger)


VERBS = ("add", "amend", "note", "attach", "resolve", "reopen", "withdraw", "undo", "redo")


def play(ledger: Ledger, rng: random.Random, verbs: int) -> None:
    """Some verbs, as they come; those that are refused are passed over."""
    book.add(ledger, CLAIM)
    for number in range(verbs):
        with suppress(CalledItError):
            do(ledger, rng.choice(VERBS), rng.randint(1, 4), number)


def do(ledger: Ledger, verb: str, which: int, number: int) -> None:
    match verb:
        case "add":
            book.add(ledger, CLAIM | {"statement": f"Claim {number}"})
        case "amend":
            book.amend(ledger, which, {"criterion": f"{number} mm"})
        case "note":
            book.note(ledger, which, f"note {number}")
        case "attach":
            book.attach(ledger, which, Evidence(url=f"https://a.example/{number}"))
        case "resolve":
            book.resolve(ledger, which, "true", reason="seen")
        case "reopen":
            book.reopen(ledger, which, reason="doubt")
        case "withdraw":
            book.withdraw(ledger, which, reason="twice")
        case "undo":
            book.undo(ledger)
        case "redo":
            book.redo(ledger)


@pytest.mark.parametrize("seed", range(6))
def test_any_ledger_comes_back_as_it_was(
    ledger: Ledger, other: Ledger, seed: int, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    play(ledger, rng, 40)
    taken(other, exported(ledger))  # the first part, then the rest on top of it
    play(ledger, rng, 40)
    data = exported(ledger)
    taken(other, data)
    third = open_ledger(tmp_path / "third.db", clock=ledger.clock)
    taken(third, data)
    for copy in (other, third):
        assert held_by(copy) == held_by(ledger)
        assert views_of(copy) == views_of(ledger)
        assert exported(copy) == data
        assert sound(copy, held_by(ledger))
    third.close()
