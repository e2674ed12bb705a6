"""extract(): the extractor for what a part is, chosen by its bytes; whatever it cannot read is said so."""

from __future__ import annotations

from collections.abc import Callable

from dlp.errors import Incomplete
from dlp.extract import archive, mail, markup, ooxml, pdf, sheet, sniff, text, webform
from dlp.extract.blocks import Extracted, Why
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
    sniff.DOCX: ooxml.extract_docx,
    sniff.PPTX: ooxml.extract_pptx,
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
_ENCRYPTED_OOXML = "EncryptedPackage".encode("utf-16-le")


def extract(part: Part, budget: Budget) -> Extracted:
    """What `part` holds. Never raises but for bugs: what cannot be read is in `unread`."""
    kind = sniff.media_type(part)
    extractor = EXTRACTORS.get(kind)
    if extractor is None:
        return Extracted(kind, unread=(_why(kind, part.data),))
    try:
        return extractor(part, budget)
    except Incomplete as fault:
        return Extracted(kind, unread=(Why(fault.why),))
    except (MemoryError, RecursionError):
        return Extracted(kind, unread=(Why.TOO_LARGE,))
    except Exception:  # parsers meet hostile bytes all day: what they cannot read is held, whatever they raise
        return Extracted(kind, unread=(Why.CORRUPT,))


def _why(kind: str, data: bytes) -> Why:
    if kind == sniff.OLE:
        return Why.ENCRYPTED if _ENCRYPTED_OOXML in data else Why.UNKNOWN
    return UNREAD.get(kind, Why.UNKNOWN)
