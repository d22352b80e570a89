"""Random verbs against a model of plain dicts: the ledger does what is documented, and no more.

After every verb: refused where the model refuses, and the same state. At the end: the ledger
verifies, its views are the fold of its events, and its journal comes back with the same root.
"""

from __future__ import annotations

import random
import shutil
import time
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import select

from ledger import journal
from ledger import views
from ledger.errors import CalledItError
from ledger.exchange.journal import journal_lines
from ledger.exchange.journal import read_journal
from ledger.exchange.takeover import import_journal
from ledger.schema import VIEWS
from ledger.store import open_ledger
from ledger.verify import verify
from tests.faults.growing import ticking
from tests.faults.model import Model
from tests.faults.model import RefusedError
from tests.faults.scratch import scratch_folder
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tests.faults.stepping import Step
from tests.faults.stepping import furnish
from tests.faults.stepping import on_ledger
from tests.faults.stepping import on_model
from tests.faults.stepping import random_steps
from tests.faults.stepping import state_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from pathlib import Path

    from ledger.store import Ledger
    from tests.postgres import Server

    Fresh = Callable[[], Ledger]

VERBS_A_RUN = 50


@pytest.fixture
def fresh() -> Iterator[Fresh]:
    """Makes an empty ledger whenever it is called; in memory where there is a place for files."""
    with scratch_folder() as folder:
        yield _maker(folder)


def _maker(folder: Path) -> Fresh:
    template = folder / "template.db"
    open_ledger(template).close()
    made = 0

    def make() -> Ledger:
        nonlocal made
        made += 1
        path = folder / f"{made % 4}.db"  # at most two are open at a time
        shutil.copy(template, path)
        return open_ledger(path, clock=ticking())

    return make


@pytest.fixture
def fresh_on_server(postgres: Server) -> Fresh:
    """Makes an empty ledger on a server; the one before the last is thrown away."""
    made: list[str] = []

    def make() -> Ledger:
        if len(made) > 1:
            postgres.drop(made.pop(0))
        made.append(postgres.fresh_place())
        return open_ledger(made[-1], clock=ticking())

    return make


class DiffersError(AssertionError):
    """The ledger and the model disagree."""


def run(fresh: Fresh, steps: Sequence[Step], tally: dict[str, int]) -> None:
    """Do the steps on both.

    Raises:
        DiffersError: At a step, or at the end.
    """
    ledger, model = fresh(), Model()
    try:
        furnish(ledger, model)
        for number, step in enumerate(steps):
            try:
                _both(ledger, model, step, tally)
            except Exception as error:
                raise DiffersError(f"at step {number}, {step}: {error!r}"[:4_000]) from error
        _at_the_end(ledger, fresh)
    finally:
        ledger.close()


def _both(ledger: Ledger, model: Model, step: Step, tally: dict[str, int]) -> None:
    refused = False
    try:
        on_model(model, step)
    except RefusedError:
        refused = True
    said = None
    try:
        on_ledger(ledger, step)
    except CalledItError as error:
        said = error
    assert refused == (said is not None), said or "the ledger does what must be refused"
    tally["refused" if refused else "done"] += 1
    predictions, links = state_of(ledger)
    wanted = model.everything()
    assert predictions == wanted, _difference(predictions, wanted)
    assert links == {key: link.state for key, link in model.links.items()}


def _difference(found: dict[int, Any], wanted: dict[int, Any]) -> str:
    for number in sorted(found.keys() | wanted.keys()):
        here, there = found.get(number) or {}, wanted.get(number) or {}
        for name in sorted(here.keys() | there.keys()):
            if here.get(name) != there.get(name):
                return f"prediction {number}: {name} is {here.get(name)!r}, not {there.get(name)!r}"
    return ""


def _rows(ledger: Ledger) -> list[Any]:
    with ledger.read() as conn:
        return [conn.execute(select(t).order_by(t.c.id)).all() for t in VIEWS]


def _at_the_end(ledger: Ledger, fresh: Fresh) -> None:
    with ledger.read() as conn:
        assert verify(conn).problems == ()
        data = "".join(f"{line}\n" for line in journal_lines(conn)).encode()
        held = journal.checkpoint(conn)
    before = _rows(ledger)
    with ledger.write() as conn:
        views.rebuild(conn)
    assert _rows(ledger) == before
    other = fresh()
    try:
        done = import_journal(other, read_journal(data, name="j"))
        assert done.held.root == held.root
        assert _rows(other) == before
    finally:
        other.close()


def shrunk(fresh: Fresh, steps: Sequence[Step]) -> list[Step]:
    """The failing steps without those that it fails without as well."""
    kept = list(steps)
    for place in reversed(range(len(steps))):
        fewer = kept[:place] + kept[place + 1 :]
        if _fails(fresh, fewer):
            kept = fewer
    return kept


def _fails(fresh: Fresh, steps: Sequence[Step]) -> bool:
    try:
        run(fresh, steps, {"done": 0, "refused": 0})
    except DiffersError:
        return True
    return False


def campaign(fresh: Fresh, sequences: int, first: int) -> dict[str, int]:
    """So many random sequences; the first that fails is told in as few steps as it takes."""
    tally = {"done": 0, "refused": 0}
    for number in range(sequences):
        rng = random.Random(f"{first} {number}")
        steps = random_steps(rng, VERBS_A_RUN)
        try:
            run(fresh, steps, tally)
        except DiffersError as error:
            told = "\n".join(map(repr, shrunk(fresh, steps)))
            pytest.fail(f"seed {first}, sequence {number}: {error}\nin short:\n{told}")
    return tally


def test_random_verbs_do_what_the_model_does(fresh: Fresh) -> None:
    _reported(fresh, "model_sequences")


def test_random_verbs_do_what_the_model_does_on_a_server(fresh_on_server: Fresh) -> None:
    _reported(fresh_on_server, "model_sequences_postgresql")


def _reported(fresh: Fresh, name: str) -> None:
    start, chosen = time.monotonic(), seed()
    tally = campaign(fresh, size(name), chosen)
    report(f"{name}: {size(name)}, {tally}, seed {chosen}, {time.monotonic() - start:.0f} s")
    assert tally["done"] > tally["refused"] / 2
