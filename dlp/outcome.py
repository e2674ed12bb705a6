"""What became of a transfer, as a channel hears it: durable already, or promised."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from dlp import notices
from dlp.inspection import Inspection
from dlp.standing import Standing
from dlp.training import Training
from dlp.transfer import SoFar, Transfer
from dlp.verdict import Verdict
from quarantine.stores.base import Recorded


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a submitted transfer. It is durable before a channel sees this."""

    verdict: Verdict
    transfer: str  # transfer id
    case: str = ""  # case id when held
    inspection: Inspection
    standing: Standing
    console: str = ""
    training: Training = Training()  # noqa: RUF009  keeps nothing
    inside: Transfer | None = None  # what goes to internal recipients at once, though the rest is held

    @property
    def passes(self) -> bool:
        """Whether the channel may send it onward now."""
        return self.verdict.action.passes

    def lines(self, lang: str = "ja") -> list[str]:
        """What happened, what was found (kinds and counts), who decides, what to do."""
        return notices.explain(
            self.verdict,
            self.inspection,
            self.standing,
            case=self.case,
            console=self.console,
            lang=lang,
            training=self.training,
        )

    def text(self, lang: str = "ja") -> str:
        """The lines as one text."""
        return "\n".join(self.lines(lang))


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """A transfer that passes and is about nobody, before that is on record: nothing of it leaves until `Gateway.keep`
    has put it there."""

    transfer: str
    recording: Callable[[], Recorded]


#: Sends what may pass, blocking: what became of it, in a word of `Gateway.settle` and a detail.
type Onward = Callable[[], tuple[str, str]]


class Submit(Protocol):
    """What a channel needs of the gateway."""

    def __call__(self, transfer: Transfer, so_far: SoFar | None = None, /) -> Awaitable[Outcome]:
        """`Gateway.submit`."""
