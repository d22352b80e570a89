"""Fixtures that every part uses: a fixed clock and a ledger in a temporary folder."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from ledger.clock import Clock
from ledger.store import open_ledger
from tests.postgres import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.store import Ledger
    from tests.postgres import Server

# How long an example takes is the machine's affair.
settings.register_profile("calledit", deadline=None)
settings.load_profile("calledit")

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nobody_s_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the ledger, the checkpoints or the name of whoever runs it."""
    monkeypatch.setenv("CALLEDIT_ACTOR", "tester")
    for name in ("CALLEDIT_LEDGER", "CALLEDIT_CHECKPOINTS", "CALLEDIT_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def clock() -> Clock:
    """It is noon on 15 January 2026, for ever."""
    return Clock(now_source=lambda: NOON)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, started when the first test asks for it."""
    yield from running()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger may be made: a file, and a schema of a PostgreSQL server."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    server: Server = request.getfixturevalue("postgres")
    return server.fresh_place()


@pytest.fixture
def ledger(place: str, clock: Clock) -> Iterator[Ledger]:
    """A new ledger, on each engine."""
    opened = open_ledger(place, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def file_ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A new ledger in a file, for what is SQLite's alone."""
    opened = open_ledger(tmp_path / "ledger.db", clock=clock)
    yield opened
    opened.close()
