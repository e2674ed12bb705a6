"""Pieces laid together against a plain array of bytes, and what is left of them on disk."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from dlp.channels.web.piece_store import Kept, PieceStore, contradicts, joined, reach

KEY = bytes(range(32))


@pytest.mark.parametrize("seed", range(200))
def test_pieces_in_any_order_and_overlap_make_the_whole(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    data = draw.randbytes(draw.randint(1, 400))
    store = PieceStore(tmp_path / "pieces", 10_000, KEY)
    store.begin()
    covered = [False] * len(data)
    for _ in range(draw.randint(1, 12)):
        start = draw.randrange(len(data))
        end = draw.randint(start + 1, len(data))
        piece = Kept(start, end - start, data[start:end])
        assert not contradicts(piece, store.pieces("a"))
        store.keep("a", piece)
        covered[start:end] = [True] * (end - start)
    kept = store.pieces("a")
    assert reach(kept) == (covered.index(False) if False in covered else len(data))
    assert b"".join(joined(kept)) == bytes(byte for byte, there in zip(data, covered, strict=True) if there)
    gaps = sum(not there and (i + 1 < len(data) and covered[i + 1]) for i, there in enumerate(covered))
    assert len(b"".join(joined(kept, b"\n"))) == sum(covered) + gaps
    place = draw.choice([i for i, there in enumerate(covered) if there])
    assert contradicts(Kept(place, 1, bytes([data[place] ^ 1])), kept)


def test_parts_go_by_number(tmp_path: Path) -> None:
    store = PieceStore(tmp_path / "pieces", 10_000, KEY)
    store.begin()
    for number in (10, 2, 1):
        store.keep("a", Kept(number, 2, b"%02d" % number, numbered=True))
    kept = store.pieces("a")
    assert b"".join(joined(kept, b"|")) == b"0102|10"
    assert not contradicts(Kept(2, 2, b"02", numbered=True), kept)
    assert contradicts(Kept(2, 3, b"02x", numbered=True), kept)
    assert contradicts(Kept(2, 1, b"0", numbered=True), kept)


def test_a_piece_cut_short_on_disk_is_no_piece(tmp_path: Path) -> None:
    store = PieceStore(tmp_path / "pieces", 10_000, KEY)
    store.begin()
    store.keep("a", Kept(0, 5, b"abcde"))
    (path,) = (tmp_path / "pieces" / "a").iterdir()
    path.write_bytes(b"abc")
    with pytest.raises(OSError, match="shorter"):
        b"".join(joined(store.pieces("a")))


def test_what_is_a_day_old_is_forgotten_and_no_more_than_so_many_are_open(tmp_path: Path) -> None:
    store = PieceStore(tmp_path / "pieces", 10_000, KEY, most=2)
    store.begin()
    store.keep("old", Kept(0, 1, b"x"))
    store.keep("new", Kept(0, 1, b"x"))
    assert (store.has_room("new"), store.has_room("third")) == (True, False)
    past = time.time() - 25 * 3600
    os.utime(tmp_path / "pieces" / "old", (past, past))
    store.begin()
    assert [place.name for place in (tmp_path / "pieces").iterdir()] == ["new"]
    assert store.has_room("third")


def test_an_upload_gets_its_name(tmp_path: Path) -> None:
    store = PieceStore(tmp_path / "pieces", 10_000, KEY)
    store.begin()
    store.declare("begun", 7)
    store.keep("begun", Kept(0, 1, b"x"))
    store.rename("begun", "named")
    assert (store.total("begun"), store.total("named"), len(store.pieces("named"))) == (None, 7, 1)
    assert PieceStore.key("a", "bc") != PieceStore.key("ab", "c")


def test_no_byte_of_a_piece_lies_in_clear_and_any_stretch_is_read_back(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40
    store = PieceStore(tmp_path / "pieces", 100_000, KEY)
    store.begin()
    (tmp_path / "body").write_bytes(data)
    store.keep("a", Kept(0, len(data), tmp_path / "body"))
    store.keep("a", Kept(len(data), 5, b"abcde"))
    for path in (tmp_path / "pieces").rglob("*"):
        assert path.is_dir() or not any(data[i : i + 8] in path.read_bytes() for i in range(0, 256, 8))
    again = PieceStore(tmp_path / "pieces", 100_000, KEY)
    first, second = again.pieces("a")
    for start, size in ((0, len(data)), (1, 100), (15, 17), (4097, 1000), (len(data) - 1, 1)):
        assert b"".join(first.read(start, size)) == data[start : start + size]
    assert b"".join(second.read()) == b"abcde"
    assert b"".join(PieceStore(tmp_path / "pieces", 100_000, bytes(32)).pieces("a")[1].read()) != b"abcde"
