"""Rows of boxes below a title of their page, and fields that stand right behind a heading in bold."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected

_PEOPLE = [("鏑木 奏汰", "38", "0467-21-1009"), ("小此木 心結", "72", "0467-22-1046"), ("比企 琉生", "33", "0467-23-7520"), ("相楽 芽依", "6", "0467-24-9234")]  # fmt: skip


def _boxes(row: tuple[str, ...]) -> str:
    return "<div class=row>" + "".join(f"<div class=cell>{cell}</div>" for cell in row) + "</div>\n"


def _card(row: tuple[str, ...]) -> str:
    name, age, phone = row
    fields = zip(("氏名（姓）", "氏名（名）", "歳", "Tel"), (*name.split(), age, phone), strict=True)
    return "<div class=card>" + "".join(f"<p><b>{k}</b> {v}</p>" for k, v in fields) + "</div>"


@pytest.mark.parametrize("before", ["", "<h1>名簿</h1>", "<h2>名簿</h2><p>取扱注意</p>"])
def test_rows_of_boxes(before: str) -> None:
    rows = "".join(map(_boxes, [("お名前", "歳", "Tel"), *_PEOPLE]))
    found = inspected(f"<html><body>{before}{rows}<p>以上</p></body></html>".encode(), "a.html")
    assert (found.subjects, found.counts["phone"]) == (4, 4)


def test_cards_of_bold_headings() -> None:
    found = inspected(f"<html><body><h1>名簿</h1>{''.join(map(_card, _PEOPLE))}</body></html>".encode(), "a.html")
    assert (found.subjects, found.counts["phone"]) == (4, 4)


def test_boxes_of_places_are_nobody() -> None:
    rows = [
        ("施設名", "所在地", "電話番号"),
        *((f"{a}公民館", f"汐見町{i}", f"0467-2{i}-1009") for i, a in enumerate("北南東西")),
    ]
    assert (
        inspected(f"<html><body><h1>施設</h1>{''.join(map(_boxes, rows))}</body></html>".encode(), "a.html").subjects
        == 0
    )
