"""What is PostgreSQL's alone: its session, its guards, its roles, its neighbours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ledger import book
from ledger import journal
from ledger.engines import postgresql
from ledger.errors import ConnectionLostError
from ledger.errors import LedgerBusyError
from ledger.errors import LedgerError
from ledger.errors import NotALedgerError
from ledger.errors import UsageError
from ledger.store import open_ledger
from ledger.verify import verify

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
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as pool:
        ledgers = list(pool.map(lambda _: open_ledger(address, clock=clock), range(6)))
    assert sum(ledger.created for ledger in ledgers) == 1
    book.add(ledgers[0], CLAIM)
    with ledgers[-1].read() as conn:
        assert verify(conn).ok
    for ledger in ledgers:
        ledger.close()


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
