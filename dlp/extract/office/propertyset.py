"""Property sets ([MS-OLEPS]): the texts in a document's summary information."""

from __future__ import annotations

import struct

_STRING, _WIDE, _VECTOR, _CODEPAGE = 0x1E, 0x1F, 0x1000, 1


def texts(data: bytes) -> list[str]:
    """Every text property, in order; nothing for what is broken."""
    found: list[str] = []
    try:
        count = min(struct.unpack_from("<I", data, 24)[0], 8)
        for number in range(count):
            found += _section(data, struct.unpack_from("<I", data, 28 + number * 20 + 16)[0])
    except struct.error:
        pass
    return [text for text in found if len(text) > 1]


def _section(data: bytes, base: int) -> list[str]:
    count = min(struct.unpack_from("<I", data, base + 4)[0], 10_000)
    places = [struct.unpack_from("<II", data, base + 8 + i * 8) for i in range(count)]
    page = next((struct.unpack_from("<H", data, base + at + 4)[0] for key, at in places if key == _CODEPAGE), 932)
    encoding = (
        "utf-16-le" if page == 1200 else "utf-8" if page == 65001 else "cp932" if page in (0, 932) else f"cp{page}"
    )
    found: list[str] = []
    for _, at in places:
        found += _values(data, base + at, encoding)
    return found


def _values(data: bytes, at: int, encoding: str) -> list[str]:
    kind = struct.unpack_from("<I", data, at)[0]
    if kind & ~_VECTOR not in (_STRING, _WIDE):
        return []
    count, at = (struct.unpack_from("<I", data, at + 4)[0], at + 8) if kind & _VECTOR else (1, at + 4)
    found = []
    for _ in range(min(count, 10_000)):
        size = struct.unpack_from("<I", data, at)[0] * (2 if kind & 0xFF == _WIDE else 1)
        raw = data[at + 4 : at + 4 + size]
        found.append(_decoded(raw, "utf-16-le" if kind & 0xFF == _WIDE else encoding))
        at += 4 + (size + 3 & ~3 if kind & 0xFF == _WIDE else size)
    return found


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding, "replace").rstrip("\0").strip()
    except LookupError:
        return raw.decode("cp932", "replace").rstrip("\0").strip()
