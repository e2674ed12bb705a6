"""Text that a program wrapped to lines and that its reader sees as paragraphs: format=flowed (RFC 3676)."""

from __future__ import annotations

import re

_SOFT = re.compile(r" \r?\n(?!-- )")
#: What makes each line's beginning count: marks of quoting, and a blank before what would look like one.
_MARKED = ("\n>", "\n ")
_SIGNATURE = "-- "


def unwrapped(text: str, *, joined: bool) -> str:
    """Its paragraphs, one a line. `joined`: the blank at a line's end goes, too (delsp=yes), as in Japanese text."""
    if not text.startswith(">") and not any(mark in text for mark in _MARKED):
        return _SOFT.sub("" if joined else " ", text)
    out: list[list[str]] = []
    deep, open_ = 0, False
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        said = line.lstrip(">")
        depth = len(line) - len(said)
        bare = said.removeprefix(" ")
        goes_on = open_ and depth == deep and bare != _SIGNATURE
        open_, deep = bare.endswith(" ") and bare != _SIGNATURE, depth
        piece = bare if goes_on else line
        piece = piece[:-1] if open_ and joined else piece
        if goes_on:
            out[-1].append(piece)
        else:
            out.append([piece])
    return "\n".join(map("".join, out))
