"""Tables of which each cell stands on a line of its own, as word processors save and mails paste them."""

from __future__ import annotations

import pytest

from tests.extract import makers
from tests.extract.people import count

PEOPLE = makers.PEOPLE[:30]


def _rows(*, blank: bool) -> list[list[str]]:
    return [
        [
            str(i),
            p.name,
            "女" if i % 2 else "男",
            f"{p.birth:%Y/%m/%d}",
            "" if blank and i % 4 == 0 else p.phone,
            p.address,
        ]
        for i, p in enumerate(PEOPLE, 1)
    ]


HEAD = ["No", "氏名", "性別", "生年月日", "電話番号", "住所"]


@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize("around", ["", "報告書\n下記のとおり提出します。\n"])
def test_a_line_a_cell(around: str, *, blank: bool) -> None:
    lines = [cell for row in (HEAD, *_rows(blank=blank)) for cell in row]
    said = around + "\n".join(lines) + "\n" + around
    assert count(said.encode()) == (30, [])


def test_surname_and_given_name_in_lines_of_their_own() -> None:
    lines = [cell for p in PEOPLE for cell in (p.surname, p.given, f"{p.birth:%Y%m%d}")]
    assert count("\n".join(["姓", "名", "生年月日", *lines]).encode())[0] == 30


def test_offices_and_figures_a_line_a_cell_are_nobody() -> None:
    rooms = [cell for i in range(20) for cell in (f"第{i}公民館", f"平塚市浅間町{i + 1}-1", f"0463-23-{1000 + i}")]
    assert count("\n".join(["施設名", "所在地", "電話番号", *rooms]).encode())[0] == 0
    staff = [cell for i, p in enumerate(PEOPLE) for cell in ("税務課", "主査", p.name, str(2100 + i))]
    assert count("\n".join(["所属", "職名", "氏名", "内線", *staff]).encode())[0] == 0


def test_what_stands_behind_is_read_as_text() -> None:
    lines = [cell for row in (HEAD, *_rows(blank=False)) for cell in row]
    behind = f"\n\n追記：{makers.PEOPLE[40].name}様（{makers.PEOPLE[40].phone}）からも申込みがありました。\n"
    assert count(("\n".join(lines) + behind).encode())[0] == 31
