"""Lists of names with notes that say where somebody lives, when he was born, how he is reached."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected

_NAMES = [f"{surname} {given}" for surname in "鏑木 相楽 生方 鵜飼 仁科 沼尻".split() for given in "奏汰 芽依".split()]
_NOTES = (
    "{a}", "{a} {m}", "{b}生 {a}", "{b}生、{a}", "{a}（{m}）", "住所は{a}", "{a}に居住", "{a}、長男と同居", "〒254-0011 {a}", "電話 {m} {a}",
    "{b}生まれ", "{b}生 {m}", "生年月日 {b}", "生年月日：{b} 住所：{a}", "連絡先{m}", "{a} 要介護3",
)  # fmt: skip


def _list(note: str, heading: str, *, name: str = "氏名", every: int = 1) -> bytes:
    rows = [f"No,{name},{heading}"]
    for i, person in enumerate(_NAMES):
        said = note.format(
            a=f"鏡浜市汐見町{i + 1}-2-{i + 3}", b=f"19{40 + i}/{i + 1}/{i + 2}", m=f"090-1{i:03}-20{i + 10}"
        )
        rows.append(f"{i + 1},{person},{'' if i % every else said}")
    return "\n".join(rows).encode()


@pytest.mark.parametrize("heading", ["備考", "摘要", "特記事項", "内容", "description"])
@pytest.mark.parametrize("note", _NOTES)
def test_who_is_said_to_live_somewhere_in_a_note_is_somebody(note, heading):
    assert inspected(_list(note, heading), "a.csv").subjects == len(_NAMES)


@pytest.mark.parametrize("note", ["{b}生 {a}", "生年月日 {b}", "{b}生、{a}"])
def test_births_below_a_heading_nobody_knows(note):
    assert inspected(_list(note, "情報"), "a.csv").subjects == len(_NAMES)


def test_of_whom_nothing_is_noted_is_nobody():
    assert inspected(_list("{a}", "備考", every=2), "a.csv").subjects == len(_NAMES) / 2


@pytest.mark.parametrize(
    "note",
    [
        "{b}受付", "様式2-1を送付", "{b} 第2会議室", "令和6年3月1日提出", "3-2-1", "納付書 2-1 発送済", "要連絡", "第3回 2-1 で勝ち", "12,000円", "令和6年度生徒会",
        "会場 {a}", "現場：{a}", "{a}地先", "工事場所 {a} 付近", "店舗：{a} {m}",
    ],
)  # fmt: skip
def test_notes_of_days_and_numbers_make_nobody(note):
    assert inspected(_list(note, "備考"), "a.csv").subjects == 0


@pytest.mark.parametrize("name", ["民生委員氏名", "審査委員", "講師"])
def test_who_is_named_in_a_function_is_nobody_by_days_in_notes(name):
    assert inspected(_list("{b}委嘱", "備考", name=name), "a.csv").subjects == 0
