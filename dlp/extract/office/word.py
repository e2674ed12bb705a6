"""Word (docx): the text as it stands, and apart from it what was deleted, boxed, noted or commented."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from dlp.extract.blocks import Block, Extracted, Table, Text
from dlp.extract.budget import Budget
from dlp.extract.office import ooxml
from dlp.extract.office.ooxml import attribute, local
from dlp.extract.plain import nested
from dlp.extract.plain.text import frame_of
from dlp.extract.sniff import DOCX
from dlp.transfer import Part

_MEMBERS = ("word/document", "word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments.xml",
            "word/glossary/document")  # fmt: skip
_WIDEST = 500  # columns of a table


def extract(part: Part, budget: Budget) -> Extracted:
    """Body, tables, headers, footers, notes, comments, text boxes, deletions, properties, embedded files."""
    ooxml.check_members(part.data, budget)
    blocks: list[Block] = []
    with zipfile.ZipFile(BytesIO(part.data)) as archive:
        names = []
        for name, tree in ooxml.stories(archive, _MEMBERS, budget):
            names.append(name)
            if tree is not None:
                blocks += document(tree, ooxml.place_of(name))
        children = tuple(ooxml.rest(archive, part, names, blocks))
    return Extracted(DOCX, blocks, children)


def document(tree: etree._Element, place: str) -> Iterator[Block]:
    """One story of a document: its text, then what is boxed, deleted or said by fields in it."""
    ooxml.drop_fallbacks(tree)
    boxes = [_detached(box) for box in list(tree.iter("{*}txbxContent"))]
    readings = [text for rt in list(tree.iter("{*}rt")) if (text := paragraph_text(_detached(rt)))]
    yield from _flow(tree, place, before=False)
    yield from ooxml.together(
        [_flow(box, f"{place} text box {number}", before=False) for number, box in enumerate(boxes, 1)],
        f"{place} text boxes",
    )
    for root in (tree, *boxes):
        if next(root.iter("{*}delText"), None) is not None:
            yield from _flow(root, f"{place} before changes", before=True)
    if readings:
        yield Text("\n".join(readings) + "\n", f"{place} ruby")
    yield from _fields(tree, place)


def _detached(node: etree._Element) -> etree._Element:
    """`node` taken out of its tree, so that it is read once, in its own place."""
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
    return node


def _fields(tree: etree._Element, place: str) -> Iterator[Text]:
    """What form fields hold in attributes: defaults, choices, alternative texts."""
    words = [attribute(e, "val") for e in tree.iter("{*}default", "{*}listEntry", "{*}helpText", "{*}statusText")]
    words += [attribute(e, "displayText") for e in tree.iter("{*}listItem")]
    words += [attribute(e, "descr") for e in tree.iter("{*}docPr")]
    if text := "\n".join(word for word in words if len(word) > 1):
        yield Text(text + "\n", f"{place} fields")


def paragraph_text(element: etree._Element, *, before: bool = False) -> str:
    """The text of one paragraph, with tabs and breaks: as it stands, or as it was `before` tracked changes."""
    out: list[str] = []
    stack = [element]
    while stack:
        node = stack.pop()
        name = local(node)
        if name in ("ins", "moveTo") and before and node is not element:
            continue
        if name == "t" or (name == "instrText" and not before) or (name in ("delText", "delInstrText") and before):
            out.append(node.text or "")
        elif name == "tab" and ((above := node.getparent()) is None or local(above) != "tabs"):
            out.append("\t")
        elif name in ("br", "cr"):
            out.append("\n")
        elif name in ("noBreakHyphen", "softHyphen"):
            out.append("-" if name == "noBreakHyphen" else "")
        else:
            stack.extend(reversed(node))
    return "".join(out)


def _flow(tree: etree._Element, place: str, *, before: bool) -> list[Block]:
    """Tables as tables; paragraphs outside of them as text, in order. `before`: only what has deletions in it."""
    blocks: list[Block] = []
    lines: list[str] = []
    tables = 0

    def flush() -> None:
        if any(line.strip() for line in lines):
            blocks.append(Text("\n".join(lines) + "\n", place))
        lines.clear()

    stack = [tree]
    while stack:
        node = stack.pop()
        name = local(node)
        if name in ("tbl", "p") and before and next(node.iter("{*}delText"), None) is None:
            continue
        if name == "tbl":
            flush()
            tables += 1
            blocks += _table(node, f"{place} table {tables}", before=before)
        elif name == "p":
            lines.append(paragraph_text(node, before=before))
        else:
            stack.extend(reversed(node))
    flush()
    return blocks


def _table(table: etree._Element, place: str, *, before: bool) -> Iterator[Table]:
    """A table, then those nested in its cells."""
    found = [_row(row, before=before) for row in _within(table, "tr", [])]
    inner = [below for _, held in found for below in held]
    rows = None
    if inner and not any(next(below.iterdescendants("{*}tbl"), None) is not None for below in inner):
        rows = nested.unnested([(cells, [_cells(below, before=before) for below in held]) for cells, held in found])
    yield Table(frame_of(rows or [cells for cells, _ in found]), place)
    if rows:
        return
    for number, below in enumerate(inner, 1):
        yield from _table(below, f"{place}.{number}", before=before)


def _cells(table: etree._Element, *, before: bool) -> list[list[str]]:
    return [_row(row, before=before)[0] for row in _within(table, "tr", [])]


def _row(row: etree._Element, *, before: bool) -> tuple[list[str], list[etree._Element]]:
    """The cells of a row, and the tables in them."""
    cells: list[str] = []
    inner: list[etree._Element] = []
    for skip in row.iter("{*}gridBefore"):
        cells += [""] * _count(attribute(skip, "val"))
    for cell in _within(row, "tc", []):
        paragraphs = [paragraph_text(p, before=before) for p in _within(cell, "p", inner)]
        cells.append("\n".join(p for p in paragraphs if p))
        span = next(cell.iterfind("{*}tcPr/{*}gridSpan"), None)
        cells += [""] * (_count(attribute(span, "val")) - 1 if span is not None else 0)
    return cells[:_WIDEST], inner


def _count(text: str) -> int:
    return min(int(text), _WIDEST) if text.isascii() and text.isdigit() else 0


def _within(top: etree._Element, wanted: str, inner: list[etree._Element]) -> Iterator[etree._Element]:
    """`wanted` elements below `top` in order, through content controls, not into nested tables (kept in `inner`)."""
    stack = list(reversed(top))
    while stack:
        node = stack.pop()
        name = local(node)
        if name == wanted:
            yield node
        elif name == "tbl":
            inner.append(node)
        else:
            stack.extend(reversed(node))
