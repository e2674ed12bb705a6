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
