"""Words that stand in rows and columns though nothing says that they do: drawings in SVG, boxes on slides."""

from __future__ import annotations

import base64
import io
import time

import pytest
from pptx import Presentation
from pptx.util import Inches

from dlp.extract.plain.scattered import Word, table
from dlp.tuning.town import citizens
from tests.extract.people import count, inspected

_PEOPLE = 12
_HEAD = ("氏名", "住所", "電話番号", "生年月日")
_ROWS = [(one.name, one.address, one.phone, f"{one.birth:%Y/%m/%d}") for one in citizens(_PEOPLE, seed=6)]
_ALL = [_HEAD, *_ROWS]
_CSV = "".join(",".join(row) + "\n" for row in _ALL)


def _svg(body: str) -> bytes:
    return f"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'>{body}</svg>".encode()


def _texts(form: str) -> str:
    return "".join(
        form.format(x=100 + 200 * j, y=20 * i, text=cell) for i, row in enumerate(_ALL) for j, cell in enumerate(row)
    )


DRAWINGS = {
    "texts": _texts("<text x='{x}' y='{y}'>{text}</text>"),
    "stretches of one text": f"<text>{_texts("<tspan x='{x}' y='{y}'>{text}</tspan>")}</text>",
    "moved": _texts("<g transform='translate({x},{y})'><text>{text}</text></g>"),
    "by a matrix": _texts("<text transform='matrix(1 0 0 1 {x} {y})'>{text}</text>"),
    "as an office program": _texts(
        "<text><tspan class='TextParagraph'><tspan class='TextPosition' x='{x}' y='{y}'><tspan>{text}</tspan></tspan></tspan></text>"
    )
    + f"<defs><font>{"<glyph unicode='麻' d='M 1,2 L 3,4'/>" * 500}</font></defs><script>{'var a = [1,2,3];' * 9000}</script>",
    "a link": f"<a href='data:text/csv;base64,{base64.b64encode(_CSV.encode()).decode()}'><text>x</text></a>",
}  # fmt: skip


@pytest.mark.parametrize("way", DRAWINGS)
def test_drawings(way: str) -> None:
    assert count(_svg(DRAWINGS[way])) == (_PEOPLE, [])


def test_slides_above_each_other() -> None:
    half = len(DRAWINGS["texts"]) // 2
    cut = DRAWINGS["texts"].index("<text", half)
    first, second = DRAWINGS["texts"][:cut], DRAWINGS["texts"][cut:]
    assert count(_svg(f"<g class='Slide'>{first}</g><g class='Slide'>{second}</g>")) == (_PEOPLE, [])


def test_letters_that_are_drawn_are_held() -> None:
    letters = "<symbol id='g'><path d='M1 2'/></symbol>" + "<use href='#g' x='1' y='2'/>" * 400
    assert count(_svg(letters)) == (0, ["image_only"])
    assert count(_svg("<path d='M 1 2 L 3 4'/>" * 60)) == (0, [])


def test_a_programs_drawing_is_read_at_once() -> None:
    begun = time.process_time()
    inspected(_svg(DRAWINGS["as an office program"]))
    assert time.process_time() - begun < 4


def test_boxes_of_a_slide() -> None:
    deck = Presentation()
    for rows in (_ALL[:7], _ALL[7:]):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                box = slide.shapes.add_textbox(Inches(2 * j), Inches(0.6 * i), Inches(2), Inches(0.5))
                box.text_frame.text = cell
    out = io.BytesIO()
    deck.save(out)
    assert count(out.getvalue()) == (_PEOPLE, [])


def test_what_stands_in_no_rows_is_no_table() -> None:
    assert table([Word(0, i, "a") for i in range(20)]) is None
    assert table([Word(i * 7 % 90, i, "a") for i in range(20)]) is None
    assert table([Word(j * 100, i * 10, f"{i}{j}") for i in range(4) for j in range(3)]) == [
        [f"{i}{j}" for j in range(3)] for i in range(4)
    ]


def test_what_it_costs_grows_with_the_words() -> None:
    begun = time.process_time()
    table([Word(i % 90, i // 90, "a") for i in range(20_000)])
    table([Word(i, 0, "a") for i in range(20_000)])
    assert time.process_time() - begun < 4


@pytest.mark.parametrize("form", ["{}", "<note>{}</note>", "<g/>{}<g/>"])
def test_words_where_no_drawing_has_any(form: str) -> None:
    assert count(_svg(form.format(_CSV))) == (_PEOPLE, [])


def test_a_list_that_only_begins_as_a_drawing() -> None:
    assert count(f"<svg>\n{_CSV}".encode()) == (_PEOPLE, [])


def test_records_of_xml_with_instructions_and_halves_of_characters() -> None:
    rows = "".join(f"<row><name>{row[0]}</name><?p x?><tel>{row[2]}</tel></row>" for row in _ROWS)
    assert count(f"<?xml version='1.0'?><rows>{rows}</rows>".encode()) == (_PEOPLE, [])
    assert count(f"<?xml version='1.0'?><rows>\ud800{rows}</rows>".encode("utf-8", "surrogatepass")) == (_PEOPLE, [])
    assert count(f"<?xml version='1.0'?><rows>&#xD83d;&#55357;{rows}</rows>".encode()) == (_PEOPLE, [])
    assert count(_svg(f"<title>&#xd800;</title>{DRAWINGS['texts']}")) == (_PEOPLE, [])
