"""SSH signatures, by the real ssh-keygen with keys of our own."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger.checkpoints import Checkpoint
from ledger.checkpoints import parse_checkpoints
from ledger.merkle import leaf_hash
from ledger.signing import NoSshKeygenError
from ledger.signing import SignatureError
from ledger.signing import check
from ledger.signing import check_text
from ledger.signing import sign
from ledger.signing import signing_key

ROOT = Path(__file__).parents[2]
TEXT = Checkpoint("calledit/x", 3, leaf_hash(b"3")).text()

pytestmark = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen (OpenSSH) is not installed"
)


def make_key(path: Path, *, passphrase: str = "") -> Path:
    words = ["-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run(["ssh-keygen", *words], check=True, timeout=20)
    return path


def allow(path: Path, key: Path, principal: str = "ann@example.org") -> Path:
    path.write_text(f'{principal} namespaces="calledit" {Path(f"{key}.pub").read_text()}')
    return path


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return make_key(tmp_path / "key")


def test_a_signature_says_who_and_of_what(key: Path, tmp_path: Path) -> None:
    signature = sign(TEXT, str(key), person=False)
    anyone = check(TEXT, signature)
    assert anyone.key.startswith("ED25519 SHA256:")
    assert anyone.principal == ""
    known = check(TEXT, signature, allow(tmp_path / "signers", key))
    assert (known.key, known.principal) == (anyone.key, "ann@example.org")


def test_it_is_of_exactly_these_lines(key: Path) -> None:
    signature = sign(TEXT, str(key), person=False)
    for other in (TEXT.replace("3", "4", 1), TEXT + "\n", ""):
        with pytest.raises(SignatureError, match="not of these lines"):
            check(other, signature)


def test_who_is_no_allowed_signer(key: Path, tmp_path: Path) -> None:
    signature = sign(TEXT, str(key), person=False)
    other = make_key(tmp_path / "other")
    with pytest.raises(SignatureError, match="no allowed signer"):
        check(TEXT, signature, allow(tmp_path / "signers", other))
    for_git = tmp_path / "git"
    for_git.write_text(f'ann namespaces="git" {Path(f"{key}.pub").read_text()}')
    with pytest.raises(SignatureError, match="no allowed signer"):
        check(TEXT, signature, for_git)


def test_one_for_another_purpose_does_not_count(key: Path, tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_text(TEXT)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", key, body], check=True)
    with pytest.raises(SignatureError, match="not of these lines"):
        check(TEXT, Path(f"{body}.sig").read_text())


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "nonsense",
        "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
        "-----BEGIN SSH SIGNATURE-----\nQUJD\n-----END SSH SIGNATURE-----\n",
        "-----BEGIN SSH SIGNATURE-----\n" + "A" * 500_000 + "\n-----END SSH SIGNATURE-----\n",
    ],
)
def test_what_is_no_signature(signature: str) -> None:
    with pytest.raises(SignatureError):
        check(TEXT, signature)


def test_a_text_of_many(key: Path, tmp_path: Path) -> None:
    later = Checkpoint("calledit/x", 4, leaf_hash(b"4")).text()
    text = f"{TEXT}\n{sign(TEXT, str(key), person=False)}\n{later}"
    signers = allow(tmp_path / "signers", key)
    found = check_text(parse_checkpoints(text, name="kept"), signers)
    assert [(held.size, who.principal) for held, who in found.good] == [(3, "ann@example.org")]
    assert found.problems == []
    forged = text.replace("\n3\n", "\n2\n", 1)
    found = check_text(parse_checkpoints(forged, name="kept"))
    assert found.good == []
    assert found.problems[0].startswith("kept, line 1: the signature is not of these lines")
    unsigned = parse_checkpoints(TEXT, name="kept")
    assert check_text(unsigned).problems == []
    assert check_text(unsigned, signers).problems == ["kept: there is no signature in it"]


def test_which_key(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SignatureError, match="no SSH key"):
        signing_key()
    folder = Path.home() / ".ssh"
    folder.mkdir()
    for name in ("id_rsa", "id_ecdsa", "id_ed25519"):
        shutil.copy(key, folder / name)
        assert signing_key() == str(folder / name)
    with pytest.raises(SignatureError, match="there is no key nothing"):
        signing_key("nothing")
    if shutil.which("git"):
        settings = ["user.signingkey", "~/.ssh/id_rsa"]
        subprocess.run(["git", "config", "--global", *settings], check=True)
        assert signing_key() == str(folder / "id_ed25519")  # git signs with something else
        subprocess.run(["git", "config", "--global", "gpg.format", "ssh"], check=True)
        assert signing_key() == str(folder / "id_rsa")
    monkeypatch.setenv("CALLEDIT_SIGNING_KEY", str(key))
    assert signing_key() == str(key)
    assert signing_key(str(folder / "id_rsa")) == str(folder / "id_rsa")
    assert signing_key("key::ssh-ed25519 AAAA") == "ssh-ed25519 AAAA"


def test_a_passphrase_without_a_terminal_is_refused_at_once(key: Path, tmp_path: Path) -> None:
    locked = make_key(tmp_path / "locked", passphrase="open sesame")
    start = time.monotonic()
    with pytest.raises(SignatureError, match="passphrase needs a terminal"):
        sign(TEXT, str(locked), person=False)
    assert time.monotonic() - start < 10


def test_a_passphrase_is_asked_for_on_a_terminal(key: Path, tmp_path: Path) -> None:
    locked = make_key(tmp_path / "locked", passphrase="open sesame")
    script = (
        "import fcntl, sys, termios\n"
        "from ledger.signing import sign\n"
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        "text, key, out = sys.argv[1:]\n"
        "open(out, 'w').write(sign(text, key, person=True))\n"
    )
    words = [sys.executable, "-c", script, TEXT, str(locked), str(tmp_path / "out")]
    terminal, theirs = os.openpty()
    child = subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, start_new_session=True
    )
    os.close(theirs)
    said = b""
    while b"passphrase" not in said:
        assert select.select([terminal], [], [], 20)[0], said
        said += os.read(terminal, 1_000)
    os.write(terminal, b"open sesame\n")
    assert child.wait(20) == 0
    os.close(terminal)
    assert check(TEXT, (tmp_path / "out").read_text()).key.startswith("ED25519")


def test_a_key_in_an_agent(key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("ssh-agent") is None:
        pytest.skip("ssh-agent is not installed")
    socket = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        subprocess.run(["ssh-add", "-q", key], check=True, timeout=20)
        public = Path(f"{key}.pub").read_text().strip()
        key.unlink()
        assert check(TEXT, sign(TEXT, signing_key(public), person=False)).key
    finally:
        agent.terminate()
        agent.wait(10)


def test_what_is_no_key(key: Path, tmp_path: Path) -> None:
    body = tmp_path / "letter"
    body.write_text("Dear reader")
    with pytest.raises(SignatureError, match="letter did not sign"):
        sign(TEXT, str(body), person=False)


def test_a_machine_without_ssh_keygen(
    key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = parse_checkpoints(f"{TEXT}\n{sign(TEXT, str(key), person=False)}", name="kept")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoSshKeygenError, match="install OpenSSH"):
        sign(TEXT, str(key), person=False)
    found = check_text(text)
    assert (found.good, found.problems) == ([], [])
    assert "were not checked" in found.warnings[0]
    with pytest.raises(NoSshKeygenError):
        check_text(text, tmp_path / "signers")
