"""AUTH passed on to a real Postfix that asks Cyrus SASL: who may send there may send here, and nobody else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.nexthop import NextHop
from tests.e2e.postfix import Postfix
from tests.e2e.test_mail_login import OUTSIDE, WORD, WRONG, Gate

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

REALM = "town.example"
ODD = "kuri no mi ~%=+;"
_OFF = {"enabled": False}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class SaslGate(Gate):
    book: Path


def passwd(book: Path, login: str, word: str) -> None:
    """Set a password there."""
    command = ["saslpasswd2", "-p", "-c", "-u", REALM, "-f", str(book), login]
    subprocess.run(command, input=word, text=True, check=True, timeout=30)


def passwords(folder: Path, mechanisms: str) -> Path:
    """Cyrus SASL's own file of them, and its configuration beside it; what Postfix's user may read."""
    book = folder / "sasldb2"
    passwd(book, "clerk", WORD)
    passwd(book, "clerk2", ODD)
    shutil.chown(book, "postfix", "postfix")
    words = f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: {mechanisms}\nsasldb_path: {book}\n"
    (folder / "smtpd.conf").write_text(words)
    folder.chmod(0o755)
    return book


def postfix(ca: Authority, sasl: Path, port: int, hop: int) -> Postfix:
    cert, key = ca.issue("127.0.0.1")
    main = f"""
relayhost = [127.0.0.1]:{hop}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {sasl}
smtpd_sasl_local_domain = {REALM}
"""
    master = f"127.0.0.1:{port} inet n - n - - smtpd\ntlsmgr unix - - n 1000? 1 tlsmgr\n"
    return Postfix(f"sasl{port}", main=main, master=master)


@pytest.fixture(scope="module", params=["PLAIN LOGIN", "LOGIN"])
def gate(
    request: pytest.FixtureRequest, need: Callable[..., None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SaslGate]:
    need("postfix", "saslpasswd2")
    if os.geteuid():
        pytest.skip("Postfix wants to be started by root")
    tmp = tmp_path_factory.mktemp("sasl")
    ca, port, sasl = authority(tmp / "ca"), free_port(), Path("/var/tmp") / f"sekisho-sasl-{os.getpid()}"
    shutil.rmtree(sasl, ignore_errors=True)
    sasl.mkdir()
    book = passwords(sasl, request.param)
    cert, key = ca.issue("127.0.0.1")
    try:
        with NextHop() as hop, postfix(ca, sasl, port, hop.port) as mta:
            (mta.home / "etc" / "sasl").symlink_to(sasl)  # where Debian's looks, whatever its main.cf says
            mail = {"next_hop": f"127.0.0.1:{port}", "next_hop_tls": "require", "next_hop_ca": str(ca.path)}
            mail |= {"tls_cert": str(cert), "tls_key": str(key), "trusted": ["192.0.2.0/24"]}
            with Box(tmp / "box", mail=mail | {"passwords": "next_hop"}, web=_OFF, media=_OFF) as box:
                yield SaslGate(box, hop, ca, book)
    finally:
        shutil.rmtree(sasl, ignore_errors=True)


def test_postfix_says_whose_password_it_is(gate: SaslGate) -> None:
    assert gate.told("clerk")[0] == 250
    assert gate.told(f"clerk@{REALM}")[0] == 250
    assert gate.told("clerk2", ODD, sender="clerk2@town.example")[0] == 250
    assert len(gate.box.wait(lambda: (came := gate.hop.to(OUTSIDE))[2:] and came)) == 3
    assert gate.told("clerk", sender="clerk2@town.example")[0] == 553
    code, text = gate.told("clerk", WRONG)
    assert code == 535
    assert text.startswith("5.7.8 Error: authentication failed")  # Postfix's own word
    assert gate.told("clerk2", WORD, sender="clerk2@town.example")[0] == 535
    assert gate.told("nobody")[0] == 535
    assert len(gate.hop.to(OUTSIDE)) == 3
    assert gate.left_of(WORD, WRONG, ODD) == []


def test_a_password_changed_there_is_the_one_that_counts_here(gate: SaslGate) -> None:
    assert gate.told("clerk")[0] == 250
    passwd(gate.book, "clerk", ODD)
    try:
        assert gate.told("clerk")[0] == 535
        assert gate.told("clerk", ODD)[0] == 250
    finally:
        passwd(gate.book, "clerk", WORD)
    assert gate.told("clerk")[0] == 250
