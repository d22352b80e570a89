"""A loopback site for every test that asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.feeds.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.feeds.server import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running
