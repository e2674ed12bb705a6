"""Every identifier and attribute alone with a name: it makes a person and is named by its category; the others do not."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.categorised import BARE, CATEGORISED, Kind
from tests.subjects.clerks import Case, inspected

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize(("kind", "case"), CATEGORISED, ids=lambda value: getattr(value, "id", ""))
def test_an_attribute_makes_a_person(kind: Kind, case: Case, ruleset: Ruleset) -> None:
    found = inspected(case, ruleset)
    assert found.subjects == case.people, found.counts
    if case.people:
        assert found.counts.get(kind.category) == case.people, found.counts


@pytest.mark.parametrize("case", BARE, ids=lambda case: case.id)
def test_numbers_and_names_alone(case: Case, ruleset: Ruleset) -> None:
    assert inspected(case, ruleset).subjects == case.people
