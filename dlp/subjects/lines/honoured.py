"""Lines in which what is said of somebody begins right behind his honorific, where he lives or how many come with him
(佐藤花子様平塚市…, 佐藤花子殿1名): with a blank between, so that a label's value ends there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from dlp.subjects.cells.values import CLASS
from dlp.subjects.letters import HAN
from dlp.subjects.lines.rows import changed

#: A municipality, a town and a number, and no particle before them (さんの住所は…); or a figure.
_BEHIND = rf"(?=[ァ-ヺ々{HAN}]{{1,8}}?[市区町村郡]{CLASS}{{1,14}}?[\d一二三四五六七八九十]|\d)"
_NAME = f"(?<={CLASS}{CLASS})"


@cache
def parting(honoured: str) -> re.Pattern[str]:
    """Where such a blank belongs, by an expression of honorifics."""
    return re.compile(rf"{_NAME}(?:{honoured}){_BEHIND}")


def parted(rows: Sequence[str], where: Sequence[int], parts: re.Pattern[str], words: Sequence[str]) -> Sequence[str]:
    """`rows`, those of `where` with the blanks; `parts`: see `parting`; `words`: the honorifics."""
    found = {i: row for i in where if _may_part(row := rows[i], words)}
    return changed(rows, {i: new for i, row in found.items() if (new := parts.sub(r"\g<0> ", row)) != row})


def unquoted(rows: Sequence[str], where: Sequence[int], quoted: re.Pattern[str]) -> Sequence[str]:
    """`rows`, names of `where` that stand in corners before an honorific without these: 「佐藤 花子」さん. `quoted`: see
    `quoting`."""
    found = {i: row for i in where if "」" in (row := rows[i])}
    return changed(rows, {i: new for i, row in found.items() if (new := quoted.sub(r"\g<name>", row)) != row})


@cache
def quoting(honoured: str) -> re.Pattern[str]:
    """Names in corners with an honorific behind, by an expression of honorifics."""
    return re.compile(rf"「(?P<name>{CLASS}{{1,6}} ?{CLASS}{{1,6}})」(?={honoured})")


def _may_part(row: str, words: Sequence[str]) -> bool:
    """Whether a figure or a kanji stands right behind what may be an honorific: most that mails have end a word."""
    for word in words:
        at = row.find(word)
        while at >= 0:
            after = row[at + len(word) : at + len(word) + 1]
            if after.isdigit() or "㐀" <= after <= "鿿" or "ァ" <= after <= "ヺ":
                return True
            at = row.find(word, at + 1)
    return False
