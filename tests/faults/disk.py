"""What a disk may hold after the power went, given what was done to it and when it was synced.

The model is POSIX's promise and no more. Between two syncs of a file, its writes and truncations
may reach the disk each or not, in whatever order: any part of them may be there. A write is of
512-byte sectors, and each of them is old or new; never garbage, since SQLite takes that for
granted too (SQLITE_IOCAP_POWERSAFE_OVERWRITE). A file's name is made or deleted for good once its
folder is synced; until then the last makings and deletions may be missing, but a later one is
never there without an earlier one: file systems keep their own records in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from tests.faults.shim import Op

SECTOR = 512
WAYS = ("dropped", "kept", "first", "some", "torn")


class Disk:
    """A disk to which operations are done, one after another."""

    def __init__(self) -> None:
        self._safe: dict[int, bytearray] = {}
        self._pending: dict[int, list[Op]] = {}
        self._safe_names: dict[str, int] = {}
        self._pending_names: list[Op] = []

    def do(self, op: Op) -> None:
        """The next operation."""
        match op.kind:
            case "create":
                self._safe[op.file], self._pending[op.file] = bytearray(), []
                self._pending_names.append(op)
            case "delete":
                self._pending_names.append(op)
            case "write" | "truncate":
                self._pending[op.file].append(op)
            case "sync":
                for pending in self._pending[op.file]:
                    _apply(self._safe[op.file], pending)
                self._pending[op.file] = []
            case "sync folder":
                _rename(self._safe_names, self._pending_names)
                self._pending_names = []

    def after_cut(self, rng: random.Random, way: str) -> dict[str, bytes]:
        """The files as they may be found if the power goes now.

        Args:
            rng: Decides what is left open.
            way: What becomes of what was not synced: all of it dropped, or kept; its first part
                kept; some operations kept; some sectors of some operations kept.
        """
        names, unsure = dict(self._safe_names), self._pending_names
        sure = {"dropped": 0, "kept": len(unsure)}.get(way, rng.randint(0, len(unsure)))
        _rename(names, unsure[:sure])
        return {name: self._content(file, rng, way) for name, file in names.items()}

    def _content(self, file: int, rng: random.Random, way: str) -> bytes:
        held, pending = bytearray(self._safe[file]), self._pending[file]
        if way == "dropped":
            pending = []
        elif way == "first":
            pending = pending[: rng.randint(0, len(pending))]
        for op in pending:
            if way == "some" and rng.random() < 0.5:
                continue
            if way == "torn" and op.kind == "write":
                _tear(held, op, rng)
            else:
                _apply(held, op)
        return bytes(held)


def _apply(held: bytearray, op: Op) -> None:
    if op.kind == "write":
        _write(held, op.offset, op.data)
    elif op.offset <= len(held):
        del held[op.offset :]
    else:
        held.extend(bytes(op.offset - len(held)))


def _tear(held: bytearray, op: Op, rng: random.Random) -> None:
    """Each sector that the write touches is written or not."""
    start = op.offset
    end = op.offset + len(op.data)
    while start < end:
        stop = min(end, start - start % SECTOR + SECTOR)
        if rng.random() < 0.5:
            _write(held, start, op.data[start - op.offset : stop - op.offset])
        start = stop


def _write(held: bytearray, offset: int, data: bytes) -> None:
    if offset > len(held):
        held.extend(bytes(offset - len(held)))
    held[offset : offset + len(data)] = data


def _rename(names: dict[str, int], ops: list[Op]) -> None:
    for op in ops:
        if op.kind == "create":
            names[op.name] = op.file
        else:
            names.pop(op.name, None)
