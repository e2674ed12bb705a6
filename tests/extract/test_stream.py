"""A text read chunk by chunk says what it says when it is read at once."""

from __future__ import annotations

import pytest

from dlp.errors import Incomplete
from dlp.extract import stream
from dlp.extract.blocks import Text
from dlp.extract.budget import Budget

LINE = "第二公園の工事の図面を水曜日に配布します。\n"


def read(data: bytes) -> str:
    return "".join(block.text for block in stream.blocks(data, Budget()) if isinstance(block, Text))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16"])
@pytest.mark.parametrize("torn", [0, 1, 2])
def test_an_end_within_a_character_is_no_fault(monkeypatch: pytest.MonkeyPatch, encoding: str, torn: int) -> None:
    monkeypatch.setattr(stream, "CHUNK", 3001)
    monkeypatch.setattr(stream, "_HEAD", 3000)
    data = (LINE * 300 + "道").encode(encoding)
    found = read(data[: len(data) - torn])
    assert found.count(LINE) == 300
    assert found[300 * len(LINE) :] in ("", "道")


def test_bytes_that_are_no_text_within_it_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 3001)
    monkeypatch.setattr(stream, "_HEAD", 3000)
    data = (LINE * 200).encode()
    with pytest.raises(Incomplete):
        read(data[:9000] + b"\xff\xfe\xfd" + data[9000:])
