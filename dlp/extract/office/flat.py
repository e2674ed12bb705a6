"""Office documents written as one XML file: flat OpenDocument, Word 2003 XML, Excel 2003 XML, flat OPC."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from lxml import etree

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.office import odf, ooxml, word
from dlp.extract.office.ooxml import attribute, local
from dlp.extract.plain.text import frame_of
from dlp.extract.sniff import FLAT
from dlp.transfer import Part

_WIDEST = 500


def extract(part: Part, budget: Budget) -> Extracted:
    """Read by its root element; binary data in it as parts. Raises Incomplete(CORRUPT), (TOO_DEEP)."""
    tree = ooxml.parsed(part.data)
    if tree is None:
        raise Incomplete(Why.CORRUPT)
    budget.take_bytes(len(part.data))
    children = tuple(_binaries(tree, part))
    root = local(tree)
    if root == "Workbook":
        blocks = list(_workbook(tree))
    elif root in ("wordDocument", "package"):
        blocks = list(word.document(tree, "body"))
    else:
        blocks = list(odf.read(tree, "body", ""))
        for meta in tree.iterchildren("{*}meta"):
            blocks += odf.properties(meta)
    return Extracted(FLAT, blocks, children)


def _binaries(tree: etree._Element, part: Part) -> Iterator[Part]:
    for number, node in enumerate(list(tree.iter("{*}binary-data", "{*}binData", "{*}binaryData")), 1):
        try:
            data = base64.b64decode("".join((node.text or "").split()))
        except (binascii.Error, ValueError):
            raise Incomplete(Why.CORRUPT) from None
        node.text = ""
        if data:
            yield Part(path=(*part.path, f"object {number}"), data=data)


def _workbook(tree: etree._Element) -> Iterator[Block]:
    for number, sheet in enumerate(tree.iter("{*}Worksheet"), 1):
        rows = [_row(row) for row in sheet.iter("{*}Row")]
        if any(rows):
            yield Table(frame_of(rows), f"sheet {number}")
    apart = [*tree.iter("{*}DocumentProperties"), *tree.iter("{*}Comment"), *tree.iter("{*}PageSetup")]
    lines = [ooxml.words_of(node) for node in apart]
    lines += [str(v) for node in tree.iter("{*}Header", "{*}Footer", "{*}NamedRange") for v in node.attrib.values()]
    if text := "\n\n".join(line for line in lines if line):
        yield Text(text + "\n", "beside the cells")


def _row(row: etree._Element) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren("{*}Cell"):
        index = attribute(cell, "Index")
        if index.isdigit():
            cells += [""] * (min(int(index), _WIDEST) - 1 - len(cells))
        data = next(cell.iterchildren("{*}Data"), None)
        cells.append("".join(map(str, data.itertext())) if data is not None else "")
    return cells[:_WIDEST]
