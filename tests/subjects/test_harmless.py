"""Innocent look-alikes stay at nobody."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import Case, inspected
from tests.subjects.harmless import HARMLESS

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("case", HARMLESS, ids=lambda case: case.id)
def test_an_innocent_file_holds_nobody(case: Case, ruleset: Ruleset) -> None:
    found = inspected(case, ruleset)
    assert (found.subjects, found.inspected) == (0, True), found.counts
