"""The proxy's authority: sealed from its first moment, sealed later where an earlier version left it in plain."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from mitmproxy.certs import CertStore

from dlp.channels.web import authority
from dlp.channels.web.authority import Authority, fingerprint
from dlp.errors import ConfigError

WORD = "0123456789abcdef" * 4


def key_of(folder: Path) -> object:
    return load_pem_private_key((folder / "mitmproxy-ca.pem").read_bytes(), WORD.encode())


def in_plain(folder: Path) -> list[str]:
    """Files of a folder that hold a private key one can read without a word."""
    found = []
    for path in folder.iterdir():
        raw = path.read_bytes()
        if b"PRIVATE KEY" in raw and b"BEGIN ENCRYPTED PRIVATE KEY" not in raw:
            found.append(path.name)
        if path.suffix == ".p12" and b"PRIVATE" not in raw and path.name.endswith("-ca.p12"):
            found.append(path.name)
    return found


def test_a_new_one_is_sealed_and_serves_mitmproxy(tmp_path: Path) -> None:
    made = Authority(tmp_path / "ca", WORD, "平塚市")
    made.prepare()
    assert in_plain(made.folder) == []
    assert (made.folder / "mitmproxy-ca.pem").stat().st_mode & 0o777 == 0o600
    assert made.folder.stat().st_mode & 0o777 == 0o700
    assert "平塚市" in made.certificate().subject.rfc4514_string()
    with pytest.raises((ValueError, TypeError)):
        load_pem_private_key((made.folder / "mitmproxy-ca.pem").read_bytes(), None)
    store = CertStore.from_store(made.folder, "mitmproxy", 2048, WORD.encode())
    leaf = store.get_cert("shop.example", [x509.DNSName("shop.example")])
    issued = leaf.cert.to_cryptography()
    issued.verify_directly_issued_by(made.certificate())
    ssl.create_default_context(cafile=str(made.path))


def test_the_same_at_the_next_start(tmp_path: Path) -> None:
    made = Authority(tmp_path, WORD)
    made.prepare()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    made.prepare()
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_one_that_lay_in_plain_is_sealed_and_stays_the_same(tmp_path: Path) -> None:
    CertStore.create_store(tmp_path, "mitmproxy", 2048)
    before = x509.load_pem_x509_certificate((tmp_path / "mitmproxy-ca-cert.pem").read_bytes())
    assert in_plain(tmp_path)
    made = Authority(tmp_path, WORD)
    made.prepare()
    assert in_plain(tmp_path) == []
    assert fingerprint(made.certificate()) == fingerprint(before)
    assert key_of(tmp_path).public_key() == before.public_key()  # type: ignore[attr-defined]


@pytest.mark.parametrize("broken", ["another ring", "torn", "empty"])
def test_a_key_that_does_not_open_stops_the_start(tmp_path: Path, broken: str) -> None:
    Authority(tmp_path, WORD).prepare()
    there = tmp_path / "mitmproxy-ca.pem"
    if broken == "torn":
        there.write_bytes(there.read_bytes()[:500])
    elif broken == "empty":
        there.write_bytes(b"")
    with pytest.raises(ConfigError, match="dlp ca renew"):
        Authority(tmp_path, "another" if broken == "another ring" else WORD).prepare()


def test_the_certificate_beside_it_is_written_again(tmp_path: Path) -> None:
    made = Authority(tmp_path, WORD)
    made.prepare()
    known = fingerprint(made.certificate())
    made.path.unlink()
    with pytest.raises(ConfigError, match="first start"):
        made.certificate()
    made.prepare()
    assert fingerprint(made.certificate()) == known


def test_renewed_it_is_another(tmp_path: Path) -> None:
    made = Authority(tmp_path, WORD)
    made.prepare()
    known = fingerprint(made.certificate())
    made.renew()
    assert fingerprint(made.certificate()) != known
    made.prepare()
    assert key_of(tmp_path).public_key() == made.certificate().public_key()  # type: ignore[attr-defined]


def test_a_crash_while_a_new_one_is_made_leaves_no_old_certificate_to_hand_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Authority(tmp_path, WORD)
    made.prepare()
    before, write = made.certificate(), authority.replace_file

    def only_the_key(path: Path, data: bytes, mode: int) -> None:
        if path == made.path:
            raise OSError("no power")
        write(path, data, mode)

    monkeypatch.setattr(authority, "replace_file", only_the_key)
    with pytest.raises(OSError, match="no power"):
        made.renew()
    monkeypatch.undo()
    made.prepare()
    assert fingerprint(made.certificate()) != fingerprint(before)
    leaf = CertStore.from_store(tmp_path, "mitmproxy", 2048, WORD.encode()).get_cert("a.example", [])
    leaf.cert.to_cryptography().verify_directly_issued_by(made.certificate())
