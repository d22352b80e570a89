"""Where campaigns work."""

from __future__ import annotations

import gc
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.book import writing

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fast_path() -> Iterator[Path]:
    """A folder in memory where the system has one: no crash of a process tells it from a disk."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="calledit-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that went away is asked again at once."""
    monkeypatch.setattr(writing, "_WAITS", (0.0, 0.01, 0.05))
    yield
    gc.collect()  # what lost connections leave behind, before another test hears of it
