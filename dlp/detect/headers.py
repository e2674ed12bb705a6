"""Header words: one spelling for many ways of writing them."""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[\s　*※●○◎■□★☆・:：.。,、_\-‐－ー/／|｜]+")
_NOTE = re.compile(r"[(（\[［【〔<＜](.*?)[)）\]］】〕>＞]")


def normalise_header(text: str) -> str:
    """`text` without width, spaces, marks and what stands in brackets; lower case. "氏 名（漢字）" -> "氏名"."""
    folded = unicodedata.normalize("NFKC", text)
    bare = _NOTE.sub("", folded)
    if not bare.strip():
        bare = folded
    return _NOISE.sub("", bare).strip("()[]【】").lower()


def header_note(text: str) -> str:
    """What stands in brackets: "氏名（カナ）" -> "カナ"; "" if nothing."""
    match = _NOTE.search(unicodedata.normalize("NFKC", text))
    return _NOISE.sub("", match.group(1)).lower() if match else ""
