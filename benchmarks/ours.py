"""Our side of the comparisons that run in one process on one core."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlp.detect.ruleset import Ruleset
    from dlp.inspection import Inspection


def one_core() -> None:
    """Pin this process to one core, polars with it. Before polars is imported anywhere."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    import polars as pl

    if pl.thread_pool_size() != 1:
        raise SystemExit("polars has more than one thread; set POLARS_MAX_THREADS=1")


@cache
def rules() -> Ruleset:
    """The shipped rules, loaded once, and left alone by the collector of garbage, as a worker's are (dlp.prepared)."""
    from dlp import bundle
    from dlp.detect.loader import load

    loaded = load(bundle.read(None).files)
    gc.collect()
    gc.freeze()
    return loaded


def inspector() -> Callable[[bytes, str], Inspection]:
    """inspect() as a worker calls it: bytes and a file's name in. The digest of the content is told with them: whoever
    took the bytes in made it, for permits and the record."""
    from dlp.inspection import inspect
    from dlp.transfer import Channel, Transfer

    def act(data: bytes, name: str) -> Inspection:
        known = {"digest": "0" * 64, "sender": "x", "destination": ("x",)}
        transfer = Transfer(channel=Channel.MEDIA, name=name, data=data, **known)  # type: ignore[arg-type]
        return inspect(transfer, rules(), token_key=b"k" * 32)

    return act


def table_pass() -> Callable[[bytes], int]:
    """The people in a table's rows, without asking who is who: decode, header, columns, validation."""
    from dlp.extract.blocks import Table
    from dlp.extract.budget import Budget
    from dlp.extract.plain import text
    from dlp.subjects.cells.values import Names
    from dlp.subjects.plan.header import Reader
    from dlp.subjects.tables.tables import Tables
    from dlp.transfer import Part

    names = Names(rules())
    tables = Tables(names, Reader(rules().headers, names.books))

    def act(data: bytes) -> int:
        (block,) = text.extract(Part(path=("list.csv",), data=data), Budget()).blocks
        assert isinstance(block, Table)
        return sum(len(reading.mentions) for reading in tables.read(block.frame, 0))

    return act
