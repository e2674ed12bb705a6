"""Columns whose heading names several things, and whose cells hold each of them: 氏名・フリガナ, 生年月日（年齢）, 〒／住所. Each gets a
column of its own, before anything else is asked of the table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import polars as pl

from dlp.subjects.plan.header import Header, Label, Reader, Row
from dlp.subjects.tables import noted

_LONGEST = 200  # letters of such a cell
_LOOK, _LEAST, _MOST = (
    40,
    3,
    0.8,
)  # cells that are looked at, that tell, and the share of them that hold all that is named
#: What a cell may hold beside something else; a heading that names anything else (a post, a hall, an amount) is left.
_ROLES = frozenset("name kana postal_code address phone email birth_date age sex relationship note".split())
_SEVERAL = frozenset(("phone", "email"))  # of one kind there may be two
_BETWEEN = re.compile(r"[・/、,\n()\[\]【】|\s]+")
_STRONG = re.compile(r"\s*[・/、,\n()\[\]【】|]+\s*")
_AROUND = " 　\t\r\n・/、,()[]【】|"
#: What is told by how it is written, in the order in which it is taken out of a cell.
_WRITTEN = {
    "email": re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),
    "phone": re.compile(r"(?<![\d-])(?:\+81[- ]?|0)\d{1,4}(?:[- ]?|\))\d{1,4}[- ]?\d{3,4}(?![\d-])"),
    "postal_code": re.compile(r"〒\s?\d{3}-?\d{4}|(?<![\d-])\d{3}-\d{4}(?![\d-])"),
    "birth_date": re.compile(
        r"(?:(?:明治|大正|昭和|平成|令和|[MTSHR明大昭平令])(?:\d{1,2}|元)|(?:19|20)\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:生まれ|生)?"
    ),
    "age": re.compile(r"満?\s?\d{1,3}\s?[歳才]"),
    "sex": re.compile(r"(?<![^\s()・、,/|\n])[男女]性?(?![^\s()・、,/|\n])"),
}
_BARE_AGE = re.compile(r"(?<![\d-])\d{1,3}(?![\d-])")
_READING = re.compile(r"[ァ-ヺー]{2,}(?: [ァ-ヺー]{1,})?|[ぁ-ゖー]{2,}(?: [ぁ-ゖー]{1,})?")
#: A house behind who lives there, and before him.
_HOUSE_LAST = re.compile(r"(?s)^([^\d]*?[^\d\s・/、,()|])[\s・/、,(|]+([^\s・/、,()|\d]*\d.*)$")
_HOUSE_FIRST = re.compile(r"(?s)^(.*\d[^\s・/、,()|]*)[\s・/、,(|]+([^\d]+)$")

#: Columns, and what is in them.
type Compounds = Mapping[int, tuple[Label, ...]]


def found(rows: Sequence[Row], header: Header, reader: Reader) -> Compounds:
    """The columns of `rows`, the first of a table down to its headings and some below, that hold several things."""
    told: dict[int, tuple[Label, ...]] = {}
    below = rows[header.row + 1 :][:_LOOK]
    for at, heading in enumerate(rows[header.row]):
        if not heading or not below:
            continue
        labels = _labels(heading, reader)
        own = header.labels[at] if at < len(header.labels) and not labels else None
        cells = [cell for row in below if (cell := row[at])] if labels or own else []
        if len(cells) < _LEAST:
            continue
        if own is not None:
            if said := noted.labels(own, cells, _WRITTEN, reader.books.office_prefixes):
                told[at] = said
            continue
        asked = [label.role for label in labels if label.role != "note"]
        whole = sum(all(value for value, label in zip(parts(cell, labels, reader), labels, strict=True) if label.role in asked) for cell in cells)  # fmt: skip
        if whole >= _MOST * len(cells):
            told[at] = labels
    return told


def _labels(heading: str, reader: Reader) -> tuple[Label, ...]:
    """What a heading says is in its cells, in its order; nothing where it names one thing, or what is no person's."""
    words = [word for word in _BETWEEN.split(unicodedata.normalize("NFKC", heading)) if word]
    if len(words) < 2:
        return ()
    labels: list[Label] = []
    for word in words:
        label = reader.label(word)
        if label.role and label.role not in _ROLES:
            return ()
        if label.role and (label.role in _SEVERAL or label.role not in {known.role for known in labels}):
            labels.append(label)
    if len(labels) < 2 or all(label.role == "note" for label in labels):
        return ()
    group = labels[0].group
    return tuple(Label(x.text, x.role, x.group or group) for x in labels)


def parts(cell: str, labels: Sequence[Label], reader: Reader) -> list[str | None]:
    """What a cell holds of each of several things; None of what it does not hold."""
    roles = [label.role for label in labels]
    if len(cell) > _LONGEST:
        return [cell, *[None] * (len(roles) - 1)]
    rest = unicodedata.normalize("NFKC", cell)
    held: dict[str, list[str]] = {}
    for role, pattern in _WRITTEN.items():
        for _ in range(roles.count(role)):
            match = pattern.search(rest)
            if match is None and role == "age" and "address" not in roles:
                match = _BARE_AGE.search(rest)
            if match is not None:
                held.setdefault(role, []).append(match[0])
                rest = f"{rest[: match.start()]}\n{rest[match.end() :]}"
    rest = rest.strip(_AROUND)
    if "relationship" in roles:
        rest = _without(rest, held, "relationship", _relation(rest, reader))
    if "kana" in roles:
        readings = [*_READING.finditer(rest)]
        last = roles.index("kana") > (roles.index("name") if "name" in roles else -1)
        rest = _without(rest, held, "kana", readings[-1 if last else 0].span() if readings else None)
    _letters(rest, roles, held)
    return [held[role].pop(0) if held.get(role) else None for role in roles]


def _without(rest: str, held: dict[str, list[str]], role: str, span: tuple[int, int] | None) -> str:
    if span is None:
        return rest
    held[role] = [rest[slice(*span)]]
    return f"{rest[: span[0]]}\n{rest[span[1] :]}".strip(_AROUND)


def _relation(text: str, reader: Reader) -> tuple[int, int] | None:
    """Where a word for what somebody is in a household stands by itself."""
    for match in re.finditer(r"[^\s・/、,()\[\]【】|]+", text):
        if match[0] in reader.books.kin or reader.label(match[0]).text in reader.books.also_values:
            return match.span()
    return None


def _letters(rest: str, roles: Sequence[str], held: dict[str, list[str]]) -> None:
    """A name, an address and a note, of what is left of a cell."""
    named, placed = "name" in roles, "address" in roles
    if named and placed:
        first = roles.index("name") < roles.index("address")
        ways = ((_HOUSE_LAST, 1, 2), (_HOUSE_FIRST, 2, 1))
        for way, name, house in ways if first else ways[::-1]:
            if match := way.match(rest):
                held["name"], held["address"] = [match[name].strip(_AROUND)], [match[house].strip(_AROUND)]
                return
        return
    if not rest or not (named or placed or "note" in roles):
        return
    pieces = [piece for piece in _STRONG.split(rest) if piece]
    if placed:
        at = next((i for i, piece in enumerate(pieces) if any(map(str.isdigit, piece))), -1)
        if at >= 0:
            whole = pieces[at] if "note" in roles else rest
            held["address"] = [whole]
    elif named and pieces and not any(map(str.isdigit, pieces[0])):
        words = pieces[0].split()
        held["name"] = [" ".join(words[:2]) if "note" in roles else pieces[0]]


def headed(header: Header, told: Compounds) -> Header:
    """The header with a column for each thing."""
    labels = [x for at, label in enumerate(header.labels) for x in told.get(at, (label,))]
    return Header(header.row, tuple(labels), sum(1 for label in labels if label.role))


def in_rows(rows: Sequence[Row], start: int, told: Compounds, reader: Reader) -> list[Row]:
    """Rows with those columns; those before `start`, titles and headings, keep their cells in the first of them."""
    made: list[Row] = []
    for i, row in enumerate(rows):
        cells: list[str | None] = []
        for at, cell in enumerate(row):
            if at not in told:
                cells.append(cell)
            elif i < start or not cell:
                cells += [cell, *[None] * (len(told[at]) - 1)]
            else:
                cells += parts(cell, told[at], reader)
        made.append(cells)
    return made


def in_frame(frame: pl.DataFrame, start: int, told: Compounds, reader: Reader) -> pl.DataFrame:
    """The same of a large table."""
    columns: list[pl.Series] = []
    for at, series in enumerate(frame.get_columns()):
        if at not in told:
            columns.append(series)
            continue
        made = in_rows([[cell] for cell in series], start, {0: told[at]}, reader)
        columns += [pl.Series([row[k] for row in made], dtype=pl.String) for k in range(len(told[at]))]
    return pl.DataFrame([series.alias(f"c{i}") for i, series in enumerate(columns)])
