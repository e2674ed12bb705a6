"""Containers written by their own programs; their malformed siblings; what hides beside the members; bombs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.extract.blocks import Why
from dlp.extract.containers import libarchive, lzhuf
from tests.extract import makers
from tests.extract.test_registry import missing, read

GREETING = "こんにちは、町民の皆さん。\n" * 2000
#: name of the archive -> the program that has to be there, and its arguments; LIST and MEMO are the two files
WRITERS: dict[str, list[str]] = {
    "a.7z": ["7z", "a", "a.7z", "LIST", "MEMO"],
    "ppmd.7z": ["7z", "a", "-m0=PPMd", "ppmd.7z", "LIST", "MEMO"],
    "bzip2.7z": ["7z", "a", "-m0=bzip2", "bzip2.7z", "LIST", "MEMO"],
    "copy.7z": ["7z", "a", "-m0=Copy", "copy.7z", "LIST", "MEMO"],
    "seven.zip": ["7z", "a", "-tzip", "seven.zip", "LIST", "MEMO"],
    "lzma.zip": ["7z", "a", "-tzip", "-mm=LZMA", "lzma.zip", "LIST", "MEMO"],
    "bzip2.zip": ["7z", "a", "-tzip", "-mm=BZip2", "bzip2.zip", "LIST", "MEMO"],
    "info.zip": ["zip", "-q", "info.zip", "LIST", "MEMO"],
    "gnu.tar": ["tar", "cf", "gnu.tar", "LIST", "MEMO"],
    "v7.tar": ["tar", "--format=v7", "-cf", "v7.tar", "LIST", "MEMO"],
    "pax.tar": ["tar", "--format=pax", "-cf", "pax.tar", "LIST", "MEMO"],
    "a.tgz": ["tar", "czf", "a.tgz", "LIST", "MEMO"],
    "a.tar.bz2": ["tar", "cjf", "a.tar.bz2", "LIST", "MEMO"],
    "a.tar.xz": ["tar", "cJf", "a.tar.xz", "LIST", "MEMO"],
    "a.tar.zst": ["tar", "--zstd", "-cf", "a.tar.zst", "LIST", "MEMO"],
    "lh5.lzh": ["jlha", "ao5", "lh5.lzh", "LIST", "MEMO"],
    "lh6.lzh": ["jlha", "ao6", "lh6.lzh", "LIST", "MEMO"],
    "lh7.lzh": ["jlha", "ao7", "lh7.lzh", "LIST", "MEMO"],
    "stored.lzh": ["jlha", "az", "stored.lzh", "LIST", "MEMO"],
    "level0.lzh": ["jlha", "a0", "level0.lzh", "LIST", "MEMO"],
    "level1.lzh": ["jlha", "a1", "level1.lzh", "LIST", "MEMO"],
    "level2.lzh": ["jlha", "a2", "level2.lzh", "LIST", "MEMO"],
    "stored.cab": ["gcab", "-c", "-n", "stored.cab", "LIST", "MEMO"],
    "mszip.cab": ["gcab", "-c", "-z", "-n", "mszip.cab", "LIST", "MEMO"],
    "plain.iso": ["genisoimage", "-quiet", "-o", "plain.iso", "LIST", "MEMO"],
    "joliet.iso": ["genisoimage", "-quiet", "-J", "-r", "-input-charset", "utf-8", "-o", "joliet.iso", "LIST", "MEMO"],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("containers")
    (folder / "名簿.csv").write_bytes(makers.CSV.encode("cp932"))
    (folder / "memo.txt").write_bytes(GREETING.encode())
    return folder


@pytest.fixture
def pack(folder: Path, need: Callable[..., None]) -> Callable[..., bytes]:
    def made(*command: str) -> bytes:
        need(command[0])
        arguments = [{"LIST": "名簿.csv", "MEMO": "memo.txt"}.get(word, word) for word in command]
        name = next(word for word in command if "." in word and not word.startswith("-"))
        (folder / name).unlink(missing_ok=True)
        subprocess.run(arguments, cwd=folder, check=True, capture_output=True, timeout=60)
        return (folder / name).read_bytes()

    return made


@pytest.mark.parametrize("name", WRITERS)
def test_both_files_come_through(name: str, pack: Callable[..., bytes]) -> None:
    text, unread = read(pack(*WRITERS[name]), name="renamed.bin")
    assert unread == []
    assert (missing(text), GREETING.strip() in text) == ([], True)


@pytest.mark.parametrize("name", WRITERS)
def test_a_torn_archive_is_unread(name: str, pack: Callable[..., bytes]) -> None:
    data = pack(*WRITERS[name])
    for share in (0.15, 0.2) if name.endswith(".iso") else (0.3, 0.6, 0.8):  # an image ends in a long padding
        assert read(data[: int(len(data) * share)])[1] != []


@pytest.mark.parametrize("name", ["a.7z", "seven.zip", "a.tgz", "lh5.lzh", "mszip.cab", "a.tar.xz", "a.tar.zst"])
def test_changed_bytes_are_noticed(name: str, pack: Callable[..., bytes]) -> None:
    data = bytearray(pack(*WRITERS[name]))
    for at in range(len(data) // 2, len(data) // 2 + 40):
        data[at] ^= 0x55
    assert read(bytes(data))[1] != []


@pytest.mark.parametrize(
    "command",
    [
        ["7z", "a", "-psecret", "enc.7z", "LIST"],
        ["7z", "a", "-psecret", "-mhe=on", "header.7z", "LIST"],
        ["7z", "a", "-tzip", "-psecret", "-mem=AES256", "aes.zip", "LIST"],
        ["7z", "a", "-tzip", "-psecret", "-mem=ZipCrypto", "crypto.zip", "LIST"],
        ["zip", "-q", "-P", "secret", "infozip.zip", "LIST"],
    ],
    ids=lambda command: command[-2],
)
def test_encrypted_archives_are_named_so(command: list[str], pack: Callable[..., bytes]) -> None:
    text, unread = read(pack(*command))
    assert (unread, len(missing(text)) > 1000) == ([Why.ENCRYPTED], True)


def test_single_streams() -> None:
    raw = makers.CSV.encode("cp932")
    for data in (gzip.compress(raw), bz2.compress(raw), lzma.compress(raw), lzma.compress(raw, lzma.FORMAT_ALONE)):
        text, unread = read(data)
        assert (missing(text), unread) == ([], [])
        assert read(data + data)[1] == ([] if data[0] != 0x5D else [Why.UNKNOWN]) or data[0] == 0x5D
        assert missing(read(data[:-20])[0]) == [] or read(data[:-20])[1] != []
        assert read(data[:-20])[1] != []


def test_cpio_ar_and_rar_by_the_systems_library(pack: Callable[..., bytes], folder: Path) -> None:
    if not libarchive.available():
        assert read(rar())[1] == [Why.UNKNOWN]
        return
    for command in (
        ["ar", "cr", "a.ar", "LIST", "MEMO"],
        ["bash", "-c", "ls *.csv memo.txt | cpio -o -H newc > a.cpio"],
    ):
        data = pack(*command) if command[0] == "ar" else _cpio(folder)
        text, unread = read(data)
        assert (missing(text), unread) == ([], [])
    text, unread = read(rar())
    assert (missing(text), unread) == ([], [])
    assert read(rar()[:-4000])[1] != []
    assert read(rar(encrypted=True))[1] == [Why.ENCRYPTED]


def test_volumes_of_a_rar_are_held_each() -> None:
    """The first ends within its member, the others begin within it; a piece must not pass for the whole."""
    volumes = [rar(volume=(0, 4000)), rar(volume=(4000, 8000)), rar(volume=(8000, len(makers.CSV.encode("cp932"))))]
    for data in volumes:
        assert read(data)[1] != []


def _cpio(folder: Path) -> bytes:
    names = b"\xe5\x90\x8d\xe7\xb0\xbf.csv\nmemo.txt\n"
    return subprocess.run(
        ["cpio", "-o", "-H", "newc"], cwd=folder, input=names, check=True, capture_output=True, timeout=60
    ).stdout


def rar(*, encrypted: bool = False, volume: tuple[int, int] | None = None) -> bytes:
    """A RAR 4 archive by hand, its one member stored: the only program that writes the format is not free.

    `volume`: only this piece of the member, as a volume of a split archive holds it.
    """
    whole = makers.CSV.encode("cp932")
    first, last = volume or (0, len(whole))
    data, name = whole[first:last], b"list.csv"
    before, after = first > 0, last < len(whole)

    def block(kind: int, flags: int, fields: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    fields = struct.pack("<IIBIIBBHI", len(data), len(whole), 2, zlib.crc32(data), 0x5A000000, 20, 0x30, len(name), 32)
    flags = 0x8000 | (4 if encrypted else 0) | before | after << 1
    return (
        b"Rar!\x1a\x07\x00"
        + block(0x73, 0 if volume is None else 1 | (not before) << 8, bytes(6))
        + block(0x74, flags, fields + name)
        + data
        + block(0x7B, 0x4000 | after, b"")
    )


def test_names_in_cp932_are_read(folder: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x" * 8 + ".csv", "a,b\n")
    raw = out.getvalue().replace(b"x" * 8, "住民名簿".encode("cp932"))
    from dlp.extract.budget import Budget
    from dlp.extract.containers.archive import extract_zip
    from dlp.transfer import Part

    (child,) = extract_zip(Part(path=("a.zip",), data=raw), Budget()).children
    assert child.path == ("a.zip", "住民名簿.csv")


def test_zip64_and_data_descriptors() -> None:
    out = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            return out.write(data)

    with (
        zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w", force_zip64=True) as f,
    ):  # type: ignore[arg-type]
        f.write(makers.CSV.encode())
    text, unread = read(out.getvalue())
    assert (missing(text), unread) == ([], [])


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xda\x00\x02\x12\x34\xff\x00\x56\xff\xd9"
)
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@pytest.mark.parametrize("image", [PNG, JPEG, GIF], ids=["png", "jpeg", "gif"])
@pytest.mark.parametrize("hidden", ["zip", "csv", "7z"])
def test_what_follows_an_image_is_read(image: bytes, hidden: str, pack: Callable[..., bytes]) -> None:
    data = {
        "zip": lambda: makers.zipped("a.csv", makers.CSV.encode()),
        "csv": lambda: makers.CSV.encode(),
        "7z": lambda: pack(*WRITERS["a.7z"]),
    }[hidden]()
    assert missing(read(image + data)[0]) == []


def test_what_lies_around_members_is_read() -> None:
    secret = makers.CSV.encode()
    archive = makers.zipped("memo.txt", b"nothing here\n")
    assert missing(read(archive + secret)[0]) == []
    assert missing(read(secret + archive)[0]) == []
    assert missing(read(makers.pdf() + secret)[0]) == []
    assert missing(read(gzip.compress(b"memo\n") + secret)[0]) == []
    directory = archive.index(b"PK\x01\x02")
    between = archive[:directory] + secret + archive[directory:]
    moved = between[:-6] + struct.pack("<I", directory + len(secret)) + between[-2:]
    text, unread = read(moved)
    assert (missing(text), unread) == ([], [])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as commented:
        commented.writestr("memo.txt", "nothing here\n")
        commented.comment = secret[:60000]
    assert missing(read(out.getvalue())[0]) == []


def test_members_of_an_archive_without_directory_still_count() -> None:
    data = makers.zipped("a.csv", makers.CSV.encode())
    text, unread = read(data[: data.index(b"PK\x01\x02")])
    assert (missing(text), Why.CORRUPT in unread) == ([], True)


def test_an_empty_member_of_a_torn_archive_does_not_hold_the_others() -> None:
    """Each of a document's empty folders held all behind it, and those in it again: 22 kB took 75 seconds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for n in range(12):
            packed.writestr(f"folder{n}/", b"")
        packed.writestr("a.csv", makers.CSV.encode())
    text, unread = read(out.getvalue()[: out.getvalue().index(b"PK\x01\x02")])
    assert (missing(text), unread) == ([], [Why.CORRUPT])


def test_wrong_names_and_types_do_not_matter(pack: Callable[..., bytes]) -> None:
    for declared in ("image/png", "text/plain", "message/rfc822", "multipart/form-data"):
        text, unread = read(pack(*WRITERS["seven.zip"]), declared, "photo.png")
        assert (missing(text), unread) == ([], [])


def test_lha_checksum() -> None:
    assert lzhuf.crc16(b"123456789") == 0xBB3D


# --- bombs: in a process of its own, so that its memory can be measured


def flat() -> bytes:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(bytes(50 << 20)) + packed.flush()
    return raw_zip([body] * 40, 50 << 20, zlib.crc32(bytes(50 << 20)))


def many_small() -> bytes:
    """Each member small enough to be no bomb by itself."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    letters = b"A" * (1 << 20)
    body = packed.compress(letters) + packed.flush()
    return raw_zip([body] * 5000, 1 << 20, zlib.crc32(letters))


def raw_zip(bodies: list[bytes], size: int, crc: int, *, overlapping: bool = False) -> bytes:
    out, directory = bytearray(), bytearray()
    for number, body in enumerate(bodies):
        name = b"%05d" % number
        at = 0 if overlapping else len(out)
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, crc, len(body), size, 5, 0)
        if not overlapping or not number:
            out += b"PK\x03\x04" + fields + name + body
        directory += b"PK\x01\x02\x14\x00" + fields + bytes(10) + struct.pack("<I", at) + name
    end = struct.pack("<HHHHIIH", 0, 0, len(bodies), len(bodies), len(directory), len(out), 0)
    return bytes(out + directory + b"PK\x05\x06" + end)


def overlapping() -> bytes:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(bytes(20 << 20)) + packed.flush()
    return raw_zip([body] * 2000, 20 << 20, 0, overlapping=True)


def nested() -> bytes:
    """As 42.zip: sixteen in sixteen in sixteen …, and at the bottom a file of four gigabytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(16 << 20)
    body = b"".join(packed.compress(piece) for _ in range(16)) + packed.flush()
    data = raw_zip([body], 256 << 20, 0)
    for _ in range(5):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(16):
                archive.writestr(f"{number}.zip", data)
        data = out.getvalue()
    return data


def quine() -> bytes:
    """An archive that unpacks to itself cannot end but by depth; so does a chain that is as deep."""
    data = b"x"
    for _ in range(200):
        data = makers.zipped("r.zip", data)
    return data


def tarred() -> bytes:
    return gzip.compress(gzip.compress(bytes(800 << 20), 1), 1)


def sparse() -> bytes:
    out = io.BytesIO()
    member = tarfile.TarInfo("a")
    member.size = 8 << 30
    out.write(member.tobuf(tarfile.GNU_FORMAT))
    return out.getvalue() + bytes(1024)


BOMBS = [flat, many_small, overlapping, nested, quine, tarred, sparse]
_MEASURE = """
import sys, time
from dlp import bundle
from dlp.detect.loader import load
from dlp.extract.budget import Budget
from dlp.inspection import inspect
from dlp.transfer import Channel, Transfer
ruleset = load(bundle.read().files)
data = sys.stdin.buffer.read()
transfer = Transfer(channel=Channel.MAIL, sender="a", destination=("b",), name="n", data=data)
inspect(Transfer(channel=Channel.MAIL, sender="a", destination=("b",), name="n", data=b"x"), ruleset, token_key=b"k" * 32)
begun = time.process_time()  # work, whatever else the machine has to do
read = inspect(transfer, ruleset, token_key=b"k" * 32)
# Not ru_maxrss: it keeps what the process had that started this one.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(time.process_time() - begun, int(peak.split()[1]) >> 10, read.inspected,
      sorted({u.why for u in read.unread}), max(len(u.part) for u in read.unread))
"""


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda make: make.__name__)
def test_a_bomb_is_unread_in_seconds_and_little_memory(bomb: Callable[[], bytes]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURE], input=bomb(), capture_output=True, check=True, timeout=60, env=environment
    )
    seconds, megabytes, inspected, *whys = ran.stdout.decode().split(maxsplit=3)
    print(bomb.__name__, seconds, megabytes, whys)
    assert inspected == "False"
    assert float(seconds) <= 5
    assert int(megabytes) <= 512
