"""Every table, in four groups: the journal, its views, their tallies, and the newsroom.

The journal is permanent; the views are a fold of it and may be dropped and remade, and so may the
tallies, which count the views; the newsroom can be fetched again. SQLite tables are STRICT.
Instants are UTC text of fixed width, calendar dates are ``YYYY-MM-DD``, probabilities are decimal
text, flags are 0 or 1, lists are JSON text: the same on every engine, and none of it loses
anything on a round trip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import REAL
from sqlalchemy import CheckConstraint
from sqlalchemy import Column
from sqlalchemy import Double
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import Text
from sqlalchemy import UniqueConstraint

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

SCHEMA_VERSION = 2

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# By code points on every engine: the order of dates and instants is the order of their text.
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def _text(name: str, default: str | None = "") -> Column[str]:
    """A text column; with ``default=None`` it may be null."""
    if default is None:
        return Column(name, _TEXT, nullable=True)
    return Column(name, _TEXT, nullable=False, server_default=default)


def _real(name: str) -> Column[float]:
    # STRICT tables know REAL only; PostgreSQL's REAL is but four bytes.
    kind: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")
    return Column(name, kind, nullable=False, server_default="0")


def _flag(name: str, default: int = 0) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=str(default))


meta = Table(
    "meta",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("value", _TEXT, nullable=False),
    sqlite_strict=True,
)

# ── the journal ─────────────────────────────────────────────────────────────────────────────

event = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", _TEXT, nullable=False, unique=True),
    Column("subject", _TEXT, nullable=False, index=True),
    Column("body", _TEXT, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    sqlite_strict=True,
)

# One row: what an append needs of the Merkle tree (size, and the roots of its perfect subtrees).
head = Table(
    "head",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one"), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    sqlite_strict=True,
)

# ── the views ───────────────────────────────────────────────────────────────────────────────

article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _text("title"),
    _text("url", None),
    _text("outlet"),
    _text("author"),
    _text("published"),
    _text("sha256"),
    sqlite_strict=True,
)

prediction = Table(
    "prediction",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _text("external_id", None),
    Column("status", _TEXT, nullable=False),
    Column("statement", _TEXT, nullable=False),
    Column("source", _TEXT, nullable=False),
    Column("made_on", _TEXT, nullable=False),
    _text("due_start", None),
    Column("due_on", _TEXT, nullable=False),
    _text("due_basis", "stated"),
    _text("due_phrase"),
    _text("due_rule"),
    _text("criterion"),
    _text("condition"),
    _text("probability", None),
    _text("probability_low", None),
    _text("probability_high", None),
    _text("probability_basis", "none"),
    _text("hedge"),
    _text("hedge_class"),
    _flag("noncommittal"),
    _flag("negated"),
    _text("kind", "prediction"),
    _text("checkable", "yes"),
    _text("baseline", None),
    _text("weight", "1"),
    _text("tags", "[]"),
    Column("article_id", Integer, nullable=True),
    _text("quote"),
    Column("quote_start", Integer, nullable=True),
    Column("quote_end", Integer, nullable=True),
    Column("paragraph", Integer, nullable=True),
    Column("sentence", Integer, nullable=True),
    _text("speaker_basis"),
    _text("confidence", None),
    _text("cues", "[]"),
    _text("outcome", None),
    _text("credit", None),
    _text("resolved_on", None),
    _text("reason"),
    _text("resolved_by"),
    _text("recorded_at"),
    _text("changed_at"),
    # The seq of its latest event that counts.
    Column("version", Integer, nullable=False, server_default="0"),
    Index("ix_prediction_status_due_on", "status", "due_on"),
    Index("ix_prediction_source", "source"),
    Index("ix_prediction_external_id", "external_id"),
    sqlite_strict=True,
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # the seq of its event
    Column("prediction_id", Integer, nullable=False, index=True),
    Column("item_id", Integer, nullable=True),
    _text("url", None),
    _text("title"),
    _text("publisher"),
    _text("published"),
    _text("quote"),
    _text("sha256"),
    _text("stance", "mentions"),
    sqlite_strict=True,
)

note = Table(
    "note",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # the seq of its event
    Column("prediction_id", Integer, nullable=False, index=True),
    Column("text", _TEXT, nullable=False),
    sqlite_strict=True,
)

# ── the newsroom ────────────────────────────────────────────────────────────────────────────

# The text that claims were read from, so that a quote can be shown in its paragraph.
article_text = Table(
    "article_text",
    metadata,
    Column("sha256", _TEXT, primary_key=True),
    Column("text", _TEXT, nullable=False),
    sqlite_strict=True,
)

feed = Table(
    "feed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", _TEXT, nullable=False, unique=True),
    _text("title"),
    _text("tags", "[]"),
    _text("added_at"),
    _flag("allow_private"),  # the user vouches for this feed's host
    _text("status", "new"),  # new, ok, failing, gone
    _text("etag"),  # validators, byte for byte as the server sent them
    _text("last_modified"),
    _text("validators_at"),
    _text("body_sha256"),
    _text("next_at"),
    _text("next_why", "[]"),
    _text("polled_at"),
    _text("ok_at"),
    _text("error"),
    Column("failures", Integer, nullable=False, server_default="0"),
    _text("home"),  # the site that the feed names as its own
    Column("ttl", Integer, nullable=False, server_default="0"),  # minutes, as the feed asks
    _text("moved_to"),  # where a permanent redirect leads, and since when it does
    _text("moved_at"),
    _text("leased_by"),  # the poller that is asking it now, and until when nobody else may
    _text("leased_until"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # an id names the scope of items and is never given twice
)

item = Table(
    "item",
    metadata,
    Column("id", Integer, primary_key=True),  # in order of arrival
    Column("feed_id", Integer, ForeignKey("feed.id", ondelete="SET NULL"), nullable=True),
    # Scope and identity name an item for ever: "feed:3" and its guid, "news" and an external id.
    Column("scope", _TEXT, nullable=False),
    Column("identity", _TEXT, nullable=False),
    _text("external_id", None),
    _text("title"),
    _text("url", None),
    _text("publisher"),
    _text("authors", "[]"),
    _text("language"),
    _text("published"),  # an instant; where the feed gives none, when we first saw it
    _text("published_raw"),
    _text("published_basis", "stated"),  # stated, seen
    _text("updated", None),
    _text("summary"),
    _text("text"),
    _text("sha256"),
    Column("revision", Integer, nullable=False, server_default="1"),
    _text("first_seen"),
    _text("last_seen"),
    UniqueConstraint("scope", "identity"),
    Index("ix_item_published", "published"),
    Index("ix_item_feed_id_published", "feed_id", "published"),
    Index("ix_item_external_id", "external_id"),
    sqlite_strict=True,
)

# What an item said before it was edited; the item row holds the newest revision.
item_revision = Table(
    "item_revision",
    metadata,
    Column("item_id", Integer, ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    _text("title"),
    _text("url", None),
    _text("published"),
    _text("summary"),
    _text("text"),
    _text("sha256"),
    _text("seen_at"),
    sqlite_strict=True,
)

link = Table(
    "link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("prediction_id", Integer, nullable=False),
    Column("item_id", Integer, ForeignKey("item.id", ondelete="CASCADE"), nullable=False),
    _real("score"),
    _text("stance", "mentions"),
    _real("stance_confidence"),
    _text("why", "[]"),
    _text("state", "suggested"),  # suggested, accepted, rejected
    _text("decided_by"),
    _text("decided_at"),
    _text("engine"),
    Column("story", Integer, nullable=False, server_default="0"),
    UniqueConstraint("prediction_id", "item_id"),
    Index("ix_link_item_id", "item_id"),
    # An id is never given twice: a stale screen must not accept another item.
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

VIEWS = (article, prediction, evidence, note)

# ── the tallies: the predictions counted, as scoring asks; made from the views alone ─────────

# Claims of one source that score alike on the day of `tally_day`, and how many they are.
source_tally = Table(
    "source_tally",
    metadata,
    Column("source", _TEXT, primary_key=True),
    Column("alike", _TEXT, primary_key=True),  # what they share, as canonical JSON
    Column("number", Integer, nullable=False),
    sqlite_strict=True,
)

# The same of all sources together.
pooled_tally = Table(
    "pooled_tally",
    metadata,
    Column("alike", _TEXT, primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_strict=True,
)

# What a source's place among all others rests on, as `ledger.scoring.ranking.Form` says.
source_form = Table(
    "source_form",
    metadata,
    Column("source", _TEXT, primary_key=True),
    Column("cohort", _TEXT, primary_key=True),
    Column("basis", _TEXT, primary_key=True),
    _real("n"),
    _real("mean"),
    _real("variance"),
    _real("rank_n"),
    _real("rank_mean"),
    sqlite_strict=True,
)

# One row: the day of which the tallies tell, and one after which nothing was made or resolved.
tally_day = Table(
    "tally_day",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one"), primary_key=True),
    Column("day", _TEXT, nullable=False),
    Column("latest", _TEXT, nullable=False),
    sqlite_strict=True,
)

TALLIES = (source_tally, pooled_tally, source_form, tally_day)
