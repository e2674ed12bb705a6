"""Who may hand us mail: by address, over TLS, with a certificate, or with a password.

A password is good for the sender addresses of its person only: who has one cannot write in another's name.
"""

from __future__ import annotations

import asyncio
import enum
import ipaddress
import logging
from collections.abc import Callable, Mapping, Sequence

from dlp.channels.attempts import Attempts
from dlp.channels.mail.passwords import WRONG, Passwords
from dlp.errors import ConfigError, GatewayFault

log = logging.getLogger(__name__)

UNKNOWN = "454 4.7.0 temporary authentication failure"
GUESSED = "454 4.7.0 too many wrong passwords; try again later"
_AT_ONCE = 4  # passwords asked about together: so many more than are allowed can be guessed at most

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
    """Who may hand us mail with a password. `owns(login, address)`: whether an address is the login's person's."""

    def __init__(self, passwords: Passwords, owns: Callable[[str, str], bool], attempts: Attempts) -> None:
        self._passwords, self.owns, self._attempts = passwords, owns, attempts
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def refusal(self, login: str, password: str, address: str) -> str:
        """Nothing when this is the login's password, else the reply; a wrong one is told, guesses are not asked about.

        `address`: whence it comes.
        """
        if self._attempts.guesses(login, address):  # this one waits for no turn of others
            return GUESSED
        async with self._turns:
            return await self._asked(login, password, address)

    async def _asked(self, login: str, password: str, address: str) -> str:
        if self._attempts.guesses(login, address):  # those that came together with this one have been answered
            return GUESSED
        try:
            empty = not login or not password or "\0" in login + password  # means something else where it is checked
            refusal = WRONG if empty else await self._passwords.refusal(login, password)
        except GatewayFault as error:
            log.warning("a password cannot be checked", extra={"error": str(error)})
            return UNKNOWN
        if refusal:
            self._attempts.failed(login, address)
        return refusal


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
