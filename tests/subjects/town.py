"""A small town nobody shipped: people whose surnames, given names and streets are in no dictionary, truth known."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

# Parts of surnames and given names; combinations that the shipped books know are left out by `make`.
_HEADS = "霞 碧 蒼 朧 橡 楸 槻 柞 榧 楡 樅 椛 篁 筧 薊 蓼 蕗 菫 萱 葭 鵠 鴇 鶸 鷺 鯱 鮎 鱒 硯 磯 礁 瀞 澪 澗 汀 渚 溟 巽 艮 昴 宵".split()
_TAILS = "見 江 沢 瀬 崎 塚 畑 淵 倉 里 浦 堂 越 垣 杜 ヶ谷 ノ原 久保 之内 木戸".split()
_MALE = "壮 匡 暁 樹 颯 耀 琥 岳 碩 敦 郁 慧 詢 諒 瑛".split()
_MALE_ENDS = "太郎 之介 一郎 次郎 太 介 斗 翔 也 彦 雄 司".split()
_FEMALE = "緋 瑠 楓 雫 澪 紬 栞 椛 莉 咲 詩 琴 珠 綺 茉".split()
_FEMALE_ENDS = "子 美 香 奈 乃 恵 代 菜 里 華 音 帆".split()
_KANA_HEADS = "ツズ クヌ ヘキ ウグ トチ ムラ ソマ ユズ ハゼ ニレ モミ カヤ".split()
_KANA_TAILS = "ガミ ミネ ザワ ゼリ ヌマ ツカ バタ ブチ グラ ザト ウラ ゴエ".split()
_KANA_GIVEN = "ソウ キョウ アキ イツ ハヤ テル コハ ガク ヒロ アツ ルリ シズク".split()
_KANA_ENDS = "タロウ ノスケ イチロウ ジロウ タ スケ コ ミ カ ナ ノ エ".split()
TOWNS = "霧ヶ森 白妙台 鏡ノ浜 碧野 楸ヶ丘 朧坂 瀞見 澪標 篁谷 槻山新田".split()
_PREFIX = ("", "", "鏡浜市", "蒼海県鏡浜市", "蒼海県")
_ROMAN = dict(zip("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴザジズゼゾダヂヅデドバビブベボ",
                  "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa n ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo".split(), strict=True))  # fmt: skip


@dataclass(slots=True)
class Citizen:
    """Everything that may be said of one person."""

    surname: str
    given: str
    surname_kana: str
    given_kana: str
    sex: str
    born: tuple[int, int, int]
    address: str
    phone: str
    email: str
    number: str
    account: str
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.surname + self.given


def individual_number(rng: random.Random) -> str:
    """A number that passes its check digit, made here and written nowhere."""
    body = [rng.randrange(10) for _ in range(11)]
    rest = sum(d * w for d, w in zip(body, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return "".join(map(str, body)) + str(0 if rest <= 1 else 11 - rest)


def roman(kana: str) -> str:
    small = {"キョ": "kyo", "ショ": "sho"}
    out, i = "", 0
    while i < len(kana):
        if kana[i : i + 2] in small:
            out, i = out + small[kana[i : i + 2]], i + 2
        else:
            out, i = out + _ROMAN.get(kana[i], ""), i + 1
    return out


#: When set, names are drawn from these instead: the shipped books, for the cases that a stranger's names hide.
BOOK: tuple[list[str], list[str]] | None = None
#: Names the shipped books have: strangers have none of them.
KNOWN: frozenset[str] = frozenset()


def make(n: int, seed: int) -> list[Citizen]:
    """`n` people, all different in name or in every attribute."""
    rng = random.Random(seed)
    surnames = BOOK[0] if BOOK else [h + t for h in _HEADS for t in _TAILS if h + t not in KNOWN]
    men = [a + b for a in _MALE for b in _MALE_ENDS if a + b not in KNOWN]
    women = [a + b for a in _FEMALE for b in _FEMALE_ENDS if a + b not in KNOWN]
    people: list[Citizen] = []
    phones: set[str] = set()
    names: set[str] = set()
    while len(people) < n:
        male = rng.random() < 0.5
        given = rng.choice(men if male else women)
        if BOOK:
            given = rng.choice(BOOK[1])
        surname = rng.choice(surnames)
        if n <= 200 and surname + given in names:
            continue  # small lists have no namesakes: where one attribute of few values is left, nobody could tell them apart
        names.add(surname + given)
        phone = f"0{rng.choice([70, 80, 90])}-{rng.randint(1000, 9999)}-{rng.randint(1000, 9999)}"
        if rng.random() < 0.5:
            phone = f"0463-{rng.randint(20, 79)}-{rng.randint(1000, 9999)}"
        while phone in phones:
            phone = f"090-{rng.randint(1000, 9999)}-{rng.randint(1000, 9999)}"
        phones.add(phone)
        kana = rng.choice(_KANA_HEADS) + rng.choice(_KANA_TAILS), rng.choice(_KANA_GIVEN) + rng.choice(_KANA_ENDS)
        people.append(
            Citizen(
                surname=surname,
                given=given,
                surname_kana=kana[0],
                given_kana=kana[1],
                sex="男" if male else "女",
                born=(rng.randint(1930, 2018), rng.randint(1, 12), rng.randint(1, 28)),
                address=rng.choice(_PREFIX) + rng.choice(TOWNS) + _house(rng),
                phone=phone,
                email=f"{roman(kana[0])}{rng.randint(1, 99999)}@{rng.choice(['example.jp', 'mail.example.com'])}",
                number=individual_number(rng),
                account=f"{rng.randint(1000000, 9999999)}",
            )
        )
    return people


def _house(rng: random.Random) -> str:
    a, b, c = rng.randint(1, 6), rng.randint(1, 40), rng.randint(1, 30)
    kanji = "一二三四五六"[a - 1]
    return rng.choice(
        [
            f"{a}-{b}-{c}",
            f"{a}丁目{b}番{c}号",
            f"{kanji}丁目{b}番{c}号",
            f"{b * 37}番地",
            f"{b * 31}番地の{c}",
            f"{a}‐{b}‐{c} ハイツ{b}0{a}",
        ]
    )


def western(born: tuple[int, int, int]) -> str:
    return f"{born[0]}/{born[1]}/{born[2]}"


def era(born: tuple[int, int, int]) -> str:
    year, month, day = born
    for name, first in (("令和", 2019), ("平成", 1989), ("昭和", 1926)):
        if year > first or (year == first and month > 5):
            return f"{name}{year - first + 1}年{month}月{day}日"
    return f"昭和{max(1, year - 1925)}年{month}月{day}日"


def letter(born: tuple[int, int, int]) -> str:
    return (
        era(born)
        .replace("令和", "R")
        .replace("平成", "H")
        .replace("昭和", "S")
        .replace("年", ".")
        .replace("月", ".")
        .rstrip("日")
    )


type Cell = Callable[[Citizen], str]

#: Header words and what stands under them.
CELLS: dict[str, Cell] = {
    "氏名": lambda c: c.surname + " " + c.given,
    "氏名（漢字）": lambda c: c.surname + "　" + c.given,
    "名前": lambda c: c.name,
    "姓": lambda c: c.surname,
    "名": lambda c: c.given,
    "フリガナ": lambda c: c.surname_kana + " " + c.given_kana,
    "氏名カナ": lambda c: half(c.surname_kana + " " + c.given_kana),
    "ローマ字": lambda c: f"{roman(c.surname_kana).upper()} {roman(c.given_kana).capitalize()}",
    "住所": lambda c: c.address,
    "電話番号": lambda c: c.phone,
    "携帯電話": lambda c: c.phone.replace("-", ""),
    "メールアドレス": lambda c: c.email,
    "生年月日": lambda c: western(c.born),
    "生年月日（和暦）": lambda c: era(c.born),
    "誕生日": lambda c: letter(c.born),
    "年齢": lambda c: str(2024 - c.born[0]),
    "性別": lambda c: c.sex,
    "個人番号": lambda c: c.number,
    "口座番号": lambda c: c.account,
    "要介護度": lambda c: f"要介護{int(c.account[-1]) % 5 + 1}",
}
#: Cells that make a name a data subject.
CARRYING = {
    "住所", "電話番号", "携帯電話", "メールアドレス", "生年月日", "生年月日（和暦）", "誕生日", "年齢", "性別", "個人番号", "口座番号",
    "要介護度",
}  # fmt: skip
NAMES = {"氏名", "氏名（漢字）", "名前", "姓", "名", "フリガナ", "氏名カナ", "ローマ字"}


def half(text: str) -> str:
    """Katakana in half width."""
    import unicodedata

    table = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFF66, 0xFF9E)}
    spelled = unicodedata.normalize("NFD", text).replace("\u3099", "ﾞ").replace("\u309a", "ﾟ")
    return "".join(table.get(c, c) for c in spelled)


def blank(rng: random.Random, share: float = 0.35) -> bool:
    return rng.random() < share


def rows_of(
    people: Sequence[Citizen], columns: Sequence[str], rng: random.Random, share: float = 0.35
) -> tuple[list[list[str | None]], int]:
    """Rows with attributes blanked at random, and how many of them say enough to make a data subject."""
    rows: list[list[str | None]] = []
    truth = 0
    for n, citizen in enumerate(people, 1):
        row: list[str | None] = []
        carrying = False
        for column in columns:
            if column == "No":
                row.append(str(n))
            elif column in NAMES:
                row.append(CELLS[column](citizen))
            elif column in CELLS:
                value = None if blank(rng, share) else CELLS[column](citizen)
                carrying |= value is not None and column in CARRYING
                row.append(value)
            else:
                row.append(rng.choice(["A", "B", "第一小学校", "総合", "3年", "1,200"]))
        truth += carrying
        rows.append(row)
    return rows, truth


def frame(rows: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """Raw cells as an extractor gives them."""
    width = max(map(len, rows))
    padded = [list(row) + [None] * (width - len(row)) for row in rows]
    return pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width)}, orient="row")
