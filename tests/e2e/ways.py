"""Ways: one gateway with all its ways out, a receiver behind each, and an exact account of what became of everything.

`accepted = delivered + held + refused`, a way at a time: a sender was told one of the three, or that nothing was
accepted, and tries again; then receivers and evidence room are held against what senders were told.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import smtplib
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.webserver import WebServer
from tests.extract import makers
from tests.faults.hop import Hop, free_port

WAYS = ("mail", "web", "mount", "drop")
DELIVERED, HELD, REFUSED, FAULT, TAKEN = "delivered", "held", "refused", "fault", "taken"
_SENDER, _SERIAL = "clerk@town.example", "USB-7"


class Ways:
    """`with Ways(tmp) as ways:` then `send`, `persist`, `account`."""

    def __init__(self, tmp: Path, *, env: Mapping[str, str] | None = None, **config: Mapping[str, Any]) -> None:
        self.tmp, self.device, self.point = tmp, tmp / "device", tmp / "usb"
        for folder in (self.device, self.point):
            folder.mkdir(parents=True)
        (self.device / ".sekisho-device").touch()
        self.hop, self.server = Hop(tmp), WebServer()
        ledger = f'[[device]]\nserial = "{_SERIAL}"\nstate = "in_use"\nfolder = "{self.device}"\n'
        sections: dict[str, dict[str, Any]] = {
            "mail": {"port": free_port(), "next_hop": f"127.0.0.1:{self.hop.port}", "next_hop_tls": "none"},
            "web": {"port": free_port(), "anonymous": "clerk"},
            "media": {"mounts": {_SERIAL: str(self.point)}, "guard": False},
            "console": {"enabled": False},
            "notices": {"enabled": False},
        }
        for name, values in config.items():
            sections.setdefault(name, {}).update(values)
        self.box = Box(tmp, devices=ledger, env=env, **sections)
        os.sync()  # so that a power cut takes what the gateway did not sync, not what we did not
        self.told: dict[tuple[str, str], str] = {}  # (way, name) -> what its sender was told for good

    def __enter__(self) -> Ways:
        with ExitStack() as stack:
            stack.enter_context(self.hop)
            stack.enter_context(self.server)
            stack.callback(subprocess.run, ["umount", "-l", str(self.point)], capture_output=True, timeout=20)
            stack.enter_context(self.box)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # sending

    def round(self, tag: str) -> dict[str, list[str]]:
        """One innocent thing and one list by each way; what their senders were told."""
        return {way: [self.send(way, f"{tag}{kind}") for kind in "ml"] for way in WAYS}

    def send(self, way: str, name: str) -> str:
        """Try once: what the sender is told. A name that ends in `l` is a list."""
        with contextlib.suppress(OSError, http.client.HTTPException, smtplib.SMTPException):
            word: str = getattr(self, f"_{way}")(name, CSV if name.endswith("l") else f"Meeting {name} is at ten.\r\n")
            if word != FAULT:
                self.told[way, name] = word
            return word
        return FAULT

    def persist(self, tag: str, seconds: float = 90.0) -> None:
        """Try again whatever was not accepted yet, until it is."""
        until = time.monotonic() + seconds
        left = [(way, f"{tag}{kind}") for way in WAYS for kind in "ml" if (way, f"{tag}{kind}") not in self.told]
        while left:
            left = [(way, name) for way, name in left if self.send(way, name) == FAULT]
            assert not left or time.monotonic() < until, (left, self.box.log.read_text(errors="replace")[-3000:])

    def _mail(self, name: str, text: str) -> str:
        with smtplib.SMTP("127.0.0.1", self.box.smtp_port, timeout=60) as client:
            client.ehlo()
            client.mail(_SENDER)
            code, said = client.rcpt(f"{name}@outside.example")
            if code < 300:
                code, said = client.data(mail_of(name))
        return _word(code < 300, b"held for review" in said, code >= 500)

    def _web(self, name: str, text: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.box.proxy_port, timeout=60)
        with contextlib.closing(connection):
            connection.request("POST", f"{self.server.url}/{name}", text.encode(), {"Content-Type": "text/csv"})
            answer = connection.getresponse()
            page = answer.read()
        return _word(answer.status == 200, "保留".encode() in page, answer.status == 403)

    def _mount(self, name: str, text: str) -> str:
        command = ["cp", "/dev/stdin", str(self.point / f"{name}.csv")]
        if not os.path.ismount(self.point):  # its disk is the machine's own
            return FAULT
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=120, env=os.environ | {"LC_ALL": "C"}
        )
        return _word(done.returncode == 0, b"Permission denied" in done.stderr, False)

    def _drop(self, name: str, text: str) -> str:
        """Put there once: from then on it is the gateway's."""
        path = self.box.drop / "clerk" / _SERIAL / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.tmp / name
        beside.write_text(text, encoding="utf-8")
        hidden = path.with_name(f".{name}")  # as rsync does: whole, then named
        hidden.write_bytes(beside.read_bytes())
        with hidden.open("rb") as file:
            os.fsync(file.fileno())
        hidden.rename(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # else a power cut may leave the hidden name, which the gateway leaves alone
        finally:
            os.close(folder)
        return TAKEN

    # the account

    def arrived(self) -> dict[str, list[str]]:
        """The names that are at each receiver, as often as they are."""
        stick = [path.stem for path in self.device.glob("*.csv")]
        return {
            "mail": [name for name, times in self.hop.taken().items() for _ in times],
            "web": [one.path.strip("/") for one in self.server.arrived],
            "mount": stick,
            "drop": stick,
        }

    def in_custody(self) -> dict[str, set[str]]:
        """The names that are held, by way."""
        found: dict[str, set[str]] = {way: set() for way in WAYS}
        for case in self.box.cases():
            if case.entry.channel == "mail":
                found["mail"].add(case.entry.destination[0].partition("@")[0])
            elif case.entry.channel == "web":
                found["web"].add(str(case.envelope["path"]).strip("/"))
            else:
                way = "drop" if "place" in case.envelope else "mount"
                found[way].add(str(case.envelope["path"]).removesuffix(".csv"))
        return found

    def account(self) -> None:
        """Assert the identity for each way, that no list has arrived, and that the record is whole."""
        self._settle_drops()
        arrived, held = self.arrived(), self.in_custody()
        for way in WAYS:
            told = {name: word for (one, name), word in self.told.items() if one == way}
            for name, word in told.items():
                places = [HELD] * (name in held[way]) + [DELIVERED] * (name in arrived[way])
                wanted = HELD if name.endswith("l") else DELIVERED
                assert word in (wanted, TAKEN, HELD), (way, name, word)  # what a worker died at may be held
                assert len(places) == 1, (way, name, word, places)
                assert word in (TAKEN, places[0]), (way, name, word, places)
        assert not [name for names in arrived.values() for name in names if name.endswith("l")]
        room = self.box.room()
        try:
            assert room.verify() == []
        finally:
            room.close()

    def waiting(self) -> int:
        """How many files lie in the drop folder or its spool."""
        spool, drop = self.box.var / "spool" / "drop", self.box.drop / "clerk" / _SERIAL
        return sum(1 for _ in drop.glob("[!.]*.csv")) + sum(1 for _ in spool.glob("*.content"))

    def _settle_drops(self) -> None:
        """Wait until nothing lies in the drop folder or its spool any more, but notes; and what a mount has promised is
        on the device."""
        self.box.wait(lambda: not self.waiting(), 120.0)
        promised = {name for (way, name), word in self.told.items() if way == "mount" and word == DELIVERED}
        self.box.wait(lambda: promised <= set(self.arrived()["mount"]), 30.0)


def _word(delivered: bool, held: bool, refused: bool) -> str:
    if held:
        return HELD
    return DELIVERED if delivered else REFUSED if refused else FAULT


def vanish(ways: Ways, name: str, after: str) -> None:
    """An SMTP client that goes without a word once it has heard the reply to `after`, or sent half or all of a mail."""
    data = mail_of(name)
    says = {
        "EHLO": b"EHLO client\r\n",
        "MAIL": f"MAIL FROM:<{_SENDER}>\r\n".encode(),
        "RCPT": f"RCPT TO:<{name}@outside.example>\r\n".encode(),
        "DATA": b"DATA\r\n",
        "half": data[: len(data) // 2],
        "content": data,
        "dot": data + b"\r\n.\r\n",
    }
    with socket.create_connection(("127.0.0.1", ways.box.smtp_port), 10) as client, client.makefile("rb") as stream:
        stream.readline()
        for step in says if after != "greeting" else ():
            if step == after or step not in ("half", "content", "dot"):
                client.sendall(says[step])
            if step == after:
                break
            while step in ("EHLO", "MAIL", "RCPT", "DATA") and stream.readline()[3:4] == b"-":
                pass


def mail_of(name: str) -> bytes:
    """A mail; a name that ends in `l` carries a list."""
    head = f"Message-ID: <{name}@client.example>\r\n".encode()
    if name.endswith("l"):
        return head + makers.eml(body=CSV)
    return head + f"From: {_SENDER}\r\nSubject: meeting\r\n\r\nMeeting {name} is at ten.\r\n".encode()
