"""A check that takes long says how far it is, on standard error; a short one says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.verifying import work
from tui.commands import verify
from tui.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("large", [0, 50_000])
@pytest.mark.parametrize("quiet", [0.0, 60.0])
def test_progress(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    large: int,
    quiet: float,
) -> None:
    monkeypatch.setattr(work, "_LARGE", large)
    monkeypatch.setattr(verify, "_QUIET", quiet)
    common = ["--ledger", str(tmp_path / "ledger.db"), "--today", "2026-01-15"]
    assert main([*common, "add", "Rain", "--source", "Met", "--due-on", "2026-02-01"]) == 0
    capsys.readouterr()
    assert main([*common, "verify"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("ok: 1 events")
    told = [f"checking: {done} of 5 parts done" for done in (1, 2, 3, 4)]
    assert said.err.splitlines() == ([] if quiet else told)
