"""fold(): one spelling for width, dashes and invisible characters. Only candidates are touched.

NFKC over a whole text runs at 30 MB/s; one `re.sub` over the characters that need it at 420 MB/s. NFKC does not fold
ー ‐ − at all, so dashes have a table of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache, reduce
from itertools import batched
from operator import or_

from dlp.extract.plain import sieve
from dlp.native.look import Look, look, marks

#: Everything that people type for a dash between digits (domain paper, section 4).
DASHES = "‐‑‒–—―−－﹣ｰ─━╌⁃⁻₋˗"
_INVISIBLE = (
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f"
    "\U000e0100-\U000e01ef\U000e0020-\U000e007f\u180e\u034f"
    "\u0330-\u0338\u20d0-\u20f0\u2800"  # lines and circles set about letters, a blank of Braille
)
_WIDE = "！-～￠-￦\u3000\u00a0\u2000-\u200a\u202f"
_OTHERS = "①-⓿㈠-㉿㊀-㋿㌀-㏿ⅰ-ⅿⅠ-Ⅹ㍻㍼㍽㍾㋿⁰¹²³⁴-⁹₀-₉٠-٩۰-۹०-९๐-๙𝟎-𝟿⺀-⿕〓\ufffd"
#: What stands where a character could not be written (髙橋 as 〓橋): one of a name or an address all the same.
MISSING = "囗"
_MISSING = str.maketrans("〓\ufffd", MISSING * 2)
_MISSED = MISSING.encode()
_MUCH = 1 << 20  # bytes
_MISSES = ("〓".encode(), "\ufffd".encode())
#: A question mark that stands in a word of kanji, or before one where a cell or a word begins: bytes of UTF-8.
_ASKED = re.compile(
    rb"\?(?<![\w=&/.]\?)(?<!\xe3[\x81-\x83][\x80-\xbf]\?)(?=[\xe4-\xe9][\x80-\xbf]{2})"
    rb"|\?(?<=[\xe4-\xe9][\x80-\xbf]{2}\?)(?=[, \t\"]|\xe3\x80\x80)",
    re.ASCII,
)


def with_missing(raw: bytes) -> bytes:
    """Text in UTF-8 with a letter for each that could not be written; the same object where none was missed, and where
    the text is so large that looking for them would be felt: a large list's names are told by all of them."""
    if len(raw) > _MUCH or raw.isascii():
        return raw
    for sign in _MISSES:
        if sign in raw:
            raw = raw.replace(sign, _MISSED)
    return made if b"?" in raw and (made := _ASKED.sub(_MISSED, raw)) != raw else raw


def whole(text: str) -> str:
    """The same of text."""
    raw = text.encode("utf-8", "replace") if len(text) <= _MUCH and any(sign in text for sign in "?〓\ufffd") else b""
    return text if (made := with_missing(raw)) is raw else made.decode()


_CANDIDATES = re.compile(f"[{_INVISIBLE}]+|[{_WIDE}]+|[｡-ﾟ]+|[{DASHES}]|(?<=[0-9０-９])[ーｰ](?=[0-9０-９])|[{_OTHERS}]")
#: Everything of it but the bar between digits, in stretches: one class, which a search passes over text quickly with.
_STRETCHES = re.compile(f"[{_INVISIBLE}{_WIDE}｡-ﾟ{DASHES}{_OTHERS}]+")
_BAR = re.compile("ー(?<=[0-9０-９]ー)(?=[0-9０-９])")
#: Lines of a long text in which there is anything to fold, as native code finds them.
_CANDIDATE_LINES = f"[{_INVISIBLE}{_WIDE}｡-ﾟ{DASHES}{_OTHERS}]|[0-9]ー"
_HARMLESS = " ()[]<>!?:;,.$*@^~"  # marks that end what is packed wherever they stand
_LONG = 20_000
_SHORT = 200  # characters below which to look for something costs as much as to do it


def told(text: str) -> Look | None:
    """What native code tells of a text at a glance; None where it is short, or where it cannot."""
    return look(text, _STRETCHES) if len(text) >= _SHORT else None


def ready() -> None:
    """Make ready what the first text told of would have to: a table of all characters."""
    told(" " * _SHORT)


def fold(text: str, seen: Look | None = None) -> str:
    """`text` with half-width digits, Latin letters and signs, full-width kana, "-" for dashes, " " for wide spaces;
    zero-width, joining and variation characters removed. Offsets change. `seen`: what `told` said of it."""
    if text.isascii():
        return text
    if seen is not None or (seen := told(text)) is not None:
        return _folded_at(_BAR.sub("-", text) if seen.barred else text, seen.spans)
    if len(text) < _LONG:
        return _folded(text)
    rows = text.split("\n")
    (candidates,) = sieve.lines(rows, _CANDIDATE_LINES)
    for i in candidates:
        rows[i] = _folded(rows[i])
    return "\n".join(rows)


def _folded_at(text: str, spans: Sequence[int]) -> str:
    """Folded at `spans`: where each stretch begins and ends, and the next."""
    if not spans:
        return text
    pieces, at = [], 0
    for begin, end in batched(spans, 2):
        pieces += [text[at:begin], _fold_mixed(text[begin:end])]
        at = end
    return "".join([*pieces, text[at:]])


def folded_look(text: str, seen: Look | None) -> Look | None:
    """What would be told of `text` folded, for whoever looks for packed signs, where that is plain: each stretch
    becomes marks that neither packed bytes nor labels have, so that all else stands beside what it stood beside."""
    if seen is None or seen.barred:
        return None
    kept = [_marks_of(text[begin:end]) for begin, end in batched(seen.spans, 2)]
    return seen.with_marks(reduce(or_, kept, 0)) if all(kept) else None


@lru_cache(1 << 14)
def _marks_of(stretch: str) -> int:
    """The marks that a stretch becomes; 0 where it becomes anything else."""
    made = _fold_mixed(stretch)
    return marks(made) if made and not made.strip(_HARMLESS) else 0


def _folded(text: str) -> str:
    if "ー" in text:
        text = _BAR.sub("-", text)
    return _STRETCHES.sub(_fold_stretch, text)


def _fold_stretch(match: re.Match[str]) -> str:
    return _fold_mixed(match.group())


@lru_cache(1 << 14)
def _fold_mixed(stretch: str) -> str:
    return _CANDIDATES.sub(_fold_match, stretch)


def _fold_match(match: re.Match[str]) -> str:
    return _fold_run(match.group())


@cache
def _fold_run(run: str) -> str:
    first = run[0]
    if run == "ー" or not run.strip(DASHES):
        return "-"
    if re.match(f"[{_INVISIBLE}]", first):
        return ""
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in unicodedata.normalize("NFKC", run)
    ).translate(_MISSING)
