"""What a sheet of labels costs is told by its rows, not by their square: counted in labels that are looked at."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.subjects.books import Books
from dlp.subjects.plan.header import Reader
from dlp.subjects.tables import sheet_forms


def _looked_at(rows: int, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many pairs of a sheet of so many rows are handed on to be looked through, row by row."""
    seen = 0
    inner = sheet_forms._heads_lots

    def counted(said, row, reader):  # type: ignore[no-untyped-def]
        nonlocal seen
        seen += len(said)
        return inner(said, row, reader)

    with monkeypatch.context() as patch:
        patch.setattr(sheet_forms, "_heads_lots", counted)
        sheet_forms.sheet_records([("氏名", f"佐藤{n}", "電話", f"0463-22-{n:04}") for n in range(rows)], reader)
    return seen


def test_a_sheet_of_labels_is_read_in_time_that_grows_with_its_rows(
    ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(ruleset.headers, Books(ruleset))
    few, many = (_looked_at(rows, reader, monkeypatch) for rows in (100, 400))
    assert 0 < many <= 5 * few
