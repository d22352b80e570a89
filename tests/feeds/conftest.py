"""A loopback site, and a desk that polls it, for every test that asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.clock import Clock
from ledger.store import open_ledger
from tests.conftest import NOON
from tests.feeds.desk import Desk
from tests.feeds.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.feeds.server import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def desk(place: str, site: Site) -> Iterator[Desk]:
    now = [NOON]
    ledger = open_ledger(place, clock=Clock(now_source=lambda: now[0]))
    yield Desk(ledger, site, now)
    ledger.close()
