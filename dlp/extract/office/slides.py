"""PowerPoint (pptx): slides, their tables and diagrams, notes, comments, masters, embedded files."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from dlp.extract.blocks import Block, Extracted, Table, Text
from dlp.extract.budget import Budget
from dlp.extract.office import ooxml
from dlp.extract.office.ooxml import attribute, local
from dlp.extract.office.word import paragraph_text
from dlp.extract.plain import scattered
from dlp.extract.plain.scattered import Word
from dlp.extract.plain.text import frame_of
from dlp.extract.sniff import PPTX
from dlp.transfer import Part

_BOXES = "boxes"  # the place of what boxes in rows say
_PLACE = re.compile(r"-?\d{1,15}")
_MEMBERS = ("ppt/slides/slide", "ppt/notesSlides/", "ppt/comments/", "ppt/slideMasters/slide", "ppt/notesMasters/",
            "ppt/handoutMasters/", "ppt/diagrams/data", "ppt/presentation.xml")  # fmt: skip


def extract(part: Part, budget: Budget) -> Extracted:
    """Everything a presentation says."""
    ooxml.check_members(part.data, budget)
    blocks: list[Block] = []
    with zipfile.ZipFile(BytesIO(part.data)) as archive:
        names = []
        for name, tree in ooxml.stories(archive, _MEMBERS, budget):
            names.append(name)
            if tree is not None:
                before = any(isinstance(block, Table) and block.place.endswith(_BOXES) for block in blocks)
                blocks += _slide(tree, ooxml.place_of(name), 1 if before else scattered.ROWS)
        drawings = [n for n in archive.namelist() if n.startswith("ppt/diagrams/")]  # the data says the same
        children = tuple(ooxml.rest(archive, part, [*names, *drawings], blocks))
    return Extracted(PPTX, blocks, children)


def _slide(tree: etree._Element, place: str, fewest: int) -> Iterator[Block]:
    """What a slide says; `fewest`: rows of boxes that are a table, fewer where slides before hold such."""
    ooxml.drop_fallbacks(tree)
    tables = list(tree.iter("{*}tbl"))
    for number, table in enumerate(tables, 1):
        rows = [[_cell(cell) for cell in row.iterchildren("{*}tc")] for row in table.iterchildren("{*}tr")]
        yield Table(frame_of(rows), f"{place} table {number}")
        parent = table.getparent()
        if parent is not None:
            parent.remove(table)
    placed = [(shape, word) for shape in tree.iter("{*}sp") if (word := _word(shape))]
    if boxes := scattered.table([word for _, word in placed], fewest):
        yield Table(frame_of(boxes), f"{place} {_BOXES}")
        for shape, _ in placed:
            if (parent := shape.getparent()) is not None:
                parent.remove(shape)
    lines: list[str] = []
    for node in tree.iter():
        name = local(node)
        if name == "p":
            lines.append(paragraph_text(node))
        elif name == "text" and not len(node):  # a comment of older files
            lines.append(node.text or "")
        elif name == "txBody":
            lines.append("")
        elif name == "cNvPr" and (words := attribute(node, "descr")):
            lines.append(words)
    if any(line.strip() for line in lines):
        yield Text("\n".join(lines) + "\n", place)


def _word(shape: etree._Element) -> Word | None:
    """What a box says in one line, and where it stands; None of any other."""
    said = [text for p in shape.iter("{*}p") if (text := paragraph_text(p).strip())]
    at = next(shape.iter("{*}off"), None)
    if len(said) != 1 or "\n" in said[0] or at is None:
        return None
    x, y = attribute(at, "x"), attribute(at, "y")
    return Word(float(x), float(y), said[0]) if _PLACE.fullmatch(x) and _PLACE.fullmatch(y) else None


def _cell(cell: etree._Element) -> str:
    return "\n".join(text for p in cell.iter("{*}p") if (text := paragraph_text(p)))
