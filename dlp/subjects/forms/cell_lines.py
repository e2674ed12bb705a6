"""Tables of which each cell stands on a line of its own, the headings first: what a word processor saves as text.

氏名 / 住所 / 電話番号 / 佐藤花子 / 平塚市浅間町1-1 / 0463-00-0000 / …: how many headings there are tells how many
lines a row has; that columns hold what their headings say tells that it is so. A blank line is an empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from dlp.subjects.plan.header import Reader

_LEAST, _WIDEST, _ROWS = 3, 20, 4  # headings that are known; columns; rows
_LOOK, _MEAN = 60, 30  # lines among which the headings are; letters of a line, on the average
_KNOWN = 0.6  # share of the headings that are known
#: A line that may be a heading, and as many as there must be, without a look at what they say.
_MAY, _SHORT = re.compile(r"[^\d：:、。]{1,20}"), re.compile(r"(?:^|\n)(?:[^\d：:、。\n]{1,24}\n){3}")
HEAD = 1500  # letters in which the headings begin
#: What columns of a role hold, each cell of them that is not blank.
_HOLDS = {
    "phone": re.compile(r"[+\d(（][\d\-‐−ー－() （）]{8,}.*"),
    "birth_date": re.compile(r"(?=.*\d.*\d).*(?:[年/.\-]|\d{6,}).*"),
    "postal_code": re.compile(r"〒?\s*\d{3}[-‐−ー－]?\d{4}"),
    "email": re.compile(r"\S+@\S+"),
    "address": re.compile(r".*\D.*\d.*"),
}

type Rows = list[list[str | None]]


def may_be(head: str, reader: Reader) -> bool:
    """Whether a text that begins so (HEAD letters) may be one."""
    ends = head.count("\n")
    short = ends >= _LEAST and len(head) <= _MEAN * ends and _SHORT.search(head) is not None
    return short and _first(_stripped(head)[:_LOOK], reader) is not None


def rows_of(text: str, reader: Reader) -> tuple[Rows, str] | None:
    """The rows of such a table, its headings first, and what stands before and behind it; None where there is none."""
    if not may_be(text[:HEAD], reader):
        return None
    lines = _stripped(text)
    start = _first(lines[:_LOOK], reader) or 0
    role_of = [_role(line, reader) for line in lines[: start + _WIDEST]]
    for begin in (start, start - 1):
        for width in range(_WIDEST, _LEAST - 1, -1):
            head = role_of[begin : begin + width] if begin >= 0 else []
            if len(head) < width or None in head or sum(map(bool, head)) < max(_LEAST, _KNOWN * width):
                continue
            if (end := _end(lines, begin + width, [role or "" for role in head])) >= begin + (_ROWS + 1) * width:
                cells = [line or None for line in lines[begin:end]]
                rows = [cells[i : i + width] for i in range(0, len(cells), width)]
                return rows, "\n".join((*lines[:begin], "", *lines[end:]))
    return None


def _stripped(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]


def _role(line: str, reader: Reader) -> str | None:
    """What a line is as a heading: its role, "" where it may be an unknown one, None where it is none."""
    return reader.label(line).role if _MAY.fullmatch(line) else None


def _first(lines: Sequence[str], reader: Reader) -> int | None:
    """Where as many known headings begin as make a table, one right below another."""
    begins = range(len(lines) - _LEAST + 1)
    return next((i for i in begins if all(_role(line, reader) for line in lines[i : i + _LEAST])), None)


def _end(lines: Sequence[str], begin: int, roles: Sequence[str]) -> int:
    """Where the rows end whose columns hold what their headings say."""
    told: list[tuple[int, Callable[[str], object]]] = [
        (i, _HOLDS[role].fullmatch) for i, role in enumerate(roles) if role in _HOLDS
    ]
    width, at, end = len(roles), begin, begin
    while told and at < len(lines):
        row = lines[at : at + width]
        cells = [(row[i], holds) for i, holds in told if i < len(row) and row[i]]
        if not all(holds(cell) for cell, holds in cells):
            break
        at += width
        end = at if cells else end  # a row of which nothing is told is one where others follow
    return min(end, len(lines))
