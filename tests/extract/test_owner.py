"""What Office keeps beside an open document."""

from __future__ import annotations

import pytest

from dlp.extract import owner
from dlp.extract.blocks import Text
from dlp.extract.budget import Budget
from dlp.extract.registry import extract
from dlp.transfer import Part


def made(name: str, width: int, fill: bytes = b" ", code: str = "cp932") -> bytes:
    """As Word (53) or Excel (54) writes it."""
    narrow, wide = name.encode(code, "replace"), name.encode("utf-16-le")
    head = bytes([len(narrow)]) + narrow.ljust(width, fill)
    return head + len(name).to_bytes(2, "little") + (wide + (fill + b"\0") * width)[: 2 * width]


@pytest.mark.parametrize("width", [53, 54])
@pytest.mark.parametrize("fill", [b" ", b"\0"])
@pytest.mark.parametrize("name", ["職員 一", "Administrator", "髙橋", "ｼｮｸｲﾝ"])
def test_the_name_is_all_there_is(name: str, width: int, fill: bytes) -> None:
    data = made(name, width, fill)
    assert len(data) == (162 if width == 53 else 165)
    found = extract(Part(path=("~$報告.docx",), data=data), Budget())
    assert (found.media_type, found.unread, list(found.blocks)) == (owner.KIND, (), [Text(f"{name}\n")])


@pytest.mark.parametrize("at", [0, 2, 30, 53, 54, 56, 60, 100, 160])
def test_with_anything_else_in_it_it_is_of_an_unknown_format(at: int) -> None:
    data = bytearray(made("職員 一", 53))
    data[at] ^= 0x35
    found = extract(Part(path=("~$報告.docx",), data=bytes(data)), Budget())
    assert (found.media_type, bool(found.unread)) == ("application/octet-stream", True)
