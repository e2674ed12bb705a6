"""Whose fault it is decides what the other side is told.

Errors never carry content: their text reaches logs, SMTP replies and pages.
"""

import errno


class SekishoError(Exception):
    """Base of every error this package raises on purpose."""


class SenderFault(SekishoError):
    """What was sent cannot be accepted as it is; a retry will not help (SMTP 5xx, HTTP 4xx)."""


class GatewayFault(SekishoError):
    """We failed: nothing was accepted, nothing left; a retry may help (SMTP 451, HTTP 503, EIO)."""


class MayHaveArrived(GatewayFault):
    """It was sent whole and nobody said what became of it: another try may be a second one (RFC 1047)."""


class Incomplete(SekishoError):
    """Part of a content could not be read; the transfer is held, never passed.

    `why` is one of the words in :data:`dlp.extract.blocks.Why`.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ConfigError(SekishoError):
    """The configuration, people file, device ledger or signatures are wrong; says what to change."""


def cannot_listen(section: str, host: str, port: int, fault: BaseException | None) -> ConfigError:
    """The error of a channel or console whose address is not to be had: says what to do."""
    number = fault.errno if isinstance(fault, OSError) else None
    where = f"[{section}] cannot listen on {host}:{port}"
    variable = f"SEKISHO_{section.upper()}_"
    if number == errno.EADDRINUSE:
        return ConfigError(
            f"{where}: another program uses this port. Stop it, or set {variable}PORT (0: any free port). "
            f"ポート{port}は使用中です。"
        )
    if number == errno.EACCES:
        return ConfigError(f"{where}: ports below 1024 need a privilege; set {variable}PORT to a higher one")
    if number == errno.EADDRNOTAVAIL:
        return ConfigError(f"{where}: this machine has no such address; set {variable}HOST")
    return ConfigError(f"{where}: {fault or 'no reason given'}")
