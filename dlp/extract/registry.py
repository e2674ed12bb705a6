"""extract(): the extractor for what a part is, chosen by its bytes; whatever it cannot read is said so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from dlp.errors import Incomplete
from dlp.extract import (
    archive,
    flat,
    mail,
    markup,
    odf,
    ole,
    pdf,
    rtf,
    sheet,
    slides,
    sniff,
    text,
    tnef,
    webform,
    word,
)
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.transfer import Part

type Extractor = Callable[[Part, Budget], Extracted]

EXTRACTORS: dict[str, Extractor] = {
    "text/plain": text.extract,
    "text/csv": text.extract,
    "text/html": markup.extract_html,
    "application/xml": markup.extract_xml,
    "application/json": markup.extract_json,
    "application/pdf": pdf.extract,
    "application/zip": archive.extract_zip,
    "application/gzip": archive.extract_gzip,
    "multipart/form-data": webform.extract,
    "application/x-www-form-urlencoded": webform.extract,
    sniff.MAIL: mail.extract,
    sniff.XLSX: sheet.extract,
    sniff.DOCX: word.extract,
    sniff.PPTX: slides.extract,
    sniff.OLE: ole.extract,
    sniff.ODF: odf.extract,
    tnef.KIND: tnef.extract,
    rtf.KIND: rtf.extract,
    sniff.FLAT: flat.extract,
}
#: Known, but not read in this version: held with this word.
UNREAD: dict[str, Why] = {
    "image/png": Why.IMAGE_ONLY,
    "image/jpeg": Why.IMAGE_ONLY,
    "image/gif": Why.IMAGE_ONLY,
    "image/tiff": Why.IMAGE_ONLY,
    "image/bmp": Why.IMAGE_ONLY,
    "application/pgp-encrypted": Why.ENCRYPTED,
}


def extract(part: Part, budget: Budget) -> Extracted:
    """What `part` holds. Never raises but for bugs: what cannot be read is in `unread`."""
    kind = sniff.media_type(part)
    extractor = EXTRACTORS.get(kind)
    if extractor is None:
        return Extracted(kind, unread=(UNREAD.get(kind, Why.UNKNOWN),))
    try:
        found = extractor(part, budget)
    except Exception as fault:
        return Extracted(kind, unread=(why_of(fault),))
    return replace(found, blocks=guarded(found.blocks, part.path), children=guarded(found.children, part.path))


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
