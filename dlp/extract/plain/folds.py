"""Something packed that was folded to lines of few signs, or with other signs about each line: indented, quoted, as the
strings of a program's list, behind numbers of lines.

Of each line the longest run of signs counts; lines below each other whose runs are of one length are one stretch, and
what it says is told by all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dlp.native import scan
from dlp.native.look import Look

NARROW, _WIDE = 4, 40  # signs of a piece; from the latter lines of nothing else below each other are a run
LEAST = 32  # signs of a stretch
_RUN = re.compile(r"[A-Za-z0-9+/_-]+")
_MORE = re.compile(r"[A-Za-z0-9+/_-]*=*")
LETTER = re.compile("[A-Za-z]")


class Fold(NamedTuple):
    """Pieces of one length that stand below each other."""

    begin: int  # in bytes, of its first line
    end: int
    pieces: list[str]  # each with the padding behind it
    more: str  # what stands on the next line where the others begin: the last, shorter piece, or something else
    after: int  # where that line ends


def folds(raw: bytes, seen: Look | None = None) -> Iterator[Fold]:
    """The stretches of a text in UTF-8. `seen`: what `normalize.told` said of it."""
    if seen is not None and seen.folded < LEAST:
        return
    places = scan.folds(raw)
    for begin, end in _by_python(raw) if places is None else places:
        yield _fold(raw, begin, end)


def _fold(raw: bytes, begin: int, end: int) -> Fold:
    pieces: list[str] = []
    place = 0
    for line in raw[begin:end].split(b"\n"):
        text = line.decode("latin-1")
        if run := longest(text):
            place = run.start()
            pads = len(text) - run.end() - len(text[run.end() :].lstrip("="))
            pieces.append(text[place : run.end() + pads])
    after = raw.find(b"\n", end + 1)
    after = len(raw) if after < 0 else after
    last = raw[end + 1 : after].decode("latin-1")
    more = _MORE.match(last, place)
    return Fold(begin, end, pieces, more.group() if more and len(more.group()) <= len(pieces[0]) else "", after)


def longest(line: str) -> re.Match[str] | None:
    """The longest run of signs of a line, the first of them."""
    return max(_RUN.finditer(line), key=lambda run: run.end() - run.start(), default=None)


def _by_python(raw: bytes) -> Iterator[tuple[int, int]]:
    """The stretches as `folds.c` finds them."""
    at = begin = end = width = signs = lines = 0
    gap = loose = False
    for line in (*raw.split(b"\n"), None):
        run = longest((line or b"").decode("latin-1"))
        found = run.end() - run.start() if run else 0
        if line is None or (found and found != width):
            if lines > 1 and signs >= LEAST and loose:
                yield begin, end
            begin, width, signs, lines = at, found if found >= NARROW else -1, 0, 0
            gap = loose = False
        if run and line is not None and found == width:
            signs += found if LETTER.search(run.group()) else 0
            lines += 1
            loose |= gap or found < _WIDE or found != len(line) - line.endswith(b"\r")
            end = at + len(line)
        gap = not found
        at += len(line or b"") + 1
