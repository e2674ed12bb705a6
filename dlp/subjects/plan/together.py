"""Headings of cells that hold a name and more of whom it is: 氏名（ふりがな）・生年月日, 申込者／連絡先."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dlp.detect.headers import normalise_header

_BETWEEN, _NOTE = re.compile(r"[・/／、,\n]"), re.compile(r"[(（][^()（）]*[)）]")
#: What may stand behind a name in its cell, and makes the whole heading look like its own.
MORE = frozenset(("birth_date", "address", "phone", "email", "postal_code"))
_SHORTEST, _EMPTY = 2, "note"  # letters of a heading, the role of what may be empty


def named(heading: str, role_of: Callable[[str], tuple[str, str]]) -> tuple[str, tuple[str, ...]] | None:
    """Whose name a heading asks for first, and the roles of what else it asks for; None where it asks for no name, or
    for nothing else."""
    (role, group), *others = _said(heading, role_of)
    also = tuple(other for other, _ in others)
    return (group, also) if role == "name" and also and MORE.issuperset(also) else None


def leading(heading: str, headers: Mapping[str, str]) -> str:
    """The first of a heading's words, where those behind it only head columns that a print found empty and let run into
    this one (電話番号 ＦＡＸ, 住所 備考); "" where it is no such heading."""
    first, *others = heading.split() or [""]
    if len(first) < _SHORTEST or not others or headers.get(normalise_header(first), _EMPTY) == _EMPTY:
        return ""
    return first if all(headers.get(normalise_header(word)) == _EMPTY for word in others) else ""


def of_body(heading: str, role_of: Callable[[str], tuple[str, str]]) -> bool:
    """Whether a heading asks for a body first, and for more: 工事店名・所在地."""
    (role, _), *others = _said(heading, role_of)
    return role == "org" and bool(others)


def _said(heading: str, role_of: Callable[[str], tuple[str, str]]) -> list[tuple[str, str]]:
    """Role and group of each word of a heading."""
    words = [normalise_header(word) for word in _BETWEEN.split(_NOTE.sub("", heading))]
    return [role_of(word) for word in words if word] or [("", "")]
