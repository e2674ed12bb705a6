"""PDF with text, by pypdfium2: lines in the order of the page, so that a printed list can be read as one."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as raw

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Text, Why
from dlp.extract.budget import Budget
from dlp.transfer import Part


def extract(part: Part, budget: Budget) -> Extracted:
    """Text of every page, attachments as children. A page with pictures and no text is IMAGE_ONLY."""
    try:
        document = pypdfium2.PdfDocument(part.data)
    except pypdfium2.PdfiumError as error:
        why = Why.ENCRYPTED if "password" in str(error).lower() else Why.CORRUPT
        return Extracted("application/pdf", unread=(why,))
    try:
        unread: list[Why] = []
        blocks = list(_pages(document, budget, unread))
        children = tuple(_attachments(document, part))
    finally:
        document.close()
    return Extracted("application/pdf", blocks, children, tuple(dict.fromkeys(unread)))


def _pages(document: pypdfium2.PdfDocument, budget: Budget, unread: list[Why]) -> Iterator[Block]:
    for number in range(len(document)):
        try:
            budget.take_page()
        except Incomplete as fault:
            unread.append(Why(fault.why))
            return
        try:
            page = document[number]
            text_page = page.get_textpage()
            text = text_page.get_text_range().replace("\r\n", "\n").replace("\ufffe", "").replace("\0", "")
            if text.strip():
                yield Text(text + "\n", f"page {number + 1}")
            elif any(o.type == raw.FPDF_PAGEOBJ_IMAGE for o in page.get_objects(max_depth=3)):
                unread.append(Why.IMAGE_ONLY)
            text_page.close()
            page.close()
        except pypdfium2.PdfiumError:
            unread.append(Why.CORRUPT)


def _attachments(document: pypdfium2.PdfDocument, part: Part) -> Iterator[Part]:
    for index in range(document.count_attachments()):
        attachment = document.get_attachment(index)
        yield Part(
            path=(*part.path, attachment.get_name() or f"attachment {index + 1}"), data=bytes(attachment.get_data())
        )
