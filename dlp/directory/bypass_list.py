"""The hosts that may be passed undecrypted, as the settings list them: until when, why, and what went there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dlp.directory.coverage import Passed
from dlp.errors import ConfigError


@dataclass(frozen=True, kw_only=True, slots=True)
class Permitted:
    """One entry of the list."""

    host: str
    port: int
    until: date  # its last day
    reason: str

    @property
    def name(self) -> str:
        """As it is listed: with its port where that is not 443."""
        return self.host if self.port == 443 else f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """One entry and what went there so far, whoever reported it."""

    entry: Permitted
    ended: bool
    count: int = 0
    bytes: int = 0
    last: datetime | None = None


def parse(entries: Mapping[str, str]) -> dict[tuple[str, int], Permitted]:
    """By host and port, from `host = "2027-03-31 reason"` or `"host:port" = …`. Raises ConfigError."""
    found: dict[tuple[str, int], Permitted] = {}
    for listed, text in entries.items():
        day, _, reason = text.strip().partition(" ")
        name, _, port = listed.lower().partition(":")
        try:
            host, number, until = name.rstrip("."), int(port or 443), date.fromisoformat(day)
        except ValueError:
            raise ConfigError(
                f"[web.bypass] {listed}: {text!r} does not begin with its last day, as 2027-03-31"
            ) from None
        if not reason.strip():
            raise ConfigError(f"[web.bypass] {listed}: say after the date why it is passed undecrypted")
        found[host, number] = Permitted(host=host, port=number, until=until, reason=reason.strip())
    return found


def uses(listed: Iterable[Permitted], passed: Iterable[Passed], today: date) -> list[Use]:
    """Every entry, used or not, those in force first."""
    went = list(passed)
    found = [_use(entry, [p for p in went if p.host == entry.name], today) for entry in listed]
    return sorted(found, key=lambda use: (use.ended, use.entry.until, use.entry.name))


def _use(entry: Permitted, went: list[Passed], today: date) -> Use:
    return Use(
        entry=entry,
        ended=entry.until < today,
        count=sum(p.count for p in went),
        bytes=sum(p.bytes for p in went),
        last=max((p.last for p in went), default=None),
    )
