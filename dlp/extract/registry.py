"""extract(): the extractor for what a part is, chosen by its bytes; whatever it cannot read is said so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

from dlp.errors import Incomplete
from dlp.extract import binary_json, dbase_header, ole, owner, sniff, stream
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.extract.containers import archive, cab, cms, iso9660, libarchive, lzh, mbox, packed, sevenzip, tar, trailing
from dlp.extract.mail import mail, tnef
from dlp.extract.office import flat, locked, metafile, odf, rtf, sheet, slides, visio, word
from dlp.extract.pdf import pdf
from dlp.extract.pictures import image
from dlp.extract.plain import binary, text
from dlp.extract.records import cards, columnar, dbase, markup, protobuf, sqlite_file, svg, webform
from dlp.transfer import Part

_LONG = 32 << 20  # bytes of a text from which it is read in chunks
type Extractor = Callable[[Part, Budget], Extracted]

EXTRACTORS: dict[str, Extractor] = {
    "text/plain": text.extract,
    "text/csv": text.extract,
    "text/html": markup.extract_html,
    "application/xml": markup.extract_xml,
    "application/json": markup.extract_json,
    sniff.SVG: svg.extract,
    "application/pdf": pdf.extract,
    "application/zip": archive.extract_zip,
    **{kind: partial(packed.extract, kind=kind) for kind in packed.KINDS},
    **{kind: partial(libarchive.extract, kind=kind) for kind in libarchive.FORMATS},
    tar.KIND: tar.extract,
    sevenzip.KIND: sevenzip.extract,
    lzh.KIND: lzh.extract,
    cab.KIND: cab.extract,
    iso9660.KIND: iso9660.extract,
    sqlite_file.KIND: sqlite_file.extract,
    dbase_header.KIND: dbase.extract,
    columnar.KIND: columnar.extract,
    owner.KIND: owner.extract,
    cards.VCARD: cards.extract,
    cards.ICALENDAR: cards.extract,
    binary.KIND: binary.extract,
    "multipart/form-data": webform.extract,
    "application/x-www-form-urlencoded": webform.extract,
    protobuf.KIND: protobuf.extract,
    protobuf.IN_BASE64: protobuf.unread,
    **binary_json.EXTRACTORS,
    sniff.MAIL: mail.extract,
    mbox.KIND: mbox.extract,
    cms.KIND: cms.extract,
    sniff.XLSX: sheet.extract,
    sniff.DOCX: word.extract,
    sniff.PPTX: slides.extract,
    sniff.VISIO: visio.extract,
    sniff.OLE: ole.extract,
    sniff.ODF: odf.extract,
    tnef.KIND: tnef.extract,
    rtf.KIND: rtf.extract,
    sniff.FLAT: flat.extract,
    metafile.EMF: metafile.extract_emf,
    metafile.WMF: metafile.extract_wmf,
    "image/png": image.extract,
    "image/jpeg": image.extract,
    "image/gif": image.extract,
    "image/tiff": image.extract,
    "image/bmp": image.extract,
    "image/webp": image.extract,
    "image/avif": image.extract,
    sniff.ICON: image.extract,
}
#: Documents that may be opened with a password of the mail's own.
_UNLOCK: dict[str, Callable[[bytes, Iterable[str]], bytes]] = {
    sniff.OLE: locked.office,
    "application/pdf": locked.pdf,
}
#: What holds nothing but other files.
CONTAINERS = {
    *packed.KINDS, *libarchive.FORMATS, archive.KIND, tar.KIND, sevenzip.KIND, lzh.KIND, cab.KIND, iso9660.KIND,
}  # fmt: skip
_HOLLOW = 1024  # bytes of an empty archive at most
#: Known, but not read in this version: held with this word.
UNREAD: dict[str, Why] = {
    "application/pgp-encrypted": Why.ENCRYPTED,
}


def extract(part: Part, budget: Budget) -> Extracted:
    """What `part` holds. Never raises but for bugs: what cannot be read is in `unread`."""
    try:
        kind = sniff.media_type(part)
    except Exception:
        kind = binary.KIND
    found = _found(part, budget, kind)
    if found.unread == (Why.ENCRYPTED,) and kind in _UNLOCK and budget.passwords:
        found = _unlocked(part, budget, kind) or found
    children: Iterable[Part | Lost] = chain(found.children, trailing.around(part, kind))
    if kind in CONTAINERS and not found.unread and len(part.data) > _HOLLOW:
        children = _not_hollow(children, part)
    return replace(found, blocks=guarded(found.blocks, part.path), children=guarded(children, part.path))


def _found(part: Part, budget: Budget, kind: str) -> Extracted:
    if kind in stream.STREAMED and len(part.data) > _LONG:
        return Extracted(kind, stream.blocks(part.data, budget))
    extractor = EXTRACTORS.get(kind)
    if extractor is None:
        return Extracted(kind, unread=(UNREAD.get(kind, Why.UNKNOWN),))
    try:
        return extractor(part, budget)
    except Exception as fault:
        return Extracted(kind, unread=(why_of(fault),))


def _not_hollow(children: Iterable[Part | Lost], part: Part) -> Iterator[Part | Lost]:
    """The children of a container; that a large one has none at all means that its reader did not understand it."""
    empty = True
    for child in children:
        empty = False
        yield child
    if empty:
        yield Lost(part.path, Why.CORRUPT)


def _unlocked(part: Part, budget: Budget, kind: str) -> Extracted | None:
    """A document opened with a password that the mail gives; None when none fits."""
    try:
        data = _UNLOCK[kind](part.data, budget.passwords)
        budget.take_bytes(len(data))
    except Incomplete:
        return None
    opened = replace(part, data=data)
    found = _found(opened, budget, sniff.media_type(opened))
    return replace(found, notes=(*found.notes, "password_in_mail"))


def why_of(fault: Exception) -> Why:
    """The word for what an extractor raised. Parsers meet hostile bytes all day: whatever they raise, it is held."""
    if isinstance(fault, Incomplete):
        return Why(fault.why)
    return Why.TOO_LARGE if isinstance(fault, MemoryError | RecursionError) else Why.CORRUPT


def guarded[T](items: Iterable[T | Lost], path: tuple[str, ...]) -> Iterator[T | Lost]:
    """The items; what reading them raises ends them with a Lost."""
    try:
        yield from items
    except Exception as fault:
        yield Lost(path, why_of(fault))
