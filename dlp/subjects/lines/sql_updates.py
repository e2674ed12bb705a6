"""SQL statements that say what is in a row column by column: UPDATE t SET a = '…' WHERE b = '…', INSERT INTO t SET a = '…'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: The name of a table or a column as it may be quoted; no longer than databases take it.
_QUOTED = r"\[[^\]\n]{1,128}\]|`[^`\n]{1,128}`|\"[^\"\n]{1,128}\""
_NAME = rf"(?:{_QUOTED}|[^\s.,;=()'\[`\"]{{1,128}})"
_DOTTED = rf"{_NAME}(?:\s{{0,9}}\.\s{{0,9}}{_NAME}){{0,3}}"
#: How such a statement begins.
BEGINS = r"(?i:UPDATE\s+\S{1,150}\s+(?:\S{1,50}\s+){0,3}SET\s)"
_BEGINS = re.compile(
    rf"\b(?:UPDATE|INSERT(?:\s{{1,99}}IGNORE)?\s{{1,99}}INTO|REPLACE\s{{1,99}}INTO)\s{{1,99}}(?:ONLY\s{{1,99}})?({_DOTTED})"
    r"(?:\s{1,99}(?:AS\s{1,99})?\w{1,128})?\s{1,99}SET\s{1,99}",
    re.IGNORECASE,
)
#: A column and what it is; also what is said to be of a kind, as in `sql`.
_TOLD = re.compile(
    rf"\s{{0,99}}(?:{_NAME}\s{{0,9}}\.\s{{0,9}}){{0,3}}({_NAME})\s{{0,99}}=\s{{0,99}}"
    r"(?:\w{1,40}\s{0,9}\(\s{0,9}[Nn]?'((?:[^'\\]|'')*+)'[^()']{0,200}\)|[NnEe]?'((?:[^'\\]|''|\\.)*+)'"
    r"|(\w{0,40}\([^()']{0,200}\)|[^\s,;'()]{1,200}))"
    r"(?:\s{0,99}(,)|\s{1,99}(WHERE|AND)\b)?",
    re.IGNORECASE | re.DOTALL,
)


class Statement(NamedTuple):
    """What one statement says, and where it stands."""

    table: str
    row: dict[str, str | None]  # by the columns as they are written
    begin: int
    end: int


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text that can be read; what WHERE says a column was does not hide what it becomes."""
    after = 0
    for match in _BEGINS.finditer(text):
        if match.start() < after:
            continue
        row: dict[str, str | None] = {}
        at = match.end()
        while told := _TOLD.match(text, at):
            quoted = told[2] if told[2] is not None else told[3]
            bare = None if quoted is not None or told[4].upper() == "NULL" else told[4]
            row.setdefault(told[1], quoted.replace("''", "'").replace("\\'", "'") if quoted is not None else bare)
            at = told.end()
            if not (told[5] or told[6]):
                break
        if row:
            after = at + (text[at : at + 1] == ";")
            yield Statement(match[1], row, match.start(), after)
