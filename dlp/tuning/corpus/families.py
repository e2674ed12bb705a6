"""Several people to a row, families, the same people twice, several tables in a file."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.finding import Category as C
from dlp.tuning.corpus.layout import Cell, Doc, Maker, Rows, layout, sheet
from dlp.tuning.corpus.people import Person


def _pairs(people: Sequence[Person]) -> list[tuple[Person, Person]]:
    return list(zip(people[::2], people[1::2], strict=False))


def _shared(m: Maker, people: Sequence[Person], key: str) -> str:
    """A cell that says the same of everybody in the row."""
    text = m.said.cell(people[0], key)
    for p in people[1:]:
        if text:
            m.said.tell(p, C.ADDRESS if key.startswith("address") else C.PHONE)
    return text


@layout
def _guardian_and_child(m: Maker) -> Doc:
    rows: Rows = [["児童氏名", "フリガナ", "生年月日", "性別", "保護者氏名", "住所", "電話番号"]]
    c = m.said.cell
    for child, parent in _pairs(m.people):
        rows.append([c(child, "name"), c(child, "kana"), c(child, "birth"), c(child, "sex"), c(parent, "name"),
                     _shared(m, [parent, child], "address"), _shared(m, [parent, child], "phone")])  # fmt: skip
    return sheet(rows)


@layout
def _school_children(m: Maker) -> Doc:
    rows: Rows = [["学年", "組", "番", "児童名", "保護者名", "保護者電話", "保護者メール"]]
    c = m.said.cell
    for i, (child, parent) in enumerate(_pairs(m.people)):
        m.said.tell(child, C.NAME)
        rows.append(
            [
                i % 6 + 1,
                m.rng.randint(1, 3),
                i + 1,
                child.name,
                c(parent, "name_tight"),
                c(parent, "phone"),
                c(parent, "email"),
            ]
        )
    return sheet(rows)


@layout
def _couples(m: Maker) -> Doc:
    rows: Rows = [["届出日", "夫氏名", "夫生年月日", "夫電話", "妻氏名", "妻生年月日", "妻電話"]]
    for a, b in _pairs(m.people):
        keys = ["name", "birth", "phone"]
        rows.append(["2024/5/1", *m.said.row(a, keys), *m.said.row(b, keys)])
    return sheet(rows)


@layout
def _couples_two_rows(m: Maker) -> Doc:
    rows: Rows = [["夫", "", "", "妻", "", ""], ["氏名", "生年月日", "住所", "氏名", "生年月日", "住所"]]
    for a, b in _pairs(m.people):
        keys = ["name_tight", "era", "address"]
        rows.append([*m.said.row(a, keys), *m.said.row(b, keys)])
    return sheet(rows)


@layout
def _households(m: Maker) -> Doc:
    """The head with surname, the others without."""
    rows: Rows = [["世帯番号", "氏名", "続柄", "生年月日", "性別"]]
    for i in range(0, len(m.people), 3):
        family = m.people[i : i + 3]
        for n, p in enumerate(family):
            m.said.tell(p, C.NAME)
            name = f"{p.surname}　{p.given}" if n == 0 or p.alias else f"　　　{p.given}"
            cells: list[Cell] = [m.said.cell(p, "birth", sure=True), m.said.cell(p, "sex")]
            rows.append([5000 + i if n == 0 else "", name, ("世帯主", "妻", "子")[n], *cells])
            m.said.tell(p, C.RELATIONSHIP)
    return sheet(rows)


@layout
def _household_members_in_a_row(m: Maker) -> Doc:
    rows: Rows = [["世帯主氏名", "住所", "世帯員1氏名", "世帯員1生年月日", "世帯員2氏名", "世帯員2生年月日"]]
    for i in range(0, len(m.people) - 2, 3):
        a, b, c = m.people[i : i + 3]
        m.said.tell(b, C.NAME)
        cell = m.said.cell
        rows.append(
            [
                cell(a, "name"),
                _shared(m, [a, b, c], "address"),
                cell(b, "name"),
                cell(b, "birth"),
                cell(c, "name"),
                cell(c, "birth"),
            ]
        )
    return sheet(rows)


@layout
def _two_sheets(m: Maker) -> Doc:
    first: Rows = [["氏名", "住所", "生年月日"], *(_sure(m, p, "name", "address", "birth") for p in m.people)]
    second: Rows = [["名前", "生年月日", "電話番号"], *(_sure(m, p, "name_tight", "era", "phone") for p in m.people)]
    return Doc(sheets=[("住所録", first), ("電話", second)], only=("xlsx", "zip", "docx", "html"))


def _sure(m: Maker, p: Person, *keys: str) -> list[Cell]:
    return [m.said.cell(p, key, sure=True) for key in keys]


@layout
def _sheet_each_district(m: Maker) -> Doc:
    keys = ["no", "name", "address_town", "phone", "age"]
    header: list[Cell] = list(m.said.header(keys))
    size = max(1, len(m.people) // 4)
    parts = [m.people[i : i + size] for i in range(0, len(m.people), size)]
    sheets = [(f"第{n}地区", [header, *m.rows(keys, part)]) for n, part in enumerate(parts, 1)]
    total: Rows = [["地区", "人数"]]
    total += [[title, len(rows) - 1] for title, rows in sheets]
    return Doc(sheets=[("集計", total), *sheets], only=("xlsx", "docx", "html"))


@layout
def _listed_twice(m: Maker) -> Doc:
    keys = ["name", "address", "phone"]
    rows = m.rows(keys)
    return sheet([["氏名", "住所", "電話"], *rows, *rows])


@layout
def _side_by_side(m: Maker) -> Doc:
    keys = ["no", "name", "phone", "age"]
    rows = m.rows(keys)
    middle = (len(rows) + 1) // 2
    right = rows[middle:] + [["", "", "", ""]] * (2 * middle - len(rows))
    header: list[Cell] = ["No", "氏名", "電話番号", "年齢"]
    return sheet([[*header, "", *header], *([*a, "", *b] for a, b in zip(rows[:middle], right, strict=True))])


@layout
def _stacked_tables(m: Maker) -> Doc:
    middle = len(m.people) // 2
    first = m.rows(["no", "name", "address"], m.people[:middle])
    second = m.rows(["name_tight", "phone", "age"], m.people[middle:])
    return sheet([["番号", "氏名", "住所"], *first, [], ["キャンセル待ち"], ["名前", "電話番号", "年齢"], *second])


@layout
def _on_its_side(m: Maker) -> Doc:
    m.people = m.people[:40]
    rows = m.rows(["name", "address", "phone", "age"])
    return sheet([list(column) for column in zip(["氏名", "住所", "電話番号", "年齢"], *rows, strict=True)])


@layout
def _two_rows_a_person(m: Maker) -> Doc:
    """Reading above, name below; the attributes beside the name."""
    rows: Rows = [["No", "フリガナ", "", ""], ["", "氏名", "生年月日", "電話番号"]]
    for p in m.people:
        rows += [[m.said.cell(p, "no"), m.said.cell(p, "kana"), "", ""],
                 ["", m.said.cell(p, "name"), m.said.cell(p, "birth"), m.said.cell(p, "phone")]]  # fmt: skip
    return sheet(rows)


@layout
def _emergency_contacts(m: Maker) -> Doc:
    rows: Rows = [["氏名", "年齢", "住所", "緊急連絡先氏名", "緊急連絡先続柄", "緊急連絡先電話番号"]]
    c = m.said.cell
    for a, b in _pairs(m.people):
        m.said.tell(b, C.NAME)
        address = _shared(m, [a], "address_town")
        rows.append(
            [
                c(a, "name", sure=True),
                c(a, "age", sure=True),
                address,
                c(b, "name_tight"),
                "長男",
                c(b, "phone", sure=True),
            ]
        )
    return sheet(rows)


@layout
def _labels_three_by_seven(m: Maker) -> Doc:
    cells = []
    for p in m.people:
        m.said.tell(p, C.NAME, C.ADDRESS, C.POSTAL_CODE)
        cells.append(f"〒254-{m.rng.randint(0, 9999):04}\n{p.address}\n\n{p.surname}　{p.given}　様")
    cells += [""] * (-len(cells) % 3)
    return Doc(
        sheets=[("宛名", [list(cells[i : i + 3]) for i in range(0, len(cells), 3)])], only=("xlsx", "docx", "html")
    )


@layout
def _labels_in_rows(m: Maker) -> Doc:
    rows: Rows = []
    for i in range(0, len(m.people), 3):
        three = m.people[i : i + 3]
        for p in three:
            m.said.tell(p, C.NAME, C.ADDRESS, C.POSTAL_CODE)
        rows += [[f"〒254-{m.rng.randint(0, 9999):04}" for _ in three], [p.address for p in three],
                 [f"{p.surname}　{p.given}　様" for p in three], ["" for _ in three]]  # fmt: skip
    return Doc(sheets=[("宛名", rows)], only=("xlsx", "docx", "html"))


_CARD = ["name", "kana", "address", "phone", "birth", "sex"]


@layout
def _form_sheet(m: Maker) -> Doc:
    """One form after the other on a sheet: label, value."""
    rows: Rows = [["参加申込書"]]
    for p in m.people:
        rows += [
            [label, m.said.cell(p, key)]
            for label, key in zip(("氏名", "フリガナ", "住所", "電話番号", "生年月日", "性別"), _CARD, strict=True)
        ]
        rows.append([])
    return Doc(sheets=[("申込書", rows)], only=("xlsx", "docx", "html"))


@layout
def _form_each_sheet(m: Maker) -> Doc:
    m.people = m.people[:60]
    sheets: list[tuple[str, Rows]] = []
    for p in m.people:
        c = m.said.cell
        rows: Rows = [["介護予防事業　利用申込書", "", "", ""], ["ふりがな", c(p, "hira"), "性別", c(p, "sex")],
                      ["氏名", c(p, "name_wide"), "生年月日", c(p, "era")], ["住所", c(p, "address"), "電話", c(p, "phone")],
                      ["緊急連絡先", "", "備考", ""]]  # fmt: skip
        sheets.append((f"{p.serial}", rows))
    return Doc(sheets=sheets, only=("xlsx", "docx"))
