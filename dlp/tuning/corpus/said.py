"""What a file says of whom: every cell is written through here, so that the truth is the generator's, not a guess."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dlp.finding import ATTRIBUTES, Category
from dlp.tuning.corpus.people import Person, half_width, hiragana, resident_code

type Value = Callable[[Person, random.Random], str]
C = Category


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of column: what it says, what is written above it, and how its cells are written."""

    categories: tuple[Category, ...]
    headers: tuple[str, ...]
    value: Value


def era(person: Person) -> str:
    """Birth date as 昭和60年3月2日."""
    b = person.born
    for name, first in (("令和", date_(2019, 5, 1)), ("平成", date_(1989, 1, 8)), ("昭和", date_(1926, 12, 25))):
        if (b.year, b.month, b.day) >= first:
            year = b.year - first[0] + 1
            return f"{name}{'元' if year == 1 else year}年{b.month}月{b.day}日"
    return f"昭和2年{b.month}月{b.day}日"


def date_(year: int, month: int, day: int) -> tuple[int, int, int]:
    """A date to compare with."""
    return year, month, day


def era_letter(person: Person) -> str:
    """Birth date as S60.3.2."""
    text = era(person).replace("元", "1").rstrip("日").replace("年", ".").replace("月", ".")
    return text.replace("昭和", "S").replace("平成", "H").replace("令和", "R")


def _birth(style: str) -> Value:
    return lambda p, _: p.born.strftime(style)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_NAME = _words(
    "氏名|名前|お名前|氏　名|氏名（漢字）|対象者氏名|利用者名|申請者名|参加者氏名|会員名|被保険者氏名|受給者氏名|本人氏名|患者名|登録者氏名|お客様名"
    "|ご芳名|姓名|漢字氏名|児童名|応募者氏名|受診者氏名|氏名※|契約者氏名|申込者"
)
_KANA = _words("フリガナ|ふりがな|カナ氏名|氏名（カナ）|氏名カナ|カナ|よみがな|氏名_カナ|読み仮名|氏名(ﾌﾘｶﾞﾅ)|ﾌﾘｶﾞﾅ")
_ADDRESS = _words("住所|現住所|ご住所|自宅住所|住　所|送付先住所|住民票住所|郵送先|居住地|住所（自宅）|お住まい")
_PHONE = _words(
    "電話番号|電話|TEL|連絡先|携帯番号|日中連絡先|ＴＥＬ|電話番号（携帯）|自宅電話|携帯電話|連絡先電話番号|お電話番号|緊急連絡先"
)
_EMAIL = _words("メールアドレス|E-mail|Eメール|メール|ﾒｰﾙｱﾄﾞﾚｽ|e-mailアドレス|電子メール|メアド|連絡用メールアドレス")
_BIRTH = _words("生年月日|誕生日|生年月日（西暦）|出生年月日|生年月日※|生 年 月 日|お誕生日")
_AGE = _words("年齢|満年齢|年齢（歳）|年令|ご年齢|年齢(R6.4.1現在)")
_SEX = _words("性別|男女|性|性別区分|男女別")

#: Every kind of column by its key in the layouts.
FIELDS: dict[str, Field] = {
    "name": Field((C.NAME,), _NAME, lambda p, _: f"{p.surname} {p.given}"),
    "name_wide": Field((C.NAME,), _NAME, lambda p, _: f"{p.surname}　{p.given}"),
    "name_tight": Field((C.NAME,), _NAME, lambda p, _: p.name),
    "name_sama": Field((C.NAME,), ("宛名", "送付先氏名", "宛先"), lambda p, _: f"{p.surname} {p.given} 様"),
    "name_reading": Field((C.NAME, C.KANA), ("氏名（フリガナ）", "お名前"), lambda p, _: f"{p.surname}　{p.given}（{p.surname_kana}　{p.given_kana}）"),
    "surname": Field((C.NAME,), ("姓", "氏", "苗字", "名字", "氏名（姓）", "姓（漢字）"), lambda p, _: p.surname),
    "given": Field((C.NAME,), ("名", "名", "名前", "名", "氏名（名）", "名（漢字）"), lambda p, _: p.given),
    "surname_kana": Field((C.KANA,), ("セイ", "姓カナ", "姓（カナ）", "氏カナ"), lambda p, _: p.surname_kana),
    "given_kana": Field((C.KANA,), ("メイ", "名カナ", "名（カナ）", "名カナ"), lambda p, _: p.given_kana),
    "kana": Field((C.KANA,), _KANA, lambda p, _: f"{p.surname_kana} {p.given_kana}"),
    "kana_half": Field((C.KANA,), _KANA, lambda p, _: half_width(f"{p.surname_kana} {p.given_kana}")),
    "hira": Field((C.KANA,), ("ふりがな", "よみがな", "氏名（ひらがな）"), lambda p, _: hiragana(f"{p.surname_kana}　{p.given_kana}")),
    "latin": Field((C.NAME,), ("ローマ字氏名", "氏名（英字）", "ローマ字", "氏名（ローマ字）", "英字氏名"), lambda p, _: p.latin),
    "address": Field((C.ADDRESS,), _ADDRESS, lambda p, _: p.address),
    "address_town": Field((C.ADDRESS,), _ADDRESS, lambda p, _: p.town + p.house),
    "phone": Field((C.PHONE,), _PHONE, lambda p, _: p.phone),
    "phone_digits": Field((C.PHONE,), _PHONE, lambda p, _: p.phone.replace("-", "")),
    "phone_lost": Field((C.PHONE,), _PHONE, lambda p, _: p.phone.replace("-", "")[1:]),
    "phone_paren": Field((C.PHONE,), _PHONE, lambda p, _: p.phone.replace("-", "(", 1).replace("-", ")")),
    "phone_world": Field((C.PHONE,), _PHONE, lambda p, _: "+81-" + p.phone[1:]),
    "phone_wide": Field((C.PHONE,), _PHONE, lambda p, _: p.phone.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))),
    "email": Field((C.EMAIL,), _EMAIL, lambda p, _: p.email),
    "birth": Field((C.BIRTH_DATE,), _BIRTH, _birth("%Y/%m/%d")),
    "birth_plain": Field((C.BIRTH_DATE,), _BIRTH, lambda p, _: f"{p.born.year}/{p.born.month}/{p.born.day}"),
    "birth_iso": Field((C.BIRTH_DATE,), _BIRTH, _birth("%Y-%m-%d")),
    "birth_eight": Field((C.BIRTH_DATE,), _BIRTH, _birth("%Y%m%d")),
    "birth_long": Field((C.BIRTH_DATE,), _BIRTH, lambda p, _: f"{p.born.year}年{p.born.month}月{p.born.day}日"),
    "birth_time": Field((C.BIRTH_DATE,), _BIRTH, _birth("%Y/%m/%d 0:00:00")),
    "era": Field((C.BIRTH_DATE,), ("生年月日", "生年月日（和暦）", "誕生日"), lambda p, _: era(p)),
    "era_letter": Field((C.BIRTH_DATE,), ("生年月日", "生年月日（和暦）", "誕生日"), lambda p, _: era_letter(p)),
    "age": Field((C.AGE,), _AGE, lambda p, _: str(p.age)),
    "age_years": Field((C.AGE,), _AGE, lambda p, _: f"{p.age}歳"),
    "sex": Field((C.SEX,), _SEX, lambda p, _: p.sex),
    "sex_long": Field((C.SEX,), _SEX, lambda p, _: p.sex + "性"),
    "sex_code": Field((C.SEX,), ("性別", "性別コード"), lambda p, _: "1" if p.sex == "男" else "2"),
    "postal": Field((C.POSTAL_CODE,), ("郵便番号", "〒", "郵便"), lambda p, r: f"2{r.randint(10, 59)}-{r.randint(0, 9999):04}"),
    "account": Field((C.BANK_ACCOUNT,), ("口座番号", "振込口座番号", "口座番号（7桁）"), lambda p, _: p.account),
    "number": Field((C.INDIVIDUAL_NUMBER,), ("個人番号", "マイナンバー", "個人番号（12桁）"), lambda p, _: p.number),
    "resident": Field((C.RESIDENT_CODE,), ("住民票コード",), lambda p, r: resident_code(r)),
    "insured": Field((C.INSURANCE,), ("被保険者番号", "介護保険被保険者番号", "被保険者証番号"), lambda p, r: f"00{r.randint(10**7, 10**8 - 1)}"),
    "symbol": Field((C.INSURANCE,), ("記号番号", "保険証記号番号"), lambda p, r: f"鏡{r.randint(10, 99)}-{r.randint(1000, 9999)}"),
    "pension": Field((C.PENSION,), ("基礎年金番号",), lambda p, r: f"{r.randint(1000, 9999)}-{r.randint(100000, 999999)}"),
    "residence_card": Field((C.RESIDENCE_CARD,), ("在留カード番号",), lambda p, r: f"AB{r.randint(10**7, 10**8 - 1)}CD"),
    "care": Field((C.SENSITIVE,), ("要介護度", "介護度", "要介護状態区分"), lambda p, r: r.choice(("要介護1", "要介護2", "要介護3", "要支援1", "要支援2"))),
    "handicap": Field((C.SENSITIVE,), ("障害者手帳", "手帳等級"), lambda p, r: f"身体{r.randint(1, 6)}級"),
    "illness": Field((C.SENSITIVE,), ("病名", "診断名", "既往歴"), lambda p, r: r.choice(("高血圧症", "糖尿病", "気管支喘息", "変形性膝関節症"))),
    "relation": Field((C.RELATIONSHIP,), ("続柄", "続　柄"), lambda p, r: r.choice(("世帯主", "妻", "子", "長男", "母"))),
    "local": Field((), ("宛名番号", "世帯番号", "整理番号", "会員番号", "利用者番号"), lambda p, _: f"{1000000 + p.serial * 7}"),
    "no": Field((), ("No", "番号", "№", "項番", "連番", "NO."), lambda p, _: str(p.serial)),
    "blank": Field((), ("", "備考", "メモ"), lambda p, r: r.choice(("", "", "要確認", "済", "再送"))),
    "class": Field((), ("クラス", "所属", "コース", "地区"), lambda p, r: r.choice(("A", "B", "3年2組", "第2地区", "初級"))),
    "amount": Field((), ("金額", "納付額", "支給額"), lambda p, r: f"{r.randint(1, 99)},{r.randint(0, 9)}00"),
    "mark": Field((), ("出欠", "同意", "提出"), lambda p, r: r.choice(("○", "×", "", "出", "欠"))),
    "day": Field((), ("申請日", "受付日", "登録日時"), lambda p, r: f"2024/{r.randint(1, 12)}/{r.randint(1, 28)}"),
}  # fmt: skip


@dataclass(slots=True)
class Said:
    """Who was named and what was said of him, in one file."""

    rng: random.Random
    blank: float = 0.3
    _of: dict[Person, set[Category]] = field(default_factory=lambda: defaultdict(set))

    def tell(self, person: Person, *categories: Category) -> None:
        """Record what has been written of a person outside `cell`."""
        self._of[person] |= set(categories)

    def cell(self, person: Person, key: str, *, sure: bool = False) -> str:
        """One cell; attributes are left out at random, names are not."""
        kind = FIELDS[key]
        named = not set(kind.categories) - {C.NAME, C.KANA}
        if not named and not sure and self.rng.random() < self.blank:
            return ""
        text = kind.value(person, self.rng)
        if text:
            self.tell(person, *kind.categories)
        return text

    def row(self, person: Person, keys: Sequence[str]) -> list[str]:
        """A row of cells."""
        return [self.cell(person, key) for key in keys]

    def header(self, keys: Sequence[str]) -> list[str]:
        """Header words, drawn anew for each file."""
        index = self.rng.randrange(1000)
        return [FIELDS[k].headers[(index + 0) % len(FIELDS[k].headers)] for k in keys]

    def subjects(self) -> list[set[Category]]:
        """What is said of each data subject (design, section 7)."""
        return [
            said
            for said in self._of.values()
            if C.INDIVIDUAL_NUMBER in said or (said & {C.NAME, C.KANA} and said & ATTRIBUTES)
        ]

    def counts(self) -> dict[str, int]:
        """How many data subjects carry each category."""
        found = self.subjects()
        totals = {c.value: sum(1 for said in found if c in said) for c in Category}
        return {name: n for name, n in totals.items() if n}
