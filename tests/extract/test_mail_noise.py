"""A piece of a packed file pasted into a mail as base64 is no text: unknown bytes, held like any others."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import random
import textwrap
import zlib

import pytest
from PIL import Image

from dlp.extract.mail import stretches
from dlp.inspection import Inspection, inspect
from dlp.transfer import Channel, Transfer
from dlp.tuning.town import citizens, csv_text
from tests.extract.people import ruleset

_CHANCE = random.Random(11)
MIDDLE = _CHANCE.randbytes(6000)  # of a workbook, behind its first third
KEY = b"\x30\x82\x0b\xb8" + _CHANCE.randbytes(3000)
PGP_KEY = b"\x99" + _CHANCE.randbytes(3000)
RECORDS = b"".join(b"\x0a\x1b\x0a\x0f" + "佐藤　花子".encode() + b"\x12\x04\xe5\xb9\xb3\x01" for _ in range(150))


def lines(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def photo() -> bytes:
    out = io.BytesIO()
    Image.frombytes("L", (90, 90), _CHANCE.randbytes(90 * 90)).save(out, "jpeg")
    return out.getvalue()


ARMOURED = f"鍵を送ります。\n-----BEGIN CERTIFICATE-----\n{lines(KEY)}-----END CERTIFICATE-----\n"


def armoured(size: int) -> str:
    """A key of so many bytes: what its last line is like follows from it."""
    key = b"\x30\x82" + (size - 4).to_bytes(2) + _CHANCE.randbytes(size - 4)
    return f"鍵です。\n-----BEGIN RSA PRIVATE KEY-----\n{lines(key)}-----END RSA PRIVATE KEY-----\n"


def head() -> str:
    """A mail's head, with what a filter notes there."""
    note = "".join(f"\n =?us-ascii?Q?{lines(_CHANCE.randbytes(48)).strip()}?=" for _ in range(60))
    return f"Received: from a by b\nX-Filter-Message-Info:{note}\nSubject: m\n"


def mailed(text: str, more: str = "", kind: str = "text/plain") -> Inspection:
    head = f"From: a@town.example\nTo: b@x.example\nSubject: m\nContent-Type: {kind}; charset=utf-8\n{more}\n"
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


def folded(width: int, before: str = "", end: str = "\n", data: bytes = MIDDLE) -> str:
    return "".join(before + line + end for line in textwrap.wrap(lines(data).replace("\n", ""), width))


DRESSED = {
    "narrow": folded(56),
    "narrower": folded(40),
    "indented": folded(76, "    "),
    "a list": folded(64, "- "),
    "numbered": "".join(f"{n:04d}: {line}" for n, line in enumerate(folded(64).splitlines(keepends=True))),
    "empty lines between": folded(64, end="\n\n"),
    "strings": folded(64, '    "', '",\n'),
    "rows": "id,data\n" + "".join(f"{n},{line}" for n, line in enumerate(folded(200).splitlines(keepends=True))),
    "a value": '{"file": "' + folded(9000, end="") + '"}',
    "an element": "<a>" + folded(9000, end="") + "</a>",
    "in several stretches": folded(900, "続きです。次のとおりです。\n"),
    "called a certificate": f"-----BEGIN CERTIFICATE-----\n{folded(64)}-----END CERTIFICATE-----\n",
    "called a key": f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{folded(64)}-----END PGP PUBLIC KEY BLOCK-----\n",
    "called anything": f"-----BEGIN DATA-----\n{folded(64)}-----END DATA-----\n",
    "records of a program": lines(RECORDS),
}


@pytest.mark.parametrize("dressed", DRESSED)
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "text/csv", "application/octet-stream"])
def test_it_is_so_however_its_lines_are_dressed_up(dressed: str, kind: str) -> None:
    text = DRESSED[dressed]
    more = "" if kind in ("text/plain", "text/html") else 'Content-Disposition: attachment; filename="a.txt"\n'
    if kind == "text/html":
        text = f"<html><body><p>続きです</p><pre>{html.escape(text)}</pre></body></html>"
    assert "unknown_format" in [one.why for one in mailed(text, more, kind).unread]


@pytest.mark.parametrize("before", ["", "> ", "| "])
def test_it_is_so_in_lines_of_any_length(before: str) -> None:
    """Also where every byte that is looked at first is a mark."""
    widths = range(40, 130)
    texts = (folded(width, before).replace("\n", "\r\n").encode() for width in widths)
    assert [width for width, text in zip(widths, texts, strict=True) if not stretches.noise(text, ())] == []


@pytest.mark.parametrize("before", ["", "> ", "・", "- "])
@pytest.mark.parametrize("end", ["\n", ",\n"])
@pytest.mark.parametrize("tag", ["", "div"])
def test_what_zlib_packed_is_read_however_its_lines_are_dressed_up(before: str, end: str, tag: str) -> None:
    people = list(citizens(150, seed=4242))
    text = folded(60, before, end, zlib.compress(csv_text(people).encode()))
    if tag:
        text = "".join(f"<{tag}>{html.escape(line)}</{tag}>\n" for line in text.splitlines())
    assert mailed(text, kind="text/html" if tag else "text/plain").subjects == len(people)


def test_it_is_so_in_a_text_that_is_attached() -> None:
    found = mailed(lines(MIDDLE), 'Content-Disposition: attachment; filename="a.txt"\n').unread
    assert [(one.part[-2:], one.why) for one in found] == [(("a.txt", "base64"), "unknown_format")]
    assert mailed(ARMOURED, 'Content-Disposition: attachment; filename="a.pem"\n').unread == ()


@pytest.mark.parametrize(
    "text",
    [
        ARMOURED,
        "\n> " + ARMOURED.replace("\n", "\n> "),
        f"-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 2\n\n{lines(PGP_KEY)}=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n",
        f"https://x.example/?a={base64.urlsafe_b64encode(KEY).decode()}\n",
        f"https://x.example/?a=\n{lines(KEY[:1500])}\n",
        "\n".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(100)),
        "\n".join(hashlib.sha512(bytes([n])).hexdigest() for n in range(100)),
        "\n".join("".join(_CHANCE.choices("ACGT", k=70)) for _ in range(90)),
        "\n".join("".join(_CHANCE.choices("0123456789", k=70)) for _ in range(90)),
        "A" * 9000,
        "\n".join(hashlib.sha1(bytes([n])).hexdigest() + f"  list{n}.pdf" for n in range(100)),
        "\n".join(f"golang.org/x/mod v0.{n}.0 h1:{lines(_CHANCE.randbytes(32)).strip()}" for n in range(90)),
        "\n".join(
            f"詳しくは <https://click.example/ls/click?upn=u001.{base64.urlsafe_b64encode(_CHANCE.randbytes(400)).decode()}>"
            for _ in range(12)
        ),
        "転送します。\n\nX-Filter-Message-Info:\n\t" + "\n\t".join(lines(_CHANCE.randbytes(2600)).split()) + "\n\n本文",
        "\n".join(f"/srv/www/htdocs/files/{n:03d}/soumu/kouhou/shiminmatsuri/oshirase-{n:03d}-a" for n in range(90)),
        ("-" * 72 + "\n") * 90,
        textwrap.fill("td{background:url(data:image/jpeg;base64," + base64.b64encode(photo()).decode() + ")}", 76),
        armoured(3003),
        "> " + armoured(3041).replace("\n", "\n> "),
        "次のとおりです。\n\n> " + head().replace("\n", "\n> "),
        "届きませんでした。\n\n    " + head().replace("\n", "\n    "),
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
        "digests beside names",
        "sums of packages",
        "links with tokens",
        "a head that was pasted",
        "paths",
        "rules",
        "picture within a line",
        "key with a long last line",
        "quoted key with a short last line",
        "a head that was quoted",
        "a head that was indented",
    ],
)
def test_what_is_written_so_in_mails_is_not(text: str) -> None:
    assert mailed(text).unread == ()
    assert mailed(f"<html><body><pre>{html.escape(text)}</pre></body></html>", kind="text/html").unread == ()
