"""Office files and PDFs with a password, opened with one that the mail itself gives; see :mod:`dlp.extract.ppap`."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import msoffcrypto
import pypdfium2

from dlp.errors import Incomplete
from dlp.extract.blocks import Why


def office(data: bytes, passwords: Iterable[str]) -> bytes:
    """The file without its encryption. Raises Incomplete(ENCRYPTED) when no password fits."""
    for password in passwords:
        opened = _decrypted(data, password)
        if opened is not None:
            return opened
    raise Incomplete(Why.ENCRYPTED)


def _decrypted(data: bytes, password: str) -> bytes | None:
    out = BytesIO()
    try:
        file = msoffcrypto.OfficeFile(BytesIO(data))
        file.load_key(password=password, verify_password=True)
        file.decrypt(out)
    except Exception:  # it raises what its parsers raise, and for a wrong password as well
        return None
    return out.getvalue()


def pdf(data: bytes, passwords: Iterable[str]) -> bytes:
    """The same for a PDF: written anew without a password."""
    for password in passwords:
        try:
            document = pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError:
            continue
        out = BytesIO()
        try:
            document.save(out, flags=pypdfium2.raw.FPDF_REMOVE_SECURITY)
        finally:
            document.close()
        return out.getvalue()
    raise Incomplete(Why.ENCRYPTED)
