"""What goes on from one page of a PDF to the next: lists typed in columns, and forms that a page break cuts."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from dlp.extract.blocks import Block, Lost, Table, Text
from dlp.extract.pdf.columns import TYPED

#: A line that says which page it is, and nothing else.
_NUMBERED = re.compile(
    r"^[\s\-–—‐−~～/／()（）]*(?:(?:p|page|頁)[.\s]*)?\d{0,4}[\s\-–—‐−~～/／()（）\d]*(?:頁|ページ)?\s*$", re.IGNORECASE
)
_LABEL = re.compile(r"^[\s・●○■◆【\[]*[^\s:：\d、。]{1,12}[】\]]?[:：]")
_FIGURES = re.compile(r"\d+")
_PAIR, _TIMES = 2, 2  # columns of labels and values; how often each label stands on a page, at least
_PLACE = re.compile(r"^pages? (?:\d+-)?(\d+)(.*)$")


def run_on(blocks: Iterable[Block | Lost]) -> list[Block | Lost]:
    """Texts of pages that follow each other, joined unless each page is a paper of its own, as letters are; and labels
    with their values that are printed in two columns."""
    out: list[Block | Lost] = []
    for block in blocks:
        before = out[-1] if out else None
        joined: Block | None = None
        if isinstance(before, Text) and isinstance(block, Text):
            joined = _joined(before, block)
        elif isinstance(before, Table) and isinstance(block, Table):
            joined = _fields(before, block)
        if joined is None:
            out.append(block)
        else:
            out[-1] = joined
    return out


def _together(before: str, after: str) -> str:
    """The place of what stands on two pages of one kind that follow each other; "" for others."""
    first, second = _PLACE.match(before), _PLACE.match(after)
    if not first or not second or int(second[1]) != int(first[1]) + 1 or first[2] != second[2]:
        return ""
    return f"pages {before.split()[1].partition('-')[0]}-{second[1]}{second[2]}"


def _fields(before: Table, after: Table) -> Table | None:
    """Both tables as one, where they are labels and values of record after record, which a page break may cut."""
    if before.frame.width != _PAIR or after.frame.width != _PAIR or before.seams or after.seams:
        return None
    place = _together(before.place, after.place)
    first, second = (map(_bare, table.frame["c0"].to_list()) for table in (before, after))
    labels = list(first)
    known = set(labels)
    if not place or len(labels) < _TIMES * len(known) or not known.issuperset(second):
        return None
    return Table(pl.concat([before.frame, after.frame]), place)


def _bare(cell: str | None) -> str:
    """What the labels of numbered records share: 物件1, 物件2."""
    return _FIGURES.sub("", cell or "")


def _joined(before: Text, after: Text) -> Text | None:
    """Both texts as one; None where each stands for itself."""
    place = _together(before.place, after.place)
    if not place:
        return None
    if place.endswith(TYPED):
        return Text(before.text + after.text, place)
    head, tail = _inner(after.text.split("\n")), _inner(before.text.split("\n")[::-1])[::-1]
    if not head or not tail or _shape(_inner(tail)[0]) == _shape(head[0]):
        return None
    return Text("\n".join([*tail, *head]), place)


def _shape(line: str) -> str:
    """What the first lines of papers of one kind share."""
    line = line.strip()
    if label := _LABEL.match(line):
        return label[0]
    return "様" if line.endswith(("様", "殿")) else re.sub(r"\d", "9", line)[:4]


def _inner(lines: list[str]) -> list[str]:
    """Lines from the first that is neither blank nor a page's number."""
    at = next((i for i, line in enumerate(lines) if line.strip() and not _NUMBERED.match(line)), len(lines))
    return lines[at:]
