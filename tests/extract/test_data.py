"""Text and data: databases, cards and records written by other programs or by hand; the right number of people."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dlp.tuning.town import COLUMNS
from tests.extract import makers
from tests.extract.test_registry import missing, read
from tests.test_inspection_budget import inspect_bytes

ROWS = makers.ROWS[1:]
COLUMN = {name: i for i, name in enumerate(COLUMNS)}


def value(row: tuple[str, ...], name: str) -> str:
    return row[COLUMN[name]]


def made_by_sqlite(tmp_path: Path, *more: str, wal: bool = False) -> bytes:
    (tmp_path / "list.csv").write_text(makers.CSV.replace("\r\n", "\n"), "utf-8")
    path = tmp_path / "town.db"
    script = [*(["PRAGMA journal_mode=WAL;"] if wal else []), ".mode csv", ".import list.csv 住民", *more]
    subprocess.run(["sqlite3", path], input="\n".join(script).encode(), cwd=tmp_path, check=True, timeout=60,
                   capture_output=True)  # fmt: skip
    return path.read_bytes()


@pytest.mark.parametrize("wal", [False, True], ids=["plain", "wal"])
def test_sqlite(tmp_path: Path, wal: bool, need: Callable[..., None]) -> None:
    need("sqlite3")
    data = made_by_sqlite(tmp_path, "CREATE VIEW v AS SELECT * FROM 住民;", wal=wal)
    found = inspect_bytes(data, name="notes.bin")
    assert (found.subjects, found.inspected) == (150, True)


def test_sqlite_deleted_rows_are_still_searched(tmp_path: Path, need: Callable[..., None]) -> None:
    need("sqlite3")
    data = made_by_sqlite(tmp_path, "PRAGMA secure_delete=OFF;", "DELETE FROM 住民;")
    text, unread = read(data)
    assert unread == []
    assert value(ROWS[3], "電話番号") in text
    assert len(missing(text)) < 100


def test_sqlite_files_in_cells_are_parts(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "b.db")
    base.execute("CREATE TABLE files (name TEXT, body BLOB)")
    base.execute("INSERT INTO files VALUES ('a.xlsx', ?)", (makers.xlsx(),))
    base.commit()
    base.close()
    text, unread = read((tmp_path / "b.db").read_bytes())
    assert (missing(text), unread) == ([], [])


def test_a_torn_database_is_unread(tmp_path: Path, need: Callable[..., None]) -> None:
    need("sqlite3")
    data = made_by_sqlite(tmp_path)
    assert read(data[: len(data) // 2])[1] != []
    assert read(data[:16] + b"\xff" * 200 + data[216:])[1] != []


def dbf(encoding: str = "cp932", driver: int = 0x7B, deleted: bool = False) -> bytes:
    """By the format's description: a table without memo fields."""
    cells = [[cell.encode(encoding) for cell in row] for row in ROWS]
    widths = [max(len(row[i]) for row in cells) for i in range(len(COLUMNS))]
    names = [f"F{i}".encode() if len(c.encode(encoding)) > 10 else c.encode(encoding) for i, c in enumerate(COLUMNS)]
    fields = b"".join(
        name.ljust(11, b"\0") + b"C" + bytes(4) + bytes((width,)) + bytes(15)
        for name, width in zip(names, widths, strict=True)
    )
    head = struct.pack("<4BIHH16xBBxx", 3, 126, 11, 25, len(cells), 32 + len(fields) + 1, sum(widths) + 1, 0, driver)
    mark = b"*" if deleted else b" "
    body = b"".join(
        mark + b"".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells
    )
    return head + fields + b"\r" + body + b"\x1a"


@pytest.mark.parametrize("deleted", [False, True], ids=["kept", "deleted"])
@pytest.mark.parametrize(("encoding", "driver"), [("cp932", 0x7B), ("cp932", 0), ("utf-8", 0)])
def test_dbase(encoding: str, driver: int, deleted: bool) -> None:
    found = inspect_bytes(dbf(encoding, driver, deleted))
    assert (found.media_type, found.subjects, found.inspected) == ("application/x-dbf", 150, True)


def test_a_torn_dbase_table_is_unread() -> None:
    assert read(dbf()[:-5000])[1] != []


def test_parquet() -> None:
    frame = pl.DataFrame({name: [value(row, name) for row in ROWS] for name in COLUMNS})
    out = io.BytesIO()
    frame.write_parquet(out)
    found = inspect_bytes(out.getvalue())
    assert (found.subjects, found.inspected) == (150, True)
    assert read(out.getvalue()[: len(out.getvalue()) // 2])[1] != []


def vcards(version: str) -> str:
    cards = []
    for row in ROWS:
        name = value(row, "氏名")
        family, _, given = name.partition("\u3000")
        old = ";CHARSET=UTF-8" if version == "2.1" else ""
        cards.append(
            f"BEGIN:VCARD\r\nVERSION:{version}\r\nN{old}:{family};{given};;;\r\nFN{old}:{name}\r\n"
            f"TEL;TYPE=cell:{value(row, '電話番号')}\r\nADR;TYPE=home{old}:;;;;{value(row, '住所')};;\r\n"
            f"EMAIL:{value(row, 'メールアドレス')}\r\nEND:VCARD\r\n"
        )
    return "".join(cards)


@pytest.mark.parametrize("version", ["2.1", "3.0", "4.0"])
def test_vcards(version: str) -> None:
    found = inspect_bytes(vcards(version).encode())
    assert (found.media_type, found.subjects, found.inspected) == ("text/vcard", 150, True)


def test_vcards_folded_and_quoted() -> None:
    import quopri

    lines = []
    for row in ROWS[:20]:
        packed = quopri.encodestring(value(row, "氏名").encode("cp932")).decode().replace("\n", "\r\n")
        lines.append(
            f"BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:{packed}\r\n"
            f"TEL;CELL:{value(row, '電話番号')[:6]}\r\n {value(row, '電話番号')[6:]}\r\nEND:VCARD\r\n"
        )
    assert inspect_bytes("".join(lines).encode()).subjects == 20


def test_calendar() -> None:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{i}@x\r\nSUMMARY:訪問\r\nDESCRIPTION:氏名：{value(row, '氏名')}\\n住所：{value(row, '住所')}\\n"
        f"電話番号：{value(row, '電話番号')}\r\nEND:VEVENT\r\n"
        for i, row in enumerate(ROWS)
    )
    found = inspect_bytes(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode())
    assert (found.media_type, found.inspected) == ("text/calendar", True)
    assert 148 <= found.subjects <= 150


RECORDS = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]


def yaml() -> str:
    return "".join(
        "".join(f"{'- ' if i == 0 else '  '}{k}: {v}\n" for i, (k, v) in enumerate(record.items()))
        for record in RECORDS
    )


def markdown() -> str:
    lines = ["# 名簿", "", "下記のとおり。", "", "| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in ROWS), ""])


def fixed_width() -> str:
    def size(text: str) -> int:
        return len(text.encode("cp932"))

    widths = [max(size(row[i]) for row in makers.ROWS) + 2 for i in range(len(COLUMNS))]
    return "".join(
        "".join(cell + " " * (width - size(cell)) for cell, width in zip(row, widths, strict=True)).rstrip() + "\r\n"
        for row in makers.ROWS
    )


def xml(attributes: bool) -> str:
    names = ["name", "kana", "birth", "sex", "zip", "address", "tel", "email"]
    if attributes:
        rows = "".join(
            "<person " + " ".join(f'{n}="{v}"' for n, v in zip(names, row, strict=True)) + "/>" for row in ROWS
        )
    else:
        rows = "".join(
            "<person>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(names, row, strict=True)) + "</person>"
            for row in ROWS
        )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<people>{rows}</people>'


def dialect(delimiter: str, **more: object) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, **more).writerows(makers.ROWS)  # type: ignore[arg-type]
    return out.getvalue()


def ragged() -> str:
    rows = [list(row) for row in makers.ROWS]
    for i, row in enumerate(rows[1:]):
        if i % 5 == 0:
            row[5] = row[5] + "\n" + "アパート101"
        if i % 7 == 0:
            row.append("備考")
        if i % 11 == 0:
            row.pop()
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


TEXTS: dict[str, Callable[[], str]] = {
    "yaml": yaml,
    "json": lambda: json.dumps(RECORDS, ensure_ascii=False),
    "json, escaped": lambda: json.dumps({"people": RECORDS}),
    "jsonl": lambda: "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS),
    "xml, elements": lambda: xml(attributes=False),
    "xml, attributes": lambda: xml(attributes=True),
    "markdown": markdown,
    "fixed width": fixed_width,
    "semicolons": lambda: dialect(";"),
    "bars": lambda: dialect("|"),
    "tabs": lambda: dialect("\t"),
    "all quoted": lambda: dialect(",", quoting=csv.QUOTE_ALL),
    "sep line": lambda: "sep=;\r\n" + dialect(";"),
    "ragged": ragged,
    "sql": lambda: "INSERT INTO t (" + ",".join(COLUMNS) + ") VALUES\n" + ",\n".join(
        "(" + ",".join(f"'{cell}'" for cell in row) + ")" for row in ROWS) + ";\n",
}  # fmt: skip
ENCODINGS = ["utf-8", "cp932", "utf-16"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", TEXTS)
def test_people_in_text(name: str, encoding: str) -> None:
    text = TEXTS[name]()
    if encoding != "utf-8" and name.startswith("xml"):
        text = text.replace("UTF-8", {"cp932": "Shift_JIS", "utf-16": "UTF-16"}[encoding])
    found = inspect_bytes(text.encode(encoding))
    assert (found.subjects, found.inspected) == (150, True)


def test_the_same_list_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    from dlp.extract import registry, stream

    monkeypatch.setattr(registry, "_LONG", 1000)
    monkeypatch.setattr(stream, "CHUNK", 3001)
    for name in ("all quoted", "tabs", "ragged"):
        for encoding in ("utf-8", "cp932", "euc_jp", "utf-16-le"):
            found = inspect_bytes(TEXTS[name]().encode(encoding))
            assert (found.subjects, found.inspected) == (150, True), (name, encoding)


def test_a_long_text_that_changes_its_encoding_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    from dlp.extract import registry, stream

    monkeypatch.setattr(registry, "_LONG", 1000)
    monkeypatch.setattr(stream, "CHUNK", 3001)
    monkeypatch.setattr(stream, "_HEAD", 3000)
    found = inspect_bytes(makers.CSV.encode("utf-8") + makers.CSV.encode("cp932"))
    assert [unread.why for unread in found.unread] == ["charset"]
