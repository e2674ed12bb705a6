"""Registers and notices of another maker: everybody who is said something of, and nobody else."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import Case, inspected
from tests.subjects.registers import REGISTERS

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("case", REGISTERS, ids=lambda case: case.id)
def test_registers_hold_everybody_once(case: Case, ruleset: Ruleset) -> None:
    found = inspected(case, ruleset)
    assert (found.subjects, found.inspected) == (case.people, True), found.counts
