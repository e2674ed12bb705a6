"""Lists as the sections of a town hall keep them: registers, arrears, pupils, who needs help, who owns what."""

from __future__ import annotations

from dlp.finding import Category as C
from dlp.tuning.corpus.families import _pairs, _sure
from dlp.tuning.corpus.layout import Cell, Doc, Maker, Rows, layout, sheet
from dlp.tuning.corpus.people import Person, half_width
from dlp.tuning.corpus.said import era


@layout
def _two_a_row_merged_header(m: Maker) -> Doc:
    rows: Rows = [["令和6年度 学童保育入所児童名簿"], ["児童", "", "", "保護者", "", "", "備考"],
                  ["氏名", "フリガナ", "生年月日", "氏名", "続柄", "電話番号", ""]]  # fmt: skip
    c = m.said.cell
    for child, parent in _pairs(m.people):
        kana = c(child, "kana")
        rows.append([c(child, "name"), kana, c(child, "era"), c(parent, "name"), "母", c(parent, "phone"), ""])
    return sheet(rows)


@layout
def _head_has_the_surname(m: Maker) -> Doc:
    """Surname and address stand on the head's row alone; 〃 or nothing below."""
    ditto = m.rng.choice(("〃", "", "同"))
    rows: Rows = [["行政区", "姓", "名", "続柄", "生年月日", "住所"]]
    for i in range(0, len(m.people) - 2, 3):
        for n, p in enumerate(m.people[i : i + 3]):
            first = n == 0 or bool(p.alias)
            m.said.tell(p, C.NAME, C.RELATIONSHIP)
            born = m.said.cell(p, "era_letter", sure=True)
            rows.append(["第3区", p.surname if first else ditto, p.given, ("世帯主", "妻", "長男")[n], born, p.address if n == 0 else ditto])  # fmt: skip
            if n == 0 or ditto != "":
                m.said.tell(p, C.ADDRESS)
    return sheet(rows)


@layout
def _arrears(m: Maker) -> Doc:
    rows: Rows = [["【取扱注意】滞納者一覧表（令和6年9月末現在）"], [],
                  ["№", "宛名番号", "氏名", "住所", "税目", "年度", "滞納額", "最終折衝日", "折衝内容"]]  # fmt: skip
    for p in m.people:
        notes = m.rng.choice(("電話不通", "分納誓約", "催告書送付済", "居所不明", ""))
        rows.append([p.serial, f"{2000000 + p.serial * 3}", m.said.cell(p, "name_tight"), m.said.cell(p, "address"), "市県民税", "R5",
                     f"{m.rng.randint(1, 90)},{m.rng.randint(100, 999)}", f"R6.9.{p.serial % 28 + 1}", notes])  # fmt: skip
    return sheet([*rows, ["合計", "", "", "", "", "", "9,999,999", "", ""]])


@layout
def _electoral_register(m: Maker) -> Doc:
    """選挙人名簿: page after page with its own heading."""
    rows: Rows = []
    for start in range(0, len(m.people), 20):
        rows += [
            ["選挙人名簿", "", "第7投票区", "", f"{start // 20 + 1}頁"],
            ["行", "氏名", "住所", "生年月日", "性別"],
        ]
        for n, p in enumerate(m.people[start : start + 20], 1):
            rows.append([n, m.said.cell(p, "name_wide"), *m.said.row(p, ["address_town", "era_letter", "sex"])])
    return sheet(rows)


@layout
def _invited_elders(m: Maker) -> Doc:
    rows: Rows = [["敬老会招待者名簿"], ["行政区", "班", "氏名", "年齢", "住所", "出欠", "送迎"]]
    for p in m.people:
        rows.append(["碧野", p.serial % 9 + 1, m.said.cell(p, "name_sama"), *m.said.row(p, ["age", "address_town"]), "出", "要"])  # fmt: skip
    return sheet(rows)


@layout
def _pupils_with_contacts(m: Maker) -> Doc:
    rows: Rows = [["学年", "児童名", "保護者名", "緊急連絡先①", "緊急連絡先②", "アレルギー", "迎え"]]
    for child, parent in _pairs(m.people):
        m.said.tell(child, C.NAME)
        allergy = m.rng.choice(("なし", "卵", ""))
        if allergy == "卵":
            m.said.tell(child, C.SENSITIVE)
        phone = m.said.cell(parent, "phone")
        if phone:
            m.said.tell(child, C.PHONE)
        rows.append([f"{child.serial % 6 + 1}年", child.name, m.said.cell(parent, "name_tight"), f"{phone}（母）" if phone else "", "",
                     allergy, "17:30"])  # fmt: skip
    return sheet(rows)


@layout
def _who_needs_help(m: Maker) -> Doc:
    rows: Rows = [["避難行動要支援者名簿", "", "", "", "", "", "", ""],
                  ["氏名", "生年月日", "要介護度", "障害の状況", "避難支援者1", "", "避難支援者2", ""],
                  ["", "", "", "", "氏名", "電話番号", "氏名", "電話番号"]]  # fmt: skip
    c = m.said.cell
    for i in range(0, len(m.people) - 2, 3):
        a, b, d = m.people[i : i + 3]
        rows.append([c(a, "name"), c(a, "era"), c(a, "care"), m.rng.choice(("", "視覚2級", "なし")), c(b, "name"), c(b, "phone", sure=True),
                     c(d, "name"), c(d, "phone", sure=True)])  # fmt: skip
        if rows[-1][3] == "視覚2級":
            m.said.tell(a, C.SENSITIVE)
    return sheet(rows)


@layout
def _reading_above_name(m: Maker) -> Doc:
    rows: Rows = [["No", "フリガナ\n氏名", "住所", "電話番号", "生年月日"]]
    for p in m.people:
        m.said.tell(p, C.NAME, C.KANA)
        rows.append([p.serial, f"{p.surname_kana} {p.given_kana}\n{p.surname} {p.given}", *m.said.row(p, ["address_town", "phone", "era"])])  # fmt: skip
    return sheet(rows)


@layout
def _spreadsheet_lost(m: Maker) -> Doc:
    """Telephones as numbers without their zero, dates as days, twelve digits as 1.23457E+11."""
    rows: Rows = [["整理番号", "氏名", "携帯電話", "生年月日", "個人番号"]]
    for p in m.people:
        phone = m.said.cell(p, "phone_lost", sure=True)
        rows.append(
            [p.serial, m.said.cell(p, "name"), int(phone), m.said.cell(p, "birth_eight"), f"{int(p.number):.5E}"]
        )
    return Doc(sheets=[("Sheet1", rows)], only=("xlsx", "csv"))


@layout
def _foreign_workers(m: Maker) -> Doc:
    rows: Rows = [["No.", "氏名（アルファベット）", "国籍", "在留資格", "在留カード番号", "住所", "雇用先"]]
    for p in m.people:
        card = m.said.cell(p, "residence_card")
        rows.append(
            [
                p.serial,
                m.said.cell(p, "latin").upper(),
                "ベトナム",
                "技能実習",
                card,
                m.said.cell(p, "address_town"),
                "霞水産株式会社",
            ]
        )
    return sheet(rows)


@layout
def _payees_half_width(m: Maker) -> Doc:
    rows: Rows = [["銀行コード", "支店コード", "預金種目", "口座番号", "受取人名", "振込金額"]]
    for p in m.people:
        m.said.tell(p, C.KANA)
        kana = half_width(f"{p.surname_kana} {p.given_kana}")
        rows.append(["0138", "123", "1", m.said.cell(p, "account", sure=True), kana, f"{m.rng.randint(1, 99)}0000"])
    return sheet(rows)


@layout
def _overdue_books(m: Maker) -> Doc:
    """Readers who owe a book; its author is nobody."""
    rows: Rows = [["利用者番号", "氏名", "電話番号", "書名", "著者", "返却期限"]]
    for p in m.people:
        author = m.rng.choice(m.people)
        rows.append(
            [
                f"{30000000 + p.serial}",
                m.said.cell(p, "name_tight"),
                m.said.cell(p, "phone"),
                "霞の町",
                author.given + "ゆう",
                "2024/9/1",
            ]
        )
    return sheet(rows)


@layout
def _owners_and_companies(m: Maker) -> Doc:
    rows: Rows = [["所有者コード", "所有者氏名又は名称", "所有者住所", "所在地番", "地目", "地積"]]
    for p in m.people:
        body = p.serial % 4 == 0
        name = f"株式会社{p.surname}興業" if body else m.said.cell(p, "name_tight")
        address = p.address if body else m.said.cell(p, "address")
        rows.append([p.serial, name, address, f"{p.town}{p.serial}番2", "宅地", f"{m.rng.randint(80, 400)}.12"])
    return sheet(rows)


@layout
def _births_notified(m: Maker) -> Doc:
    rows: Rows = [["届出日", "子の氏名", "生年月日", "父の氏名", "母の氏名", "住所", "本籍"]]
    for i in range(0, len(m.people) - 2, 3):
        child, father, mother = m.people[i : i + 3]
        for p in (child, father, mother):
            m.said.tell(p, C.NAME, C.ADDRESS)
        rows.append(["R6.5.1", child.name, m.said.cell(child, "era"), father.name, mother.name, father.address, ""])
    return sheet(rows)


@layout
def _dogs(m: Maker) -> Doc:
    """The dog's name, sex and birth are not the owner's."""
    rows: Rows = [["登録番号", "所有者氏名", "所有者住所", "電話番号", "犬の名前", "犬種", "犬の生年月日", "毛色"]]
    for p in m.people:
        rows.append([p.serial, *m.said.row(p, ["name", "address_town", "phone"]), m.rng.choice(("モモ", "コタロウ", "ハナ")), "柴", "2020/4/1", "茶"])  # fmt: skip
    return sheet(rows)


@layout
def _graves(m: Maker) -> Doc:
    rows: Rows = [["区画", "使用者氏名", "使用者住所", "承継者氏名", "承継者続柄", "承継者電話"]]
    for a, b in _pairs(m.people):
        cells = m.said.row(a, ["name_tight", "address"])
        rows.append([f"A-{a.serial}", *cells, m.said.cell(b, "name_tight"), "子", m.said.cell(b, "phone")])
    return sheet(rows)


@layout
def _vaccinated(m: Maker) -> Doc:
    rows: Rows = [["接種券番号", "宛名氏名", "カナ", "生年月日", "1回目接種日", "2回目接種日", "接種場所"]]
    for p in m.people:
        rows.append(
            [
                f"00{p.serial:08}",
                *m.said.row(p, ["name_tight", "kana_half", "birth"]),
                "2024/5/1",
                "2024/6/1",
                "中央公民館",
            ]
        )
    return sheet(rows)


@layout
def _club_members(m: Maker) -> Doc:
    """A club's members at home, some of whom hold its offices."""
    rows: Rows = [["役職", "氏名", "郵便番号", "住所", "電話"]]
    for p in m.people:
        role = ("会長", "副会長", "会計", "")[min(p.serial, 4) - 1]
        rows.append([role, m.said.cell(p, "name"), *m.said.row(p, ["postal", "address_town", "phone"])])
    return sheet(rows)


def _family(m: Maker, people: list[Person]) -> list[Cell]:
    head, *rest = people
    said = _sure(m, head, "name", "address_town")
    others = []
    for p, relation in zip(rest, ("妻", "長男"), strict=False):
        m.said.tell(p, C.NAME, C.AGE, C.RELATIONSHIP)
        others.append(f"{p.given}（{relation}・{p.age}歳）")
    return [*said, "、".join(others)]


@layout
def _families_in_a_cell(m: Maker) -> Doc:
    """The others of a household in one cell, without surname: 花子（妻・48歳）."""
    rows: Rows = [["世帯主", "住所", "家族"]]
    for i in range(0, len(m.people) - 2, 3):
        family = [p for p in m.people[i : i + 3] if not p.alias]
        if family:
            rows.append(_family(m, family))
    return sheet(rows)


@layout
def _contacts_in_notes(m: Maker) -> Doc:
    """What matters stands in the remarks: a relative's name and telephone."""
    rows: Rows = [["受付番号", "対象者", "年齢", "備考"]]
    for a, b in _pairs(m.people):
        phone = m.said.cell(b, "phone")
        if not phone:
            m.said.tell(b, C.NAME)
        else:
            m.said.tell(b, C.NAME, C.PHONE)
        note = f"連絡先：長男 {b.surname} {b.given} {phone}"
        rows.append([a.serial, m.said.cell(a, "name"), m.said.cell(a, "age", sure=True), note])
    return sheet(rows)


@layout
def _born_in_one_cell(m: Maker) -> Doc:
    rows: Rows = [["氏名（生年月日）", "住所／電話", "区分"]]
    for p in m.people:
        m.said.tell(p, C.NAME, C.BIRTH_DATE, C.ADDRESS, C.PHONE)
        rows.append([f"{p.name}（{era(p)}）", f"{p.town}{p.house}／{p.phone}", "継続"])
    return sheet(rows)
