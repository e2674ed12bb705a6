"""Mails whose text is wrapped otherwise than it is shown, whose addresses carry comments, and files in BinHex."""

from __future__ import annotations

import base64
import binascii
import struct

import pytest

from dlp.extract.mail import flowed
from dlp.tuning.town import citizens
from tests.extract.people import inspected

PEOPLE = list(citizens(12, seed=613))
TEXT = "氏名,電話番号,住所\r\n" + "".join(f"{p.name},{p.phone},{p.address}\r\n" for p in PEOPLE)
HEAD = b"From: c@town.example\r\nTo: p@outside.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
_STD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_HQX = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"


def people(mail: bytes) -> int:
    return inspected(mail, "message/rfc822").subjects


def wrapped(mark: str = "") -> bytes:
    """Each line of the list in pieces of three letters, as a program sends them that cuts Japanese anywhere."""
    rows = (f"{p.name},{p.phone},{p.address}" for p in PEOPLE)
    return "".join(
        " \r\n".join(mark + row[i : i + 3] for i in range(0, len(row), 3)).rstrip() + "\r\n" for row in rows
    ).encode()


@pytest.mark.parametrize("mark", ["", ">", "> ", ">>", " "])
def test_flowed_text_is_read_as_its_reader_sees_it(mark: str) -> None:
    kind = b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\n"
    assert people(HEAD + kind + wrapped(mark)) == 12


def test_flowed_text_may_be_attached() -> None:
    kind = b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes; name=a.txt\r\n"
    part = b"--B\r\n" + kind + b"Content-Disposition: inline; filename=a.txt\r\n\r\n" + wrapped() + b"\r\n--B--\r\n"
    assert people(HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + part) == 12


def test_paragraphs() -> None:
    assert flowed.unwrapped("a \nb\nc", joined=False) == "a b\nc"
    assert flowed.unwrapped("> a \n> b\n>> c \n> d", joined=False) == "> a b\n>> c \n> d"
    assert flowed.unwrapped("> a \n> b", joined=True) == "> ab"
    assert flowed.unwrapped("a \n b", joined=True) == "ab"
    assert flowed.unwrapped("a\n-- \nb\n>c", joined=False) == "a\n-- \nb\n>c"


@pytest.mark.parametrize("field", [b"To", b"Cc", b"Reply-To"])
def test_comments_beside_addresses_are_read(field: bytes) -> None:
    words = "\r\n ".join(
        f"=?utf-8?B?{base64.b64encode(TEXT[i : i + 10].encode()).decode()}?=" for i in range(0, len(TEXT), 10)
    )
    assert people(b"From: a@town.example\r\n" + field + b": b@x.example (c) (" + words.encode() + b")\r\n\r\nx") == 12


def binhex(data: bytes, resource: bytes = b"") -> bytes:
    name = b"list.csv"
    head = bytes([len(name)]) + name + b"\0TEXTttxt" + struct.pack(">HII", 0, len(data), len(resource))
    forks = (struct.pack(">H", binascii.crc_hqx(fork, 0)) for fork in (head, data, resource))
    raw = b"".join(fork + crc for fork, crc in zip((head, data, resource), forks, strict=True))
    raw = raw.replace(b"\x90", b"\x90\0").replace(b"\0" * 8, b"\0\x90\x08")
    signs = base64.b64encode(raw).rstrip(b"=").translate(bytes.maketrans(_STD, _HQX))
    lines = b":" + signs + b":"
    return b"(This file must be converted with BinHex 4.0)\r\n\r\n" + b"\r\n".join(
        lines[i : i + 64] for i in range(0, len(lines), 64)
    ) + b"\r\n"  # fmt: skip


@pytest.mark.parametrize("codec", ["utf-8", "cp932"])
@pytest.mark.parametrize("fork", ["data", "resource"])
def test_binhex_is_read(codec: str, fork: str) -> None:
    data = TEXT.encode(codec)
    file = binhex(data) if fork == "data" else binhex(b"x" * 40, data)
    assert people(HEAD + b"\r\nFile below.\r\n" + file) == 12
    kind = b"Content-Type: application/mac-binhex40; name=list.hqx\r\n\r\n"
    part = b"--B\r\n" + kind + file + b"\r\n--B--\r\n"
    assert people(HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + part) == 12
    assert inspected(file).subjects == 12


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("codec", ["utf-8", "cp932"])
def test_uuencode_without_its_first_line_is_read(codec: str, end: str) -> None:
    data = TEXT.encode(codec)
    rows = "".join(binascii.b2a_uu(data[i : i + 45]).decode().rstrip("\n") + end for i in range(0, len(data), 45))
    assert inspected(f"see{end}{rows}`{end}end{end}".encode()).subjects == 12
    assert people(HEAD + f"\r\n{rows}".encode()) == 12
    assert inspected(f"{rows}{end}MEMO{end}MINUTES OF THE MEETING{end}".encode()).subjects == 12
