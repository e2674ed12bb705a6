"""Packed text that was cut anywhere: each stretch of it is read, from the first whole character on."""

from __future__ import annotations

import base64
import bz2
import hashlib
import json
import lzma
import random
import zlib
from collections.abc import Callable

import pytest

from dlp.extract.plain import runs
from dlp.native import scan
from dlp.tuning.town import citizens, csv_text
from tests.extract.people import count, inspected

PEOPLE = list(citizens(60, seed=11))
CSV = csv_text(PEOPLE)
LINES = "".join(f"氏名：{one.name}　電話：{one.phone}\n" for one in PEOPLE)
CUTS = [(before, behind) for before in range(4) for behind in range(4)]


def _folded(text: str) -> str:
    return "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))


def _lzma_alone(data: bytes) -> bytes:
    return lzma.compress(data, lzma.FORMAT_ALONE)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
@pytest.mark.parametrize(("before", "behind"), CUTS)
def test_base64_cut_anywhere_is_read(encoding: str, before: int, behind: int) -> None:
    packed = base64.b64encode(LINES.encode(encoding)).decode()
    cut = packed[before : len(packed) - behind]
    for text in (cut, _folded(cut), json.dumps({"part": cut}), f"data={cut}\n"):
        found, unread = count(text.encode())
        assert (found >= 58, unread) == (True, []), text[:40]  # a person at either end may be cut


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress, _lzma_alone], ids=["bzip2", "xz", "lzma"])
@pytest.mark.parametrize("written", ["{}", "data={}", '{{"d": "{}"}}', "お世話になります。\n{}\n以上\n"])
def test_base64_of_what_programs_pack_is_read(pack: Callable[[bytes], bytes], written: str) -> None:
    text = base64.b64encode(pack(CSV.encode())).decode()
    for packed in (text, _folded(text)):
        if "{{" not in written or packed is text:
            assert count(written.format(packed).encode())[0] == len(PEOPLE)


@pytest.mark.parametrize("before", [0, 1])
def test_hex_cut_within_a_byte_is_read(before: int) -> None:
    packed = CSV.encode().hex()[before:-1]
    for text in (packed, json.dumps({"part": packed})):
        assert count(text.encode())[0] >= 58


def test_a_list_sent_in_pieces_is_found_in_each() -> None:
    """Slices as a program makes them that cares for no boundary: of 1,001 signs each."""
    packed = base64.b64encode(LINES.encode()).decode()
    pieces = [packed[at : at + 1001] for at in range(0, len(packed), 1001)]
    assert sum(inspected(json.dumps({"n": i, "d": piece}).encode()).subjects for i, piece in enumerate(pieces)) >= 45


def test_native_code_passes_over_no_cut_line() -> None:
    rng = random.Random(5)
    noise = [base64.b64encode(rng.randbytes(57)).decode() for _ in range(200)]
    packed = base64.b64encode(LINES.encode()).decode()
    cuts = [packed[at : at + 76] for at in range(1, 1200, 97)]
    kept = scan.telling([*noise, *cuts], runs.PAIRS)
    assert set(cuts) <= set(kept)
    told = scan.telling_of_run("\n".join([*noise, *cuts]).encode(), 24, runs.PAIRS)
    assert told is None or set(cuts) <= set(told)
    assert len(kept) < 100 or kept == [*noise, *cuts]  # most of noise is passed over, where there is native code


def test_what_is_deflated_or_escaped_is_read() -> None:
    deflated = zlib.compress(CSV.encode())
    assert count(deflated) == (60, [])
    packed = base64.b64encode(deflated).decode()
    for text in (packed, _folded(packed), json.dumps({"z": packed})):
        assert count(text.encode()) == (60, [])
    escaped = "".join(
        c if c.isalnum() and c.isascii() else f"%u{ord(c):04X}" if ord(c) > 255 else f"%{ord(c):02X}" for c in CSV
    )
    for text in (escaped, json.dumps({"d": escaped}), "d=" + escaped):
        assert count(text.encode()) == (60, [])


def test_digests_and_tokens_are_no_files() -> None:
    digest = hashlib.sha256(b"x")
    for value in (
        digest.hexdigest(),
        base64.b64encode(digest.digest() * 4).decode(),
        "usr/share/documentation/javascript/x",
    ):
        assert count(json.dumps({"token": value}).encode()) == (0, [])
    assert count(json.dumps({"d": base64.b64encode(random.Random(1).randbytes(900)).decode()}).encode())[1] != []
