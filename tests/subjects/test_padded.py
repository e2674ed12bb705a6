"""Lists among rows of another kind: whatever stands before, between and behind the people, they are counted."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import openpyxl
import polars as pl
import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table
from dlp.inspection import inspect
from dlp.subjects.cells import shapes
from dlp.subjects.counter import Count
from dlp.transfer import Channel, Transfer
from tests.subjects import town

pytestmark = pytest.mark.timeout(60)

type Rows = list[list[str]]

_PEOPLE = 60
_COLUMNS = {
    "full": ["氏名", "フリガナ", "住所", "電話番号", "生年月日", "性別"],
    "three": ["氏名", "住所", "電話番号"],
    "email": ["氏名", "メールアドレス", "年齢"],
}
_GOODS = "机 椅子 用紙 封筒 鉛筆 会議室 予算".split()
_OTHER = ["品名", "数量", "単価", "備考", "保管場所", "年度"]

#: A row of padding, by its number.
_FILLERS: dict[str, Callable[[int, int], list[str]]] = {
    "letters": lambda i, width: list("abcdef"[:width]),
    "two cells": lambda i, width: ["a", "b"] + [""] * (width - 2),
    "figures": lambda i, width: [str(i * 7919 % 99991)] * width,
    "dots": lambda i, width: ["."] + [""] * (width - 1),
    "goods": lambda i, width: [_GOODS[i % 7], str(i % 90), str(i * 37 % 9999), "-", "-", "-"][:width],
    "dates": lambda i, width: [f"2024-{i % 12 + 1:02}-{i % 28 + 1:02}"] + [str(i)] * (width - 1),
    "sentences": lambda i, width: ["お知らせの文です。内容は次のとおりです"] * width,
    "bodies": lambda i, width: [f"株式会社{_GOODS[i % 7]}", f"鏡浜市碧野{i % 9 + 1}-{i}", "0463-21-1111"] + [""] * (width - 3),
}  # fmt: skip


def _spread(people: Rows, filler: Rows) -> Rows:
    each = len(filler) // len(people)
    return [row for i, one in enumerate(people) for row in [*filler[i * each : i * each + each], one]]


_PLACES: dict[str, Callable[[list[str], Rows, Rows], Rows]] = {
    "before, under the header": lambda head, people, filler: [head, *filler, *people],
    "before, header again": lambda head, people, filler: [head, *filler, head, *people],
    "before the header": lambda head, people, filler: [*filler, head, *people],
    "before, no header": lambda head, people, filler: [*filler, *people],
    "behind": lambda head, people, filler: [head, *people, *filler],
    "behind, no header": lambda head, people, filler: [*people, *filler],
    "under another's header": lambda head, people, filler: [_OTHER[: len(head)], *filler, *people],
    "between": lambda head, people, filler: [head, *_spread(people, filler)],
    "between, no header": lambda head, people, filler: _spread(people, filler),
    "between, under another's header": lambda head, people, filler: [_OTHER[: len(head)], *_spread(people, filler)],
}


def _rows(columns: Sequence[str]) -> Rows:
    return [[town.CELLS[column](citizen) for column in columns] for citizen in town.make(_PEOPLE, 11)]


def _padded(columns: list[str], place: str, filler: str, size: int) -> Rows:
    rows = [_FILLERS[filler](i, len(columns)) for i in range(size)]
    return _PLACES[place](columns, _rows(columns), rows)


def _frame(rows: Rows) -> Table:
    schema = {f"c{i}": pl.String for i in range(len(rows[0]))}
    return Table(pl.DataFrame([[cell or None for cell in row] for row in rows], schema=schema, orient="row"))


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("filler", _FILLERS)
def test_people_are_counted_whatever_stands_around_them(count: Callable[..., Count], place: str, filler: str) -> None:
    for name, columns in _COLUMNS.items():
        for size in (80, 700):
            found = count(_frame(_padded(columns, place, filler, size))).subjects
            assert 0.9 * _PEOPLE <= found <= 1.25 * _PEOPLE, (name, size, found)


@pytest.mark.parametrize("place", ["before the header", "before, no header", "under another's header"])
def test_forty_thousand_rows_hide_nobody(count: Callable[..., Count], place: str) -> None:
    assert count(_frame(_padded(_COLUMNS["three"], place, "letters", 40_000))).subjects == _PEOPLE


def _csv(rows: Rows, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _xlsx(rows: Rows) -> bytes:
    book, written = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(written)
    return written.getvalue()


def _html(rows: Rows) -> bytes:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<html><body><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table></body></html>".encode()


def _sql(rows: Rows) -> bytes:
    tuples = ",\n".join("(" + ",".join(f"'{cell}'" for cell in row) + ")" for row in rows)
    return f"INSERT INTO t VALUES\n{tuples};\n".encode()


_FORMATS = {
    "a.csv": _csv,
    "a.tsv": lambda rows: _csv(rows, "\t"),
    "a.xlsx": _xlsx,
    "a.html": _html,
    "a.sql": _sql,
    "a.txt": lambda rows: "一覧です。\n\n".encode() + _csv(rows) + "\n以上です。\n".encode(),
}


@pytest.mark.parametrize("place", ["before, under the header", "before, no header", "between, under another's header"])
@pytest.mark.parametrize("name", _FORMATS)
def test_nor_in_files_of_other_formats(ruleset: Ruleset, name: str, place: str) -> None:
    for filler in ("letters", "goods"):
        data = _FORMATS[name](_padded(_COLUMNS["full"], place, filler, 300))
        transfer = Transfer(channel=Channel.WEB, sender="a", destination=("b",), name=name, data=data)
        assert inspect(transfer, ruleset, token_key=None).subjects == _PEOPLE, filler


def test_lines_of_two_letters_are_no_utf_16(ruleset: Ruleset) -> None:
    data = b"a,b\n" * 1000 + _csv([_COLUMNS["full"], *_rows(_COLUMNS["full"])])
    for raw in (data, data.decode().encode("cp932", "replace")):
        transfer = Transfer(channel=Channel.WEB, sender="a", destination=("b",), name="a.csv", data=raw)
        assert inspect(transfer, ruleset, token_key=None).subjects == _PEOPLE


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("filler", ["letters", "figures", "goods"])
def test_what_is_nobodys_stays_so_with_padding(count: Callable[..., Count], place: str, filler: str) -> None:
    rng = random.Random(5)
    streets = [f"鏡浜市碧野{rng.randint(1, 9)}-{i}" for i in range(_PEOPLE)]
    facilities = [[f"第{i}公民館", streets[i], f"0463-2{i % 9}-{1111 + i}"] for i in range(_PEOPLE)]
    rows = [_FILLERS[filler](i, 3) for i in range(300)]
    padded = _PLACES[place](["施設名", "所在地", "電話番号"], facilities, rows)
    assert count(_frame(padded)).subjects == 0


def test_shapes_are_told_alike_of_few_rows_and_of_many() -> None:
    cells = [
        None, "", "-", "山田 太郎", "ヤマダ", "Taro Yamada", "a", "男", "女性", "x@example.jp", "0463-21-1111", "（0463）21-1111",
        "０４６３－２１－１１１１", "9012345678", "1234567890", "19800102", "19801399", "S55.1.2", "昭和55年1月2日", "2024-01-02 10:00",
        "254-0041", "〒254-0041", "鏡浜市碧野1-2-3", "碧野三丁目2番", "鏡浜市123", "端末1", "12345", "1234 5678 9012", "なし", "要介護3",
    ]  # fmt: skip
    rows = [[cell, cells[-1 - i]] for i, cell in enumerate(cells)]
    frame = pl.DataFrame(rows, schema={"c0": pl.String, "c1": pl.String}, orient="row")
    assert np.array_equal(shapes.of_rows(rows), shapes.of_frame(frame))
    assert len(set(shapes.of_rows(rows).ravel().tolist())) == 10


@pytest.mark.parametrize("ways", [60, 100, 400])
@pytest.mark.parametrize("headed", [False, True])
def test_padding_written_in_many_ways_uses_up_no_patience(
    count: Callable[..., Count], ruleset: Ruleset, ways: int, headed: bool
) -> None:
    cells = ["", "机", "2024-01-02", "0463-21-1111", "男", "x@example.jp", "254-0041"]
    kinds = [kind for kind in product(cells, repeat=6) if "机" in kind and set(kind) - {"", "机"}]
    random.Random(1).shuffle(kinds)
    surnames, given = sorted(ruleset.words["surnames"])[:600:10], sorted(ruleset.words["given_names"])[:600:10]
    people = [
        [f"{a} {b}", *row[1:]]
        for a, b, row in zip(surnames, given, _rows(_COLUMNS["full"]), strict=True)
        if len(a) > 1 and len(b) > 1
    ]
    rows = [_OTHER] * headed + [list(kind) for kind in kinds[:ways] for _ in range(70)] + people
    assert count(_frame(rows)).subjects >= 0.9 * len(people)
    assert len(people) >= 20
