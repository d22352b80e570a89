"""Where a ledger's file lies: who may write there, on what kind of disk, with how much room."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.doctor.findings import Finding
from ledger.doctor.findings import note
from ledger.doctor.findings import ok
from ledger.doctor.findings import size_text
from ledger.doctor.findings import wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOUNTS = Path("/proc/mounts")
# As Linux names them in /proc/mounts; "fuse.NAME" is a file system in a program of its own.
_NETWORK = frozenset(
    "9p afs beegfs ceph cifs coda davfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 smb3 smbfs "
    "fuse.davfs2 fuse.gcsfuse fuse.glusterfs fuse.rclone fuse.s3fs fuse.sshfs".split()
)
_OCTAL = re.compile(r"\\([0-7]{3})")
_LITTLE = 16 * 10**6  # bytes: a busy day's journal and news


def of_disk(path: Path) -> Iterator[Finding]:
    """Findings on a file that is there, and its folder."""
    yield from _of_permissions(path)
    yield from _of_room(path)
    if sys.platform == "linux":
        yield _of_mount(path)


def _of_permissions(path: Path) -> Iterator[Finding]:
    folder = path.absolute().parent
    found = [
        wrong(f"you may not write to {name}", f"chmod u+w {name}, or work as its owner")
        for name in (path, folder)
        if not os.access(name, os.W_OK)
    ]
    if os.name != "nt":
        found += [
            wrong(f"everybody may write to {name}", f"chmod o-w {name}")
            for name in (path, folder)
            if _open_to_all(name)
        ]
    yield from found or [ok("you may write to the file and its folder, and not everybody may")]


def _open_to_all(path: Path) -> bool:
    """In a folder with the sticky bit, nobody can put another file in one's place."""
    mode = path.stat().st_mode
    sticky_folder = stat.S_ISDIR(mode) and mode & stat.S_ISVTX
    return bool(mode & stat.S_IWOTH) and not sticky_folder


def _of_room(path: Path) -> Iterator[Finding]:
    size, free = path.stat().st_size, shutil.disk_usage(path.absolute().parent).free
    said = f"{size_text(free)} are free on its disk"
    if free < _LITTLE:
        yield wrong(said, "make room: writing will soon fail")
    elif free < size:
        yield note(f"{said}, less than the ledger's own {size_text(size)}", "back up elsewhere")
    else:
        yield ok(said)


def _of_mount(path: Path) -> Finding:
    try:
        kind = file_system(path.resolve(), _MOUNTS.read_text(errors="replace"))
    except OSError:
        kind = ""
    if not kind:
        return note("what file system it lies on cannot be told")
    if kind in _NETWORK:
        return note(
            f"it lies on a network file system ({kind}): locks may fail there, "
            "and two writers then damage it",
            "keep it on a local disk; share a ledger with --ledger postgresql://…",
        )
    return ok(f"it lies on a local file system ({kind})")


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system that `path` lies on; empty if it cannot be told.

    Args:
        path: Absolute, without symbolic links.
        mounts: What /proc/mounts holds: device, folder, kind and more on each line, with blanks
            in names as octal escapes; a later mount hides an earlier one.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        folder = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        depth = len(folder.parts)
        if path.is_relative_to(folder) and depth >= best:
            best, kind = depth, fields[2]
    return kind
