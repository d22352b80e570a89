"""A proxy on loopback before a PostgreSQL server, which cuts a connection at a chosen message.

Only as much of the protocol is read as tells messages apart (PostgreSQL's documentation,
"Message Formats"): a first message without a type, then one byte of type and four of length.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal

from sqlalchemy import make_url

if TYPE_CHECKING:
    from pathlib import Path

Moment = Literal["message", "half a message", "before", "forwarded", "unheard", "half heard"]
# Of these the first two are at the n-th message, the others at the next COMMIT.
MOMENTS: tuple[Moment, ...] = (
    "message",
    "half a message",
    "before",  # COMMIT never reaches the server
    "forwarded",  # it does, and nobody waits for the answer
    "unheard",  # the server has answered, and the client does not hear it
    "half heard",  # it hears the first bytes of the answer
)
_COMMIT = b"COMMIT\0"  # a simple query, as the driver sends it
_HALF_AN_ANSWER = 14  # bytes: that it is committed, and the beginning of "ready for the next"
_A_READ = 65_536


@dataclass(frozen=True, slots=True)
class Cut:
    """When to cut.

    Attributes:
        moment: Of `MOMENTS`.
        message: Which message from the client, from 1, counted from the order or the cut before;
            for the moments that are at a message.
        for_good: Whether nobody is let in again until `Proxy.open`.
    """

    moment: Moment
    message: int = 1
    for_good: bool = False


class Proxy:
    """Lets clients through to a server's socket.

    Attributes:
        cuts: How many connections were cut by order.
    """

    def __init__(self, server: Path) -> None:
        self.cuts = 0
        self._server = str(server)
        self._orders: list[Cut] = []
        self._heard = 0
        self._is_open = True
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    def address(self, direct: str) -> str:
        """The way through the proxy to what is found directly at a socket."""
        host, port = self._listener.getsockname()
        # Without these the client would first ask for encryption, in a message of its own.
        plain = {"sslmode": "disable", "gssencmode": "disable"}
        url = make_url(direct).difference_update_query(["host"]).set(host=host, port=port)
        return url.update_query_dict(plain).render_as_string(hide_password=False)

    def order(self, *cuts: Cut) -> None:
        """Cut at these moments, one after the other, whoever comes to them; forget older orders."""
        with self._lock:
            self._orders, self._heard = list(cuts), 0

    def open(self) -> None:
        """Let clients in again."""
        self._is_open = True

    def close(self) -> None:
        """Listen no more; links end with their clients."""
        self._is_open = False
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def due(self, message: bytes) -> Cut | None:
        """The order to cut at this message from a client, which is then carried out."""
        with self._lock:
            if not self._orders:
                return None
            order = self._orders[0]
            self._heard += 1
            at_message = order.moment in {"message", "half a message"}
            is_it = self._heard == order.message if at_message else message[5:] == _COMMIT
            if not is_it:
                return None
            del self._orders[0]
            self._heard, self._is_open = 0, not order.for_good
            self.cuts += 1
            return order

    def _listen(self) -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                client, _ = self._listener.accept()
                self._let_in(client)

    def _let_in(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            if not self._is_open:
                raise ConnectionRefusedError
            server.connect(self._server)
        except OSError:
            client.close()
            server.close()
            return
        link = _Link(self, client, server)
        for task in (link.ask, link.answer):
            threading.Thread(target=task, daemon=True).start()


class _Link:
    """One client's connection."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._heard: int | None = None  # bytes that the client still hears; all, unless cut

    def ask(self) -> None:
        """From the client to the server, one whole message at a time."""
        with self._client.makefile("rb") as messages:
            head = 4  # the first message has no type
            with suppress(OSError):
                while begun := messages.read(head):
                    rest = messages.read(int.from_bytes(begun[-4:], "big") - 4)
                    if not self._pass_on(begun + rest):
                        return  # the answer ends it
                    head = 5
        self._end()

    def _pass_on(self, message: bytes) -> bool:
        """Send a message on, and cut where it is due; false when the answer is still to come."""
        cut = self._proxy.due(message)
        if cut is None:
            self._server.sendall(message)
            return True
        if cut.moment in {"unheard", "half heard"}:
            self._heard = _HALF_AN_ANSWER if cut.moment == "half heard" else 0
            self._server.sendall(message)
            return False
        if cut.moment == "forwarded":
            self._server.sendall(message)
        elif cut.moment == "half a message":
            self._server.sendall(message[: len(message) // 2])
        raise ConnectionAbortedError

    def answer(self) -> None:
        """From the server to the client."""
        with suppress(OSError):
            while said := self._server.recv(_A_READ):
                if self._heard is not None:
                    self._client.sendall(said[: self._heard])
                    break
                self._client.sendall(said)
        self._end()

    def _end(self) -> None:
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
