"""The proxy's certificate authority: made at the first run, its key never on the disk but sealed.

mitmproxy reads it from a folder: there the key is encrypted (PKCS #8) under a passphrase that comes from the key ring,
a file kept apart. The certificate alone is for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from mitmproxy import certs, options
from mitmproxy.options import CONF_BASENAME

from dlp.errors import ConfigError
from quarantine.disk import replace_file
from quarantine.keys import KeyRing

_KEY = f"{CONF_BASENAME}-ca.pem"
_CERTIFICATE = f"{CONF_BASENAME}-ca-cert.pem"
_IN_PLAIN = (f"{CONF_BASENAME}-ca.p12",)  # what mitmproxy itself leaves beside: the key again
_BITS = 2048  # mitmproxy signs every handshake with this key


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority in a folder."""

    folder: Path
    passphrase: str = field(repr=False)
    name: str = ""  # of the municipality, for a certificate that is made

    @property
    def path(self) -> Path:
        """The certificate, PEM."""
        return self.folder / _CERTIFICATE

    def options(self) -> options.Options:
        """Options of mitmproxy that name it."""
        return options.Options(confdir=str(self.folder), cert_passphrase=self.passphrase)

    def certificate(self) -> x509.Certificate:
        """Raises ConfigError where there is none yet."""
        try:
            return x509.load_pem_x509_certificate(self.path.read_bytes())
        except (OSError, ValueError):
            raise ConfigError(f"{self.path}: no certificate here; the first start of the gateway makes one") from None

    def prepare(self) -> None:
        """Make it unless there is one, and seal a key that lies in plain.

        Raises ConfigError when its key does not open, for without it no machine of the town trusts the proxy."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = self.folder / _KEY
        if not there.exists():
            self.renew()
            return
        raw = there.read_bytes()
        try:
            key = load_pem_private_key(raw, None if _is_plain(raw) else self.passphrase.encode())
            found = x509.load_pem_x509_certificates(raw)
        except (ValueError, TypeError):
            raise ConfigError(
                f"{there}: the authority's key does not open with this key ring; restore both from the backup, or make"
                " a new one with `dlp ca renew` and distribute it"
            ) from None
        if _is_plain(raw):
            self._keep(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, self._sealing()), found)
        else:
            self._show(found[0])
        self._remove_plain()

    def renew(self) -> None:
        """Make a new one in the place of what is there; the machines of the town have to be given it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key, made = certs.create_ca(
            organization=self.name or "Sekisho", cn=f"Sekisho {self.name}".strip(), key_size=_BITS
        )
        self._keep(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, self._sealing()), [made])
        self._remove_plain()

    def _sealing(self) -> BestAvailableEncryption:
        return BestAvailableEncryption(self.passphrase.encode())

    def _keep(self, sealed: bytes, chain: list[x509.Certificate]) -> None:
        replace_file(self.folder / _KEY, sealed + b"".join(one.public_bytes(Encoding.PEM) for one in chain), 0o600)
        replace_file(self.path, chain[0].public_bytes(Encoding.PEM), 0o644)

    def _show(self, authority: x509.Certificate) -> None:
        """Put right the certificate that is handed out: a crash while a new one was made leaves the one before."""
        pem = authority.public_bytes(Encoding.PEM)
        if not self.path.exists() or self.path.read_bytes() != pem:
            replace_file(self.path, pem, 0o644)

    def _remove_plain(self) -> None:
        for name in _IN_PLAIN:
            (self.folder / name).unlink(missing_ok=True)


def of_town(var: Path, keys: KeyRing, name: str) -> Authority:
    """The authority of a gateway's folder."""
    return Authority(var.absolute() / "ca", keys.derive("proxy authority").hex(), name)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256, as browsers and Windows show it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _is_plain(pem: bytes) -> bool:
    return b"ENCRYPTED" not in pem
