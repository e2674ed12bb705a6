"""A piece of a packed file pasted into a mail as base64 is no text: unknown bytes, held like any others."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import textwrap

import pytest
from PIL import Image

from dlp.inspection import Inspection, inspect
from dlp.transfer import Channel, Transfer
from tests.extract.people import ruleset

_CHANCE = random.Random(11)
MIDDLE = _CHANCE.randbytes(6000)  # of a workbook, behind its first third
KEY = b"\x30\x82\x0b\xb8" + _CHANCE.randbytes(3000)


def lines(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def photo() -> bytes:
    out = io.BytesIO()
    Image.frombytes("L", (90, 90), _CHANCE.randbytes(90 * 90)).save(out, "jpeg")
    return out.getvalue()


ARMOURED = f"鍵を送ります。\n-----BEGIN CERTIFICATE-----\n{lines(KEY)}-----END CERTIFICATE-----\n"


def mailed(text: str, more: str = "") -> Inspection:
    head = f"From: a@town.example\nTo: b@x.example\nSubject: m\nContent-Type: text/plain; charset=utf-8\n{more}\n"
    mail = (head + text).replace("\n", "\r\n").encode()
    return inspect(
        Transfer(
            channel=Channel.MAIL,
            sender="a@town.example",
            destination=("b@x.example",),
            name="m",
            data=mail,
            declared="message/rfc822",
        ),
        ruleset(),
        token_key=b"k" * 32,
    )


@pytest.mark.parametrize(
    "text",
    [
        lines(MIDDLE),
        lines(MIDDLE).replace("\n", ""),
        f"お世話になっております。続きです。\n\n{lines(MIDDLE)}\n以上\n",
        base64.urlsafe_b64encode(MIDDLE).decode(),
        MIDDLE.hex(),
        "佐藤 様\n\n> " + lines(MIDDLE).replace("\n", "\n> "),
        "\n>> " + lines(MIDDLE).replace("\n", "\n>> "),
    ],
    ids=["lines", "one line", "in a letter", "for addresses", "hex", "quoted", "quoted again"],
)
def test_the_middle_of_a_packed_file_is_unread(text: str) -> None:
    assert [one.why for one in mailed(text).unread] == ["unknown_format"]


def test_it_is_so_in_a_text_that_is_attached() -> None:
    found = mailed(lines(MIDDLE), 'Content-Disposition: attachment; filename="a.txt"\n').unread
    assert [(one.part[-2:], one.why) for one in found] == [(("a.txt", "base64"), "unknown_format")]
    assert mailed(ARMOURED, 'Content-Disposition: attachment; filename="a.pem"\n').unread == ()


@pytest.mark.parametrize(
    "text",
    [
        ARMOURED,
        "\n> " + ARMOURED.replace("\n", "\n> "),
        f"-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 2\n\n{lines(KEY)}=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n",
        f"https://x.example/?a={base64.urlsafe_b64encode(KEY).decode()}\n",
        f"https://x.example/?a=\n{lines(KEY[:1500])}\n",
        "\n".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(100)),
        "\n".join(hashlib.sha512(bytes([n])).hexdigest() for n in range(100)),
        "\n".join("".join(_CHANCE.choices("ACGT", k=70)) for _ in range(90)),
        "\n".join("".join(_CHANCE.choices("0123456789", k=70)) for _ in range(90)),
        "A" * 9000,
        ("-" * 72 + "\n") * 90,
        textwrap.fill("td{background:url(data:image/jpeg;base64," + base64.b64encode(photo()).decode() + ")}", 76),
    ],
    ids=[
        "certificate",
        "quoted certificate",
        "key",
        "address",
        "wrapped",
        "digests",
        "long digests",
        "genes",
        "figures",
        "zeros",
        "rules",
        "picture within a line",
    ],
)
def test_what_is_written_so_in_mails_is_not(text: str) -> None:
    assert mailed(text).unread == ()
