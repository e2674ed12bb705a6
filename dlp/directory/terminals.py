"""Terminals, gateways and routes: what a list of them says, and when one counts as silent. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from dlp.directory import rows
from dlp.errors import ConfigError

KINDS = ("terminal", "gateway", "route")
_COLUMNS = {
    "名称": "name",
    "端末名": "name",
    "種別": "kind",
    "アドレス": "address",
    "所属": "department",
    "管理者": "owner",
    "監視": "heartbeat",
    "備考": "remark",
}
_KINDS = {"端末": "terminal", "ゲートウェイ": "gateway", "経路": "route"}
_YES, _NO = ("", "1", "true", "yes", "有", "あり"), ("0", "false", "no", "無", "なし")


@dataclass(frozen=True, kw_only=True, slots=True)
class Terminal:
    """A terminal, gateway or route."""

    name: str
    kind: str = "terminal"
    address: str = ""
    department: str = ""
    owner: str = ""
    heartbeat: bool = True
    remark: str = ""
    listed: datetime | None = None
    heard: datetime | None = None
    version: str = ""


def parse(data: bytes) -> list[Terminal]:
    """Terminals and routes from a CSV with a header, ours or Japanese (UTF-8 or CP932). Raises ConfigError."""
    found: dict[str, Terminal] = {}
    for number, row in enumerate(rows.read(data, suffix=".csv", table="terminal", what="terminals"), 1):
        terminal = _terminal({_COLUMNS.get(key, key): str(value) for key, value in row.items()}, number)
        if terminal.name in found:
            raise ConfigError(f"terminals: {terminal.name} stands twice")
        found[terminal.name] = terminal
    return list(found.values())


def _terminal(row: dict[str, str], number: int) -> Terminal:
    where = f"terminals: entry {number} ({row.get('name', 'without name')})"
    known = {"name", "kind", "address", "department", "owner", "heartbeat", "remark"}
    if unknown := set(row) - known:
        raise ConfigError(f"{where}: unknown column {min(unknown)!r}; known: {', '.join(sorted(known))}")
    name, kind = host_name(row.get("name", "")), _KINDS.get(row.get("kind", ""), row.get("kind") or "terminal")
    word = row.get("heartbeat", "").lower()
    if not name or kind not in KINDS or word not in (*_YES, *_NO):
        raise ConfigError(f"{where}: needs a name; kind is one of {', '.join(KINDS)}; heartbeat 1 or 0")
    address = row.get("address", "")
    if address:
        try:
            address = str(ipaddress.ip_network(address, strict=False))
        except ValueError:
            raise ConfigError(f"{where}: {address!r} is no address or network") from None
    return Terminal(
        name=name,
        kind=kind,
        address=address,
        heartbeat=word in _YES and kind != "route",
        department=row.get("department", ""),
        owner=row.get("owner", ""),
        remark=row.get("remark", ""),
    )


def host_name(text: str) -> str:
    """A host's name as we compare it: small, one line, at most 128 characters."""
    return "".join(c for c in text.strip().lower() if c.isprintable())[:128]


def is_silent(terminal: Terminal, now: datetime, hours: float) -> bool:
    """Whether a terminal that is to report has not, for so many hours."""
    if terminal.listed is None or not terminal.heartbeat:
        return False
    last = max(filter(None, (terminal.heard, terminal.listed)))
    return terminal.heard is None or now - last > timedelta(hours=hours)
