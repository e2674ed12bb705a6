"""Lists as programs hand them on: JSON by rows and by columns, XML fields, boxes of web pages, things in three columns."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from dlp.finding import Category as C
from dlp.tuning.corpus.families import _pairs
from dlp.tuning.corpus.layout import Doc, Maker, Rows, layout, sheet

_KEYS = ["name", "address_town", "phone"]
_WORDS = ["氏名", "住所", "電話番号"]


@layout
def _json_rows_or_columns(m: Maker) -> Doc:
    """Rows beside the names of their columns, a list for each column, or an object by number."""
    rows = m.rows(_KEYS)
    columns = dict(zip(_WORDS, zip(*rows, strict=True), strict=True))
    shape = m.rng.randrange(3)
    value: dict[str, object] = {"status": "ok", "result": {"columns": _WORDS, "rows": rows}}
    if shape == 1:
        value = {word: list(cells) for word, cells in columns.items()}
    elif shape == 2:
        value = {word: {str(i): cell for i, cell in enumerate(cells)} for word, cells in columns.items()}
    return Doc(raw=json.dumps(value, ensure_ascii=m.rng.random() < 0.5).encode(), suffix="json")


@layout
def _xml_fields(m: Maker) -> Doc:
    """<field name=…> as database dumps have it, or bare values in turn; in UTF-8 or the system's character set."""
    named = m.rng.random() < 0.5
    lines = []
    for row in m.rows(_KEYS):
        words = [f' name="{word}"' if named else "" for word in _WORDS]
        lines.append(
            "<row>" + "".join(f"<field{w}>{escape(str(c))}</field>" for w, c in zip(words, row, strict=True)) + "</row>"
        )
    codec, said = m.rng.choice((("utf-8", "UTF-8"), ("cp932", "Shift_JIS")))
    text = f'<?xml version="1.0" encoding="{said}"?>\n<table name="jumin">\n' + "\n".join(lines) + "\n</table>\n"
    return Doc(raw=text.encode(codec, "xmlcharrefreplace"), suffix="xml")


@layout
def _boxes_of_a_page(m: Maker) -> Doc:
    """Rows of boxes side by side, or terms and what is said of them."""
    rows = m.rows(_KEYS)
    if m.rng.random() < 0.5:
        table: Rows = [[*_WORDS], *rows]
        boxes = ["".join(f"<span>{cell}</span>" for cell in row) for row in table]
        lines = "".join(f'<div class="row">{box}</div>\n' for box in boxes)
        return Doc(raw=f'<meta charset="utf-8"><div class="grid">{lines}</div>'.encode(), suffix="html")
    lists = ("".join(f"<dt>{w}<dd>{c}" for w, c in zip(_WORDS, row, strict=True) if c) for row in rows)
    return Doc(raw=('<meta charset="utf-8">' + "".join(f"<dl>{one}</dl>\n" for one in lists)).encode(), suffix="html")


@layout
def _phone_and_birth_in_three(m: Maker) -> Doc:
    """Surname, given name, both readings, year, month, day, and a telephone in its parts; no header, or one for these."""
    headed = m.rng.random() < 0.5
    rows: Rows = [["姓", "名", "市外局番", "市内局番", "加入者番号"]] if headed else []
    for p in m.people:
        m.said.tell(p, C.NAME, C.PHONE)
        halves = [p.surname, p.given]
        if not headed:
            m.said.tell(p, C.KANA, C.BIRTH_DATE)
            halves += [p.surname_kana, p.given_kana, str(p.born.year), str(p.born.month), str(p.born.day)]
        rows.append([*halves, *p.phone.split("-")])
    return Doc(sheets=[("", rows)], only=("csv", "tsv", "xlsx"))


@layout
def _marked_names(m: Maker) -> Doc:
    """★ and （故） before names, ※ and 外2名 behind them."""
    rows: Rows = [["氏名", "生年月日", "住所", "電話番号"]]
    for p in m.people:
        before = m.rng.choice(("", "★", "※", "○", "△ ", "（故）", "故　"))
        after = m.rng.choice(("", "※", "　＊", "　外2名", " 外１名", "（死亡）"))
        rows.append(
            [before + m.said.cell(p, "name_wide") + after, *m.said.row(p, ["era_letter", "address_town", "phone"])]
        )
    return sheet(rows)


@layout
def _asked_in_sentences(m: Maker) -> Doc:
    """The questions of a form on the web are the headings."""
    rows: Rows = [
        [
            "タイムスタンプ",
            "お子さまのお名前を教えてください",
            "お子さまの生年月日",
            "保護者の方のお名前を入力してください。",
            "連絡のつく電話番号",
        ]
    ]
    for child, parent in _pairs(m.people):
        one, other = m.said, (child, parent)
        cells = [
            one.cell(other[i // 2], key, sure=True) for i, key in enumerate(("name", "birth_plain", "name", "phone"))
        ]
        one.tell(child, C.PHONE)
        rows.append(["2024/06/01 9:00:00", *cells])
    return sheet(rows)


@layout
def _days_across(m: Maker) -> Doc:
    """Who came on which day: thirty-one figures in the heading."""
    rows: Rows = [["利用者出席表（6月）"], ["No", "利用者氏名", "生年月日", "要介護度", *range(1, 32), "計"]]
    for p in m.people:
        came = [m.rng.choice(("○", "", "／")) for _ in range(31)]
        rows.append([p.serial, *m.said.row(p, ["name_wide", "era_letter", "care"]), *came, came.count("○")])
    return Doc(sheets=[("6月", rows)], only=("csv", "xlsx", "html"))


@layout
def _labels_in_a_line(m: Maker) -> Doc:
    """Postal code, address, name and 様 in one cell or on one line."""
    cells = [[m.said.cell(p, key, sure=True) for key in ("postal", "address_town", "name")] for p in m.people]
    rows: Rows = [[f"〒{postal} {address} {name} 様"] for postal, address, name in cells]
    return Doc(sheets=[("", rows)], only=("csv", "txt", "xlsx"))
