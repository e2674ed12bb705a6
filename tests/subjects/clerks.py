"""People as a clerk would write them, by recipe: every number is computed here, none is written anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dlp.detect import checks
from dlp.detect.ruleset import Ruleset
from dlp.inspection import Inspection, inspect
from dlp.transfer import Channel, Transfer

_SURNAMES = "佐藤 高橋 渡辺 長谷川 菅原 小笠原 岡 三浦 大久保 五十嵐 吉岡 内山 石井 森 東海林 早乙女 須藤 久保田 堤 佐々木".split()
_KANA = "サトウ タカハシ ワタナベ ハセガワ スガワラ オガサワラ オカ ミウラ オオクボ イガラシ ヨシオカ ウチヤマ イシイ モリ ショウジ サオトメ ストウ クボタ ツツミ ササキ".split()
_GIVEN = "太郎 花子 健一 美咲 翔太 幸子 浩二 由美子 大輔 陽菜 誠 恵 和夫 千代子 拓也 結衣 正雄 久美 直樹 文子".split()
_GIVEN_KANA = "タロウ ハナコ ケンイチ ミサキ ショウタ サチコ コウジ ユミコ ダイスケ ヒナ マコト メグミ カズオ チヨコ タクヤ ユイ マサオ クミ ナオキ フミコ".split()
_ROMAN = "SATO TAKAHASHI WATANABE HASEGAWA SUGAWARA OGASAWARA OKA MIURA OKUBO IGARASHI YOSHIOKA UCHIYAMA ISHII MORI SHOJI SAOTOME SUDO KUBOTA TSUTSUMI SASAKI".split()
_GIVEN_ROMAN = "TARO HANAKO KENICHI MISAKI SHOTA SACHIKO KOJI YUMIKO DAISUKE HINA MAKOTO MEGUMI KAZUO CHIYOKO TAKUYA YUI MASAO KUMI NAOKI FUMIKO".split()
_TOWNS = "本町 中央 緑が丘 桜ヶ丘 栄町 東八幡 西新町 旭町 若松町 松が丘".split()


def with_check(body: str, passes: Callable[[str], bool], place: int | None = None) -> str:
    """`body` with the one digit put in at `place` (default: the end) that makes it pass."""
    place = len(body) if place is None else place
    return next(made for d in "0123456789" if passes(made := body[:place] + d + body[place:]))


@dataclass(frozen=True, slots=True)
class Clerk:
    """A citizen, number `i` of a register."""

    i: int

    @property
    def surname(self) -> str:
        return _SURNAMES[self.i % 20]

    @property
    def given(self) -> str:
        return _GIVEN[(self.i * 7 + self.i // 20) % 20]

    @property
    def name(self) -> str:
        return f"{self.surname} {self.given}"

    @property
    def kana(self) -> str:
        return f"{_KANA[self.i % 20]} {_GIVEN_KANA[(self.i * 7 + self.i // 20) % 20]}"

    @property
    def roman(self) -> str:
        return f"{_ROMAN[self.i % 20]} {_GIVEN_ROMAN[(self.i * 7 + self.i // 20) % 20]}"

    @property
    def town(self) -> str:
        return _TOWNS[self.i % 10]

    @property
    def house(self) -> tuple[int, int, int]:
        return 1 + self.i % 5, 1 + self.i * 3 % 20, 1 + self.i * 5 % 30

    @property
    def address(self) -> str:
        return f"{self.town}{self.house[0]}丁目{self.house[1]}番{self.house[2]}号"

    @property
    def short(self) -> str:
        return self.town + "-".join(map(str, self.house))

    @property
    def phone(self) -> str:
        return f"0463-{21 + self.i % 50}-{1000 + self.i * 37 % 9000}"

    @property
    def mobile(self) -> str:
        return f"0{(9, 8, 7)[self.i % 3]}0-{1200 + self.i * 71 % 8000}-{1000 + self.i * 53 % 9000}"

    @property
    def email(self) -> str:
        return f"{self.roman.split()[1].lower()}.{self.i}@{('example.ne.jp', 'mail.example.com')[self.i % 2]}"

    @property
    def born(self) -> tuple[int, int, int]:
        return 1935 + self.i * 11 % 75, 1 + self.i * 5 % 12, 1 + self.i * 7 % 28

    @property
    def birth(self) -> str:
        return "{}年{}月{}日".format(*self.born)

    @property
    def era(self) -> str:
        year, month, day = self.born
        era, base = ("昭和", 1925) if year < 1989 else ("平成", 1988)
        return f"{era}{year - base}年{month}月{day}日"

    @property
    def slashed(self) -> str:
        return "{}/{:02}/{:02}".format(*self.born)

    @property
    def sex(self) -> str:
        return "男女"[self.i * 7 % 2]

    @property
    def number(self) -> str:
        return with_check(f"{40000000000 + self.i * 123456789 % 50000000000}", checks.individual_number)

    @property
    def resident(self) -> str:
        return with_check(f"{2000000000 + self.i * 1357911 % 1000000000}", checks.resident_code)

    @property
    def licence(self) -> str:
        return with_check(f"{4510 + self.i % 80}{100000 + self.i * 317}0", checks.licence, 10)

    @property
    def account(self) -> str:
        return f"{1000000 + self.i * 98765 % 8999999}"

    @property
    def card(self) -> str:
        return with_check(f"4{10**13 + self.i * 97531:014}", checks.luhn)

    @property
    def insurer(self) -> str:
        return with_check("1380" + f"{self.i % 10}", checks.insurer)

    @property
    def yucho(self) -> str:
        number = f"{1000000 + self.i * 31}1"
        sign = next(s for d in "0123456789" if checks.yucho((s := f"102{d}0") + "-" + number))
        return f"{sign}-{number}"


C = [Clerk(i) for i in range(40)]


@dataclass(frozen=True, slots=True)
class Case:
    """A file and how many people are in it."""

    id: str
    people: int
    text: str | bytes
    name: str = "file.txt"

    @property
    def data(self) -> bytes:
        return self.text if isinstance(self.text, bytes) else self.text.encode()


def inspected(case: Case, ruleset: Ruleset, *, town: str = "") -> Inspection:
    """A case through the whole path, as `dlp scan` reads a file."""
    transfer = Transfer(channel=Channel.MEDIA, sender="clerk", destination=("stick",), name=case.name, data=case.data)
    return inspect(transfer, ruleset, token_key=b"k" * 32, town=town)
