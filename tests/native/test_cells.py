"""A delimited text read by native code has the cells polars gives it, or is left to polars."""

from __future__ import annotations

import io
import random

import polars as pl
import pytest

from dlp import native
from dlp.extract.plain import delimited
from dlp.native import cells

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")
_PIECES = (
    "",
    "",
    "a",
    "佐藤",
    "x" * 11,
    "y" * 12,
    "z" * 13,
    "é" * 20,
    " ",
    "0",
    "-",
    "\t",
    "𠮷",
    "\0",
    "ｱ" * 5,
    "#",
    "'",
)


def _polars(raw: bytes, delimiter: str, width: int) -> pl.DataFrame | None:
    schema = {f"c{i}": pl.String() for i in range(width)}
    try:
        return pl.read_csv(
            io.BytesIO(raw), separator=delimiter, has_header=False, infer_schema=False, new_columns=list(schema),
            schema=schema, truncate_ragged_lines=False, quote_char=None,
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        return None


def _texts(delimiter: str):
    rng = random.Random(ord(delimiter))
    for _ in range(3000):
        width = rng.randrange(2, 6)
        ragged = rng.random() < 0.2
        rows = [
            delimiter.join(rng.choices(_PIECES, k=rng.randrange(1, width + 1) if ragged else width))
            for _ in range(rng.randrange(1, 9))
        ]
        if rng.random() < 0.9:
            rows[0] = delimiter.join(rng.choices(_PIECES, k=width))
        if delimiter == "\t":
            rows = [row.replace("\t", delimiter) for row in rows]
        end = rng.choice(("\n", "\r\n"))
        yield (end.join(rows) + rng.choice(("", end, end + end))).encode(), width


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_cells_are_those_of_polars(delimiter):
    read = 0
    for raw, width in _texts(delimiter):
        if delimited._bare_returns(raw):
            continue
        found = cells.frame(raw, delimiter, width)
        if found is not None:
            read += 1
            expected = _polars(raw, delimiter, width)
            assert expected is not None, raw
            assert found.rows() == expected.rows(), raw
    assert read > 900


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"a,b\n\nc,d", b"a,b\nc,d,e\n", b'a,"b"\n', b"\r\na,b", b"a,b\n\r\n", b"a\nb,c\n"]
)
def test_what_polars_might_read_otherwise_is_left(raw):
    assert cells.frame(raw, ",", 2) is None


def test_lines_with_hardly_any_cell_of_many_columns_are_left():
    wide = b"," * 999 + b"\n"
    assert cells.frame(wide * 9, ",", 1000) is not None
    assert cells.frame(wide + b"a\n" * 5_000, ",", 1000) is None


@pytest.mark.parametrize("width", [0, 1])
def test_odd_widths_are_left(width):
    assert cells.frame(b"a,b\n", ",", width) is None


def test_a_delimiter_that_is_no_byte_is_left():
    for delimiter in ("，", "\n", '"', ",,"):
        assert cells.frame("a，b\n".encode(), delimiter, 2) is None


@pytest.mark.parametrize("size", range(30))
def test_cells_of_all_sizes_wherever_the_text_ends(size):
    row = ",".join("abcdefghijklmnopqrstuvwxyz0123"[:n] or "-" for n in (size, 1, size, 29 - size))
    for rows in (1, 3, 20):
        for end in ("", "\n", "\r\n"):
            raw = ("\n".join([row] * rows) + end).encode()
            found = cells.frame(raw, ",", 4)
            assert found is not None
            assert found.rows() == [tuple(row.split(","))] * rows


def test_columns_live_on_when_the_others_are_gone():
    raw = "".join(f"{i},{'名' * 9}{i},b{i}\n" for i in range(500)).encode()
    found = cells.frame(raw, ",", 3)
    assert found is not None
    column = found["c1"].slice(100, 300)
    del found, raw
    assert column.to_list() == [f"{'名' * 9}{i}" for i in range(100, 400)]
    assert pl.concat([column, column]).rechunk().len() == 600
