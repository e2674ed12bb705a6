"""Mails that show all who get them to each other: 送信先を BCC に入れるべきところ …"""

from __future__ import annotations

from email.header import Header

import pytest

from dlp.tuning.town import Citizen, citizens
from tests.extract.people import count, inspected

PEOPLE = list(citizens(40, seed=74))


def _sent_to(people: list[Citizen], host: str, field: str) -> bytes:
    shown = ",\r\n ".join(f"{Header(one.name, 'utf-8').encode()} <user{i}@{host}>" for i, one in enumerate(people))
    return (
        f"From: shimin@city.example.lg.jp\r\n{field}: {shown}\r\nSubject: meeting\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n次回は7月10日です。\r\n"
    ).encode()


@pytest.mark.parametrize("field", ["To", "Cc"])
def test_many_private_addresses_that_a_mail_shows_are_a_list(field):
    found = inspected(_sent_to(PEOPLE, "gmail.com", field), "message/rfc822")
    assert (found.subjects, found.counts["email"]) == (40, 40)


def test_a_few_who_write_to_each_other_and_staff_are_no_list():
    assert count(_sent_to(PEOPLE[:9], "gmail.com", "To"))[0] == 0
    assert count(_sent_to(PEOPLE, "city.example.lg.jp", "To"))[0] == 0


@pytest.mark.parametrize("sign", ["; ", ", "])
def test_the_header_of_a_forwarded_mail_shows_them_too(sign):
    shown = sign.join(f"{one.surname} {one.given} <user{i}@gmail.com>" for i, one in enumerate(PEOPLE))
    text = f"----- 転送メッセージ -----\n差出人: 市民課\n宛先: {shown}\n件名: 講座\n\n次回は7月10日です。\n"
    assert count(text.encode()) == (40, [])
    assert count(shown.encode()) == (40, [])
    few = sign.join(f"{one.surname} {one.given} <user{i}@gmail.com>" for i, one in enumerate(PEOPLE[:9]))
    assert count(f"宛先: {few}\n件名: 講座\n".encode())[0] == 0
