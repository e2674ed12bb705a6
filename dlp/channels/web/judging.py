"""What the web's proxies ask, and what they are told: the same in our process and from another.

A proxy hands in a transfer; where it is a piece of an upload, with what makes it one. It is told whether that passes,
and what a person is to be shown if not.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dlp.transfer import LARGE, SoFar, Transfer
from dlp.verdict import Action

if TYPE_CHECKING:
    from dlp.channels.web.joining import Joining
    from dlp.channels.web.naming import Sent
    from dlp.channels.web.pieces import Mark
    from dlp.outcome import Outcome, Submit


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What became of a transfer, as far as its sender is told."""

    passes: bool
    held: bool = False
    case: str = ""
    people: int = 0
    japanese: tuple[str, ...] = ()
    english: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcome: Outcome) -> Answer:
        """The gateway's outcome; the words only where somebody will read them."""
        held = outcome.verdict.action is Action.QUARANTINE
        people = outcome.inspection.subjects
        if outcome.passes:
            return cls(passes=True, people=people)
        japanese, english = tuple(outcome.lines("ja")), tuple(outcome.lines("en"))
        return cls(passes=False, held=held, case=outcome.case, people=people, japanese=japanese, english=english)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """What makes a request a piece of an upload."""

    mark: Mark
    begun: str  # a name for an upload whose id is not known yet
    bare: bool  # it carries nothing


class Ask(Protocol):
    """`Judge.submit`."""

    def __call__(self, transfer: Transfer, so_far: SoFar | None = None, /) -> Awaitable[Answer]:
        """What becomes of a transfer. Raises GatewayFault."""


class Judge(Protocol):
    """Who is asked: :class:`Desk`, or the way to one in another process."""

    async def judge(self, transfer: Transfer, piece: Piece | None) -> tuple[Answer | None, Sent | None]:
        """What becomes of a request; None: it carries nothing and passes. With what its answer has to tell of it.

        Raises DoesNotFit, OSError, GatewayFault: then nothing may be sent.
        """

    async def submit(self, transfer: Transfer, so_far: SoFar | None = None, /) -> Answer:
        """What becomes of a message. Raises GatewayFault."""


class Desk:
    """Where all proxies' transfers come together: pieces are joined here, and large contents take turns."""

    def __init__(self, submit: Submit, joining: Joining, *, large: int) -> None:
        self._submit, self._joining = submit, joining
        self._large = asyncio.Semaphore(large)  # so many at a time, so that small ones find a worker

    async def judge(self, transfer: Transfer, piece: Piece | None) -> tuple[Answer | None, Sent | None]:
        """As :class:`Judge` has it."""
        if piece is not None:
            return await self._joining.judge(piece, transfer, self.submit, large=self._large)
        async with self._large if transfer.size > LARGE else contextlib.nullcontext():
            return await self.submit(transfer), None

    async def submit(self, transfer: Transfer, so_far: SoFar | None = None, /) -> Answer:
        """As :class:`Judge` has it."""
        return Answer.of(await (self._submit(transfer) if so_far is None else self._submit(transfer, so_far)))
