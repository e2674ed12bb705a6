"""Compound files: what kind of document one is, told by its streams; and the files embedded in it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Lost, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.cfb import Compound
from dlp.extract.mail import msg
from dlp.extract.office import biff, doc, ppt, propertyset, vba
from dlp.extract.pictures import picture
from dlp.extract.plain import binary, placed
from dlp.extract.plain.text import frame_of
from dlp.transfer import Part

OLE = "application/x-ole-storage"
_MACROS = "application/vnd.ms-office.vbaproject"
_READABLE = re.compile(rb"[\x20-\x7e\x81-\xfc]{4,}")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: Streams that hold pictures among other things.
_PICTURES = ("Pictures", "Data", "Workbook")
#: A storage with one of these streams is a document of its own.
_DOCUMENTS = ("WordDocument", "Workbook", "Book", "PowerPoint Document", "VisioDocument", "__properties_version1.0")


def extract(part: Part, budget: Budget) -> Extracted:
    """The document in a compound file, its properties, and what is embedded in it."""
    try:
        file = Compound(part.data)
    except Incomplete:
        if _ENCRYPTED in part.data:  # broken, but encrypted first of all
            return Extracted(OLE, unread=(Why.ENCRYPTED,))
        raise
    budget.take_page()
    if file.has("EncryptedPackage") or any(path[0].endswith("DataSpaces") for path in file.paths):
        return Extracted(OLE, unread=(Why.ENCRYPTED,))
    read = _document(file, part, budget)
    if read.media_type == msg.KIND:  # its storages are its own attachments
        return read
    blocks: list[Block | Lost] = [*read.blocks, *_properties(file)]
    children = [*read.children, *_embedded(file, part, budget), *_pictures(file, part)]
    return Extracted(read.media_type, blocks, tuple(children), read.unread)


def _document(file: Compound, part: Part, budget: Budget) -> Extracted:
    if file.has("WordDocument"):
        return doc.extract(file, budget)
    if file.has("Workbook") or file.has("Book"):
        return biff.extract(file, part, budget)
    if file.has("PowerPoint Document"):
        return ppt.extract(file, part, budget)
    if file.has("__properties_version1.0"):
        return msg.extract(file, part, budget)
    if any(path[-2:] == ("VBA", "dir") for path in file.paths):
        return Extracted(_MACROS, list(_macros(file)))
    own = [name for name in file.names() if not name.startswith(("\x01", "\x03", "\x05"))]
    packed = [name for name in file.names() if name in ("\x01Ole10Native", "Package", "CONTENTS", "EmbeddedOdf")]
    if packed:
        return Extracted(OLE, (), tuple(_packages(file, (), part)))
    return Extracted(OLE, list(_strings(file, own, budget)), unread=(Why.UNKNOWN,))


def _macros(file: Compound) -> Iterator[Block]:
    """The source of macros, and what forms show."""
    for path in file.paths:
        data = file.read(*path)
        if path[-2:-1] == ("VBA",):
            words = list(vba.sources(data))
        else:
            words = [run.decode("cp932", "replace") for run in _READABLE.findall(data)]
        if any(words):
            source = "\n".join(words).replace("\r", "") + "\n"
            tables, rest = placed.rows_of(source) or ([], source)
            yield from (Table(frame_of(rows), "macros") for rows in tables)
            yield Text(rest, "macros")


def _properties(file: Compound) -> Iterator[Text]:
    """Title, subject, keywords, comments and whatever else the two property sets hold."""
    for name in file.names():
        if name.startswith("\x05") and "Information" in name and (words := propertyset.texts(file.read(name))):
            yield Text("\n\n\n".join(words) + "\n", "properties")


def _embedded(file: Compound, part: Part, budget: Budget) -> Iterator[Part]:
    """Documents in storages, packages in streams; what belongs to one of these is left to it."""
    taken: list[tuple[str, ...]] = []
    for storage in file.storages():
        if any(storage[: len(above)] == above for above in taken):
            continue
        names = file.names(*storage)
        if any(name in _DOCUMENTS for name in names):
            taken.append(storage)
            data = file.cut_out(*storage)
            budget.take_bytes(len(data))
            yield Part(path=(*part.path, storage[-1]), data=data)
        else:
            yield from _packages(file, storage, part)


def _packages(file: Compound, storage: tuple[str, ...], part: Part) -> Iterator[Part]:
    for name in file.names(*storage):
        if name == "\x01Ole10Native":
            label, data = native(file.read(*storage, name))
            yield Part(path=(*part.path, label or "package"), data=data)
        elif name in ("Package", "CONTENTS", "EmbeddedOdf"):
            yield Part(path=(*part.path, storage[-1] if storage else name), data=file.read(*storage, name))


def native(data: bytes) -> tuple[str, bytes]:
    """(name, bytes) of an OLE 1 package ([MS-OLEDS] 2.3.6; the layout Packager writes)."""
    try:
        at = 6
        label, _, _ = data[at:].partition(b"\0")
        at += len(label) + 1
        origin, _, _ = data[at:].partition(b"\0")
        at += len(origin) + 1 + 4
        length = struct.unpack_from("<I", data, at)[0]
        at += 4 + length
        size = struct.unpack_from("<I", data, at)[0]
        if 0 < size <= len(data) - at - 4:
            return label.decode("cp932", "replace"), data[at + 4 : at + 4 + size]
    except struct.error:
        pass
    return "", data[4:]


def _pictures(file: Compound, part: Part) -> Iterator[Part]:
    for path in file.paths:
        if path[-1] in _PICTURES and len(path) == 1:
            for number, data in enumerate(picture.carve(file.read(*path)), 1):
                yield Part(path=(*part.path, f"picture {number}"), data=data)


def _strings(file: Compound, names: list[str], budget: Budget) -> Iterator[Text | Lost]:
    """Text of a format of which only the container is known (Ichitaro and others): searched, and still held."""
    for name in names:
        try:
            data = file.read(name)
        except Incomplete:
            continue
        yield from binary.strings(data, budget)
