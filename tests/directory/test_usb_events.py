"""USB devices in osquery's and Wazuh's logs, in the forms these programs write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dlp.directory import usb_events
from dlp.directory.usb_events import Sighting

AT = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
USB = {
    **{"usb_address": "5", "usb_port": "1", "vendor": "SanDisk", "vendor_id": "0781", "version": "1.00"},
    **{"model": "Ultra", "model_id": "5581", "serial": "4C530001260524115055"},
    **{"class": "", "subclass": "", "protocol": "", "removable": "1"},
}
HARDWARE = {
    **{"action": "add", "path": "/devices/pci0000:00/usb1/1-1/1-1:1.0", "type": "usb_interface"},
    **{"driver": "usb-storage", "vendor": "SanDisk", "vendor_id": "0781", "model": "Ultra", "model_id": "0x5581"},
    **{"serial": "4C530001260524115055", "revision": "", "time": "1795482123", "eid": "17"},
}
STICK = Sighting(
    host="PC-01",
    at=AT,
    serial="4C530001260524115055",
    vendor_id="0781",
    product_id="5581",
    product="SanDisk Ultra",
    source="osquery",
)


def osquery(**more: Any) -> dict[str, Any]:
    base = {"name": "usb", "hostIdentifier": "PC-01", "calendarTime": "x", "unixTime": int(AT.timestamp()), "epoch": 0}
    return base | more


def lines(*records: dict[str, Any]) -> list[bytes]:
    return [json.dumps(record).encode() for record in records]


@pytest.mark.parametrize(
    "record",
    [
        osquery(columns=USB, action="added"),
        osquery(columns=USB, action="added", unixTime=str(int(AT.timestamp()))),
        osquery(snapshot=[USB], action="snapshot"),
        osquery(diffResults={"added": [USB], "removed": []}),
        osquery(columns=HARDWARE, action="added"),
    ],
    ids=["differential", "time as text", "snapshot", "batch", "hardware_events"],
)
def test_osquery_tells_of_a_stick(record: dict[str, Any]) -> None:
    assert usb_events.read(lines(record), "osquery").sightings == [STICK]


@pytest.mark.parametrize(
    "record",
    [
        osquery(columns=USB, action="removed"),
        osquery(diffResults={"added": [], "removed": [USB]}),
        osquery(columns=HARDWARE | {"action": "remove"}, action="added"),
        osquery(columns=USB | {"class": "9"}, action="added"),  # a hub
        osquery(columns=USB | {"class": "3"}, action="added"),  # a keyboard
        osquery(columns={"pid": "1", "name": "x"}, action="added"),  # another query
        osquery(columns=HARDWARE | {"driver": "nvme", "type": "block", "path": "/devices/pci/nvme"}, action="added"),
    ],
)
def test_osquery_tells_of_no_stick(record: dict[str, Any]) -> None:
    reading = usb_events.read(lines(record), "osquery")
    assert (reading.sightings, reading.unread) == ([], 0)


def test_who_was_logged_on_is_told_by_a_decoration() -> None:
    record = osquery(columns=USB, action="added", decorations={"username": "clerk"})
    assert usb_events.read(lines(record), "osquery").sightings[0].login == "clerk"


def wazuh(**more: Any) -> dict[str, Any]:
    base = {
        "timestamp": "2026-11-24T10:02:03.000+0900",
        "rule": {"id": "60227"},
        "agent": {"id": "001", "name": "PC-01"},
    }
    return base | {"manager": {"name": "m"}, "location": "EventChannel"} | more


def windows(**eventdata: str) -> dict[str, Any]:
    system = {"eventID": "6416", "computer": "PC-01.town.local", "providerName": "Microsoft-Windows-Security-Auditing"}
    return wazuh(data={"win": {"system": system, "eventdata": {"subjectUserName": "PC-01$", **eventdata}}})


@pytest.mark.parametrize(
    "device",
    [
        "USBSTOR\\Disk&Ven_SanDisk&Prod_Ultra&Rev_1.00\\4C530001260524115055&0",
        "USBSTOR\\\\Disk&Ven_SanDisk&Prod_Ultra&Rev_1.00\\\\4C530001260524115055&0",
        "USBSTOR\\Disk&amp;Ven_SanDisk&amp;Prod_Ultra&amp;Rev_1.00\\4C530001260524115055&amp;0",
        "SWD\\WPDBUSENUM\\_??_USBSTOR#Disk&Ven_SanDisk&Prod_Ultra&Rev_1.00#4C530001260524115055&0#{53f56307-b6bf-11d0}",
    ],
    ids=["one backslash", "two", "entities", "WPD"],
)
def test_wazuh_tells_of_a_stick_at_windows(device: str) -> None:
    record = windows(deviceId=device, deviceDescription="SanDisk Ultra USB Device", className="DiskDrive")
    (found,) = usb_events.read(lines(record), "wazuh").sightings
    assert (found.host, found.serial, found.product) == ("PC-01", STICK.serial, "SanDisk Ultra USB Device")
    assert (found.at, found.login) == (AT, "")


def test_a_serial_windows_made_up_is_none() -> None:
    record = windows(deviceId="USBSTOR\\Disk&Ven_General&Prod_UDisk&Rev_5.00\\6&1526ad36&0", className="DiskDrive")
    (found,) = usb_events.read(lines(record), "wazuh").sightings
    assert (found.serial, found.product) == ("", "General UDisk")


def test_ids_of_windows_and_who_was_logged_on() -> None:
    storage = windows(
        deviceId="USB\\VID_0781&PID_5581\\4C530001260524115055",
        deviceDescription="USB Mass Storage Device",
        className="USB",
        subjectUserName="clerk",
    )
    mouse = windows(
        deviceId="USB\\VID_046D&PID_C077\\6&1&0&1", deviceDescription="USB Input Device", className="HIDClass"
    )
    (found,) = usb_events.read(lines(storage, mouse), "wazuh").sightings
    assert (found.vendor_id, found.product_id, found.serial, found.login) == ("0781", "5581", STICK.serial, "clerk")


def kernel(text: str, host: str = "pc-02") -> dict[str, Any]:
    log = f"Nov 24 10:02:03 {host} kernel: [  123.4] {text}"
    return wazuh(rule={"id": "81101"}, predecoder={"hostname": host, "program_name": "kernel"}, full_log=log)


def test_wazuh_joins_what_a_linux_kernel_says_of_each_port() -> None:
    found = usb_events.read(
        lines(
            kernel("usb 1-1: New USB device found, idVendor=0781, idProduct=5581, bcdDevice= 1.00"),
            kernel("usb 2-1.4: New USB device found, idVendor=0951, idProduct=1666, bcdDevice= 1.00"),
            kernel("usb 1-1: Product: Ultra"),
            kernel("usb 1-1: Manufacturer: SanDisk"),
            kernel("usb 1-1: SerialNumber: 4C530001260524115055"),
            kernel("usb 1-1: New USB device found, idVendor=0781, idProduct=5581, bcdDevice= 1.00", host="pc-03"),
        ),
        "wazuh",
    ).sightings
    assert {(s.host, s.vendor_id, s.product_id, s.serial, s.product) for s in found} == {
        ("pc-02", "0781", "5581", "4C530001260524115055", "SanDisk Ultra"),
        ("pc-02", "0951", "1666", "", ""),
        ("pc-03", "0781", "5581", "", ""),
    }


def test_what_is_no_line_of_theirs_is_counted_and_the_rest_is_read() -> None:
    good = osquery(columns=USB, action="added")
    rest = [b"", b"not json", b"[1]", b'{"hostIdentifier": 3}', b'{"hostIdentifier":"a","unixTime":"x"}', b"\xff"]
    reading = usb_events.read([*rest, *lines(good), b"{" + b" " * usb_events.MAX_LINE + b"}"], "osquery")
    assert (len(reading.sightings), reading.lines, reading.unread) == (1, 7, 6)
    with pytest.raises(ValueError, match="neither"):
        usb_events.read([], "syslog")


@pytest.mark.parametrize(
    ("text", "number"), [("0x781", "0781"), ("781", "0781"), ("05AC", "05ac"), ("", ""), ("zz", "")]
)
def test_ids_are_written_in_one_way(text: str, number: str) -> None:
    assert usb_events.usb_id(text) == number


def test_hostile_names_become_plain_ones() -> None:
    record = osquery(columns=USB | {"model": "x\x1b[31m\n" + "y" * 500, "serial": "s\r\nt"}, action="added")
    (found,) = usb_events.read(lines(record), "osquery").sightings
    assert found.serial == "s t"
    assert "\x1b" not in found.product
    assert len(found.product) <= 121
