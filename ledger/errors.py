"""What can go wrong, as one tree; each error knows its exit code.

CalledItError                    exit 1: the world does not fit (failure)
├── UsageError                   exit 2: the call itself is wrong (misuse)
├── NotFoundError                an id, item, link or feed that the ledger does not hold
├── ConflictError                the ledger's state does not allow the verb now
├── ReadError                    an article or file that cannot be read
├── FetchError                   a network answer that cannot be used
├── FeedError                    bytes that are not a feed
└── LedgerError                  the ledger file or its journal
    ├── NotALedgerError          the file is something else
    ├── DamagedError             what it holds cannot be read
    ├── LedgerBusyError          another program holds it
    └── ConnectionLostError      its server went away; a write's outcome may be unknown

The rule for exit codes: 2 when the command line alone shows the mistake (a date that is no
date, an unknown outcome), 1 when one has to look at the world to see it (a missing file, an
id that does not exist).
"""

from __future__ import annotations


class CalledItError(Exception):
    """Something that a person can read and mend.

    Args:
        message: One line that names the input and what is wrong with it.
        mend: What to do about it, one line; empty where there is nothing to add.
    """

    exit_code = 1

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message}; {self.mend}" if self.mend else self.message


class UsageError(CalledItError):
    """The call is wrong, whatever the ledger holds."""

    exit_code = 2


class NotFoundError(CalledItError):
    """The ledger holds no such thing."""


class ConflictError(CalledItError):
    """The thing exists, but not in a state that allows this."""


class ReadError(CalledItError):
    """An article or file cannot be read."""


class FetchError(CalledItError):
    """An address gave no usable answer."""


class FeedError(CalledItError):
    """The bytes are not a feed."""


class LedgerError(CalledItError):
    """The ledger cannot be opened or written."""


class NotALedgerError(LedgerError):
    """The file is not one of ours."""


class DamagedError(LedgerError):
    """The ledger holds what no verb of ours wrote."""

    def __init__(self, message: str, *, mend: str = "`calledit verify` tells more") -> None:
        super().__init__(message, mend=mend)


class LedgerBusyError(LedgerError):
    """Another program holds the ledger."""


class ConnectionLostError(LedgerError):
    """The ledger's server went away in mid-sentence."""
