"""One mail on one connection to a next hop: its envelope alone, or all of it.

Whoever leaves in the middle leaves the connection too: what was not heard to its end is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from dlp.delivery import letter as writing
from dlp.delivery.letter import Letter, Opening, Reply
from dlp.delivery.spooled import Spooled
from dlp.delivery.talk import Garbled, Lost, Talk
from dlp.errors import GatewayFault, MayHaveArrived

type Told = list[tuple[str, tuple[str, ...]]]

#: Refusals after which a connection is left: Postfix slows down from 10, and leaves at 20, without a mail between.
TOO_MANY_REFUSALS = 8
BROKEN = (Lost, Garbled, TimeoutError)


class Late(GatewayFault):
    """The next hop gives no answer in time."""


class Stale(Exception):
    """This connection is no good any more and the mail's content was not begun on it: take another one."""


class _ToTheEnd:
    """Whoever leaves it otherwise than at its end leaves the connection, for the reason in our words."""

    __slots__ = ("_talk",)

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is None:
            return
        self._talk.close()
        if isinstance(error, Lost):
            raise Stale from error
        if isinstance(error, TimeoutError):
            # Not on yet another connection: each may be as slow, and our own client's patience ends.
            raise Late("next hop: no answer in time") from error
        if isinstance(error, Garbled):
            raise GatewayFault("next hop: an answer that is none") from error


async def begin(talk: Talk, opening: Opening, address: str, wishes: Sequence[str]) -> tuple[Reply, bool]:
    """Say MAIL and a first RCPT: the answer to RCPT, or MAIL's where it is a refusal, and whether MAIL was accepted.

    Raises Stale where another connection may serve, else GatewayFault. A connection that ended is closed.
    """
    with _ToTheEnd(talk):
        reply, accepted = await _begun(talk, opening, address, wishes)
        if 300 <= reply.code < 400:
            raise Garbled
        if not accepted:
            await reset(talk)
    return _not_ours(talk, reply), accepted


async def _begun(talk: Talk, opening: Opening, address: str, wishes: Sequence[str]) -> tuple[Reply, bool]:
    refusal = opening.refusal(talk.offered)
    if refusal is not None:
        return refusal, False
    for line in opening.introduction(talk.offered):
        await _say(talk, line)
    ahead = "pipelining" in talk.offered
    commands = [opening.mail(talk.offered), writing.recipient(address, wishes, talk.offered)]
    if ahead:
        talk.tell(*commands)
    reply = await _say(talk, commands[0], ahead=ahead)
    if reply.code == 421:
        raise Lost  # a connection kept too long is told so here
    if reply.taken:
        return await _say(talk, commands[1], ahead=ahead), True
    if ahead:
        await _unheard(talk)
    return reply, False


async def offer(talk: Talk, letter: Letter, told: Told | None = None) -> Reply:
    """Send a whole mail: the answer; the connection is then closed, or good for another mail.

    `told`: the recipients accepted already, where its envelope was begun on this connection. Raises Stale before the
    content is begun, else GatewayFault.
    """
    with _ToTheEnd(talk):
        reply = await _offered(talk, letter, told) or await _content(talk, letter.content)
        if 300 <= reply.code < 400:  # the middle of a conversation cannot be its end
            raise Garbled
    reply = _not_ours(talk, reply)
    if reply.taken:
        talk.refusals = 0
    elif talk.alive:
        await reset(talk)
    return reply


def _not_ours(talk: Talk, reply: Reply) -> Reply:
    """421: it closes now; to our client that is a fault for this mail, not for the connection."""
    if reply.code != 421:
        return reply
    talk.close()
    return Reply(451, reply.text, reply.refused)


async def reset(talk: Talk) -> None:
    """Nothing of what was begun goes on. Closes a connection on which that cannot be said."""
    try:
        taken = 200 <= (await talk.ask(b"RSET")).code < 300
    except BROKEN:
        taken = False
    if not taken:
        talk.close()


async def _offered(talk: Talk, letter: Letter, told: Told | None) -> Reply | None:
    """The envelope and DATA; None when all was accepted and the content is waited for."""
    refusal = letter.refusal(talk.offered)
    if refusal is not None:
        return refusal
    if told is not None:
        if letter.told() == told:
            return await _data(talk, ahead=False)
        await reset(talk)  # some of its recipients wait for a release, or have it already
    return await _envelope(talk, letter)


async def _envelope(talk: Talk, letter: Letter) -> Reply | None:
    """XFORWARD, MAIL, RCPT…, DATA."""
    for line in letter.introduction(talk.offered):
        await _say(talk, line)  # for its log alone: whatever it answers, the mail goes on
    commands = letter.envelope(talk.offered)
    ahead = "pipelining" in talk.offered
    # All or none: where one of several may be refused, DATA waits for them, for nothing takes it back.
    hasty = ahead and len(letter.rcpt_to) == 1
    if ahead:
        talk.tell(*commands, *([b"DATA"] if hasty else []))
    refusal = await _accepted(talk, letter, commands, ahead)
    if refusal is None:
        return await _data(talk, ahead=hasty)
    if ahead:
        await _unheard(talk)
    return refusal


async def _accepted(talk: Talk, letter: Letter, commands: Sequence[bytes], ahead: bool) -> Reply | None:
    """Hear the answers to MAIL and RCPT…, sent `ahead` or one by one; None when all were accepted."""
    reply = await _say(talk, commands[0], ahead=ahead)
    if reply.code == 421:
        raise Lost  # a connection kept too long is told so here
    if not reply.taken:
        return reply
    refused: dict[str, Reply] = {}
    for recipient, command in zip(letter.rcpt_to, commands[1:], strict=True):
        reply = await _say(talk, command, ahead=ahead)
        if not reply.taken:
            refused[recipient] = reply
        if reply.code == 421:
            break
    return writing.refusal(refused, len(letter.rcpt_to)) if refused else None


async def _unheard(talk: Talk) -> None:
    """After a refusal: hear the answers to what was sent ahead. Only leaving takes back an accepted DATA."""
    try:
        while talk.awaited:
            if 300 <= (await talk.answer()).code < 400:
                talk.close()
    except BROKEN:
        talk.close()


async def _say(talk: Talk, command: bytes, *, ahead: bool = False) -> Reply:
    if not ahead:
        talk.tell(command)
    return writing.reply(await talk.answer())


async def _data(talk: Talk, *, ahead: bool) -> Reply | None:
    """None when the next hop waits for the content."""
    reply = await _say(talk, b"DATA", ahead=ahead)
    if reply.code == 354:
        return None
    return reply if not reply.taken else Reply(451, "4.3.0 the next hop does not take the content")


async def _content(talk: Talk, content: bytes | Spooled) -> Reply:
    if not isinstance(content, Spooled):
        talk.write(writing.stuffed(content))
    try:
        if isinstance(content, Spooled):
            await talk.pour(content.stuffed())
        answer = await talk.answer()
    except (*BROKEN, OSError) as error:
        # It may have taken the mail: to send it again on another connection could deliver it twice.
        raise MayHaveArrived("the next hop was lost after DATA") from error
    return writing.reply(answer)
