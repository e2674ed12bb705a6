"""Cells that say several things: "氏名（フリガナ）", "住所・電話番号", telephone or mail in one column, lines in a cell.

Such a column becomes several, so that tables are read by one kind of column each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from dlp.extract.plain.normalize import fold
from dlp.subjects.cells.folding import HAN, HIRA, KANA
from dlp.subjects.cells.values import CLASS
from dlp.subjects.plan.columns import REACHED
from dlp.subjects.plan.header import Header, Label
from dlp.subjects.plan.plans import sample
from dlp.subjects.words import DASHES, listed

_LONG_NUMBER = 8  # letters of anything shorter than a telephone
_SHARE = 0.1  # of the cells hold each of two kinds
#: Patterns of what is taken out of a cell, in this order; polars' and Python's regex read them alike.
_EMAIL = r"[A-Za-z0-9][A-Za-z0-9._%+\-]*@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
_SIGN = f"[{DASHES}() -]"
_PHONE = (  # without a sign in it a number has ten or eleven digits; twelve are an Individual Number
    rf"\+81[-. ]?(?:\(0\)[- ]?)?\d{{1,4}}(?:{_SIGN}{{0,2}}|\.)\d{{1,4}}(?:{_SIGN}{{0,2}}|\.)\d{{3,4}}\b"
    rf"|(?:\b0\d{{1,4}}{_SIGN}{{1,2}}|\(0\d{{1,4}}\)[{DASHES} -]?)\d{{1,4}}{_SIGN}{{0,2}}\d{{3,4}}\b"
    rf"|\b0\d{{5,6}}[{DASHES}-]\d{{4}}\b|\b0(?:\d{{2,4}}\.\d{{2,4}}|[36]\.\d{{4}})\.\d{{4}}\b|\b0\d{{9,10}}\b"
)
_POSTAL = r"〒\s?\d{3}-?\d{4}|^\d{3}-\d{4}(?:[\s　]|$)"
_BORN = (
    r"(?:(?:明治|大正|昭和|平成|令和|[MTSHR])(?:\d{1,2}|元)|(?:19|20)\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:生まれ|生)?"
)
_AGED = r"(?:満)?\d{1,3}歳"
_TAKEN = (
    ("email", "メールアドレス", _EMAIL),
    ("phone", "電話番号", _PHONE),
    ("postal_code", "郵便番号", _POSTAL),
    ("birth_date", "生年月日", _BORN),
    ("age", "年齢", _AGED),
)
_DATED_CALL = re.compile(
    r"\d[-/.月]\d{1,2}日?[\s　]*\(?0\d{1,4}[-(]\d|0\d{1,4}[-)]\d{4}[\s　]+\S{1,4}\d[-/.年]\d{1,2}[-/.月]\d"
)
_FOUND = {role: re.compile(pattern) for role, _, pattern in _TAKEN}
_BESIDE, _NUMERAL = re.compile(r"(?i)TEL|電話|携帯|MAIL|メール|[\s:：/／]"), re.compile(r"[\d一二三四五六七八九十]")
_LEFT = 4  # letters of what is left of a cell, at least, to be words; and one that is of a word: no dash, no long sign
_WORDED = re.compile(r"[^\W\d_ー]")
#: A name with its reading in brackets or on another line: either order.
_NAME = rf"^\s*([{HAN}{HIRA}{KANA}]{{1,10}}(?:[ 　][{HAN}{HIRA}{KANA}]{{1,10}})*?)"
_READ = rf"([{KANA}{HIRA}ｦ-ﾟ]{{2,}}(?:[ 　・][{KANA}{HIRA}ｦ-ﾟ]+)*)"
_AFTER = rf"{_NAME}\s*[(（\[【/\n]\s*{_READ}\s*[)）\]】]?\s*$"
_BEFORE = rf"^\s*{_READ}(?:\s*\n\s*| +)([{HAN}{HIRA}{KANA}]{{1,10}}(?:[ 　][{HAN}{HIRA}{KANA}]{{1,10}})*)\s*$"
#: A name with its age; where nothing says that it is one, two figures at least, behind surname and given name apart.
_APART = rf"^\s*[{HAN}{HIRA}{KANA}]{{1,10}}[ 　][{HAN}{HIRA}{KANA}]{{1,10}}"
_NAME_AGE = rf"(?:{_NAME}\s*[(（\[]\s*満?\d{{1,3}}[歳才]|{_APART}\s*[(（\[]\s*(?:[1-9]\d|1[01]\d))\s*[)）\]]\s*$"
_NAME_AGE_ANY = rf"{_NAME}\s*[(（\[]\s*満?(\d{{1,3}})[歳才]?\s*[)）\]]\s*$"
#: A name with the birth behind it, as where two columns of a print touch: "佐藤 花子S49.5.9".
_NAME_BORN = rf"{_NAME}[ 　]*((?:{_BORN}))\s*$"
_MOST = 0.6  # of the cells
#: A number in the list before a name: "12佐藤 花子", "3.佐藤".
_SERIAL = r"^\s*(?:No\.?\s*)?[(（]?[0-9０-９]{1,5}[)）.．、:：]?\s*"
_SERIAL_NAME = re.compile(
    rf"^\s*(?:No\.?\s*)?[(（]?([0-9０-９]{{1,5}})[)）.．、:：]?\s*((?:{CLASS}|[ 　]){{2,16}})(?:[(（].*)?$"
)
_NUMBERS, _NEARLY = 5, 0.8  # cells that tell, and the share of them that are so
_READ_FIRST = re.compile(r"[ァ-ヺー]{2,} [ァ-ヺー ]*[一-鿿㐀-䶿]")
_SIGNS = ("\n", "(", "（", "@", "/", " ")  # one of which a cell has that says several things
_KANJI = re.compile(r"[一-鿿㐀-䶿]")


def split(
    frame: pl.DataFrame, header: Header | None
) -> tuple[pl.DataFrame, Header | None, Sequence[Sequence[str]] | None]:
    """The table with columns that say several things taken apart; new columns stand at the end. And a sample of each
    column, where it is as it was."""
    start = header.row + 1 if header else 0
    labels = list(header.labels) if header else [Label("", "")] * frame.width
    labels += [Label("", "")] * (frame.width - len(labels))
    made: list[tuple[Label, pl.Series]] = []
    samples = [sample(series, start) for series in frame.get_columns()]
    taken = False
    for i, (series, cells) in enumerate(zip(frame.get_columns(), samples, strict=True)):
        label = labels[i]
        if not cells:
            continue
        if _numbered(label, cells):
            series = series.str.replace(_SERIAL, "")
            cells = samples[i] = sample(series, start)
            frame = frame.with_columns(series)
        if _named_below(label, cells):
            series = series.str.replace(_BELOW, "${2}\n${1}")
            cells = samples[i] = sample(series, start)
            label = Label(label.text or "氏名", "name", label.group)
        if entry := _with_entry(series, label, cells):
            labels[i], changed, new = entry
            frame, taken = frame.with_columns(changed.alias(series.name)), True
            made += new
            continue
        if not cells or not (_worth(cells) or _various(label, cells)):
            continue
        parts = _reading(series, label, cells) or _with_age(series, label, cells) or _with_birth(series, label, cells)
        if parts:
            labels[i], changed, new = parts
        elif pieces := _pieces(series, label, cells):
            labels[i], changed, new = pieces
        else:
            continue
        frame, taken = frame.with_columns(changed.alias(series.name)), True
        made += new
    if not made:
        return frame, header, None if taken else samples
    frame = frame.with_columns(new.alias(f"c{frame.width + n}") for n, (_, new) in enumerate(made))
    labels += [label for label, _ in made]
    known = sum(1 for label in labels if label.role)
    return frame, Header(header.row if header else -1, tuple(labels), known), None


def _numbered(label: Label, cells: list[str]) -> bool:
    """Whether names have their number in the list before them, as in print where a number reaches up to the name."""
    if label.role not in _READABLE or len(cells) < _NUMBERS or not any(map(str.isdigit, cells[0][:5])):
        return False
    found = [m for cell in cells if (m := _SERIAL_NAME.match(cell))]
    numbers = [int(m[1]) for m in found]
    rising = sum(a < b for a, b in pairwise(numbers))
    names = len({m[2] for m in found})
    return len(found) >= _NEARLY * len(cells) and rising >= _NEARLY * (len(found) - 1) and names >= _NEARLY * len(found)


def _worth(cells: list[str]) -> bool:
    """Most columns say one thing: brackets, lines and @ are looked for before anything else."""
    whole = "\t".join(cells)
    if not any(map(whole.__contains__, _SIGNS)):
        return False
    return (
        sum(1 for c in cells if "\n" in c or "(" in c or "（" in c or "@" in c or "/" in c or _READ_FIRST.match(c))
        >= max(1, 0.1 * len(cells))
        or _called_since(cells)
        or _named_births(cells)
    )


def _called_since(cells: list[str]) -> bool:
    """Whether most cells are a date and a telephone, as where columns of a print stand close."""
    return sum(_DATED_CALL.search(c) is not None for c in cells) > len(cells) / 2


def _named_births(cells: list[str]) -> bool:
    """Whether most cells are a name and a birth."""
    likely = [c for c in cells if c and not c[0].isdigit() and (c[-1].isdigit() or c[-1] in "日生れ")]
    least = _MOST * len(cells)
    return 0 < least <= len(likely) and sum(_BORN_NAME.match(fold(c)) is not None for c in likely) >= least


def _various(label: Label, cells: list[str]) -> bool:
    """Whether a column without a header word holds telephones in some cells, and something else in others."""
    if label.role:
        return False
    numbers = sum(1 for c in cells if c[:1] in "0(０" and len(c) > _LONG_NUMBER)
    return _SHARE * len(cells) <= numbers <= (1 - _SHARE) * len(cells)


def apart(label: Label, cells: list[str]) -> bool:
    """Whether a column, by a sample of its cells, says several things."""
    if not cells:
        return False
    if _numbered(label, cells) or _named_below(label, cells) or _entered(label, cells):
        return True
    if not cells or not (_worth(cells) or _various(label, cells)):
        return False
    beside = label.role in _READABLE and (_read_beside(cells) is not None or _aged_name(label, cells))
    born = _born(label) and _named_births(cells)
    return beside or born or _kinds(label, cells) is not None


def _read_beside(cells: list[str]) -> tuple[str, int, int] | None:
    """How names and readings share cells: pattern, group of the name, group of the reading."""
    texts = [fold(c) for c in cells]
    after = sum(1 for t in texts if (m := re.match(_py(_AFTER), t)) and _KANJI.search(m[1]))
    before = sum(1 for t in texts if (m := re.match(_py(_BEFORE), t)) and _KANJI.search(m[2]))
    if max(after, before) < 0.4 * len(cells):
        return None
    return (_AFTER, 1, 2) if after >= before else (_BEFORE, 2, 1)


def _py(pattern: str) -> str:
    return pattern.replace(HAN, "㐀-䶿一-鿿豈-﫿々〆〇ヶヵ")


_BORN_NAME = re.compile(_py(_NAME_BORN))
#: The role of a column in which a name may have its birth behind it. Behind a name whose heading says nothing of births
#: stands the day on which he asked for something.
_BORN_IN = "birth_date"


def _born(label: Label) -> bool:
    """Whether a heading speaks of births, and perhaps of whose."""
    return _BORN_IN in (label.role, *label.beside)


#: Roles of columns in which a name may have its reading beside it.
_READABLE = ("", "name", "kana")


def _reading(
    series: pl.Series, label: Label, cells: list[str]
) -> tuple[Label, pl.Series, list[tuple[Label, pl.Series]]] | None:
    """A name with its reading: the name stays, the reading gets a column."""
    if label.role not in _READABLE:
        return None
    way = _read_beside(cells)
    if way is None:
        return None
    pattern, name, kana = way
    names, readings = _parted(series, (pattern, name), (pattern, kana))
    group = label.group
    return (
        Label(label.text or "氏名", "name", group),
        names,
        [(Label(f"{group}フリガナ", "kana", group), readings)],
    )


def _parted(series: pl.Series, name: tuple[str, int], other: tuple[str, int]) -> tuple[pl.Series, pl.Series]:
    """A column's names and what stands beside them, each by a pattern and its group; a cell without one stays."""
    cell = pl.col("x")
    found = (
        series.str.normalize("NFKC")
        .to_frame("x")
        .select(pl.coalesce(cell.str.extract(*name), cell).alias("name"), cell.str.extract(*other).alias("other"))
    )
    return found["name"], found["other"]


def _aged_name(label: Label, cells: list[str]) -> bool:
    """Whether names have their ages in brackets behind them: "佐藤 花子（47）", "佐藤 花子(5歳)"."""
    found = [cell for cell in cells if re.match(_py(_NAME_AGE), fold(cell))] if label.role == "name" else []
    return len(found) >= _MOST * len(cells) > 0


def _with_age(
    series: pl.Series, label: Label, cells: list[str]
) -> tuple[Label, pl.Series, list[tuple[Label, pl.Series]]] | None:
    """A name with its age: the name stays, the age gets a column."""
    if not _aged_name(label, cells):
        return None
    names, ages = _parted(series, (_NAME_AGE, 1), (_NAME_AGE_ANY, 2))
    return label, names, [(Label(f"{label.group}年齢", "age", label.group), ages)]


def _with_birth(
    series: pl.Series, label: Label, cells: list[str]
) -> tuple[Label, pl.Series, list[tuple[Label, pl.Series]]] | None:
    """A name with its birth: the name stays, the birth gets a column."""
    if not _born(label) or not _named_births(cells):
        return None
    names, births = _parted(series, (_NAME_BORN, 1), (_NAME_BORN, 2))
    own = Label(label.text or "氏名", "name", label.group)
    return own, names, [(Label(f"{label.group}生年月日", "birth_date", label.group), births)]


_ENTRIES = 3  # cells of such a column, at least: one is a line's, which is read as prose is
#: Who it is, and behind him, apart or in brackets, what is said of him: "佐藤 花子（47歳・女）本町1-2-3".
_LETTERS = f"[{HAN}{HIRA}{KANA}]"
_ENTRY = rf"^\s*({_LETTERS}{{1,6}} {_LETTERS}{{1,6}}|{_LETTERS}{{2,10}})(?:\s*\(|[ :、,/\n]+)(.*)$"
_ENTERED = re.compile(_py(_ENTRY), re.DOTALL)
#: Where he lives, and below it who it is: "本町1-2-3\\n佐藤 花子".
_BELOW = rf"(?s)^\s*(.*[0-9０-９][^\n]*)\n\s*({_LETTERS}{{1,6}}[ 　]{_LETTERS}{{1,6}}|{_LETTERS}{{2,10}})\s*$"
_NAMED_BELOW = re.compile(_py(_BELOW))
_SEXED = r"(?:^|[\s(・、,/])([男女])性?(?:[\s)・、,/]|$)"
#: An age before a sex, as "佐藤 花子／47／女" has them.
_YEARS = r"^\s*(\d{1,3})(\s*[・、,/]\s*[男女]性?\s*(?:[)・、,/].*)?)$"
_AGED_SEX = re.compile(_YEARS)
_HOME = re.compile(rf"{CLASS}{{2}}.{{0,8}}\d+(?:-\d|番|丁目|の\d)")


def _named_below(label: Label, cells: list[str]) -> bool:
    """Whether a heading speaks of who it is, and most cells name him below where he lives."""
    if "name" not in (label.role, *label.beside) or len(cells) < _ENTRIES or "\n" not in "".join(cells[:_ENTRIES]):
        return False
    found = [m[1] for cell in cells if (m := _NAMED_BELOW.match(cell))]
    return sum(_HOME.search(fold(where)) is not None for where in found) >= _MOST * len(cells)


def _entered(label: Label, cells: list[str]) -> bool:
    """Whether the column of names holds in most cells also where he lives, how old he is, how he is reached: no sentences,
    which are read as such."""
    if label.role != "name" or len(cells) < _ENTRIES or (_born(label) and _named_births(cells)):
        return False
    if not any(map(str.isdigit, "".join(cells[:2]))) or any("。" in cell for cell in cells):
        return False
    rests = [found[2] for cell in cells if (found := _ENTERED.match(fold(cell)))]
    told = sum(
        _HOME.search(rest) is not None
        or any(f.search(rest) for f in _FOUND.values())
        or _AGED_SEX.match(rest) is not None
        for rest in rests
    )
    return told >= _MOST * len(cells) and not _aged_name(label, cells)


def _with_entry(
    series: pl.Series, label: Label, cells: list[str]
) -> tuple[Label, pl.Series, list[tuple[Label, pl.Series]]] | None:
    """A name with several things said of him: each gets a column, what is left is where he lives."""
    if not _entered(label, cells):
        return None
    names, rests = _parted(series, (f"(?s){_ENTRY}", 1), (f"(?s){_ENTRY}", 2))
    said = rests.to_frame("x")
    left, made = pl.col("x").str.replace(_YEARS, "${2}"), []
    for role, word, pattern in (*_TAKEN, ("sex", "性別", _SEXED)):
        whole = pattern if role == "sex" else f"({pattern})"
        made.append((Label(word, role, label.group), said.select(left.str.extract(whole, 1)).to_series()))
        left = left.str.replace_all(pattern, " ")
    made.append((Label("年齢", "age", label.group), said.select(pl.col("x").str.extract(_YEARS, 1)).to_series()))
    left = left.str.replace_all(r"(?i)TEL|電話|携帯|住所|[〒:()・、,/]", " ").str.strip_chars()
    home = said.select(pl.when(left.str.contains("[0-9]")).then(left)).to_series()
    made.append((Label("住所", "address", label.group), home))
    return label, names, [(said, cells) for said, cells in made if cells.null_count() < len(cells)]


#: Roles of columns that are left as they are.
_WHOLE = frozenset(listed("name surname given kana birth_date age note date org facility official item event"))


def _kinds(label: Label, cells: list[str]) -> tuple[list[tuple[str, str, str]], float] | None:
    """What may be taken out of a column (role, word, pattern), and the share of cells in which something is left."""
    if label.role in _WHOLE and not (label.role == "birth_date" and _called_since(cells)):
        return None
    texts = [fold(c) for c in cells]
    shares = {role: sum(map(bool, map(found.search, texts))) / len(texts) for role, found in _FOUND.items()}
    held = [(role, word, pattern) for role, word, pattern in _TAKEN if shares[role] >= _SHARE]
    if not {"email", "phone"} & {role for role, _, _ in held}:
        return None
    rest = [_rest(t) for t in texts]
    wordy = sum(1 for t in rest if len(t) >= _LEFT and _NUMERAL.search(t) and _WORDED.search(t)) / len(texts)
    return (held, wordy) if len(held) + (wordy >= _SHARE) >= 2 else None


_REACHED = frozenset(REACHED)  # 代表者連絡先 is his telephone and his mail address


def _pieces(
    series: pl.Series, label: Label, cells: list[str]
) -> tuple[Label, pl.Series, list[tuple[Label, pl.Series]]] | None:
    """Telephone, mail, date, age and postal code taken out of a column; what is left keeps its place."""
    kinds = _kinds(label, cells)
    if kinds is None:
        return None
    held, wordy = kinds
    column = pl.col("x")
    frame = series.str.normalize("NFKC").to_frame("x")
    made = []
    for role, word, pattern in held:
        made.append(
            (
                Label(word, role, label.group if label.role in ("", role) or {label.role, role} <= _REACHED else ""),
                frame.select(column.str.extract(f"({pattern})", 1)).to_series(),
            )
        )
    left = column
    for _, _, pattern in _TAKEN:
        left = left.str.replace_all(pattern, " ")
    left = left.str.replace_all(r"(?i)TEL|電話|携帯|MAIL|メール|[〒:：/／\s]+$|^[\s:：/／]+", " ").str.strip_chars()
    role = "address" if wordy >= _SHARE and label.role in ("address", "phone", "email", "postal_code", "") else ""
    word = "住所" if role else "残り"
    kept = frame.select(pl.when(left == "").then(None).otherwise(left)).to_series()
    return Label(word, role, label.group if label.role == "address" else ""), kept, made


def _rest(text: str) -> str:
    for found in _FOUND.values():
        text = found.sub(" ", text)
        if len(text) < _LEFT:
            return ""  # what follows makes it no longer
    return _BESIDE.sub("", text)
