"""The characters of a PDF's page with their boxes, by native code that asks pdfium itself."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as raw

from dlp import native

type Codes = npt.NDArray[np.uint32]
type Boxes = npt.NDArray[np.float64]


def told(text_page: pypdfium2.PdfTextPage, *, loose: bool = False) -> tuple[Codes, Boxes] | None:
    """Code points, and left, right, bottom and top of each (`loose`: of the font), as `pdf_grid.letters` gives them;
    None without native code, and where pdfium does not say where a character is."""
    count = text_page.count_chars()
    if native.library is None:
        return None
    codes, boxes = np.empty(count, np.uint32), np.empty((count, 4), np.float64)
    native.library.page_characters.restype = ctypes.c_int64
    found = native.library.page_characters(
        ctypes.cast(text_page.raw, ctypes.c_void_p),
        ctypes.c_int64(count),
        _address(raw.FPDFText_GetUnicode),
        _address(raw.FPDFText_IsGenerated),
        _address(raw.FPDFText_GetLooseCharBox if loose else raw.FPDFText_GetCharBox),
        ctypes.c_int64(loose),
        ctypes.c_void_p(codes.ctypes.data),
        ctypes.c_void_p(boxes.ctypes.data),
    )
    return (codes[:found], boxes[:found]) if found >= 0 else None


def _address(function: object) -> ctypes.c_void_p:
    return ctypes.cast(function, ctypes.c_void_p)  # type: ignore[arg-type]
