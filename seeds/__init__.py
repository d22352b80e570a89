"""The seed ledger: one article's claims in our own words, feeds to follow, the news that came."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def claims() -> list[dict[str, Any]]:
    """The 38 claims, in the order of the article, as objects of the `import` jsonl format."""
    return [json.loads(line) for line in _lines("claims.jsonl")]


def article() -> dict[str, Any]:
    """What is known of the article: our title for it, its date, and the sha256 of its text."""
    loaded: dict[str, Any] = json.loads(files(__name__).joinpath("article.json").read_bytes())
    return loaded


def later_news() -> Iterator[str]:
    """The news that came after, oldest first, as lines of the `news import` jsonl format."""
    return _lines("later.jsonl")


def feeds_opml() -> bytes:
    """The feeds that cover the subject, as an OPML 2.0 document."""
    return files(__name__).joinpath("feeds.opml").read_bytes()


def _lines(name: str) -> Iterator[str]:
    # Not str.splitlines: it breaks at separators that JSON leaves inside a string.
    with files(__name__).joinpath(name).open("r", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")
