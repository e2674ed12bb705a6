"""USB devices in what endpoint agents log: osquery's results and Wazuh's alerts, a JSON object a line. Pure.

osquery: differential results ("columns", "action": "added"), snapshots ("snapshot": [...]) and batches
("diffResults") of queries over `usb_devices` and `hardware_events`, whatever the query is called.
Wazuh: alerts on Windows' event 6416 and the PnP logs (eventchannel), and on the Linux kernel's usb lines.
What is no storage (hubs, keyboards, mice, sound, cameras) is left out where its class tells; doubt is kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

KINDS = ("osquery", "wazuh")
MAX_LINE = 256 * 1024  # bytes; a longer line is counted as unread

#: USB classes that store nothing: audio, HID, image, printer, hub, smart card, video, wireless.
_NO_STORAGE = frozenset({1, 3, 6, 7, 9, 11, 14, 224})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One USB device seen at one terminal."""

    host: str
    at: datetime
    serial: str = ""  # "" where the device has none
    vendor_id: str = ""  # four hex digits, small
    product_id: str = ""
    product: str = ""
    login: str = ""  # who was logged on, where the agent says so
    source: str = ""


@dataclass(slots=True)
class Reading:
    """What a log held: devices, and how many lines could not be read."""

    sightings: list[Sighting]
    lines: int = 0
    unread: int = 0


def read(lines: Iterable[bytes], kind: str) -> Reading:
    """The USB devices in a log of `kind` "osquery" or "wazuh". Raises ValueError for another kind."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is neither osquery nor wazuh")
    adapter: _Osquery | _Wazuh = _Osquery() if kind == "osquery" else _Wazuh()
    reading = Reading([])
    for line in lines:
        if not line.strip():
            continue
        reading.lines += 1
        try:
            if len(line) > MAX_LINE:
                raise ValueError("too long")
            record = orjson.loads(line)
            if not isinstance(record, dict):
                raise ValueError("not an object")
            reading.sightings += adapter.take(record)
        except (ValueError, TypeError, OverflowError, OSError, AttributeError):
            reading.unread += 1
    reading.sightings += adapter.rest()
    return reading


def usb_id(value: object) -> str:
    """A vendor or product id as four hex digits: "0x0781", "781" and "0781" are one; "" for anything else."""
    text = str(value or "").strip().lower().removeprefix("0x")
    return text.zfill(4) if re.fullmatch(r"[0-9a-f]{1,4}", text) else ""


def _clean(value: object, limit: int = 128) -> str:
    """Text of a device or agent, as we keep it: one line, no control characters, bounded."""
    text = "".join(c if c.isprintable() else " " for c in str(value or ""))
    return " ".join(text.split())[:limit]


class _Osquery:
    """osquery's results log, "snapshot" and differential."""

    def take(self, record: Mapping[str, Any]) -> Iterator[Sighting]:
        host, at = _clean(record.get("hostIdentifier")), _unix(record.get("unixTime"))
        if not host:
            raise ValueError("no host")
        decorations = record.get("decorations") or {}
        login = _clean(decorations.get("username") or decorations.get("user"))
        for columns in self._rows(record):
            found = self._device(columns, host, at, login)
            if found is not None:
                yield found

    def rest(self) -> list[Sighting]:
        return []

    def _rows(self, record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        if isinstance(record.get("snapshot"), list):
            return list(record["snapshot"])
        if isinstance(record.get("diffResults"), dict):
            return list(record["diffResults"].get("added") or [])
        if record.get("action") == "added" and isinstance(record.get("columns"), dict):
            return [record["columns"]]
        return []

    def _device(self, columns: Mapping[str, Any], host: str, at: datetime, login: str) -> Sighting | None:
        usb = "usb_address" in columns or "usb_port" in columns  # usb_devices
        event = "driver" in columns or "eid" in columns  # hardware_events
        if not (usb or event) or "vendor_id" not in columns:
            return None
        if event and columns.get("action") not in (None, "", "add", "added", "change"):
            return None
        if _is_no_storage(columns.get("class")):
            return None
        if event and not usb and not _names_usb(columns):
            return None
        product = f"{_clean(columns.get('vendor'), 60)} {_clean(columns.get('model'), 60)}".strip()
        return Sighting(
            host=host,
            at=at,
            serial=_clean(columns.get("serial")),
            vendor_id=usb_id(columns.get("vendor_id")),
            product_id=usb_id(columns.get("model_id")),
            product=product,
            login=login,
            source="osquery",
        )


def _is_no_storage(value: object) -> bool:
    text = str(value or "").strip()
    if not text:
        return False
    try:
        number = int(text, 0) if text.lower().startswith("0x") else int(text, 10)
    except ValueError:
        return False
    return number in _NO_STORAGE


def _names_usb(columns: Mapping[str, Any]) -> bool:
    words = " ".join(str(columns.get(name, "")) for name in ("driver", "type", "path")).lower()
    return "usb" in words or "uas" in words.split()


def _unix(value: object) -> datetime:
    return datetime.fromtimestamp(int(str(value)), UTC)


# Windows writes device instances with one backslash, Wazuh's JSON often with two.
_STORAGE = re.compile(
    r"USBSTOR[\\#]+(?:\w+&)?Ven_(?P<vendor>[^&\\#]*)&Prod_(?P<product>[^&\\#]*)(?:&Rev_[^\\#]*)?[\\#]+(?P<serial>[^\\#]+)",
    re.IGNORECASE,
)
_IDS = re.compile(
    r"USB[\\#]+VID_(?P<vid>[0-9A-F]{4})&PID_(?P<pid>[0-9A-F]{4})(?:&[^\\#]*)?[\\#]+(?P<serial>[^\\#]+)", re.IGNORECASE
)
_WINDOWS_STORAGE = ("diskdrive", "wpd", "cdrom", "scsiadapter", "volume")
_WINDOWS_USB_STORAGE = ("mass storage", "大容量記憶", "uas", "attached scsi")


def instance_serial(text: str) -> str:
    """The hardware's serial in a Windows instance id; "" where Windows made the id up (its second character is &)."""
    text = text.strip()
    if len(text) > 1 and text[1] == "&":
        return ""
    return _clean(re.sub(r"&\d+$", "", text))


_KERNEL = re.compile(r"\busb (?P<port>\d+-[\d.]+): (?P<text>.+)$")
_NEW = re.compile(r"New USB device found, idVendor=(?P<vid>[0-9a-fA-F]{4}), idProduct=(?P<pid>[0-9a-fA-F]{4})")
_SAID = re.compile(r"(?P<what>Product|Manufacturer|SerialNumber): (?P<value>.*)$")


class _Wazuh:
    """Wazuh's alerts.json."""

    def __init__(self) -> None:
        self._plugged: dict[tuple[str, str], dict[str, Any]] = {}  # (host, port) -> what its kernel has said so far

    def take(self, record: Mapping[str, Any]) -> Iterator[Sighting]:
        agent = record.get("agent") or {}
        host = _clean((record.get("predecoder") or {}).get("hostname") or agent.get("name"))
        at = _iso(record.get("timestamp"))
        windows = (record.get("data") or {}).get("win")
        if isinstance(windows, dict):
            found = self._windows(windows, _clean(agent.get("name")) or host, at)
            return iter([found] if found else [])
        return self._kernel(str(record.get("full_log") or ""), host, at)

    def rest(self) -> list[Sighting]:
        """Devices of which the log has no more to say."""
        return [self._sighting(host, said) for (host, _), said in self._plugged.items()]

    def _windows(self, windows: Mapping[str, Any], host: str, at: datetime) -> Sighting | None:
        system, data = windows.get("system") or {}, windows.get("eventdata") or {}
        told = [str(value) for value in data.values() if isinstance(value, str)]
        text = html.unescape(str(data.get("deviceId") or data.get("deviceInstanceId") or " ".join(told)))
        host = host or _clean(str(system.get("computer", "")).partition(".")[0])
        described = html.unescape(str(data.get("deviceDescription") or ""))
        login = _clean(data.get("subjectUserName"))
        login = "" if login.endswith("$") else login  # the computer's own account
        if found := _STORAGE.search(text):
            product = f"{found['vendor']} {found['product']}".replace("_", " ")
            product = _clean(described or product)
            return Sighting(
                host=host, at=at, serial=instance_serial(found["serial"]), product=product, login=login, source="wazuh"
            )
        if found := _IDS.search(text):
            kind = f"{data.get('className', '')} {described}".lower()
            if not any(word in kind for word in (*_WINDOWS_STORAGE, *_WINDOWS_USB_STORAGE)):
                return None
            return Sighting(
                host=host,
                at=at,
                serial=instance_serial(found["serial"]),
                vendor_id=usb_id(found["vid"]),
                product_id=usb_id(found["pid"]),
                product=_clean(described),
                login=login,
                source="wazuh",
            )
        return None

    def _kernel(self, text: str, host: str, at: datetime) -> Iterator[Sighting]:
        """The kernel tells of a device in several lines: ids first, then names, then the serial."""
        line = _KERNEL.search(text)
        if line is None or not host:
            return
        place = (host, line["port"])
        if new := _NEW.search(line["text"]):
            if place in self._plugged:
                yield self._sighting(host, self._plugged[place])
            self._plugged[place] = {"at": at, "vendor_id": usb_id(new["vid"]), "product_id": usb_id(new["pid"])}
        elif (said := _SAID.match(line["text"])) and place in self._plugged:
            self._plugged[place][said["what"]] = _clean(said["value"])

    def _sighting(self, host: str, said: Mapping[str, Any]) -> Sighting:
        return Sighting(
            host=host,
            at=said["at"],
            serial=said.get("SerialNumber", ""),
            vendor_id=said["vendor_id"],
            product_id=said["product_id"],
            product=f"{said.get('Manufacturer', '')} {said.get('Product', '')}".strip(),
            source="wazuh",
        )


def _iso(value: object) -> datetime:
    at = datetime.fromisoformat(str(value))
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
