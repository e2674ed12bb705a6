"""What the mail channel answers when we are at fault; all else is shown end to end."""

from __future__ import annotations

import smtplib
from asyncio import to_thread
from pathlib import Path

import pytest

from dlp import bundle
from dlp.channels.mail.mail import MailChannel, _subject
from dlp.delivery.routes import Relays
from dlp.directory import Directory
from dlp.errors import ConfigError
from dlp.gateway import Gateway
from dlp.inspector import Inspector
from dlp.policy import Policy
from dlp.settings import Inspection, Mail
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.e2e.harness import PEOPLE
from tests.e2e.nexthop import NextHop

MAIL = b"From: a@b\r\nSubject: x\r\n\r\nhello\r\n"


def send(port: int) -> tuple[int, bytes]:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.ehlo()
        client.mail("clerk@town.example")
        client.rcpt("x@outside.example")
        return client.data(MAIL)


async def test_a_scanner_fault_is_451_and_nothing_was_accepted(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    room = Room.open(tmp_path / "room", KeyRing.open_or_create(tmp_path / "keys.json"))
    rules = bundle.read()
    inspector = Inspector(Inspection(workers=1), rules.files, digest=rules.digest, token_key=b"k" * 32)
    directory = Directory(tmp_path / "people.toml", tmp_path / "devices.toml")
    gateway = Gateway(directory=directory, inspector=inspector, room=room, policy=Policy())
    with NextHop() as hop:
        config = Mail(port=0, next_hop=f"127.0.0.1:{hop.port}")
        channel = MailChannel(config, gateway, Relays(config))
        await channel.start()
        try:
            code, text = await to_thread(send, channel.port)  # the inspector was never started
            assert (code, text[:5]) == (451, b"4.3.0")
            assert b"inspection" not in text
            assert (hop.mails, room.ledger(), room.cases()) == ([], [], [])
            await inspector.start()
            assert (await to_thread(send, channel.port))[0] == 250
            assert len(hop.mails) == 1
            room.close()  # the evidence room is gone: what cannot be recorded does not leave
            assert (await to_thread(send, channel.port))[0] == 451
            assert len(hop.mails) == 1
        finally:
            await channel.stop()
            await inspector.stop()


@pytest.mark.parametrize(
    "config",
    [Mail(next_hop="nowhere"), Mail(next_hop_tls="maybe"), Mail(tls_required=True), Mail(trusted=("10.0.0.1/8",))],
    ids=["next_hop", "next_hop_tls", "tls_required", "trusted"],
)
def test_a_wrong_setting_is_named(config: Mail) -> None:
    with pytest.raises(ConfigError, match=r"\[mail\]"):
        MailChannel(config, None, Relays(config))  # type: ignore[arg-type]


async def test_an_address_in_use_is_named() -> None:
    first = MailChannel(Mail(port=0), None, Relays(Mail()))  # type: ignore[arg-type]
    await first.start()
    with pytest.raises(ConfigError, match="cannot listen"):
        await MailChannel(Mail(port=first.port), None, Relays(Mail())).start()  # type: ignore[arg-type]
    await first.stop()


@pytest.mark.parametrize(
    ("head", "subject"),
    [
        (b"From: a\r\nSUBJECT:  a meeting = b \r\nTo: b", "a meeting = b "),
        (b"Subject: folded\r\n\tline", "folded \tline"),
        (b"Subject: folded\r\n\tone\r\nSubject: two", "folded \tone"),
        (b"Subject: =?utf-8?B?5Lya6K2w?=", "会議"),
        (b"Subject: \xe4\xbc\x9a\xe8\xad\xb0", "会議"),
        (b"X-Subject: none", ""),
    ],
)
def test_the_subject_is_read_the_same_on_the_short_way_and_the_long_one(head: bytes, subject: str) -> None:
    assert _subject(head) == subject
