"""Text that goes on from one page of a PDF to the next: lists typed in columns, and forms that a page break cuts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dlp.extract.blocks import Block, Lost, Text
from dlp.extract.pdf.columns import TYPED

#: A line that says which page it is, and nothing else.
_NUMBERED = re.compile(
    r"^[\s\-–—‐−~～/／()（）]*(?:(?:p|page|頁)[.\s]*)?\d{0,4}[\s\-–—‐−~～/／()（）\d]*(?:頁|ページ)?\s*$", re.IGNORECASE
)
_LABEL = re.compile(r"^[\s・●○■◆【\[]*[^\s:：\d、。]{1,12}[】\]]?[:：]")
_PLACE = re.compile(r"^pages? (?:\d+-)?(\d+)(.*)$")


def run_on(blocks: Iterable[Block | Lost]) -> list[Block | Lost]:
    """Texts of pages that follow each other, joined unless each page is a paper of its own, as letters are."""
    out: list[Block | Lost] = []
    for block in blocks:
        before = out[-1] if out else None
        joined = _joined(before, block) if isinstance(before, Text) and isinstance(block, Text) else None
        if joined is None:
            out.append(block)
        else:
            out[-1] = joined
    return out


def _joined(before: Text, after: Text) -> Text | None:
    """Both texts as one; None where each stands for itself."""
    first, second = _PLACE.match(before.place), _PLACE.match(after.place)
    if not first or not second or int(second[1]) != int(first[1]) + 1 or first[2] != second[2]:
        return None
    place = f"pages {before.place.split()[1].partition('-')[0]}-{second[1]}{second[2]}"
    if second[2].endswith(TYPED):
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
