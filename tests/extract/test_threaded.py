"""What is set about words, cells and letters for their looks, or to hide them, is taken off; what only looks so stays."""

from __future__ import annotations

import time
from collections.abc import Callable

import polars as pl
import pytest

from dlp.extract.plain import quoted_cells, threaded
from dlp.tuning.town import citizens
from tests.extract.people import count

_PEOPLE = 12
_HEAD = ("氏名", "住所", "電話番号", "生年月日")
_ROWS = [(one.name, one.address, one.phone, f"{one.birth:%Y/%m/%d}") for one in citizens(_PEOPLE, seed=6)]

ABOUT: dict[str, Callable[[str], str]] = {
    **{f"{a}{b}": lambda text, a=a, b=b: f"{a}{text}{b}" for a, b in ("（）", "【】", "《》", "［］", "``")},  # type: ignore[misc]
    "bold": lambda text: f"**{text}**",
    "tags": lambda text: f"<b>{text}</b>",
    "a comment within": lambda text: f"{text[0]}<!---->{text[1:]}",
    "colours": lambda text: f"\x1b[1m{text}\x1b[0m",
}
BETWEEN = "./_・\u0336\u0332\u20dd\u2800"


@pytest.mark.parametrize("way", ABOUT)
def test_cells(way: str) -> None:
    rows = "\n".join(",".join(map(ABOUT[way], row)) for row in (_HEAD, *_ROWS))
    assert count(rows.encode()) == (_PEOPLE, [])


@pytest.mark.parametrize("way", ABOUT)
def test_fields(way: str) -> None:
    form = "\n".join(
        "\n".join(f"{label}：{ABOUT[way](said)}" for label, said in zip(_HEAD, row, strict=True)) + "\n"
        for row in _ROWS
    )
    assert count(form.encode()) == (_PEOPLE, [])


@pytest.mark.parametrize("sign", BETWEEN)
def test_a_sign_between_all_letters(sign: str) -> None:
    rows = "\n".join(",".join(sign.join(cell) for cell in row) for row in (_HEAD, *_ROWS))
    assert count(rows.encode()) == (_PEOPLE, [])


def test_markdown() -> None:
    bold = "\n".join("| " + " | ".join(f"**{cell}**" for cell in row) + " |" for row in (_HEAD, *_ROWS))
    escaped = "\n".join("| " + " | ".join(cell.replace("-", "\\-") for cell in row) + " |" for row in (_HEAD, *_ROWS))
    for table in (bold, escaped):
        first, rest = table.split("\n", 1)
        assert count(f"{first}\n|---|---|---|---|\n{rest}\n".encode()) == (_PEOPLE, [])


@pytest.mark.parametrize(
    "text",
    ["1.2.3.4\n" * 40, "C:\\work\\data-1\n" * 20, "----------\n" * 30, "目次......1\n" * 30, "a/b/c/d/e/f\n" * 2, "x</b>" * 3, "1,2,3,4,5\n" * 40],
)  # fmt: skip
def test_what_only_looks_so_stays(text: str) -> None:
    kept = threaded.bare(text)
    assert kept == text or not any(c.isdigit() or c.isalpha() for c in set(text) - set(kept))
    assert text != "1,2,3,4,5\n" * 40 or kept == text


def test_brackets_about_some_cells_stay() -> None:
    frame = pl.DataFrame(
        {"c0": ["（株）霞見", "（有）碧野", "朧商店", "（株）楡"], "c1": ["(0463)1", "(0463)2", "3", "4"]}
    )
    assert quoted_cells.unmarked(frame, "").equals(frame)


@pytest.mark.parametrize("signs", ["<b", "</b><", "\x1b[0", "a\\-", "<!--", ".a"])
def test_what_it_costs_grows_with_the_text(signs: str) -> None:
    long = signs * (100_000 // len(signs))
    begun = time.process_time()
    threaded.bare(long)
    assert time.process_time() - begun < 1
