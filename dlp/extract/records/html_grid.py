"""Tables of web pages that are no <table>: rows of as many boxes, one below the other, set side by side by a style."""

from __future__ import annotations

from collections.abc import Iterator
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
        if len(rows) < _FEWEST or rows[0].tag not in _ROWS or len({row.tag for row in rows}) > 1:
            continue
        boxes = [_boxes(row) for row in rows]
        if not boxes[0] or len({len(row) for row in boxes}) > 1 or parent.xpath("ancestor::table|.//table"):
            continue
        cells = [[_text(box) for box in row] for row in boxes]
        if all(len(cell) <= _LONGEST for row in cells for cell in row):
            yield cells, [box for row in boxes for box in row]


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
