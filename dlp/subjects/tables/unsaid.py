"""Rows that name somebody and say nothing of him, told by what their header says is in each cell they have."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from dlp.subjects.cells.looks import Look
from dlp.subjects.cells.shapes import EMPTY, LETTERS, OTHER, POSTAL, Shapes
from dlp.subjects.cells.values import Names
from dlp.subjects.plan.columns import NAMES, READINGS
from dlp.subjects.plan.header import Header

#: Under a heading for names, postal codes, numbers in the list and notes: how a cell is written that says no more.
_WRITTEN = {**dict.fromkeys((*NAMES, *READINGS, "latin", "note"), LETTERS), "postal_code": POSTAL, "id": OTHER}
_NUMBER = re.compile(r"[0-9-]{1,9}")  # fewer figures than a telephone has
_LABELLED = ":：="  # a note with its own heading


def nobody(cells: Callable[[int], Sequence[str | None]], found: Shapes, header: Header, names: Names) -> bool:
    """Whether no plan under `header` finds anybody in some rows: what cannot be said of a person in any of them stays
    unsaid in each part of them. `cells`: those of a column; `found`: what they are written like."""
    for at in range(found.shape[1]):
        written = set(np.unique(found[:, at]).tolist()) - {EMPTY}
        role = header.labels[at].role if at < len(header.labels) else ""
        if written and written != {_WRITTEN.get(role)}:
            return False
        if written and role in ("note", "id") and _may_tell({cell for cell in cells(at) if cell}, role, names):
            return False
    return True


def _may_tell(cells: set[str], role: str, names: Names) -> bool:
    """Whether notes tell of an illness or bear a heading of their own; whether numbers are more than a few figures."""
    if role == "id":
        return not all(map(_NUMBER.fullmatch, cells))
    return any(sign in cell for cell in cells for sign in _LABELLED) or Look(sorted(cells), names).care > 0
