"""Relays: the way of each mail to its next hop, by recipient's domain, with others to turn to when one is down."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from dlp.delivery.asking import Asking, Conversation, Keeper
from dlp.delivery.envelope import Late
from dlp.delivery.letter import Letter, Opening, Reply
from dlp.delivery.mail import Relay, Unreached
from dlp.delivery.spooled import Spooled
from dlp.errors import ConfigError, MayHaveArrived
from dlp.settings import Mail

log = logging.getLogger(__name__)

_REST_SECONDS = 30.0  # a next hop that was down is asked after the others for so long,
_LATE_SECONDS = 900.0  # and one that answers too late: beyond the first tries of whoever has the mail in a queue
_LOGINS = 4  # tried at once
_ASK_SECONDS = 15.0  # for the answer to one recipient; Postfix's probe of an address takes up to 9


def _hops(config: Mail, hops: str) -> list[tuple[str, str]]:
    """Each of "host:port", blanks or commas between, with what it has to offer of TLS."""
    names = hops.replace(",", " ").split() or [hops]
    return [(name, config.hop_tls.get(name, config.next_hop_tls)) for name in names]


class Way:
    """Next hops that serve the same mails, in the order they are tried."""

    def __init__(self, config: Mail, hops: str, patience: float) -> None:
        """`hops`: "host:port", or several with blanks or commas between. `patience`: seconds in which a mail is sent
        by a hop that is well. Raises ConfigError."""
        self._relays = [Relay(replace(config, next_hop=name, next_hop_tls=tls)) for name, tls in _hops(config, hops)]
        self._down: dict[Relay, float] = {}  # until when each is asked after the others
        self._patience = patience
        self._slow_at = float("-inf")

    def _in_turn(self) -> list[Relay]:
        """Those believed to be up, as configured; then the others, who has failed last at the end: it may be the only
        one that still does."""
        if len(self._relays) == 1:
            return self._relays
        now = time.monotonic()
        return sorted(self._relays, key=lambda relay: max(now, self._down.get(relay, now)))

    async def send(self, letter: Letter, begun: Conversation | None = None) -> Reply:
        """As `Relay.send`, by the first hop that can be reached. Raises GatewayFault when none can."""

        async def on(relay: Relay) -> Reply:
            return await relay.send(letter, begun if begun is not None and begun.keeper is relay else None)

        since = time.monotonic()
        reply = await self._first(on, ahead=begun.keeper if begun is not None and begun.open else None)
        if time.monotonic() - since < self._patience:
            self._slow_at = float("-inf")
        return reply

    async def begin(
        self, opening: Opening, address: str, wishes: Sequence[str], asked: list[Keeper]
    ) -> tuple[Reply, Conversation | None]:
        """As `Relay.begin`, by the first hop that can be reached. Raises GatewayFault when none can, or may be slow."""

        async def on(relay: Relay) -> tuple[Reply, Conversation | None]:
            asked.append(relay)
            return await relay.begin(opening, address, wishes)

        if time.monotonic() - self._slow_at < _REST_SECONDS:
            raise Unreached("next hop: was too slow a while ago")
        return await self._first(on)

    async def refusal(self, login: str, password: str) -> str:
        """As `Relay.refusal`, by the first hop that can be reached. Raises GatewayFault when none says."""
        return await self._first(lambda relay: relay.refusal(login, password))

    def slow(self, keeper: Keeper | None) -> None:
        """This one is asked after the others from now on, however many mails find it slow at once. Where there is no
        other, no mail waits to have its recipients asked for, for a while; and what is kept may have died without a
        word."""
        for relay in self._relays:
            if relay is keeper:
                self._rest(relay, _LATE_SECONDS)
        now = time.monotonic()
        if len(self._relays) == 1 or all(now < self._down.get(relay, now) for relay in self._relays):
            self._slow_at = now
        for relay in self._relays:
            relay.forget()

    async def _first[Result](self, ask: Callable[[Relay], Awaitable[Result]], ahead: object = None) -> Result:
        """What the first hop says that can be reached, `ahead` before the others."""
        last: Unreached | None = None
        turn = self._in_turn()
        for relay in turn if ahead is None else sorted(turn, key=lambda relay: relay is not ahead):
            try:
                said = await ask(relay)
            except Unreached as error:  # nothing of the mail's content was said to it
                self._rest(relay, _REST_SECONDS)
                last = error
            except (Late, MayHaveArrived):  # for this mail it is too late, or it has it: the next ones take another
                self._rest(relay, _LATE_SECONDS)
                raise
            else:
                self._down.pop(relay, None)
                return said
        assert last is not None
        raise last

    async def extensions(self) -> Mapping[str, str]:
        """What the first hop that can be reached offers. Raises GatewayFault."""
        return await self._first(lambda relay: relay.extensions())

    def _rest(self, relay: Relay, seconds: float) -> None:
        if relay not in self._down and len(self._relays) > 1:
            log.warning("a next hop is down; the next one is taken", extra={"next_hop": relay.name})
        self._down[relay] = time.monotonic() + seconds

    async def close(self) -> None:
        """Leave all kept connections."""
        for relay in self._relays:
            await relay.close()


class Relays:
    """All ways of [mail]: `routes` by domain, `next_hop` for the rest. `close` at the end."""

    def __init__(self, config: Mail) -> None:
        """Raises ConfigError naming a hop that is none."""
        ours = {name for hops in (config.next_hop, *config.routes.values()) for name, _ in _hops(config, hops)}
        if strangers := sorted(config.hop_tls.keys() - ours):
            raise ConfigError(f"[mail] hop_tls: {strangers[0]!r} is neither in next_hop nor in routes")
        self._patience = min(_ASK_SECONDS, config.timeout)
        self._logins = asyncio.Semaphore(_LOGINS)
        self._usual = Way(config, config.next_hop, self._patience)
        self._routes: Mapping[str, Way] = {
            domain.lower().rstrip("."): Way(config, hops, self._patience) for domain, hops in config.routes.items()
        }

    def _way(self, address: str) -> Way:
        """By the whole domain, else by the longest ".parent" above it, else the usual one."""
        if not self._routes:
            return self._usual
        domain = address.rpartition("@")[2].lower().rstrip(".")
        if domain in self._routes:
            return self._routes[domain]
        labels = domain.split(".")
        parents = (f".{'.'.join(labels[i:])}" for i in range(1, len(labels)))
        return next((self._routes[parent] for parent in parents if parent in self._routes), self._usual)

    def same_way(self, one: str, other: str) -> bool:
        """Whether two recipients can get one mail."""
        return self._way(one) is self._way(other)

    async def refusal(self, login: str, password: str) -> str:
        """Nothing where the usual next hop knows this login and password, else its refusal. Raises GatewayFault."""
        async with self._logins:
            return await self._usual.refusal(login, password)

    def asking(
        self, address: str, mail_from: str, *, mail_options: Sequence[str] = (), xforward: Mapping[str, str]
    ) -> Asking:
        """To ask the next hop about the recipients of a mail, of which `address` is the first."""
        opening = Opening(mail_from=mail_from, mail_options=tuple(mail_options), xforward=dict(xforward))
        return Asking(self._way(address), opening, self._patience)

    async def send(
        self,
        mail_from: str,
        rcpt_to: Sequence[str],
        content: bytes | Spooled,
        *,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[Sequence[str]] = (),
        xforward: Mapping[str, str] | None = None,
        asking: Asking | None = None,
    ) -> Reply:
        """As `Relay.send`, by the way of the first recipient; one mail's recipients all take the same.

        `asking`: by whom its next hop was asked about them; the mail goes on where that has come to.
        """
        letter = Letter(
            mail_from=mail_from,
            rcpt_to=rcpt_to,
            content=content,
            mail_options=mail_options,
            rcpt_options=rcpt_options,
            xforward=xforward or {},
        )
        way = self._way(rcpt_to[0]) if rcpt_to else self._usual
        return await way.send(letter, asking.conversation if asking is not None else None)

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
