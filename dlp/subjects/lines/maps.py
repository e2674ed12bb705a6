"""Lists of records as YAML writes them, a field a line: "- name: 佐藤 花子" and below it "  age: 45"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlp.native import hold
from dlp.subjects.lines import signs
from dlp.subjects.lines.lines import Run

_KEY = r"(?P<key>[A-Za-z_][\w.-]{0,39}|\"[^\"]{1,40}\"|[^\W\d_][^\s:\"']{0,19}):(?: +(?P<value>.*))?$"
_BEGIN, _FIELD = re.compile(rf"(?P<indent> *)- +{_KEY}"), re.compile(rf"(?P<indent> +){_KEY}")
_LEAST, _ALIKE = 3, 0.8  # records of a list; share of them that begin with the same field
_WIDEST, _NARROWEST = 60, 2  # fields of one


def lists(rows: Sequence[str], used: Sequence[bool], held: hold.Held = None) -> Iterator[Run]:
    """Each such list as a table under its fields' names."""
    where = range(len(rows)) if held is None else held.both(hold.MARKED, signs.COLON)
    begins = [(i, match) for i in where if rows[i].lstrip()[:2] == "- " and (match := _BEGIN.match(rows[i]))]
    records = [_record(rows, i, match) for i, match in begins if not used[i]]
    runs: list[list[tuple[int, int, dict[str, str]]]] = []
    for record in records:
        if runs and runs[-1][-1][1] == record[0]:
            runs[-1].append(record)
        else:
            runs.append([record])
    for run in runs:
        if table := _table([fields for _, _, fields in run]):
            yield Run(table, tuple(range(run[0][0], run[-1][1])))


def _record(rows: Sequence[str], begin: int, first: re.Match[str]) -> tuple[int, int, dict[str, str]]:
    """The lines of a record, and its fields."""
    fields, deep, stop = {_bare(first["key"]): _bare(first["value"] or "")}, len(first["indent"]), begin + 1
    while stop < len(rows) and (match := _FIELD.match(rows[stop])) and len(match["indent"]) > deep:
        fields.setdefault(_bare(match["key"]), _bare(match["value"] or ""))
        stop += 1
    return begin, stop, fields


def _table(records: Sequence[dict[str, str]]) -> list[list[str | None]]:
    """Rows under the names of the fields; none where they are few, or begin otherwise."""
    names = list(dict.fromkeys(name for fields in records for name in fields))
    firsts = [next(iter(fields)) for fields in records]
    alike = max(map(firsts.count, set(firsts)), default=0)
    if len(records) < _LEAST or alike < _ALIKE * len(records) or not _NARROWEST <= len(names) <= _WIDEST:
        return []
    return [[*names], *([fields.get(name) for name in names] for fields in records)]


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
