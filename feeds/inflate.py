"""Decompress a body in pieces, and never to more than a given size."""

from __future__ import annotations

import zlib

from ledger.errors import FetchError

# What we can undo, for the Accept-Encoding header.
ACCEPTED = "gzip, deflate"
_GZIP = 16 + zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS


class Body:
    """Collects a body; what is above the limit is refused as soon as it shows.

    Args:
        encoding: The Content-Encoding header's value.
        limit: The most bytes that the body may have, decompressed or not.

    Raises:
        FetchError: The encoding is none that we asked for.
    """

    def __init__(self, encoding: str, *, limit: int) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise FetchError(f"the body is compressed as {self._encoding[:40]!r}, not as asked")
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0
        self._received = 0
        self._inflater: zlib._Decompress | None = None

    def add(self, piece: bytes) -> None:
        """Take one more piece as it came over the wire.

        Raises:
            FetchError: The body is too large, or not compressed as its header says.
        """
        self._received += len(piece)
        if self._received > self._limit:
            raise self._too_large()
        if self._encoding in {"", "identity"}:
            self._keep(piece)
            return
        try:
            self._inflate(piece)
        except zlib.error:
            raise FetchError(f"the body is not {self._encoding}, as its header says") from None

    def whole(self) -> bytes:
        """The body.

        Raises:
            FetchError: Its compressed form ends too early.
        """
        if self._inflater is not None and not self._inflater.eof:
            raise FetchError("the compressed body is cut short")
        return b"".join(self._pieces)

    def _inflate(self, piece: bytes) -> None:
        while piece:
            if self._inflater is None:
                self._inflater = zlib.decompressobj(self._window(piece))
            elif self._inflater.eof:
                if self._encoding == "deflate" or piece[:1] != b"\x1f":
                    return  # what follows the end is padding
                self._inflater = zlib.decompressobj(_GZIP)  # gzip members may follow each other
            # One byte above the limit is enough to know.
            self._keep(self._inflater.decompress(piece, self._limit - self._size + 1))
            piece = self._inflater.unused_data or self._inflater.unconsumed_tail

    def _window(self, piece: bytes) -> int:
        if self._encoding != "deflate":
            return _GZIP
        # Servers send both zlib's form (RFC 1950, as HTTP says) and bare deflate (RFC 1951).
        return zlib.MAX_WBITS if piece[0] & 0x0F == 8 else _RAW

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise self._too_large()
        self._pieces.append(piece)

    def _too_large(self) -> FetchError:
        return FetchError(f"the body is larger than {self._limit / 2**20:g} MiB")
