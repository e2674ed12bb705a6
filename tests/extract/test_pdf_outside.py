"""What stands about a ruled table on a page keeps its lines."""

from __future__ import annotations

from dlp.extract.pdf import grid as pdf_grid

type Letters = list[tuple[str, float, float, float, float]]


def _line(text: str, left: float, middle: float, size: float = 10.0) -> Letters:
    """Characters of one height, one beside the other; a hyphen is lower."""
    return [(c, left + i * size, left + (i + 1) * size, middle, 1.0 if c == "-" else size) for i, c in enumerate(text)]


def test_lines_outside_a_table_stay_apart() -> None:
    letters = [*_line("履歴書", 0, 100), *_line("氏名:佐藤花子", 0, 80), *_line("電話:090-1234", 0, 60)]
    assert pdf_grid._lines(letters) == "履歴書\n氏名:佐藤花子\n電話:090-1234"


def test_what_stands_apart_in_a_line_is_apart_by_a_blank() -> None:
    assert pdf_grid._lines([*_line("氏名", 0, 100), *_line("佐藤花子", 60, 100)]) == "氏名 佐藤花子"
