"""People in sentences, letters, mails, forms, cards and records; who is the same person."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected
from tests.subjects.desks import DESKS, MORE_NOTES, NOTES
from tests.subjects.told import TOLD

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("case", [*TOLD, *DESKS, *NOTES, *MORE_NOTES], ids=lambda case: case.id)
def test_people_are_counted_wherever_they_are_told_of(case: Case, ruleset: Ruleset) -> None:
    found = inspected(case, ruleset)
    assert (found.subjects, found.inspected) == (case.people, True), found.counts
    assert found.lower <= found.subjects <= found.upper


def test_an_example_hides_one_placeholder_and_no_citizen(ruleset: Ruleset) -> None:
    form = "（記入例）\n氏名：{}\n住所：{}\n電話番号：{}\n"
    p = C[5]
    assert inspected(Case("real", 1, form.format(p.name, p.short, p.phone)), ruleset).subjects == 1
    two = "".join(form.format(f"{q.surname} 太郎", q.short, q.phone) for q in C[5:7])
    assert inspected(Case("two", 2, two), ruleset).subjects == 2
