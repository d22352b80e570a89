"""Kept checkpoints: appended whole by many writers, read back whatever became of the file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import book
from ledger.checkpoints import Checkpoint
from ledger.checkpoints import parse_checkpoints
from ledger.errors import ReadError
from ledger.merkle import leaf_hash
from ledger.store import Ledger
from ledger.store import open_ledger
from ledger.witness import keep_checkpoint
from ledger.witness import known_checkpoints
from ledger.witness import place_beside
from ledger.witness import places
from ledger.witness import read_checkpoints
from tests.ledger.test_verify import CLAIM

if TYPE_CHECKING:
    from ledger.checkpoints import Kept
    from ledger.clock import Clock

ROOT = Path(__file__).parents[2]
ORIGIN = "calledit/0123456789abcdef"
ARMOUR = "-----BEGIN SSH SIGNATURE-----\nQUJD\n-----END SSH SIGNATURE-----\n"


def held(size: int, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, leaf_hash(b"%d" % size))


def sizes(path: Path) -> list[int]:
    return [kept.checkpoint.size for kept in read_checkpoints(path).kept]


def test_a_kept_checkpoint_is_readable_text(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    for size in (1, 2, 2, 5):
        assert keep_checkpoint(held(size), [path]) == ()
    assert path.read_text() == "".join(f"{held(size).text()}\n" for size in (1, 2, 5))
    found = read_checkpoints(path)
    assert [kept.checkpoint for kept in found.kept] == [held(1), held(2), held(5)]
    assert [kept.line for kept in found.kept] == [1, 5, 9]
    assert found.warnings == []


def test_every_place_is_written_and_one_that_fails_stops_no_other(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    bad = [tmp_path / "no" / "such", tmp_path, pipe, Path("/dev/full"), Path("a\0b")]
    good = tmp_path / "good"
    warnings = keep_checkpoint(held(3), [*bad, good])
    assert len(warnings) == len(bad)
    assert "No such file" in warnings[0]
    assert all("could not be kept in" in warning for warning in warnings)
    assert sizes(good) == [3]


def test_a_disk_that_fills_up_leaves_a_torn_entry_and_a_warning(tmp_path: Path) -> None:
    """A real limit on a file's size, met in the middle of an entry."""
    path = tmp_path / "kept"
    keep_checkpoint(held(1), [path])
    limit = path.stat().st_size + 30
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.ledger.test_witness import held, keep_checkpoint\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "print(*keep_checkpoint(held(2), [Path(sys.argv[1])]))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert "the disk is full" in said.stdout
    found = read_checkpoints(path)
    assert [kept.checkpoint.size for kept in found.kept] == [1]
    assert "torn" in found.warnings[0]
    keep_checkpoint(held(3), [path])
    assert sizes(path) == [1, 3]


def test_a_place_that_may_not_be_written(tmp_path: Path) -> None:
    if os.name == "nt" or os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    try:
        (warning,) = keep_checkpoint(held(1), [tmp_path / "kept"])
    finally:
        tmp_path.chmod(0o700)
    assert "Permission denied" in warning


def size_of(kept: Kept) -> int:
    return kept.checkpoint.size


def origin_of(kept: Kept) -> str:
    return f"ledger {size_of(kept) // 1_000 * 1_000}"


def test_many_processes_append_at_once(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.ledger.test_witness import held, keep_checkpoint\n"
        "for n in range(25):\n"
        "    one = held(int(sys.argv[2]) + n, f'ledger {sys.argv[2]}')\n"
        "    for said in keep_checkpoint(one, [Path(sys.argv[1])]):\n"
        "        sys.exit(said)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(1_000 * k)], cwd=ROOT)
        for k in range(1, 5)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    found = read_checkpoints(path)
    assert found.warnings == []
    expected = {1_000 * k + n for k in range(1, 5) for n in range(25)}
    assert {kept.checkpoint.size for kept in found.kept} == expected
    assert all(kept.checkpoint == held(size_of(kept), origin_of(kept)) for kept in found.kept)


def test_a_place_that_knows_more_says_so_and_keeps_what_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    for one in (held(3), held(9), held(12, "another")):
        assert keep_checkpoint(one, [path]) == ()
    (warning,) = keep_checkpoint(held(5), [path])
    assert warning == f"{path} knows 9 events, this ledger holds 5: was an older copy put back?"
    assert sizes(path) == [3, 9, 12, 5]
    assert keep_checkpoint(held(10), [path]) == ()


def test_a_place_that_knows_another_history_says_so(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    keep_checkpoint(held(4), [path])
    other = Checkpoint(ORIGIN, 4, leaf_hash(b"other"))
    (warning,) = keep_checkpoint(other, [path])
    assert "knows another history of 4 events" in warning
    assert [kept.checkpoint for kept in read_checkpoints(path).kept] == [held(4), other]


@pytest.mark.parametrize("noise", ["", "x\n\n", "torn\n7", "a\n" * 5_000, "\x1b\xff" * 3_000])
def test_noise_in_a_place_contradicts_nothing(tmp_path: Path, noise: str) -> None:
    path = tmp_path / "kept"
    path.write_text(held(3).text() + noise)
    assert keep_checkpoint(held(5), [path]) == ()
    (warning,) = keep_checkpoint(held(4), [path])
    assert "knows 5 events" in warning


@pytest.mark.parametrize("content", ["My essay.\n\nIt begins here.\n", "SQLite format 3\0\x10"])
def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "essay.txt"
    path.write_text(content)
    (warning,) = keep_checkpoint(held(5), [path])
    assert "a file of something else" in warning
    assert path.read_text() == content


def test_an_older_copy_that_goes_on_is_told_of(
    file_ledger: Ledger, clock: Clock, tmp_path: Path
) -> None:
    book.add(file_ledger, CLAIM)
    copy = tmp_path / "copy.db"
    shutil.copy(file_ledger.where, copy)
    book.add_many(file_ledger, [CLAIM] * 3)
    assert file_ledger.close() == ()
    copy.replace(file_ledger.where)
    restored = open_ledger(file_ledger.where, clock=clock)
    book.add(restored, CLAIM)
    (warning,) = restored.close()
    assert "knows 4 events, this ledger holds 2: was an older copy put back?" in warning


def test_sessions_side_by_side_are_no_older_copies(
    ledger: Ledger, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One may look at the head, and another write and keep before the first has kept."""
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", str(tmp_path / "kept"))
    other = open_ledger(ledger.where, clock=clock)
    look, turns = Ledger._checkpoint, iter([True])

    def look_and_be_overtaken(self: Ledger) -> Checkpoint:
        seen = look(self)
        if self is ledger and next(turns, False):
            book.add(other, CLAIM)
            other.keep_checkpoint()
        return seen

    monkeypatch.setattr(Ledger, "_checkpoint", look_and_be_overtaken)
    book.add(ledger, CLAIM)
    assert ledger.keep_checkpoint() == ()
    other.close()
    assert sizes(tmp_path / "kept") == [2, 1]


def test_asking_often_is_cheap(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    for size in range(1, 100):
        keep_checkpoint(held(size), [path])
    before = path.read_bytes()
    start = time.perf_counter()
    for _ in range(200):
        keep_checkpoint(held(99), [path])
    assert time.perf_counter() - start < 2
    assert path.read_bytes() == before


def test_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = tmp_path / "l.db.checkpoints"
    assert places(str(tmp_path / "l.db"), ORIGIN) == (beside,)
    assert place_beside("postgresql://host/db") is None
    monkeypatch.setenv("HOME", str(tmp_path))
    missing = f"{tmp_path}/unplugged/"
    named = ["~/file.txt", "", str(tmp_path), missing, str(beside), "~/file.txt"]
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", os.pathsep.join(named))
    inside = "calledit-0123456789abcdef.checkpoints"
    outside = (tmp_path / "file.txt", tmp_path / inside, tmp_path / "unplugged" / inside)
    assert places("postgresql://host/db", ORIGIN) == (*outside, beside)
    assert places(str(tmp_path / "l.db"), ORIGIN) == (beside, *outside)
    (warning,) = keep_checkpoint(held(1), [outside[2]])
    assert "unplugged" in warning
    assert not (tmp_path / "unplugged").exists()


def test_a_hostile_origin_stays_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", str(tmp_path))
    for origin in ("../../etc/passwd", "/", "a\x1b[2Jb", "x" * 5_000, ".."):
        (path,) = places("postgresql://", origin)
        assert path.parent == tmp_path
        assert len(path.name) < 200


def test_checkpoints_as_people_append_them() -> None:
    text = held(1).text() + held(2).text() + "\n" + held(3).text() + ARMOUR + ARMOUR
    text += held(4).text() + "an extension line\n\n— a.example/log AAAA\n— b.example/w BBBB\n"
    found = parse_checkpoints("\ufeff" + text.replace("\n", "  \r\n"), name="kept")
    assert [kept.checkpoint.size for kept in found.kept] == [1, 2, 3, 4]
    assert [len(kept.signatures) for kept in found.kept] == [0, 0, 2, 0]
    assert [kept.line for kept in found.kept] == [1, 4, 8, 17]
    assert found.kept[3].text == held(4).text() + "an extension line\n"
    assert found.warnings == []


@pytest.mark.parametrize("cut", range(1, len(held(22).text())))
def test_a_torn_last_entry_loses_nothing_but_itself(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "kept"
    whole = f"{held(1).text()}\n"
    path.write_text(whole + held(22).text()[:cut])
    found = read_checkpoints(path)
    complete = cut == len(held(22).text()) - 1  # only the line end is missing
    assert [kept.checkpoint.size for kept in found.kept] == ([1, 22] if complete else [1])
    assert ("torn" in " ".join(found.warnings)) != complete
    keep_checkpoint(held(23), [path])
    assert sizes(path)[-1] == 23
    assert sizes(path)[0] == 1


def test_garbage_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    middle = "\x1b]0;x\x07 nonsense\nmore\n\n" + ARMOUR[:40] + "\n\n"
    path.write_text(f"{held(1).text()}\n{middle}{held(2).text()}\n")
    found = read_checkpoints(path)
    assert [kept.checkpoint.size for kept in found.kept] == [1, 2]
    assert [warning.rpartition(", ")[2][:6] for warning in found.warnings] == ["line 5", "line 8"]
    assert "\x1b" not in "".join(found.warnings)
    path.write_text("x\n\n" * 500 + held(3).text())
    assert len(read_checkpoints(path).warnings) == 6


@pytest.mark.parametrize(
    "lines",
    [
        ["o", "007", held(1).text().split("\n")[2]],
        ["o", "9" * 19, held(1).text().split("\n")[2]],
        ["o", "9" * 5_000, held(1).text().split("\n")[2]],
        ["o", "٣", held(1).text().split("\n")[2]],
        ["o", "-1", held(1).text().split("\n")[2]],
        ["o", "1", held(1).text().split("\n")[2].replace("=", "")],
        ["o", "1", "AAAA"],
        ["o", "1"],
    ],
)
def test_what_is_no_checkpoint(lines: list[str]) -> None:
    with pytest.raises(ReadError, match="kept is not a checkpoint"):
        parse_checkpoints("\n".join(lines) + "\n", name="kept")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("missing", "pipe", "."):
        with pytest.raises(ReadError, match="cannot be read"):
            read_checkpoints(tmp_path / name)
    (tmp_path / "empty").touch()
    assert read_checkpoints(tmp_path / "empty").kept == []


def test_of_a_huge_file_the_newest_are_read(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"x" * 5_000_000 + f"\n\n{held(1).text()}\n{held(2).text()}\n".encode())
    found = read_checkpoints(path)
    assert [kept.checkpoint.size for kept in found.kept] == [1, 2]
    assert "4 MiB" in " ".join(found.warnings)


def test_places_that_nobody_can_look_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = ["~nobody-of-this-name/x", "a" * 5_000, "/dev/null/x", str(tmp_path / "missing" / "x")]
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", os.pathsep.join(bad))
    found = places("postgresql://", ORIGIN)
    assert len(keep_checkpoint(held(1), found)) == 4
    known, unread = known_checkpoints("postgresql://", ORIGIN)
    assert known == []
    assert len(unread) == 4  # a place outside that is gone is how a thief would have it


def test_a_shared_place_and_one_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside, other ledgers are nothing to wonder at; beside, they are."""
    shared = tmp_path / "shared"
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", str(shared))
    ledger = str(tmp_path / "l.db")
    keep_checkpoint(held(5, "calledit/other"), places(ledger, ORIGIN))
    known, _ = known_checkpoints(ledger, ORIGIN)
    assert [text.name for text in known] == [f"{ledger}.checkpoints"]
    keep_checkpoint(held(5), [shared])
    known, _ = known_checkpoints(ledger, ORIGIN)
    assert [len(text.kept) for text in known] == [1, 2]


def test_a_large_hostile_file_takes_little_time(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    for piece in (b"x\n\n", b"\n", b"-----BEGIN SSH SIGNATURE-----\n", b"x\n", b"\xff"):
        path.write_bytes(piece * (2**21 // len(piece)) + f"\n\n{held(1).text()}\n".encode())
        start = time.perf_counter()
        assert [kept.checkpoint.size for kept in read_checkpoints(path).kept] == [1]
        assert time.perf_counter() - start < 10


@given(st.text(), st.integers(0, 200))
def test_no_text_breaks_the_reader(noise: str, at: int) -> None:
    good = f"{held(7).text()}\n{ARMOUR}\n"
    found = parse_checkpoints(good + noise, name="kept")
    assert found.kept[0].checkpoint == held(7)
    with suppress(ReadError):
        parse_checkpoints(good[:at] + noise + good[at:], name="kept")
