"""Visio (vsdx): shapes' texts page by page, and whatever else lies in the package. The older vsd is held."""

from __future__ import annotations

import zipfile
from io import BytesIO

from dlp.extract.blocks import Block, Extracted, Text
from dlp.extract.budget import Budget
from dlp.extract.office import ooxml
from dlp.extract.sniff import VISIO
from dlp.transfer import Part


def extract(part: Part, budget: Budget) -> Extracted:
    """Every shape's text on a line of its own."""
    ooxml.check_members(part.data, budget)
    blocks: list[Block] = []
    with zipfile.ZipFile(BytesIO(part.data)) as archive:
        pages = [name for name in archive.namelist() if name.startswith(("visio/pages/page", "visio/masters/master"))]
        pages = [name for name in pages if name.endswith(".xml") and not name.endswith("s.xml")]
        for name in sorted(pages, key=lambda name: (len(name), name)):
            budget.take_page()
            tree = ooxml.tree_of(archive, name)
            shapes = tree.iter("{*}Text") if tree is not None else ()
            lines = ["".join(map(str, shape.itertext())).strip() for shape in shapes]
            lines += [ooxml.attribute(cell, "V") for cell in (tree.iter("{*}Cell") if tree is not None else ())
                      if ooxml.attribute(cell, "N") in ("Value", "Prompt", "Comment")]  # fmt: skip
            if any(lines):
                blocks.append(Text("\n".join(lines) + "\n", name.rpartition("/")[2].removesuffix(".xml")))
        children = tuple(ooxml.rest(archive, part, pages, blocks))
    return Extracted(VISIO, blocks, children)
