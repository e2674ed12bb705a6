"""What a sheet of labels costs is told by its rows, not by their square: counted in labels that are looked at."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.subjects.books import Books
from dlp.subjects.forms import form_records
from dlp.subjects.plan.header import Label, Reader
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


def _hashed(pairs: int) -> int:
    """How often labels are looked up while a record of so many pairs is read that names nobody."""
    seen = 0

    class Counted(str):
        __slots__ = ()

        def __hash__(self) -> int:
            nonlocal seen
            seen += 1
            return str.__hash__(self)

    words = [Counted(f"欄{n}") for n in range(pairs)]
    form_records.at_repeats([(Label(word, "phone"), f"0463-22-{n:04}") for n, word in enumerate(words)])
    return seen


def test_a_record_is_read_in_time_that_grows_with_its_pairs() -> None:
    few, many = map(_hashed, (100, 400))
    assert 0 < many <= 5 * few


def test_a_label_that_comes_again_behind_another_name_is_another_persons() -> None:
    name, number, guardian = (
        Label("対象者氏名", "name"),
        Label("個人番号", "individual_number"),
        Label("保護者氏名", "name"),
    )
    pairs = [(name, "霞見 壮太"), (number, "1"), (guardian, "霞見 緋子"), (number, "2")]
    assert form_records.at_repeats(pairs) == [pairs[:2], pairs[2:]]
