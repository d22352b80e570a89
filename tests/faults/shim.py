"""A file layer for SQLite that records what is done to the disk, and fails when told to."""

# ruff: noqa: N802 (SQLite names its methods)
from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

# Files whose folder SQLite syncs with them, the first time after it made them: unixOpen and
# unixSync in os_unix.c (UNIXFILE_DIRSYNC).
_SYNCED_WITH_FOLDER = (
    apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
)
_TEMPORARY = (
    apsw.SQLITE_OPEN_TEMP_DB
    | apsw.SQLITE_OPEN_TEMP_JOURNAL
    | apsw.SQLITE_OPEN_TRANSIENT_DB
    | apsw.SQLITE_OPEN_SUBJOURNAL
)


@dataclass(frozen=True, slots=True)
class Op:
    """One thing done to the disk, or said to the world.

    Attributes:
        kind: create, write, truncate, sync, sync folder, delete; or ack.
        file: The file's number (create, write, truncate, sync).
        name: The file's name (create, delete).
        offset: Where a write begins; the new length of a truncation. In bytes.
        data: What a write writes.
        said: What an ack acknowledges.
    """

    kind: str
    file: int = 0
    name: str = ""
    offset: int = 0
    data: bytes = b""
    said: Any = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A disk that fails.

    Attributes:
        errno: ENOSPC, EIO or EROFS.
        at: At which operation, from 0, reads not counted.
        lasting: From then on, and not once.
    """

    errno: str
    at: int
    lasting: bool

    def error(self, kind: str) -> apsw.Error | None:
        """What SQLite's own file layer (os_unix.c) says where the system gives this errno."""
        if kind == "delete" and self.errno == "ENOSPC":
            return None  # a full disk lets one delete
        full = kind == "write" and self.errno == "ENOSPC"
        wanted, said, code = _NO_ROOM if full else _ERRORS[kind]
        error = wanted(said)
        error.extendedresult = code  # type: ignore[attr-defined]  # apsw's stubs lack it
        return error


_IO = "disk I/O error"
_ERRORS = {
    "open": (apsw.CantOpenError, "unable to open database file", apsw.SQLITE_CANTOPEN),
    "write": (apsw.IOError, _IO, apsw.SQLITE_IOERR_WRITE),
    "sync": (apsw.IOError, _IO, apsw.SQLITE_IOERR_FSYNC),
    "truncate": (apsw.IOError, _IO, apsw.SQLITE_IOERR_TRUNCATE),
    "delete": (apsw.IOError, _IO, apsw.SQLITE_IOERR_DELETE),
}
_NO_ROOM = (apsw.FullError, "database or disk is full", apsw.SQLITE_FULL)


class Shim(apsw.VFS):
    """The system's file layer, watched.

    Attributes:
        log: What was done, in order.
        tried: Kinds of the operations that may fail, in order.
        fault: What is to fail.
        failed: Kinds of the operations that did.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.log: list[Op] = []
        self.tried: list[str] = []
        self.fault: Fault | None = None
        self.failed: list[str] = []
        self._files: dict[str, int] = {}
        self._numbers = itertools.count(1)

    def ack(self, said: Any) -> None:
        """Something was acknowledged now."""
        self.log.append(Op("ack", said=said))

    def mend(self) -> None:
        """Nothing fails any more."""
        self.fault = None

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if name is None or flags[0] & _TEMPORARY:
            return apsw.VFSFile("", name, flags)
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name)
        fresh = not path.exists()
        self.may_fail("open")
        file = ShimFile(
            self, name, flags, folder_too=bool(fresh and flags[0] & _SYNCED_WITH_FOLDER)
        )
        if fresh:
            self._files.pop(path.name, None)
        file.number = self._files.setdefault(path.name, next(self._numbers))
        if fresh:
            self.log.append(Op("create", file.number, path.name))
        return file

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.may_fail("delete")
        super().xDelete(filename, syncdir)
        self.log.append(Op("delete", name=Path(filename).name))
        if syncdir:
            self.log.append(Op("sync folder"))

    def may_fail(self, kind: str) -> None:
        """Count one operation; raise where it is to fail."""
        fault, at = self.fault, len(self.tried)
        self.tried.append(kind)
        if fault is None or at < fault.at or (at > fault.at and not fault.lasting):
            return
        error = fault.error(kind)
        if error is not None:
            self.failed.append(kind)
            raise error


class ShimFile(apsw.VFSFile):
    """One open file of a `Shim`."""

    def __init__(
        self, shim: Shim, name: str | apsw.URIFilename, flags: list[int], *, folder_too: bool
    ) -> None:
        super().__init__("", name, flags)
        self._shim = shim
        self._folder_too = folder_too
        self.number = 0

    def xWrite(self, data: Any, offset: int) -> None:
        self._shim.may_fail("write")
        super().xWrite(data, offset)
        self._shim.log.append(Op("write", self.number, offset=offset, data=bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        self._shim.may_fail("truncate")
        super().xTruncate(newsize)
        self._shim.log.append(Op("truncate", self.number, offset=newsize))

    def xSync(self, flags: int) -> None:
        self._shim.may_fail("sync")
        super().xSync(flags)
        self._shim.log.append(Op("sync", self.number))
        if self._folder_too:
            self._folder_too = False
            self._shim.log.append(Op("sync folder"))
