"""Many processes on one ledger, some of them killed: nobody loses, nobody waits for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.crowd import crowd

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mode", ["", "wal"])
def test_a_crowd(fast_path: Path, mode: str) -> None:
    """All begin at once, on a ledger that is not there yet."""
    done = crowd(str(fast_path / "ledger.db"), fast_path, mode)
    assert done.ok, (done.lost[:3], done.wrong[:3])
