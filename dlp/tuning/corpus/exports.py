"""Lists as other programs put them out: lying on their side, without headers, several rows a person, attribute by row."""

from __future__ import annotations

from dlp.finding import Category as C
from dlp.tuning.corpus.layout import Cell, Doc, Maker, Rows, layout, sheet


@layout
def _lying_with_sexes(m: Maker) -> Doc:
    """On its side; 男 and 女, headings of statistics, fill a row."""
    keys = ["no", "name_wide", "sex", "era", "address_town", "phone"]
    upright = [["番号", "氏名", "性別", "生年月日", "住所", "電話"], *m.rows(keys, m.people[:60])]
    return Doc(
        sheets=[("", [list(row) for row in zip(*upright, strict=True)])], only=("csv", "tsv", "xlsx", "html", "docx")
    )


@layout
def _numbers_without_header(m: Maker) -> Doc:
    """宛名番号, Individual Number, date: the numbers begin with any digit, also with 0 as telephones do."""
    return Doc(sheets=[("", m.rows(["local", "number", "birth_eight"]))], only=("csv", "tsv", "xlsx"))


@layout
def _public_assistance(m: Maker) -> Doc:
    rows: Rows = [["ケース番号", "世帯主氏名", "世帯人員", "保護開始日", "担当CW", "扶助費"]]
    for p in m.people:
        m.said.tell(p, C.SENSITIVE)
        cells: list[Cell] = [
            f"{p.serial:05}",
            m.said.cell(p, "name_tight"),
            1,
            f"20{m.rng.randint(10, 24)}/{p.serial % 12 + 1}/1",
        ]
        rows.append([*cells, f"{p.serial % 4 + 1}係", m.rng.randint(40, 120) * 1000])
    return sheet(rows)


@layout
def _several_rows_a_person(m: Maker) -> Doc:
    """A heading of two or three rows, and as many rows a person; the heading again on each page."""
    heads: Rows = [
        ["整理番号", "フリガナ", "性別", "郵便番号"],
        ["", "氏名", "生年月日", "住所"],
        ["", "続柄", "電話番号", "備考"],
    ]
    keys = [
        ["no", "kana", "sex", "postal"],
        ["", "name_wide", "era", "address_town"],
        ["", "relation", "phone", "blank"],
    ]
    count, page = m.rng.choice((2, 3)), m.rng.choice((15, 1000))
    rows: Rows = []
    for i, p in enumerate(m.people):
        rows += heads[:count] if i % page == 0 else []
        rows += [[m.said.cell(p, key) if key else "" for key in line] for line in keys[:count]]
    return Doc(sheets=[("名簿", rows)], only=("csv", "tsv", "xlsx", "html", "docx"))


@layout
def _said_one_by_one(m: Maker) -> Doc:
    """A row for each thing said of a person; who it is stands on the first of them, or on all."""
    each = m.rng.random() < 0.5
    rows: Rows = [["地区", "氏名", "区分", "内容"]]
    for p in m.people:
        for i, (word, key) in enumerate((("生年月日", "era"), ("電話", "phone"), ("住所", "address_town"))):
            beside: list[Cell] = (
                [f"第{p.serial % 5 + 1}区", m.said.cell(p, "name_wide")] if each or i == 0 else ["", ""]
            )
            rows.append([*beside, word, m.said.cell(p, key, sure=True)])
    return sheet(rows)


@layout
def _host_records(m: Maker) -> Doc:
    """Fields of a host of so many bytes, nothing between those that are filled."""
    lines = []
    for p in m.people:
        name, town = m.said.cell(p, "name_wide", sure=True), m.said.cell(p, "address_town", sure=True)
        fields = [
            (f"{p.serial:08}", 8),
            (name, 30),
            (m.said.cell(p, "kana_half", sure=True), 32),
            (m.said.cell(p, "birth_eight", sure=True), 8),
        ]
        fields += [("1" if p.sex == "男" else "2", 1), (f"{m.rng.randint(10**6, 10**7 - 1)}", 7), (town, 60)]
        lines.append("".join(text + " " * (size - len(text.encode("cp932", "replace"))) for text, size in fields))
    return Doc(raw="\r\n".join(lines).encode("cp932", "replace"), suffix="txt")


@layout
def _numbers_up_to_the_names(m: Maker) -> Doc:
    """As print has it where a number stands on the right of its cell and the name on the left of the next."""
    rows: Rows = [["氏名", "住所", "電話番号"]]
    for i, p in enumerate(m.people, 1):
        rows.append([f"{i}{m.said.cell(p, 'name')}", m.said.cell(p, "address_town"), m.said.cell(p, "phone")])
    return sheet(rows)


@layout
def _whom_to_ask_below(m: Maker) -> Doc:
    """Figures above the list, and below it the office to ask."""
    rows: Rows = [
        ["申込状況"],
        ["回", "定員", "申込"],
        [1, 30, 28],
        [2, 30, 25],
        [],
        ["参加者"],
        ["氏名", "住所", "電話"],
    ]
    rows += m.rows(["name_wide", "address", "phone"])
    return sheet([*rows, [], [m.rng.choice(("問合せ", "申込先", "事務局")), "健康課", "0463-21-9605"]])


@layout
def _headings_of_two_lines(m: Maker) -> Doc:
    """Two things in a cell, one above the other, and so in the heading."""
    rows: Rows = [["No", "ﾌﾘｶﾞﾅ\n氏名", "生年月日\n（年齢）", "住所\n電話番号"]]
    for p in m.people:
        two = [
            m.said.cell(p, key, sure=True)
            for key in ("kana_half", "name_wide", "era_letter", "age_years", "address_town", "phone")
        ]
        rows.append([p.serial, f"{two[0]}\n{two[1]}", f"{two[2]}\n（{two[3]}）", f"{two[4]}\n{two[5]}"])
    return Doc(sheets=[("名簿", rows)], only=("xlsx", "html"))
