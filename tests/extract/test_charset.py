from __future__ import annotations

import codecs
import random

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


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [LIST, "氏名,電話番号\r\n霧窪井　侑太助,090-0000-0000\r\n"], ids=["list", "short"])
def test_wide_encodings_without_a_mark(encoding: str, text: str) -> None:
    assert charset.decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("丂丄丅の町民、彧さん", "iso2022_jp_1"),  # JIS X 0212
        ("丂丄丅の町民、彧さん", "euc_jp"),
        ("①㈱の町民、俱𠮟さん", "euc_jis_2004"),  # JIS X 0213
        ("①の町民、俱さん", "iso2022_jp_2004"),
        ("町民さん、ﾊﾝｶｸ", "iso2022_jp_ext"),
        ("町民さん ünd Ωmega", "iso2022_jp_2"),
    ],
)
def test_further_character_sets(text: str, encoding: str) -> None:
    assert charset.decode(text.encode(encoding)) == text


def test_gaiji_and_variation_sequences_are_kept() -> None:
    own = "\ue000崎さん、町民の\ue0ff田さん"  # user-defined characters of CP932
    assert charset.decode(own.encode("cp932")) == own
    variant = "葛\U000e0100城、辻\U000e0101村、𠮷野"
    for encoding in ("utf-8", "utf-16", "utf-32"):
        assert charset.decode(variant.encode(encoding)) == variant


def test_the_codec_of_a_long_text_is_told_by_its_head() -> None:
    for encoding in ("cp932", "euc_jp", "utf-16-le", "utf-32-be", "utf-8"):
        assert LIST.encode(encoding).decode(charset.encoding_of(LIST.encode(encoding))) == LIST
    assert charset.encoding_of(b"name,phone\n") == "utf-8"


def test_something_else_within_a_text_is_no_slip() -> None:
    import random

    noise = random.Random(2).randbytes(3000)
    with pytest.raises(Incomplete):
        charset.decode(LIST.encode() * 40 + noise + LIST.encode() * 40)
    scattered = bytearray(("こんにちは、町民の皆さん。\n" * 2000).encode())
    for at in range(0, len(scattered), 5000):
        scattered[at] = 0xFF
    assert "町民" in charset.decode(bytes(scattered))


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"])
@pytest.mark.parametrize("text", ["氏名,電話\n山田,090\n", "name,phone\nyamada,090\n"])
def test_a_mark_that_belies_what_follows_hides_nothing(mark: bytes, text: str) -> None:
    for encoding in ("utf-8", "cp932"):
        assert charset.decode(mark + text.encode(encoding)).endswith(f"\n{text}")


@pytest.mark.parametrize("text", ["市民課", "山田太郎様。\n", "上、下", "a"])
def test_a_mark_that_is_true_is(text: str) -> None:
    assert text in charset.decode(codecs.BOM_UTF16_LE + text.encode("utf-16-le"))
    assert text in charset.decode(codecs.BOM_UTF16_BE + text.encode("utf-16-be"))


def test_what_is_utf_8_beyond_doubt_is_what_decoding_finds() -> None:
    rng = random.Random(4)
    pieces = (
        b"a",
        b"\r\n",
        "市".encode(),
        "é".encode(),
        "市".encode("cp932"),
        b"\0",
        b"\x1b$B",
        b"\x01",
        b"\xe3",
        "氏名".encode("utf-16-le"),
        b"0\0",
    )
    told = 0
    for _ in range(4000):
        data = b"".join(rng.choices(rng.sample(pieces, 3), k=rng.randint(0, 40))) * rng.choice((1, 1, 30))
        if (text := charset.plain_utf8(data)) is not None:
            told += 1
            assert charset.is_text(data)
            assert {charset.decode(data, hint) for hint in ("", "utf-8", "cp932", "utf-7", "utf-16")} == {text}
    assert 50 < told < 3000  # what has escapes is never beyond doubt


@pytest.mark.parametrize("piece", [7, 8, 9, 10])
def test_utf8_is_told_piece_by_piece_as_in_one(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    """No character is torn where a piece ends, and what is no character is none where one ends."""
    text = "a佐é𠮷ー藤b花子12".encode() * 3
    broken = [text[:at] + wrong + text[at:] for at in range(len(text)) for wrong in (b"\x80", b"\xf0\x9f", b"\xff")]
    whole = [charset.is_utf8(data) for data in broken]
    monkeypatch.setattr(charset, "_PIECE", piece)
    monkeypatch.setattr(charset, "_BEGIN", 0)
    assert charset.is_utf8(text)
    assert not charset.is_utf8(text + b"\xe4\xbd")
    assert [charset.is_utf8(data) for data in broken] == whole
    assert not any(whole)


@pytest.mark.parametrize("encoding", ["iso2022_jp_3", "iso2022_jp_2004"])
def test_letters_of_jis_x_0213_in_a_mail_are_read(encoding: str) -> None:
    assert charset.decode("氏名：榎﨑　澄緒\n".encode(encoding), "iso-2022-jp-3") == "氏名：榎﨑　澄緒\n"


def test_what_is_told_by_its_beginning_is_told_by_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(67)
    text = ("資料は当日配布します。\n" * 900).encode("cp932")
    contents = [rng.randbytes(40_000), text, text[:9_000] + rng.randbytes(30_000), rng.randbytes(9_000) + text * 40]
    contents += [text[:at] + rng.randbytes(size) + text[at:] for at in (0, 501) for size in (3, 150, 900)]
    soon = [charset._mostly(data) for data in contents]
    assert sum(made is None for made in soon) > 3
    assert any(all(charset._breaks_soon(data, codec) for codec in charset._MOSTLY) for data in contents)
    monkeypatch.setattr(charset, "_breaks_soon", lambda *_: False)
    assert [charset._mostly(data) for data in contents] == soon


@pytest.mark.parametrize("declared", ["gb18030", "big5", "koi8-r", "euc-kr", "cp866"])
@pytest.mark.parametrize("codec", ["cp932", "euc_jp"])
def test_a_charset_that_japanese_is_not_written_in_hides_no_japanese(declared: str, codec: str) -> None:
    text = "氏名：佐藤　花子、電話：090-1234-5678、転入の届けです。"
    assert text in charset.decode(text.encode(codec), declared)


def test_what_is_declared_is_still_believed() -> None:
    for text, declared in (("Привет, как дела? Это письмо.", "koi8-r"), ("你好，这是一封信。请查收附件。", "gb18030")):
        assert text in charset.decode(text.encode(declared), declared)
