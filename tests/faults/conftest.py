"""Where campaigns work."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fast_path() -> Iterator[Path]:
    """A folder in memory where the system has one: no crash of a process tells it from a disk."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="calledit-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)
