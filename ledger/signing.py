"""SSH signatures of checkpoints: made and checked by OpenSSH's ``ssh-keygen -Y``.

The namespace is ``calledit``, so that a signature made for something else does not count.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.checkpoints import BEGIN_SIGNATURE
from ledger.clean import clean_line
from ledger.errors import CalledItError

if TYPE_CHECKING:
    from ledger.checkpoints import Checkpoint
    from ledger.checkpoints import KeptText

NAMESPACE = "calledit"
KEY_VARIABLE = "CALLEDIT_SIGNING_KEY"
_DEFAULT_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")
_MOST_SIGNATURES = 500  # of one text; each costs a process
_CHECK_S = 10
_SIGN_S = 20
_SIGN_WITH_PERSON_S = 120  # to type a passphrase or touch a key
_GOOD = re.compile(r"with (\S{1,40}) key (SHA256:\S{1,64})")
_LITERAL_KEYS = ("key::", "ssh-", "ecdsa-", "sk-")  # as git's user.signingkey may give them


class NoSshKeygenError(CalledItError):
    """There is no ssh-keygen on this machine."""


class SignatureError(CalledItError):
    """A signature could not be made, or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed.

    Attributes:
        key: Kind and fingerprint, ``ED25519 SHA256:…``.
        principal: The name that the allowed signers file gives the key; empty without a file.
    """

    key: str
    principal: str = ""


@dataclass(slots=True)
class Signatures:
    """What a text's signatures say.

    Attributes:
        good: What is signed, and by whom.
        problems: Signatures that are wrong, in words that name the text and the line.
        warnings: What could not be checked.
    """

    good: list[tuple[Checkpoint, Signer]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def signing_key(named: str = "") -> str:
    """The key to sign with: the file that is named, or the first that the settings give.

    These are CALLEDIT_SIGNING_KEY, git's ``user.signingkey`` where its ``gpg.format`` is
    ``ssh``, and the usual files in ``~/.ssh``.

    Returns:
        A file's path, or a public key itself (its private half is in an agent).

    Raises:
        SignatureError: There is none, or the file named is not there.
    """
    wanted = named or os.environ.get(KEY_VARIABLE, "") or _git_key()
    if wanted.startswith(_LITERAL_KEYS):
        return wanted.removeprefix("key::")
    # Of os.path, because pathlib's raise where these answer: no home, no right to look.
    usual = [f"~/.ssh/{name}" for name in _DEFAULT_KEYS]
    paths = [os.path.expanduser(name) for name in ([wanted] if wanted else usual)]  # noqa: PTH111
    found = next((path for path in paths if os.path.isfile(path)), None)  # noqa: PTH113
    if found is not None:
        return found
    if wanted:
        raise SignatureError(f"there is no key {clean_line(wanted, limit=300)}")
    raise SignatureError(
        "there is no SSH key to sign with",
        mend="name one: --sign KEY, or make one with ssh-keygen -t ed25519",
    )


def sign(text: str, key: str, *, person: bool) -> str:
    """The armoured signature of `text`.

    Args:
        text: What is signed.
        key: From `signing_key`.
        person: Somebody is at a terminal, and may be asked for a passphrase. Otherwise a key
            that needs one is refused at once.

    Raises:
        NoSshKeygenError: There is no ssh-keygen.
        SignatureError: It could not sign, or took too long.
    """
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder, "checkpoint")
        body.write_text(text, encoding="utf-8", newline="\n")
        if not Path(key).is_file():
            file = Path(folder, "key.pub")
            file.write_text(f"{key}\n", encoding="utf-8")
            key = str(file)
        # The text goes in a file: from standard input, a passphrase might be read out of it.
        words = ["-q", "-Y", "sign", "-n", NAMESPACE, "-f", key, str(body)]
        done = _run_with_person(words) if person else _run(words, seconds=_SIGN_S)
        signature = body.with_name("checkpoint.sig")
        if done.returncode or not signature.is_file():
            raise SignatureError(
                f"{clean_line(key, limit=300)} did not sign: {_said(done)}",
                mend="" if person else "a passphrase needs a terminal to ask for it, or ssh-agent",
            )
        return signature.read_text(encoding="ascii")


def check(text: str, signature: str, signers: Path | None = None) -> Signer:
    """Who made a signature; with `signers`, only those whom that file allows.

    Args:
        text: What should have been signed.
        signature: Armoured.
        signers: A file as ``ssh-keygen`` calls ALLOWED SIGNERS, or None: any key.

    Raises:
        NoSshKeygenError: There is no ssh-keygen.
        SignatureError: The signature is not of this text, or not by an allowed signer.
    """
    if not signature.startswith(BEGIN_SIGNATURE):
        raise SignatureError("it is not an SSH signature")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "signature")
        file.write_text(signature, encoding="utf-8")
        signed = ["-n", NAMESPACE, "-s", str(file)]
        done = _run(["-Y", "check-novalidate", *signed], stdin=text)
        key = _GOOD.search(done.stdout)
        if done.returncode or key is None:
            raise SignatureError(f"the signature is not of these lines ({_said(done)})")
        signer = Signer(f"{key[1]} {key[2]}")
        if signers is None:
            return signer
        return _allowed(text, signer, ["-f", str(signers)], signed)


def check_text(text: KeptText, signers: Path | None = None) -> Signatures:
    """Check every signature of a text; with `signers`, there must be a good one.

    Raises:
        NoSshKeygenError: There is no ssh-keygen, and `signers` asks for a check.
    """
    found = Signatures()
    signed = [(kept, one) for kept in text.kept for one in kept.signatures]
    if len(signed) > _MOST_SIGNATURES:
        told = f"only the last {_MOST_SIGNATURES} of {len(signed)} signatures were checked"
        found.warnings.append(f"{text.name}: {told}")
    for kept, signature in signed[-_MOST_SIGNATURES:]:
        try:
            found.good.append((kept.checkpoint, check(kept.text, signature, signers)))
        except SignatureError as error:
            found.problems.append(f"{text.name}, line {kept.line}: {error}")
        except NoSshKeygenError as error:
            if signers is not None:
                raise
            found.warnings.append(f"{text.name}: its signatures were not checked: {error}")
            break
    if signers is not None and not signed:
        found.problems.append(f"{text.name}: there is no signature in it")
    return found


def _allowed(text: str, signer: Signer, signers: list[str], signed: list[str]) -> Signer:
    """The signer with the principal that the file gives the key."""
    found = _run(["-Y", "find-principals", *signers, *signed[2:]])
    for principal in found.stdout.splitlines():
        words = ["-Y", "verify", *signers, "-I", principal, *signed]
        if _run(words, stdin=text).returncode == 0:
            return Signer(signer.key, clean_line(principal, limit=200))
    raise SignatureError(f"it is signed by {signer.key}, which is no allowed signer")


def _run(
    words: list[str], *, stdin: str = "", seconds: int = _CHECK_S
) -> subprocess.CompletedProcess[str]:
    """Run ssh-keygen where nobody can be asked anything."""
    try:
        return subprocess.run(  # noqa: S603
            ["ssh-keygen", *words],  # noqa: S607
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=seconds,
            env=os.environ | {"SSH_ASKPASS_REQUIRE": "never", "LC_ALL": "C"},
            start_new_session=True,  # no terminal to ask on
        )
    except FileNotFoundError:
        raise _no_ssh_keygen() from None
    except subprocess.TimeoutExpired:
        raise SignatureError(f"ssh-keygen gave no answer in {seconds} s") from None


def _run_with_person(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run ssh-keygen on the terminal: it asks there, and complains there."""
    try:
        code = subprocess.run(  # noqa: S603
            ["ssh-keygen", *words],  # noqa: S607
            stdout=subprocess.DEVNULL,
            check=False,
            timeout=_SIGN_WITH_PERSON_S,
        ).returncode
    except FileNotFoundError:
        raise _no_ssh_keygen() from None
    except subprocess.TimeoutExpired:
        raise SignatureError(f"ssh-keygen waited {_SIGN_WITH_PERSON_S} s in vain") from None
    return subprocess.CompletedProcess(words, code, "", "")


def _said(done: subprocess.CompletedProcess[str]) -> str:
    """The last thing that ssh-keygen complained of; a prompt nobody saw is no part of it."""
    last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["ssh-keygen refused"]
    return clean_line(last[0].rpartition("Enter passphrase: ")[2], limit=200)


def _no_ssh_keygen() -> NoSshKeygenError:
    return NoSshKeygenError("there is no ssh-keygen here", mend="install OpenSSH")


def _git_key() -> str:
    """Git's signing key, where git signs with SSH."""
    if _git("gpg.format") != "ssh":
        return ""
    return _git("--type=path", "user.signingkey")


def _git(*words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "config", "--get", *words],  # noqa: S607
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_CHECK_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
