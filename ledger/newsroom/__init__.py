"""The newsroom: feeds, items with every revision that was seen, and imports of news."""

from __future__ import annotations

from ledger.newsroom.feeds import add_feed
from ledger.newsroom.feeds import edit_feed
from ledger.newsroom.feeds import find_feed
from ledger.newsroom.feeds import list_feeds
from ledger.newsroom.feeds import remove_feed
from ledger.newsroom.imports import Imported
from ledger.newsroom.imports import import_news
from ledger.newsroom.items import get_item
from ledger.newsroom.items import list_items
from ledger.newsroom.items import revisions_of
from ledger.newsroom.items import search_items
from ledger.newsroom.records import Feed
from ledger.newsroom.records import Item
from ledger.newsroom.records import NewItem
from ledger.newsroom.records import Revision
from ledger.newsroom.storing import Stored
from ledger.newsroom.storing import known_items
from ledger.newsroom.storing import store_items

__all__ = [
    "Feed",
    "Imported",
    "Item",
    "NewItem",
    "Revision",
    "Stored",
    "add_feed",
    "edit_feed",
    "find_feed",
    "get_item",
    "import_news",
    "known_items",
    "list_feeds",
    "list_items",
    "remove_feed",
    "revisions_of",
    "search_items",
    "store_items",
]
