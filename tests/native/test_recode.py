from __future__ import annotations

import base64
import random

import pytest

from dlp import native
from dlp.extract import charset
from dlp.extract.mail import body as mail_body
from dlp.native.recode import cp932_as_utf8, from_base64

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")


def _codec(data: bytes) -> bytes | None:
    try:
        return data.decode("cp932").encode()
    except UnicodeDecodeError:
        return None


def test_every_byte_and_every_two_are_read_as_the_codec_reads_them():
    for one in range(256):
        for data in (bytes((one,)), b"abcdefgh" + bytes((one,)), *(bytes((one, other, 0x41)) for other in range(256))):
            assert cp932_as_utf8(data) == _codec(data), data


def test_texts_of_all_kinds():
    rng = random.Random(4)
    pieces = ["a", "佐藤", "ｻﾄｳ", "\0", "①髙", "0463-23-1111,", "\r\n", "～", "\ue000", "x" * 9]
    for _ in range(2000):
        data = bytearray("".join(rng.choices(pieces, k=rng.randrange(30))).encode("cp932"))
        if data and rng.random() < 0.3:
            data[rng.randrange(len(data))] = rng.randrange(256)
        assert cp932_as_utf8(bytes(data)) == _codec(bytes(data))


@pytest.mark.parametrize("declared", ["", "shift_jis", "euc-jp", "iso-8859-1", "utf-8"])
@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "utf-16-le", "iso2022_jp", "utf-8", "utf-8-sig", "latin-1"])
def test_a_long_text_has_the_same_encoding_either_way(monkeypatch, encoding, declared):
    text = "caf\xe9 \xfcber" * 9000 if encoding == "latin-1" else "番号,氏名,ﾌﾘｶﾞﾅ\r\n1,佐藤 花子,ｻﾄｳ ﾊﾅｺ\r\n" * 2000
    data = text.encode(encoding, "replace")

    def read() -> bytes | str:
        try:
            return charset.utf8(data, declared)[0]
        except charset.Incomplete as fault:
            return str(fault)

    quickly = read()
    monkeypatch.setattr("dlp.native.library", None)
    assert quickly == read()


def test_base64_is_what_the_library_makes_of_it_or_is_left_to_it(monkeypatch):
    rng, quick = random.Random(6), 0
    for number in range(3000):
        data = bytearray(base64.encodebytes(rng.randbytes(rng.randrange(130))))
        if number % 3 == 0:
            data = data.replace(b"\n", rng.choice((b"\r\n", b" \n", b"", b"\0", b"\x0b\x0c")))
        for _ in range(rng.randrange(3) if number % 2 else 0):
            at = rng.randrange(len(data) + 1)
            data[at:at] = rng.choice((b"=", b"", b"-", b"A", b"\x80", b"==", b"\n"))
        told, whole = mail_body.decode(bytes(data), "base64"), from_base64(bytes(data))
        with monkeypatch.context() as patched:
            patched.setattr(mail_body, "from_base64", lambda _: None)
            assert mail_body.decode(bytes(data), "base64") == told
        assert whole is None or told == (whole, True)
        quick += whole is not None
    assert 1500 < quick < 3000
    assert from_base64(b"") == b""
    for odd in (b"A", b"AA", b"AA=", b"=", b"====", b"AAAA=", b"AA==AAAA", b"A=A=", b"AA===", b"AAA", b"AA-A"):
        assert from_base64(odd) is None
