"""Spreadsheets by python-calamine (xlsx, xlsm, xlsb, xls, ods): every sheet, hidden ones too, as a table of text."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from dlp import native
from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Cells, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.office import ooxml, sheet_beside, sheet_binary
from dlp.extract.sniff import XLSX
from dlp.native import cells
from dlp.transfer import Part

_LINES = 2_000  # of a sheet of one column that is read as text too
_CUT = "\x1f"
_CELLS = 50_000_000  # of one sheet, as a rectangle


def extract(part: Part, budget: Budget) -> Extracted:
    """Tables of all sheets; what is in no cell as text; embedded files as children."""
    ooxml.check_members(part.data, budget)
    with zipfile.ZipFile(BytesIO(part.data)) as archive:
        sheets = tables(part.data, budget, sheet_binary.told(archive))
        blocks: list[Block] = [*sheets, *lines_of(sheets)]
        children = sheet_beside.read(archive, part, blocks)
    return Extracted(XLSX, blocks, children)


def tables(data: bytes, budget: Budget, told: Sequence[Cells] = ()) -> list[Table]:
    """Every sheet that holds something. `told`: cells of each sheet that calamine does not read, or reads wrongly.

    Raises Incomplete: corrupt, encrypted, too large.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        found = []
        for number, name in enumerate(workbook.sheet_names, 1):
            budget.take_page()
            known = told[number - 1] if number <= len(told) else {}
            table = _table(workbook.get_sheet_by_name(name), number, budget, known)
            if table is not None:
                found.append(table)
    except (CalamineError, ValueError, OSError) as error:
        raise Incomplete(Why.ENCRYPTED if "password" in str(error).lower() else Why.CORRUPT) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # calamine's Rust gave up; it derives from BaseException
            raise Incomplete(Why.CORRUPT) from None
        raise
    return found


def _table(sheet: Any, number: int, budget: Budget, told: Cells) -> Table | None:
    if sheet.width * sheet.height > _CELLS:
        raise Incomplete(Why.TOO_LARGE)
    budget.take_bytes(sheet.width * sheet.height)
    rows = sheet.to_python(skip_empty_area=True)
    if told:
        rows = _completed(rows, sheet.start or (0, 0), told, budget)
    if not rows:
        return None
    if (frame := _written(rows)) is not None:
        return Table(frame, f"sheet {number}")
    schema = {f"c{i}": pl.String for i in range(len(rows[0]))}
    try:  # most lists are nothing but text
        frame = pl.DataFrame(rows, schema=schema, orient="row", strict=True)
    except (TypeError, pl.exceptions.PolarsError):
        columns = zip(schema, zip(*rows, strict=True), strict=True)
        frame = pl.DataFrame({name: _column(cells) for name, cells in columns}, schema=schema)
    return Table(frame.with_columns(pl.when(pl.all() != "").then(pl.all())), f"sheet {number}")


def _written(rows: list[list[Any]]) -> pl.DataFrame | None:
    """Rows of nothing but text, written down as one and cut by native code, which takes half as long; None where they
    hold anything else, or a sign that it is cut at, and without native code."""
    width = len(rows[0])
    if native.library is None or width < 2:
        return None
    try:
        text = "\n".join(map(_CUT.join, rows))
    except TypeError:
        return None
    if "\r" in text or text.count("\n") != len(rows) - 1 or text.count(_CUT) != len(rows) * (width - 1):
        return None
    return cells.frame(text.encode("utf-8", "replace"), _CUT, width, quotes=True)


def sparse(found: Sequence[Cells], budget: Budget) -> list[Table]:
    """Sheets by their cells alone: rows and columns that hold nothing are left out."""
    made = []
    for number, told in enumerate(found, 1):
        budget.take_page()
        columns = {column: f"c{i}" for i, column in enumerate(sorted({c for _, c in told}))}
        rows: dict[int, dict[str, str]] = {}
        for (row, column), text in told.items():
            rows.setdefault(row, {})[columns[column]] = text
        budget.take_bytes(len(rows) * len(columns))
        if len(rows) * len(columns) > _CELLS:
            raise Incomplete(Why.TOO_LARGE)
        if rows:
            frame = pl.DataFrame([rows[row] for row in sorted(rows)], schema=dict.fromkeys(columns.values(), pl.String))
            made.append(Table(frame.with_columns(pl.when(pl.all() != "").then(pl.all())), f"sheet {number}"))
    return made


def _completed(rows: list[list[Any]], start: tuple[int, int], told: Cells, budget: Budget) -> list[list[Any]]:
    """Rows with the told cells in their places; they may lie beyond what calamine saw."""
    top, left = min(start[0], *(r for r, _ in told)), min(start[1], *(c for _, c in told))
    height = max(start[0] + len(rows), *(r + 1 for r, _ in told)) - top
    width = max(start[1] + len(rows[0] if rows else ()), *(c + 1 for _, c in told)) - left
    if height * width > _CELLS:
        raise Incomplete(Why.TOO_LARGE)
    budget.take_bytes(height * width)
    whole: list[list[Any]] = [[""] * width for _ in range(height)]
    for number, row in enumerate(rows, start[0] - top):
        whole[number][start[1] - left : start[1] - left + len(row)] = row
    for (row_at, column), text in told.items():
        whole[row_at - top][column - left] = text
    return whole


def lines_of(found: Sequence[Table]) -> Iterator[Text]:
    """Sheets of one column once more as text: whole lines are written there, "氏名：… 電話：…"."""
    for table in found:
        if table.frame.width == 1 and table.frame.height <= _LINES:
            cells = table.frame["c0"].drop_nulls().to_list()
            yield Text("\n".join(cells) + "\n", f"{table.place} lines")


def _column(cells: tuple[Any, ...]) -> pl.Series:
    """Cells of one column as text."""
    if set(map(type, cells)) != {str}:
        cells = tuple([cell if type(cell) is str else _cell(cell) for cell in cells])
    return pl.Series(cells, dtype=pl.String)


def _cell(value: Any) -> str:
    """A cell as a person reads it: no ".0" after whole numbers, no exponent, ISO dates."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)
