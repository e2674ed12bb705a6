"""Cells between signs that few programs part them by, and quoted otherwise than CSV does."""

from __future__ import annotations

import pytest

from dlp.extract.plain import rare_signs, text
from tests.extract import makers
from tests.extract.people import count

PEOPLE = makers.PEOPLE[:30]
ROWS = [["氏名", "住所", "電話番号"], *([p.name, p.address, p.phone] for p in PEOPLE)]


@pytest.mark.parametrize("sign", list("^~\\$!#¥￥｜¦§"))
def test_any_sign_that_stands_as_often_in_each_line(sign: str) -> None:
    said = "\n".join(sign.join(row) for row in ROWS)
    assert text.find_delimiter(said) == sign
    assert count(said.encode()) == (30, [])


@pytest.mark.parametrize(
    "said",
    [
        "費用は$100、合計$200です。\n" * 20 + "以上\n" * 4,
        "~~~~~~~~\n見出し\n~~~~~~~~\n" * 8,
        "\\begin{a}\\item x\\end{a}\n" * 3,
        "a^b~c$" * 4000,  # one line that never ends
        "a@example.jp b@example.jp\nこんにちは\n" * 9,
    ],
)
def test_running_text_is_no_table(said: str) -> None:
    assert rare_signs.delimiter(said) == ""


@pytest.mark.parametrize("row", ["'{0}','{1}','{2}'", "'{0},'{1},'{2}", '"{0},{1},{2}"'])
@pytest.mark.parametrize("times", [1, 40])
def test_cells_quoted_otherwise(row: str, times: int) -> None:
    lines = [row.format(*cells) for cells in [ROWS[0], *ROWS[1:] * times]]
    assert count("\r\n".join(lines).encode()) == (30, [])


def test_an_apostrophe_of_some_cells_stays() -> None:
    said = "name,note\n" + "".join(f"'n{i}',x\nn{i},'x\n" for i in range(20))
    assert text.table_of(said, ",").frame.rows()[1] == ("'n0'", "x")


def test_form_feeds_that_end_lines() -> None:
    assert count("\f".join(",".join(row) for row in ROWS).encode()) == (30, [])
