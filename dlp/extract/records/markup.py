"""HTML, XML and JSON."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any

import orjson
from lxml import etree

from dlp.extract import charset, sniff
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.plain import cut_json, nested, normalize, runs
from dlp.extract.plain.text import frame_of, of_text
from dlp.extract.records import (
    arrays,
    html_carried,
    html_grid,
    html_records,
    html_small,
    html_styles,
    html_tree,
    jcard,
    json_fields,
    told_fields,
    xml_records,
    xml_tree,
)
from dlp.transfer import Part

_DEEP = 8  # objects in objects in which fields are looked for
_ROW = 3  # commas or tabs of a text that is a row of a table
_META = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)
_DECLARED = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "option", "section", "article"}
_BREAKS |= {"pre", "xmp", "plaintext", "listing", "textarea", "blockquote", "address"}
_AS_IT_STANDS = {"pre", "textarea", "xmp", "plaintext", "listing", "script", "template"}
_AS_IT_STANDS |= {"iframe", "noembed", "noframes"}  # markup in them is letters to the parser
_SOURCE_BREAK = re.compile(r"[ \t]*[\r\n]\s*")
_WIDEST = 100  # columns and rows a cell may span
#: Attributes that hold what a reader sees, or what a script shows him.
_SAID = ("value", "title", "alt", "placeholder", "content")
#: … and those that lead elsewhere; as letters beyond ASCII, in UTF-8 or CP932, begin in an address.
_LEADS, _OTHER_LETTERS = ("href", "src", "action", "background"), ("%E", "%e", "%8", "%9")
_PAGE = "text/html; charset=utf-8"
_GUARD = re.compile(rf"\A\s*{re.escape(sniff.GUARD)},?")
_NUMBER = re.compile(r"[A-Za-z]{0,3}\d+|-?\d[\d.,:/-]*")  # a place, an amount, a day
_TOKEN = 256  # bytes of a digest, a token, a signature
_BASE64 = re.compile(r"(?:data:([\w/+.-]*)(?:;[\w=-]+)*;base64,)?([A-Za-z0-9+/_-]{40,}={0,2})")


def extract_html(part: Part, budget: Budget) -> Extracted:
    """Tables as tables, the rest as lines; values of form fields, titles and comments too."""
    meta = _META.search(part.data[:4096])
    declared = _DECLARED.search(part.declared)
    hint = declared.group(1) if declared else meta.group(1).decode() if meta else ""
    text = normalize.whole(charset.decode(part.data, hint))
    tree, whole = html_tree.read(text)
    if tree is None:
        return Extracted("text/html", of_text(text).blocks)
    blocks: list[Block] = []
    lifted: set[Any] = set()
    for number, table in enumerate(tree.iter("table"), 1):
        rows = _unnested(table) if table.xpath(".//table") else _html_rows(table)
        if len(rows) > 1 and max(map(len, rows)) > 1:
            blocks.append(Table(frame_of(rows), f"table {number}"))
            lifted.update(cell for row in table.iter("tr") for cell in row.iterchildren("td", "th"))
    for cards, nodes in html_records.records(tree):
        blocks.append(Table(frame_of(cards), "cards"))
        lifted.update(nodes)
    for rows, boxes in html_grid.grids(tree):
        if any(node in lifted for box in boxes for node in (box, box.getparent())):
            continue
        blocks.append(Table(frame_of(rows), "grid"))
        lifted.update(boxes)
    blocks.append(Text("".join(_html_text(tree, lifted)) + "\n", "body"))
    said, pages = _commented(tree, part)
    children = (*pages, *html_carried.parts(tree, part.path))
    return Extracted("text/html", blocks + said, children, () if whole else (Why.TOO_DEEP,))


def _commented(tree: Any, part: Part) -> tuple[list[Block], tuple[Part, ...]]:
    """What comments say, which stands in no line of the page: as lines, those that are a page of their own as one."""
    nodes = (
        *tree.itersiblings(etree.Comment, preceding=True),
        *tree.iter(etree.Comment),
        *tree.itersiblings(etree.Comment),
    )
    said = [node.text for node in nodes if node.text and not node.text.isspace()]
    pages = [text for text in said if told_fields.is_page(text)]
    lines = "\n".join(text for text in said if not told_fields.is_page(text))
    blocks: list[Block] = [Text(f"{lines}\n", "comments")] if lines else []
    if not pages:
        return blocks, ()
    page = "\n".join(f"<table>{text}</table>" if _is_rows(text.lower()) else text for text in pages)
    return blocks, (Part(path=(*part.path, "comments"), data=page.encode("utf-8", "replace"), declared=_PAGE),)


def _is_rows(text: str) -> bool:
    """Whether markup is rows of a table without it."""
    return "<tr" in text and "<table" not in text


def _cell_text(cell: Any, lifted: Container[Any] = ()) -> str:
    """A cell's text: breaks are lines, all other white space is one space. `lifted`: what in it is left out."""
    pieces = (piece if piece == "\n" else re.sub(r"[ \t\r\n]+", " ", piece) for piece in _html_text(cell, lifted))
    return re.sub(r" *\n[ \n]*", "\n", "".join(pieces)).strip()


def _html_rows(table: Any) -> list[list[str]]:
    """Rows of cells; what spans columns is followed by empty ones, what spans rows (no heading) is in each of them."""
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column -> rows left, text
    heads: dict[int, int] = {}  # column -> rows of its heading
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in (*row.iterchildren("td", "th"), None):
            while (left := hanging.pop(len(cells), None)) is not None:
                if left[0] > 1:
                    hanging[len(cells)] = (left[0] - 1, left[1])
                cells.append(left[1])
            if cell is None:
                break
            text, down = _cell_text(cell), _span(cell, "rowspan")
            # What is as high as its heading belongs to a record of so many rows, and stands in it once.
            below = text if rows and cell.tag == "td" and heads.get(len(cells)) != down else ""
            if cell.tag == "th" and down > 1:
                heads.setdefault(len(cells), down)
            for i in range(_span(cell, "colspan")):
                if down > 1:
                    hanging[len(cells)] = (down - 1, "" if i else below)
                cells.append("" if i else text)
        rows.append(cells)
    return rows


def _unnested(table: Any) -> list[list[str]]:
    """The rows of a table each of which has one of its own, with what that says; none of another."""
    inner = table.xpath(".//table")
    if any(below.xpath(".//table") for below in inner):
        return []
    rows = [(row, row.xpath(".//table")) for row in table.xpath("./tr|./tbody/tr|./thead/tr")]
    lifted = set(inner)
    cells = [[_cell_text(cell, lifted) for cell in row.iterchildren("td", "th")] for row, _ in rows]
    return (
        nested.unnested([*zip(cells, ([_html_rows(below) for below in held] for _, held in rows), strict=True)]) or []
    )


def _span(cell: Any, name: str) -> int:
    said = cell.get(name, "1")
    return max(1, min(int(said), _WIDEST)) if said.isascii() and said.isdigit() else 1


def _html_text(tree: Any, lifted: Container[Any] = ()) -> Iterator[str]:
    """Text in order; cells that are `lifted` into tables are left out."""
    walk = etree.iterwalk(tree, events=("start", "end", "comment"))
    for event, node in walk:
        if event == "comment":
            if node.tail and node is not tree:
                yield _run_on(node.getparent(), node.tail)
        elif event == "start" and (node in lifted or html_small.unread(node)):
            walk.skip_subtree()
        elif event == "start":
            if node.tag in _BREAKS:
                yield "\n"
            elif html_small.apart(node, html_small.before(node)):
                yield " "
            yield from (f" {value}\n" for name, value in node.attrib.items() if _says(name, value))
            if node.text:
                yield html_styles.said(node.text) if node.tag == "style" else _run_on(node, node.text)
        elif event == "end":
            if (line := node.getparent()) is not None and line[0] is node and html_records.pair_of(line):
                yield "\t"  # <b>氏名</b><span>…</span>: apart on the page, by its style
            if node.tag in ("td", "th"):
                yield "\n" if any(inner.tag in _BREAKS for inner in node.iterdescendants()) else "\t"
            if node is not tree and node.tail:
                yield "\n" if node.tag in _BREAKS and node.tag != "br" and node.tail.strip() else ""
                yield _run_on(node.getparent(), node.tail)


def _says(name: str, value: str) -> bool:
    """Whether an attribute says something to a reader or a script, or tells it to whoever serves what it leads to."""
    if name in _LEADS:
        return any(sign in value for sign in _OTHER_LETTERS) or not value.isascii() or "body=" in value
    return name in _SAID or name.startswith("data-")


def _run_on(parent: Any, text: str) -> str:
    """Line breaks of the source are blanks to a reader, but in what is set as it stands."""
    if "\n" not in text or (
        parent is not None and any(n.tag in _AS_IT_STANDS for n in (parent, *parent.iterancestors()))
    ):
        return text
    return _SOURCE_BREAK.sub(" ", text)


def extract_xml(part: Part, budget: Budget) -> Extracted:
    """Text and attribute values of XML; repeated records as a table."""
    tree = xml_tree.read(part.data)
    if tree is None:
        return Extracted("application/xml", of_text(charset.decode(part.data)).blocks)
    deep, inside = xml_records.records(tree)
    tables, within = xml_records.rows(tree, inside)
    inside |= within
    found = [child for child in tree.iter() if child not in inside and _is_record(child)]
    blocks: list[Block] = [Table(frame_of(rows), "table") for rows in tables]
    blocks += [_record_table(records, "records") for records in _of_a_kind(found) if len(records) > 1]
    blocks += [_record_table(rows, "records") for rows in deep]
    unnamed = [child for child in found if not _record(child)]
    lifted = {field for child in unnamed for field in child} if len(unnamed) > 1 else set()
    if lifted:
        blocks.append(Table(frame_of([[_said(field) for field in child] for child in unnamed]), "rows"))
    blocks += [_record_table(rows, "attributes") for rows in _attributes(tree) if len(rows) > 1]
    # <field name="氏名">…</field>: its line would be the name's, and what it says that of a "field".
    calling = [child for child in found if _calls_its_fields(child) and _record(child)]
    called = {field for child in calling for field in child} if len(calling) > 1 else set()
    lines = []
    for node in tree.iter():
        if isinstance(node.tag, str) and node not in called:
            lines += [f"{_called(node, name)}：{value!s}" for name, value in node.attrib.items()]
            if node.text and node.text.strip() and node not in lifted and node not in within:
                lines += _labelled(_name(node), node.text.strip())
        if node.tail and node.tail.strip():
            lines.append(node.tail.strip())
    blocks.append(Text("\n".join(lines) + "\n"))
    return Extracted("application/xml", blocks)


def _of_a_kind(found: list[Any]) -> list[list[dict[str, str]]]:
    """What elements of fields say: those of several names that share a field or attribute (a number by which they may
    belong together) in lists of their own, else all in one."""
    told = [(child, record) for child in found if (record := _record(child))]
    kinds: dict[str, list[dict[str, str]]] = {}
    if len({child.tag for child, _ in told}) > 1:
        for child, record in told:
            kinds.setdefault(child.tag, []).append({**{_bare(k): str(v) for k, v in child.attrib.items()}, **record})
    fields = [{name for record in kind for name in record} for kind in kinds.values()]
    if kinds and all(len(kind) > 1 for kind in kinds.values()) and set.intersection(*fields):
        return list(kinds.values())
    return [[record for _, record in told]]


def _attributes(tree: Any) -> list[list[dict[str, str]]]:
    """Elements with several attributes, by their name: each one's attributes are a row."""
    found: dict[str, list[dict[str, str]]] = {}
    for node in tree.iter():
        if isinstance(node.tag, str) and len(node.attrib) > 1:
            found.setdefault(node.tag, []).append({_bare(k): str(v) for k, v in node.attrib.items()})
    return list(found.values())


def _bare(name: object) -> str:
    return str(name).rpartition("}")[2]


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def _is_record(node: Any) -> bool:
    return isinstance(node.tag, str) and len(node) >= 2 and all(len(field) == 0 for field in node)


def _called(node: Any, name: object) -> str:
    """What an attribute says: its name, or its element's where that says nothing else (HL7: <birthTime value="…"/>)."""
    bare = _bare(name)
    return _name(node) if bare == "value" and not len(node) and not (node.text or "").strip() else bare


def _said(field: Any) -> str:
    if not isinstance(field.tag, str):
        return ""  # an instruction to a program
    return "".join(map(str, field.itertext())) or str(field.get("value", ""))


def _calls_its_fields(node: Any) -> bool:
    """Whether an element's fields are told apart by what they say they are called: all are <field>."""
    return len({_name(field) for field in node}) < len(node)


def _said_names(node: Any) -> list[str]:
    """What fields say they are called: by "name", or by the one attribute that each has, where it numbers nothing."""
    names = [str(field.get("name", "")) for field in node]
    if any(names):
        return names
    for attribute in node[0].attrib:
        names = [str(field.get(attribute, "")) for field in node]
        if all(names) and len(set(names)) == len(names) and not any(map(_NUMBER.fullmatch, names)):
            return names
    return [""] * len(node)


def _record(node: Any) -> dict[str, str]:
    """An element's fields by their names: the tags, or, where all are <field>, what they say they are called."""
    names = [_name(field) for field in node]
    if _calls_its_fields(node):
        names = _said_names(node)
    return (
        {name: _said(field) for name, field in zip(names, node, strict=True)} if len(set(names)) == len(names) else {}
    )


def extract_json(part: Part, budget: Budget) -> Extracted:
    """Arrays of records as tables, the rest as "key: value" lines; base64 values as children."""
    text = cut_json.without_halves(_GUARD.sub("", charset.decode(part.data)))
    try:
        values = [json_fields.opened(orjson.loads(text))]
    except orjson.JSONDecodeError:
        values = []
        for line in text.splitlines():
            if line.strip():
                try:
                    values.append(orjson.loads(line))
                except orjson.JSONDecodeError:
                    return Extracted("text/plain", of_text(text).blocks)
        if values and all(isinstance(value, dict) for value in values):
            values = [values]  # one record a line
    blocks: list[Block] = []
    lines: list[str] = []
    children: list[Part] = []
    for value in values:
        _walk(value, "", blocks, lines, children, part)
    if lines:
        blocks.append(Text("\n".join(lines) + "\n"))
    return Extracted("application/json", blocks, tuple(children))


def _walk(value: Any, key: str, blocks: list[Block], lines: list[str], children: list[Part], part: Part) -> None:
    stack = [(value, key)]
    while stack:
        value, key = stack.pop()
        if isinstance(value, list) and (cards := jcard.text(value)):
            children.append(Part(path=(*part.path, key or "cards"), data=cards.encode(), declared="text/vcard"))
            continue
        if isinstance(value, list) and (rows := arrays.celled(value)):
            blocks.append(Table(frame_of(rows), key or "rows"))
            continue
        if isinstance(value, list) and len(value) > 1 and all(isinstance(item, dict) for item in value):
            records = [json_fields.flat(json_fields.unwrapped(item)) for item in value]
            blocks.append(_record_table(records, key or "records"))
            children += [*_rows_in_fields(records, part), *_pages_in_fields(value, part)]
            inners = [inner for item in value for inner in item.values()]
            value = [inner for inner in inners if _may_hide(inner)]
            if several := json_fields.unlike([inner for inner in inners if isinstance(inner, list)]):
                value.append(several)
        elif isinstance(value, list) and arrays.is_rows(value):
            blocks.append(Table(frame_of(arrays.cells_of(value)), key or "rows"))
            continue
        if isinstance(value, dict):
            value = json_fields.unwrapped(json_fields.unsigned(value))
            if filed := json_fields.by_name(value):  # beside the objects themselves, whose own fields may name somebody
                blocks.append(_record_table([json_fields.flat(one) for one in filed], key or "records"))
            tables, value = arrays.of_object(value)
            blocks += [Table(frame_of(rows), name or "columns") for name, rows in tables]
            stack += [(inner, str(name)) for name, inner in reversed(value.items())]
        elif isinstance(value, list):
            stack += [(inner, key) for inner in reversed(value)]
        elif isinstance(value, str):
            child = decode_base64(value)
            if child is not None:
                declared, data = child
                children.append(Part(path=(*part.path, key or "base64"), data=data, declared=declared))
            else:
                lines += _labelled(key, value)
        elif value is not None:
            lines.append(f"{key}：{value}" if key else str(value))


def _labelled(key: str, value: str) -> list[str]:
    """A field as a line with its label; what has lines, or labels of its own, as these."""
    text = told_fields.plain(value) if told_fields.is_markup(value) else value
    if told := told_fields.fields(text):
        return [f"{label}：{said}" for label, said in told.items()]
    return [f"{key}：{text}" if key and "\n" not in text and "\\n" not in text else text]


def _rows_in_fields(records: list[dict[str, str]], part: Part) -> list[Part]:
    """Rows of a table that were put into one field of each record, as the table."""
    found = []
    for key in dict.fromkeys(key for record in records for key in record):
        cells = [record[key] for record in records if key in record]
        rows = sum(max(cell.count(","), cell.count("\t")) >= _ROW for cell in cells)
        if rows > 1 and rows * 2 > len(cells):
            data = "\n".join(cells).encode("utf-8", "replace")
            found.append(Part(path=(*part.path, key), data=data, declared="text/csv"))
    return found


def _pages_in_fields(records: list[dict[str, Any]], part: Part) -> list[Part]:
    """Markup in fields of records (messages of a chat, mails of an archive), as one page for each field."""
    found: dict[str, list[str]] = {}
    for record in records:
        for key, value in _strings(record):
            if told_fields.is_markup(value) and not told_fields.fields(told_fields.plain(value)):
                found.setdefault(key, []).append(value)
    pages = {key: "".join(f"<div>{value}</div>\n" for value in values).encode() for key, values in found.items()}
    return [Part(path=(*part.path, key), data=page, declared=_PAGE) for key, page in pages.items()]


def _strings(value: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        if isinstance(inner, str):
            yield key, inner
        elif isinstance(inner, dict) and depth < _DEEP:
            yield from _strings(inner, depth + 1)


def _may_hide(value: Any) -> bool:
    """Whether a record's value may hold more than its table shows: a list, or a file in base64."""
    return (isinstance(value, list) and not json_fields.one(value)) or (isinstance(value, str) and len(value) > 200)


def _record_table(records: list[dict[str, str]], place: str) -> Table:
    keys = list(dict.fromkeys(key for record in records for key in record))[:500]
    last = [json_fields.said_of(key) for key in keys]
    # {"child": {"name": …}, "guardian": {"name": …}}: whose name it is stands before.
    header = [key.replace(".", "") if last.count(short) > 1 else short for key, short in zip(keys, last, strict=True)]
    return Table(frame_of([header, *([record.get(key, "") for key in keys] for record in records)]), "records")


def decode_base64(value: str) -> tuple[str, bytes] | None:
    """(declared type, bytes) of packed text or a data: URL that unpacks to something not empty; else None.

    A digest, a session's token or a signature is so too, and is none: it is short, and unpacks to nothing.
    """
    compact = re.sub(r"\s+", "", value) if len(value) > 60 else value
    match = _BASE64.fullmatch(compact)
    if not match:
        return None
    data = runs.aligned(match.group(2))
    if not match.group(1) and len(data) <= _TOKEN and not runs.is_file(data) and not runs.of_bytes(data):
        return None
    return match.group(1) or "", data
