"""Who is addressed by a short name, and lists below a word of what is secret."""

from __future__ import annotations

import io

import openpyxl
import pytest

from dlp.extract.blocks import Text
from dlp.subjects.forms import addressed
from tests.extract.people import inspected


@pytest.mark.parametrize("short", ["林　翔", "林翔", "轟葵"])
def test_who_is_addressed_by_a_name_of_two_letters_is_somebody_as_well(count, short):
    people = ["高橋健", "中村誠", short, "小林一郎", "渡辺幸子"]
    lines = (f"{name} 様\nご住所：上田市天神{i}-2-3\n" for i, name in enumerate(people, 1))
    assert count(Text("\n".join(lines))).subjects == len(people)


@pytest.mark.parametrize("word", ["滞納", "差押", "非課税", "国籍", "DV", "虐待", "支援措置", "前科"])
def test_what_is_secret_above_a_list_is_no_label_of_its_first_line(count, word):
    text = f"{word}\n高橋健　上田市天神1-2-3　090-1234-5678\n小林一郎　上田市天神1-2-5　090-1234-5679\n"
    assert count(Text(text)).subjects == 2


def test_lines_above_names_are_put_together_once_for_all_below(count, monkeypatch):
    """Else a megabyte of such lines, and one of names, would outlast any deadline."""
    asked, put = [], addressed._pairs
    monkeypatch.setattr(addressed, "_pairs", lambda lines: asked.append(len(lines)) or put(lines))
    names = ("佐藤花子様\n", "鈴木一郎様\n", "高橋健太様\n") * 20
    assert count(Text("本町ハイツ\n" * 30 + "上田市天神1-2-3\n" + "".join(names))).subjects == 3
    assert asked == [31]


def test_labels_side_by_side_below_their_names() -> None:
    rows = [
        "佐藤　花子　様　　　　　　　　　田中　一郎　様",
        "254-0012　　　　　　　　　　　　254-0013",
        "鏡浜市汐見町1-2-3　　　　　　　鏡浜市汐見町4-5-6",
        "",
    ]
    assert inspected("\n".join(rows).encode(), "a.txt").subjects == 2


def test_cells_that_are_labels_are_read_once() -> None:
    label = "〒254-00{0}\n鏡浜市汐見町{0}-2-3\n{1} {2} 様"
    given = "花子 太郎 健一 美咲 陽菜 大輔 翔太 愛子".split()
    book = openpyxl.Workbook()
    for i in range(0, 8, 2):
        book.active.append([label.format(11 + i + k, "佐藤", given[i + k]) for k in (0, 1)])
    data = io.BytesIO()
    book.save(data)
    assert inspected(data.getvalue(), "a.xlsx").subjects == 8
