"""What pictures hold beside their pixels is read: chunks, segments, extensions, gaps and what stands behind the end."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from dlp.extract.pictures import ocr
from dlp.tuning.town import citizens
from tests.extract.people import inspected

PEOPLE = list(citizens(12, seed=619))
TEXT = "氏名,電話番号,住所\r\n" + "".join(f"{p.name},{p.phone},{p.address}\r\n" for p in PEOPLE)
LIST, SJIS = TEXT.encode(), TEXT.encode("cp932")


def picture(kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, kind, **more)
    return out.getvalue()


def png(name: bytes, body: bytes) -> bytes:
    whole = picture("PNG")
    return (
        whole[:33]
        + struct.pack(">I", len(body))
        + name
        + body
        + struct.pack(">I", zlib.crc32(name + body))
        + whole[33:]
    )


def jpeg(marker: int, body: bytes) -> bytes:
    whole = picture("JPEG")
    return whole[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + whole[2:]


def gif(head: bytes) -> bytes:
    pieces = b"".join(bytes([len(LIST[i : i + 255])]) + LIST[i : i + 255] for i in range(0, len(LIST), 255))
    return picture("GIF")[:-1] + head + pieces + b"\0;"


def bmp() -> bytes:
    whole = picture("BMP")
    begin = struct.unpack("<I", whole[10:14])[0]
    sizes = struct.pack("<I", len(whole) + len(LIST)), struct.pack("<I", begin + len(LIST))
    return whole[:2] + sizes[0] + whole[6:10] + sizes[1] + whole[14:begin] + LIST + whole[begin:]


def webp(name: bytes, body: bytes) -> bytes:
    inner = picture("WEBP")[12:] + name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(inner) + 4) + b"WEBP" + inner


def box(name: bytes, body: bytes) -> bytes:
    return picture("AVIF") + struct.pack(">I", len(body) + 8) + name + body


def icon(*held: bytes, gap: bytes = b"") -> bytes:
    head, at = struct.pack("<HHH", 0, 1, len(held)), 6 + 16 * len(held) + len(gap)
    for number, one in enumerate(held):
        head += bytes([32 >> number, 32 >> number, 0, 0]) + struct.pack("<HHII", 1, 32, len(one), at)
        at += len(one)
    return head + gap + b"".join(held)


HIDDEN: dict[str, Callable[[], bytes]] = {
    "png of anybody": lambda: png(b"prVt", LIST),
    "png packed": lambda: png(b"prVt", zlib.compress(SJIS)),
    "png gzip": lambda: png(b"prVt", gzip.compress(LIST)),
    "png zTXt": lambda: png(b"zTXt", b"Comment\0\0" + zlib.compress(SJIS)),
    "png iTXt": lambda: png(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(LIST)),
    "png tEXt": lambda: png(b"tEXt", b"Comment\0" + LIST),
    "png profile": lambda: picture("PNG", icc_profile=LIST),
    "jpeg profile": lambda: picture("JPEG", icc_profile=LIST),
    **{f"jpeg {marker:x}": (lambda marker=marker: jpeg(marker, LIST)) for marker in (0xE1, 0xE2, 0xE5, 0xED, 0xFE)},
    "jpeg packed": lambda: jpeg(0xE9, zlib.compress(LIST)),
    "gif of anybody": lambda: gif(b"\x21\xff\x0bXXXXXXXX1.0"),
    "gif comment": lambda: gif(b"\x21\xfe"),
    "bmp gap": bmp,
    "tiff behind": lambda: picture("TIFF") + LIST,
    "webp of anybody": lambda: webp(b"LIST", LIST),
    "webp XMP": lambda: webp(b"XMP ", LIST),
    "webp behind": lambda: picture("WEBP") + LIST,
    "avif free": lambda: box(b"free", LIST),
    "avif packed": lambda: box(b"uuid", zlib.compress(LIST)),
    "avif behind": lambda: picture("AVIF") + LIST,
    "icon gap": lambda: icon(picture("PNG"), gap=LIST),
    "icon behind": lambda: icon(picture("PNG")) + LIST,
    "icon's second": lambda: icon(picture("PNG"), png(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(LIST))),
}


@pytest.fixture(autouse=True)
def no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "read", lambda *_: [])


@pytest.mark.parametrize("place", HIDDEN)
def test_what_is_carried_beside_the_pixels_is_read(place: str) -> None:
    assert inspected(HIDDEN[place]()).subjects == 12


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "ICO"])
def test_pictures_of_programs_and_cameras_are_not_held(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "Maker", "2026:11:28 04:00:00"
    exif.get_ifd(0x8769)[0x927C] = random.Random(7).randbytes(6000)  # what cameras note for themselves
    noise = Image.frombytes("RGB", (64, 64), random.Random(8).randbytes(64 * 64 * 3))
    out = io.BytesIO()
    noise.save(out, kind, **({"exif": exif} if kind in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF") else {}))
    inspection = inspected(out.getvalue())
    assert (inspection.subjects, inspection.unread) == (0, ())


def test_what_only_begins_as_one_is_unknown() -> None:
    for data in (b"RIFF\x24\0\0\0WAVEfmt " + bytes(range(256)), b"\0\0\1\0" + bytes(range(200, 256)) * 9):
        assert inspected(data).unread
