"""Lists with one person a row: what stands in which columns, and what stands around them."""

from __future__ import annotations

from collections.abc import Callable

from dlp.finding import Category
from dlp.tuning.corpus.layout import Cell, Doc, Maker, Rows, layout, plain, sheet
from dlp.tuning.corpus.people import Person

plain("basic", "no name kana address phone birth sex", "name_wide kana postal address phone email birth age sex blank",
      "no name_tight address_town phone_digits era sex", "local name birth_iso sex address phone email")  # fmt: skip
plain(
    "name_and_one",
    "name address",
    "name_tight phone",
    "no name_wide email",
    "name_tight birth",
    "name age",
    "no name sex",
)
plain("surname_and_given", "no surname given sex age", "surname given surname_kana given_kana birth address",
      "surname given phone email class")  # fmt: skip
plain("kana_only", "no kana phone birth", "kana address_town", "kana_half era sex phone_digits")
plain(
    "half_kana",
    "no name kana_half address phone",
    "kana_half account birth_eight",
    "name_tight kana_half era_letter sex_code",
)
plain("hiragana", "name hira age class phone", "no hira sex age address_town")
plain("romaji", "no latin email birth_iso", "latin sex_long phone_world", "latin name_tight email age")
plain(
    "without_prefecture",
    "name address_town",
    "no name_tight address_town phone_paren",
    "name_wide postal address_town era",
)
plain(
    "telephones",
    "name phone_paren",
    "name_tight phone_world email",
    "name phone_lost birth_eight",
    "no name_wide phone_wide sex",
)
plain("dates", "name birth_time", "name_tight birth_long", "name_wide era_letter class", "name birth_eight amount")
plain("insured", "local insured name_tight kana_half birth_eight sex_code care", "symbol name kana address birth")
plain("care", "insured name era sex care address_town phone", "no name_tight care class")
plain("welfare", "no name_wide handicap birth address", "name illness age sex", "local name_tight handicap phone")
plain("tax", "local name_tight kana_half address amount phone", "local name address_town amount")
plain("voters", "class no name_tight sex birth address_town", "class no name sex era address")
plain(
    "individual_numbers", "local name_tight number birth address", "no name number sex", "number name_tight kana_half"
)
plain("number_list", "no number class", "number class amount")
plain("bank_list", "no kana_half account amount", "name_tight account amount day", "name kana account phone")
plain("pension", "pension name kana birth_eight", "no name_tight pension address")
plain("residents", "resident local name_tight kana_half birth_eight sex_code address relation")
plain("participants", "no name age class phone mark", "no name_tight hira address_town phone mark mark blank",
      "name_wide class sex age_years email day")  # fmt: skip
plain("questionnaire", "day name_tight email age_years sex_long class", "day name kana phone_digits email mark blank")
plain("reading_in_brackets", "no name_reading phone age", "name_reading address birth")
plain("honorific", "no name_sama postal address", "name_sama address_town phone")
plain("booking", "day class name phone", "class name_wide address phone_digits day mark")


@layout
def _title_rows(m: Maker) -> Doc:
    head: Rows = [["令和6年度　碧野地区　敬老会参加者一覧"], [], ["作成日", "令和6年9月1日", "作成", "総務課"], []]
    return sheet(head + m.table(["no", "name", "address_town", "phone", "age"]))


@layout
def _notes_above_and_below(m: Maker) -> Doc:
    head: Rows = [["取扱注意"], ["この名簿は目的外に利用しないでください。問い合わせ：市民課（内線2345）"]]
    foot: Rows = [[], ["※電話番号は申込時のものです。"], ["計", f"{len(m.people)}名"]]
    return sheet(head + m.table(["no", "name_tight", "kana", "phone", "birth"]) + foot)


@layout
def _repeated_header(m: Maker) -> Doc:
    keys = ["no", "name", "address", "phone", "sex"]
    header: Rows = [list(m.said.header(keys))]
    rows = m.rows(keys)
    out: Rows = []
    for start in range(0, len(rows), 25):
        page = rows[start : start + 25]
        out += [*header, *page, ["小計", f"{len(page)}名"]]
    out += [["合計", f"{len(rows)}名"], ["以下余白"]]
    return sheet(out)


@layout
def _blank_rows(m: Maker) -> Doc:
    table = m.table(["name", "birth", "address_town", "phone"])
    spaced: Rows = []
    for i, row in enumerate(table):
        spaced += [row, []] if i % 4 == 0 else [row]
    return sheet(spaced)


@layout
def _example_row(m: Maker) -> Doc:
    table = m.table(["no", "name", "address", "phone", "birth"])
    table.insert(1, ["記入例", "山田　太郎", "鏡浜市碧野1-2-3", "0463-00-0000", "1990/1/1"])
    return sheet(table)


@layout
def _without_header(m: Maker) -> Doc:
    m.said.blank = 0.2
    keys = m.rng.choice(("no name address phone birth", "name_tight phone_digits address_town sex", "local name_wide era sex phone",
                         "no name_tight kana birth_eight", "surname given phone email"))  # fmt: skip
    return sheet(m.rows(keys.split()))


@layout
def _strange_header(m: Maker) -> Doc:
    """Columns headed by words that say nothing: values alone tell."""
    m.said.blank = 0.2
    keys = m.rng.choice(
        ("no name address phone", "name_tight birth phone_digits", "local name_wide address_town sex email")
    )
    columns = keys.split()
    styles = ([f"F{i}" for i in range(1, 9)], [f"項目{i}" for i in range(1, 9)], [f"列{c}" for c in "ABCDEFGH"],
              ["ア", "イ", "ウ", "エ", "オ", "カ"], [f"COL_{i:02}" for i in range(8)])  # fmt: skip
    header: list[Cell] = list(m.rng.choice(styles)[: len(columns)])
    return sheet([header, *m.rows(columns)])


@layout
def _english_header(m: Maker) -> Doc:
    words = {
        "no": "id",
        "name": "name",
        "email": "e-mail",
        "phone": "tel",
        "birth_iso": "birthday",
        "sex_long": "gender",
    }
    keys = list(words)
    return sheet([list(words.values()), *m.rows(keys)])


@layout
def _system_header(m: Maker) -> Doc:
    words = {"local": "ATENA_NO", "name_tight": "SHIMEI_KANJI", "kana_half": "SHIMEI_KANA", "birth_eight": "BIRTH_YMD",
             "sex_code": "SEX_CD", "address": "JUSHO", "phone_digits": "TEL_NO"}  # fmt: skip
    return sheet([list(words.values()), *m.rows(list(words))])


@layout
def _snake_header(m: Maker) -> Doc:
    words = {"no": "user_id", "surname": "last_name", "given": "first_name", "email": "email_address",
             "phone_digits": "phone_number", "birth_iso": "date_of_birth", "address": "street_address"}  # fmt: skip
    return sheet([list(words.values()), *m.rows(list(words))])


@layout
def _wide(m: Maker) -> Doc:
    extra = [f"設問{i}" for i in range(1, 25)]
    rows: Rows = [["受付番号", "氏名", *extra[:12], "年齢", *extra[12:], "連絡先電話"]]
    for p in m.people:
        answers: list[Cell] = [m.rng.choice(("1", "2", "はい", "いいえ", "")) for _ in extra]
        c = m.said.cell
        rows.append([c(p, "no"), c(p, "name"), *answers[:12], c(p, "age"), *answers[12:], c(p, "phone")])
    return sheet(rows)


@layout
def _two_row_header(m: Maker) -> Doc:
    top: Rows = [["No", "氏名", "", "連絡先", "", "生年月日"], ["", "姓", "名", "住所", "電話番号", ""]]
    return sheet(top + m.rows(["no", "surname", "given", "address", "phone", "era"]))


@layout
def _merged_header(m: Maker) -> Doc:
    top: Rows = [["№", "対象者", "", "", "申請", ""], ["", "氏名", "性別", "生年月日", "申請日", "区分"]]
    return sheet(top + m.rows(["no", "name_tight", "sex", "birth", "day", "class"]))


@layout
def _three_date_columns(m: Maker) -> Doc:
    rows: Rows = [["氏名", "生年", "生月", "生日", "住所"]]
    for p in m.people:
        said = m.said.cell(p, "birth_plain").split("/")
        rows.append(
            [m.said.cell(p, "name"), *(said if len(said) == 3 else ["", "", ""]), m.said.cell(p, "address_town")]
        )
    return sheet(rows)


@layout
def _address_in_two(m: Maker) -> Doc:
    return _split_address(
        m, ["住所1", "住所2"], lambda p: [p.prefecture + p.city + p.town + p.house, p.building.strip()]
    )


@layout
def _address_in_three(m: Maker) -> Doc:
    return _split_address(
        m, ["市区町村", "町名", "番地等"], lambda p: [p.city or "鏡浜市", p.town, p.house + p.building]
    )


@layout
def _address_in_four(m: Maker) -> Doc:
    return _split_address(
        m,
        ["都道府県", "市区町村", "町域", "番地"],
        lambda p: [p.prefecture or "静岡県", p.city or "鏡浜市", p.town, p.house],
    )


def _split_address(m: Maker, header: list[str], parts: Callable[[Person], list[str]]) -> Doc:
    rows: Rows = [["番号", "氏名", "郵便番号", *header, "性別"]]
    for p in m.people:
        given = m.rng.random() >= 0.35
        if given:
            m.said.tell(p, Category.ADDRESS)
        cells = parts(p) if given else [""] * len(header)
        rows.append(
            [m.said.cell(p, "no"), m.said.cell(p, "name"), m.said.cell(p, "postal"), *cells, m.said.cell(p, "sex")]
        )
    return sheet(rows)


@layout
def _typed_cells(m: Maker) -> Doc:
    """Numbers as numbers: a spreadsheet has dropped the leading 0, dates are serials."""
    rows: Rows = [["No", "氏名", "電話番号", "年齢", "生年月日"]]
    for p in m.people:
        phone, age, born = (m.said.cell(p, k) for k in ("phone_lost", "age", "birth_plain"))
        serial = (p.born - p.born.replace(year=1900, month=1, day=1)).days + 2
        rows.append([p.serial, m.said.cell(p, "name_tight"), int(phone) if phone else None, int(age) if age else None,
                     serial if born else None])  # fmt: skip
    return Doc(sheets=[("一覧", rows)], only=("xlsx",))


@layout
def _foreign_residents(m: Maker) -> Doc:
    rows: Rows = [["No", "氏名", "通称", "国籍", "在留カード番号", "住所", "生年月日"]]
    for p in m.people:
        c = m.said.cell
        name = p.latin if p.alias or m.rng.random() < 0.5 else f"{p.surname} {p.given}"
        m.said.tell(p, Category.NAME)
        rows.append([c(p, "no"), name, p.alias, m.rng.choice(("ベトナム", "ブラジル", "ネパール", "フィリピン")),
                     c(p, "residence_card"), c(p, "address"), c(p, "birth")])  # fmt: skip
    return sheet(rows)


@layout
def _multiline_cells(m: Maker) -> Doc:
    """Name under reading in one cell, two attributes in another."""
    rows: Rows = [["No", "氏名", "住所・電話番号", "備考"]]
    for p in m.people:
        c = m.said.cell
        both = "\n".join(filter(None, (c(p, "address"), c(p, "phone"))))
        rows.append([c(p, "no"), f"{c(p, 'name_wide')}\n（{c(p, 'kana')}）", both, c(p, "blank")])
    return Doc(sheets=[("名簿", rows)], only=("xlsx", "csv", "html"))


@layout
def _contact_either(m: Maker) -> Doc:
    rows: Rows = [["氏名", "連絡先（電話またはメール）", "参加回"]]
    rows += [[m.said.cell(p, "name"), m.said.cell(p, m.rng.choice(("phone", "email"))), "第1回"] for p in m.people]
    return sheet(rows)


@layout
def _grouped_rows(m: Maker) -> Doc:
    """District lines between the people, the district not repeated."""
    rows: Rows = [["地区", "氏名", "年齢", "電話番号", "民生委員への情報提供"]]
    for i, p in enumerate(m.people):
        district = f"第{i // 8 + 1}地区" if i % 8 == 0 else ""
        rows.append([district, *m.said.row(p, ["name", "age", "phone", "mark"])])
    return sheet(rows)
