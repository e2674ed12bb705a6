"""Text that programs mangled on its way: two encodings in one file, one taken for Latin-1, escapes that were lost."""

from __future__ import annotations

import binascii
import random

import pytest

from dlp.errors import Incomplete
from dlp.extract import charset, mangled
from tests.extract import makers
from tests.extract.people import count

PEOPLE = makers.PEOPLE[:30]
LINES = ["氏名,住所,電話番号", *(f"{p.name},{p.address},{p.phone}" for p in PEOPLE)]
LIST = "\r\n".join(LINES)


@pytest.mark.parametrize("other", ["cp932", "euc_jp"])
@pytest.mark.parametrize("longer", [1, 40])
def test_lines_of_two_encodings(other: str, longer: int) -> None:
    halves = LINES[:15], LINES[15:] * longer
    joined = "\n".join(halves[0]).encode(other, "replace") + b"\n" + "\n".join(halves[1]).encode()
    turned = b"\n".join(line.encode("utf-8" if i % 2 else other, "replace") for i, line in enumerate(LINES * longer))
    assert count(joined) == (30, [])
    assert count(turned) == (30, [])


def test_what_is_neither_in_some_line_is_not_guessed() -> None:
    noise = random.Random(5).randbytes(400).replace(b"\n", b"")
    data = LIST.encode() + b"\n" + noise + b"\n" + LIST.encode("cp932", "replace")
    assert mangled.mixed(data, lambda rest: None) is None
    with pytest.raises(Incomplete):
        charset.decode(data)


@pytest.mark.parametrize("first", ["utf-8", "cp932", "euc_jp"])
@pytest.mark.parametrize("taken_for", ["latin-1", "windows-1252"])
def test_read_as_latin_and_saved_again(first: str, taken_for: str) -> None:
    saved = LIST.encode(first, "replace")
    if taken_for == "latin-1":
        seen = saved.decode("latin-1")
    else:  # as the WHATWG's decoder does: what the code page lacks stays what it is
        seen = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in saved)
    assert count(seen.encode()) == (30, [])


def test_languages_of_latin_letters_say_what_they_say() -> None:
    said = "Die Prüfung für Bürger über größere Änderungen erfolgt täglich; ça a été déjà réglé à côté.\n" * 20
    assert charset.decode(said.encode()) == said


def test_escapes_that_a_gateway_dropped() -> None:
    mail = LIST.encode("iso2022_jp", "replace").replace(b"\x1b", b"")
    assert count(mail) == (30, [])
    assert mangled.restored(b'print "$B"; print "$B"; f("(B")') is None


def test_marks_that_nothing_ends_are_passed_over_at_once() -> None:
    """From each of them to the end of the run took minutes for 100 kB."""
    mail = LIST.encode("iso2022_jp", "replace").replace(b"\x1b", b"")
    assert count(mail + b"\n" + b"$B" * 60_000 + b"\n" + mail.replace(b"090-", b"080-")) == (30, [])


def _uuencoded(data: bytes) -> bytes:
    lines = (binascii.b2a_uu(data[i : i + 45]) for i in range(0, len(data), 45))
    return b"begin 644 list.csv\n" + b"".join(lines) + b"`\nend\n"


def test_uuencoded_signs_are_none_of_the_text() -> None:
    """Commas, percent signs and "&#" of a run are chance; undone, they raised at letters beyond ASCII."""
    assert count(_uuencoded(LIST.encode())) == (30, [])
    said = "begin 644 a\n" + "M&#27663;&#27663;&#27663;" + "%E6%B0%8F" * 6 + "\n`\nend\n"
    assert count(said.encode())[0] == 0
