"""OpenDocument (odt, ods, odp, odg): text and tables by lxml, cells of sheets by python-calamine."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.office import ooxml, sheet
from dlp.extract.office.ooxml import attribute, local
from dlp.extract.pictures import picture
from dlp.extract.plain import nested, scattered
from dlp.extract.plain.scattered import Word
from dlp.extract.plain.text import frame_of
from dlp.transfer import Part

PREFIX = "application/vnd.oasis.opendocument."
SHEET = PREFIX + "spreadsheet"
#: Read in a place of their own, not in the line they are anchored in.
_APART = ("annotation", "note", "tracked-changes", "text-box", "notes", "ruby-text", "header", "footer", "header-left",
          "footer-left", "header-first", "footer-first", "deletion")  # fmt: skip
_PARAGRAPHS = ("p", "h")
_BOX = "text-box"
_LENGTH = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)(?:cm|in|mm|pt)")  # where a box stands; one unit in all of a document
_WIDEST = 500
_SPACE = re.compile(r"[ \t\r\n]+")  # written as elements where they count
_LOOKS = ("manifest.xml", "settings.xml", "manifest.rdf", "layout-cache", "thumbnails/", "configurations2/", "mimetype")


def extract(part: Part, budget: Budget) -> Extracted:
    """Body, tables, notes, comments, deletions, headers, properties; embedded documents and pictures as parts."""
    ooxml.check_members(part.data, budget)
    blocks: list[Block] = []
    with zipfile.ZipFile(BytesIO(part.data)) as archive:
        names = archive.namelist()
        kind = _kind(archive)
        manifest = ooxml.read_member(archive, "META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
        if b"encryption-data" in manifest:
            raise Incomplete(Why.ENCRYPTED)
        if kind.startswith(SHEET):
            cells = sheet.tables(part.data, budget)
            blocks += [*cells, *sheet.lines_of(cells)]
        for name in ("content.xml", "styles.xml", "meta.xml"):
            budget.take_page()
            if name in names and (tree := ooxml.tree_of(archive, name)) is not None:
                blocks += properties(tree) if name == "meta.xml" else read(tree, name, kind)
        children = tuple(_children(archive, part, budget, blocks))
    return Extracted(kind, blocks, children)


def _kind(archive: zipfile.ZipFile) -> str:
    return ooxml.read_member(archive, "mimetype")[:100].decode("ascii", "replace").strip()


def properties(tree: etree._Element) -> Iterator[Text]:
    """What the document says of itself, each value apart."""
    told = [(e.text or "").strip() for e in tree.iter() if not local(e).endswith(("date", "duration"))]
    values = [value for value in told if len(value) > 1]
    if values:
        yield Text("\n\n\n".join(values) + "\n", "properties")


def read(tree: etree._Element, member: str, kind: str) -> Iterator[Block]:
    """One member of a document: its running text, then what stands apart from it."""
    place = member.removesuffix(".xml")
    yield from _boxes(tree, place)
    # A slide's boxes are what it says, in their order: its title, and what stands below.
    flowing = _BOX if "presentation" in kind and member == "content.xml" else ""
    apart = [node for node in tree.iter() if local(node) in _APART and local(node) != flowing]
    for node in reversed(apart):  # innermost first
        _detach(node)
    if kind.startswith(SHEET):
        for table in list(tree.iter("{*}table")):  # calamine has read the cells; shapes over them remain
            for row in list(table.iter("{*}table-row")):
                if next(row.iter("{*}frame", "{*}custom-shape"), None) is None:
                    row.clear()
    yield from _flow(tree, place)
    for node in apart:
        if local(node) != _BOX:
            yield from _flow(node, f"{place} {local(node)}")
    boxes = [_flow(node, f"{place} {_BOX}") for node in apart if local(node) == _BOX]
    yield from ooxml.together(boxes, f"{place} {_BOX}")
    fields = tree.iter("{*}a", "{*}text-input", "{*}textarea", "{*}text", "{*}listbox")
    words = [attribute(node, name) for node in fields for name in ("href", "value", "current-value")]
    words += [node.text or "" for node in tree.iter("{*}title", "{*}desc")]
    words += [str(v) for node in tree.iter("{*}content-validation", "{*}help-message") for v in node.attrib.values()]
    words = [word for word in words if len(word) > 3 and not word.startswith("#")]
    if words:
        yield Text("\n\n".join(words) + "\n", f"{place} fields")


def _boxes(tree: etree._Element, place: str) -> Iterator[Table]:
    """Boxes of a line each that stand in rows on a page, as tables; they are taken out of it."""
    fewest = scattered.ROWS
    for number, page in enumerate(tree.iter("{*}page"), 1):
        placed = [(shape, word) for shape in page.iter("{*}frame", "{*}custom-shape") if (word := _word(shape))]
        if rows := scattered.table([word for _, word in placed], fewest):
            yield Table(frame_of(rows), f"{place} page {number} boxes")
            fewest = 1  # the last of several pages may hold less
            for shape, _ in placed:
                _detach(shape)


def _word(shape: etree._Element) -> Word | None:
    """What a box says in one line, and where it stands; None of any other."""
    x, y = (_LENGTH.fullmatch(attribute(shape, name)) for name in ("x", "y"))
    if x is None or y is None:
        return None
    said = [text for p in shape.iter("{*}p") if (text := _in_order(p).strip())]
    return Word(float(x[1]), float(y[1]), said[0]) if len(said) == 1 and "\n" not in said[0] else None


def _detach(node: etree._Element) -> None:
    """Take a node out of its tree; what follows it in its line stays."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
        node.tail = None
    parent.remove(node)


def _in_order(element: etree._Element) -> str:
    """The text of a paragraph: runs of spaces and tabs are elements of their own."""
    out: list[str] = [""]
    for event, node in etree.iterwalk(element, events=("start", "end")):
        name = local(node)
        if event == "start":
            if name == "s":
                count = attribute(node, "c")
                out.append(" " * (min(int(count), 1000) if count.isdigit() else 1))
            elif name in ("tab", "line-break"):
                out.append("\t" if name == "tab" else "\n")
            out.append(_SPACE.sub(" ", node.text or ""))
        elif node is not element:
            out.append("\n" if name in _PARAGRAPHS else "")
            out.append(_SPACE.sub(" ", node.tail or ""))
    return "".join(out)


def _flow(tree: etree._Element, place: str) -> list[Block]:
    """Tables as tables; paragraphs outside of them as text, in order."""
    blocks: list[Block] = []
    lines: list[str] = []
    tables = 0

    def flush() -> None:
        if any(line.strip() for line in lines):
            blocks.append(Text("\n".join(lines) + "\n", place))
        lines.clear()

    stack = [tree]
    while stack:
        node = stack.pop()
        name = local(node)
        if name == "table":
            flush()
            tables += 1
            blocks += _table(node, f"{place} table {tables}")
        elif name in _PARAGRAPHS:
            lines.append(_in_order(node))
        else:
            if name in ("page", "frame", "custom-shape"):
                lines.append("")
            stack.extend(reversed(node))
    flush()
    return blocks


def _table(table: etree._Element, place: str) -> Iterator[Table]:
    """A table, then those nested in its cells."""
    found = [_with_inner(row) for row in _within(table, ("table-row",), [])]
    inner = [below for _, held in found for below in held]
    rows = None
    if inner and not any(next(below.iterdescendants("{*}table"), None) is not None for below in inner):
        rows = nested.unnested([(cells, [_cells(below) for below in held]) for cells, held in found])
    if rows or any(cells for cells, _ in found):
        yield Table(frame_of(rows or [cells for cells, _ in found]), place)
    for number, below in enumerate(() if rows else inner, 1):
        yield from _table(below, f"{place}.{number}")


def _with_inner(row: etree._Element) -> tuple[list[str], list[etree._Element]]:
    """The cells of a row, and the tables in them."""
    inner: list[etree._Element] = []
    return _row(row, inner), inner


def _cells(table: etree._Element) -> list[list[str]]:
    return [_row(row, []) for row in _within(table, ("table-row",), [])]


def _row(row: etree._Element, inner: list[etree._Element]) -> list[str]:
    cells: list[str] = []
    for cell in _within(row, ("table-cell", "covered-table-cell"), inner):
        text = "\n".join(_in_order(p) for p in _within(cell, _PARAGRAPHS, inner))
        times = attribute(cell, "number-columns-repeated")
        cells += [text] * (min(int(times), _WIDEST) if times.isdigit() else 1)
    while cells and not cells[-1]:
        cells.pop()
    return cells[:_WIDEST]


def _within(top: etree._Element, wanted: tuple[str, ...], inner: list[etree._Element]) -> Iterator[etree._Element]:
    """`wanted` elements below `top` in order, not into nested tables (kept in `inner`)."""
    stack = list(reversed(top))
    while stack:
        node = stack.pop()
        name = local(node)
        if name in wanted:
            yield node
        elif name == "table":
            inner.append(node)
        else:
            stack.extend(reversed(node))


def _children(archive: zipfile.ZipFile, part: Part, budget: Budget, blocks: list[Block]) -> Iterator[Part]:
    """Embedded documents lie as folders; they are packed up as files again. Pictures and objects as they are."""
    names = archive.namelist()
    folders = [name.removesuffix("content.xml") for name in names if name.endswith("/content.xml")]
    for folder in folders:
        inside = [name for name in names if name.startswith(folder) and not name.endswith("/")]
        yield Part(path=(*part.path, folder.strip("/")), data=_packed(archive, folder, inside))
    for name in names:
        low = name.lower()
        if name.endswith("/") or low.endswith(_LOOKS) or any(look in low for look in _LOOKS):
            continue
        if name in ("content.xml", "styles.xml", "meta.xml") or any(name.startswith(folder) for folder in folders):
            continue
        data = ooxml.read_member(archive, name)
        if name.startswith("ObjectReplacements/") or low.endswith(".svm"):
            continue  # pictures of objects that are read themselves
        if low.endswith(".xml"):
            blocks.append(Text(data.decode("utf-8", "replace"), "beside"))
        elif picture.may_hold_text(data):
            yield Part(path=(*part.path, name.rpartition("/")[2]), data=data)


def _packed(archive: zipfile.ZipFile, folder: str, names: list[str]) -> bytes:
    out = BytesIO()
    content = ooxml.read_member(archive, folder + "content.xml")
    kinds = ("spreadsheet", "presentation", "chart", "drawing")
    kind = next((k for k in kinds if f"<office:{k}".encode() in content), "text")
    with zipfile.ZipFile(out, "w") as copy:
        if folder + "mimetype" not in names:
            copy.writestr("mimetype", PREFIX + kind)
        for name in names:
            copy.writestr(name.removeprefix(folder), ooxml.read_member(archive, name))
    return out.getvalue()
