"""Tables of web pages that are no <table>: rows of as many boxes, one below the other, set side by side by a style."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from lxml import etree

from dlp.extract.records import html_small

_ROWS, _BOXES = {"div", "li", "section", "article"}, range(2, 31)
_BLOCKS = frozenset(("br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "tr", "ul"))
_FEWEST = 3  # rows
_LONGEST = 200  # letters of a cell


def grids(tree: Any) -> Iterator[tuple[list[list[str]], list[Any]]]:
    """The cells of each, and the elements they stand in."""
    for parent in tree.iter():
        rows = [child for child in parent if isinstance(child.tag, str)] if isinstance(parent.tag, str) else []
        if len(rows) < _FEWEST or not any(row.tag in _ROWS for row in rows):
            continue
        for boxes in _runs(rows):
            cells = [[_text(box) for box in row] for row in boxes]
            if all(len(cell) <= _LONGEST for row in cells for cell in row):
                yield cells, [box for row in boxes for box in row]


def _runs(rows: list[Any]) -> Iterator[list[list[Any]]]:
    """The boxes of rows of one tag and as many boxes, one below the other: of all that stand there, or below a title
    (<h1>) or a note, where all boxes are alike."""
    boxes = [_boxes(row) if row.tag in _ROWS else [] for row in rows]
    for (_, count), run in groupby(zip(rows, boxes, strict=True), key=lambda pair: (pair[0].tag, len(pair[1]))):
        held = list(run)
        if not count or len(held) < _FEWEST or any(row.xpath("ancestor::table|.//table") for row, _ in held):
            continue
        if len(held) == len(rows) or len({(box.tag, box.get("class")) for _, row in held for box in row}) == 1:
            yield [row for _, row in held]


def _text(box: Any) -> str:
    """What a box says; blocks in it stand on lines of their own, what is set smaller apart."""
    said = ""
    small = ""
    walk = etree.iterwalk(box, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        apart = "\n" if said and node.tag in _BLOCKS else ""
        if event in ("comment", "pi"):  # what it says nobody sees; what stands behind it is text
            said += node.tail or ""
        elif event == "start" and html_small.unread(node):
            walk.skip_subtree()
        elif event == "start":
            small = " " if html_small.apart(node, said) else ""
            said += f"{apart or small}{node.text or ''}"
        elif node is not box and node.tail:
            said += f"{apart}{node.tail}"
    return said.strip()


def _boxes(row: Any) -> list[Any]:
    """The boxes of a row that is nothing but boxes."""
    boxes = [child for child in row if isinstance(child.tag, str)]
    loose = (row.text or "").strip() or any((child.tail or "").strip() for child in row)
    return boxes if len(boxes) in _BOXES and not loose else []
