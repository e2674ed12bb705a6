"""A mail whose body is put under its headers as it is, is the mail that the library makes of the whole."""

from __future__ import annotations

import base64
import email
import random
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

import pytest

from dlp.extract import charset
from dlp.extract.mail import body as mail_body
from dlp.extract.mail import heads as mail_heads
from dlp.extract.mail import lines as mail_lines
from dlp.extract.mail import mail

_PIECES = (
    *(b"Subject: a", b"subject: \xe4\xbd\x90", b"From: a@b.jp", b"From x y", b">From z", b"To: b\r\n c", b" goes on", b"\tgoes on", b": nothing", b"no header"),
    *(b"Content-Type: text/plain; charset=iso-2022-jp", b"Content-Type: multipart/mixed; boundary=x", b"Content-Type: multipart/mixed"),
    *(b"Content-Type: message/rfc822", b"Content-Type: message/delivery-status", b"Content-Type: text/html", b"Content-Type: /"),
    *(b"Content-Transfer-Encoding: base64", b"--x", b"--x--", b"\xe4\xbd\x90", b"\x1b$B", b"", b"", b"MIME-Version: 1.0", b"\0"),
)  # fmt: skip


_ASKED = ("subject", "SUBJECT", "From", "to", "content-type", "Content-Transfer-Encoding", "x-none", "mime-version")


def _told(message: Message) -> object:
    payload = message.get_payload()
    parts = [_told(part) for part in payload] if isinstance(payload, list) else payload
    asked = [
        (str(message.get(n, 1)), n in message, str(message[n]), repr(message.get_param("charset", header=n)))
        for n in _ASKED
    ]
    return (message.get_unixfrom(), message.items(), message.keys(), message.get_content_type(), parts, asked, list(map(repr, map(type, message.defects))), message.preamble, message.epilogue, mail_heads.names_of(message))  # fmt: skip


def _either(data: bytes) -> None:
    try:
        whole = email.message_from_bytes(data, policy=mail_heads.POLICY)
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


_ENCODED = base64.encodebytes(bytes(range(256)) * 4)
_LINES = (
    *_PIECES, *[b""] * 12, *[b"--x"] * 6, b"--y", b"--y--", b"Content-Type: multipart/alternative; boundary=y", b"Content-Type: message/partial",
    *[_ENCODED] * 6, *[_ENCODED.replace(b"\n", b"\r\n")] * 4, _ENCODED[:-20], _ENCODED * 2, _ENCODED[:400], b"SekishoPutLinesInBase64Aside0End",
)  # fmt: skip


def test_mails_with_attachments_put_together_at_random() -> None:
    rng, shorter = random.Random(13), 0
    for _ in range(3000):
        ends = rng.choice(((b"\n",), (b"\r\n",), (b"\n", b"\r\n")))
        lines = [rng.choice(_LINES) + rng.choice(ends) for _ in range(rng.randrange(20))]
        data = b"Content-Type: multipart/mixed; boundary=x\n" + b"".join(lines)
        _either(data)
        shorter += mail_lines._STRETCH.search(data) is not None
    assert shorter > 500


def test_lines_of_an_attachment_are_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Transfer-Encoding: base64\n\n"
    given: list[bytes] = []
    monkeypatch.setattr(
        mail_lines.email, "message_from_bytes", lambda data, policy, real=email.message_from_bytes: given.append(data) or real(data, policy=policy)
    )  # fmt: skip
    body = base64.encodebytes(bytes(range(256)) * 4000)
    (part,) = mail.parsed(head + body + b"--x--\n").get_payload()  # type: ignore[misc]
    assert part.get_payload().encode() == body[:-1]  # type: ignore[union-attr]
    assert len(given[-1]) < 3000


def test_a_body_of_many_lines_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "あいうえお\r\n".encode() * 5000
    _either(b"Subject: a\r\nContent-Type: text/plain\r\n\r\n" + body)
    given: list[bytes] = []
    monkeypatch.setattr(
        mail_heads.email, "message_from_bytes", lambda data, policy, real=email.message_from_bytes: given.append(data) or real(data, policy=policy)
    )  # fmt: skip
    assert mail.parsed(b"Subject: a\r\n\r\n" + body)["subject"] == "a"
    assert mail.parsed(b"From a b\r\nSubject: a\r\n\r\n" + body)["subject"] == "a"
    assert given == [b"From a b\r\nSubject: a\r\n\r\n"]


def test_quoted_printable_that_is_torn_is_told_at_once_as_sign_by_sign() -> None:
    rng, told = random.Random(14), {False: 0, True: 0}
    pieces = (b"=E4", b"=bd", b"a", b"=\n", b"=\r\n", b"= \n", b"=\t\r\n", b"\n", b"3D")
    torn = (b"=", b"=4", b"=g0", b"=\r", b"= ", b"=\ra", b"==41", b"=4g")
    for _ in range(4000):
        some = rng.choices(pieces, k=700) + rng.choices((*torn, b""), k=rng.randrange(2)) + rng.choices(pieces, k=rng.randrange(3))  # fmt: skip
        data = b"".join(some[rng.randrange(2) * 600 :])
        expected = mail_body._BAD_QUOTED.search(data) is not None
        assert mail_body._torn(data) == expected, data[-20:]
        told[expected] += len(data) >= mail_body._LONG
    assert min(told.values()) > 100


_NAMES = ("", "a", "山田 ", "Taro Yamada ", '"Q, Z" ', "=?x ", "(c) ", "a.b ", "\u3000", "_ ", "Ａ ")
_BOXES = (
    "a@b.jp",
    "<a@b.jp>",
    "<a.b+c@d-e.example>",
    "<a..b@c>",
    "a@b@c",
    "<a@b",
    "a",
    "",
    "A@B.JP",
    "é@b.jp",
    "<a@[1.2.3.4]>",
    "a @b.jp",
    "g: a@b;",
)


def test_addresses_are_those_of_the_library() -> None:
    rng = random.Random(8)
    for _ in range(6000):
        some = [
            rng.choice((", ", ", ", ",", " ", ";")).join(
                rng.choice(_NAMES if rng.random() < 0.7 else ("",))
                + rng.choice(_BOXES if rng.random() < 0.4 else _BOXES[:3])
                for _ in range(rng.choice((1, 1, 2, 3)))
            )
            for _ in range(rng.choice((1, 1, 2)))
        ]
        told = {address for _, address in getaddresses(some) if "@" in address}
        assert {address for address in mail_heads._addresses(some) if "@" in address} == told, some


def test_a_headers_text_in_letters_of_ascii_is_what_the_decoder_makes_of_it() -> None:
    rng = random.Random(9)
    pieces = (
        "a",
        " ",
        "\r\n ",
        "\n\t",
        "=",
        "?",
        "=?utf-8?B?5bGx?=",
        "=?x",
        "\x1b$B;3\x1b(B",
        "\0",
        "%",
        '"',
        "\x7f",
        "\x0b",
    )
    for _ in range(3000):
        value = "".join(rng.choices(pieces, k=rng.randrange(9)))
        try:
            made = "".join(
                charset.decode(piece if isinstance(piece, bytes) else piece.encode(), encoding or "")
                for piece, encoding in decode_header(value)
            )
        except Exception:
            continue
        assert mail_heads.text_of(value) == made.replace("\r", "").replace("\n", " "), value


def test_headers_of_a_mail_in_a_text_are_found_in_one_walk() -> None:
    encoding = b"Content-Transfer-Encoding: base64\n"
    assert mail._encoded_header(b"Hello\n\nSubject: a\n b\nX-Y: c\n" + encoding) == 7
    assert mail._encoded_header(b"Hello\n b\n" + encoding) == 9
    lines = 200_000  # a pattern that looks from each of them to the end takes an hour
    assert mail._encoded_header(b"a:\n" * lines + b"\n" + encoding) == 3 * lines + 1


def test_a_subject_of_one_word_in_base64_is_what_the_library_makes_of_it() -> None:
    rng, met = random.Random(5), 0
    for _ in range(4000):
        text = "".join(rng.choice("会議のご案内ab1 ") for _ in range(rng.randrange(1, 12)))
        word = base64.b64encode(text.encode(rng.choice(("utf-8", "cp932")))).decode()
        word = rng.choice((word, word, word.rstrip("="), word + "=", word[:-1], word[1:], "", " " + word, word + "?="))
        value = f"=?{rng.choice(('UTF-8', 'utf-8', 'Shift_JIS', 'x', 'utf-8*ja', ''))}?{rng.choice('bBqQ')}?{word}?="
        value += rng.choice(("", "", "", " ", " a", "\n"))
        if (made := mail_heads._one_word(value)) != []:
            met += 1
            assert made == decode_header(value), value
    assert met > 50
