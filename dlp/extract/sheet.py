"""Spreadsheets by python-calamine: every sheet, hidden ones too, as a table of text."""

from __future__ import annotations

import datetime as dt
import zipfile
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.ooxml import check_members, embedded, texts_of
from dlp.extract.sniff import XLSX
from dlp.extract.text import frame_of
from dlp.transfer import Part

#: Where a workbook keeps text that is in no cell.
_BESIDE = ("xl/comments", "xl/threadedComments", "xl/drawings/drawing", "xl/persons")


def extract(part: Part, budget: Budget) -> Extracted:
    """Tables of all sheets; comments and text boxes as text; embedded files as children."""
    check_members(part.data, budget)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(part.data))
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=True) for name in workbook.sheet_names]
    except (CalamineError, ValueError, OSError):
        return Extracted(XLSX, unread=(Why.CORRUPT,))
    blocks: list[Block] = []
    for number, rows in enumerate(sheets, 1):
        budget.take_page()
        if rows:
            blocks.append(Table(frame_of([[_cell(cell) for cell in row] for row in rows]), f"sheet {number}"))
    with zipfile.ZipFile(BytesIO(part.data)) as archive:
        beside = [name for name in archive.namelist() if name.startswith(_BESIDE) and name.endswith(".xml")]
        blocks += [Text(text, "beside the cells") for text in texts_of(archive, beside)]
        children = tuple(embedded(archive, part))
    return Extracted(XLSX, blocks, children)


def _cell(value: Any) -> str:
    """A cell as a person reads it: no ".0" after whole numbers, no exponent, ISO dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)
