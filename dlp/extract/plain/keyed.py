"""Lines that name each of their fields: LTSV, key="value" of logs, what a browser sends of a form. They are rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import unquote_plus

from dlp.native.look import Look, marks

_LOOK, _SHARE = 200, 0.8  # lines by which it is told, and the share of them that are such rows
_LEAST = 2  # fields of a row
_LINE = 20_000  # characters beyond which a line is none
_FIELD = re.compile(r"([^\t:=]{1,60}):(.*)", re.DOTALL)
_SENT = re.compile(r"[^\s=&]{1,200}=[^\s&]*(?:&[^\s=&]{1,200}=[^\s&]*)+")
_QUOTED = re.compile(r'([^\s="\',;:|<>(){}\[\]]{1,60})="((?:[^"\\]|\\.)*)"')
_PLAIN = re.compile(r"(?<![^\s,;|])([^\W\d][\w.\-]{0,40})=(\S[^=]{0,400}?)(?=[\s,;|]+[^\W\d][\w.\-]{0,40}=|\s*$)")
#: What parts cells; the comma before a time's thousandths parts none.
_BLANKS, _PARTS = re.compile(r"[ \t]{2,}"), re.compile(r"[;|\t]|,(?!\d{3}(?!\d))")
_EQUAL, _TABBED = marks("="), marks("\t:")
_WEB = ("http", "https", "ftp")

type Fields = list[tuple[str, str]]


def rows_of(text: str, seen: Look | None = None) -> tuple[list[list[str | None]], list[str]] | None:
    """Rows, the first of them the keys, and the lines that are none; None where a text is not made of such lines.
    `seen`: what `normalize.told` said of it."""
    if _none(seen):
        return None
    way = _way(_head(text))
    if way is None:
        return None
    lines = [line for line in text.splitlines() if line.strip()]
    found = [way(line) for line in lines]
    held = [_numbered(fields) for fields in found if fields]
    keys = list(dict.fromkeys(key for row in held for key in row))
    if len(keys) > _LOOK:
        return None  # no table has so many columns, and none of their values may be left out
    rest = [line for line, fields in zip(lines, found, strict=True) if not fields]
    return [list(keys), *([row.get(key) or None for key in keys] for row in held)], rest


def _numbered(fields: Fields) -> dict[str, str]:
    """The fields of a line; a key that comes again has a number, so that no value is lost."""
    row: dict[str, str] = {}
    for key, value in fields:
        name, again = key, 1
        while name in row:
            again += 1
            name = f"{key} {again}"
        row[name] = value
    return row


def likely(text: str, seen: Look | None = None) -> bool:
    """Whether a text's first lines are such rows. `seen`: what `normalize.told` said of it."""
    return not _none(seen) and _way(_head(text)) is not None


def _none(seen: Look | None) -> bool:
    """Whether a text lacks the marks one of which each way has."""
    return seen is not None and seen.lacks(_EQUAL) and seen.lacks(_TABBED)


def _head(text: str) -> list[str]:
    return [line for line in text[: 4 * _LINE].splitlines()[:_LOOK] if line.strip()]


def _way(lines: Sequence[str]) -> Callable[[str], Fields] | None:
    """How most lines name their fields, and the same in most of them; one line alone is a form, and no list."""
    if len(lines) < _LEAST:
        return None
    for way in (_labelled, _sent, _quoted, _plain):
        if not way(lines[0]) and not way(lines[1]):
            continue
        found = [fields for line in lines if (fields := way(line))]
        often = Counter(key for fields in found for key in {key for key, _ in fields})
        if len(found) >= _SHARE * len(lines) and sum(n >= len(found) / 2 for n in often.values()) >= _LEAST:
            return way
    return None


def _labelled(line: str) -> Fields:
    """LTSV: each field between tabs is a label, a colon and a value."""
    pieces = [piece for piece in line.split("\t") if piece] if "\t" in line and len(line) < _LINE else []
    found = [match for piece in pieces if (match := _FIELD.fullmatch(piece)) and match[1].lower() not in _WEB]
    good = len(found) == len(pieces) >= _LEAST and not any(match[1].isdigit() for match in found)
    return [(match[1].strip(), match[2].strip()) for match in found] if good else []


def _sent(line: str) -> Fields:
    """key=value&key=value, percent-encoded or not."""
    line = line.strip()
    if "&" not in line or len(line) >= _LINE or not _SENT.fullmatch(line):
        return []
    pairs = (field.partition("=") for field in line.split("&"))
    return [(unquote_plus(key), unquote_plus(value)) for key, _, value in pairs]


def _quoted(line: str) -> Fields:
    """key="value" of a log, and what stands about them."""
    if '="' not in line or len(line) >= _LINE or line.lstrip().startswith("<"):
        return []
    found = [(match[1], match[2].replace('\\"', '"')) for match in _QUOTED.finditer(line)]
    rest = re.sub(r"[ \t]+", " ", _QUOTED.sub(" ", line)).strip()
    return [*found, *([("", rest)] if rest else [])] if len(found) >= _LEAST else []


def _plain(line: str) -> Fields:
    """key=value of a log, without quotes; code has its signs about such."""
    if line.count("=") < _LEAST or len(line) >= _LINE or line.lstrip()[:1] in "<{[(" or line.rstrip()[-1:] in "{;)]}":
        return []
    line = _BLANKS.sub(" ", line)
    pairs = list(_PLAIN.finditer(line))
    if pairs and (_PARTS.search(line, 0, pairs[0].start()) or any(_PARTS.search(m[2].strip(" ,;|\t")) for m in pairs)):
        return []  # cells of a table, one of which holds pairs
    found = [(match[1], match[2].strip(" ,;|\"'「」")) for match in pairs]
    rest = re.sub(r"[ \t]+", " ", _PLAIN.sub(" ", line)).strip()
    return [*found, *([("", rest)] if rest else [])] if len(found) >= _LEAST else []
