"""What a PDF says beside its pages: form fields, annotations, links, bookmarks, properties, attached files."""

from __future__ import annotations

import ctypes
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
from lxml import etree

from dlp.extract.blocks import Text
from dlp.extract.budget import Budget
from dlp.extract.office import ooxml
from dlp.transfer import Part

#: It tells the screen of each deep bookmark that is passed over, a line for each.
logging.getLogger("pypdfium2").setLevel(logging.ERROR)

_METADATA = re.compile(rb"<x:xmpmeta\b.{0,200000}?</x:xmpmeta>", re.DOTALL)
_LONGEST = 1 << 20  # bytes of one value
_WIDGET = 20


def of_document(document: pypdfium2.PdfDocument, data: bytes) -> Iterator[Text]:
    """Properties and bookmarks."""
    told = [value for key, value in document.get_metadata_dict(skip_empty=True).items() if not key.endswith("Date")]
    for match in _METADATA.findall(data)[:8]:
        try:
            told += ooxml.words_of(etree.fromstring(match, ooxml.parser())).split("\n")
        except (etree.XMLSyntaxError, ValueError):
            continue
    if told:
        yield Text("\n\n\n".join(dict.fromkeys(told)) + "\n", "properties")
    try:
        titles = [bookmark.get_title() for bookmark in document.get_toc(max_depth=15)]
    except (pypdfium2.PdfiumError, RecursionError, ValueError):
        titles = []
    if any(titles):
        yield Text("\n".join(titles) + "\n", "bookmarks")


def begun(document: pypdfium2.PdfDocument) -> frozenset[int]:
    """Pages, counted from one, that bookmarks lead to: the first of each sheet, or chapter."""
    try:
        places = [bookmark.get_dest() for bookmark in document.get_toc(max_depth=2)]
    except (pypdfium2.PdfiumError, RecursionError, ValueError):
        return frozenset()
    return frozenset(page + 1 for place in places if place and (page := place.get_index()) is not None)


def of_page(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, place: str) -> Iterator[Text]:
    """Fields with what is filled in, comments, addresses of links."""
    count = raw.FPDFPage_GetAnnotCount(page)
    if count <= 0:
        return
    form = _form(document)
    fields: list[str] = []
    notes: list[str] = []
    for index in range(min(count, 10_000)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        if raw.FPDFAnnot_GetSubtype(annotation) == _WIDGET:
            fields += _field(form, annotation)
        else:
            notes += [_value(annotation, b"Contents"), re.sub(r"<[^>]*>", " ", _value(annotation, b"RC"))]
            notes.append(_address(document, annotation))
        raw.FPDFPage_CloseAnnot(annotation)
    if fields:
        yield Text("\n".join(fields) + "\n", f"{place} fields")
    if notes := [note for note in notes if note.strip()]:
        yield Text("\n\n".join(notes) + "\n", f"{place} annotations")


def _form(document: pypdfium2.PdfDocument) -> Any:
    if document.formenv is None:
        document.init_forms()
    return document.formenv


def _field(form: Any, annotation: Any) -> Iterator[str]:
    """「name：value」; a value kept only in the annotation counts as well."""
    name = value = ""
    if form is not None:
        name = _text(lambda out, size: raw.FPDFAnnot_GetFormFieldAlternateName(form, annotation, out, size))
        name = name or _text(lambda out, size: raw.FPDFAnnot_GetFormFieldName(form, annotation, out, size))
        value = _text(lambda out, size: raw.FPDFAnnot_GetFormFieldValue(form, annotation, out, size))
    value = value or _value(annotation, b"V")
    if value.strip() and value not in ("Off", "Yes", "On"):
        yield f"{name.rpartition('.')[2]}：{value}" if name else value


def _value(annotation: Any, key: bytes) -> str:
    return _text(lambda out, size: raw.FPDFAnnot_GetStringValue(annotation, key, out, size))


def _text(call: Callable[[Any, int], int]) -> str:
    """A UTF-16 text of pdfium's: asked once for its size, once for itself."""
    size = call(None, 0)
    if size <= 2 or size > _LONGEST:
        return ""
    buffer = ctypes.create_string_buffer(size)
    call(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size // 2 * 2].decode("utf-16-le", "replace").rstrip("\0")


def _address(document: pypdfium2.PdfDocument, annotation: Any) -> str:
    link = raw.FPDFAnnot_GetLink(annotation)
    action = raw.FPDFLink_GetAction(link) if link else None
    if not action:
        return ""
    size = raw.FPDFAction_GetURIPath(document, action, None, 0)
    if not 1 < size <= _LONGEST:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAction_GetURIPath(document, action, buffer, size)
    return buffer.raw.rstrip(b"\0").decode("utf-8", "replace")


def attachments(document: pypdfium2.PdfDocument, part: Part, budget: Budget) -> Iterator[Part]:
    """Files attached to the document, and the data of an XFA form."""
    for index in range(document.count_attachments()):
        attachment = document.get_attachment(index)
        data = bytes(attachment.get_data())
        budget.take_bytes(len(data))
        yield Part(path=(*part.path, attachment.get_name() or f"attachment {index + 1}"), data=data)
    for index in range(max(0, raw.FPDF_GetXFAPacketCount(document))):
        yield Part(path=(*part.path, f"form {index + 1}"), data=_packet(document, index), declared="application/xml")


def on_page(page: pypdfium2.PdfPage, part: Part, budget: Budget) -> Iterator[Part]:
    """Files attached to a page."""
    for index in range(min(max(raw.FPDFPage_GetAnnotCount(page), 0), 10_000)):
        yield from _attached(page, index, part, budget)


def _attached(page: pypdfium2.PdfPage, index: int, part: Part, budget: Budget) -> Iterator[Part]:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    if not annotation:
        return
    file = raw.FPDFAnnot_GetFileAttachment(annotation)
    if file:
        size = ctypes.c_ulong()
        if raw.FPDFAttachment_GetFile(file, None, 0, size) and size.value:
            budget.take_bytes(size.value)
            buffer = ctypes.create_string_buffer(size.value)
            raw.FPDFAttachment_GetFile(file, buffer, size.value, size)
            name = _text(lambda out, length: raw.FPDFAttachment_GetName(file, out, length))
            yield Part(path=(*part.path, name or f"attached {index + 1}"), data=buffer.raw)
    raw.FPDFPage_CloseAnnot(annotation)


def _packet(document: pypdfium2.PdfDocument, index: int) -> bytes:
    size = ctypes.c_ulong()
    if not raw.FPDF_GetXFAPacketContent(document, index, None, 0, size) or not 0 < size.value < 1 << 26:
        return b""
    buffer = ctypes.create_string_buffer(size.value)
    raw.FPDF_GetXFAPacketContent(document, index, buffer, size.value, size)
    return buffer.raw
