"""Columns at fixed places, and what only looks like them."""

from __future__ import annotations

from dlp.extract import aligned
from dlp.extract.blocks import Table, Text
from dlp.extract.text import of_text

NAMES = ("霞見 壮太", "碧江 楓", "蒼沢 紬香子", "榧里 栞", "鏡浜 澪之介", "朧坂 岳")


def test_fields_at_fixed_places_are_cut_there_even_where_empty() -> None:
    rows = [f"{n:<6}{'1980-01-0' + str(n) if n % 2 else '':<12}{'090-1111-000' + str(n):<15}X" for n in range(1, 8)]
    cells = aligned.cells_of("\n".join(rows))
    assert cells is not None
    assert cells[1] == ["2", "", "090-1111-0002", "X"]
    assert cells[2] == ["3", "1980-01-03", "090-1111-0003", "X"]


def test_fields_parted_by_wide_blanks_are_not_cut_at_places() -> None:
    rows = [f"{n:>4} {NAMES[n % 6]}  S{30 + n}.{n % 12 + 1}.2  霧ヶ森{n}-{n % 7}" for n in range(1, 60)]
    assert aligned.cells_of("\n".join(rows)) is None
    (block,) = of_text("\n".join(rows)).blocks
    assert isinstance(block, Text)
    assert not isinstance(block, Table)


def test_a_list_parted_by_wide_blanks_is_counted() -> None:
    from dlp import bundle
    from dlp.detect.loader import load
    from dlp.inspection import inspect
    from dlp.transfer import Channel, Transfer

    rows = [
        f"{n:>4} {NAMES[n % 6]}{n // 6 * '太'}  S{30 + n % 30}.{n % 12 + 1}.2  霧ヶ森{n}-{n % 7}" for n in range(1, 25)
    ]
    transfer = Transfer(
        channel=Channel.MEDIA, sender="x", destination=("x",), name="a.txt", data="\n".join(rows).encode("cp932")
    )
    assert inspect(transfer, load(bundle.read().files), token_key=b"k" * 32).subjects == 24
