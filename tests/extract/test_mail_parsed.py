"""A mail whose body is put under its headers as it is, is the mail that the library makes of the whole."""

from __future__ import annotations

import email
import random
from email.message import Message

import pytest

from dlp.extract import mail

_PIECES = (
    *(b"Subject: a", b"From: a@b.jp", b"From x y", b">From z", b"To: b\r\n c", b" goes on", b"\tgoes on", b": nothing", b"no header"),
    *(b"Content-Type: text/plain; charset=iso-2022-jp", b"Content-Type: multipart/mixed; boundary=x", b"Content-Type: multipart/mixed"),
    *(b"Content-Type: message/rfc822", b"Content-Type: message/delivery-status", b"Content-Type: text/html", b"Content-Type: /"),
    *(b"Content-Transfer-Encoding: base64", b"--x", b"--x--", b"\xe4\xbd\x90", b"\x1b$B", b"", b"", b"MIME-Version: 1.0", b"\0"),
)  # fmt: skip


def _told(message: Message) -> object:
    payload = message.get_payload()
    parts = [_told(part) for part in payload] if isinstance(payload, list) else payload
    return (message.get_unixfrom(), message.items(), parts, list(map(repr, map(type, message.defects))), message.preamble, message.epilogue)  # fmt: skip


def _either(data: bytes) -> None:
    try:
        whole = email.message_from_bytes(data, policy=mail._POLICY)
    except Exception as fault:
        with pytest.raises(type(fault)):
            mail.parsed(data)
        return
    assert _told(mail.parsed(data)) == _told(whole), data


def test_mails_put_together_at_random() -> None:
    rng = random.Random(3)
    for _ in range(4000):
        ends = rng.choice(((b"\n",), (b"\r\n",), (b"\n", b"\r\n", b"\r")))
        _either(b"".join(rng.choice(_PIECES) + rng.choice(ends) for _ in range(rng.randrange(14))))


def test_a_body_of_many_lines_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "あいうえお\r\n".encode() * 5000
    _either(b"Subject: a\r\nContent-Type: text/plain\r\n\r\n" + body)
    given: list[bytes] = []
    monkeypatch.setattr(
        mail.email, "message_from_bytes", lambda data, policy, real=email.message_from_bytes: given.append(data) or real(data, policy=policy)
    )  # fmt: skip
    assert mail.parsed(b"Subject: a\r\n\r\n" + body)["subject"] == "a"
    assert given == [b"Subject: a\r\n\r\n"]


def test_headers_of_a_mail_in_a_text_are_found_in_one_walk() -> None:
    encoding = b"Content-Transfer-Encoding: base64\n"
    assert mail._encoded_header(b"Hello\n\nSubject: a\n b\nX-Y: c\n" + encoding) == 7
    assert mail._encoded_header(b"Hello\n b\n" + encoding) == 9
    lines = 200_000  # a pattern that looks from each of them to the end takes an hour
    assert mail._encoded_header(b"a:\n" * lines + b"\n" + encoding) == 3 * lines + 1
