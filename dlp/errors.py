"""Whose fault it is decides what the other side is told.

Errors never carry content: their text reaches logs, SMTP replies and pages.
"""


class SekishoError(Exception):
    """Base of every error this package raises on purpose."""


class SenderFault(SekishoError):
    """What was sent cannot be accepted as it is; a retry will not help (SMTP 5xx, HTTP 4xx)."""


class GatewayFault(SekishoError):
    """We failed: nothing was accepted, nothing left; a retry may help (SMTP 451, HTTP 503, EIO)."""


class Incomplete(SekishoError):
    """Part of a content could not be read; the transfer is held, never passed.

    `why` is one of the words in :data:`dlp.extract.blocks.Why`.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ConfigError(SekishoError):
    """The configuration, people file, device ledger or signatures are wrong; says what to change."""
