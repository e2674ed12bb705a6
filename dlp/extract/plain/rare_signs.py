"""Tables between signs that few programs part cells by: "^", "~", "\\", "$", "!", "#", "¥", "｜", and others.

Running text has such signs, too, but not as often in each of its lines.
"""

from __future__ import annotations

import re

#: Not ":", which stands in times and after labels; not "&", "%" and "@" of forms, packed text and addresses; not "*",
#: "+", "=", with which lines and headings are drawn.
_SIGNS = "^~\\$!#¥￥｜¦§"
_HEAD, _LINES = 4000, 6  # characters that are looked at, and of a table's lines at least so many are in them
_TWICE, _SHARE = 2, 0.95  # of a line at least; of the lines as often as in most
_APART = re.compile(r"[^^~\\$!#¥￥｜¦§\s]")


def delimiter(text: str) -> str:
    """The sign that parts the cells of each line; "" where none does."""
    head = text[:_HEAD]
    first = [line for line in head.split("\n", 2 * _LINES)[: 2 * _LINES] if line.strip()]
    begin = "".join(first[_LINES // 2 : _LINES] if len(first) >= _LINES else first)  # below titles: soon looked for
    may = [sign for sign in _SIGNS if begin.count(sign) >= _TWICE and head.count(sign) >= _TWICE * _LINES]
    if not may:
        return ""
    lines = [line for line in head.splitlines() if line.strip()]
    lines = lines[:-1] if len(text) > _HEAD else lines  # the last may be cut
    for sign in may if lines else ():
        counts = [line.count(sign) for line in lines]
        common = max(set(counts), key=counts.count)
        same = [line for line, count in zip(lines, counts, strict=True) if count == common]
        whole = common >= _TWICE and len(same) >= max(_LINES, _SHARE * len(lines))
        if whole and all(sum(bool(_APART.search(cell)) for cell in line.split(sign)) >= _TWICE for line in same):
            return sign
    return ""
