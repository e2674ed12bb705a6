"""What staff and their systems leave in files: lists typed into notes, headings of hosts, tables apart, forms apart."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.test_inspection_budget import inspect_bytes

#: Names that no dictionary has.
NAMES = [a + "　" + b for a in ("簗浦", "鷹門", "弓持", "苫縄", "鍵脇", "楮梨") for b in ("雛音", "颯志郎", "紘斗")]
HOMES = [f"鰺窪東{i}番地{i % 7 + 1}" for i in range(1, 19)]
PHONES = [f"0772-61-44{i:02d}" for i in range(18)]


@pytest.mark.parametrize("lead", ["11/{}", "{}", "{}班", "11/{}(土)"])
def test_lists_typed_with_a_day_or_a_group_first_and_remarks_behind(lead: str) -> None:
    remarks = ("", "午前のみ", "軽トラ可")
    rows = [
        f"{lead.format(i % 9 + 1)}　{name}　　　{phone}　{remarks[i % 3]}"
        for i, (name, phone) in enumerate(zip(NAMES, PHONES, strict=True))
    ]
    assert inspect_bytes(("当番表\n\n" + "\n".join(rows) + "\n").encode()).subjects == len(NAMES)


def test_a_host_that_calls_names_in_kanji_shimei() -> None:
    rows = [f"3,{name},ｼｭﾜｷ ﾏﾘｲ,女,{home}" for name, home in zip(NAMES, HOMES, strict=True)]
    text = "ﾄｳﾋﾖｳｸ,ｼﾒｲ,ｼﾒｲｶﾅ,ｾｲﾍﾞﾂ,ｼﾞﾕｳｼﾖ\n" + "\n".join(rows) + "\n"
    assert inspect_bytes(text.encode("cp932")).subjects == len(NAMES)


@pytest.mark.parametrize("other", ["同居者", "連帯保証人", "緊急連絡人"])
def test_who_holds_a_lease_is_somebody_beside_who_lives_with_him(other: str) -> None:
    rows = [f"1棟,{a},{b},{phone}" for a, b, phone in zip(NAMES[::2], NAMES[1::2], PHONES[::2], strict=True)]
    text = f"棟,名義人,{other},連絡先\n" + "\n".join(rows) + "\n"
    assert inspect_bytes(text.encode()).subjects == len(NAMES)


def test_an_account_in_the_same_name_is_nobody_else() -> None:
    rows = [
        f"{name},{home},{'カ' * (i % 3 + 1)}　ハナコ" for i, (name, home) in enumerate(zip(NAMES, HOMES, strict=True))
    ]
    text = "氏名,住所,口座名義\n" + "\n".join(rows) + "\n"
    assert inspect_bytes(text.encode()).subjects == len(NAMES)


def test_records_that_name_one_each_by_words_that_differ() -> None:
    records = [
        f"{('契約者', '名義人')[i % 2]} {name.replace('　', '')}\n生年月日 S{i + 30}.1.2\nTEL {phone}\n"
        for i, (name, phone) in enumerate(zip(NAMES, PHONES, strict=True))
    ]
    for between in ("", "\n"):
        found = inspect_bytes(between.join(records).encode())
        assert (found.subjects, found.counts["birth_date"]) == (len(NAMES), len(NAMES))


@pytest.mark.parametrize(
    "below", ["78歳　男性\n住所：鰺窪東3番地1", "住所：鰺窪東3番地1\n年齢：78歳", "生年月日：昭和30年1月2日"]
)
@pytest.mark.parametrize("head", ["事例1：森田　健太さん", "森田 健太", "森田 健太さん"])
def test_a_name_with_a_blank_line_below(head: str, below: str) -> None:
    assert inspect_bytes(f"{head}\n\n{below}\n".encode()).subjects == 1


def test_whom_to_ask_and_who_presides_are_nobody_over_a_blank_line() -> None:
    for text in (
        "平塚市長　落合 克宏\n\n住所：平塚市浅間町9-1\n",
        "お問い合わせ先\n\n佐藤 太郎\n\n住所：平塚市浅間町9-1\n",
    ):
        assert inspect_bytes(text.encode()).subjects == 0


def _database(path: Path, **tables: list[tuple[object, ...]]) -> bytes:
    """A database of tables, the first row of each its columns."""
    base = sqlite3.connect(path)
    for name, (head, *rows) in tables.items():
        base.execute(f"create table {name} ({','.join(map(str, head))})")
        base.executemany(f"insert into {name} values ({','.join('?' * len(head))})", rows)
    base.commit()
    base.close()
    return path.read_bytes()


def test_names_in_one_table_and_what_is_said_of_them_in_another(tmp_path: Path) -> None:
    told = [(900 + i, i, phone, home) for i, (phone, home) in enumerate(zip(PHONES, HOMES, strict=True))]
    data = _database(
        tmp_path / "a.sqlite",
        riyosha=[("id", "shimei"), *enumerate(NAMES)],
        renraku=[("renraku_id", "riyosha_id", "tel", "jusho"), *told],
    )
    assert inspect_bytes(data).subjects == len(NAMES)


def test_a_dump_of_two_tables_that_belong_together() -> None:
    people = ",".join(f"({1000 + i},'{name}')" for i, name in enumerate(NAMES))
    told = ",".join(f"({1000 + i},'{home}','{p}')" for i, (home, p) in enumerate(zip(HOMES, PHONES, strict=True)))
    text = (
        "CREATE TABLE `patron` (\n  `id` int,\n  `name` varchar(40)\n);\n"
        f"INSERT INTO `patron` VALUES {people};\n"
        "CREATE TABLE `contact` (\n  `patron_id` int,\n  `addr` varchar(200),\n  `tel` varchar(20)\n);\n"
        f"INSERT INTO `contact` VALUES {told};\n"
    )
    assert inspect_bytes(text.encode()).subjects == len(NAMES)


def test_halls_and_the_staff_in_charge_of_them_are_no_private_people(tmp_path: Path) -> None:
    halls = [(i, f"第{i}公民館", home, phone, i) for i, (home, phone) in enumerate(zip(HOMES, PHONES, strict=True))]
    heads = (("施設番号", "施設名", "所在地", "電話", "staff_id"), ("id", "施設名", "所在地", "電話", "番号"))
    for n, head in enumerate(heads):
        staff = [("id", "氏名"), *enumerate(NAMES)]
        assert inspect_bytes(_database(tmp_path / f"{n}.sqlite", staff=staff, shisetsu=[head, *halls])).subjects == 0


def test_cards_in_json() -> None:
    cards = [
        [
            "vcard",
            [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["tel", {"type": "cell"}, "uri", "tel:" + p]],
        ]
        for name, p in zip(NAMES, PHONES, strict=True)
    ]
    assert inspect_bytes(json.dumps(cards, ensure_ascii=False).encode()).subjects == len(NAMES)


@pytest.mark.parametrize("text", ["氏名,住所\n{},平塚市1-1\n", "{}　090-1234-5678\n", "{}：090-1234-5678\n"])
def test_eriko_is_no_foster_child(text: str) -> None:
    head, _, row = text.rpartition("{}")
    lines = "".join(name + row for name in ("佐藤 絵里子", "高橋 真里子"))
    assert inspect_bytes((head + lines).encode()).subjects == 2


def test_names_behind_what_numbers_them_over_their_fields() -> None:
    cases = [
        f"ケース{i}　{name}\n\n{70 + i}歳　男性\n住所：{home}\n"
        for i, (name, home) in enumerate(zip(NAMES, HOMES, strict=True), 1)
    ]
    assert inspect_bytes("\n".join(cases).encode()).subjects == len(NAMES)
    assert inspect_bytes("講師1　佐藤 太郎\n\n年齢：45歳\n著書：里山\n".encode()).subjects == 0


@pytest.mark.parametrize("key", ["attribute", "field"])
def test_elements_of_several_names_that_belong_together_by_a_number(key: str) -> None:
    def element(tag: str, number: int, inner: str) -> str:
        if key == "attribute":
            return f'<{tag} 児童番号="{number}">{inner}</{tag}>'
        return f"<{tag}><児童番号>{number}</児童番号>{inner}</{tag}>"

    names = "".join(element("児童", i, f"<氏名>{name}</氏名><学年>{i % 6 + 1}</学年>") for i, name in enumerate(NAMES))
    told = "".join(
        element("連絡先", i, f"<住所>{home}</住所><電話>{phone}</電話>")
        for i, (home, phone) in enumerate(zip(HOMES, PHONES, strict=True))
    )
    text = f"<学校><児童一覧>{names}</児童一覧><連絡先一覧>{told}</連絡先一覧></学校>"
    assert inspect_bytes(text.encode()).subjects == len(NAMES)
