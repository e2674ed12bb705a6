"""Lists, forms and letters as text: mail bodies, printed pages, notes."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.finding import Category as C
from dlp.tuning.corpus.layout import LAYOUTS, Doc, Maker, layout
from dlp.tuning.corpus.people import Person
from dlp.tuning.corpus.said import FIELDS

_HELLO = "お疲れさまです。市民課です。\n標記の件、次のとおり送ります。\n\n"
_BYE = (
    "\n\n以上、よろしくお願いします。\n\n--------------------------------\n鏡浜市役所 市民部 市民課\n担当：佐藤\n"
    "TEL：0463-21-9999（内線2345）\nE-mail：shimin@city.kagamihama.lg.jp\n--------------------------------\n"
)


def _lines(name: str, joint: str, *variants: str, letter: bool = True) -> None:
    def build(m: Maker) -> Doc:
        keys = m.rng.choice(variants).split()
        body = "\n".join(joint.join(map(str, row)) for row in m.table(keys))
        return Doc(text=_HELLO + body + _BYE if letter else body + "\n")

    LAYOUTS[name] = build


_lines("mail_commas", ",", "name address_town phone", "no name_tight birth sex phone", "name_wide email age")
_lines("mail_tabs", "\t", "no name birth sex phone", "name_tight kana address email")
_lines("mail_touten", "、", "name_tight address_town phone age", "name_tight birth_long sex_long phone")
_lines("mail_slashes", "／", "name_tight phone birth_iso", "name kana sex age_years email")
_lines("bars", " | ", "no name birth phone", "name_tight address_town email", letter=False)


@layout
def _markdown(m: Maker) -> Doc:
    rows = m.table(["no", "name", "address", "phone", "age"])
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return Doc(text="# 参加者\n\n" + "\n".join([lines[0], "|" + "---|" * 5, *lines[1:]]) + "\n", suffix="md")


def _given(m: Maker, p: Person, *keys: str) -> list[str]:
    return [text for key in keys if (text := m.said.cell(p, key))]


@layout
def _mail_spaces(m: Maker) -> Doc:
    lines = [
        " ".join([str(p.serial), m.said.cell(p, "name_wide"), *_given(m, p, "birth_plain", "phone", "sex")])
        for p in m.people
    ]
    return Doc(text=_HELLO + "\n".join(lines) + _BYE)


@layout
def _bullets(m: Maker) -> Doc:
    lines = []
    for p in m.people:
        said = "、".join(_given(m, p, "age_years", "sex_long", "address", "phone"))
        lines.append(f"・{m.said.cell(p, 'name')}" + (f"（{said}）" if said else ""))
    return Doc(text=_HELLO + "\n".join(lines) + _BYE)


@layout
def _numbered(m: Maker) -> Doc:
    lines = [
        f"{p.serial}. {m.said.cell(p, 'name')}　{'　'.join(_given(m, p, 'address_town', 'phone'))}" for p in m.people
    ]
    return Doc(text="希望者は次のとおりです。\n\n" + "\n".join(lines) + "\n")


@layout
def _printed_page(m: Maker) -> Doc:
    lines = ["健診対象者一覧", "No 氏名 性別 生年月日 電話番号"]
    for p in m.people:
        lines.append(" ".join([str(p.serial), m.said.cell(p, "name_tight"), *_given(m, p, "sex", "era", "phone")]))
        if p.serial % 40 == 0:
            lines += [f"- {p.serial // 40} -", "No 氏名 性別 生年月日 電話番号"]
    return Doc(text="\n".join(lines) + "\n")


@layout
def _fixed_width(m: Maker) -> Doc:
    """Columns at fixed places counted in half widths, as hosts print them."""
    m.said.blank = 0.25
    keys, widths = ["local", "name_wide", "birth_eight", "sex", "address_town", "phone"], (9, 20, 10, 4, 40, 15)
    header = ("宛名番号", "氏名", "生年月日", "性", "住所", "電話番号")
    lines = [
        "".join(_padded(cell, w) for cell, w in zip(row, widths, strict=True))
        for row in (header, *(m.said.row(p, keys) for p in m.people))
    ]
    return Doc(text="\n".join(line.rstrip() for line in lines) + "\n")


def _padded(text: str, width: int) -> str:
    import unicodedata

    used = sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)
    return text + " " * max(1, width - used)


def _form(name: str, style: str, between: str, labels: Sequence[tuple[str, str]], joint: str = "\n") -> None:
    def build(m: Maker) -> Doc:
        blocks = []
        for p in m.people:
            pairs = [(label, m.said.cell(p, key)) for label, key in labels]
            blocks.append(
                joint.join(style.format(label, value) for label, value in pairs if value or m.rng.random() < 0.5)
            )
        return Doc(text=_HELLO + between.join(blocks) + _BYE)

    LAYOUTS[name] = build


_FORM = [
    ("氏名", "name"),
    ("フリガナ", "kana"),
    ("住所", "address"),
    ("電話番号", "phone"),
    ("生年月日", "birth_plain"),
]
_ASKED = [
    ("お名前", "name_wide"),
    ("ふりがな", "hira"),
    ("ご住所", "address"),
    ("お電話番号", "phone"),
    ("メールアドレス", "email"),
    ("年齢", "age_years"),
]
_form("form_colons", "{}：{}", "\n\n", _FORM)
_form("form_no_gap", "{}: {}", "\n", _FORM)
_form("form_boxed", "【{}】{}", "\n\n----------\n\n", _ASKED)
_form("form_tabs", "{}\t{}", "\n\n", _FORM)
_form("form_two_lines", "■{}\n{}", "\n\n", _ASKED)
_form("form_dots", "{}……{}", "\n\n", _FORM)
_form("form_equals", "{} = {}", "\n\n", _ASKED)
_form("form_one_line", "{}：{}", "\n", _FORM, "　")
_form(
    "form_spaces",
    "{}　　{}",
    "\n\n",
    [("氏名", "name_wide"), ("住所", "address"), ("電話番号", "phone"), ("性別", "sex")],
)
_form("form_numbered", "（{}）{}", "\n\n", _ASKED)


@layout
def _form_with_other_answers(m: Maker) -> Doc:
    blocks = []
    for p in m.people:
        c = m.said.cell
        lines = [f"受付番号：{p.serial:04}", f"受付日時：2024/10/{p.serial % 28 + 1} 12:00", "講座名：はじめての陶芸",
                 f"お名前：{c(p, 'name')}（{c(p, 'kana')}）", f"年齢：{c(p, 'age_years')}", f"E-mail：{c(p, 'email')}", "ご質問：特になし"]  # fmt: skip
        blocks.append("\n".join(lines))
    return Doc(text="フォームから次の申込みがありました。\n\n" + "\n\n==========\n\n".join(blocks) + _BYE)


@layout
def _quoted_thread(m: Maker) -> Doc:
    lines = [
        f"> > {m.said.cell(p, 'name_tight')}, {m.said.cell(p, 'address_town')}, {m.said.cell(p, 'phone')}"
        for p in m.people
    ]
    return Doc(text="了解しました。\n\n> 名簿を再送します。\n> > 氏名, 住所, 電話番号\n" + "\n".join(lines) + _BYE)


_SENTENCES = (
    "{name}さん（{age}）から電話がありました。連絡先は{phone}です。",
    "相談者は{name}さん、{birth}生まれ。住所は{address}。",
    "{name}様より申込みを受け付けました。電話番号は{phone}、メールは{email}です。",
    "本日、{name}氏（{sex}、{age}）を訪問した。住まいは{address}。",
)


@layout
def _consultation_notes(m: Maker) -> Doc:
    parts = []
    for p in m.people:
        c = m.said.cell
        values = {"name": c(p, "name"), "age": c(p, "age_years", sure=True)} if p.serial else {}
        sentence = m.rng.choice(_SENTENCES)
        values = {"name": c(p, "name")}
        for key, kind in (
            ("age", "age_years"),
            ("phone", "phone"),
            ("birth", "birth_long"),
            ("address", "address"),
            ("email", "email"),
            ("sex", "sex_long"),
        ):
            if "{" + key + "}" in sentence:
                values[key] = c(p, kind, sure=True)
        parts.append(sentence.format(**values) + "\n経過を観察し、次回は来月に連絡する。")
    return Doc(text="相談記録\n\n" + "\n\n".join(parts) + "\n")


@layout
def _letters(m: Maker) -> Doc:
    """Printed letters, one after the other: postal code, address, name with 様."""
    pages = []
    for p in m.people:
        m.said.tell(p, C.NAME, C.ADDRESS, C.POSTAL_CODE)
        pages.append(f"〒254-{m.rng.randint(0, 9999):04}\n{p.address}\n{p.surname}　{p.given}　様\n\n　　　　　　　　鏡浜市長\n\n"
                     "介護保険料のお知らせ\n\n日頃より市政にご協力いただきありがとうございます。次のとおりお知らせします。\n\f")  # fmt: skip
    return Doc(text="\n".join(pages))


@layout
def _downwards(m: Maker) -> Doc:
    """One value a line, people apart by a blank line, no labels."""
    blocks = [
        "\n".join([m.said.cell(p, "name"), *_given(m, p, "address_town", "phone", "birth_long")]) for p in m.people
    ]
    return Doc(text="申込者\n\n" + "\n\n".join(blocks) + "\n")


assert all(key in FIELDS for _, key in (*_FORM, *_ASKED))
