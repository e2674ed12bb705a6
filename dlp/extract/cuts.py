"""Where a text too large to hold may be cut, so that no record of several lines is torn.

Before an empty line, before the label that records begin with, or else so that the lines about the cut stand in both
pieces: who is found twice is one person."""

from __future__ import annotations

import re
from collections import Counter

_NEAR = 1 << 14  # characters before a cut in which the end of a record is looked for
_EMPTY = ("\n\n", "\n\r\n")
#: What a line of a record begins with: its label, or else a mark or a number. Figures of it say nothing.
_LEAD = re.compile(
    r"^[ \t　]*(?:[・*●○◆■-]\s*)?"
    r"(?:(?P<label>[^\s\d:：=,][^\s:：=,。]{0,15})[ 　]*[:：=]|(?P<mark>[■●◆◇□○★☆【〇▼])|[(（]?\d{1,6}[.)）]\s)",
    re.MULTILINE,
)
_LEAST = 3  # records that tell what they begin with
_LINES, _LETTERS = 24, 4096  # that stand in both pieces, at most
_HEADS = 3  # lines without a label before one, at most
_CLOSED = "。．!！?？」"  # what a sentence ends with


def lead(head: str) -> str:
    """What each record of a text begins with, by its beginning; "" if nothing is told."""
    found = [_word(match) for match in _LEAD.finditer(head[:_NEAR])]
    times = Counter(found)
    often = max(times.values(), default=0)
    return next((word for word in found if times[word] >= max(_LEAST, often / 2)), "") if often >= _LEAST else ""


def _word(match: re.Match[str]) -> str:
    return match["label"] or match["mark"] or "0"


def end_of_record(text: str, lead: str) -> tuple[int, int]:
    """Where a piece of a text without quotes ends, and where the next begins: before that, where neither an empty line
    nor the beginning of a record is near."""
    end = text.rfind("\n") + 1
    near = max(0, end - _NEAR)
    cut = max((at + len(mark) for mark in _EMPTY if (at := text.rfind(mark, near, end)) >= 0), default=0)
    if cut:
        return cut, cut
    starts = [match for match in _LEAD.finditer(text, near, end) if _word(match) == lead] if lead else []
    if starts:
        start = starts[-1].start()
        begin = _headed(text, start) if starts[-1]["label"] else start
        return (begin, begin) if begin == start else (end, begin)
    return end, _both(text, end)


def _headed(text: str, start: int) -> int:
    """Where the lines without a label before a record's first label begin: a name may be one, or what ends the record
    before; both pieces have them."""
    begin = start
    for _ in range(_HEADS):
        before = text.rfind("\n", 0, max(0, begin - 1)) + 1
        if not before or not text[before:begin].strip() or _LEAD.match(text, before, begin):
            break
        begin = before
    return begin


def _both(text: str, end: int) -> int:
    """Where lines begin that stand in both pieces: few, and none where a sentence ends."""
    if text[:end].rstrip("\r\n")[-1:] in _CLOSED:
        return end
    begin = end
    for _ in range(_LINES):
        before = text.rfind("\n", 0, max(0, begin - 1)) + 1
        if not before or end - before > _LETTERS:
            break
        begin = before
    return begin
