"""What SQLite needs beside the tables: append-only triggers and full-text indexes.

`BEFORE UPDATE` and `BEFORE DELETE` alone do not make a table append-only: INSERT OR REPLACE
deletes without firing delete triggers, unless a per-connection setting asks for it. So inserts
onto an existing key and inserts that leave a gap are refused as well.
"""

# ruff: noqa: S608 (only our own table and column names are put into these statements)
from __future__ import annotations

_REFUSE = "SELECT RAISE(ABORT, 'the journal is append-only')"

APPEND_ONLY = (
    f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN {_REFUSE}; END",
    f"CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN {_REFUSE}; END",
    (
        "CREATE TRIGGER event_no_replace BEFORE INSERT ON event "
        "WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq OR id = NEW.id) "
        f"BEGIN {_REFUSE}; END"
    ),
    (
        "CREATE TRIGGER event_no_gap AFTER INSERT ON event "
        "WHEN NEW.seq <> 1 AND NOT EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq - 1) "
        "BEGIN SELECT RAISE(ABORT, 'the journal has no gaps'); END"
    ),
)


def _index(table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """An external-content FTS5 index over `table`, kept true by triggers."""
    fts, names = f"{table}_fts", ", ".join(columns)
    new = ", ".join(f"NEW.{column}" for column in columns)
    old = ", ".join(f"OLD.{column}" for column in columns)
    add = f"INSERT INTO {fts}(rowid, {names}) VALUES (NEW.id, {new});"
    take = f"INSERT INTO {fts}({fts}, rowid, {names}) VALUES ('delete', OLD.id, {old});"
    return (
        (
            f"CREATE VIRTUAL TABLE {fts} USING fts5({names}, content='{table}', "
            "content_rowid='id', tokenize='porter unicode61')"
        ),
        f"CREATE TRIGGER {fts}_insert AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {fts}_delete AFTER DELETE ON {table} BEGIN {take} END",
        f"CREATE TRIGGER {fts}_update AFTER UPDATE OF {names} ON {table} BEGIN {take} {add} END",
    )


PREDICTION_TEXT = _index("prediction", ("statement", "criterion", "quote", "source", "tags"))
FULL_TEXT = (*_index("item", ("title", "summary", "text")), *PREDICTION_TEXT)
DROP_PREDICTION_TEXT = ("DROP TABLE prediction_fts",)  # its triggers go with the table

_INDEXES = ("item_fts", "prediction_fts")
REBUILD_FULL_TEXT = tuple(f"INSERT INTO {fts}({fts}) VALUES ('rebuild')" for fts in _INDEXES)
CHECK_FULL_TEXT = {
    fts: f"INSERT INTO {fts}({fts}, rank) VALUES ('integrity-check', 1)" for fts in _INDEXES
}
