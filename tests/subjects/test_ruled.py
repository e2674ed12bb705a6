"""Forms drawn with characters: boxes, labels whose letters stand apart, dates whose parts are padded."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.subjects.books import Books
from dlp.subjects.forms import ruled
from dlp.subjects.plan.header import Reader
from tests.subjects.clerks import Case, inspected

pytestmark = pytest.mark.timeout(60)

_BOXES = """┌────────┬──────────────────┐
│氏　　名　│小比類巻　喜八郎　　　　　　　　　│
├────────┼──────────────────┤
│住　　所　│汐見沢市鵜の崎三丁目　　　　　　　│
│　　　　　│２番９号　　　　　　　　　　　　　│
└────────┴──────────────────┘
┌────────┬──────────────────┐
│氏　　名　│八反田　トメ　　　　　　　　　　　│
├────────┼──────────────────┤
│生年月日　│昭和１２年　１月　３日　　　　　　│
└────────┴──────────────────┘
"""
_TABLE = """╔══╦══════════╦═══╦════════════╗
║No║氏　名　　　　　　║性別║電話番号　　　　　　　║
╠══╬══════════╬═══╬════════════╣
║１║勅使河原　保　　　║男　║０５９８－３１－２２０７║
║２║東恩納　キヨ　　　║女　║０９０－３３７０－１１４５║
║３║鑓水　恒夫　　　　║　　║　　　　　　　　　　　║
╚══╩══════════╩═══╩════════════╝
"""
_SPREAD = """１　氏　　名　　勅使河原 ツネ
２　生年月日　　昭和 11年 2月 3日（88歳）
３　住　　所　　汐見沢市鵜の崎三丁目14番8号
"""
_TREE = "組織\n├ 総務課\n│ ├ 庶務係 0598-22-1111\n│ └ 人事係 0598-22-1112\n└ 市民課 0598-22-1113\n"


@pytest.mark.parametrize(("text", "people"), [(_BOXES, 2), (_TABLE, 2), (_SPREAD, 1), (_TREE, 0)])
def test_what_is_drawn_is_read(text: str, people: int, ruleset: Ruleset) -> None:
    assert inspected(Case("ruled", people, text), ruleset).subjects == people


def test_a_cell_that_goes_on_in_its_box_is_one_cell() -> None:
    rows = ruled.unboxed(["┌-┬-┐", "│a│b│", "│ │c│", "├-┼-┤", "│d│e│", "│f│g│", "└-┴-┘", "after"], "┌")
    assert rows == ["a\tbc", "d\te", "f\tg", "after"]


def test_a_line_of_many_empty_cells_is_passed_over_once(ruleset: Ruleset) -> None:
    """A page of nothing but `<td>`: each blank between cells was tried with all that follow it, for hours."""
    row = f"氏名{2_000_000 * chr(9)}氏　　名".replace("　", " ")
    reader = Reader(ruleset.headers, Books(ruleset))
    assert ruled.closed([row], reader) == [row.replace("氏  名", "氏名")]
