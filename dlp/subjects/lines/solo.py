"""A column of Individual Numbers that stands alone in a text: its heading and, line after line, figures. Nothing parts such
lines into cells, and what a spreadsheet dropped of a number (see `restored`) is put back in columns alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.subjects.lines.lines import Run
from dlp.subjects.plan.header import Reader

_TOP, _LEAST = 10, 3  # lines among which the heading is; lines below it, at least
_CELL = re.compile(r'\s*"?[0-9]{8,12}(?:\.0)?"?\s*')


def column(rows: Sequence[str], used: Sequence[bool], reader: Reader) -> Run | None:
    """The column with its heading, where there is one near the beginning."""
    for i, row in enumerate(rows[:_TOP]):
        if not row or used[i] or i + 1 >= len(rows) or not _CELL.fullmatch(rows[i + 1]):
            continue
        if reader.label(row.strip().strip('"')).role != "individual_number":
            continue
        end = next((j for j in range(i + 1, len(rows)) if used[j] or not _CELL.fullmatch(rows[j])), len(rows))
        if end - i > _LEAST:
            cells: list[list[str | None]] = [[row.strip().strip('"')] for row in rows[i:end]]
            return Run(cells, tuple(range(i, end)))
    return None
