"""Running text that is read as its bytes stand: nothing in it has to be undone, folded, unpacked or lifted out first.

Most of a large text nobody is in is so, and its lines are then decoded where a reader asks for one of them.
"""

from __future__ import annotations

import re

from dlp.extract.blocks import Calm
from dlp.extract.plain import unpack
from dlp.native import calm

#: What begins with signs that are calm ones: sheets made for exchange, what banks send.
_BEGINS = re.compile(rb"\s*(?:TABLE|\d{5})")


def block(raw: bytes, place: str = "") -> Calm | None:
    """The block of a whole text, in UTF-8 and without a mark; None where it has to be looked at further."""
    if not (lines := calm.lines(raw)) or _BEGINS.match(raw):
        return None
    found = Calm(raw, lines, place)
    return None if unpack.told_by(found.head(unpack.LOOK)) else found
