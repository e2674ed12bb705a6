"""The promise by format: a list of a hundred people or more is counted within 5 %, whatever it is written in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from dlp.inspection import Inspection
from dlp.tuning.town import Citizen, citizens, csv_text
from tests.extract import makers
from tests.extract.people import inspected
from tests.extract.test_registry import SAMPLES

HUNDRED = list(citizens(100, seed=1009))
#: UTF-16 with and without a mark, in both orders, as programs write it.
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jp", "iso2022_jp")


def labelled(people: Sequence[Citizen]) -> str:
    return "\n".join(f"氏名：{p.name}\n住所：{p.address}\n電話番号：{p.phone}\n" for p in people)


def told(people: Sequence[Citizen]) -> str:
    return "".join(f"{p.name}様（{p.address}、電話{p.phone}）から申請がありました。\n" for p in people)


WRITTEN: dict[str, Callable[[Sequence[Citizen]], str]] = {"table": csv_text, "labels": labelled, "sentences": told}


def near(found: Inspection, truth: int) -> bool:
    return found.inspected and abs(found.subjects - truth) <= 0.05 * truth


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", WRITTEN)
def test_a_hundred_people_in_every_encoding(form: str, encoding: str) -> None:
    found = inspected(WRITTEN[form](HUNDRED).encode(encoding))
    assert near(found, 100), (found.subjects, found.unread)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_list_in_every_format(name: str) -> None:
    found = inspected(SAMPLES[name]())
    assert near(found, 150), (found.subjects, found.unread)
    assert found.lower <= 150 <= found.upper


def test_attachments_are_counted_together_and_the_same_people_once() -> None:
    other = csv_text(HUNDRED).encode("cp932")
    both = makers.zipped("a.eml", makers.eml(body=makers.CSV, attachment=makers.zipped("b.csv", other), name="b.zip"))
    assert near(inspected(both), 250)
    again = makers.eml(body=makers.CSV, attachment=makers.xlsx(), name="a.xlsx", kind="application/octet-stream")
    assert near(inspected(again), 150)


def test_samples_are_three_masked_rows() -> None:
    (sample,) = inspected(csv_text(HUNDRED).encode("cp932")).samples
    assert len(sample.rows) == 3
    values = {value for p in HUNDRED for value in (p.name, p.address, p.phone, p.email)}
    assert values.isdisjoint(cell for row in sample.rows for cell in row)
    assert any("●" in cell for cell in sample.rows[0])
