"""Accounts in a list without headings, as banks take transfers: bank, branch, kind, number and holder, beside each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from dlp.subjects.books import Books
from dlp.subjects.plan.columns import Column, with_role

_KINDS = frozenset("1249")  # 普通, 当座, 貯蓄, その他
_NEARLY, _MOST = 0.9, 0.5
#: Figures of a bank and of a branch, whose zeros a sheet may have lost, and of an account.
_BANK, _BRANCH, _LONG = (1, 2, 3, 4), (1, 2, 3), 7
_BEFORE = 2  # columns of a branch's code and its name, before the kind of account


def told(columns: Sequence[Column], books: Books) -> list[Column]:
    """The columns with their roles where such an account stands in them, or one of a kind that is spelled out: 普通."""
    made = list(columns)
    for kind, number in pairwise(columns):
        if not (kind.role or number.role or number.label.text) and _is_spelled(kind, books) and _is_number(number):
            made[number.index] = with_role(number, "bank_account")
    for at in range(2, len(made) - 1):
        kind, number, holder = made[at - 1 : at + 2]
        if any(c.role or c.label.text for c in (kind, number, holder)) or not _is_number(number):
            continue
        branch = next((c for c in made[max(0, at - 1 - _BEFORE) : at - 1] if _is_code(c, _BRANCH)), None)
        if branch is None or not _is_kind(kind) or not any(_is_code(c, _BANK) for c in made[: branch.index]):
            continue
        if holder.look.goods > books.weights.goods:
            continue  # 佐藤ボルト, and codes like those of banks
        if holder.look.distinct >= _MOST and (holder.look.shape >= _NEARLY or holder.look.kana >= _MOST):
            made[at] = with_role(number, "bank_account")
            made[at + 1] = with_role(holder, "kana" if holder.look.kana >= _MOST else "name")
            made[: at - 1] = [
                c if c.role or c.label.text or c.look.figures else with_role(c, "bank") for c in made[: at - 1]
            ]
    return made


def _is_spelled(column: Column, books: Books) -> bool:
    return column.look.some and column.look.share(books.account_kinds.__contains__) >= _NEARLY


def _is_kind(column: Column) -> bool:
    return column.look.some and column.look.share(_KINDS.__contains__) >= _NEARLY


def _is_code(column: Column, long: Collection[int]) -> bool:
    return column.look.share(lambda text: text.isdigit() and len(text) in long) >= _NEARLY


def _is_number(column: Column) -> bool:
    seen = column.look
    if not seen.some or seen.distinct < _NEARLY:
        return False
    return seen.share(lambda text: text.isdigit() and len(text) == _LONG) >= _MOST and seen.figures >= _NEARLY
