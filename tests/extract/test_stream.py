"""A text read chunk by chunk says what it says when it is read at once."""

from __future__ import annotations

import pytest

from dlp.errors import Incomplete
from dlp.extract import stream
from dlp.extract.blocks import Table, Text
from dlp.extract.budget import Budget
from dlp.extract.plain import delimited, text
from dlp.inspection import Inspection, inspect
from dlp.transfer import Channel, Transfer
from dlp.tuning.town import citizens
from tests.extract.people import ruleset

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


ROWS = [f"{i},佐藤{'花' * (i % 5)},,{'本町' * (i % 9)}{i}" for i in range(400)]


def _rows(data: bytes) -> list[tuple[str | None, ...]]:
    return [row for block in stream.blocks(data, Budget()) if isinstance(block, Table) for row in block.frame.rows()]


@pytest.mark.parametrize("near", [64, 1 << 16])
def test_the_last_whole_line_is_found_however_long_it_is(monkeypatch: pytest.MonkeyPatch, near: int) -> None:
    monkeypatch.setattr(stream, "_OVERLAP", near)
    monkeypatch.setattr(stream, "CHUNK", 500)
    rows = [f"{i},佐藤花子,{'本町' * (i % 400)}" for i in range(420)]
    pieces = [block.frame for block in stream.blocks("\n".join(rows).encode(), Budget()) if isinstance(block, Table)]
    assert len(pieces) > 100
    assert [row[0] for frame in pieces for row in frame.rows()] == [str(i) for i in range(420)]
    with pytest.raises(Incomplete):  # a line of more than four pieces
        list(stream.blocks(f"1,2\n3,4\n5,{'6' * 12_000}\n7,8\n".encode(), Budget()))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("odd", ["", "&amp;", "x,y,z,zz,zzz", '="007"', "a\rb,c"])
def test_a_table_read_in_pieces_has_its_rows(
    monkeypatch: pytest.MonkeyPatch, encoding: str, end: str, odd: str
) -> None:
    monkeypatch.setattr(stream, "_HEAD", 3000)
    rows = ROWS[:300] + ([odd] if odd else []) + ROWS[300:]
    data = (end.join(rows) + end).encode(encoding)
    monkeypatch.setattr(stream, "CHUNK", len(data))
    whole = _rows(data)
    monkeypatch.setattr(stream, "CHUNK", 1501)
    monkeypatch.setattr(delimited, "LONG", 100)
    found = _rows(data)
    plain = [tuple(cell or None for cell in row.split(",")) for row in ROWS]
    assert [row[:4] for row in found if (row[0] or "").isdigit() and row[1]] == plain
    assert [cell for row in found for cell in row if cell] == [cell for row in whole for cell in row if cell]


def test_a_table_that_ends_within_a_character_is_read_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 1501)
    monkeypatch.setattr(stream, "_HEAD", 3000)
    data = ("\n".join(ROWS) + "\n1,2,3,道").encode()
    assert _rows(data[:-1])[-1] == ("1", "2", "3", None)
    with pytest.raises(Incomplete):
        _rows(data[:9000] + b"\xff" + data[9000:])


def test_a_record_of_several_lines_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 3001)
    monkeypatch.setattr(stream, "_HEAD", 3000)
    record = "氏名: 道路花子\n住所: 本町一丁目\n備考: 窓口\n"
    for gap in ("\n", "\r\n"):
        data = ((record.replace("\n", gap) + gap) * 400).encode()
        pieces = [block.text for block in stream.blocks(data, Budget()) if isinstance(block, Text)]
        assert len(pieces) > 5
        assert all(piece.startswith("氏名") and piece.endswith("\n\n") for piece in pieces)
        assert "".join(pieces) == (record + "\n") * 400


_RECORDS = {
    "labels": "氏名: {name}\n住所: 霧ヶ森{i}-2-3\n電話: {phone}\n",
    "labels, one of them blank": "番号: {i}\n氏名: {name}\n年齢:\n電話: {phone}\n",
    "a name without a label": "{name}\n住所: 霧ヶ森{i}-2-3\n電話: {phone}\n",
    "a value of two lines": "氏名: {name}\n電話: {phone}\n備考: 窓口で\n　案内した\n",
    "marks": "■ {name}\n  ・霧ヶ森{i}-2-3\n  ・{phone}\n",
    "numbers": "{i}. {name}\n   {phone}\n   霧ヶ森{i}-2-3\n",
    "nothing but lines": "{name}\n霧ヶ森{i}-2-3\n{phone}\n",
    "empty lines": "氏名: {name}\n電話: {phone}\n\n",
}


@pytest.mark.parametrize("record", _RECORDS.values(), ids=_RECORDS)
@pytest.mark.parametrize("torn", range(0, 40, 13))
def test_no_record_is_torn_and_none_counted_twice(monkeypatch: pytest.MonkeyPatch, record: str, torn: int) -> None:
    """Wherever a piece ends, each person is found, once, and with what is said of him."""
    people = [one for one in citizens(90, seed=11) if one.phone]
    data = "".join(record.format(i=i + 10, name=one.name, phone=one.phone) for i, one in enumerate(people)).encode()
    monkeypatch.setattr(stream, "_HEAD", 1200)
    whole = _counted(data)
    assert whole.subjects >= len(people) - 2
    monkeypatch.setattr(stream, "CHUNK", 1500 + torn)
    assert len(list(stream.blocks(data, Budget()))) > 3
    found = _counted(data)
    assert (found.subjects, found.counts) == (whole.subjects, whole.counts)


def _counted(data: bytes) -> Inspection:
    transfer = Transfer(channel=Channel.MEDIA, sender="a", destination=("b",), name="x.txt", data=b"")
    return inspect(transfer, ruleset(), token_key=b"k" * 32, large=data)


@pytest.mark.parametrize("odd", ["", "\r", "&#23665;", "\ufeff"])
def test_what_is_said_of_a_text_in_bytes_is_the_text(monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    monkeypatch.setattr(stream, "CHUNK", 3001)
    data = (odd + (LINE * 300)[: -1 if odd else None] + odd + "道").encode()
    for torn in range(3):
        found = [block for block in stream.blocks(data[: len(data) - torn], Budget()) if isinstance(block, Text)]
        assert all(block.raw in (None, block.text.encode()) for block in found)
        assert sum(block.raw is not None for block in found) > 3
    (small,) = text.blocks_of(LINE * 40, (LINE * 40).encode())
    assert isinstance(small, Text)
    assert small.raw == small.text.encode()
    (undone,) = text.blocks_of(LINE * 40 + "\r&#23665;", b"x")
    assert isinstance(undone, Text)
    assert undone.text.endswith("山")
    assert undone.raw == undone.text.encode()
