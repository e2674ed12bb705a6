"""Characters of a PDF's page: native code and Python tell the same."""

from __future__ import annotations

import ctypes
import io

import numpy as np
import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from dlp import native
from dlp.extract.pdf import grid as pdf_grid

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")


def _page(*lines: str) -> pypdfium2.PdfTextPage:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    held = io.BytesIO()
    canvas = Canvas(held)
    canvas.setFont("HeiseiMin-W3", 10)
    for number, line in enumerate(lines):
        canvas.drawString(50 + number, 780 - 16 * number, line)
    canvas.save()
    return pypdfium2.PdfDocument(held.getvalue())[0].get_textpage()


@pytest.mark.parametrize("loose", [False, True])
def test_characters_and_their_boxes_are_the_same(monkeypatch, loose):
    page = _page("番号  氏名　住所", "1  𠮷田 花子　見附町2-3", "", "\U000e0100葛󠄀城", "x" * 90)
    codes, boxes = pdf_grid.letters(page, loose=loose)
    monkeypatch.setattr("dlp.native.library", None)
    asked, places = pdf_grid.letters(page, loose=loose)
    assert np.array_equal(codes, asked)
    assert np.array_equal(boxes, places)
    assert len(codes) > 100


class _Told:
    """A page of codes that no document has: halves of characters in any order."""

    def __init__(self, codes: list[int]) -> None:
        self._codes = codes
        number, place, made, box = ctypes.c_uint, ctypes.c_int, ctypes.CFUNCTYPE, ctypes.POINTER(ctypes.c_double)
        self.raw = self._as_parameter_ = ctypes.c_void_p(1)
        self.unicode = made(number, ctypes.c_void_p, place)(lambda _, i: codes[i])
        self.generated = made(place, ctypes.c_void_p, place)(lambda _, i: codes[i] == ord("~"))
        self.box = made(place, ctypes.c_void_p, place, box, box, box, box)(lambda *told: self._put(*told))

    @staticmethod
    def _put(_: object, i: int, *places: object) -> int:
        for k, place in enumerate(places):
            place[0] = i + k / 4  # type: ignore[index]
        return 1

    def count_chars(self) -> int:
        return len(self._codes)

    def get_charbox(self, i: int, *, loose: bool) -> tuple[float, ...]:
        left, right, bottom, top = (i + k / 4 for k in range(4))
        return left, bottom, right, top


def test_halves_that_stand_alone_and_what_was_made_up_are_the_same(monkeypatch):
    page = _Told(
        [0x41, 0xD842, 0xDFB7, 0xDFB7, 0xD842, 0x7E, 0xD842, 10, 0xDFB7, 0xD842, 0x42, 0, 0xFFFE, 0xDFB7, 0xD842]
    )
    for name, function in (("Unicode", page.unicode), ("CharBox", page.box)):
        monkeypatch.setattr(f"pypdfium2.raw.FPDFText_Get{name}", function)
    monkeypatch.setattr("pypdfium2.raw.FPDFText_IsGenerated", page.generated)
    codes, boxes = pdf_grid.letters(page)
    monkeypatch.setattr("dlp.native.library", None)
    asked, places = pdf_grid.letters(page)
    assert codes.tolist() == asked.tolist() == [0x41, 0x20BB7, 0xFFFD, 0x20BB7, 0x42, 0xFFFD]
    assert boxes.tolist() == places.tolist()
