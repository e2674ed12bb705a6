"""Records of XML whose fields stand deeper than one level: <Person><Name><Sei/><Mei/></Name><Address/></Person>.

An element is a record where others of its name stand in the document, each of its fields has one place in it, and it is
in no other record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from typing import Any

from lxml import etree

from dlp.extract.records import told_fields

_FEWEST = 2
_ROWS, _ALIKE = 3, 0.8  # rows of a table; share of them that are as wide as the widest
_MOST_FIELDS = 200
_DEEPEST = 12  # elements in elements
_ROW, _CELL = re.compile(r"(?i:row|\btr$|}tr$|行$)"), re.compile(r"(?i:entry|cell|\btd$|}td$|セル|单元格)")
_LONGEST = 100_000  # characters of a field
type Record = dict[str, str]


def records(tree: Any) -> tuple[list[list[Record]], set[Any]]:
    """The records, those of one name together, their fields by their places; and the elements they were read from."""
    often = Counter(node.tag for node in tree.iter() if isinstance(node.tag, str))
    found: dict[str, list[tuple[Any, Record]]] = {}
    deep = _too_deep(tree)
    stack = [tree]
    while stack:
        node = stack.pop()
        likely = often[node.tag] >= _FEWEST and node not in deep and _is_deep(node)
        record = _record(node) if likely else None
        if record is None:
            stack += [child for child in reversed(node) if isinstance(child.tag, str)]
        else:
            found.setdefault(node.tag, []).append((node, record))
    several = [rows for rows in found.values() if len(rows) >= _FEWEST]
    inside = {below for rows in several for node, _ in rows for below in node.iter()}
    return [[record for _, record in rows] for rows in several], inside


def rows(tree: Any, inside: Container[Any]) -> tuple[list[list[list[str]]], set[Any]]:
    """Tables as documents have them, <row><entry><para>…</para></entry>…</row>: rows of one name, each of as many cells
    of one name; and the elements they were read from. `inside`: elements that were read before."""
    often = Counter(node.tag for node in tree.iter() if isinstance(node.tag, str))
    deep = _too_deep(tree)
    found: dict[tuple[str, str], list[tuple[Any, list[str]]]] = {}
    for node in tree.iter():
        if (
            not isinstance(node.tag, str)
            or often[node.tag] < _ROWS
            or len(node) < _FEWEST
            or node in deep
            or node in inside
        ):
            continue
        name, count = Counter(child.tag for child in node if isinstance(child.tag, str)).most_common(1)[0]
        cells = [child for child in node if child.tag == name]
        if not (_ROW.search(str(node.tag)) or _CELL.search(str(name))):
            continue  # a paragraph of runs, perhaps
        if count < _FEWEST or not any(len(cell) for cell in cells) or any(_text(c) for c in node if c.tag != name):
            continue
        found.setdefault((node.tag, name), []).append((node, [_text(cell) for cell in cells]))
    tables: list[list[list[str]]] = []
    taken: set[Any] = set()
    for several in found.values():
        width = max(len(cells) for _, cells in several)
        told = [one for one in several if one[0] not in taken]
        if len(told) >= _ROWS and sum(len(cells) == width for _, cells in told) >= _ALIKE * len(told):
            tables.append([cells for _, cells in told])
            taken |= {below for node, _ in told for below in node.iter()}
    return tables, taken


def _text(node: Any) -> str:
    return " ".join(piece for said in node.itertext() if (piece := str(said).strip()))[:_LONGEST]


def _too_deep(tree: Any) -> set[Any]:
    """The elements in which others stand deeper than fields of a record do: none is looked for in more than a few."""
    found: set[Any] = set()
    below = [0]  # for each element that is open, how deep others stand in it
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            below.append(0)
            continue
        deep = below.pop()
        below[-1] = max(below[-1], deep + 1)
        if deep > _DEEPEST:
            found.add(node)
    return found


def _is_deep(node: Any) -> bool:
    """Whether an element has fields, and others that have some themselves or say several things."""
    return len(node) >= _FEWEST and any(len(child) or told_fields.is_markup(child.text or "") for child in node)


def _record(node: Any) -> Record | None:
    """The texts in an element by their places; None where two have the same."""
    record: Record = {}
    stack = [(child, "") for child in reversed(node)]
    while stack:
        child, before = stack.pop()
        if not isinstance(child.tag, str):
            continue
        place = f"{before}{child.tag.rpartition('}')[2]}"
        if len(child):
            stack += [(below, f"{place}.") for below in reversed(child)]
        text = (child.text or "").strip()
        if text:
            if place in record or len(record) >= _MOST_FIELDS:
                return None
            record |= told_fields.of_record(place, text, _LONGEST)
    return record if len(record) >= _FEWEST else None
