"""Rows of names of which their header says that nothing more is told: they get no plan of their own."""

from __future__ import annotations

import pytest

from dlp.subjects.cells import shapes
from dlp.subjects.cells.values import Names
from dlp.subjects.plan.header import Header, Label
from dlp.subjects.tables import unsaid
from dlp.tuning.town import citizens
from tests.test_inspection_budget import inspect_bytes

_ROLES = ("id", "name", "kana", "postal_code", "phone", "note", "")
_HEADER = Header(0, tuple(Label(role, role) for role in _ROLES), 6)
_PLAIN = ["12", "霞見　壮太", "カスミ　ソウタ", "254-0041", None, "確認済", None]


def _nobody(ruleset, *rows):
    return unsaid.nobody(lambda at: [row[at] for row in rows], shapes.of_rows(rows), _HEADER, Names(ruleset))


def test_a_name_with_a_postal_code_is_nobody(ruleset):
    assert _nobody(ruleset, _PLAIN, [None, "碧江　楓子", None, "254-0042", None, None, None])


@pytest.mark.parametrize(
    ("at", "cell"),
    [
        (0, "123456789012"), (0, "0463221111"), (0, "No. 12, 0463-22-1111"), (0, "第一"), (1, "霞見　壮太（47）"),
        (3, "葭江1-2-3"), (4, "0463-22-1111"), (4, "自宅"), (5, "電話は0463-22-1111"), (5, "療育手帳"), (5, "性別：男"),
        (5, "sex=M"), (6, "平塚市"), (5, "男"),
    ],
)  # fmt: skip
def test_what_may_be_said_of_him_anywhere_is_looked_at(ruleset, at, cell):
    row = list(_PLAIN)
    row[at] = cell
    assert not _nobody(ruleset, _PLAIN, row)


def _list(note, bare):
    people = list(citizens(400, seed=3))
    lines = ["番号,氏名,フリガナ,郵便番号,住所,電話番号,備考"]
    for n, one in enumerate(people):
        told = f"{one.address},{one.phone},済" if n % bare else f",,{note}"
        lines.append(f"{n},{one.name},{one.kana},{one.postal},{told}")
    return "\r\n".join(lines).encode(), len({(one.name, one.address) for n, one in enumerate(people) if n % bare})


@pytest.mark.parametrize("bare", [7, 40])
def test_names_alone_are_not_counted_among_a_list(bare):
    data, truth = _list("", bare)
    assert inspect_bytes(data).subjects == truth


def test_those_of_whom_only_a_note_tells_are_counted_among_a_list():
    data, truth = _list("療育手帳", 40)
    assert inspect_bytes(data).subjects == truth + 10
