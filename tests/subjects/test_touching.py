"""Columns that touch or go on without their heading, and who works in a section: as prints and staff lists have them."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(60)

_SECTIONS = ("水道業務課", "議事課", "農業委員会事務局", "商工課")


def _html(*tables: list[tuple[object, ...]]) -> str:
    made = (
        "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
        for rows in tables
    )
    return "<html><meta charset=utf-8><body>" + "<p>次頁</p>".join(made) + "</body></html>"


def _firms(first: int, last: int) -> list[tuple[object, ...]]:
    return [(p.i, f"{p.surname}設備工業", p.name, f"平塚市{p.short}", f"0463-53-{6000 + p.i}") for p in C[first:last]]


CASES = [
    Case(
        "cars-booked-by-section",
        0,
        "日付,車番,使用者,課,行先,電話\n"
        + "".join(
            f"11/{p.i % 28 + 1},平塚500あ12-34,{p.name},{_SECTIONS[p.i % 4]},市民体育館,0463-64-{2000 + p.i}\n"
            for p in C[:20]
        ),
        "a.csv",
    ),
    Case(
        "section-that-deals-with-them",
        20,
        "受付日,相談者,内容,担当課,電話\n"
        + "".join(
            f"11/{p.i % 28 + 1},{p.name},騒音について,{_SECTIONS[p.i % 4]},0463-64-{2000 + p.i}\n" for p in C[:20]
        ),
        "a.csv",
    ),
    Case(
        "section-and-their-own-telephones",
        20,
        "氏名,課,自宅電話\n" + "".join(f"{p.name},{_SECTIONS[p.i % 4]},0463-64-{2000 + p.i}\n" for p in C[:20]),
        "a.csv",
    ),
    Case(
        "firms-that-go-on-in-other-columns",
        0,
        _html(
            [("指定番号", "商号", "代表者", "所在地", "電話番号"), *_firms(0, 10)],
            [(*row[:4], "地内", row[4]) for row in _firms(10, 20)],
        ),
        "a.html",
    ),
    Case(
        "birth-that-touches-the-name",
        20,
        "消防団員名簿\n分団,階級,氏名生年月日,電話番号\n"
        + "".join(f"第{p.i % 8 + 1}分団,団員,{p.name}{' ' * (p.i % 2)}S{40 + p.i}.5.9,{p.mobile}\n" for p in C[:20]),
        "a.csv",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_touches_is_told_apart(case: Case, ruleset: Ruleset) -> None:
    found = inspected(case, ruleset)
    assert (found.subjects, found.inspected) == (case.people, True), found.counts
