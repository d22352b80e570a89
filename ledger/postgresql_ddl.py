"""What PostgreSQL needs beside the tables: append-only triggers and full-text tables.

Triggers for each row, not for each statement with transition tables: some distributed
descendants of PostgreSQL lack these.
"""

from __future__ import annotations

APPEND_ONLY = (
    """CREATE OR REPLACE FUNCTION calledit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
END $$""",
    """CREATE OR REPLACE FUNCTION calledit_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> 1 AND NOT EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq - 1) THEN
    RAISE EXCEPTION 'the journal has no gaps' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$""",
    (
        "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event "
        "FOR EACH ROW EXECUTE FUNCTION calledit_refuse()"
    ),
    (
        "CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION calledit_refuse()"
    ),
    (
        "CREATE TRIGGER event_no_gap AFTER INSERT ON event "
        "FOR EACH ROW EXECUTE FUNCTION calledit_no_gap()"
    ),
)


def _words(name: str) -> tuple[str, ...]:
    """A table that holds what is said in another, as PostgreSQL searches it."""
    return (
        (
            f"CREATE TABLE {name}_words ({name}_id integer PRIMARY KEY "
            f"REFERENCES {name} (id) ON DELETE CASCADE, words tsvector NOT NULL, "
            "length integer NOT NULL)"
        ),
        f"CREATE INDEX ix_{name}_words ON {name}_words USING gin (words)",
    )


PREDICTION_TEXT = _words("prediction")
FULL_TEXT = (*_words("item"), *PREDICTION_TEXT)
DROP_PREDICTION_TEXT = ("DROP TABLE prediction_words",)
