"""Bytes of text -> str, by strict trial decoding in the right order (190–540 MB/s; detectors: 1–40)."""

from __future__ import annotations

import codecs
import re

import polars as pl

from dlp.errors import Incomplete
from dlp.extract import mangled
from dlp.extract.blocks import Why
from dlp.native.recode import cp932_as_utf8
from dlp.native.scan import controlled

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKS = tuple(bom for bom, _ in _BOMS)
_BEGIN = 1 << 12
_PIECE = 1 << 18
_LONG = 1 << 15  # bytes from which polars tells faster than Python whether they are UTF-8
_OURS = ("utf", "cp932", "euc_j", "shift_j", "iso2022_jp")  # as Python calls what Japanese text is written in
_PLAIN = 0.9  # of what is not ASCII that is everyday Japanese, of a text that is it
_ISO2022 = re.compile(rb"\x1b(?:\$[@B]|\$\([@BDOPQ]|\([BJI])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_EUC_HALF_KANA = re.compile(rb"\x8e[\xa1-\xdf]")
_HIGH = bytes((0x00, 0x30, 0xFF, *range(0x4E, 0xA0)))  # of what Japanese text in UTF-16 has
_SAMPLE = 1 << 16
_MOSTLY, _FEW_BROKEN = ("utf-8", "cp932", "euc_jp"), 0.01  # share of broken characters
_SOON = (1 << 11, 1 << 12, 1 << 14)  # bytes by which what is no text is told: chance breaks one in thirteen of CP932
_SHORT = 64  # bytes up to which Japanese in UTF-16 may hold nothing but what ASCII has, too
_JAPANESE = re.compile(r"[ぁ-んァ-ヶー一-鿿、。「」々｡-ﾟ]")
_HALF_KANA = re.compile(r"[｡-ﾟ]")


def decode(data: bytes, declared: str = "") -> str:
    """The text of `data`. `declared` is believed only when it decodes strictly. Raises Incomplete(CHARSET)."""
    return _decoded(data, declared)[0]


def plain_utf8(data: bytes) -> str | None:
    """The text of `data` where it is beyond doubt: UTF-8 without a mark or a control, and more than ASCII. It is what
    `decode` gives then, whatever was declared, and `is_text` is true."""
    if data.isascii() or data.startswith(_MARKS) or controlled(data) or mangled.escaped(data):
        return None
    text = None if mangled.latin(data) else _strict(data, "utf-8")
    # Without a NUL, and valid as UTF-8, nothing but a few letters may be UTF-16 or 32.
    return None if text is None or (len(data) <= _SHORT and _wide(data)) else text


def utf8(data: bytes, declared: str = "", *, calm: bool = False) -> tuple[bytes, str | None]:
    """The text of `data` in UTF-8, and as a str where one had to be made: none of what is UTF-8 already, is valid and
    long. `calm`: it is known to be Japanese in UTF-8 and nothing else (`plain.calm`). Raises Incomplete(CHARSET)."""
    if calm and len(data) > _LONG:
        return data, None
    odd = mangled.latin(data) or mangled.may_lack_escapes(data) or mangled.escaped(data)
    if len(data) > _LONG and not odd and is_utf8(data):
        if data.startswith(codecs.BOM_UTF8):
            return data[len(codecs.BOM_UTF8) :], None
        plain = data.isascii() and b"\x1b" not in data and b"\0" not in data
        if plain or not (data.isascii() or data.startswith(_MARKS) or _wide(data)):
            return data, None
    elif len(data) > _LONG and not odd and (raw := _cp932_alone(data, declared)) is not None:
        return raw, None
    text = decode(data, declared)
    return text.encode("utf-8", "replace"), text


def _cp932_alone(data: bytes, declared: str) -> bytes | None:
    """A text that is no UTF-8, in UTF-8, where `decode` would find it to be CP932 and nothing else could."""
    if data.startswith(_MARKS) or data.isascii() or _known(declared) not in ([], ["cp932"]) or _wide(data):
        return None
    if mangled.may_be_mixed(data):
        return None
    raw = cp932_as_utf8(data)
    euc = raw is not None and any(_strict(data, codec) is not None for codec in ("euc_jp", "euc_jis_2004"))
    return None if euc else raw


def is_utf8(data: bytes) -> bool:
    """Whether bytes are valid UTF-8 from end to end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data[:_BEGIN])  # where another encoding shows, mostly
    except UnicodeDecodeError:
        return False
    begin = 0
    try:
        while begin < len(data):  # piece by piece: polars copies what it looks at
            end = _whole(data, begin + _PIECE)
            pl.Series([data[begin:end]], dtype=pl.Binary).cast(pl.String)
            begin = end
    except pl.exceptions.ComputeError:
        return False
    return True


def _whole(data: bytes, end: int) -> int:
    """Where a piece of UTF-8 that is to end at about `end` has no character torn."""
    if end >= len(data):
        return len(data)
    return next((at for at in range(end, end - 4, -1) if not 0x80 <= data[at] < 0xC0), end)


def encoding_of(head: bytes) -> str:
    """The codec for a text that begins with `head`. Raises Incomplete(CHARSET) when no strict one fits."""
    encoding = _decoded(head, "")[1]
    if not encoding:
        raise Incomplete(Why.CHARSET)
    # What is ASCII so far may become anything that begins as ASCII: UTF-8 takes most of it, strictly.
    return "utf-8" if encoding == "ascii" else encoding


def _decoded(data: bytes, declared: str) -> tuple[str, str]:
    """The text, and the codec that gave it; "" where none did strictly."""
    if not data:
        return "", "ascii"
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            if bom != codecs.BOM_UTF8 and (other := _without_mark(data[len(bom) :])):
                return f"{data.decode(encoding, 'replace')}\n{other}", ""
            text = _strict(data, encoding)
            if text is None and bom == codecs.BOM_UTF8 and (rest := _believing_no_mark(data[len(bom) :], declared)):
                return rest
            return (data.decode(encoding, "replace"), "") if text is None else (text, encoding)
    if data.isascii():
        if _ISO2022.search(data):
            return _jis(data)
        if (jis := mangled.restored(data)) is not None:
            return _jis(jis)[0], ""
        if data.count(b"\0") == 0:
            return data.decode("ascii"), "ascii"
    wide = _wide(data)
    if wide is not None:
        return wide
    for encoding in dict.fromkeys(["utf-8", *_known(declared)]):
        text = _strict(data, encoding)
        if encoding == "utf-8" and (made := _made_of(data, text)) is not None:
            return made, ""
        if text is not None and not (encoding != "utf-8" and _looks_broken(text)):
            if not encoding.startswith(_OURS) and (ours := _cp932_or_euc(data)) and plainness(ours[0]) > _PLAIN:
                return f"{text}\n{ours[0]}", ""  # as others may read it who do not believe what was declared
            return text, encoding
    found = _cp932_or_euc(data)
    if found is None:
        text = _mostly(data)
        if text is None:
            raise Incomplete(Why.CHARSET)
        return text, ""
    return found


def _made_of(data: bytes, text: str | None) -> str | None:
    """What was before a program mangled it, or of two encodings; `text`: the same as UTF-8, if it is that."""
    if text is None:
        return mangled.mixed(data, _cp932_or_euc)
    if mangled.escaped(data):
        return mangled.with_escapes(data, lambda line: _jis(line)[0])
    return mangled.unmangled(text) if mangled.latin(data) else None


def _believing_no_mark(rest: bytes, declared: str) -> tuple[str, str] | None:
    """What stands behind a mark of UTF-8 that is not true, as a program leaves it that puts one before anything."""
    try:
        text = _decoded(rest, declared)[0]
    except Incomplete:
        return None
    return (text, "") if mangled.is_japanese(text) else None


def _without_mark(rest: bytes) -> str:
    """What a program that does not believe a mark of UTF-16 or 32 reads behind it; "" where the mark must be true,
    for no line end, blank or figure is without a NUL there."""
    if b"\0" in rest:
        return ""
    try:
        return _decoded(rest, "")[0]
    except Incomplete:
        return ""


def _jis(data: bytes) -> tuple[str, str]:
    for encoding in ("iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3"):
        text = _strict(data, encoding)
        if text is not None:
            return text, encoding
    return _jis_ms(data), ""


def is_text(data: bytes) -> bool:
    """Whether `data` reads as text: decodable, and hardly any control characters."""
    sample = data[:_SAMPLE]
    if sample.startswith(_MARKS):
        return True
    # Bytes without a single control in them are none in any encoding: to ask the bytes is quicker than to ask the text.
    plain = not controlled(sample)
    sample = _whole_characters(sample, len(data) > len(sample))
    if plain and (sample.isascii() or _strict(sample, "utf-8") is not None):
        return True  # none of these is refused
    try:
        text = decode(sample)
    except Incomplete:
        return False
    return plain or not _looks_broken(text)


def _whole_characters(sample: bytes, cut: bool) -> bytes:
    """A sample cut from a longer text, ended at a line so that no character is torn."""
    end = sample.rfind(b"\n")
    return sample[: end + 1] if cut and end > 0 else sample


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _known(declared: str) -> list[str]:
    name = declared.strip().strip("\"'").lower()
    if not name:
        return []
    if name in ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cp932"):
        return ["cp932"]
    try:
        name = codecs.lookup(name).name
    except LookupError:
        return []
    # Single-byte code pages decode anything: believing them would lose Japanese text.
    return [] if name.startswith(("iso8859", "cp125", "latin", "ascii", "charmap", "mac")) else [name]


def _wide(data: bytes) -> tuple[str, str] | None:
    """UTF-32 or UTF-16 without a mark: told by ASCII's zero bytes, or by Japanese high bytes in one place of two."""
    for encoding, places in (("utf-32-le", (3, 2)), ("utf-32-be", (0, 1))):
        if len(data) % 4 == 0 and len(data) >= 8 and not any(data[places[0] : 4096 : 4]):
            sample = data[places[1] : 4096 : 4]
            text = _strict(data, encoding) if max(sample) <= 0x10 else None
            if text is not None and not _looks_broken(text):
                return text, encoding
    return _utf16(data)


def _utf16(data: bytes) -> tuple[str, str] | None:
    if len(data) % 2 or len(data) < 4:
        return None
    sample = data[:4096]
    if not sample.count(0) and not sample.count(0x30):
        return None  # see `_wholly_wide`
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        plausible = (len(high) - len(high.translate(None, _HIGH))) / len(high)
        zeros = high.count(0)
        low = sample[0::2] if encoding.endswith("le") else sample[1::2]
        if plausible > 0.95 and (zeros or _wholly_wide(data, sample)) and low.count(0) < len(low) * 0.2:
            text = _strict(data, encoding)
            if text is not None and not _looks_broken(text) and (zeros > len(high) * 0.3 or _japanese(text) > 0.5):
                return text, encoding
    return None


def _wholly_wide(data: bytes, sample: bytes) -> bool:
    """Whether what has no NUL may be UTF-16: not what a thousand lines "a,b" begin, nor what is UTF-8 to its end."""
    if not sample.count(0x30):
        return False
    return len(data) <= _SHORT or (not sample.isascii() and _strict(data, "utf-8") is None)


def _japanese(text: str) -> float:
    sample = text[:4000]
    return len(_JAPANESE.findall(sample)) / max(1, len(sample))


def _cp932_or_euc(data: bytes) -> tuple[str, str] | None:
    """Both may decode; then the one with more plain Japanese and less half-width kana and private use wins."""
    sjis = _strict(data, "cp932")
    euc, encoding = next(
        ((text, codec) for codec in ("euc_jp", "euc_jis_2004") if (text := _strict(data, codec)) is not None),
        (None, ""),
    )
    if sjis is None or euc is None:
        return (sjis, "cp932") if sjis is not None else (euc, encoding) if euc is not None else None
    if len(_EUC_HALF_KANA.findall(data)) * 2 > sum(b > 0x7F for b in data) * 0.5:
        return euc, encoding  # as CP932 it would be kanji that all begin with the byte 8E
    return (sjis, "cp932") if plainness(sjis) >= plainness(euc) else (euc, encoding)


def plainness(text: str) -> float:
    """How much of what is not ASCII is everyday Japanese: 1 for prose, below 0 for another encoding's bytes."""
    sample = text[:8000]
    common = sum("぀" <= c <= "ヿ" or c in "、。・ー　「」：（）" or "一" <= c <= "龥" for c in sample)
    odd = len(_HALF_KANA.findall(sample)) + 3 * sum("" <= c <= "" or "Ѐ" <= c <= "ӿ" for c in sample)
    return (common - odd) / max(1, sum(not c.isascii() for c in sample))


def _jis_ms(data: bytes) -> str:
    """ISO-2022-JP with NEC/IBM extensions (ISO-2022-JP-MS): its double bytes moved into CP932's rows."""
    out: list[str] = []
    mode = b"("
    for piece in re.split(rb"(\x1b(?:\$[@B]|\([BJI]))", data):
        if piece.startswith(b"\x1b"):
            mode = piece[1:]
        elif mode.startswith(b"$"):
            out.append(_jis_to_sjis(piece).decode("cp932", "replace"))
        elif mode == b"(I":
            out.append(bytes(b | 0x80 for b in piece).decode("cp932", "replace"))
        else:
            out.append(piece.decode("ascii", "replace"))
    return "".join(out)


def _jis_to_sjis(piece: bytes) -> bytes:
    out = bytearray()
    for j1, j2 in zip(piece[0::2], piece[1::2], strict=False):
        s1 = ((j1 - 1) >> 1) + (0x71 if j1 <= 0x5E else 0xB1)
        s2 = j2 + (0x1F + (j2 > 0x5F) if j1 & 1 else 0x7E)
        out += bytes((s1 & 0xFF, s2 & 0xFF))
    return bytes(out)


def _mostly(data: bytes) -> str | None:
    """Text with a few broken bytes: the encoding that breaks least, if under one per cent breaks."""
    if all(_breaks_soon(data, encoding) for encoding in _MOSTLY):
        return None
    best: tuple[float, str] | None = None
    for encoding in _MOSTLY:
        text = data.decode(encoding, "replace")
        share = text.count("�") / max(1, len(text))
        if best is None or share < best[0]:
            best = share, text
    if best is None or best[0] > _FEW_BROKEN or _looks_broken(best[1]) or _torn_somewhere(best[1]):
        return None
    return best[1]


def _breaks_soon(data: bytes, encoding: str) -> bool:
    """Whether more breaks in the beginning alone than may in the whole: a character has a byte at least."""
    begins = (data[:soon].decode(encoding, "replace") for soon in _SOON)
    return any(text.count("\ufffd") - 1 > _FEW_BROKEN * len(data) for text in begins)


def _torn_somewhere(text: str) -> bool:
    """Whether the broken bytes stand together: that is no slip of a writer but something else within the text."""
    places = [match.start() for match in re.finditer("\ufffd", text)]
    return any(later - first < 400 for first, later in zip(places, places[20:], strict=False))


def _looks_broken(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) > len(sample) * 0.002 + 1
