"""Records as programs print their values: Python's and Ruby's repr, PHP's print_r and var_dump, Perl's Dumper, the
toString of Java, Kotlin, C#, Go, Rust, Swift, objects of JavaScript, data frames of R.

What all of them have is brackets about a record and pairs of a key and a value in it; nothing else is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dlp.extract.plain.unfold import JAPANESE
from dlp.native.look import Look, marks

type Record = dict[str, str]
type Value = Record | list[str] | dict[str, list[str]]

_MOST = 4_000_000  # characters that are looked through
_STRING = r"'(?:[^'\\\n]|\\.){0,400}'|\"(?:[^\"\\\n]|\\.){0,400}\""
_WORD = r"[:@]?[A-Za-z_ぁ-ヿ一-鿿々][\w・]{0,30}"
_SEP = r"(?:=>|->|=(?![=>])|:(?![:/])|(?<=\s)\.(?=\s))[ \t]*"
#: A value without quotes ends before a sign of the notation, or the next pair.
_BARE = rf"[^\s,;{{}}()\[\]<>'\"=:][^,;{{}}()\[\]<>'\"\n\t]{{0,120}}?(?=\s*[,;{{}}()\[\]<>\n\t]|\s+{_WORD}[:=]|\s*$)"
_TOKEN = re.compile(
    rf"(?P<key>\[(?:{_STRING}|{_WORD})\]|{_STRING}|{_WORD})\s*{_SEP}(?:\r?\n\s*)?(?:(?P<text>{_STRING})|(?P<bare>{_BARE})|(?=[\[({{]))"
    rf"|(?P<alone>{_STRING})|(?P<open>[\[({{<])|(?P<close>[\])}}>])"
)
#: What a printed value is said to be: string(13) "…", datetime.date(1990, 4, 1), Timestamp('…'), u'…', Some("…").
_KIND = re.compile(r"\bstring\(\d+\)\s*|\bu(?=['\"])")
_DATE = re.compile(
    r"\b(?:(?:datetime\.)?date(?:time)?|(?P<from_0>new Date)|Date\.new|LocalDate\.of)"
    r"\((\d{4}), ?(\d{1,2}), ?(\d{1,2})(?:, ?\d{1,2})*\)"
)
_WRAPPED = re.compile(rf"\b(?:Timestamp|Decimal|Some|Optional|Date|LocalDate|datetime64|str_)\[?\(?({_STRING})\)?\]?")
#: R's columns: name=c("…", "…").
_COMBINED = re.compile(r"(?<==)\s{0,4}c\((?=\s{0,4}['\"])")
#: What a text is looked at further for.
_SIGNS = ("=>", "':", "('", "['", "='", '" = "', ": '", "Map(", "map[", '("', '. "', "#<")
_NEEDED = "=>'\"([<{"  # signs of which each of them has one, and what `_CALLED` is looked for by
_CALLED = re.compile(
    r"[(\[][A-Za-z_ぁ-ヿ一-鿿々]\w{0,30}(?:=[^=\s]|: \")|\{\s?[:@]?[A-Za-z_ぁ-ヿ一-鿿々]\w{0,30}\s?[:=]"
)
#: … each with its marks, and whether it has to stand beside a name.
_MARKED = [
    (sign, marks(sign), called) for called, some in ((False, _SIGNS), (True, ("=", ': "', "{"))) for sign in some
]
_NOTHING = frozenset(("None", "null", "nil", "NULL", "undefined", "<nil>", "NaN", "nan", "NaT"))
_TELLS = re.compile(r"@|\d{2,4}-\d{3,4}|\d{4}[-/]\d")
_PAIRS = 0.6  # of the lines of printed records are a pair: brackets may have lines of their own
_FEWEST = 3  # values of a row, and of a column


@dataclass(slots=True)
class _Group:
    """What stands between two brackets."""

    key: str = ""  # of the pair whose value it is
    pairs: Record = field(default_factory=dict)
    alone: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)


#: A dump's statement with its tuples, which the counter reads as rows of that table.
_DUMPED = re.compile(
    r"^[ \t]*+(?:INSERT|REPLACE)\b[^;']{0,4000}?\bVALUES\s*+"
    r"(?:\((?:[^()']|'(?:[^'\\]|''|\\.)*+'|\([^()]*+\))*+\)\s*+,?+\s*+)++;?",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


def _dated(match: re.Match[str]) -> str:
    """A day that a program makes, as text; JavaScript counts months from 0."""
    year, month, day = match.groups()[1:]
    return f"'{year}-{int(month) + (match['from_0'] is not None):02}-{int(day):02}'"


def may_hold(text: str, seen: Look | None = None) -> bool:
    """Whether there may be any: told by signs that hardly any text has. `seen`: what `normalize.told` said of it."""
    if seen is None and not any(sign in text for sign in _NEEDED):  # one sign is found ten times as fast as two
        return False
    there = _MARKED if seen is None else [one for one in _MARKED if not seen.lacks(one[1])]
    if any(sign in text for sign, _, called in there if not called):
        return True
    called = (sign for sign, _, called in there if called)
    return any(_CALLED.search(text, max(0, at - 34), at + 34) for sign in called for at in _places(text, sign))


def _places(text: str, sign: str) -> Iterator[int]:
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)


def records(text: str, seen: Look | None = None) -> list[Value]:
    """Records, rows and columns of all that is printed so in a text. `seen`: what `normalize.told` said of it."""
    if not may_hold(text, seen):
        return []
    text = _KIND.sub("", _DUMPED.sub("\n", text[:_MOST]))
    text = _COMBINED.sub("(", _WRAPPED.sub(r"\1", _DATE.sub(_dated, text)))
    found = [value for value in _values(text) if _tells(value)]
    return found if any(isinstance(value, dict) for value in found) or len(found) > 1 else []


def _values(text: str) -> Iterator[Value]:
    stack: list[_Group] = []
    key = ""
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "open":
            stack.append(_Group(key))
            key = ""
        elif kind == "close":
            if stack:
                yield from _closed(stack.pop(), stack[-1] if stack else None)
        elif not stack:
            continue
        elif kind == "alone":
            stack[-1].alone.append(_bare(token["alone"]))
        elif kind == "key":  # a group of its own follows
            key = _bare(token["key"])
        else:
            yield from _put(stack[-1], _bare(token["key"]), _bare(token["text"] or token["bare"]))
    while stack:
        yield from _closed(stack.pop(), None)


def _put(group: _Group, key: str, value: str) -> Iterator[Record]:
    if key in group.pairs:  # the next record, with no bracket between
        yield from _whole(group)
        group.pairs = {}
    group.pairs[key] = "" if value in _NOTHING else value


def _whole(group: _Group) -> Iterator[Record]:
    if sum(map(bool, group.pairs.values())) > 1:
        yield group.pairs


def _closed(group: _Group, around: _Group | None) -> Iterator[Value]:
    """What a group is by itself; a couple, a single pair and a column are the outer group's."""
    if len(group.columns) > 1 and len(set(map(len, group.columns.values()))) == 1:
        yield group.columns
    if len(group.pairs) > 1:
        yield from _whole(group)
    elif around is not None and len(group.pairs) == 1:
        yield from _put(around, *next(iter(group.pairs.items())))
    elif around is not None and len(group.alone) == 2 and not group.pairs:
        yield from _put(around, *group.alone)
    elif around is not None and group.key and len(group.alone) >= _FEWEST:
        around.columns[group.key] = group.alone
    elif len(group.alone) >= _FEWEST:
        yield group.alone


def _tells(value: Value) -> bool:
    cells = (
        value
        if isinstance(value, list)
        else [cell for one in value.values() for cell in (one if isinstance(one, list) else [one])]
    )
    return any(JAPANESE.search(cell) or _TELLS.search(cell) for cell in cells)


def _bare(written: str) -> str:
    """A key or a value without quotes and marks."""
    written = written[1:-1] if written[:1] == "[" else written
    if written[:1] in "'\"":
        return re.sub(r"\\(.)", r"\1", written[1:-1]) if "\\" in written else written[1:-1]
    return written.lstrip(":@").strip()


def likely(text: str, seen: Look | None = None) -> bool:
    """Whether the beginning of a text is records printed so: their commas part no cells. `seen`: see `may_hold`."""
    if not may_hold(text, seen):
        return False
    found = [value for value in records(text, seen) if isinstance(value, dict)]
    return sum(map(len, found)) > _PAIRS * text.count("\n")
