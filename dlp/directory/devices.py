"""The ledger of media (台帳): which devices are known, whose they are, in what state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dlp.directory import rows
from dlp.errors import ConfigError
from dlp.standing import Device, DeviceStatus

_KNOWN = set(Device.__dataclass_fields__)


def parse(data: bytes, *, suffix: str) -> dict[str, Device]:
    """Read a device ledger, TOML `[[device]]` or CSV with a header, by serial. Raises ConfigError."""
    devices: dict[str, Device] = {}
    found = rows.read(data, suffix=suffix, table="device", what="device ledger")
    for number, row in enumerate(found, 1):
        device = device_of(row, f"device ledger: entry {number} ({row.get('serial', 'without serial')})")
        if device.serial in devices:
            raise ConfigError(f"device ledger: serial {device.serial} stands twice")
        devices[device.serial] = device
    return devices


def device_of(row: Mapping[str, Any], where: str) -> Device:
    """One device from a mapping of texts and flags. Raises ConfigError that begins with `where`."""
    unknown = set(row) - _KNOWN
    if unknown:
        raise ConfigError(f"{where}: unknown field {min(map(str, unknown))!r}; known: {', '.join(sorted(_KNOWN))}")
    serial = str(row.get("serial", ""))
    if not serial or "/" in serial or serial in (".", ".."):
        raise ConfigError(f"{where}: every device needs a serial without '/'")
    try:
        state = DeviceStatus(row.get("state") or "in_use")
    except ValueError:
        raise ConfigError(f"{where}: state {row['state']!r} is none of {', '.join(DeviceStatus)}") from None
    special = ("serial", "state", "encrypted", "number_work", "registered")
    rest = {k: str(v or "") for k, v in row.items() if k not in special}
    return Device(
        serial=serial,
        state=state,
        encrypted=_yes(row.get("encrypted", False)),
        number_work=_yes(row.get("number_work", False)),
        registered=_date(row.get("registered"), where),
        **rest,
    )


def _yes(value: Any) -> bool:
    return value.lower() in ("true", "yes", "1", "有") if isinstance(value, str) else bool(value)


def _date(value: Any, where: str) -> date | None:
    if not value or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-"))
    except ValueError:
        raise ConfigError(f"{where}: {value!r} is not a date such as 2026-04-01") from None
