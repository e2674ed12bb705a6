"""Header words: one spelling for many ways of writing them."""

from __future__ import annotations

import re
import unicodedata

#: Roles a header word may have: kinds of personal information …
PERSONAL = frozenset(
    "name surname given kana surname_kana given_kana address phone email birth_date age sex postal_code bank_account "
    "individual_number resident_code licence insurance pension passport residence_card card relationship "
    "sensitive".split()
)
#: … and those that say a column is not about a person, or nothing that makes a name a data subject: "id" a number of
#: the file's own, "office" a department, "title" a rank, "official" a name in its function, "bank" bank and branch,
#: "mark" what touches tax secrecy or 要配慮 without saying it of anybody.
OTHER = frozenset("id office title org facility event amount count date item author official note bank mark".split())
ROLES = PERSONAL | OTHER

_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: Spaces, marks and dashes; ー is a letter after kana (メール), a dash elsewhere.
_NOISE = re.compile(r"(?:[\s*※●○◎◆◇■□▼▽▲△★☆・:：;.。,、_\-‐‑–—―−~〜/|\\\"']|(?<![ぁ-ゖァ-ヺー])ー)+")
_NOTE = re.compile(r"[(（\[［【〔<＜](.*?)[)）\]］】〕>＞]")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))


def normalise_header(text: str) -> str:
    """`text` without width, spaces, marks and what stands in brackets; lower case. "氏 名（漢字）" -> "氏名"."""
    folded = _fold(text)
    bare = _NOTE.sub("", folded)
    if not bare.strip():
        bare = folded
    return _NOISE.sub("", bare).strip("()[]【】").lower()


def header_note(text: str, *, apart: bool = False) -> str:
    """What stands in brackets: "氏名（カナ）" -> "カナ"; "" if nothing. `apart`: with the marks between its words."""
    match = _NOTE.search(_fold(text))
    if match is None:
        return ""
    return match.group(1) if apart else _NOISE.sub("", match.group(1)).lower()
