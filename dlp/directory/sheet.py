"""CSV that a spreadsheet opens without harm: UTF-8 with a mark, and no cell that it would take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

#: A cell beginning so is taken for a formula or command; Excel reads the full-width ones in the same way.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(cell: object) -> str:
    """`cell` as text that no spreadsheet computes: an apostrophe before what looks like a formula."""
    text = "" if cell is None else str(cell)
    begins = text.lstrip(" \u3000").startswith(_FORMULA) or text.startswith(_FORMULA)
    return f"'{text}" if begins else text


def to_csv(header: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    """A CSV file: UTF-8 with a byte order mark, so that Excel reads Japanese, and CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")
