"""Who may hand us mail: by address, over TLS, with a certificate, or with a password of the people's file.

A password is good for the sender addresses of its person only: who has one cannot write in another's name.
"""

from __future__ import annotations

import asyncio
import enum
import ipaddress
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mitmproxy.utils.htpasswd import HtpasswdFile

from dlp.errors import ConfigError

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Demand(enum.IntEnum):
    """What a peer has to show before MAIL, the stricter the higher."""

    NOTHING = 0
    TLS = 1
    CERTIFICATE = 2


class Peers:
    """The networks of a configuration. `demands`: network -> "tls" or "certificate". Raises ConfigError."""

    def __init__(
        self, trusted: Sequence[str], *, proxies: Sequence[str] = (), demands: Mapping[str, str] | None = None
    ) -> None:
        self._trusted = _networks("trusted", trusted)
        self._proxies = _networks("proxies", proxies)
        try:
            asked = {text: Demand[word.upper()] for text, word in (demands or {}).items()}
        except KeyError as error:
            raise ConfigError(f"[mail] peers: {str(error).lower()} is neither tls nor certificate") from None
        self._demands = list(zip(_networks("peers", list(asked)), asked.values(), strict=True))

    def serves(self, peer: object) -> bool:
        """Whether a peer (host, port, …) may hand us mail without a password."""
        return is_trusted(peer, self._trusted)

    def is_proxy(self, peer: object) -> bool:
        """Whether a peer tells us, by the PROXY protocol, for whom it speaks."""
        return is_trusted(peer, self._proxies)

    def demand(self, peer: object) -> Demand:
        """The strictest of what its networks ask for."""
        return max((word for network, word in self._demands if is_trusted(peer, [network])), default=Demand.NOTHING)

    @property
    def asks_for_certificates(self) -> bool:
        """Whether a certificate authority for clients is needed."""
        return any(word is Demand.CERTIFICATE for _, word in self._demands)


class MailUsers:
    """Logins and passwords of an htpasswd file (bcrypt), read again when it changes; a fault in it lets nobody in.

    `owns(login, address)`: whether an address is the login's person's. `told(login)`: a wrong password was given.
    Raises ConfigError for a file that cannot be read at start.
    """

    def __init__(self, path: Path, owns: Callable[[str, str], bool], told: Callable[[str], None]) -> None:
        self._path, self.owns, self._told = path, owns, told
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        try:
            self._known = self._read()
        except (OSError, ValueError):
            raise ConfigError(f"[mail] users: {path} cannot be read as an htpasswd file of bcrypt hashes") from None

    def _read(self) -> HtpasswdFile:
        found = self._path.stat()
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            self._known = HtpasswdFile.from_file(self._path)
            self._stamp = stamp
        return self._known

    async def check(self, login: str, password: str) -> bool:
        """Whether this is the login's password; a wrong one is told."""
        return await asyncio.to_thread(self._check, login, password)

    def _check(self, login: str, password: str) -> bool:
        with self._lock:  # one at a time: bcrypt is slow on purpose, and guesses shall not take the whole machine
            try:
                right = self._read().check_password(login, password)
            except (OSError, ValueError):
                right = False
        if not right:
            self._told(login)
        return right


def is_trusted(peer: object, networks: Sequence[Network]) -> bool:
    """Whether a peer name (host, port, …) lies in one of the networks."""
    if not isinstance(peer, tuple) or not peer:
        return False
    address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks)


def _networks(name: str, texts: Sequence[str]) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(text) for text in texts)
    except ValueError as error:
        raise ConfigError(f"[mail] {name}: {error}") from None
