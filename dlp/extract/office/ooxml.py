"""What all zip-and-XML office files share: safe members, safe XML, and whatever else lies in the package.

Hand-written over zip and lxml: 8 × as fast as python-docx, and nothing in the package is invisible to it. A reader
names the members it understands; `rest` reads all others, so that no place in a file is forgotten.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from lxml import etree

from dlp.errors import Incomplete
from dlp.extract import whole_tree
from dlp.extract.blocks import Block, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.pictures import picture
from dlp.transfer import Part

#: Members that say how a document looks, never what it says.
_LOOKS = ("theme/", "styles", "fonttable", "fonts/", "settings.xml", "websettings", "numbering.xml", "tablestyles",
          "presprops", "viewprops", "printersettings", "calcchain", "thumbnail", "[content_types].xml", "slidelayouts/",
          "stylewitheffects", "styleswitheffects", "metadata.xml", "people.xml", "commentsids", "commentsextended",
          "commentsextensible", "richvaluerel", "_rels/.rels", "colors", "/activex/activex", "rdrichvalue",
          "handoutmasters/_rels", "slidemasters/_rels", "docprops/app.xml", "volatiledependencies")  # fmt: skip
_MEDIA = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".emf", ".wmf", ".emz", ".wmz", ".webp", ".jp2")
_SOUND = (".svg", ".wdp", ".wav", ".mp3", ".mp4", ".m4a", ".wmv", ".avi", ".mov", ".odttf", ".fntdata", ".ttf", ".otf")


def parser(*, huge: bool = False) -> etree.XMLParser:
    """An XML parser without entities, DTD or network. `huge` lifts the limit of one text; the budget still holds."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=huge, recover=True)


def check_members(data: bytes, budget: Budget) -> None:
    """Account for what an archive unpacks to. Raises Incomplete: corrupt, encrypted, too large, a bomb."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        raise Incomplete(Why.CORRUPT) from None
    for member in members:
        if member.flag_bits & 1:
            raise Incomplete(Why.ENCRYPTED)
        budget.check_ratio(member.file_size, member.compress_size)
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


def tree_of(archive: zipfile.ZipFile, name: str) -> etree._Element | None:
    """The XML of a member, None when there is none in it. Raises Incomplete(CORRUPT), (TOO_DEEP)."""
    return parsed(read_member(archive, name))


def parsed(data: bytes) -> etree._Element | None:
    """The XML of a document, None when there is none in it. Raises Incomplete(CORRUPT), (TOO_DEEP)."""
    tree: etree._Element | None
    try:
        tree, _, whole = whole_tree.tree_of(data, lambda wide: parser(huge=wide or len(data) > 1 << 20))
    except (etree.XMLSyntaxError, ValueError):
        raise Incomplete(Why.CORRUPT) from None
    if not whole:
        raise Incomplete(Why.TOO_DEEP)
    return tree


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element, name: str) -> str:
    """The value of an attribute whatever its namespace; "" when it has none."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def drop_fallbacks(tree: etree._Element) -> None:
    """Leave out mc:Fallback where its mc:Choice says something: it is the same content once more."""
    for node in list(tree.iter("{*}AlternateContent")):
        choice = next((c for c in node if local(c) == "Choice"), None)
        if choice is not None and any((t.text or "").strip() for t in choice.iter("{*}t", "{*}delText")):
            for fallback in [c for c in node if local(c) == "Fallback"]:
                node.remove(fallback)


def together(boxes: Iterable[Sequence[Block]], place: str) -> list[Block]:
    """What boxes say: those of text one below the other, for who fills in one card after the other writes all of them
    alike, which no single one tells; those with tables each by itself."""
    texts: list[str] = []
    blocks: list[Block] = []
    for box in boxes:
        if all(isinstance(block, Text) for block in box):
            texts += (block.text.rstrip("\n") for block in box if isinstance(block, Text))
        else:
            blocks += box
    return [Text("\n\n\n".join(texts) + "\n", place), *blocks] if texts else blocks


def words_of(tree: etree._Element) -> str:
    """All text of some XML, a leaf a line."""
    return "\n".join(line for text in tree.itertext() if (line := str(text).strip()))


def stories(
    archive: zipfile.ZipFile, members: tuple[str, ...], budget: Budget
) -> Iterator[tuple[str, etree._Element | None]]:
    """The XML members whose names begin so, shortest name first (slide2 before slide10), each taken as a page."""
    names = [name for name in archive.namelist() if name.startswith(members) and name.endswith(".xml")]
    for name in sorted(names, key=lambda name: (len(name), name)):
        budget.take_page()
        yield name, tree_of(archive, name)


def place_of(member: str) -> str:
    """What a story is called where people are told of it: "document", "slide3"."""
    return member.rpartition("/")[2].removesuffix(".xml")


def rest(archive: zipfile.ZipFile, part: Part, understood: Iterable[str], blocks: list[Block]) -> Iterator[Part]:
    """Every other member: properties, charts, diagrams and custom XML as text; embedded files and pictures as parts."""
    known = set(understood)
    for name in archive.namelist():
        low = name.lower()
        if name in known or name.endswith("/") or any(word in low for word in _LOOKS) or low.endswith(_SOUND):
            continue
        if low.endswith(".rels"):
            blocks += _links(archive, name)
        elif low.endswith((".xml", ".vml")):
            blocks += _words(archive, name)
        else:
            data = read_member(archive, name)
            if not low.endswith(_MEDIA) or picture.may_hold_text(data):
                yield Part(path=(*part.path, name.rpartition("/")[2]), data=data)


def _words(archive: zipfile.ZipFile, name: str) -> Iterator[Text]:
    tree = tree_of(archive, name)
    if tree is None:
        return
    if name.lower().startswith("docprops/"):  # apart, so that an author is not taken together with a date or a title
        told = (e for e in tree.iter() if local(e) not in ("created", "modified"))
        values = [str(t).strip() for e in told for t in (e.text, e.tail) if t]
        text = "\n\n\n".join(value for value in values if value)
    else:
        text = words_of(tree)
    if text:
        yield Text(text + "\n", "properties" if name.lower().startswith("docprops/") else "beside")


def _links(archive: zipfile.ZipFile, name: str) -> Iterator[Text]:
    """Where hyperlinks lead: addresses are written there and nowhere else."""
    tree = tree_of(archive, name)
    targets = [
        attribute(e, "Target")
        for e in (tree.iter() if tree is not None else ())
        if attribute(e, "TargetMode") == "External" and attribute(e, "Type").endswith("/hyperlink")
    ]
    if targets:
        yield Text("\n\n".join(targets) + "\n", "links")
