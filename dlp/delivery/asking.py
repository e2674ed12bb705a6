"""Asking a next hop about a mail's recipients while our client dictates them; nothing of its content is said.

A `Conversation` is one connection on which MAIL and some RCPT were accepted. The mail that is let go is sent on it; one
that is held, refused or given up ends it by RSET, and the connection serves the next mail. Whoever stops in the middle
of an answer closes it: what was said then is not known any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Protocol

from dlp.delivery.envelope import TOO_MANY_REFUSALS, Late, Told
from dlp.delivery.letter import Opening, Reply, recipient, reply
from dlp.delivery.talk import Garbled, Lost, Talk
from dlp.errors import GatewayFault

log = logging.getLogger(__name__)

_KEPT_SECONDS = 20.0  # a client that says nothing for so long keeps no connection of the next hop's from others


class Keeper(Protocol):
    """Whose connections they are."""

    def release(self, talk: Talk) -> None:
        """Take back a connection on which an envelope was begun."""


class Hops(Protocol):
    """The next hops of one way."""

    async def begin(
        self, opening: Opening, address: str, wishes: Sequence[str], asked: list[Keeper]
    ) -> tuple[Reply, Conversation | None]:
        """MAIL and the first RCPT. `asked`: takes each as it is asked. Raises GatewayFault when none can be asked."""

    def slow(self, keeper: Keeper | None) -> None:
        """This one took too long to answer."""


class Conversation:
    """An envelope begun on a connection, which is ours alone until `take` or `end`."""

    def __init__(self, keeper: Keeper, talk: Talk) -> None:
        self.keeper = keeper
        self.told: Told = []  # the recipients accepted so far, with their wishes
        self._talk: Talk | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._keep(talk)

    @property
    def open(self) -> bool:
        """Whether it can go on."""
        return self._talk is not None and self._talk.alive

    @property
    def worn(self) -> bool:
        """Whether the next hop has refused so much here that it will soon leave."""
        return self._talk is not None and self._talk.refusals >= TOO_MANY_REFUSALS

    async def recipient(self, address: str, wishes: Sequence[str]) -> Reply:
        """One more RCPT. Raises Lost, Garbled, TimeoutError, GatewayFault: then it is closed."""
        talk = self.take()
        if talk is None:
            raise Lost
        try:
            talk.tell(recipient(address, wishes, talk.offered))
            said = self.heard(address, wishes, reply(await talk.answer()))
        except BaseException:
            talk.close()
            raise
        if said.code == 421:  # it closes now; to our client that is a fault for this recipient, not for the connection
            talk.close()
            return Reply(451, said.text)
        self._keep(talk)
        return said

    def heard(self, address: str, wishes: Sequence[str], said: Reply) -> Reply:
        """The answer to RCPT. Raises Garbled for one that can be none."""
        if 300 <= said.code < 400:
            raise Garbled
        if said.taken:
            self.told.append((address, tuple(wishes)))
        return said

    def take(self) -> Talk | None:
        """The connection, for whoever goes on with this mail; None when it has ended."""
        if self._timer is not None:
            self._timer.cancel()
        talk, self._talk, self._timer = self._talk, None, None
        if talk is not None and not talk.alive:
            talk.close()
            return None
        return talk

    def end(self) -> None:
        """This mail does not go on here."""
        talk = self.take()
        if talk is not None:
            self.keeper.release(talk)

    def _keep(self, talk: Talk) -> None:
        self._talk = talk
        self._timer = asyncio.get_running_loop().call_later(_KEPT_SECONDS, self.end)


class Asking:
    """One mail's questions: `recipient` for each, `end` when the mail is over, whatever became of it."""

    def __init__(self, hops: Hops, opening: Opening, patience: float) -> None:
        """`patience`: seconds for one recipient."""
        self._hops, self._opening, self._patience = hops, opening, patience
        self._mute = False  # nobody could be asked: this mail's other recipients do not wait for it again
        self._asked: list[Keeper] = []
        self.conversation: Conversation | None = None

    async def recipient(self, address: str, wishes: Sequence[str]) -> Reply | None:
        """The next hop's answer; None when it cannot be asked, so that the mail's own answer will tell."""
        if self._mute:
            return None
        try:
            async with asyncio.timeout(self._patience):
                return await self._ask(address, wishes)
        except (TimeoutError, Late):
            self._hops.slow(self._asked[-1] if self._asked else None)
            log.warning("the next hop is too slow to be asked about recipients")
        except (GatewayFault, Garbled) as error:
            log.warning("the next hop cannot be asked about a recipient", extra={"error": str(error)})
        self._mute = True
        return None

    async def _ask(self, address: str, wishes: Sequence[str]) -> Reply:
        if self.conversation is not None and self.conversation.worn:
            self.end()
        if self.conversation is not None and self.conversation.open:
            with contextlib.suppress(Lost):  # it was kept too long, or the next hop is gone: ask anew
                return await self.conversation.recipient(address, wishes)
        said, self.conversation = await self._hops.begin(self._opening, address, wishes, self._asked)
        return said

    def end(self) -> None:
        """Give back what is still kept."""
        if self.conversation is not None:
            self.conversation.end()
            self.conversation = None
