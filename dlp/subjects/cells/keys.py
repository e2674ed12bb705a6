"""Whole columns to comparable keys: names, readings, telephones, dates, addresses, as polars expressions.

Every function takes an expression over a String column and gives one over the same rows; null where the cell does
not hold what is asked. The same expressions run on one-row frames for forms and prose, so that a person has the
same keys wherever he stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import polars as pl

from dlp.detect.variants import VARIANTS
from dlp.subjects.cells.folding import HAN, HIRA, KANA, NO_SPACE, replace
from dlp.subjects.words import DASHES, HONORIFICS

type Key = Callable[[pl.Expr], pl.Expr]
type Stage = Callable[[pl.Series], pl.Series | None]
_FULL_WIDTH = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
_HIRAGANA = {chr(0x3041 + i): chr(0x30A1 + i) for i in range(86)}
#: Letters that pass for digits.
LOOKALIKES = dict(zip("OoОоΟοlIІ|ЗЅ", "000000111135", strict=True))


BRACKETS = r"[(（\[［【〔<＜{｛].*$"
#: A surname at birth, or a reading, between surname and given name: 佐藤（旧姓 鈴木）花子, 佐藤(鈴木)花子.
_LETTER = f"[{HAN}{HIRA}{KANA}]"
BETWEEN = rf"^[\s　]*({_LETTER}{{1,4}}[ 　]*)[(（\[［【〔](?:旧姓?|新姓?)?[ 　:：]*{_LETTER}{{2,6}}[)）\]］】〕]([ 　]*{_LETTER}{{1,4}})[\s　]*$"
#: What lists put before a name (★, （故）) and behind it (※, 外2名): no letters all of them. One sign: ○○ is nobody.
NAME_MARKS = "★☆※◎●○◯△▲▽▼□■◇◆＊*#＃✓✔"
MARK_BEFORE = rf"^[\s　]*(?:[(（\[【〔<＜〈《][故亡代新再済][)）\]】〕>＞〉》]|[{NAME_MARKS}])[\s　]*"
SEAL = "印"  # ㊞, folded: where a seal goes
MARK_AFTER = rf"[\s　]*(?:(?:外|ほか|他)[\s　]*[0-9０-９]+[名人]|[{NAME_MARKS}㊞]+|[\s　]{SEAL})$"
NAME_SIGNS = NO_SPACE | {"・": "", "･": "", ".": "", ",": "", "、": ""} | VARIANTS


def name_key(column: pl.Expr, honorifics: Sequence[str] = HONORIFICS) -> pl.Expr:
    """A name without spaces, brackets, honorific and variant characters; Latin names in lower case.

    >>> "髙橋　花子 様" -> "高橋花子"
    >>> "佐々木 一" -> "佐佐木一"
    """
    whole = column.str.replace(BETWEEN, "${1}${2}")
    bare = whole.str.replace(MARK_BEFORE, "").str.replace(BRACKETS, "").str.replace(MARK_AFTER, "")
    honorific = f"(?:{'|'.join(map(re.escape, honorifics))})$"
    lowered = replace(bare, NAME_SIGNS).str.replace(honorific, "").str.to_lowercase()
    return lowered.map_batches(_repeated, return_dtype=pl.String)


AGAIN = "々"  # says the letter before it again
_SAID_AGAIN, _TWICE = re.compile(f"(.)({AGAIN}+)"), re.compile(r"([\u4e00-\u9fff])\1")


def repeated(name: str) -> str:
    """A name with what 々 stands for: 佐々木 and 佐佐木 are one. Not the other way: 比嘉嘉津枝 is 比嘉 and 嘉津枝."""
    return _SAID_AGAIN.sub(lambda m: m[1] * (1 + len(m[2])), name) if AGAIN in name else name


def mirrored(name: str) -> tuple[str, str]:
    """The keys that a name's letters may have when they are read from the end, where 々 stands for the one after it."""
    return name[::-1], repeated(_TWICE.sub(rf"\1{AGAIN}", name)[::-1])


def _repeated(names: pl.Series) -> pl.Series:
    if not names.str.contains(AGAIN, literal=True).any():
        return names
    return pl.Series(names.name, [name and repeated(name) for name in names], dtype=pl.String)


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
#: As it is written in English, the house number first: 3-17-8Honcho,Hiratsuka-shi,Kanagawa254-8686.
ADDRESS_LATIN = (
    r"^([0-9](?:-*[0-9])*)-*(?:chome-*)?,?([A-Z][a-z]{2}[A-Za-z.,'-]*?)(?:[0-9]{3}-?[0-9]{4})?(?:,?(?:Japan|JAPAN))?$"
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


_APART, _N = f"[{DASHES}-]", "[0-9０-９]"
#: A room behind a house number, where a blank, a dash or its own word parts the two: 3-9-1 106号室, 9番1号-106号室,
#: 3-9-1 2F. Residents are written with and without it. The house number is the first group that matched.
ROOM = (
    rf"({_N}(?:{_APART}+|番地の?|番|丁目|の|号){_N}+)[\s　]+{_N}.*$"
    rf"|({_N}(?:番地?|号))[\s　{DASHES}-]*[A-Za-z]?{_N}{{1,5}}(?:号?室|階|F).*$"
    rf"|({_N}){_APART}+{_N}{{1,5}}号?室.*$"
)
HOUSE = "${1}${2}${3}"
#: The same of a key: a fourth number of a room's length.
ROOM_LAST = r"([0-9]-+[0-9]+-+[0-9]+)-+[0-9]{3,4}$"


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


def house(key: pl.Expr) -> pl.Expr:
    """A key without the room that ends it."""
    return key.str.replace(ROOM_LAST, "${1}")


def _address(text: pl.Expr) -> pl.Expr:
    spelled = spelling(text.str.replace(ROOM, HOUSE)).str.replace(ADDRESS_LATIN, "${2}${1}")
    key = house(spelled.str.extract(ADDRESS_CORE, 1).str.strip_chars_end("-"))
    whole = house(spelled.str.extract(ADDRESS_WHOLE, 1).str.strip_chars_end("-"))
    told = ~key.str.contains(PREFECTURE_ALONE)
    return pl.when(told & (key.str.len_chars() >= ADDRESS_LEAST)).then(key).when(told).then(whole).otherwise(None)


def code_key(column: pl.Expr) -> pl.Expr:
    """Letters and digits of a number by header; null when fewer than four digits."""
    bare = column.str.to_uppercase().str.replace_all(r"[^0-9A-Z]+", "")
    return pl.when(bare.str.count_matches(r"[0-9]") >= 4).then(bare).otherwise(None)
