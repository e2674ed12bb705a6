from __future__ import annotations

import random

import pytest

from dlp import native
from dlp.extract import charset
from dlp.native.recode import cp932_as_utf8

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
