"""Windows metafiles (EMF, WMF): the texts they draw, where they draw them. What is a bitmap in one stays unseen.

Office keeps one as the preview of every embedded object, so to hold them all would hold every report with a chart.
"""

from __future__ import annotations

import struct

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Why
from dlp.extract.budget import Budget
from dlp.extract.office.rtf import CHARSETS
from dlp.extract.pictures.layout import Word, blocks_of
from dlp.transfer import Part

EMF, WMF = "image/emf", "image/wmf"
_TEXTS = {83: 1, 84: 2}  # EMR_EXTTEXTOUTA, EMR_EXTTEXTOUTW -> bytes a character
_BITMAPS = frozenset({76, 77, 78, 79, 80, 81, 114, 116})
_COMMENT, _END = 70, 14
_FONT, _TEXT_OUT = 0x02FB, 0x0A32
_WMF_BITMAPS = (0x0940, 0x0B41, 0x0F43, 0x0922, 0x0B23)
_LARGE = 60_000  # bytes of one bitmap that may show writing


def extract_emf(part: Part, budget: Budget) -> Extracted:
    """The texts of an enhanced metafile. Raises Incomplete: corrupt, or a picture of pixels."""
    words: list[Word] = []
    pixels = at = 0
    ended = plus = False
    while at + 8 <= len(part.data) and not ended:
        kind, size = struct.unpack_from("<II", part.data, at)
        if size < 8 or at + size > len(part.data):
            raise Incomplete(Why.CORRUPT)
        if kind in _TEXTS:
            words += _drawn(part.data[at : at + size], _TEXTS[kind])
        elif kind in _BITMAPS:
            pixels = max(pixels, size)
        plus |= kind == _COMMENT and part.data[at + 12 : at + 16] == b"EMF+"
        ended = kind == _END
        at += size
    budget.check_time()
    if not ended:
        raise Incomplete(Why.CORRUPT)
    unseen = pixels > _LARGE or (plus and not words)
    return Extracted(EMF, blocks_of(words, "drawing"), unread=(Why.IMAGE_ONLY,) if unseen else ())


def _drawn(record: bytes, width: int) -> list[Word]:
    try:
        left, top, right, bottom = struct.unpack_from("<4i", record, 8)
        x, y, count, begin = struct.unpack_from("<iiII", record, 36)
    except struct.error:
        raise Incomplete(Why.CORRUPT) from None
    raw = record[begin : begin + count * width]
    text = raw.decode("utf-16-le" if width == 2 else "cp932", "replace").replace("\0", "")
    if not text.strip():
        return []
    if right <= left or bottom <= top:
        left, top, right, bottom = x, y, x + 20 * len(text), y + 20
    return [Word(text, left, top, right, bottom)]


def extract_wmf(part: Part, budget: Budget) -> Extracted:
    """The texts of an old metafile, in the character set of the font made last. Raises Incomplete."""
    at = 22 + 18 if part.data.startswith(b"\xd7\xcd\xc6\x9a") else 18
    words: list[Word] = []
    encoding, height = "cp932", 20
    pixels, ended = 0, False
    while at + 6 <= len(part.data) and not ended:
        size, kind = struct.unpack_from("<IH", part.data, at)
        if size < 3 or at + size * 2 > len(part.data):
            raise Incomplete(Why.CORRUPT)
        record = part.data[at + 6 : at + size * 2]
        if kind == _FONT and len(record) > 13:
            height = abs(struct.unpack_from("<h", record)[0]) or 20
            encoding = CHARSETS.get(record[13], "cp932") if record[13] else "cp932"
        elif kind == _TEXT_OUT and len(record) >= 8:
            y, x, count, options = struct.unpack_from("<hhHH", record)
            begin = 16 if options & 6 else 8
            text = record[begin : begin + count].decode(encoding, "replace")
            words.append(Word(text, x, y, x + height * len(text) // 2, y + height))
        elif kind in _WMF_BITMAPS:
            pixels = max(pixels, size * 2)
        ended = kind == 0
        at += size * 2
    budget.check_time()
    if not ended:
        raise Incomplete(Why.CORRUPT)
    words = [word for word in words if word.text.strip()]
    return Extracted(WMF, blocks_of(words, "drawing"), unread=(Why.IMAGE_ONLY,) if pixels > _LARGE else ())
