from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.tuning.town import citizens, csv_text

LIST = csv_text(list(citizens(30)))
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "iso2022_jp"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "text",
    [LIST, "こんにちは。\r\n", "氏名：霧窪井 侑太助\n電話：", "ﾊﾝｶｸｶﾅ氏名\n"],
    ids=["list", "short", "form", "half"],
)
def test_every_encoding_met_in_japan(encoding: str, text: str) -> None:
    if encoding == "iso2022_jp" and "ﾊ" in text:
        encoding = "iso2022_jp_ext"
    assert charset.decode(text.encode(encoding)).lstrip("\ufeff") == text


def test_a_wrong_declaration_is_not_believed() -> None:
    assert charset.decode(LIST.encode("cp932"), "iso-8859-1") == LIST
    assert charset.decode(LIST.encode("cp932"), "utf-8") == LIST
    assert charset.decode(LIST.encode("utf-8"), "shift_jis") == LIST
    assert charset.decode(LIST.encode("cp932"), "no-such-charset") == LIST


def test_extensions_of_vendors() -> None:
    assert charset.decode("髙橋﨑①㈱".encode("cp932")) == "髙橋﨑①㈱"


def test_nec_row_in_iso_2022_jp() -> None:
    raw = b"\x1b$B" + bytes([0x2D, 0x21]) + b"\x1b(B"  # ① in NEC row 13
    assert charset.decode(b"No." + raw) == "No.①"


def test_random_bytes_are_not_text() -> None:
    import random

    with pytest.raises(Incomplete):
        charset.decode(random.Random(3).randbytes(5000))


@given(st.binary(max_size=400))
def test_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        text = charset.decode(data)
    except Incomplete as fault:
        why = fault.why
    else:
        why, _ = "charset", text.encode("utf-8", "surrogatepass")
    assert why == "charset"
