"""What a workbook says in no cell: comments, text boxes, headers, names, deleted texts, phonetic guides, caches."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import zip_longest

import polars as pl
from lxml import etree

from dlp.extract.blocks import Block, Table, Text
from dlp.extract.office import biff12, ooxml
from dlp.extract.office.ooxml import attribute, local
from dlp.extract.office.word import paragraph_text
from dlp.extract.plain.text import frame_of
from dlp.native.shared import all_shown
from dlp.transfer import Part

_SHEET = re.compile(r"xl/(?:work|chart|dialog|macro)sheets/[^/]+\.(?:xml|bin)", re.IGNORECASE)
_STRINGS = re.compile(r"xl/sharedstrings\.(?:xml|bin)", re.IGNORECASE)
_PIVOT = re.compile(r"xl/pivot(?:cache|tables)/", re.IGNORECASE)
_CACHE = re.compile(r"xl/externallinks/externallink\d*\.xml", re.IGNORECASE)
_READING = re.compile(rb"<(?:\w+:)?rPh\b[^>]*>(.*?)</(?:\w+:)?rPh>", re.DOTALL)
_ITEM = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?>(.*?)</(?:\w+:)?si>", re.DOTALL)
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</(?:\w+:)?t>")
_LEAF = re.compile(rb">([^<>]+)<|(?:prompt|promptTitle|display|tooltip|error|errorTitle|descr)=\"([^\"]+)\"")


def read(archive: zipfile.ZipFile, part: Part, blocks: list[Block]) -> tuple[Part, ...]:
    """Everything but the cells of the sheets, which `blocks` has already; embedded files as parts."""
    tables = [block for block in blocks if isinstance(block, Table)]
    done: list[str] = []
    for name in archive.namelist():
        if _SHEET.fullmatch(name):
            blocks += _around_the_cells(archive, name)
        elif _STRINGS.fullmatch(name):
            blocks += _strings(ooxml.read_member(archive, name), name.endswith("bin"), tables)
        elif name.endswith(".bin") and not name.lower().endswith(("vbaproject.bin", "settings1.bin")):
            if "/embeddings/" in name or "printerSettings" in name:
                continue
            texts = biff12.texts(ooxml.read_member(archive, name))
            blocks += _lines(texts, "beside the cells") if not name.endswith("styles.bin") else ()
        elif _CACHE.fullmatch(name):
            blocks += _external(ooxml.tree_of(archive, name))
        elif _PIVOT.match(name) and name.endswith(".xml"):
            blocks += _pivot(archive, name)
        elif name.lower().startswith(("xl/drawings/", "xl/diagrams/")) and name.endswith(".xml"):
            blocks += _drawing(ooxml.tree_of(archive, name))
        elif name.lower().startswith(("xl/comments", "xl/threadedcomments/")) and name.endswith(".xml"):
            blocks += _comments(ooxml.tree_of(archive, name))
        elif name.lower() == "xl/workbook.xml":
            blocks += _workbook(ooxml.tree_of(archive, name))
        else:
            continue
        done.append(name)
    return tuple(ooxml.rest(archive, part, [*done, "xl/workbook.bin", "xl/styles.xml"], blocks))


def _lines(texts: Sequence[str], place: str) -> Iterator[Text]:
    if text := "\n".join(line for line in texts if line.strip()):
        yield Text(text + "\n", place)


def _around_the_cells(archive: zipfile.ZipFile, name: str) -> Iterator[Text]:
    """Headers, footers, prompts and tooltips stand after the rows: only the tail is looked at, rows are calamine's."""
    data = ooxml.read_member(archive, name)
    if name.endswith(".bin"):
        yield from _lines(biff12.texts(data, rows=False), "around the cells")
        return
    end = data.rfind(b"</sheetData>")
    tail = data[end:] if end >= 0 else data[-(1 << 20) :]
    head = data[:4096].partition(b"<sheetData")[0]
    words = [unescape((a or b).decode("utf-8", "replace")) for a, b in _LEAF.findall(head + tail)]
    yield from _lines([re.sub(r"&(?:\"[^\"]*\"|[LCR]|\d+)", "\n", word) for word in words], "around the cells")


def _strings(data: bytes, binary: bool, tables: Sequence[Table]) -> Iterator[Text]:
    """Shared strings no cell shows any more (deleted rows stay in the file), and phonetic guides."""
    if not binary and all_shown(data, (table.frame for table in tables)):
        return
    if binary:
        items, readings = pl.Series(biff12.shared_strings(data), dtype=pl.String), []
    else:
        readings = _plain(_READING.findall(data)) if b"rPh" in data else []
        items = _items(_READING.sub(b"", data) if readings else data)
    yield from _lines(readings, "phonetic")
    shown = [series.rename("c") for table in tables for series in table.frame.get_columns()]
    hidden = items.filter(~items.is_in(pl.concat(shown).implode())) if shown else items
    yield from _lines(hidden.unique(maintain_order=True).to_list(), "deleted cells")


def _items(data: bytes) -> pl.Series:
    """The texts of the items; most are one plain piece, and are taken at once."""
    found = _plain_items(data)
    if found is None:
        found = pl.Series(["".join(_plain([item])) for item in _ITEM.findall(data)], dtype=pl.String)
    return found


_BEGIN, _END, _BETWEEN = b"<si><t", b"</t></si>", b"</t></si><si><t"


def _plain_items(data: bytes) -> pl.Series | None:
    """The items, cut where one ends and the next begins; None where they are anything but one piece each."""
    begin, end = data.find(_BEGIN), data.rfind(_END)
    if not 0 <= begin < end or data.find(b"<si") != begin or b"<si" in data[end:]:
        return None
    inside = data[begin + len(_BEGIN) : end]
    try:
        items = pl.Series([inside], dtype=pl.Binary).cast(pl.String).str.split(_BETWEEN.decode()).explode()
    except pl.exceptions.ComputeError:  # no UTF-8
        return None
    spaced = ~items.str.starts_with(">")
    if inside.count(b"<") != 4 * (items.len() - 1) or not items.filter(spaced).str.contains(r"^ [^>]*>").all():
        return None
    texts = items.str.slice(1)
    if spaced.any():  # with attributes: blanks to be kept
        texts = texts.scatter(spaced.arg_true(), items.filter(spaced).str.replace(r"^ [^>]*>", ""))
    if b"&" in inside:
        escaped = texts.str.contains("&", literal=True)
        texts = texts.scatter(escaped.arg_true(), [unescape(text) for text in texts.filter(escaped).to_list()])
    return texts


def _plain(pieces: Sequence[bytes]) -> list[str]:
    return ["".join(unescape(text.decode("utf-8", "replace")) for text in _TEXT.findall(piece)) for piece in pieces]


def _comments(tree: etree._Element | None) -> Iterator[Text]:
    if tree is not None:
        nodes = [node for node in tree.iter("{*}comment", "{*}threadedComment")]
        yield from _lines([paragraph_text(node) or "".join(map(str, node.itertext())) for node in nodes], "comments")


def _drawing(tree: etree._Element | None) -> Iterator[Text]:
    if tree is None:
        return
    ooxml.drop_fallbacks(tree)
    lines = [attribute(node, "descr") for node in tree.iter("{*}cNvPr")]
    for body in tree.iter("{*}txBody", "{*}rich", "{*}t"):
        if local(body) != "t":
            lines += ["", *(paragraph_text(p) for p in body.iter("{*}p"))]
    yield from _lines(lines or [ooxml.words_of(tree)], "text boxes")


def _workbook(tree: etree._Element | None) -> Iterator[Text]:
    """Names of sheets and of ranges, and what names are defined as."""
    if tree is None:
        return
    yield from _lines([attribute(sheet, "name") for sheet in tree.iter("{*}sheet")], "sheet names")
    names = [f"{attribute(n, 'name')}\t{n.text or ''}\t{attribute(n, 'comment')}" for n in tree.iter("{*}definedName")]
    yield from _lines(names, "defined names")


def _external(tree: etree._Element | None) -> Iterator[Table]:
    """What other workbooks' cells held when this one was last linked to them."""
    for sheet in tree.iter("{*}sheetData") if tree is not None else ():
        rows: list[list[str]] = []
        for row in sheet.iter("{*}row"):
            cells: dict[int, str] = {}
            for cell in row.iter("{*}cell"):
                cells[_column(attribute(cell, "r"))] = "".join(map(str, cell.itertext())).strip()
            rows.append([cells.get(i, "") for i in range(min(max(cells, default=-1) + 1, 500))])
        if any(rows):
            yield Table(frame_of(rows), "external cells")


def _column(reference: str) -> int:
    number = 0
    for letter in re.sub(r"[^A-Z]", "", reference.upper())[:3]:
        number = number * 26 + ord(letter) - 64
    return max(0, number - 1)


def _pivot(archive: zipfile.ZipFile, name: str) -> Iterator[Table]:
    """A pivot cache keeps the whole source list: items of a field in the definition, rows pointing at them."""
    tree = ooxml.tree_of(archive, name)
    if tree is None or local(tree) != "pivotCacheDefinition":
        return
    fields = list(tree.iter("{*}cacheField"))
    items = [[attribute(item, "v") for item in field.iterfind("{*}sharedItems/*")] for field in fields]
    header = [attribute(field, "name") for field in fields]
    beside = name.replace("Definition", "Records")
    records = ooxml.tree_of(archive, beside) if beside in archive.namelist() else None
    if records is None:
        rows = [list(row) for row in zip_longest(*items, fillvalue="")]
    else:
        rows = [[_item(v, known) for v, known in zip(record, items, strict=False)] for record in records]
    yield Table(frame_of([header, *rows]), "pivot cache")


def _item(value: etree._Element, known: Sequence[str]) -> str:
    """The text of one field of a cached row: an index into the field's items, or the value itself."""
    text = attribute(value, "v")
    if local(value) != "x":
        return text
    return known[int(text)] if text.isdigit() and int(text) < len(known) else ""
