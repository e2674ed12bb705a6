"""Cells of a whole column in one spelling: width, digits of other scripts, signs that nobody sees, blanks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

import numpy as np
import polars as pl

from dlp.subjects.words import BLANKS, HIDDEN, INVISIBLE, SPACES

_GONE = dict.fromkeys(INVISIBLE, "")
NO_SPACE = dict.fromkeys(SPACES, "")
#: Characters NFKC changes and names or addresses may hold: half-width kana, Latin and digits in full width,
#: compatibility ideographs, circled digits and square abbreviations.
NEEDS_NFKC = "[\uff01-\uff9f\uf900-\ufaff\u2460-\u24ff\u3200-\u33ff\u2f00-\u2fdf\U0002f800-\U0002fa1f\u2070-\u2089\u00b2\u00b3\u00b9\u2e80-\u2eff\U0001d7ce-\U0001d7ff\u3099\u309a]"
#: Decimal digits of other scripts.
DIGITS = {chr(zero + i): str(i) for zero in (0x660, 0x6F0, 0x966, 0xE50) for i in range(10)}
_OTHER_DIGITS = "[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u0e50-\u0e59]"

#: Kanji as polars' regex engine writes them, with the signs that stand among them.
HAN = r"\p{Han}々〆〇ヶヵ"
KANA = r"ァ-ヺー・ヽヾ"
HIRA = r"ぁ-ゖゝゞー"


def replace(column: pl.Expr, table: dict[str, str]) -> pl.Expr:
    """Every key of `table` by its value, in one pass."""
    return column.str.replace_many(list(table), list(table.values()), leftmost=True)


def is_ascii(column: pl.Series) -> bool:
    """Whether a whole column is ASCII."""
    return bool((column.str.len_bytes() == column.str.len_chars()).all())


def folded(column: pl.Series) -> pl.Series:
    """`column` folded as cheaply as its content allows, under its own name."""
    if is_ascii(column):
        return column
    name = column.name
    if column.str.contains(NEEDS_NFKC).any():
        column = column.str.normalize("NFKC")
    if column.str.contains(_OTHER_DIGITS).any():
        column = column.to_frame("x").select(replace(pl.col("x"), DIGITS)).to_series().alias(name)
    if column.str.contains(f"[{HIDDEN}]").any():
        column = column.to_frame("x").select(replace(pl.col("x"), _GONE)).to_series().alias(name)
    return column


def said(cells: pl.Series) -> pl.Series:
    """A column folded and trimmed, null where a cell is blank or says "nothing" (なし, 不明, -)."""
    whole = cells.str.join("\0").cast(pl.Binary).item()
    if whole.isascii():
        trimmed = any(sign in whole for sign in _ASCII_BLANKS)
    else:
        cells, trimmed = folded(cells) if _may_fold(whole) else cells, True
    x = pl.col(cells.name)
    text = x.str.strip_chars() if trimmed else x
    return cells.to_frame().select(text).select(pl.when(~x.is_in(_nothing())).then(x)).to_series()


_ASCII_BLANKS = (b" ", b"\t", b"\n", b"\r", b"\x0b", b"\x0c")
#: First bytes in UTF-8 of what `folded` changes; after E3, which begins every kana, the second byte as well.
_FOLDED_BYTES = (b"\xef", b"\xe2", b"\xc2", b"\xcd", b"\xd8", b"\xd9", b"\xdb", b"\xe0", b"\xe1", b"\xf0", b"\xf3")
_FOLDED_SECOND = (0x85, *range(0x88, 0x90))


def _may_fold(whole: bytes) -> bool:
    """Whether a text (UTF-8) may hold what `folded` changes: bytes are looked for at a tenth of what letters cost."""
    if any(sign in whole for sign in _FOLDED_BYTES):
        return True
    letters = np.frombuffer(whole + b"\0\0", np.uint8)
    begins = np.flatnonzero(letters == 0xE3)
    seconds, thirds = letters[begins + 1], letters[begins + 2]
    voiced = (seconds == 0x82) & ((thirds == 0x99) | (thirds == 0x9A))
    return bool(voiced.any() or np.isin(seconds, _FOLDED_SECOND).any())


def _spellings(word: str) -> Iterator[str]:
    """A word in every mix of upper and lower case."""
    return map("".join, product(*({c.lower(), c.upper()} for c in word)))


@cache
def _nothing() -> pl.Series:
    """A blank cell and BLANKS in any case: to look a cell up as it is costs a tenth of making it lower case.

    Not made at import: that starts the threads of polars, which do not live on in the workers forked afterwards.
    """
    return pl.Series(["", *(s for word in sorted(BLANKS) for s in _spellings(word))], dtype=pl.String).implode()


#: What `folded` changes.
FOLDED = f"{NEEDS_NFKC}|{_OTHER_DIGITS}|[{HIDDEN}]"
