"""Relays: the way of each mail to its next hop, by recipient's domain, with others to turn to when one is down."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dlp.delivery.mail import Relay, Reply, Unreached
from dlp.delivery.spooled import Spooled
from dlp.settings import Mail

log = logging.getLogger(__name__)

_REST_SECONDS = 30.0  # a next hop that was down is asked after the others for so long


class Way:
    """Next hops that serve the same mails, in the order they are tried."""

    def __init__(self, config: Mail, hops: str) -> None:
        """`hops`: "host:port", or several with blanks or commas between. Raises ConfigError."""
        names = hops.replace(",", " ").split() or [hops]
        self._relays = [Relay(replace(config, next_hop=name)) for name in names]
        self._down: dict[Relay, float] = {}

    def _in_turn(self) -> list[Relay]:
        """Those believed to be up first, each group as configured."""
        now = time.monotonic()
        return sorted(self._relays, key=lambda relay: now - self._down.get(relay, -_REST_SECONDS) < _REST_SECONDS)

    async def send(self, mail_from: str, rcpt_to: Sequence[str], content: bytes | Spooled, **more: object) -> Reply:
        """As `Relay.send`, by the first hop that can be reached. Raises GatewayFault when none can."""
        last: Unreached | None = None
        for relay in self._in_turn():
            try:
                reply = await relay.send(mail_from, rcpt_to, content, **more)  # type: ignore[arg-type]
            except Unreached as error:  # nothing of the mail's content was said to it
                self._rest(relay)
                last = error
            else:
                self._down.pop(relay, None)
                return reply
        assert last is not None
        raise last

    async def extensions(self) -> Mapping[str, str]:
        """What the first hop that can be reached offers. Raises GatewayFault."""
        last: Unreached | None = None
        for relay in self._in_turn():
            try:
                return await relay.extensions()
            except Unreached as error:
                self._rest(relay)
                last = error
        assert last is not None
        raise last

    def _rest(self, relay: Relay) -> None:
        if relay not in self._down and len(self._relays) > 1:
            log.warning("a next hop is down; the next one is taken", extra={"next_hop": relay.name})
        self._down[relay] = time.monotonic()

    async def close(self) -> None:
        """Leave all kept connections."""
        for relay in self._relays:
            await relay.close()


class Relays:
    """All ways of [mail]: `routes` by domain, `next_hop` for the rest. `close` at the end."""

    def __init__(self, config: Mail) -> None:
        """Raises ConfigError naming a hop that is none."""
        self._usual = Way(config, config.next_hop)
        self._routes: Mapping[str, Way] = {
            domain.lower().rstrip("."): Way(config, hops) for domain, hops in config.routes.items()
        }

    def _way(self, address: str) -> Way:
        """By the whole domain, else by the longest ".parent" above it, else the usual one."""
        domain = address.rpartition("@")[2].lower().rstrip(".")
        if domain in self._routes:
            return self._routes[domain]
        labels = domain.split(".")
        parents = (f".{'.'.join(labels[i:])}" for i in range(1, len(labels)))
        return next((self._routes[parent] for parent in parents if parent in self._routes), self._usual)

    def same_way(self, one: str, other: str) -> bool:
        """Whether two recipients can get one mail."""
        return self._way(one) is self._way(other)

    async def send(
        self,
        mail_from: str,
        rcpt_to: Sequence[str],
        content: bytes | Spooled,
        *,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[Sequence[str]] = (),
        xforward: Mapping[str, str] | None = None,
    ) -> Reply:
        """As `Relay.send`, by the way of the first recipient; one mail's recipients all take the same."""
        way = self._way(rcpt_to[0]) if rcpt_to else self._usual
        return await way.send(
            mail_from, rcpt_to, content, mail_options=mail_options, rcpt_options=rcpt_options, xforward=xforward
        )

    async def extensions(self, address: str = "") -> Mapping[str, str]:
        """What the way of `address` offers, or what every way does; the smallest size of all. Raises GatewayFault."""
        if address:
            return await self._way(address).extensions()
        offered = dict(await self._usual.extensions())
        for way in self._routes.values():
            other = await way.extensions()
            sizes = [size for size in (size_of(offered), size_of(other)) if size]
            offered = {word: text for word, text in offered.items() if word in other}
            if sizes:
                offered["size"] = str(min(sizes))
        return offered

    async def close(self) -> None:
        """Leave all kept connections."""
        for way in (self._usual, *self._routes.values()):
            await way.close()


def size_of(offered: Mapping[str, str]) -> int:
    """Bytes of the largest mail a next hop takes (RFC 1870); 0 where it names no limit."""
    text = offered.get("size", "").strip()
    return int(text) if text.isascii() and text.isdigit() else 0
