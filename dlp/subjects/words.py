"""Closed word classes of Japanese records that no town would tune: how blanks, dashes and old characters are written."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """Words written with blanks between them."""
    return tuple(text.split())


#: Cells that say "nothing here".
BLANKS = frozenset(
    listed(
        "- -- --- — なし 無し 無 ナシ 無記入 未記入 記入なし 未記載 記載なし 未登録 登録なし 非公開 非公表 該当なし 該当無し 非該当 "
        "省略 記載省略 (省略) 【省略】 不明 未定 未入力 空欄 空白 同上 〃 ″ 々 ー × ✕ x n/a na null none nan nil ? ？ … ... * ** *** / 0 #n/a"
    )
)

#: Honorifics as a clerk may type them who looks for somebody: those of a content are in `signatures/honorifics`.
HONORIFICS = ("様", "さま", "さん", "殿", "どの", "君", "くん", "ちゃん", "氏", "先生")

#: Dashes and what is typed for one.
DASHES = "‐‑‒–—―−ー－ｰ─━﹣⁻₋〜～"
#: Characters that show nothing: zero-width, joiners, bidi marks, soft hyphen, BOM, variation selectors, tags.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u3164\ufeff\uffa0"
    + "".join(chr(c) for c in range(0xFE00, 0xFE10))
    + "".join(chr(c) for c in (*range(0xE0020, 0xE0080), *range(0xE0100, 0xE01F0)))
)


def ranges(characters: str) -> str:
    """Characters for a class of an expression, those that follow each other as a range: one by one, some hundreds of
    them are compared with each letter of a text."""
    found: list[list[int]] = []
    for code in sorted(set(map(ord, characters))):
        if found and code == found[-1][1] + 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"{chr(a)}-{chr(b)}" if b > a else chr(a) for a, b in found)


HIDDEN = ranges(INVISIBLE)
SPACES = " \t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\r\n\x0b\x0c"
