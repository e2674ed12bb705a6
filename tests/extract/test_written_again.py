"""What programs write so that nobody reads it is read, in place: literals of SQL, escapes, entities, percent upon percent."""

from __future__ import annotations

import base64
import quopri
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from dlp.extract.plain import normalize, sql_literals, unfold
from dlp.tuning.town import citizens
from tests.extract.people import count

_PEOPLE = 12
_ROWS = [(one.name, one.address, one.phone, f"{one.birth:%Y/%m/%d}") for one in citizens(_PEOPLE, seed=6)]
_HEAD = ("氏名", "住所", "電話番号", "生年月日")
_LINES = [",".join(row) for row in (_HEAD, *_ROWS)]


def _beyond(text: str, form: str) -> str:
    return "".join(c if c.isascii() else form.format(ord(c)) for c in text)


LITERALS: dict[str, Callable[[str], str]] = {
    "U&": lambda text: f"U&'{_beyond(text, '\\{:04x}')}'",
    "UNISTR": lambda text: f"UNISTR('{_beyond(text, '\\{:04X}')}')",
    "0x": lambda text: f"0x{text.encode().hex()}",
    "_utf8mb4 0x": lambda text: f"_utf8mb4 0x{text.encode().hex()}",
    "X": lambda text: f"X'{text.encode().hex().upper()}'",
    "UNHEX": lambda text: f"UNHEX('{text.encode('cp932').hex()}')",
    "HEXTORAW": lambda text: f"HEXTORAW('{text.encode().hex()}')",
    "decode": lambda text: f"convert_from(decode('{text.encode().hex()}','hex'),'UTF8')",
    "FROM_BASE64": lambda text: f"FROM_BASE64('{base64.b64encode(text.encode()).decode()}')",
    "NVARCHAR": lambda text: f"CAST(0x{text.encode('utf-16-le').hex()} AS NVARCHAR(200))",
}


@pytest.mark.parametrize("way", LITERALS)
def test_literals_of_sql(way: str) -> None:
    rows = [", ".join(map(LITERALS[way], row)) for row in _ROWS]
    dump = "".join(f"INSERT INTO meibo (氏名, 住所, 電話番号, 生年月日) VALUES ({row});\n" for row in rows)
    assert count(dump.encode()) == (_PEOPLE, [])
    assert count(
        f"CREATE TABLE m (name text, address text, tel text, birth date);\nINSERT INTO m VALUES ({'),('.join(rows)});".encode()
    ) == (_PEOPLE, [])


def test_what_is_no_text_stays_a_literal() -> None:
    text = "INSERT INTO a VALUES (0xFFD8FFE000104A46, 'x', U&'\\FFFFx', 0x00);\n" * 9
    assert sql_literals.plain(text, normalize.told(text)).count("0xFFD8FFE000104A46") == 9


def _octal(text: str, encoding: str) -> str:
    return "".join(chr(c) if 32 <= c < 127 and c != 92 else f"\\{c:03o}" for c in text.encode(encoding))


LINES: dict[str, Callable[[str], str]] = {
    "octal": lambda text: _octal(text, "utf-8"),
    "braced": lambda text: _beyond(text, "\\u{{{:x}}}"),
    "of a style sheet": lambda text: _beyond(text, "\\{:06x}"),
    "open entities": lambda text: "".join(f"&#{ord(c)}" if c != "," else c for c in text),
    "padded entities": lambda text: _beyond(text, "&#{:08d};"),
    "percent twice": lambda text: quote(quote(text)),
    "percent three times": lambda text: quote(quote(quote(text))),
    "percent of ISO-2022-JP": lambda text: quote(text.encode("iso2022_jp")),
    "entities in percent": lambda text: quote(_beyond(text, "&#x{:x};")),
    "escapes in percent": lambda text: quote(_beyond(text, "\\u{:04x}")),
    "quoted-printable of ISO-2022-JP": lambda text: quopri.encodestring(text.encode("iso2022_jp")).decode(),
}


@pytest.mark.parametrize("way", LINES)
def test_lines(way: str) -> None:
    assert count("\n".join(map(LINES[way], _LINES)).encode()) == (_PEOPLE, [])


def test_paths_and_links_stay_as_they_are() -> None:
    for text in ("C:\\200\\377\\note.txt", "\\\\server\\2024年度\\名簿", "100%25", "a%20b&#c", "&#12 名 &#34"):
        assert unfold.plain(text) == text


@pytest.mark.parametrize(
    "signs", ["\\344", "&#65", "%25", "%5Cu", "U&'\\", "0x0", "decode('0", "CAST('a", "=1B", "\\u{4"]
)
def test_what_it_costs_grows_with_the_text(signs: str) -> None:
    long = "INSERT INTO a VALUES (" + signs * (100_000 // len(signs))
    begun = time.process_time()
    unfold.plain(long)
    assert time.process_time() - begun < 2
