"""Whole columns to comparable keys: names, readings, telephones, dates, addresses, as polars expressions.

Every function takes an expression over a String column and gives one over the same rows; null where the cell does
not hold what is asked. The same expressions run on one-row frames for forms and prose, so that a person has the
same keys wherever he stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product

import numpy as np
import polars as pl

from dlp.detect import checks, dates
from dlp.subjects.words import BLANKS, DASHES, HIDDEN, HONORIFICS, INVISIBLE, SPACES, VARIANTS

type Key = Callable[[pl.Expr], pl.Expr]
type Stage = Callable[[pl.Series], pl.Series | None]

_FULL_WIDTH = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
_HIRAGANA = {chr(0x3041 + i): chr(0x30A1 + i) for i in range(86)}
_GONE = dict.fromkeys(INVISIBLE, "")
NO_SPACE = dict.fromkeys(SPACES, "")
#: Characters NFKC changes and names or addresses may hold: half-width kana, Latin and digits in full width,
#: compatibility ideographs, circled digits and square abbreviations.
NEEDS_NFKC = "[\uff01-\uff9f\uf900-\ufaff\u2460-\u24ff\u3200-\u33ff\u2f00-\u2fdf\U0002f800-\U0002fa1f\u2070-\u2089\u00b2\u00b3\u00b9\u2e80-\u2eff\U0001d7ce-\U0001d7ff\u3099\u309a]"
#: Decimal digits of other scripts.
DIGITS = {chr(zero + i): str(i) for zero in (0x660, 0x6F0, 0x966, 0xE50) for i in range(10)}
_OTHER_DIGITS = "[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u0e50-\u0e59]"
#: Letters that pass for digits.
LOOKALIKES = dict(zip("OoОоΟοlIІ|ЗЅ", "000000111135", strict=True))

#: Kanji as polars' regex engine writes them, with the signs that stand among them.
HAN = r"\p{Han}々〆〇ヶヵ"
KANA = r"ァ-ヺー・ヽヾ"
HIRA = r"ぁ-ゖゝゞー"


def replace(column: pl.Expr, table: dict[str, str]) -> pl.Expr:
    """Every key of `table` by its value, in one pass."""
    return column.str.replace_many(list(table), list(table.values()), leftmost=True)


def is_ascii(column: pl.Series) -> bool:
    """Whether a whole column is ASCII."""
    return bool((column.str.len_bytes() == column.str.len_chars()).all())


def folded(column: pl.Series) -> pl.Series:
    """`column` folded as cheaply as its content allows, under its own name."""
    if is_ascii(column):
        return column
    name = column.name
    if column.str.contains(NEEDS_NFKC).any():
        column = column.str.normalize("NFKC")
    if column.str.contains(_OTHER_DIGITS).any():
        column = column.to_frame("x").select(replace(pl.col("x"), DIGITS)).to_series().alias(name)
    if column.str.contains(f"[{HIDDEN}]").any():
        column = column.to_frame("x").select(replace(pl.col("x"), _GONE)).to_series().alias(name)
    return column


def said(cells: pl.Series) -> pl.Series:
    """A column folded and trimmed, null where a cell is blank or says "nothing" (なし, 不明, -)."""
    whole = cells.str.join("\0").cast(pl.Binary).item()
    if whole.isascii():
        trimmed = any(sign in whole for sign in _ASCII_BLANKS)
    else:
        cells, trimmed = folded(cells) if _may_fold(whole) else cells, True
    x = pl.col(cells.name)
    text = x.str.strip_chars() if trimmed else x
    return cells.to_frame().select(text).select(pl.when(~x.is_in(_nothing())).then(x)).to_series()


_ASCII_BLANKS = (b" ", b"\t", b"\n", b"\r", b"\x0b", b"\x0c")
#: First bytes in UTF-8 of what `folded` changes; after E3, which begins every kana, the second byte as well.
_FOLDED_BYTES = (b"\xef", b"\xe2", b"\xc2", b"\xcd", b"\xd8", b"\xd9", b"\xdb", b"\xe0", b"\xe1", b"\xf0", b"\xf3")
_FOLDED_SECOND = (0x85, *range(0x88, 0x90))


def _may_fold(whole: bytes) -> bool:
    """Whether a text (UTF-8) may hold what `folded` changes: bytes are looked for at a tenth of what letters cost."""
    if any(sign in whole for sign in _FOLDED_BYTES):
        return True
    letters = np.frombuffer(whole + b"\0\0", np.uint8)
    begins = np.flatnonzero(letters == 0xE3)
    seconds, thirds = letters[begins + 1], letters[begins + 2]
    voiced = (seconds == 0x82) & ((thirds == 0x99) | (thirds == 0x9A))
    return bool(voiced.any() or np.isin(seconds, _FOLDED_SECOND).any())


def _spellings(word: str) -> Iterator[str]:
    """A word in every mix of upper and lower case."""
    return map("".join, product(*({c.lower(), c.upper()} for c in word)))


@cache
def _nothing() -> pl.Series:
    """A blank cell and BLANKS in any case: to look a cell up as it is costs a tenth of making it lower case.

    Not made at import: that starts the threads of polars, which do not live on in the workers forked afterwards.
    """
    return pl.Series(["", *(s for word in sorted(BLANKS) for s in _spellings(word))], dtype=pl.String).implode()


#: What `folded` changes.
FOLDED = f"{NEEDS_NFKC}|{_OTHER_DIGITS}|[{HIDDEN}]"


BRACKETS = r"[(（\[［【〔<＜{｛].*$"
#: What lists put before a name (★, （故）) and behind it (※, 外2名): no letters all of them. One sign: ○○ is nobody.
NAME_MARKS = "★☆※◎●○◯△▲▽▼□■◇◆＊*#＃✓✔"
MARK_BEFORE = rf"^[\s　]*(?:[(（\[【〔<＜〈《][故亡代新再済][)）\]】〕>＞〉》]|[{NAME_MARKS}])[\s　]*"
SEAL = "印"  # ㊞, folded: where a seal goes
MARK_AFTER = rf"[\s　]*(?:(?:外|ほか|他)[\s　]*[0-9０-９]+[名人]|[{NAME_MARKS}㊞]+|[\s　]{SEAL})$"
NAME_SIGNS = NO_SPACE | {"・": "", "･": "", ".": "", ",": "", "、": ""} | VARIANTS


def name_key(column: pl.Expr, honorifics: Sequence[str] = HONORIFICS) -> pl.Expr:
    """A name without spaces, brackets, honorific and variant characters; Latin names in lower case.

    >>> "髙橋　花子 様" -> "高橋花子"
    """
    bare = column.str.replace(MARK_BEFORE, "").str.replace(BRACKETS, "").str.replace(MARK_AFTER, "")
    honorific = f"(?:{'|'.join(map(re.escape, honorifics))})$"
    return replace(bare, NAME_SIGNS).str.replace(honorific, "").str.to_lowercase()


def latin_key(column: pl.Expr) -> pl.Expr:
    """Latin words of a name in lower case and in order of the alphabet: "SATO, Hanako" = "Hanako Sato"."""
    words = column.str.to_lowercase().str.extract_all(r"[a-zà-ÿ']+").list.sort().list.join(" ")
    return pl.when(words == "").then(None).otherwise(words)


_VOICED = dict(zip("ヂヅヲヴヰヱ", "ジズオブイエ", strict=True))
_SMALL = dict(zip("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ", strict=True))
_SPOKEN = _SMALL | _VOICED | dict.fromkeys(DASHES, "") | {"-": ""}
#: To katakana, then to what is spoken, in one pass: every key is one character.
PLAIN_KANA = _SPOKEN | {
    sign: _SPOKEN.get(kana, kana) for sign, kana in (NO_SPACE | _HIRAGANA | dict.fromkeys("・,、", "")).items()
}


SPOKEN_KANA = r"^[ァ-ヺヽヾ]{2,24}$"


def kana_key(column: pl.Expr) -> pl.Expr:
    """A reading in plain katakana without spaces; small and large kana and long signs count as one (全銀 has no small)."""
    key = replace(column.str.replace(BRACKETS, ""), PLAIN_KANA)
    return pl.when(key.str.contains(SPOKEN_KANA)).then(key).otherwise(None)


def digits(column: pl.Expr) -> pl.Expr:
    """Digits alone."""
    return column.str.replace_all(r"[^0-9]+", "")


def plain_phone_key(column: pl.Expr) -> pl.Expr:
    """`phone_key` for cells that hold a number and nothing else; null for all others."""
    bare = replace(column, PHONE_SIGNS)
    good = bare.str.contains(TELEPHONE) & ~bare.str.slice(0, 4).is_in(TOLL_FREE)
    return pl.when(good).then(bare).otherwise(None)


PHONE_SIGNS = {"-": "", "(": "", ")": "", " ": "", "‐": "", "−": "", "ー": ""}
TOLL_FREE = ["0120", "0800", "0570", "0990", "0180", "0170", "0910"]
LOCAL_TELEPHONE = r"^[(]?([1-9][0-9]{0,3}[)]?\s?[‐‑‒–—―−ー－ｰ-]\s?[0-9]{4})$"
#: A whole number that is free of charge or of shared cost, with as many digits as such have.
FREE_OF_CHARGE = r"^0(?:800[0-9]{7}|(?:120|570|990|180|170)[0-9]{6}|910[0-9]{6,7})$"
#: Grouped as a mobile number; one that is free of charge is written 0800-123-4567.
CARRIED_TELEPHONE = r"^0[789]0[\s-][0-9]{4}[\s-][0-9]{4}$"
#: One digit again and again, where a form wants a number and there is none.
FILLED_IN = "^0*(?:" + "|".join(f"{digit}*" for digit in "0123456789") + ")$"
#: Three groups of digits, as of a telephone; 00 dials abroad, and begins no area's code.
FOREIGN_TELEPHONE = r"^(?:\+[1-9][0-9]{0,2}[\s-]?[(]?[0-9]{1,4}|[(]?(?:[1-9][0-9]{0,3}|0(?:[1-9][0-9]{0,2})?))[)]?[\s-]?[0-9]{2,4}[\s-][0-9]{3,4}$"
FIRST_TELEPHONE = r"(\+?[0-9(][0-9()\[\]\s‐‑‒–—―−ー－ｰ.\-]{7,18}[0-9])"
TELEPHONE = r"^0(?:[5-9]0[1-9]\d{7}|[1-9]\d{8})$"


def phone_key(column: pl.Expr) -> pl.Expr:
    """Digits of a person's telephone with the leading 0; toll-free and shared-cost numbers are nobody's.

    Takes the first number of a cell, "+81…", numbers whose leading 0 a spreadsheet dropped, a town's own way to write
    its numbers, without the area code ("21-1234"), and what is written as a number is but of no area that there is:
    another country's, or one that was made up.
    """
    plain = replace(column, LOOKALIKES)
    local = plain.str.strip_chars().str.extract(LOCAL_TELEPHONE, 1)
    first = plain.str.extract(FIRST_TELEPHONE, 1)
    bare = digits(first)
    bare = (
        pl.when(bare.str.starts_with("81") & bare.str.len_bytes().is_between(11, 13))
        .then(pl.lit("0") + bare.str.slice(2).str.strip_chars_start("0"))
        .when(~bare.str.starts_with("0") & bare.str.len_bytes().is_in([9, 10]))
        .then(pl.lit("0") + bare)
        .otherwise(bare)
    )
    free = bare.str.slice(0, 4).is_in(TOLL_FREE)
    whole = pl.when(bare.str.contains(TELEPHONE) & ~free).then(bare)
    stripped = plain.str.strip_chars()
    foreign = stripped.str.contains(FOREIGN_TELEPHONE) & bare.str.len_bytes().is_between(9, 13)
    foreign = foreign & (~bare.str.contains(FREE_OF_CHARGE) | stripped.str.contains(CARRIED_TELEPHONE))
    foreign = foreign & ~bare.str.contains(FILLED_IN)
    return whole.when(foreign).then(bare).otherwise(digits(local))


def plain_email_key(column: pl.Expr) -> pl.Expr:
    """`email_key` for cells that are one address in lower case and nothing else; null for all others."""
    plain = r"^[a-z0-9][a-z0-9._%+\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,}$"
    return pl.when(column.str.contains(plain)).then(column).otherwise(None)


def email_key(column: pl.Expr) -> pl.Expr:
    """The first mail address, lower case."""
    return column.str.to_lowercase().str.extract(EMAIL, 1)


EMAIL = r"([a-z0-9][a-z0-9._%+\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,})"


#: Days of each month at most, by its number.
MONTH_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
ERA_YEARS = {
    "明": 1867,
    "大": 1911,
    "昭": 1925,
    "平": 1988,
    "令": 2018,
    "m": 1867,
    "t": 1911,
    "s": 1925,
    "h": 1988,
    "r": 2018,
}
DATE = (
    r"^(?:([明大昭平令MTSHRmtshr])[治正和成]?\s*)?([0-9]{1,4}|元)\s*[-/.年・‐−－]\s*([0-9]{1,2})\s*[-/.月・‐−－]\s*([0-9]{1,2})"
    r"\s*日?(?:生まれ|生)?(?:\s*[T(（].*|\s+[0-9:.]+)?$"
)
ERA_COMPACT = r"^([明大昭平令MTSHRmtshr1-5])[治正和成]?([0-9]{2})([0-9]{2})([0-9]{2})$"
COMPACT = r"^(?:18|19|20)[0-9]{6}$"
#: Days since 1900 as spreadsheets count them.
SERIAL = r"^[1-4][0-9]{3,4}(?:\.0)?$"
ERA_DIGITS = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}


def birth_key(column: pl.Expr) -> pl.Expr:
    """yyyymmdd as an integer: 西暦, 和暦, era letters, 元年, YYYYMMDD, era code and six digits, spreadsheet serials, and
    as dates are written abroad."""
    text = column.str.strip_chars()
    parts = text.str.extract_groups(DATE)
    offset = parts.struct.field("1").str.to_lowercase().replace_strict(ERA_YEARS, default=None, return_dtype=pl.Int32)
    year = parts.struct.field("2").str.replace("元", "1", literal=True).cast(pl.Int32, strict=False)
    written = _date_number(
        _counted(year, offset) + offset.fill_null(0),
        parts.struct.field("3"),
        parts.struct.field("4"),
        offset.is_not_null(),
    )
    compact = pl.when(text.str.contains(COMPACT)).then(text).cast(pl.Int32, strict=False)
    compact = _plausible(compact // 10000, compact // 100 % 100, compact % 100)
    era = text.str.extract_groups(ERA_COMPACT)
    short_offset = (
        era.struct.field("1")
        .str.to_lowercase()
        .replace_strict(ERA_YEARS | ERA_DIGITS, default=None, return_dtype=pl.Int32)
    )
    era_year = short_offset + _counted(era.struct.field("2").cast(pl.Int32, strict=False), short_offset)
    short = _date_number(era_year, era.struct.field("3"), era.struct.field("4"), pl.lit(value=True))
    days = pl.when(text.str.contains(SERIAL)).then(text).cast(pl.Float64, strict=False)
    serial = (pl.date(1899, 12, 30) + pl.duration(days=days.cast(pl.Int32, strict=False))).dt
    from_serial = pl.when(days.is_between(2200, 48000)).then(
        serial.year().cast(pl.Int32) * 10000 + serial.month().cast(pl.Int32) * 100 + serial.day().cast(pl.Int32)
    )
    read = pl.coalesce(written, compact, short, from_serial)
    return pl.coalesce(read, pl.when(read.is_null()).then(text).map_batches(_abroad, return_dtype=pl.Int32))


def _counted(year: pl.Expr, offset: pl.Expr) -> pl.Expr:
    """A year of an era where the era had it, any year where it is of none."""
    last = offset.replace_strict(checks.ERA_LASTS, default=99, return_dtype=pl.Int32)
    return pl.when(offset.is_null() | (year <= last)).then(year)


def _abroad(column: pl.Series) -> pl.Series:
    """Numbers of the dates among some cells that are written as abroad; see `dates.abroad`."""
    may = column.unique().drop_nulls()
    may = may.filter(may.str.contains(dates.BEGINS))
    found = {cell: date_number(*written) for cell in may.to_list() if (written := dates.abroad(cell))}
    return column.replace_strict(found, default=None, return_dtype=pl.Int32)


def date_number(year: int, month: int, day: int) -> int | None:
    """yyyymmdd of a date that somebody alive may have been born on; else None. 29 February is of any year."""
    if 1880 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= MONTH_DAYS[month]:
        return year * 10000 + month * 100 + day
    return None


def _date_number(year: pl.Expr, month: pl.Expr, day: pl.Expr, era: pl.Expr) -> pl.Expr:
    number = _plausible(year, month.cast(pl.Int32, strict=False), day.cast(pl.Int32, strict=False))
    return pl.when(era | (year >= 1868)).then(number).otherwise(None)


def _plausible(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    last = 31 - month.is_in([4, 6, 9, 11]).cast(pl.Int32) - 2 * (month == 2).cast(pl.Int32)
    good = year.is_between(1880, 2100) & month.is_between(1, 12) & (day >= 1) & (day <= last)
    return pl.when(good).then(year * 10000 + month * 100 + day).otherwise(None)


def any_birth_key(column: pl.Expr) -> pl.Expr:
    """`birth_key`, or the year alone."""
    return pl.coalesce(birth_key(column), birth_year(column))


def compute(frame: pl.DataFrame, *columns: pl.Expr) -> pl.DataFrame:
    """`frame.select`, with what the expressions have in common computed once: an eager select repeats it."""
    return frame.lazy().select(*columns).collect()


def over(key: Key) -> Callable[[pl.Series], pl.Series]:
    """A key over a whole column."""
    return lambda column: compute(column.to_frame("x"), key(pl.col("x")).alias(column.name)).to_series()


def staged(column: pl.Series, *stages: Stage) -> pl.Series:
    """The key of the first stage that has one, cell by cell: most columns are written one way, and the first reads it.

    A stage may decline a column (None); the last reads everything, and the others agree with it.
    """
    found: pl.Series | None = None
    for stage in stages:
        if found is None:
            found = stage(column)
            continue
        rest = found.is_null() & column.is_not_null()
        if rest.any() and (late := stage(column.filter(rest))) is not None:
            found = found.scatter(rest.arg_true(), late)
    assert found is not None
    return found.rename(column.name)


YEAR = r"^([明大昭平令MTSHRmtshr])?[治正和成]?\s*([0-9]{1,4}|元)\s*年?(?:[-/.\s]*[0-9]{1,2}月?)?(?:生まれ|生)?$"


def birth_year(column: pl.Expr) -> pl.Expr:
    """A year of birth alone ("1985", "昭和60年", "S60.3") as yyyy0000."""
    parts = column.str.strip_chars().str.extract_groups(YEAR)
    offset = parts.struct.field("1").str.to_lowercase().replace_strict(ERA_YEARS, default=None, return_dtype=pl.Int32)
    year = parts.struct.field("2").str.replace("元", "1", literal=True).cast(pl.Int32, strict=False) + offset.fill_null(
        0
    )
    return pl.when(year.is_between(1900, 2100)).then(year * 10000).otherwise(None)


AGE = r"^(?:満)?\s*([0-9]{1,3})(?:\.0)?\s*(?:[歳才](?:[\s　(（]+[^以未\s].*)?|ヶ月|か月|歳\s*[0-9]{1,2}\s*[ヶか]月)?$"


def age_key(column: pl.Expr) -> pl.Expr:
    """Years, 0–120."""
    years = column.str.extract(AGE, 1)
    number = years.cast(pl.Int16, strict=False)
    return pl.when(number <= 120).then(number).otherwise(None)


SEX = (
    dict.fromkeys(["男", "男性", "男児", "男子", "♂", "m", "male", "オトコ", "おとこ", "man", "1:男", "1.男", "1男"], 1)
    | dict.fromkeys(
        ["女", "女性", "女児", "女子", "♀", "f", "female", "オンナ", "おんな", "woman", "2:女", "2.女", "2女"], 2
    )
    | dict.fromkeys(["1", "01"], 1)
    | dict.fromkeys(["2", "02"], 2)
    | dict.fromkeys(["その他", "回答しない", "x", "答えたくない", "9", "3", "0"], 3)
)


def sex_key(column: pl.Expr) -> pl.Expr:
    """1 male, 2 female, 3 neither (ISO/IEC 5218's 1 and 2 included)."""
    return column.str.strip_chars().str.to_lowercase().replace_strict(SEX, default=None, return_dtype=pl.Int8)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else "一二三四五六七八九"[tens - 1] + "十") + (
        "一二三四五六七八九"[ones - 1] if ones else ""
    )


_NUMBERED = {
    _numeral(n) + counter: f"{n}-" for n in range(1, 60) for counter in ("丁目", "番地の", "番地", "番町", "番", "号")
}
PREFECTURE = r"^(?:東京都|北海道|京都府|大阪府|[^0-9都道府県市区町村]{2,3}県)"
MUNICIPALITY = r"^(?:[^0-9都道府県]{1,4}郡)?(?:[^0-9]{1,4}?市(?:[^0-9市]{1,3}区)?|[^0-9市]{1,5}[区町村])$"
#: The second of two streets that a house stands at: 北1条西2丁目3.
ADDRESS_STREET = "(?:条[^0-9]{0,4}[0-9]+)?"
#: From the town on: what stands before a city, ward or county is left out, and what follows the house number. 番 of
#: 番町 is read as a sign; a municipality stays where its houses are numbered without a town.
ADDRESS_CORE = (
    r"^(?:東京都|北海道|京都府|大阪府|[^0-9都道府県市区町村]{2,3}県)?"
    r"(?:[^0-9]{1,5}?市市?(?:[^0-9市]{1,3}区)?|[^0-9]{1,4}?郡[^0-9]{1,5}?[町村]|[^0-9町村]{1,3}区)?"
    rf"-*([^0-9\-][^0-9]*[0-9]*{ADDRESS_STREET}(?:-+[0-9]+)*)"
)
#: The same where hardly anything is left of the town by that (小樽市幸5): with its municipality.
ADDRESS_WHOLE = (
    r"^(?:東京都|北海道|京都府|大阪府|[^0-9都道府県市区町村]{2,3}県)?"
    rf"([^0-9\-]{{1,12}}[市区町村][^0-9]{{1,8}}[0-9]+{ADDRESS_STREET}(?:-+[0-9]+)*)"
)
_ADDRESS_SIGNS = (
    NO_SPACE
    | dict.fromkeys(DASHES, "-")
    | _FULL_WIDTH
    | {
        "丁目": "-",
        "番地の": "-",
        "番地ノ": "-",
        "番の": "-",
        "番地": "-",
        "番": "-",
        "号": "-",
        "地割": "-",
        "の": "-",
        "ノ": "-",
        "之": "-",
        "ヶ": "ケ",
        "が": "ケ",
        "ガ": "ケ",
        "ヵ": "ケ",
    }
    | {"大字": "", "字": "", "〒": ""}
    | VARIANTS
)


POSTAL_BEFORE = r"^\s*〒?\s*[0-9０-９]{3}[-‐−－ー]?[0-9０-９]{4}[\s　]+"
ADDRESS_LEAST = 3  # letters of an address
#: A prefecture, with a number or without: no address.
PREFECTURE_ALONE = r"^(?:東京都|北海道|京都府|大阪府|[^0-9都道府県市区町村]{2,3}県)(?:[0-9]|$)"
#: Longer first: the leftmost, first listed pattern wins.
ADDRESS_TABLE = dict(sorted({**_NUMBERED, **_ADDRESS_SIGNS}.items(), key=lambda item: -len(item[0])))


def address_key(column: pl.Expr) -> pl.Expr:
    """An address in one spelling: without municipality, spaces and building; 二丁目3番4号 = 2-3-4.

    The municipality is left out because residents are written with and without it. Null where no more than a
    municipality is said: that is no postal address.
    """
    text = column.str.replace(POSTAL_BEFORE, "")
    bare = replace(text, NO_SPACE)
    enough = bare.str.contains(r"[0-9０-９一二三四五六七八九十]") | ~bare.str.replace(PREFECTURE, "").str.contains(
        MUNICIPALITY
    )
    return pl.when(enough).then(_address(text)).otherwise(None)


def spelling(text: pl.Expr) -> pl.Expr:
    """The signs and variants of an address in one spelling, nothing left out."""
    return replace(text, ADDRESS_TABLE)


def _address(text: pl.Expr) -> pl.Expr:
    spelled = spelling(text)
    key = spelled.str.extract(ADDRESS_CORE, 1).str.strip_chars_end("-")
    whole = spelled.str.extract(ADDRESS_WHOLE, 1).str.strip_chars_end("-")
    told = ~key.str.contains(PREFECTURE_ALONE)
    return pl.when(told & (key.str.len_chars() >= ADDRESS_LEAST)).then(key).when(told).then(whole).otherwise(None)


def code_key(column: pl.Expr) -> pl.Expr:
    """Letters and digits of a number by header; null when fewer than four digits."""
    bare = column.str.to_uppercase().str.replace_all(r"[^0-9A-Z]+", "")
    return pl.when(bare.str.count_matches(r"[0-9]") >= 4).then(bare).otherwise(None)
