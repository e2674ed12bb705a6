"""People in what is drawn with characters or told in points: boxes, spread labels, calling trees, households, two lists
side by side; and, in the same shapes, nobody."""

from __future__ import annotations

import unicodedata

from dlp.finding import Category as C
from dlp.tuning.corpus.innocents import INNOCENTS, OFFICES, Town
from dlp.tuning.corpus.layout import Doc, Maker, layout
from dlp.tuning.corpus.notes import _residents
from dlp.tuning.corpus.said import era

_TEXT = ("txt", "eml", "zip")
_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def _cell(text: str, width: int) -> str:
    """A text padded with wide blanks to so many full widths."""
    used = sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)
    return text + " " * (used % 2) + "　" * max(0, width - (used + 1) // 2)


def _box(rows: list[list[str]], widths: list[int]) -> str:
    """Cells in ruled lines."""
    lines = ["─" * width for width in widths]
    edge = [f"{a}{b.join(lines)}{c}" for a, b, c in ("┌┬┐", "├┼┤", "└┴┘")]
    inner = [f"│{'│'.join(_cell(c, w) for c, w in zip(row, widths, strict=True))}│" for row in rows]
    return "\n".join([edge[0], f"\n{edge[1]}\n".join(inner), edge[2]])


@layout
def _boxed_forms(m: Maker) -> Doc:
    """A form in ruled lines for each, the labels' letters apart."""
    forms = []
    for p in m.people:
        c = m.said.cell
        rows = [["氏　　名", c(p, "name_wide")], ["生年月日", c(p, "era")], ["住　　所", c(p, "address_town")], ["電話番号", c(p, "phone_wide")]]  # fmt: skip
        forms.append(_box(rows, [5, 24]))
    return Doc(text="\n\n".join(forms) + "\n", only=_TEXT)


@layout
def _boxed_table(m: Maker) -> Doc:
    rows = [["№", "氏　　名", "性別", "電話番号"]]
    for p in m.people:
        c = m.said.cell
        rows.append([str(p.serial).translate(_WIDE), c(p, "name_wide"), c(p, "sex"), c(p, "phone_wide")])
    return Doc(text="参加者名簿\n" + _box(rows, [3, 14, 3, 14]) + "\n", only=_TEXT)


@layout
def _spread_labels(m: Maker) -> Doc:
    """Numbered items of a draft, their labels spread over the same width."""
    parts = []
    for p in m.people:
        c = m.said.cell
        parts.append(f"１　氏　　名　　{c(p, 'name_wide')}\n２　生年月日　　{c(p, 'era')}\n３　住　　所　　{c(p, 'address_town')}\n４　措置の理由　居宅での養護が困難なため")  # fmt: skip
    return Doc(text="措置の決定について（伺い）\n\n" + "\n\n".join(parts) + "\n", only=_TEXT)


@layout
def _calling_tree_with_arrows(m: Maker) -> Doc:
    """①… → ②…: a telephone in each step."""
    m.people = _residents(m)
    lines = []
    for i in range(0, len(m.people) - 1, 2):
        steps = []
        for p in m.people[i : i + 2]:
            m.said.tell(p, C.NAME, C.PHONE)
            steps.append(f"{'①②③④⑤⑥⑦⑧⑨'[p.serial % 9]}{p.surname} {p.given} {p.phone}")
        lines.append(" → ".join(steps))
    return Doc(text="3年1組 連絡網（取扱注意）\n\n" + "\n".join(lines) + "\n", only=_TEXT)


@layout
def _points_below_names(m: Maker) -> Doc:
    """■ name, and what is said of each in points below."""
    parts = []
    for p in m.people:
        m.said.tell(p, C.NAME, C.AGE, C.SEX)
        said = [f"・{p.age}歳　{p.sex}"]
        said += [f"・{text}" for key in ("address_town", "phone") if (text := m.said.cell(p, key))]
        parts.append(f"■ {p.surname} {p.given}\n　" + "\n　".join(said))
    return Doc(text="避難行動要支援者\n\n" + "\n".join(parts) + "\n", only=_TEXT)


@layout
def _two_lists_side_by_side(m: Maker) -> Doc:
    """Two people a line, far apart, under no heading."""
    m.people = _residents(m)
    lines = []
    for i in range(0, len(m.people) - 1, 2):
        for p in m.people[i : i + 2]:
            m.said.tell(p, C.NAME, C.PHONE)
        a, b = m.people[i : i + 2]
        lines.append(f"{a.surname} {a.given}　　{a.phone}　　　　{b.surname} {b.given}　　{b.phone}")
    return Doc(text="　　　　緊急連絡先\n" + "\n".join(lines) + "\n", only=_TEXT)


@layout
def _household_lines(m: Maker) -> Doc:
    """世帯主 and the others by their given names, a day beside each."""
    parts = []
    people = _residents(m)
    for i in range(0, len(people) - 1, 3):
        head, *others = people[i : i + 3]
        lines = [f"世帯主　{head.surname}　{head.given}　{era(head)}"]
        lines += [f"{kin}　　　　　　{p.given}　{era(p)}" for kin, p in zip(("妻", "長男"), others, strict=False)]
        for p in (head, *others):
            m.said.tell(p, C.NAME, C.BIRTH_DATE)
        parts.append("\n".join(lines))
    return Doc(text="転入の世帯は次のとおりです。\n\n" + "\n\n".join(parts) + "\n", only=_TEXT)


@layout
def _births_in_brackets(m: Maker) -> Doc:
    """届出受理簿: what was notified, and of whom, the day of birth in brackets."""
    lines = []
    for p in _residents(m):
        m.said.tell(p, C.NAME, C.BIRTH_DATE)
        what = m.rng.choice(("出生", "死亡", "転入", "転出", "婚姻"))
        lines.append(f"{p.serial % 12 + 1}/{p.serial % 28 + 1} {what} {p.surname} {p.given}（{era(p)}生）")
    return Doc(text="届出受理簿\n" + "\n".join(lines) + "\n", only=_TEXT)


def _council(t: Town, size: int) -> Doc:
    """Elected people under header words between blanks."""
    lines = [f"{i} {t.name()} {t.pick('汐政会 無所属 市民の会')} {t.n(1, 6)} {t.tel()}" for i in range(1, size + 1)]
    return Doc(text="市議会議員名簿\n議席 氏名 会派 期数 電話\n" + "\n".join(lines) + "\n", only=_TEXT)


def _boxed_facilities(t: Town, size: int) -> Doc:
    rows = [["施　設　名", "所　在　地", "電話番号"]]
    rows += [[t.facility(), t.place(), t.tel().translate(_WIDE)] for _ in range(size)]
    return Doc(text="公共施設一覧\n" + _box(rows, [14, 18, 14]) + "\n", only=_TEXT)


def _boxed_empty_form(t: Town, size: int) -> Doc:
    rows = [["氏　　名", ""], ["生年月日", "　　年　　月　　日"], ["住　　所", f"鏡浜市{t.town()}"], ["電話番号", ""]]
    return Doc(text="\n".join(_box(rows, [5, 24]) for _ in range(min(size, 20))) + "\n", only=_TEXT)


def _points_below_facilities(t: Town, size: int) -> Doc:
    parts = [f"■ {t.facility()}\n　・{t.place()}\n　・電話 {t.tel()}\n　・対象 65歳以上" for _ in range(size)]
    return Doc(text="施設のご案内\n\n" + "\n".join(parts) + "\n", only=_TEXT)


def _thread_without_names(t: Town, size: int) -> Doc:
    """Whoever is concerned addressed at each depth, offices with their telephones."""
    quoted: list[str] = []
    for _ in range(min(size, 20)):
        told = [
            f"{t.rng.choice(OFFICES)} ご担当者様",
            "",
            f"{t.town()}建設様の件、電話は{t.tel()}です。",
            t.place(),
            "",
        ]
        quoted = [*told, *(f"> {line}" for line in quoted)]
    return Doc(text="\n".join(quoted) + "\n", only=_TEXT)


def _facilities_side_by_side(t: Town, size: int) -> Doc:
    lines = [f"{t.facility()}　　{t.tel()}　　　　{t.facility()}　　{t.tel()}" for _ in range(size)]
    return Doc(text="　　　　施設の電話\n" + "\n".join(lines) + "\n", only=_TEXT)


def _winners_with_numbers(t: Town, size: int) -> Doc:
    """Results in sentences: a number or a class in brackets behind a name is no address."""
    lines = [
        f"{i}位は{t.name()}さん（{t.pick('背番号 ゼッケン 東小')}{t.n(1, 99)}）でした。" for i in range(1, size + 1)
    ]
    return Doc(text="大会の結果\n" + "\n".join(lines) + "\n", only=_TEXT)


for _kind in (
    _council,
    _boxed_facilities,
    _boxed_empty_form,
    _points_below_facilities,
    _thread_without_names,
    _facilities_side_by_side,
    _winners_with_numbers,
):
    INNOCENTS[_kind.__name__.lstrip("_")] = _kind
