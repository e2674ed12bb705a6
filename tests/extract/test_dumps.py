"""A list whose bytes are printed as figures, or as signs of base85, is read; figures that are a table stay one."""

from __future__ import annotations

import base64
import binascii
import html
import struct
import time
import zlib
from collections.abc import Callable

import pytest

from dlp.extract.plain import base85, dumps, text
from dlp.tuning.town import citizens, csv_text
from tests.extract.people import count

_PEOPLE = 12
_LIST = "氏名,住所,電話番号,生年月日\n" + "".join(
    f"{one.name},{one.address},{one.phone},{one.birth:%Y/%m/%d}\n" for one in citizens(_PEOPLE, seed=6)
)
_UTF8 = _LIST.encode()


def _rows(data: bytes, size: int = 16) -> list[tuple[int, bytes]]:
    return [(at, data[at : at + size]) for at in range(0, len(data), size)]


def _shown(data: bytes) -> str:
    return "".join(chr(c) if 32 <= c < 127 else "." for c in data)


def _pairs(data: bytes) -> str:
    return " ".join(data[at : at + 2].hex() for at in range(0, len(data), 2))


def _bytes(data: bytes) -> str:
    return " ".join(f"{c:02x}" for c in data)


def _xxd(data: bytes) -> str:
    return "\n".join(f"{at:08x}: {_pairs(row):<39}  {_shown(row)}" for at, row in _rows(data)) + "\n"


def _canonical(data: bytes) -> str:
    lines = [f"{at:08x}  {_bytes(row[:8])}  {_bytes(row[8:]):<23}  |{_shown(row)}|" for at, row in _rows(data)]
    return "\n".join([*lines, f"{len(data):08x}"]) + "\n"


def _words(data: bytes, address: str, word: str) -> str:
    data += bytes(-len(data) % 2)
    lines = [
        f"{at:{address}} " + " ".join(f"{w:{word}}" for (w,) in struct.iter_unpack("<H", row))
        for at, row in _rows(data)
    ]
    return "\n".join(lines) + "\n"


def _certutil(data: bytes) -> str:
    return "".join(f"{at:04x}\t{_bytes(row[:8])}  {_bytes(row[8:]):<23}   {_shown(row)}\r\n" for at, row in _rows(data))


def _powershell(data: bytes) -> str:
    head = "           " + " ".join(f"{i:02X}" for i in range(16))
    lines = [f"{at:08X}   {_bytes(row).upper():<47}  {_shown(row)}" for at, row in _rows(data)]
    return "\r\n".join([head, "", *lines]) + "\r\n"


def _intel(data: bytes) -> str:
    def record(at: int, row: bytes) -> str:
        body = bytes([len(row), *(at & 0xFFFF).to_bytes(2), 0]) + row
        return f":{(body + bytes([-sum(body) & 255])).hex().upper()}"

    return "\n".join([*(record(at, row) for at, row in _rows(data)), ":00000001FF"]) + "\n"


def _motorola(data: bytes) -> str:
    def record(at: int, row: bytes) -> str:
        body = bytes([len(row) + 3, *(at & 0xFFFF).to_bytes(2)]) + row
        return f"S1{(body + bytes([~sum(body) & 255])).hex().upper()}"

    return "\n".join(record(at, row) for at, row in _rows(data)) + "\n"


def _git(data: bytes) -> str:
    packed = zlib.compress(data)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    lines = [f"{letters[len(row) - 1]}{base64.b85encode(row, pad=True).decode()}" for _, row in _rows(packed, 52)]
    return "\n".join(["GIT binary patch", f"literal {len(data)}", *lines, "", ""])


DUMPS: dict[str, Callable[[bytes], str]] = {
    "xxd": _xxd,
    "hexdump -C": _canonical,
    "hexdump": lambda data: _words(data, "07x", "04x"),
    "od": lambda data: _words(data, "07o", "06o"),
    "od -t x1": lambda data: "\n".join(f"{at:07o} {_bytes(row)}" for at, row in _rows(data)) + "\n",
    "xxd -b": lambda data: "\n".join(
        f"{at:08x}: " + " ".join(f"{c:08b}" for c in row) + f"  {_shown(row)}" for at, row in _rows(data, 6)
    ),
    "xxd -i": lambda data: "unsigned char a[] = {\n"
    + ",\n".join("  " + ", ".join(f"0x{c:02x}" for c in row) for _, row in _rows(data, 12))
    + "\n};\n",
    "bytes alone": lambda data: "".join(f"{_bytes(row)} \n" for _, row in _rows(data)),
    "bytes alone, quoted": lambda data: "".join(f"> {_bytes(row)}\n" for _, row in _rows(data)),
    "certutil": _certutil,
    "PowerShell": _powershell,
    "Intel": _intel,
    "Motorola": _motorola,
    "decimals": lambda data: ", ".join(map(str, data)),
    "code points": lambda data: " ".join(str(ord(c)) for c in data.decode()),
    "U+": lambda data: " ".join(f"U+{ord(c):04X}" for c in data.decode()),
    "base85": lambda data: base64.b85encode(data).decode(),
    "base85, folded": lambda data: "\n".join(row.decode() for _, row in _rows(base64.b85encode(data), 76)),
    "Adobe's": lambda data: base64.a85encode(data, adobe=True, wrapcol=72).decode(),
    "Adobe's, bare": lambda data: base64.a85encode(data, wrapcol=72).decode(),
    "base85, a line each": lambda data: "\n".join(base64.b85encode(row).decode() for row in data.splitlines()),
    "Git": _git,
}  # fmt: skip


@pytest.mark.parametrize("way", DUMPS)
def test_a_list_printed_byte_by_byte_is_read(way: str) -> None:
    assert count(DUMPS[way](_UTF8).encode()) == (_PEOPLE, [])


def test_figures_on_one_long_line_are_no_records_of_one_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their blanks they may look so."""

    def cut(data: bytes) -> bytes:
        whole = not data[:1].isdigit()
        return data if whole else b"\n".join(data[at : at + 27] for at in range(0, len(data), 27))

    monkeypatch.setattr(text.unparted, "parted", cut)
    assert count(DUMPS["code points"](_UTF8).encode()) == (_PEOPLE, [])


@pytest.mark.parametrize("way", ["xxd", "hexdump -C", "hexdump"])
@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_in_other_encodings(way: str, encoding: str) -> None:
    assert count(DUMPS[way](_LIST.encode(encoding)).encode()) == (_PEOPLE, [])


@pytest.mark.parametrize("way", ["base85, folded", "Adobe's", "Git"])
def test_in_a_mail_beside_other_words(way: str) -> None:
    mail = f"お疲れさまです。\n下記を復号してください。\n\n{DUMPS[way](_UTF8)}\n\n以上、よろしくお願いします。\n"
    assert count(mail.encode())[0] == _PEOPLE


@pytest.mark.parametrize("before", ["", "お世話になっております。\n\n"])
def test_signs_of_base85_are_no_escapes_and_part_no_cells(before: str) -> None:
    people = list(citizens(150, seed=4242))
    packed = base64.a85encode(csv_text(people).encode(), adobe=True, wrapcol=72).decode()
    assert packed[:4000].count("\\_") + packed[:4000].count("\\-") > 2
    assert count(f"{before}{packed}\n".encode()) == (len(people), [])


def _uu(data: bytes) -> str:
    return "begin 644 a.csv\n" + "".join(binascii.b2a_uu(row).decode() for _, row in _rows(data, 45)) + "`\nend\n"


@pytest.mark.parametrize("width", [8, 16, 24, 32, 64])
@pytest.mark.parametrize("sign", [" ", ":", "-"])
def test_rows_of_any_width_are_one(width: int, sign: str) -> None:
    packed = zlib.compress(_UTF8)
    text = "".join(f"{_bytes(row).replace(' ', sign)}\n" for _, row in _rows(packed, width))
    assert count(f"名簿です。\n\n{text}".encode())[0] == _PEOPLE
    assert count(f"{_bytes(packed).replace(' ', sign)}\n".encode())[0] == _PEOPLE


@pytest.mark.parametrize("written", [_uu, DUMPS["base85, folded"]])
@pytest.mark.parametrize("mark", ["> ", "> > ", ">> "])
def test_quoted_as_answers_do(written: Callable[[bytes], str], mark: str) -> None:
    lines = written(zlib.compress(_UTF8)).splitlines()
    text = "ご確認ください。\n\n" + "".join(f"{mark}{line}\n" for line in ("名簿です。", "", *lines))
    assert count(text.encode())[0] == _PEOPLE


@pytest.mark.parametrize("written", [_uu, DUMPS["base85, folded"], DUMPS["bytes alone"]])
@pytest.mark.parametrize("tag", ["pre", "textarea"])
def test_in_a_page_as_it_stands(written: Callable[[bytes], str], tag: str) -> None:
    """The paragraph before it is no part of its first line."""
    page = f"<html><body><p>名簿です</p><{tag}>{html.escape(written(_UTF8))}</{tag}></body></html>"
    assert count(page.encode())[0] == _PEOPLE


@pytest.mark.parametrize(
    "table",
    [
        "\n".join(" ".join(f"{(7 * i + 3 * k) % 90 + 10}" for k in range(12)) for i in range(40)),
        "年,人口,世帯,出生\n" + "".join(f"{2000 + i},{258000 + 7 * i},{110000 + i},{20 + i}\n" for i in range(30)),
        "番号 年齢 点数\n" + "".join(f"{1001 + i} {40 + i % 9} {60 + i % 30} {50 + i}\n" for i in range(30)),
        "\n".join(" ".join(str(7 * i + k) for k in range(12)) for i in range(30)),
        "\n".join(f"192.168.{i}.1 - GET /index.html 200 {1000 + i}" for i in range(30)),
    ],
)
def test_figures_of_a_table_are_no_bytes(table: str) -> None:
    assert dumps.without(table) == table
    assert not base85.likely(table)
    assert count(table.encode()) == (0, [])


def test_a_table_of_figures_stays_a_table() -> None:
    assert text.find_delimiter("年,人口\n" + "".join(f"{2000 + i},{258000 + i}\n" for i in range(30))) == ","


@pytest.mark.parametrize(
    "signs", ["0x1,", "0 1 2 ", "00000000: 00 ", "U+0", ":1", "S1F", "a!#$%&()*<=>?@^", "z\n", "1,\n "]
)
def test_what_it_costs_grows_with_the_text(signs: str) -> None:
    long = signs * (100_000 // len(signs))
    begun = time.process_time()
    list(dumps.found(long))
    list(base85.found(long, None))
    base85.around(long, str)
    assert time.process_time() - begun < 2
