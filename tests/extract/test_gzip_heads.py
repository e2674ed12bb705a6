"""What gzip's heads carry is read like what they pack."""

from __future__ import annotations

import gzip
import os
import subprocess
import zlib
from pathlib import Path

import pytest

from dlp.extract.blocks import Why
from dlp.extract.containers.gzip_heads import Head, head_at
from tests.extract import makers
from tests.extract.test_registry import missing, read

LIST = makers.CSV.encode()


def member(data: bytes = b"memo\n", *, extra: bytes = b"", name: bytes = b"", comment: bytes = b"") -> bytes:
    """One member with the optional fields that are not empty."""
    plain = gzip.compress(data, mtime=0)
    flags = 4 * bool(extra) | 8 * bool(name) | 16 * bool(comment)
    fields = len(extra).to_bytes(2, "little") + extra if extra else b""
    fields += b"".join(text + b"\0" for text in (name, comment) if text)
    made = plain[:3] + bytes([flags]) + plain[4:10] + fields + plain[10:]
    assert zlib.decompress(made, 31) == data
    return made


def test_the_fields_of_a_head() -> None:
    assert head_at(member(extra=b"xy", name=b"n", comment=b"c")) == Head(b"xy", b"n", b"c")
    assert head_at(b"..." + member(comment=b"c"), 3) == Head(comment=b"c")
    assert head_at(member()).said == head_at(member(extra=b"BC\x02\x00\x10\x00")).said == b""
    assert head_at(member(extra=b"BC\x02\x00\x10\x00more")).said != b""
    whole = member(extra=b"xy", name=b"name", comment=b"comment")
    for size in range(len(whole)):
        head_at(whole[:size])


@pytest.mark.parametrize("field", ["extra", "name", "comment"])
@pytest.mark.parametrize("place", ["first", "later"])
def test_a_list_in_a_head_is_read(field: str, place: str) -> None:
    hiding = member(**{field: LIST})
    text, unread = read(hiding if place == "first" else member() + hiding)
    assert (missing(text), unread) == ([], [])


def test_a_list_in_the_heads_of_many_members_is_read() -> None:
    rows = LIST.splitlines()
    assert missing(read(b"".join(member(comment=row) for row in rows))[0]) == []


def test_what_nobody_can_read_in_a_head_is_unread() -> None:
    assert read(member(extra=os.urandom(5000)))[1] == [Why.UNKNOWN]


def test_gzip_s_own_name_of_the_file_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "memo.txt").write_text("memo\n")
    subprocess.run(["gzip", "-N", str(tmp_path / "memo.txt")], check=True)
    data = (tmp_path / "memo.txt.gz").read_bytes()
    assert head_at(data).name == b"memo.txt"
    text, unread = read(data, name="memo.txt.gz")
    assert (text.split(), unread) == (["memo"], [])
    text, unread = read(data, name="other.gz")
    assert (sorted(text.split()), unread) == (["memo", "memo.txt"], [])
