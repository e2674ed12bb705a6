"""People in notes that nobody meant to be a list: neighbours in prose, couples, corrections, broken lines, deep threads."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.finding import Category as C
from dlp.tuning.corpus.layout import LAYOUTS, Doc, Maker, layout
from dlp.tuning.corpus.papers import _facts, _wrapped
from dlp.tuning.corpus.people import Person, half_width
from dlp.tuning.corpus.said import era


def _residents(m: Maker) -> list[Person]:
    return [p for p in m.people if not p.alias]


@layout
def _neighbours_in_prose(m: Maker) -> Doc:
    """自治会名簿 in sentences: the head of a group, then its houses."""
    parts = []
    for i in range(0, len(m.people), 5):
        said = []
        for p in m.people[i : i + 5]:
            m.said.tell(p, C.NAME, C.ADDRESS, C.PHONE)
            said.append(f"{p.name}（{p.town}{p.house}、{p.phone}）")
        parts.append(
            f"第{i // 5 + 1}班は、班長が{said[0]}"
            + (f"、班員が{'、'.join(said[1:])}である。" if said[1:] else "である。")
        )
    return Doc(text="自治会の構成\n\n" + "\n".join(parts) + "\n")


@layout
def _panel_papers(m: Maker) -> Doc:
    """介護認定審査会資料: a page each, a doctor named who is nobody's case."""
    pages = []
    for p in m.people:
        c = m.said.cell
        pages.append(f"介護認定審査会資料　合議体第{p.serial % 5 + 1}\n被保険者番号　{c(p, 'insured', sure=True)}\n氏名　{c(p, 'name_wide')}　　性別　{c(p, 'sex')}　　年齢　{c(p, 'age', sure=True)}歳\n"
                     f"一次判定　要介護２　前回要介護度　要介護１\n主治医意見書　記載医師　霞医院　内科\n特記事項　歩行は見守りを要する。\n")  # fmt: skip
        m.said.tell(p, C.SENSITIVE)
    return Doc(text="\f\n".join(pages))


@layout
def _symbols_in_sentences(m: Maker) -> Doc:
    """The symbol and number of an insurance card in a sentence."""
    lines = []
    for p in m.people:
        m.said.tell(p, C.NAME, C.INSURANCE)
        symbol, number = m.rng.randint(10, 99), m.rng.randint(1000, 99999)
        lines.append(m.rng.choice((
            f"記号{symbol}、番号{number}の{p.name}さんから、資格確認書の再交付の申し出があった。",
            f"{p.name}さん（記号：{symbol}　番号：{number}）の給付を確認した。",
            f"{p.name}様の保険証は記号{symbol}・番号{number}です。",
        )))  # fmt: skip
    return Doc(text="国民健康保険 処理記録\n\n" + "\n".join(lines) + "\n")


def _two(people: Sequence[Person]) -> list[tuple[Person, Person]]:
    return list(zip(people[::2], people[1::2], strict=False))


@layout
def _couples_in_prose(m: Maker) -> Doc:
    """夫妻: the second by the given name alone."""
    lines = []
    for a, b in _two(_residents(m)):
        m.said.tell(a, C.NAME, C.ADDRESS)
        m.said.tell(b, C.NAME, C.ADDRESS)
        where = a.town + a.house
        lines.append(m.rng.choice((
            f"{a.name}・{b.given}夫妻（{where}）が来庁した。",
            f"{a.surname} {a.given}・{b.given}ご夫妻　{where}",
            f"金婚を迎えた{a.name}さん・{b.given}さん夫妻（{where}）を訪ねた。",
            f"{a.name}、{b.given}夫妻は{where}に在住。",
        )))  # fmt: skip
    return Doc(text="金婚式 対象者\n\n" + "\n".join(lines) + "\n")


@layout
def _names_broken(m: Maker) -> Doc:
    """Sentences broken at a fixed width, names too, with no blank line between the cases."""
    width = m.rng.choice((26, 30, 36))
    said = []
    for p in _residents(m):
        m.said.tell(p, C.NAME, C.AGE, C.PHONE)
        said.append(
            f"{m.rng.choice(('相談者の', '利用者の', '申請者である'))}{p.name}さん（{p.age}歳、{p.phone}）から手続の相談を受け、必要な書類を案内した。"
        )
    return Doc(text="受付の記録\n\n" + _wrapped("".join(said), width) + "\n", only=("txt", "eml", "docx"))


@layout
def _deep_thread(m: Maker) -> Doc:
    """A thread quoted again and again: each answer tells one more, in the marks of several programs."""
    mark = m.rng.choice((">", "> ", "| "))
    quoted: list[str] = []
    for p in m.people[:30]:
        facts = "、".join(_facts(m, p, "age_years", "address_town")) + ("、" if p.serial % 2 else "")
        m.said.tell(p, C.PHONE)
        lines = [
            "市民課 ご担当者様",
            "",
            f"{m.said.cell(p, 'name_tight')}様の件、電話は{p.phone}です。",
            facts.strip("、"),
            "",
        ]
        quoted = [*lines, *(f"{mark}{line}" for line in quoted)]
    return Doc(text="\n".join(quoted) + "\n", only=("txt", "eml", "zip"))


@layout
def _payees_single_blanks(m: Maker) -> Doc:
    """振込 lists in half width, one blank between the fields."""
    m.people = _residents(m)
    lines = []
    for p in m.people:
        m.said.tell(p, C.KANA, C.BANK_ACCOUNT)
        lines.append(
            f"0138 123 1 {p.account} {half_width(f'{p.surname_kana} {p.given_kana}')} {m.rng.randint(1, 99)}0000"
        )
    return Doc(text="\n".join(lines) + "\n", only=("txt", "eml", "zip"))


@layout
def _payees_name_first(m: Maker) -> Doc:
    m.people = _residents(m)
    lines = []
    for p in m.people:
        m.said.tell(p, C.KANA, C.BANK_ACCOUNT)
        lines.append(f"{half_width(f'{p.surname_kana} {p.given_kana}')} 普通 {p.account} {m.rng.randint(1, 99)},000円")
    return Doc(text="口座振込 明細\n" + "\n".join(lines) + "\n", only=("txt", "eml", "zip"))


def _short(name: str, joint: str, *keys: str) -> None:
    """A handful of people, one a line, parted by a sign; nothing says what the parts are."""

    def build(m: Maker) -> Doc:
        lines = [joint.join(m.said.cell(p, key, sure=True) for key in keys) for p in m.people[: m.rng.randint(10, 13)]]
        return Doc(text="取り急ぎ連絡先です。\n" + "\n".join(lines) + "\nよろしくお願いします。\n")

    LAYOUTS[name] = build


_short("short_slashes", "／", "name_tight", "phone", "address_town")
_short("short_slashes_narrow", "/", "name", "age_years", "phone")
_short("short_dashes", " - ", "name_tight", "phone")
_short("short_dashes_wide", "　―　", "name_wide", "address_town", "phone")
_short("short_dots", "・", "name_tight", "age_years", "phone")
_short("short_arrows", " → ", "name_tight", "phone")
_short("short_colons", "：", "name_tight", "phone")


@layout
def _counter_journal(m: Maker) -> Doc:
    """A journal with the time first, the clerk last."""
    lines = []
    for i, p in enumerate(m.people):
        cells = m.said.cell(p, "name"), m.said.cell(p, "phone", sure=True)
        lines.append(
            f"2024/10/01 {9 + i // 60 % 8:02}:{i % 60:02} 3番窓口 転入届 {cells[0]} {cells[1]} 処理済 担当:K01"
        )
    return Doc(text="窓口受付ログ\n" + "\n".join(lines) + "\n")


@layout
def _case_conference(m: Maker) -> Doc:
    """Minutes of a case conference: the participants are in office, the case is not."""
    parts = []
    for p in m.people:
        m.said.tell(p, C.NAME, C.BIRTH_DATE, C.ADDRESS)
        parts.append(f"【事例{p.serial}】\n対象者：{p.name}（{era(p)}生）\n住まい：{p.town}{p.house}\n"
                     "出席：地域包括支援センター職員、介護支援専門員\n経過：通所を週二回利用している。")  # fmt: skip
    return Doc(text="個別ケース会議 記録\n\n" + "\n\n".join(parts) + "\n")


@layout
def _registered_name_forms(m: Maker) -> Doc:
    """登録名 and 登録電話番号, as a reservation system writes them."""
    blocks = [
        f"予約番号：{p.serial:06}\n登録名：{m.said.cell(p, 'name')}\n登録電話番号：{m.said.cell(p, 'phone', sure=True)}\n施設：第1体育室"
        for p in m.people
    ]
    return Doc(text="予約通知\n\n" + "\n\n".join(blocks) + "\n")


@layout
def _corrected_in_text(m: Maker) -> Doc:
    """（誤）… （正）…: the wrong line is the same person."""
    lines = []
    for p in _residents(m):
        m.said.tell(p, C.NAME, C.PHONE, C.AGE)
        lines.append(f"（誤）{p.name}　{p.age + 1}歳　{p.phone}\n（正）{p.name}　{p.age}歳　{p.phone}\n")
    return Doc(text="名簿の訂正について\n\n" + "\n".join(lines) + "\n")


@layout
def _chat_export(m: Maker) -> Doc:
    """A chat exported by its program: tabs between time, sender and message."""
    lines = ["2024/10/01(火)"]
    for i, p in enumerate(m.people):
        m.said.tell(p, C.NAME, C.ADDRESS, C.AGE)
        lines.append(f"10:{i % 60:02}\t福祉課A\t{p.name}さん、{p.age}歳、{p.town}{p.house}の方です")
    return Doc(text="\n".join(lines) + "\n", only=("txt", "zip", "eml"))
