"""Tables in the cells of a table: where each row holds one of its own (a name, and beside it a small table of address
and telephone), what that says belongs to the row. A page laid out by a table is none of these."""

from __future__ import annotations

from collections.abc import Sequence

_FEWEST = 2  # rows that tell
_LARGEST = 60  # cells of a table in a cell
_NEARLY = 0.8  # share of the rows that hold one

type Grid = Sequence[Sequence[str]]
type Rows = list[list[str]]


def unnested(rows: Sequence[tuple[Sequence[str], Sequence[Grid]]]) -> Rows | None:
    """Rows with the cells of their own tables behind them; None where they hold none, or only some do."""
    held = [[cell for grid in grids for row in grid for cell in row] for _, grids in rows]
    inner, headed = sum(map(bool, held)), bool(held) and not held[0]
    if inner < _FEWEST or inner < _NEARLY * (len(rows) - headed) or max(map(len, held)) > _LARGEST:
        return None
    if not any(any(cells) for cells, _ in rows):
        return None
    width, most = max(len(cells) for cells, _ in rows), max(map(len, held))
    whole = [
        [*cells, *[""] * (width - len(cells)), *more, *[""] * (most - len(more))]
        for (cells, _), more in zip(rows, held, strict=True)
    ]
    return _headed(whole, width, [bool(more) for more in held])


def _headed(rows: Rows, width: int, filled: Sequence[bool]) -> Rows:
    """Cells that say the same in every table are the headings of what stands behind them."""
    told = [row for row, inner in zip(rows, filled, strict=True) if inner]
    same = [at >= width and len({row[at] for row in told}) == 1 and bool(told[0][at]) for at in range(len(told[0]))]
    heads = [at for at, fixed in enumerate(same) if fixed and at + 1 < len(same) and not same[at + 1]]
    if not heads:
        return rows
    kept = [at for at, fixed in enumerate(same) if not fixed]
    above = rows[0] if not filled[0] else [""] * len(rows[0])  # a row without a table of its own is a heading's
    head = [told[0][at - 1] if at - 1 in heads else above[at] for at in kept]
    return [head, *([row[at] for at in kept] for row in rows[not filled[0] :])]
