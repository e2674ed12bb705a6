"""Lists of a town hall's counters: certificates, allowances, panels, calling trees, squared paper, registers by code."""

from __future__ import annotations

from dlp.finding import Category as C
from dlp.tuning.corpus.families import _pairs, _shared, _sure
from dlp.tuning.corpus.layout import LAYOUTS, Cell, Doc, Maker, Rows, layout, plain, sheet
from dlp.tuning.corpus.said import era

_SHEETS = ("xlsx", "docx", "html")


def _table(name: str, header: str, keys: str, *, title: str = "", more: tuple[str, ...] = ()) -> None:
    """Register a list whose header words are given; `more` are columns with the same words in every row."""

    def build(m: Maker) -> Doc:
        top: Rows = [[title], []] if title else []
        return sheet([*top, list(header.split()), *([*row, *more] for row in m.rows(keys.split()))])

    LAYOUTS[name] = build


_table("disaster_certificates", "受付番号 申請者氏名 被災家屋の所在地 連絡先 被害区分 調査日", "no name address phone",
       title="罹災証明書 交付申請受付簿", more=("半壊", "R6.9.3"))  # fmt: skip
_table(
    "light_vehicles",
    "標識番号 車名 納税義務者氏名 納税義務者住所 賦課年度",
    "local blank name_tight address",
    more=("R6",),
)
_table(
    "water_users", "水栓番号 使用者名 使用場所 検針日 使用水量 連絡先", "local name_tight address_town day amount phone"
)
_table("checkups", "受診番号 氏名 年齢 性別 身長 体重 BMI 収縮期血圧 HbA1c 判定", "local name_wide age sex",
       more=("160.5", "55.0", "21.4", "128", "5.6", "要指導"))  # fmt: skip
_table(
    "jury_candidates",
    "名簿番号 氏名 生年月日 住所 通知",
    "no name_wide era address",
    title="裁判員候補者予定者名簿",
    more=("済",),
)
_table("timestamps_first", "タイムスタンプ お名前を教えてください お住まいの住所 連絡の取れる電話番号 参加希望日 メールアドレス",
       "day name address phone day email")  # fmt: skip
_table("attendance_with_phone", "No 氏名 電話 4/1 4/8 4/15 4/22 備考", "no name_tight phone mark mark mark mark blank")
plain("romaji_list", "no latin sex birth_iso phone", "latin email birth phone", "latin address_town age")
plain("registered_names", "local name_wide phone birth", "name_tight address email")


@layout
def _allowance_status(m: Maker) -> Doc:
    """児童手当 現況届: who receives, the spouse, two children, an account."""
    rows: Rows = [
        [
            "認定番号",
            "受給者氏名",
            "振込先口座",
            "配偶者氏名",
            "児童１氏名",
            "児童１生年月日",
            "児童２氏名",
            "児童２生年月日",
        ]
    ]
    for i in range(0, len(m.people) - 3, 4):
        head, wife, one, two = m.people[i : i + 4]
        m.said.tell(wife, C.NAME)
        cells = _sure(m, head, "name", "account")
        rows.append([f"{7000 + i}", *cells, wife.name, *_sure(m, one, "name", "era"), *_sure(m, two, "name", "era")])
    return sheet(rows)


@layout
def _after_school_merged(m: Maker) -> Doc:
    """The club's name stands once, over its children (merged cells)."""
    rows: Rows = [
        ["学童保育クラブ別入所児童一覧"],
        ["クラブ", "学年", "児童", "", "保護者", ""],
        ["", "", "氏名", "生年月日", "氏名", "携帯"],
    ]
    for i, (child, parent) in enumerate(_pairs(m.people)):
        club = f"第{i // 5 + 1}クラブ" if i % 5 == 0 else ""
        c = m.said.cell
        rows.append(
            [
                club,
                f"{i % 6 + 1}年",
                c(child, "name"),
                c(child, "era_letter"),
                c(parent, "name_tight"),
                c(parent, "phone"),
            ]
        )
    return Doc(sheets=[("学童", rows)], only=_SHEETS)


@layout
def _elders_by_district(m: Maker) -> Doc:
    """Blocks with a heading, a subtotal and a blank line each."""
    rows: Rows = [["令和6年度 敬老会 招待者名簿"]]
    for start in range(0, len(m.people), 12):
        block = m.people[start : start + 12]
        rows += [[f"第{start // 12 + 1}町内会"], ["番号", "氏名", "年齢", "住所"]]
        rows += [list(m.said.row(p, ["no", "name_wide", "age", "address_town"])) for p in block]
        rows += [["", "小計", f"{len(block)}名", ""], []]
    return sheet(rows)


@layout
def _vaccination_cards(m: Maker) -> Doc:
    """A card for each child on one sheet: who it is, then a grid of vaccines."""
    rows: Rows = []
    for p in m.people[:80]:
        c = m.said.cell
        rows += [["予防接種台帳", "", "", "", "", ""], ["氏名", c(p, "name_wide"), "性別", c(p, "sex"), "生年月日", c(p, "era")],
                 ["住所", c(p, "address_town"), "", "", "電話", c(p, "phone")],
                 ["ワクチン", "1回目", "2回目", "3回目", "ロット", "医療機関"],
                 ["四種混合", "R5.4.1", "R5.5.1", "R5.6.1", f"A{m.rng.randint(100, 999)}", "霞医院"], ["麻しん風しん", "R6.4.1", "", "", "", "霞医院"], []]  # fmt: skip
    return Doc(sheets=[("台帳", rows)], only=_SHEETS)


@layout
def _residents_coded(m: Maker) -> Doc:
    """住基 by column codes, as a system exports them."""
    keys = ["local", "local", "name_wide", "kana_half", "birth_eight", "sex_code", "postal", "address", "day"]
    header = m.rng.choice((
        "ATENA_NO SETAI_NO SHIMEI_KANJI SHIMEI_KANA SEINENGAPPI SEIBETSU_CD YUBIN_NO JUSHO IDO_YMD",
        "宛名番号 世帯番号 氏名_漢字 氏名_カナ 生年月日_西暦 性別_CD 郵便番号_現 住所_現 異動年月日",
        "JUM001 JUM002 JUM010 JUM011 JUM020 JUM021 JUM030 JUM031 JUM090",
    ))  # fmt: skip
    return sheet([list(header.split()), *m.rows(keys)])


def _label(m: Maker, i: int) -> list[str]:
    p = m.people[i]
    m.said.tell(p, C.NAME, C.ADDRESS, C.POSTAL_CODE)
    return [f"〒254-{m.rng.randint(0, 9999):04}", p.address, f"{p.surname} {p.given} 様"]


@layout
def _labels_two_columns(m: Maker) -> Doc:
    """宛名ラベル side by side as text: two columns apart by blanks."""
    lines = []
    for i in range(0, len(m.people) - 1, 2):
        left, right = _label(m, i), _label(m, i + 1)
        lines += [f"{a:<40}{b}" for a, b in zip(left, right, strict=True)]
        lines += ["", ""]
    return Doc(text="\n".join(lines) + "\n", only=("txt", "eml", "zip"))


@layout
def _squared_paper(m: Maker) -> Doc:
    """Excel 方眼紙: every value lies over several small columns, what is between stays empty."""
    keys, places, width = ["no", "name_wide", "birth_long", "address_town", "phone"], (1, 3, 9, 14, 24), 30

    def spread(cells: list[Cell]) -> list[Cell]:
        row: list[Cell] = [""] * width
        for at, cell in zip(places, cells, strict=True):
            row[at] = cell
        return row

    rows: Rows = [
        [""] * width,
        ["", "", "申込者一覧", *[""] * (width - 3)],
        spread(["番号", "氏　名", "生年月日", "住　所", "電話番号"]),
    ]
    return Doc(sheets=[("方眼", rows + [spread(row) for row in m.rows(keys)])], only=("xlsx", "csv", "html"))


@layout
def _squared_form(m: Maker) -> Doc:
    """A form on squared paper, a sheet for each applicant."""
    sheets: list[tuple[str, Rows]] = []
    for p in m.people[:50]:
        c = m.said.cell

        def line(*cells: Cell) -> list[Cell]:
            row: list[Cell] = [""] * 24
            for at, cell in zip((1, 5, 13, 17), cells, strict=False):
                row[at] = cell
            return row

        rows: Rows = [line("避難所利用者登録票"), line("フリガナ", c(p, "kana"), "性　別", c(p, "sex")), line("氏　名", c(p, "name_wide"), "年　齢", c(p, "age")),
                      line("住　所", c(p, "address")), line("電　話", c(p, "phone"), "生年月日", c(p, "era"))]  # fmt: skip
        sheets.append((f"票{p.serial}", rows))
    return Doc(sheets=sheets, only=("xlsx",))


@layout
def _calling_tree(m: Maker) -> Doc:
    """連絡網: a box for each house, arrows between the boxes."""
    rows: Rows = [["3年1組 連絡網"], []]
    for i in range(0, len(m.people), 4):
        four = m.people[i : i + 4]
        for p in four:
            m.said.tell(p, C.NAME)
        boxes = [f"{p.surname}{p.given}\n{m.said.cell(p, 'phone', sure=True)}" for p in four]
        rows += [list(boxes), ["↓" for _ in boxes]]
    return Doc(sheets=[("連絡網", rows)], only=_SHEETS)


@layout
def _calling_tree_text(m: Maker) -> Doc:
    lines = ["自主防災会 連絡網", ""]
    for i, p in enumerate(m.people):
        m.said.tell(p, C.NAME)
        branch = "◎班長 " if i % 6 == 0 else ("　├─ " if i % 6 < 5 else "　└─ ")
        lines.append(f"{branch}{p.surname} {p.given}（{m.said.cell(p, 'phone', sure=True)}）" + (" →" if i % 6 else ""))
    return Doc(text="\n".join(lines) + "\n")


@layout
def _patrols(m: Maker) -> Doc:
    """当番表 of a neighbourhood: two names a day with their mobiles."""
    rows: Rows = [["月日", "曜日", "当番①", "携帯", "当番②", "携帯"]]
    for i, (a, b) in enumerate(_pairs(m.people)):
        cells = [m.said.cell(p, key, sure=True) for p in (a, b) for key in ("name_tight", "phone")]
        rows.append([f"10/{i % 28 + 1}", "月火水木金土日"[i % 7], *cells])
    return sheet(rows)


@layout
def _cremations(m: Maker) -> Doc:
    rows: Rows = [["使用日", "死亡者氏名", "死亡者生年月日", "申請者氏名", "続柄", "申請者住所", "申請者電話"]]
    for dead, kin in _pairs(m.people):
        cells = [*_sure(m, dead, "name", "era")]
        rows.append(["R6.10.1", *cells, m.said.cell(kin, "name"), "長男", *m.said.row(kin, ["address", "phone"])])
        m.said.tell(kin, C.RELATIONSHIP)
    return sheet(rows)


@layout
def _nursery_points(m: Maker) -> Doc:
    """保育所入所選考: child, father and mother in a row, where they work, how many points."""
    rows: Rows = [
        [
            "受付番号",
            "児童氏名",
            "児童生年月日",
            "住所",
            "父氏名",
            "父勤務先",
            "母氏名",
            "母勤務先",
            "基準指数",
            "希望園",
        ]
    ]
    for i in range(0, len(m.people) - 2, 3):
        child, father, mother = m.people[i : i + 3]
        for p in (father, mother):
            m.said.tell(p, C.NAME)
        cells = [
            m.said.cell(child, "name"),
            m.said.cell(child, "era", sure=True),
            _shared(m, [child, father, mother], "address"),
        ]
        rows.append([i, *cells, father.name, "霞水産(株)", mother.name, "碧野病院", m.rng.randint(10, 40), "澪保育園"])
    return sheet(rows)


@layout
def _visits(m: Maker) -> Doc:
    """Visits of a welfare commissioner: he is in office, who is visited is not."""
    rows: Rows = [["訪問日", "民生委員", "対象者氏名", "年齢", "住所", "世帯の状況", "見守り"]]
    officer = "民生 一郎"
    for p in m.people:
        rows.append(
            [f"10/{p.serial % 28 + 1}", officer, *m.said.row(p, ["name_wide", "age", "address_town"]), "独居", "要"]
        )
    return sheet(rows)


@layout
def _corrections_by_item(m: Maker) -> Doc:
    """正誤表: what was wrong and what is right, whatever the item."""
    rows: Rows = [["正誤表"], ["№", "対象者", "項目", "誤", "正"]]
    for p in m.people:
        key, label = m.rng.choice((("address_town", "住所"), ("phone", "電話番号"), ("era", "生年月日")))
        right = m.said.cell(p, key, sure=True)
        rows.append(
            [p.serial, m.said.cell(p, "name_tight"), label, right[:-1] + ("1" if right[-1] != "1" else "2"), right]
        )
    return sheet(rows)


@layout
def _corrections_by_row(m: Maker) -> Doc:
    """誤 and 正 under each other, the name right in both."""
    rows: Rows = [["区分", "氏名", "生年月日", "住所", "電話番号"]]
    for p in m.people:
        name, born, phone = _sure(m, p, "name", "era", "phone")
        address = m.said.cell(p, "address_town", sure=True)
        rows += [["誤", name, born, p.town + "9-9-9", phone], ["正", name, born, address, phone]]
    return sheet(rows)


@layout
def _corrections_of_names(m: Maker) -> Doc:
    """A name misspelt and put right beside it: one person a row."""
    rows: Rows = [["宛名番号", "氏名（誤）", "氏名（正）", "生年月日", "電話番号"]]
    for p in m.people:
        wrong = p.surname + p.given[:-1] + "朗"
        rows.append([p.serial, wrong, m.said.cell(p, "name_tight"), *_sure(m, p, "birth", "phone")])
    return sheet(rows)


@layout
def _two_encodings(m: Maker) -> Doc:
    """A file to which another program has added in another encoding."""
    middle = len(m.people) // 2
    head = "氏名,生年月日,電話番号\r\n"
    parts = [
        head + "".join(",".join(str(c) for c in _sure(m, p, "name", "birth", "phone")) + "\r\n" for p in part)
        for part in (m.people[:middle], m.people[middle:])
    ]
    return Doc(raw=parts[0].encode("cp932", "replace") + parts[1].encode("utf-8"), suffix="csv")


@layout
def _by_initial(m: Maker) -> Doc:
    """A directory with headings by initial."""
    rows: Rows = [["会員電話帳"]]
    for i, p in enumerate(m.people):
        if i % 9 == 0:
            rows.append([f"【{'あかさたなはまやらわ'[i // 9 % 10]}行】"])
        rows.append([m.said.cell(p, "name_wide"), m.said.cell(p, "phone", sure=True), p.town + p.house])
        m.said.tell(p, C.ADDRESS)
    return sheet(rows)


@layout
def _name_and_birth_in_two_rows(m: Maker) -> Doc:
    """Merged cells: the number over two rows, name above, birth below, the address beside both."""
    rows: Rows = [["番号", "氏名／生年月日", "住所／電話", "続柄"]]
    for p in m.people:
        m.said.tell(p, C.NAME, C.BIRTH_DATE, C.PHONE, C.ADDRESS, C.RELATIONSHIP)
        rows += [[p.serial, p.name, p.town + p.house, "本人"], ["", era(p), p.phone, ""]]
    return Doc(sheets=[("台帳", rows)], only=_SHEETS)
