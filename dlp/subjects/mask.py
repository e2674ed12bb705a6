"""Masks: enough to recognise a list one knows, not enough to learn it. At most the first third is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dlp.detect.variants import folded
from dlp.subjects.cells.keys import repeated

_KEPT = frozenset("-@./ 　()（）:：,、")


@dataclass(frozen=True, slots=True)
class Rows:
    """Up to three masked rows of one table or form. `header` holds category words, not the file's own."""

    part: tuple[str, ...]
    place: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def mask(value: str, shown: int | None = None) -> str:
    """ "佐藤花子" -> "佐●●●", "0463-12-3456" -> "0463-**-****": the first third at most; never the value itself."""
    text = value.strip()
    if not text:
        return ""
    keep = min(len(text) // 3, 4 if shown is None else shown)
    sign = "*" if text.isascii() else "●"
    rest = "".join([c if c in _KEPT else sign for c in text[keep:]])
    masked = text[:keep] + rest
    return masked if masked != text else sign * len(text)


def mask_row(cells: Sequence[str | None]) -> tuple[str, ...]:
    """Masked cells, 24 characters at most."""
    return tuple(mask((cell or "")[:24]) for cell in cells)


_LONGEST = 12  # letters of a name


def mask_known(text: str, among: Callable[[frozenset[str]], frozenset[str]]) -> str:
    """`text` with every name masked that is known (without spaces, variants in one form), however it stands here.
    `among`: those of some words that are known names."""
    places = [at for at, letter in enumerate(text) if not letter.isspace()]
    bare = repeated(folded("".join(text[place] for place in places)))
    out, at = list(text), 0
    known = among(
        frozenset(bare[at : at + size] for size in range(2, _LONGEST + 1) for at in range(len(bare) - size + 1))
    )
    while known and at < len(bare):
        lengths = range(min(_LONGEST, len(bare) - at), 1, -1)
        length = next((length for length in lengths if bare[at : at + length] in known), 0)
        if length:
            start, end = places[at], places[at + length - 1] + 1
            out[start:end] = mask(text[start:end], 1)
        at += length or 1
    return "".join(out)


_FIGURES = re.compile(r"\+?\d[\d() -]{5,}\d")
# Of any length from a word's beginning alone: from each of its letters a long one takes the square of its length.
_MAIL = re.compile(r"(?:(?<![\w.+%-])[\w.+%-]+|[\w.+%-]{1,64})@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def mask_figures(text: str) -> str:
    """Telephones, long numbers and mail addresses in a line masked."""
    return _FIGURES.sub(lambda m: mask(m.group()), _MAIL.sub(lambda m: mask(m.group()), text))
