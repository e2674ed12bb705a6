"""Lists as registers print them: two lines a person, sex behind a name, a level of care below it."""

from __future__ import annotations

from dlp.tuning.town import citizens
from tests.extract.people import count, inspected

PEOPLE = list(citizens(40, seed=72))


def test_sex_and_age_behind_a_labelled_name_are_no_part_of_it():
    lines = [
        f"被保険者番号：{i:010}　氏名：{one.name}　{one.sex}　生年月日：{one.birth:%Y年%m月%d日}"
        for i, one in enumerate(PEOPLE)
    ]
    found = inspected("\n".join(lines).encode())
    assert (found.subjects, found.upper, found.counts["sex"]) == (40, 40, 40)
    lines = [f"氏名：{one.name} {one.sex} {i + 20}歳　住所：{one.address}" for i, one in enumerate(PEOPLE)]
    found = inspected("\n".join(lines).encode())
    assert (found.subjects, found.upper, found.counts["age"]) == (40, 40, 40)


def test_a_level_of_care_below_a_form_is_said_of_who_is_named_in_it():
    one = PEOPLE[0]
    text = f"氏名：{one.name}　生年月日：{one.birth:%Y年%m月%d日}\n　　要介護5　認定期間 R7.4.1～R9.3.31　主治医：高木 医師\n"
    found = inspected(text.encode())
    assert (found.subjects, found.counts.get("sensitive")) == (1, 1)


def test_two_lines_a_person_below_two_lines_of_headings_are_counted_once():
    lines = []
    for i, one in enumerate(PEOPLE):
        if i % 20 == 0:
            lines += [
                f"\f             国民健康保険　被保険者一覧表                {i // 20 + 1}頁",
                "記号番号    被保険者氏名          生年月日    続柄",
                "             住所                                   資格取得日",
                "=" * 60,
            ]
        lines += [
            f"海霧 {i:06}  {one.name}            {one.birth:%Y.%m.%d}   本人",
            f"             {one.address:　<18}     H25.04.01",
        ]
    assert count("\r\n".join(lines).encode("cp932"))[0] == 40


def test_a_form_of_several_pairs_a_line_is_one_record():
    one, head = PEOPLE[:2]
    lines = [
        f"氏名　{one.name}　　　　続柄　子",
        f"生年月日　{one.birth:%Y年%m月%d日}　　性別　{one.sex}",
        f"本籍　{one.address}　　筆頭者　{head.name}",
    ]
    found = inspected("\n".join([*lines, ""]).encode())
    assert (found.subjects, found.counts["birth_date"]) == (2, 1)


def test_what_is_left_out_of_a_register_is_nobody():
    pages = [
        f"　　　住　民　票\n住所　{one.address}\n世帯主　{one.name}\n------------------------------\n"
        f"氏名　{one.name}　　　　続柄　世帯主\n生年月日　{one.birth:%Y年%m月%d日}　　性別　{one.sex}\n"
        "本籍　省略　　筆頭者　省略\n\f"
        for one in PEOPLE
    ]
    found = inspected("".join(pages).encode())
    assert (found.subjects, found.counts["birth_date"]) == (40, 40)


def test_a_birth_that_touches_the_name_before_it_is_read():
    def era(one):
        born = one.birth
        name, before = ("平成", 1988) if born.year > 1989 else ("昭和", 1925)
        return f"{name}{born.year - before}年{born.month}月{born.day}日"

    people = [one for one in PEOPLE if one.birth.year not in (1989, 2019) and 1926 < one.birth.year < 2019]
    lines = [f"{i}{one.surname}{one.given}{era(one)}生{one.address}" for i, one in enumerate(people, 1)]
    found = inspected("\n".join(lines).encode())
    assert (found.subjects, found.counts["birth_date"]) == (len(people), len(people))
    halls = [f"{place}公民館昭和{year}年4月1日開館" for place, year in (("中央", 50), ("北部", 53), ("海霧", 60))]
    assert count("\n".join(halls).encode()) == (0, [])


def test_when_somebody_took_an_office_is_no_birth():
    rows = [
        f"{'市長' if i % 2 else '助役'},{one.name},昭和{i + 10}年4月1日,昭和{i + 14}年3月31日"
        for i, one in enumerate(PEOPLE)
    ]
    assert count("\n".join(["職名,氏名,就任,退任", *rows]).encode()) == (0, [])
