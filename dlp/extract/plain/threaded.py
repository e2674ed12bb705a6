"""Text that is dressed up: tags and a console's colours about words, a sign between all letters, backslashes before
signs of Markdown. Each is taken off where there is enough of it to be meant.
"""

from __future__ import annotations

import re
from collections import Counter

from dlp.extract.plain import base85
from dlp.native.look import Look, marks

_TAGS = re.compile(
    r"</?(?:b|i|u|s|em|strong|span|font|mark|code|small|big|ins|tt)(?:\s[^<>]{0,200})?>|<!--[^<>]{0,200}-->",
    re.IGNORECASE,
)
_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}m")
_ESCAPED = re.compile(r"(?<=\w)\\(?=[-_ ][\w])")
_OPENED, _ESCAPING = marks("<"), marks("\\")
_LEAST = 6  # tags, escapes
_FEW = 24  # letters in the middle of those looked at, which rule out nearly all texts
_HEAD = 4000  # characters by which a sign between all letters is told
_SHARE = 0.3, 0.55  # of a text's signs that are this one
_DOUBLED = 0.05  # of them that stand side by side, at most: rules and leaders are nothing else
_PARTS = frozenset(",\t;|\"' \u3000\n\r-:@")  # what parts cells, words, lines or figures


def bare(text: str, seen: Look | None = None) -> str:
    """`text` without what it is dressed up with; the same object where that is nothing. `seen`: what `normalize.told`
    said of it."""
    tagged, escaped = (True, True) if seen is None else (not seen.lacks(_OPENED), not seen.lacks(_ESCAPING))
    if tagged and ("</" in text or "<!--" in text) and len(_TAGS.findall(text[:_HEAD])) >= _LEAST:
        text = _TAGS.sub("", text)
    if "\x1b" in text and "\x1b[" in text:
        text = _COLOURS.sub("", text)
    if escaped and "\\" in text and len(_ESCAPED.findall(text[:_HEAD])) >= _LEAST:
        # Nor are there such within bytes in base85, where any sign may stand before any other.
        held = base85.around(text, _unescaped) if base85.may_hold(text, seen) else None
        text = _unescaped(text) if held is None else held
    return text.replace(sign, "") if (sign := _between(text[:_HEAD])) else text


def _unescaped(text: str) -> str:
    return _ESCAPED.sub("", text)


def _between(head: str) -> str:
    """The sign that stands between nearly all letters of a text; "" where none does."""
    some = head[:200]
    if len(some) < _LEAST:
        return ""
    # A sign between all letters is among any few of them.
    few = some[len(some) // 2 :][:_FEW]
    if not any(few.count(sign) >= _SHARE[0] * len(few) / 2 for sign in {*few} if not sign.isalnum()):
        return ""
    sign, count = Counter(some).most_common(1)[0]
    if sign.isalnum() or sign in _PARTS or count < _SHARE[0] * len(some):
        return ""
    often = head.count(sign)
    even = _SHARE[0] * len(head) <= often <= _SHARE[1] * len(head)
    return sign if even and head.count(sign + sign) <= _DOUBLED * often else ""
