"""Delimited lines of several kinds, each of which says first which it is: a table for each kind.

What hosts of insurers, clinics and banks exchange is written so: "RE" heads who was treated and "SI" what was done in a
medical bill, "1", "2" and "8" head, data and total of a payment. The lines of one kind have the same fields; those of
the file together have not, so that as one table it is none.
"""

from __future__ import annotations

import csv
import re
from collections import Counter

#: A kind: letters and figures, few of them, before the delimiter.
_KIND = re.compile(r'"?([A-Z]{1,3}[0-9]{0,3}|[0-9]{1,4})"?(?=([,\t|;]))')
_NEAR, _LINES = 20_000, 200  # characters and lines by which it is told
_LEAST = 4  # lines of two kinds, at least
_MOST = 40  # kinds
_KNOWN = 0.9  # share of the lines that say which they are
_ALIKE = 0.8  # … and of the lines of a kind that have as many fields as most
_OFTEN = 3  # lines a kind has in the mean: a number that counts the lines is no kind

type Rows = list[list[str]]


def tables_of(text: str) -> list[Rows] | None:
    """The rows of each kind in the order of their first lines; None where a text is not made of such lines. `text` may
    have any of the three ends of lines."""
    delimiter = delimiter_of(text)
    return parted(text, delimiter) if delimiter else None


def parted(text: str, delimiter: str) -> list[Rows]:
    """The same of a piece of such a text, whatever it begins with."""
    kinds: dict[str, Rows] = {}
    for row in csv.reader(text.splitlines(), delimiter=delimiter):
        if row:
            kinds.setdefault(row[0].strip(), []).append(row)
    return list(kinds.values())


def delimiter_of(text: str) -> str:
    """What parts the fields of such lines; "" where a text's first lines are none."""
    first = _KIND.match(text.lstrip())
    return first[2] if first is not None and _likely(text, first[2]) else ""


def _likely(text: str, delimiter: str) -> bool:
    lines = [line for line in text[:_NEAR].splitlines() if line.strip()]
    lines = (lines[:-1] if len(text) > _NEAR else lines)[:_LINES]
    told = [
        (match[1], line.count(delimiter)) for line in lines if (match := _KIND.match(line)) and match[2] == delimiter
    ]
    often = Counter(kind for kind, _ in told)
    if len(told) < max(_LEAST, _KNOWN * len(lines)) or not 2 <= len(often) <= min(_MOST, len(told) / _OFTEN):
        return False
    widths = Counter(told)  # fields of a kind, but for delimiters within quotes
    most = {kind: max((n, width) for (of, width), n in widths.items() if of == kind) for kind in often}
    return sum(n for n, _ in most.values()) >= _ALIKE * len(told) and len({width for _, width in most.values()}) > 1
