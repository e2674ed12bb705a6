"""Check digits and calendars. Every function takes the bare digits (or characters) of one value.

Sources: the domain paper, section 4; where a rule is not confirmed by a primary text, its docstring says so.
A lone check digit is weak: 10 % of random 12-digit numbers pass as Individual Numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from dlp.detect import dates

INDIVIDUAL_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
RESIDENT_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
LICENCE_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
#: 公安委員会 codes that begin a driver's licence number.
LICENCE_AUTHORITIES = frozenset(
    f"{n:02}"
    for first, last in ((10, 14), (20, 25), (30, 30), (40, 55), (60, 65), (70, 74), (80, 83), (90, 97))
    for n in range(first, last + 1)
)


def _digits(text: str, *lengths: int) -> bool:
    return len(text) in lengths and text.isascii() and text.isdigit()


def _sum(digits: str, weights: Sequence[int]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True))


def individual_number(digits: str) -> bool:
    """個人番号, 12 digits (平成26年総務省令第85号 第5条). All-equal numbers are refused."""
    if not _digits(digits, 12) or len(set(digits)) == 1:
        return False
    rest = _sum(digits[:11], INDIVIDUAL_WEIGHTS) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def corporate_number(digits: str) -> bool:
    """法人番号, 13 digits, check digit first. Public, not personal."""
    if not _digits(digits, 13):
        return False
    total = sum(int(d) * (1 if i % 2 == 0 else 2) for i, d in enumerate(reversed(digits[1:])))
    return int(digits[0]) == 9 - total % 9


def resident_code(digits: str) -> bool:
    """住民票コード, 11 digits. The check digit's rule is unconfirmed: use it as a score."""
    if not _digits(digits, 11):
        return False
    rest = _sum(digits[:10], RESIDENT_WEIGHTS) % 11
    return int(digits[10]) == (0 if rest <= 1 else 11 - rest)


def licence(digits: str) -> bool:
    """運転免許証番号, 12 digits, the 11th is the check digit. Unconfirmed: use it as a score."""
    if not _digits(digits, 12) or digits[:2] not in LICENCE_AUTHORITIES:
        return False
    return int(digits[10]) == (11 - _sum(digits[:10], LICENCE_WEIGHTS) % 11) % 10


def insurer(digits: str) -> bool:
    """保険者番号, 8 or 6 digits."""
    if not _digits(digits, 8, 6):
        return False
    total = 0
    for i, d in enumerate(reversed(digits[:-1])):
        product = int(d) * (2 if i % 2 == 0 else 1)
        total += product // 10 + product % 10
    return int(digits[-1]) == (10 - total % 10) % 10


def yucho(text: str) -> bool:
    """ゆうちょ 記号-番号: five digits, up to eight; the 4th digit of the 記号 is the check digit."""
    sign, _, number = text.partition("-")
    if not (_digits(sign, 5) and sign[0] == "1" and _digits(number, *range(1, 9))):
        return False
    s, n = [int(d) for d in sign], [int(d) for d in number.zfill(8)]

    def double(x: int) -> int:
        return 2 * x - 9 if x >= 5 else 2 * x

    total = s[0] + 3 * s[1] + double(s[2]) + 3 * s[4]
    total += double(n[0]) + n[1] + 3 * n[2] + double(n[3]) + n[4] + 3 * n[5] + double(n[6]) + n[7]
    return s[3] == total % 10


def municipality_code(digits: str) -> bool:
    """全国地方公共団体コード, 6 digits. Not personal."""
    if not _digits(digits, 6):
        return False
    return int(digits[5]) == (11 - _sum(digits[:5], (6, 5, 4, 3, 2)) % 11) % 10


def luhn(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1), 14 to 19 digits as on payment cards."""
    if not _digits(digits, *range(14, 20)):
        return False
    total = 0
    for i, d in enumerate(reversed(digits)):
        x = int(d) * (2 if i % 2 else 1)
        total += x - 9 if x > 9 else x
    return total % 10 == 0


#: How the numbers of each brand begin, and how long they are.
BRANDS = re.compile(
    r"4[0-9]{15}|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9][0-9]|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|35(?:2[89]|[3-8][0-9])[0-9]{12}|3(?:0[0-5]|[689][0-9])[0-9]{11}|62[0-9]{14,17}"
)


def card(digits: str) -> bool:
    """Payment card, 14–19 digits: a brand's prefix (Visa, Mastercard, Amex, JCB, Diners, UnionPay) and Luhn's check."""
    return luhn(digits) and bool(BRANDS.fullmatch(digits))


def parcel(digits: str) -> bool:
    """Parcel number of the large carriers, 12 digits: the first eleven mod 7. A decoy, not personal."""
    return _digits(digits, 12) and int(digits[:11]) % 7 == int(digits[11])


def jan(digits: str) -> bool:
    """JAN/EAN-13 with a Japanese or book prefix. A decoy, not personal."""
    if not _digits(digits, 13) or digits[:2] not in ("45", "49", "97"):
        return False
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits[:12]))
    return int(digits[12]) == (10 - total % 10) % 10


@lru_cache(maxsize=8192)
def phone(text: str) -> bool:
    """A telephone number of a person or a small place: valid for Japan, not toll-free, shared-cost or premium.

    `text` may hold dashes and brackets; eleven or ten digits with the leading 0, or one less where a spreadsheet
    dropped it.
    """
    import phonenumbers
    from phonenumbers import PhoneNumberType

    digits = re.sub(r"[^0-9]", "", text)
    if text.lstrip().startswith("+81"):
        digits = "0" + digits[2:].lstrip("0")
    elif digits[:1] != "0" and len(digits) in (9, 10):
        digits = "0" + digits
    if not (digits.startswith("0") and 10 <= len(digits) <= 11):
        return False
    try:
        number = phonenumbers.parse(digits, "JP")
    except phonenumbers.NumberParseException:
        return False
    if number.country_code != 81 or not phonenumbers.is_valid_number(number):  # 010… dials abroad
        return False
    impersonal = (
        PhoneNumberType.TOLL_FREE,  # 0120, 0800
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PREMIUM_RATE,  # 0990
        PhoneNumberType.UAN,  # 0570
    )
    return phonenumbers.number_type(number) not in impersonal


#: Era letter or name -> the year before its first. 明治 1868, 大正 1912, 昭和 1926, 平成 1989, 令和 2019.
ERAS = {
    "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018,
    "明": 1867, "大": 1911, "昭": 1925, "平": 1988, "令": 2018,
    "M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018,
}  # fmt: skip
#: The last year of eras that have ended, by their first year but one: 昭和70年 never was.
ERA_LASTS = {1867: 45, 1911: 15, 1925: 64, 1988: 31}
_WESTERN = re.compile(r"(1[89]\d\d|20\d\d)\s*[-/.年・]\s*(\d{1,2})\s*[-/.月・]\s*(\d{1,2})\s*日?(?:[ T].*)?")
_COMPACT = re.compile(r"(1[89]\d\d|20\d\d)(\d\d)(\d\d)")
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[明大昭平令MTSHRmtshr])\s*(元|\d{1,2})\s*[-/.年・]\s*(\d{1,2})\s*[-/.月・]\s*(\d{1,2})\s*日?"
)


def birth_date(text: str, today: date | None = None) -> date | None:
    """The date `text` writes (西暦, 和暦, M/T/S/H/R, 元年, YYYYMMDD, or as abroad), if the one born then may live."""
    text = text.strip()
    match = _WESTERN.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        year, month, day = (int(g) for g in match.groups())
    else:
        match = _ERA.fullmatch(text)
        written = dates.abroad(text) if match is None else None
        if written:
            year, month, day = written
        elif match:
            era, number, m, d = match.groups()
            before, counted = ERAS[era.upper() if era.isascii() else era], 1 if number == "元" else int(number)
            if counted > ERA_LASTS.get(before, counted):
                return None
            year = before + counted
            month, day = int(m), int(d)
        else:
            return None
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    today = today or date.today()  # noqa: DTZ011  a day more or less does not matter here
    return born if 0 <= (today - born).days <= 120 * 366 else None


_CODED = re.compile(r"([1-5]|[MTSHRmtshr明大昭平令])(\d\d)(\d\d)(\d\d)", re.ASCII)
_CODES = dict(zip("12345", "MTSHR", strict=True))


def coded_date(text: str) -> date | None:
    """The date of an era's letter or code (1 明治 … 5 令和) and six figures ("S501227", "3501227"), as hosts write
    births, if the one born then may live. A number by itself may be one by chance (one of fifty): ask it of columns."""
    match = _CODED.fullmatch(text)
    if match is None:
        return None
    era, *parts = match.groups()
    return birth_date(f"{_CODES.get(era, era)}{'.'.join(parts)}")


_AGE = re.compile(r"(?:満|数え)?\s*(\d{1,3})\s*(?:歳|才)?", re.ASCII)


def age(text: str) -> bool:
    """Whether `text` is an age of 0–120 years ("満35歳", "35才", "35")."""
    match = _AGE.fullmatch(text.strip())
    return match is not None and int(match[1]) <= 120


def is_birth_date(text: str) -> bool:
    """Whether :func:`birth_date` reads it."""
    return birth_date(text) is not None


def bank_branch(digits: str, branches: Mapping[str, frozenset[str]]) -> bool:
    """Whether "BBBBSSS…" begins with a bank and branch that exist; `branches` as in Ruleset.branches."""
    return digits[4:7] in branches.get(digits[:4], ())


#: Checks a signature may name.
BY_NAME: dict[str, Callable[[str], bool]] = {
    "individual_number": individual_number,
    "corporate_number": corporate_number,
    "resident_code": resident_code,
    "licence": licence,
    "insurer": insurer,
    "yucho": yucho,
    "municipality_code": municipality_code,
    "luhn": luhn,
    "card": card,
    "parcel": parcel,
    "jan": jan,
    "phone": phone,
    "birth_date": is_birth_date,
    "age": age,
}
