"""Surname and given name in two columns beside each other, without header words: together they are names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from dlp.subjects.cells.values import Names
from dlp.subjects.plan.columns import NAMES, OWN, SHARED, Column, of_all, with_role

_EITHER_WAY = 1.05  # two surnames (日直 | 夜直) are as likely the other way about


def told(columns: list[Column], beside: Callable[[int, int], list[str]], names: Names) -> list[Column]:
    """Surname and given name in neighbouring columns without header words: together they are names."""
    roles = {c.role for c in columns if not of_all(c)}
    if not roles.isdisjoint((*NAMES, "latin")) or roles.isdisjoint(SHARED | OWN | {"kana"}):
        return columns
    for left, right in pairwise(columns):
        if left.role or right.role or min(left.look.word_shape, right.look.word_shape) < 0.9 or not left.look.some:
            continue
        if right.look.distinct < 0.5 * min(1.0, 20 / right.look.n) or left.label.role or right.label.role:
            continue
        cells = beside(left.index, right.index)
        if cells and _mean(cells, names) >= max(
            names.books.weights.names_paired, _EITHER_WAY * _mean(beside(right.index, left.index), names)
        ):
            columns[left.index] = with_role(left, "surname")
            columns[right.index] = with_role(right, "given")
            _halves_read(columns, right.index + 1)
            break
    return columns


def _mean(cells: Sequence[str], names: Names) -> float:
    return sum(map(names.likelihood, cells)) / max(1, len(cells))


def _halves_read(columns: list[Column], at: int) -> None:
    """The readings of surname and given name, where two columns of kana follow them."""
    pair = columns[at : at + 2]
    if len(pair) == 2 and all(c.role == "kana" and not c.label.role for c in pair):
        columns[at], columns[at + 1] = with_role(pair[0], "surname_kana"), with_role(pair[1], "given_kana")
