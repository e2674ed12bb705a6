"""Each format: all rows come through, from files other programs made; malformed siblings are unread, never lost."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.extract.blocks import Block, Calm, Extracted, Lost, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.registry import EXTRACTORS, extract
from dlp.transfer import Part
from tests.extract import makers


def said(block: Block) -> str:
    """All that a block says."""
    if isinstance(block, Table):
        return block.frame.write_csv(include_header=False)
    return block.raw.decode() if isinstance(block, Calm) else block.text


def read(data: bytes, declared: str = "", name: str = "file", budget: Budget | None = None) -> tuple[str, list[Why]]:
    """All text of a part and its children, and what was unread."""
    budget, texts, unread = budget or Budget(), [], []
    stack: list[Part | Lost] = [Part(path=(name,), data=data, declared=declared)]
    while stack:
        part = stack.pop()
        if isinstance(part, Lost):
            unread.append(part.why)
            continue
        extracted = extract(part, budget)
        for block in extracted.blocks:
            if isinstance(block, Lost):
                unread.append(block.why)
            else:
                texts.append(said(block))
        unread += extracted.unread
        stack += extracted.children
    return "\n".join(texts), unread


def missing(text: str, rows: list[tuple[str, ...]] = makers.ROWS) -> list[str]:
    """Values of the list that did not come through."""
    bare = text.replace("\n", "").replace(" ", "").replace("\u3000", "")
    wanted = [cell for row in rows for cell in row]
    return [cell for cell in wanted if cell.replace("\u3000", "") not in bare]


SAMPLES: dict[str, Callable[[], bytes]] = {
    "csv utf-8": lambda: makers.CSV.encode(),
    "csv cp932": lambda: makers.CSV.encode("cp932"),
    "csv euc": lambda: makers.CSV.encode("euc_jp"),
    "csv jis": lambda: makers.CSV.encode("iso2022_jp"),
    "csv utf-16": lambda: makers.CSV.encode("utf-16"),
    "tsv": lambda: makers.CSV.replace(",", "\t").encode(),
    "xlsx, hidden sheet": makers.xlsx,
    "docx": makers.docx,
    "pptx": makers.pptx,
    "pdf": makers.pdf,
    "html": makers.html,
    "mail body": lambda: makers.eml(body=makers.CSV),
    "mail attachment": lambda: makers.eml(attachment=makers.CSV.encode("cp932")),
    "mail xlsx": lambda: makers.eml(attachment=makers.xlsx(), name="a.xlsx", kind="application/octet-stream"),
    "zip": lambda: makers.zipped("名簿.csv", makers.CSV.encode("cp932")),
    "zip in zip in zip": lambda: makers.zipped("a.xlsx", makers.xlsx(), depth=3),
    "mail in zip": lambda: makers.zipped(
        "m.eml", makers.eml(attachment=makers.docx(), name="a.docx", kind="application/msword")
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_comes_through(name: str) -> None:
    text, unread = read(SAMPLES[name]())
    assert unread == []
    assert missing(text) == []


@pytest.mark.parametrize("target", ["xlsx", "docx", "pdf", "html"])
def test_files_of_libreoffice(target: str, tmp_path: Path, need: Callable[..., None]) -> None:
    need("soffice")
    if target in ("xlsx", "html"):
        source = tmp_path / "list.csv"
        source.write_bytes(makers.CSV.encode("utf-8-sig"))
        filters = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "html": "html"}
        source_data = makers.office(source, filters[target], tmp_path)
    else:
        source = tmp_path / "list.html"
        source.write_bytes(makers.html(wide=target == "docx"))
        source_data = makers.office(source, {"docx": "docx:MS Word 2007 XML", "pdf": "pdf"}[target], tmp_path)
    text, unread = read(source_data)
    assert unread == []
    lost = missing(text, makers.ROWS if target != "pdf" else makers.NARROW)
    if target == "xlsx":  # LibreOffice made real dates of the dates of birth
        lost = [cell for cell in lost if cell.replace("/", "-") not in text]
    assert lost == []


def test_a_form_and_json_with_base64() -> None:
    import base64

    boundary = "x123"
    body = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="memo"\r\n\r\nこんにちは\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode()
        + makers.CSV.encode("cp932")
        + f"\r\n--{boundary}--\r\n".encode()
    )
    text, unread = read(body, f"multipart/form-data; boundary={boundary}")
    assert (missing(text), unread, "memo：こんにちは" in text) == ([], [], True)
    packed = b'{"name": "a.csv", "data": "' + base64.b64encode(makers.CSV.encode()) + b'"}'
    text, unread = read(packed, "application/json")
    assert (missing(text), unread) == ([], [])


@pytest.mark.parametrize("name", ["xlsx, hidden sheet", "docx", "pptx", "pdf", "zip", "zip in zip in zip"])
def test_half_a_file_is_unread(name: str) -> None:
    data = SAMPLES[name]()
    _, unread = read(data[: len(data) // 2])
    assert unread != []


def test_encrypted_is_named_so(tmp_path: Path) -> None:
    data = bytearray(makers.zipped("a.csv", makers.CSV.encode()))
    data[6] |= 1
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert read(bytes(data))[1] == [Why.ENCRYPTED]
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert read(ole)[1] == [Why.ENCRYPTED]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), Why.CORRUPT),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), Why.CORRUPT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Why.CORRUPT),
        (random.Random(1).randbytes(4000), Why.UNKNOWN),
        (b"%PDF-1.7\n%broken", Why.CORRUPT),
    ],
)
def test_what_is_not_read_is_said(data: bytes, why: Why) -> None:
    assert read(data)[1] == [why]


@pytest.mark.parametrize("size", [1, 4096, 3_000_000])
def test_room_taken_and_not_written_to_holds_nobody(size: int) -> None:
    assert read(bytes(size)) == ("", [])
    assert read(bytes(size) + b"\x01" * 9 + bytes(size))[1] == [Why.UNKNOWN]


def test_nothing_is_read() -> None:
    assert read(b"") == ("\n", []) or read(b"")[1] == []


def test_a_bomb_ends_at_the_budget() -> None:
    bomb = makers.zipped("a", makers.zipped("zeros", bytes(300 * 1024 * 1024)))
    _, unread = read(bomb)
    assert unread == [Why.TOO_LARGE]
    flat = BytesIO()
    with zipfile.ZipFile(flat, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(str(number), bytes(100 * 1024 * 1024))
    assert Why.TOO_LARGE in read(flat.getvalue())[1]


def test_a_member_that_begins_behind_the_directory_is_no_archive_in_itself() -> None:
    """What stood "before" such a member was the whole archive, again and again."""
    data = bytearray(makers.zipped("a.csv", b"a,b\n" * 400))
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 42 : entry + 46] = (0x86000000).to_bytes(4, "little")
    stack, budget, met = [Part(path=("x",), data=bytes(data))], Budget(pictures_left=0), 0
    why = []
    while stack:
        extracted, met = extract(stack.pop(), budget), met + 1
        children = list(extracted.children)
        why += [*extracted.unread, *(child.why for child in children if isinstance(child, Lost))]
        stack += [child for child in children if isinstance(child, Part)]
        assert met < 10
    assert (met, why) == (2, [Why.CORRUPT])  # unread, and its member looked at all the same


def test_names_do_not_matter() -> None:
    text, unread = read(makers.xlsx(), "text/plain", "notes.txt")
    assert (missing(text), unread) == ([], [])


@given(data=st.binary(max_size=600), kind=st.sampled_from(sorted(EXTRACTORS)), seed=st.integers(0, 3))
def test_no_bytes_break_an_extractor(data: bytes, kind: str, seed: int) -> None:
    """Random bytes, and real files with some bytes changed, straight into every extractor by way of the registry."""
    heads = [b"", b"PK\x03\x04", b"%PDF-1.4\n", b"From: a@b\r\nSubject: x\r\n\r\n", b"<html>", b"{", b"\x1f\x8b\x08"]
    result = extract(
        Part(path=("x",), data=heads[len(data) % len(heads)] + data, declared=f"{kind}; boundary=x"),
        Budget(pictures_left=0),
    )
    assert isinstance(result, Extracted)
    assert all(isinstance(block, Table | Text) for block in result.blocks)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers())
def test_changed_files_break_nothing(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(_cached(rng.choice(["xlsx, hidden sheet", "docx", "pdf", "mail attachment", "zip"])))
    for _ in range(rng.randint(1, 30)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    read(bytes(data), budget=Budget(pictures_left=0))


_KEPT: dict[str, bytes] = {}


def _cached(name: str) -> bytes:
    if name not in _KEPT:
        _KEPT[name] = SAMPLES[name]()
    return _KEPT[name]
