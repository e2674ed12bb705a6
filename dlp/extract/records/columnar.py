"""Parquet, by polars: some rows at a time, so that a column of one repeated value is no bomb."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import polars as pl

from dlp.extract.blocks import Block, Extracted, Table
from dlp.extract.budget import Budget
from dlp.transfer import Part

KIND = "application/vnd.apache.parquet"
_ROWS = 100_000


def extract(part: Part, budget: Budget) -> Extracted:
    """The table, its column names as the first row."""
    return Extracted(KIND, _blocks(part.data, budget))


def _blocks(data: bytes, budget: Budget) -> Iterator[Block]:
    scan = pl.scan_parquet(BytesIO(data))
    names = scan.collect_schema().names()
    rows = int(scan.select(pl.len()).collect().item())
    for start in range(0, rows, _ROWS):
        budget.check_time()
        frame = scan.slice(start, _ROWS).collect()
        budget.take_bytes(int(frame.estimated_size()))
        cells = pl.DataFrame({f"c{i}": _cells(frame[name]) for i, name in enumerate(names)})
        header = pl.DataFrame({f"c{i}": [name] for i, name in enumerate(names)}, schema=cells.schema)
        yield Table(pl.concat([header, cells]), "records")


def _cells(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind == pl.String:
        return column
    if kind == pl.Binary:
        return column.map_elements(lambda raw: raw.decode("utf-8", "replace"), return_dtype=pl.String)
    if kind.is_nested():
        return column.map_elements(str, return_dtype=pl.String)
    return column.cast(pl.String, strict=False)
