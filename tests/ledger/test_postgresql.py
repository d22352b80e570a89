"""What is PostgreSQL's alone: its session, its guards, its roles, its neighbours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg import OperationalError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError

from ledger import book
from ledger import journal
from ledger.engines import postgresql
from ledger.engines.postgresql import translated
from ledger.errors import ConnectionLostError
from ledger.errors import LedgerBusyError
from ledger.errors import LedgerError
from ledger.errors import NotALedgerError
from ledger.errors import UsageError
from ledger.postgresql_ddl import APPEND_ONLY
from ledger.store import open_ledger
from ledger.verify import verify
from tests.ledger.programs import opened_by_programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.clock import Clock
    from ledger.store import Ledger
    from tests.postgres import Server

CLAIM = {"statement": "It rains in Bergen", "source": "Met office", "due_on": "2026-02-01"}
TEAM = Path(__file__).parents[2] / "docs" / "team.md"


@pytest.fixture
def address(postgres: Server) -> str:
    return postgres.fresh_place()


@pytest.fixture
def shared(address: str, clock: Clock) -> Iterator[Ledger]:
    ledger = open_ledger(address, clock=clock)
    yield ledger
    ledger.close()


def schema_of(address: str) -> str:
    return address.rpartition("search_path%3D")[2]


def as_role(address: str, role: str) -> str:
    return address.replace("postgres:@", f"{role}:@")


def test_every_session_is_set_up(shared: Ledger) -> None:
    wanted = {
        "transaction_isolation": "repeatable read",
        "transaction_read_only": "on",
        "synchronous_commit": "on",
        "default_transaction_isolation": "read committed",
        "idle_in_transaction_session_timeout": "10min",
        "lock_timeout": "30s",
        "application_name": "calledit",
    }
    with shared.read() as conn:
        held = {name: conn.execute(text(f"SHOW {name}")).scalar_one() for name in wanted}
    assert held == wanted


def test_text_is_ordered_by_code_points_everywhere(shared: Ledger) -> None:
    query = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND data_type = 'text' "
        "AND collation_name IS DISTINCT FROM 'C'"
    )
    with shared.read() as conn:
        assert conn.exec_driver_sql(query).scalars().all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = '{}' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 1",
        "TRUNCATE event",
        "TRUNCATE event CASCADE",
        "INSERT INTO event VALUES (9, 'x', 's', '{}', '')",
        "INSERT INTO event SELECT 2, id, subject, body, leaf FROM event WHERE seq = 1",
        "INSERT INTO event SELECT * FROM event ON CONFLICT (seq) DO UPDATE SET body = '{}'",
    ],
)
def test_the_journal_refuses_every_way_of_editing_it(shared: Ledger, statement: str) -> None:
    book.add(shared, CLAIM)
    with pytest.raises(IntegrityError), shared.write() as conn:
        conn.exec_driver_sql(statement)
    with shared.read() as conn:
        assert verify(conn).ok


@pytest.fixture
def roles(postgres: Server, shared: Ledger, address: str) -> Iterator[tuple[str, str]]:
    """The statements of docs/team.md, run as they stand there but for the names."""
    schema = schema_of(address)
    member, reader = f"member_{schema}", f"reader_{schema}"
    sql = "".join(re.findall(r"```sql\n(.*?)```", TEAM.read_text(), flags=re.DOTALL))
    sql = re.sub(r"CREATE (ROLE calledit_owner|DATABASE)[^;]*;", "", sql)  # there are both
    sql = sql.replace("calledit_member", member).replace("calledit_reader", reader)
    sql = sql.replace("SCHEMA public", f"SCHEMA {schema}").replace("NOLOGIN", "LOGIN")
    postgres.execute(f"SET search_path = {schema}")
    for statement in filter(str.strip, sql.split(";")):
        postgres.execute(statement)
    assert shared.engine == "postgresql"
    yield member, reader
    for role in (member, reader):
        postgres.execute(f"DROP OWNED BY {role}")
        postgres.execute(f"DROP ROLE {role}")
    postgres.execute("RESET search_path")


def test_a_member_does_everything_but_change_the_journal(
    address: str, roles: tuple[str, str], clock: Clock
) -> None:
    from ledger.linking.engine import link_items
    from ledger.newsroom import add_feed
    from tests.ledger.news import add_item
    from tests.ledger.news import add_link

    ledger = open_ledger(as_role(address, roles[0]), clock=clock)
    book.add_many(ledger, [CLAIM, CLAIM | {"statement": "It snows in Oslo"}])
    add_feed(ledger, "https://news.example/feed.xml")
    add_link(ledger, 1, add_item(ledger, title="Rain in Bergen, it rains"))
    link_items(ledger, [add_item(ledger, title="Rain in Bergen, it snows")])
    book.accept(ledger, 1)
    book.resolve(ledger, 1, "true")
    book.undo(ledger)
    with ledger.write() as conn:
        from ledger import views

        views.rebuild(conn)
    with ledger.read() as conn:
        assert verify(conn).ok
    for statement in (
        "UPDATE event SET body = '{}'",
        "DELETE FROM event",
        "TRUNCATE event",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "DROP TRIGGER event_no_change ON event",
        "UPDATE meta SET value = 'calledit/other' WHERE key = 'origin'",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(LedgerError, match=r"roles in docs/team\.md"), ledger.write() as conn:
            conn.exec_driver_sql(statement)
    ledger.close()


def test_a_reader_reads_and_no_more(
    address: str, shared: Ledger, roles: tuple[str, str], clock: Clock
) -> None:
    book.add(shared, CLAIM)
    ledger = open_ledger(as_role(address, roles[1]), clock=clock)
    with ledger.read() as conn:
        assert verify(conn).ok
    with pytest.raises(LedgerError, match=r"roles in docs/team\.md"):
        book.note(ledger, 1, "a remark")
    ledger.close()


def test_a_writer_gives_up_after_a_while_and_says_so(
    address: str, shared: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgresql.SESSION, "lock_timeout", "50")
    impatient = open_ledger(address, clock=shared.clock)
    with shared.write(), pytest.raises(LedgerBusyError, match="another program is writing"):
        book.add(impatient, CLAIM)
    assert book.add(impatient, CLAIM).id == 1
    impatient.close()


def test_a_reader_sees_one_moment_and_waits_for_nobody(shared: Ledger, address: str) -> None:
    book.add(shared, CLAIM)
    other = open_ledger(address)
    with other.read() as conn:
        assert journal.frontier_of(conn).size == 1
        book.add(shared, CLAIM)
        assert journal.frontier_of(conn).size == 1
    with other.read() as conn:
        assert journal.frontier_of(conn).size == 2
    other.close()


def test_another_program_s_tables_are_left_alone(postgres: Server, address: str) -> None:
    schema = schema_of(address)
    postgres.execute(f"CREATE TABLE {schema}.event (name text)")
    with pytest.raises(NotALedgerError, match="tables of another program"):
        open_ledger(address)


def test_looking_does_not_make_a_ledger(address: str) -> None:
    with pytest.raises(LedgerError, match="there is no ledger at postgresql://"):
        open_ledger(address, create=False)
    made = open_ledger(address)
    assert made.created
    made.close()


def test_a_newer_ledger_is_refused(shared: Ledger, address: str) -> None:
    with shared.write() as conn:
        conn.execute(text("UPDATE meta SET value = '999' WHERE key = 'schema'"))
    with pytest.raises(NotALedgerError, match="newer"):
        open_ledger(address)


def test_several_programs_may_make_the_ledger_at_once(address: str, clock: Clock) -> None:
    made = opened_by_programs(address, 6)
    assert sorted(made) == [*["created=False upgraded_from=0"] * 5, "created=True upgraded_from=0"]
    ledger = open_ledger(address, clock=clock)
    book.add(ledger, CLAIM)
    with ledger.read() as conn:
        assert verify(conn).ok
    ledger.close()


def test_a_writer_sees_what_the_one_before_it_wrote_whatever_the_role_s_habit(
    postgres: Server, address: str, clock: Clock
) -> None:
    schema = schema_of(address)
    postgres.execute(f"CREATE ROLE {schema}_strict SUPERUSER LOGIN")
    postgres.execute(
        f"ALTER ROLE {schema}_strict SET default_transaction_isolation = 'repeatable read'"
    )
    ledger = open_ledger(as_role(address, f"{schema}_strict"), clock=clock)
    with ledger.write() as conn:
        assert conn.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
    ledger.close()


def test_a_writer_that_stands_still_is_cut_off(
    shared: Ledger, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shared.write() as conn:
        query = text("SHOW idle_in_transaction_session_timeout")
        assert conn.execute(query).scalar() == "1min"
    monkeypatch.setattr(postgresql, "IDLE_WRITER_MS", 50)
    other = open_ledger(address, clock=shared.clock)
    with pytest.raises(ConnectionLostError), shared.write() as conn:
        assert book.add(other, CLAIM).id == 1  # gets its turn while we do nothing
        conn.execute(text("SELECT 1"))
    other.close()


def test_options_may_be_given_twice(address: str, clock: Clock) -> None:
    ledger = open_ledger(f"{address}&options=-cstatement_timeout%3D77s", clock=clock)
    with ledger.read() as conn:
        assert conn.execute(text("SHOW statement_timeout")).scalar() == "77s"
        assert conn.execute(text("SELECT current_schema()")).scalar() == schema_of(address)
    ledger.close()


def test_a_server_that_takes_no_more_connections(postgres: Server, address: str) -> None:
    role = f"{schema_of(address)}_crowd"
    postgres.execute(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 0")
    with pytest.raises(ConnectionLostError, match="too many connections") as refused:
        open_ledger(as_role(address, role))
    assert "cannot be written" not in str(refused.value)


def test_a_pooler_that_has_no_connection_left() -> None:
    class FullError(OperationalError):
        sqlstate = "53300"

    error = DBAPIError("SELECT 1", None, FullError("sorry, too many clients already"))
    with pytest.raises(ConnectionLostError, match="takes no more connections"), translated("here"):
        raise error


def test_a_ledger_further_along_the_search_path_is_another_one(
    postgres: Server, shared: Ledger, address: str, clock: Clock
) -> None:
    book.add(shared, CLAIM)
    first = postgres.fresh_place()
    both = f"{first}%2C{schema_of(address)}"
    with pytest.raises(LedgerError, match="there is no ledger"):
        open_ledger(both, create=False)
    made = open_ledger(both, clock=clock)
    assert made.created
    with made.read() as conn:
        assert journal.frontier_of(conn).size == 0
        assert postgresql.layout_problems(conn) == []
    made.close()
    postgres.execute(f"DROP TABLE {schema_of(first)}.note")
    again = open_ledger(both)
    with again.read() as conn:
        assert "column note.id is not" in "\n".join(postgresql.layout_problems(conn))
    again.close()


NEVER = (
    "CREATE OR REPLACE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event "
    "FOR EACH ROW WHEN (false) EXECUTE FUNCTION calledit_refuse()"
)
# One function of ours that says what another of ours does.
SILENT = next(one for one in APPEND_ONLY if "calledit_no_gap()" in one).replace(
    "calledit_no_gap", "calledit_refuse"
)
REFUSE = "FOR EACH ROW EXECUTE FUNCTION calledit_refuse()"


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (
            NEVER,
            "lacks: CREATE TRIGGER event_no_change",
        ),
        (
            f"CREATE OR REPLACE TRIGGER event_no_change BEFORE UPDATE ON event {REFUSE}",
            "lacks: CREATE TRIGGER event_no_change",
        ),
        (
            SILENT,
            "lacks: CREATE TRIGGER event_no_truncate",
        ),
        ("ALTER FUNCTION calledit_no_gap() SET search_path = pg_catalog", "event_no_gap"),
        ("ALTER FUNCTION calledit_no_gap() SECURITY DEFINER", "event_no_gap"),
        ("ALTER TABLE event DISABLE TRIGGER event_no_change", "event_no_change"),
        ("ALTER TABLE event ENABLE REPLICA TRIGGER event_no_change", "event_no_change"),
        ("DROP TRIGGER event_no_gap ON event", "lacks: CREATE TRIGGER event_no_gap"),
        (f"CREATE TRIGGER mine BEFORE INSERT ON event {REFUSE}", "trigger mine is not ours"),
        (f"CREATE TRIGGER mine BEFORE UPDATE ON head {REFUSE}", "trigger mine is not ours"),
        ("ALTER TABLE event DROP CONSTRAINT uq_event_id", "lacks: UNIQUE (id) of event"),
        ("ALTER TABLE event DROP CONSTRAINT pk_event", "lacks: PRIMARY KEY (seq) of event"),
        ("ALTER TABLE head DROP CONSTRAINT ck_head_one", "lacks: CHECK (id = 1) of head"),
        ("ALTER TABLE link DROP CONSTRAINT fk_link_item_id", "lacks: FOREIGN KEY (item_id)"),
        ("ALTER TABLE event ADD CHECK (seq < 9)", "CHECK (seq < 9) of event is not ours"),
        ("CREATE RULE mine AS ON INSERT TO event DO INSTEAD NOTHING", "table event"),
        ("ALTER TABLE event ENABLE ROW LEVEL SECURITY", "table event"),
        ("ALTER TABLE event SET UNLOGGED", "table event"),
        ("CREATE TABLE more () INHERITS (event)", "table event"),
        ("ALTER TABLE event ALTER COLUMN body DROP NOT NULL", "column event.body"),
    ],
)
def test_a_layout_that_only_looks_like_ours(shared: Ledger, statement: str, what: str) -> None:
    with shared.write() as conn:
        assert postgresql.layout_problems(conn) == []
        conn.exec_driver_sql(statement)
        assert what in "\n".join(postgresql.layout_problems(conn))


def test_a_password_is_never_shown(shared: Ledger) -> None:
    where = "postgresql://anna:s3cret@127.0.0.1:9/calledit"
    with pytest.raises(ConnectionLostError) as refused:
        open_ledger(where)
    assert "s3cret" not in str(refused.value)
    assert "anna" in str(refused.value)
    with pytest.raises(UsageError) as malformed:
        open_ledger("postgresql://anna:s3cret@127.0.0.1:port/calledit")
    assert "s3cret" not in str(malformed.value)


def test_a_backend_that_is_killed_between_verbs_is_no_matter(
    postgres: Server, shared: Ledger
) -> None:
    book.add(shared, CLAIM)
    postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'calledit' AND pid <> pg_backend_pid()"
    )
    assert book.add(shared, CLAIM).id == 2
    with shared.read() as conn:
        assert verify(conn).ok


def test_words_of_every_kind_are_found_as_on_sqlite(shared: Ledger, file_ledger: Ledger) -> None:
    from ledger.fulltext import Window
    from ledger.fulltext import full_text
    from ledger.newsroom import NewItem
    from ledger.newsroom import store_items

    titles = [
        "It's O'Brien's 3.5 % \\ rule: 'quoted' & | ! () <->",
        "Ключевая ставка 日本銀行 naïve café ÅNGSTRÖM",
        "running runs ran; state-of-the-art",
        "x" * 3_000,
        "a :* b 🙂",
    ]
    items = [
        NewItem(identity=str(n), title=title, summary=title[::-1], published="2026-01-01T00:00:00Z")
        for n, title in enumerate(titles * 3)
    ]
    asked = [
        "O'Brien's",
        "3.5",
        "run",
        "state-of-the-art",
        "'",
        "\\",
        "ставка",
        "naive",
    ]
    answers = []
    for ledger in (shared, file_ledger):
        with ledger.write() as conn:
            store_items(conn, "news", None, items, "2026-01-02T00:00:00Z")
        with ledger.read() as conn:
            ours = full_text(conn)
            best = [
                [(hit.item_id, round(hit.raw, 9)) for hit in found]
                for found in (
                    ours.best_items(conn, [(word, 1.0), ("runs", 0.5)], Window(), limit=20)
                    for word in asked
                )
            ]
            held = [ours.items_holding(conn, [word], limit=20) for word in asked if word != "'"]
            answers.append((best, held, ours.document_counts(conn, ["run", "3"])))
    for ours, theirs in zip(*answers, strict=True):
        assert ours == theirs
