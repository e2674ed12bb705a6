"""Layouts of municipal files: people in, blocks and the true number of data subjects out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from dlp.extract.blocks import Block, Table, Text
from tests.subjects.town import CARRYING, CELLS, Citizen, blank, era, frame, rows_of, western

type Layout = Callable[[Sequence[Citizen], random.Random], tuple[list[Block], int]]
LAYOUTS: dict[str, Layout] = {}


def layout(build: Layout) -> Layout:
    """Register under the function's name."""
    LAYOUTS[build.__name__] = build
    return build


def _plain(
    columns: list[str], *, header: list[str] | None = None, before: Sequence[Sequence[str | None]] = ()
) -> Layout:
    def build(people: Sequence[Citizen], rng: random.Random) -> tuple[list[Block], int]:
        rows, truth = rows_of(people, columns, rng)
        return [Table(frame([*before, header or columns, *rows]))], truth

    return build


LAYOUTS["full"] = _plain(["No", "氏名", "フリガナ", "住所", "電話番号", "メールアドレス", "生年月日", "性別", "備考"])
LAYOUTS["no_space"] = _plain(["名前", "住所", "電話番号"])
LAYOUTS["wide_space"] = _plain(["氏名（漢字）", "生年月日（和暦）", "携帯電話"])
LAYOUTS["two_columns"] = _plain(["No", "姓", "名", "性別", "年齢"])
LAYOUTS["kana_only"] = _plain(["フリガナ", "電話番号", "メールアドレス"])
LAYOUTS["half_kana"] = _plain(["氏名カナ", "口座番号", "生年月日"])
LAYOUTS["latin"] = _plain(["ローマ字", "メールアドレス", "生年月日"])
LAYOUTS["latin_and_kanji"] = _plain(["氏名", "ローマ字", "メールアドレス", "年齢"])
LAYOUTS["era_letters"] = _plain(["No", "氏名", "誕生日", "性別", "学校"])
LAYOUTS["numbers"] = _plain(["宛名番号x", "氏名", "個人番号", "住所"], header=["宛名番号", "氏名", "個人番号", "住所"])
LAYOUTS["care"] = _plain(["No", "氏名", "要介護度", "備考"])
LAYOUTS["title_rows"] = _plain(
    ["No", "氏名", "住所", "電話番号"],
    before=[
        ["令和6年度 敬老会 参加者名簿", None, None, None],
        [None, None, None, None],
        ["作成：総務課", None, None, "令和6年9月1日"],
    ],
)
LAYOUTS["one_attribute"] = _plain(["氏名", "メールアドレス"])
LAYOUTS["affiliation"] = _plain(["番号x", "氏名", "所属x", "年齢"], header=["受付番号", "氏名", "所属", "年齢"])


@layout
def headerless(people, rng):
    rows, truth = rows_of(people, ["No", "氏名", "住所", "電話番号", "生年月日"], rng, 0.2)
    return [Table(frame(rows))], truth


@layout
def headerless_no_space(people, rng):
    rows, truth = rows_of(people, ["名前", "携帯電話", "住所", "性別"], rng, 0.2)
    return [Table(frame(rows))], truth


@layout
def two_row_header(people, rng):
    top = ["No", "氏名", None, "連絡先", None, "生年月日"]
    below = [None, "姓", "名", "住所", "電話番号", None]
    rows, truth = rows_of(people, ["No", "姓", "名", "住所", "電話番号", "生年月日"], rng)
    return [Table(frame([top, below, *rows]))], truth


@layout
def repeated_header(people, rng):
    columns = ["No", "氏名", "住所", "電話番号"]
    rows, truth = rows_of(people, columns, rng)
    paged = []
    for start in range(0, len(rows), 20):
        paged += [columns, *rows[start : start + 20], ["小計", f"{min(20, len(rows) - start)}名", None, None]]
    paged += [[None] * 4, ["合計", f"{len(rows)}名", None, None], ["※住所は申込時のもの", None, None, None]]
    return [Table(frame(paged))], truth


@layout
def example_row(people, rng):
    rows, truth = rows_of(people, ["No", "氏名", "住所", "電話番号"], rng)
    example = ["例", "関所 太郎", "鏡浜市碧野1-2-3", "0463-00-0000"]
    return [Table(frame([["番号", "お名前", "ご住所", "お電話番号"], example, *rows]))], truth


@layout
def guardian_and_child(people, rng):
    pairs = list(zip(people[::2], people[1::2], strict=False))
    rows, truth = [], 0
    for child, guardian in pairs:
        cells = [child.name, western(child.born), child.sex, guardian.name, guardian.address, guardian.phone]
        row = [c if i in (0, 3) or not blank(rng, 0.3) else None for i, c in enumerate(cells)]
        shared = row[4] is not None or row[5] is not None
        truth += shared + (shared or row[1] is not None or row[2] is not None)
        rows.append(row)
    header = ["児童氏名", "生年月日", "性別", "保護者氏名", "住所", "電話番号"]
    return [Table(frame([header, *rows]))] if rows else [], truth


@layout
def couple_two_rows(people, rng):
    pairs = list(zip(people[::2], people[1::2], strict=False))
    rows, truth = [], 0
    for husband, wife in pairs:
        cells = [husband.name, western(husband.born), husband.phone, wife.name, western(wife.born), wife.phone]
        row = [c if i in (0, 3) or not blank(rng, 0.3) else None for i, c in enumerate(cells)]
        truth += any(row[1:3]) + any(row[4:6])
        rows.append(row)
    top = ["夫", None, None, "妻", None, None]
    below = ["氏名", "生年月日", "電話番号", "氏名", "生年月日", "電話番号"]
    return [Table(frame([top, below, *rows]))] if rows else [], truth


@layout
def address_in_four(people, rng):
    rows, truth = [], 0
    for c in people:
        gone = blank(rng)
        truth += not gone
        parts = [None] * 4 if gone else ["蒼海県", "鏡浜市", "碧野", f"{rng.randint(1, 9)}-{rng.randint(1, 50)}"]
        rows.append([c.name, *parts])
    return [Table(frame([["氏名", "都道府県", "市区町村", "町名", "番地"], *rows]))], truth


@layout
def side_by_side(people, rng):
    columns = ["氏名", "住所", "電話番号"]
    rows, truth = rows_of(people, columns, rng)
    middle = (len(rows) + 1) // 2
    right = rows[middle:] + [[None] * 3] * (middle - len(rows[middle:]))
    joined = [[*a, None, *b] for a, b in zip(rows[:middle], right, strict=True)]
    return [Table(frame([[*columns, None, *columns], *joined]))], truth


@layout
def two_sheets(people, rng):
    first, _ = rows_of(people, ["氏名", "住所", "生年月日"], rng, 0)
    second, _ = rows_of(people, ["名前", "生年月日（和暦）", "電話番号"], rng, 0)
    return [
        Table(frame([["氏名", "住所", "生年月日"], *first])),
        Table(frame([["名前", "生年月日", "電話番号"], *second])),
    ], len({(c.name, c.born) for c in people})


@layout
def twice_in_one(people, rng):
    rows, truth = rows_of(people, ["氏名", "住所", "電話番号"], rng)
    return [Table(frame([["氏名", "住所", "電話"], *rows, *rows]))], truth


@layout
def headers_change(people, rng):
    middle = len(people) // 2
    first, a = rows_of(people[:middle], ["No", "氏名", "住所"], rng)
    second, b = rows_of(people[middle:], ["名前", "電話番号", "年齢"], rng)
    table = [["番号", "氏名", "住所"], *first, [None, None, None], ["名前", "電話番号", "年齢"], *second]
    return [Table(frame(table))], a + b


@layout
def pages(people, rng):
    rows, truth = rows_of(people, ["氏名", "年齢", "住所"], rng)
    blocks = [Table(frame([["氏名", "年齢", "住所"], *rows[:30]]))]
    blocks += [Table(frame(rows[i : i + 30])) for i in range(30, len(rows), 30)]
    return blocks, truth


def _lines(columns: list[str], joint: str, intro: str = "") -> Layout:
    def build(people: Sequence[Citizen], rng: random.Random) -> tuple[list[Block], int]:
        rows, truth = rows_of(people, columns, rng)
        body = "\n".join(joint.join(cell or "" for cell in row) for row in rows)
        head = joint.join(columns)
        text = f"お疲れさまです。名簿を送ります。\n\n{intro}{head}\n{body}\n\n以上、よろしくお願いします。\n"
        return [Text(text, "body")], truth

    return build


LAYOUTS["mail_comma"] = _lines(["氏名", "住所", "電話番号"], ",")
LAYOUTS["mail_tab"] = _lines(["No", "氏名", "生年月日", "性別", "電話番号"], "\t")
LAYOUTS["mail_touten"] = _lines(["名前", "住所", "電話番号", "年齢"], "、")


@layout
def mail_spaces(people, rng):
    lines, truth = [], 0
    for n, c in enumerate(people, 1):
        given = [v for v in (western(c.born), c.address.replace(" ", ""), c.phone) if not blank(rng)]
        truth += bool(given)
        lines.append(" ".join([str(n), c.surname + "　" + c.given, *given]))
    return [Text("名簿です。\n\n" + "\n".join(lines) + "\n\n以上\n", "body")], truth


@layout
def pdf_lines(people, rng):
    lines, truth = [], 0
    for n, c in enumerate(people, 1):
        given = [v for v in (c.sex, era(c.born), c.phone) if not blank(rng)]
        truth += bool(given)
        lines.append(" ".join([str(n), c.name, *given]))
        if n % 40 == 0:
            lines += ["- 1 -", "No 氏名 性別 生年月日 電話番号"]
    return [Text("健診対象者一覧\nNo 氏名 性別 生年月日 電話番号\n" + "\n".join(lines), "page 1")], truth


def _forms(style: str, joint: str, between: str) -> Layout:
    columns = ["氏名", "フリガナ", "住所", "電話番号", "生年月日"]

    def build(people: Sequence[Citizen], rng: random.Random) -> tuple[list[Block], int]:
        blocks, truth = [], 0
        for c in people:
            lines, carrying = [], False
            for label in columns:
                if label in CARRYING and blank(rng):
                    continue
                carrying |= label in CARRYING
                lines.append(style.format(label) + CELLS[label](c))
            truth += carrying
            blocks.append(joint.join(lines))
        return [Text("申込内容\n\n" + between.join(blocks) + "\n", "body")], truth

    return build


LAYOUTS["form_colon"] = _forms("{}：", "\n", "\n\n")
LAYOUTS["form_no_gap"] = _forms("{}: ", "\n", "\n")
LAYOUTS["form_boxed"] = _forms("【{}】", "\n", "\n--------\n")
LAYOUTS["form_tab"] = _forms("{}\t", "\n", "\n\n")
LAYOUTS["form_two_lines"] = _forms("■{}\n", "\n", "\n\n")
LAYOUTS["form_one_line"] = _forms("{}：", "　", "\n")


@layout
def key_value_sheet(people, rng):
    rows, truth = [], 0
    for c in people:
        carrying = False
        for label in ("氏名", "住所", "電話番号", "生年月日"):
            value = None if label in CARRYING and blank(rng) else CELLS[label](c)
            carrying |= value is not None and label in CARRYING
            rows.append([label, None, value])
        truth += carrying
        rows.append([None, None, None])
    return [Table(frame(rows))], truth


@layout
def label_cells(people, rng):
    cells = [f"〒254-{rng.randint(1, 9999):04}\n{c.address}\n{c.surname}　{c.given}　様" for c in people]
    cells += [None] * (-len(cells) % 3)
    return [Table(frame([cells[i : i + 3] for i in range(0, len(cells), 3)]))], len(people)


@layout
def label_rows(people, rng):
    rows = []
    for i in range(0, len(people), 3):
        three = people[i : i + 3]
        rows += [
            [f"〒254-{rng.randint(1, 9999):04}" for _ in three],
            [c.address for c in three],
            [f"{c.surname}　{c.given}　様" for c in three],
            [None] * len(three),
        ]
    return [Table(frame(rows))], len(people)


@layout
def aligned_text(people, rng):
    rows, truth = rows_of(people, ["No", "名前", "住所", "電話番号"], rng, 0.25)
    lines = ["No    氏名          住所                      電話番号"]
    widths = (6, 14, 30, 14)
    lines += ["".join((cell or "").ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
    return [Text("\n".join(lines), "page 1")], truth


@layout
def key_colon_mail(people, rng):
    """Forms with other labels around, a greeting and a signature."""
    blocks, truth = [], 0
    for n, c in enumerate(people, 1):
        age = None if blank(rng) else f"{2024 - c.born[0]}歳"
        mail = None if blank(rng) else c.email
        truth += bool(age or mail)
        lines = [
            f"受付番号：{n:04}",
            "講座名：はじめての陶芸",
            f"お名前：{c.surname} {c.given}（{c.surname_kana}{c.given_kana}）",
        ]
        lines += [f"年齢：{age}"] if age else []
        lines += [f"E-mail：{mail}"] if mail else []
        blocks.append("\n".join(lines))
    tail = "\n\n--------------------\n鏡浜市役所 生涯学習課\n佐藤 太郎\nTEL：0463-21-9999\nE-mail：shogai@city.kagamihama.lg.jp\n"
    return [Text("担当者様\n\n次の申込みがありました。\n\n" + "\n\n".join(blocks) + tail, "body")], truth


@layout
def honorifics(people, rng):
    rows, truth = [], 0
    for c in people:
        phone = None if blank(rng) else c.phone
        truth += phone is not None
        rows.append([f"{c.surname} {c.given} 様", phone])
    return [Table(frame([["宛名", "連絡先"], *rows]))], truth


@layout
def disguised(people, rng):
    wide = str.maketrans("0123456789-", "０１２３４５６７８９−")
    rows, truth = [], 0
    for c in people:
        phone = None if blank(rng) else c.phone.translate(wide)
        born = None if blank(rng) else western(c.born).translate(wide).replace("/", "／")
        truth += phone is not None or born is not None
        rows.append(["\u200b".join(c.surname) + "　" + "　".join(c.given), phone, born])
    return [Table(frame([["氏　　名", "電　話", "生年月日"], *rows]))], truth


@layout
def numbers_alone(people, rng):
    rows = [
        [str(n), c.number if n % 4 else f"{c.number[:4]} {c.number[4:8]} {c.number[8:]}"]
        for n, c in enumerate(people, 1)
    ]
    return [Table(frame([["連番", "マイナンバー"], *rows]))], len(people)


@layout
def three_date_columns(people, rng):
    rows, truth = [], 0
    for c in people:
        gone = blank(rng)
        truth += not gone
        rows.append([c.name, *([None] * 3 if gone else [str(v) for v in c.born])])
    return [Table(frame([["氏名", "生年月日", None, None], [None, "年", "月", "日"], *rows]))], truth


@layout
def wide_table(people, rng):
    extra = [f"項目{i}" for i in range(30)]
    rows, truth = rows_of(people, [*extra[:10], "氏名", *extra[10:20], "生年月日", *extra[20:], "住所"], rng)
    return [
        Table(frame([[*extra[:10], "利用者氏名", *extra[10:20], "利用者生年月日", *extra[20:], "利用者住所"], *rows]))
    ], truth


@layout
def english(people, rng):
    rows, truth = rows_of(people, ["No", "名前", "メールアドレス", "電話番号", "生年月日"], rng)
    return [Table(frame([["id", "name", "email", "phone", "birthday"], *rows]))], truth


@layout
def sideways(people, rng):
    rows, truth = rows_of(people[:40], ["氏名", "住所", "電話番号"], rng)
    return [Table(frame([list(column) for column in zip(["氏名", "住所", "電話番号"], *rows, strict=True)]))], truth
