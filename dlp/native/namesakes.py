"""Namesakes compared by native code. None wherever it was not built."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from dlp.native import series

HARD, STRONG, SOFT, KIND = 1, 2, 4, 8  # as namesakes.c has them


def near(columns: Sequence[pl.Series], roles: Sequence[int], crowd: int) -> tuple[pl.DataFrame, int] | None:
    """Pairs of rows of one name that may be one person (id, id_b, agree), in order; how many rows have a name that
    more than `crowd` have, and were not compared. `columns`: who each row is, and facts of it, of which `roles` are."""
    if not columns[0].len():
        return None
    room, left, said = 4 * columns[0].len(), np.zeros(1, np.int64), bytes(roles)
    for _ in range(2):
        out = np.empty((room, 3), np.int32)
        found = series.over_all("namesakes", columns, said, crowd, room, out, left, dtype=pl.UInt64())
        if found < 0:
            return None
        if found <= room:
            break
        room = found
    pairs = out[:found]
    first = pairs[np.argsort(pairs[:, 0], kind="stable")]
    ids = {"id": first[:, 0].astype(np.uint32), "id_b": first[:, 1].astype(np.uint32), "agree": first[:, 2] > 0}
    return pl.DataFrame(ids), int(left[0])


def at_least(columns: Sequence[pl.Series]) -> int | None:
    """Of each name as many people as it has values of the fact of which it has most, all together."""
    if not columns[0].len():
        return None
    found = series.over_all("at_least", columns, dtype=pl.UInt64())
    return found if found >= 0 else None
