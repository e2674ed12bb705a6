"""People who do not exist, whose names and towns stand in no shipped word list: what finds them was not told them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from dlp.detect import checks
from dlp.detect.variants import VARIANTS
from dlp.tuning.town import check_digit

type Spelled = tuple[str, str]  # kanji, katakana


def _pairs(text: str) -> list[Spelled]:
    words = text.split()
    return list(zip(words[::2], words[1::2], strict=True))


_HEADS = _pairs(
    "霞 カスミ 碧 ミドリ 蒼 アオ 朧 オボロ 橡 トチ 楸 ヒサギ 槻 ツキ 榧 カヤ 楡 ニレ 樅 モミ 椛 モミジ 篁 タカムラ 薊 アザミ "
    "蓼 タデ 蕗 フキ 菫 スミレ 葭 ヨシ 鵠 クグイ 鴇 トキ 鶸 ヒワ 鷺 サギ 鱒 マス 硯 スズリ 礁 イワ 瀞 トロ 澪 ミオ 汀 ナギサ 渚 ナギサ "
    "巽 タツミ 昴 スバル 邊 ヘ 齋 サイ 嶌 シマ 槇 マキ 椚 クヌギ 栂 ツガ 鞆 トモ 笈 オイ 梁 ヤナ 甕 カメ 糀 コウジ 樋 ヒ"
)
_TAILS = _pairs(
    "見 ミ 江 エ 沢 ザワ 瀬 セ 崎 ザキ 塚 ヅカ 畑 バタ 淵 ブチ 倉 グラ 里 サト 浦 ウラ 堂 ドウ 越 ゴエ 垣 ガキ 杜 モリ "
    "ヶ谷 ガヤ ノ原 ノハラ 久保 クボ 之内 ノウチ 木戸 キド 田 ダ 本 モト 村 ムラ 野 ノ 林 バヤシ 澤 ザワ 﨑 ザキ 島 ジマ 井 イ 口 グチ"
)
_MALE = _pairs(
    "壮 ソウ 匡 マサ 暁 アキ 樹 タツ 颯 ハヤ 耀 アキ 琥 コ 岳 タケ 碩 ヒロ 慧 サト 詢 ジュン 諒 リョウ 瑛 エイ 巌 イワ 穣 ミノ 毅 タケ 貢 ミツ 稔 トシ"
)
_MALE_ENDS = _pairs(
    "太郎 タロウ 之介 ノスケ 一郎 イチロウ 次郎 ジロウ 太 タ 介 スケ 斗 ト 翔 ト 也 ヤ 彦 ヒコ 雄 オ 司 ジ 吉 キチ 造 ゾウ 平 ヘイ 人 ト"
)
_FEMALE = _pairs(
    "緋 ヒ 瑠 ル 楓 フウ 雫 シズ 澪 ミオ 紬 ツム 栞 シオ 椛 モミ 莉 リ 咲 サク 詩 ウタ 琴 コト 珠 タマ 綺 アヤ 茉 マ 節 セツ 鶴 ツル 富 トミ"
)
_FEMALE_ENDS = _pairs("子 コ 美 ミ 香 カ 奈 ナ 乃 ノ 恵 エ 代 ヨ 菜 ナ 里 リ 華 カ 音 ネ 帆 ホ 江 エ 枝 エ 世 セ 衣 イ")
_KANA_GIVEN = "ふゆの やえの みそら ことは つむぎは しずは るりは こすずの あやせ ゆきほの まさよし ひろとし".split()
#: Foreign residents: full name in katakana, in Latin letters, and the name they go by.
_FOREIGN_FAMILIES = _pairs("NGUYEN グエン TRAN チャン PHAM ファム SILVA シルバ SANTOS サントス GARCIA ガルシア KHADKA カドカ GURUNG グルン "
                           "BIANCHI ビアンキ MULLER ミュラー IVANOVA イワノワ OKAFOR オカフォー")  # fmt: skip
_FOREIGN_GIVEN = _pairs("ANH アイン BINH ビン LUCAS ルーカス MARIANA マリアナ JOSELITO ホセリト SUNITA スニタ BIKASH ビカス "
                        "CHIARA キアラ LUKAS ルカス OLGA オルガ CHIDI チディ THUY トゥイ PAULO パウロ GRACE グレース")  # fmt: skip
_TOWN_HEADS = "霞 碧 朧 楸 白妙 鏡 瀞 澪 篁 槻 橡 榧 鵠 鴇 薊 汀 鱒 硯 樅 蓼".split()
_TOWN_TAILS = "ヶ森 台 ノ浜 野町 ヶ丘 坂町 見台 新田 谷本町 沢 浦 が岡 井町 ノ木".split()
_CITIES = "鏡浜市 碧海野市 霞原市 朧山町 瀞川町 槻ノ宮市 橡村 楸野市".split()
_PREFECTURES = "神奈川県 静岡県 長野県 岡山県 福岡県 北海道 大阪府 東京都".split()
_ROMAN = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴザジズゼゾダヂヅデドバビブベボ",
        "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru "
        "re ro wa n ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo".split(),
        strict=True,
    )
)


def roman(kana: str) -> str:
    """Katakana in Latin letters, roughly."""
    return "".join(_ROMAN.get(c, "") for c in kana.replace("リョ", "リヨ").replace("ジュ", "ジユ"))


def half_width(text: str) -> str:
    """Katakana in half width."""
    table = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFF66, 0xFF9E)}
    spelled = unicodedata.normalize("NFD", text).replace("\u3099", "ﾞ").replace("\u309a", "ﾟ")
    return "".join(table.get(c, c) for c in spelled)


def hiragana(text: str) -> str:
    """Katakana as hiragana."""
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


@dataclass(frozen=True, slots=True)
class Books:
    """What the shipped lists know, to stay clear of; and, for comparison, to draw common names from."""

    surnames: tuple[Spelled, ...]
    men: tuple[Spelled, ...]
    women: tuple[Spelled, ...]
    towns: tuple[str, ...]
    foreign: bool = True


def strangers(words: Mapping[str, frozenset[str]]) -> Books:
    """Names and towns made of parts, those the shipped lists know left out."""
    surnames = _unknown(_HEADS, _TAILS, words.get("surnames", frozenset()))
    given = words.get("given_names", frozenset())
    alone = [(kana, kana.translate({ord(c): chr(ord(c) + 0x60) for c in kana})) for kana in _KANA_GIVEN]
    women = [*_unknown(_FEMALE, _FEMALE_ENDS, given), *(pair for pair in alone if pair[0] not in given)]
    known = words.get("towns", frozenset()) | words.get("municipalities", frozenset())
    towns = [a + b for a in _TOWN_HEADS for b in _TOWN_TAILS if a + b not in known]
    return Books(tuple(surnames), tuple(_unknown(_MALE, _MALE_ENDS, given)), tuple(women), tuple(towns))


def common(words: Mapping[str, frozenset[str]]) -> Books:
    """Names and towns out of the shipped lists. Readings are made up: the lists do not pair them."""
    readings = [kana for _, kana in _HEADS]
    surnames = [(w, readings[i % len(readings)] + "タ") for i, w in enumerate(sorted(words["surnames"]))]
    given = [(w, readings[i % len(readings)]) for i, w in enumerate(sorted(words["given_names"])) if len(w) > 1]
    towns = tuple(w for w in sorted(words["towns"]) if len(w) <= 5)
    return Books(tuple(surnames), tuple(given[::2]), tuple(given[1::2]), towns, foreign=False)


def _unknown(heads: list[Spelled], tails: list[Spelled], known: frozenset[str]) -> list[Spelled]:
    folded = {_fold(word) for word in known}
    made = [(a + b, ra + rb) for a, ra in heads for b, rb in tails]
    return [(word, reading) for word, reading in made if _fold(word) not in folded]


def _fold(text: str) -> str:
    return "".join(VARIANTS.get(c, c) for c in text)


@dataclass(kw_only=True, slots=True, eq=False)
class Person:
    """Everything a municipal file may say of one person."""

    surname: str
    given: str
    surname_kana: str
    given_kana: str
    latin: str
    sex: str
    born: date
    prefecture: str
    city: str
    town: str
    house: str
    building: str
    phone: str
    email: str
    number: str
    account: str
    serial: int
    alias: str = ""  # 通称 of a foreign resident
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As written without a space; foreign names keep theirs."""
        return f"{self.surname} {self.given}" if self.alias else self.surname + self.given

    @property
    def address(self) -> str:
        """As the town writes it: residents without prefecture."""
        return f"{self.prefecture}{self.city}{self.town}{self.house}{self.building}"

    @property
    def age(self) -> int:
        """In the year 2024."""
        return 2024 - self.born.year


def make(count: int, books: Books, rng: random.Random, *, foreign: float = 0.03) -> list[Person]:
    """`count` people, no two with the same name: where little is said of namesakes nobody could tell them apart."""
    people: list[Person] = []
    taken: set[str] = set()
    while len(people) < count:
        person = _person(books, rng, len(people) + 1, foreign=books.foreign and rng.random() < foreign)
        if (key := _fold(person.name)) not in taken and person.phone not in taken:
            taken |= {key, person.phone}
            people.append(person)
    return people


def _person(books: Books, rng: random.Random, serial: int, *, foreign: bool) -> Person:
    sex = rng.choice("男女")
    surname, given = rng.choice(books.surnames), rng.choice(books.men if sex == "男" else books.women)
    latin = f"{roman(surname[1]).upper()} {roman(given[1]).capitalize()}"
    alias = ""
    if foreign:
        alias = f"{surname[0]} {given[0]}"
        family, first = rng.choice(_FOREIGN_FAMILIES), rng.choice(_FOREIGN_GIVEN)
        second = rng.choice(_FOREIGN_GIVEN)
        surname, given = (family[1], family[1]), (f"{first[1]} {second[1]}", f"{first[1]} {second[1]}")
        latin = f"{family[0]} {first[0]} {second[0]}"
    first_digits = "".join(str(rng.randint(0, 9)) for _ in range(11))
    where = rng.random()
    return Person(
        surname=surname[0],
        given=given[0],
        surname_kana=surname[1],
        given_kana=given[1],
        latin=latin,
        alias=alias,
        sex=sex,
        born=date(1928, 1, 1) + timedelta(days=rng.randint(0, 33500)),
        prefecture=rng.choice(_PREFECTURES) if where < 0.2 else "",
        city=rng.choice(_CITIES) if where < 0.5 else "",
        town=rng.choice(books.towns),
        house=_house(rng),
        building=rng.choice(("", "", "", "　ハイツ澪101", " コーポ碧 203号室", "")),
        phone=_phone(rng),
        email=f"{rng.choice('abcdefghkmnrstwy')}{rng.choice(('', '.', '_', '-'))}{roman(surname[1])[:8] or 'x'}"
        f"{rng.randint(1, 99999)}@{rng.choice(('mail.example.jp', 'example.com', 'example.ne.jp', 'm.example.co.jp'))}",
        number=first_digits + check_digit(first_digits),
        account=f"{rng.randint(1, 9999999):07}",
        serial=serial,
    )


def _phone(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return f"0{rng.choice('789')}0-{rng.randint(1000, 9999)}-{rng.randint(0, 9999):04}"
    area, mid = rng.choice((("0463", 2), ("042", 3), ("03", 4), ("054", 3), ("0266", 2)))
    return f"{area}-{rng.randint(2 * 10 ** (mid - 1), 8 * 10 ** (mid - 1))}-{rng.randint(0, 9999):04}"


def _house(rng: random.Random) -> str:
    a, b, c = rng.randint(1, 6), rng.randint(1, 40), rng.randint(1, 30)
    forms = (
        f"{a}-{b}-{c}",
        f"{a}丁目{b}番{c}号",
        f"{'一二三四五六'[a - 1]}丁目{b}番{c}号",
        f"{b * 37}番地",
        f"{b * 31}番地{c}",
        f"{b * 31}番地の{c}",
        f"{b * 29}-{c}",
        f"{b * 17}",
        f"{a}‐{b}‐{c}",
        unicodedata.normalize("NFKC", f"{a}-{b}-{c}").translate(str.maketrans("0123456789-", "０１２３４５６７８９－")),
    )
    return rng.choice(forms)


def passing(rng: random.Random, length: int, check: object, lead: str = "") -> str:
    """Random digits that pass a check of `dlp.detect.checks`."""
    assert callable(check)
    while True:
        digits = lead + "".join(str(rng.randint(0, 9)) for _ in range(length - len(lead)))
        if check(digits):
            return digits


def resident_code(rng: random.Random) -> str:
    """Eleven digits with 住民票コード's check digit."""
    return passing(rng, 11, checks.resident_code, "1")
