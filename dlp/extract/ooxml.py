"""Word and PowerPoint by zip and lxml (8 × as fast as python-docx), and what all Office files share."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO

from lxml import etree

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.sniff import DOCX, PPTX
from dlp.extract.text import frame_of
from dlp.transfer import Part

_MEDIA = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".bmp", ".svg", ".wdp")


def parser() -> etree.XMLParser:
    """An XML parser without entities, DTD or network."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)


def check_members(data: bytes, budget: Budget) -> None:
    """Account for what an archive unpacks to. Raises Incomplete: corrupt, encrypted, too large, a bomb."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise Incomplete(Why.CORRUPT) from None
    for member in members:
        if member.flag_bits & 1:
            raise Incomplete(Why.ENCRYPTED)
        if member.file_size > 1 << 20 and member.file_size > max(1, member.compress_size) * budget.max_ratio:
            raise Incomplete(Why.TOO_LARGE)
        budget.take_bytes(member.file_size)


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member's bytes, never more than its header says. Raises Incomplete(CORRUPT)."""
    try:
        with archive.open(name) as member:
            size = archive.getinfo(name).file_size
            data = member.read(size + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, KeyError):
        raise Incomplete(Why.CORRUPT) from None
    except Exception as error:  # zlib.error and its like
        raise Incomplete(Why.CORRUPT) from error
    if len(data) > size:
        raise Incomplete(Why.TOO_LARGE)
    return data


def _tree(archive: zipfile.ZipFile, name: str) -> etree._Element | None:
    try:
        return etree.fromstring(read_member(archive, name), parser())
    except etree.XMLSyntaxError:
        raise Incomplete(Why.CORRUPT) from None


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def paragraph_text(element: etree._Element) -> str:
    """The text of one paragraph, with tabs and breaks; deleted text (tracked changes) included."""
    out: list[str] = []
    for node in element.iter():
        name = _local(node)
        if name in ("t", "delText", "instrText"):
            out.append(node.text or "")
        elif name == "tab":
            out.append("\t")
        elif name in ("br", "cr"):
            out.append("\n")
    return "".join(out)


def texts_of(archive: zipfile.ZipFile, names: Iterable[str]) -> Iterator[str]:
    """The running text of some XML members, a paragraph a line."""
    for name in names:
        tree = _tree(archive, name)
        if tree is None:
            continue
        lines = [paragraph_text(p) for p in tree.iter() if _local(p) in ("p", "si", "text")]
        text = "\n".join(line for line in lines if line.strip()) or " ".join(str(s).strip() for s in tree.itertext())
        if text.strip():
            yield text + "\n"


def embedded(archive: zipfile.ZipFile, part: Part) -> Iterator[Part]:
    """Files embedded in an Office file: workbooks, packages, attachments. Pictures are left to their own room."""
    for name in archive.namelist():
        if ("/embeddings/" in name or "/attachments/" in name) and not name.endswith("/"):
            yield Part(path=(*part.path, name.rpartition("/")[2]), data=read_member(archive, name))


def extract_docx(part: Part, budget: Budget) -> Extracted:
    """Body, tables, headers, footers, notes, comments and text boxes of a Word file."""
    return _extract(part, budget, DOCX, ("word/document", "word/header", "word/footer", "word/footnotes",
                                         "word/endnotes", "word/comments", "word/glossary/document"))  # fmt: skip


def extract_pptx(part: Part, budget: Budget) -> Extracted:
    """Slides, their tables, notes and comments of a PowerPoint file."""
    return _extract(part, budget, PPTX, ("ppt/slides/slide", "ppt/notesSlides/notesSlide", "ppt/comments/"))


def _extract(part: Part, budget: Budget, kind: str, prefixes: tuple[str, ...]) -> Extracted:
    check_members(part.data, budget)
    blocks: list[Block] = []
    with zipfile.ZipFile(BytesIO(part.data)) as archive:
        names = [n for n in archive.namelist() if n.startswith(prefixes) and n.endswith(".xml")]
        for name in sorted(names, key=_natural):
            budget.take_page()
            tree = _tree(archive, name)
            if tree is not None:
                blocks += _blocks(tree, name.rpartition("/")[2].removesuffix(".xml"))
        children = tuple(embedded(archive, part))
    return Extracted(kind, blocks, children)


def _natural(name: str) -> tuple[int, str]:
    return len(name), name


def _blocks(tree: etree._Element, place: str) -> list[Block]:
    """Tables as tables; paragraphs outside of them as text, in order."""
    blocks: list[Block] = []
    lines: list[str] = []
    tables = 0

    def flush() -> None:
        if any(line.strip() for line in lines):
            blocks.append(Text("\n".join(lines) + "\n", place))
        lines.clear()

    stack = [iter([tree])]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        name = _local(node)
        if name == "tbl":
            flush()
            tables += 1
            blocks.append(Table(frame_of(_rows(node)), f"{place} table {tables}"))
        elif name == "p":
            lines.append(paragraph_text(node))
            boxed = [t for t in node.iter() if _local(t) == "tbl"]  # a table inside a text box
            blocks += [Table(frame_of(_rows(t)), f"{place} boxed table") for t in boxed]
        else:
            stack.append(iter(node))
    flush()
    return blocks


def _rows(table: etree._Element) -> list[list[str]]:
    rows = []
    for row in (r for r in table if _local(r) == "tr"):
        cells: list[str] = []
        for cell in row.iter():
            if _local(cell) == "tc":
                paragraphs = [paragraph_text(p) for p in cell.iter() if _local(p) == "p"]
                cells.append("\n".join(p for p in paragraphs if p))
                span = next((s for s in cell.iter() if _local(s) == "gridSpan"), None)
                width = int(str(next(iter(span.attrib.values()), "1"))) if span is not None else 1
                cells += [""] * min(max(0, width - 1), 100)
        rows.append(cells)
    return rows
