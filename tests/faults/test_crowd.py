"""Many processes on one ledger, some of them killed: nobody loses, nobody waits for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.crowd import crowd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Server


@pytest.mark.parametrize("mode", ["", "wal"])
def test_a_crowd(fast_path: Path, mode: str) -> None:
    """All begin at once, on a ledger that is not there yet."""
    done = crowd(str(fast_path / "ledger.db"), fast_path, mode)
    assert done.ok, (done.lost[:3], done.wrong[:3])


def test_a_crowd_on_a_server(postgres: Server, fast_path: Path) -> None:
    done = crowd(postgres.fresh_place(), fast_path)
    assert done.ok, (done.lost[:3], done.wrong[:3])
