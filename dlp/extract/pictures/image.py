"""Pictures (PNG, JPEG, TIFF, BMP, GIF, WebP, AVIF, ICO): every frame by OCR, and what is written beside the pixels."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from PIL import Image, ImageSequence

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.extract.blocks import Block, Extracted, Lost, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.pictures import ocr, segments
from dlp.extract.plain import binary
from dlp.transfer import Part

_PIXELS = 120_000_000  # an A0 plan at 200 dpi is 62 million
_FRAMES = 200
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "AVIF", "ICO")
_STRIPS = ((273, 279), (324, 325))  # tags of TIFF: where strips and tiles begin, and their sizes
_PNG = b"\x89PNG"
_UNCERTAIN = (Why.IMAGE_ONLY, Why.TIMED_OUT, Why.TOO_MANY)


def extract(part: Part, budget: Budget) -> Extracted:
    """The text in a picture and in its tags. Raises Incomplete(CORRUPT | TOO_LARGE)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = Image.open(BytesIO(part.data), formats=_FORMATS)
        except Exception:
            raise Incomplete(Why.CORRUPT) from None
    kind = Image.MIME.get(picture.format or "", "image/x-unknown")
    if picture.width * picture.height > _PIXELS:
        raise Incomplete(Why.TOO_LARGE)
    beside = [*segments.of(part.data, kind), *segments.outside(part.data, _pixels(picture, part.data))]
    held = [data for segment in beside for data in segments.carried(segment)]
    if picture.format == "ICO":  # only the largest is seen
        held += [data for begin, end in segments.of_icon(part.data)[1:] if (data := part.data[begin:end])[:4] == _PNG]
    children = [Part(path=(*part.path, f"segment {n}"), data=data) for n, data in enumerate(held, 1)]
    return Extracted(kind, _read(picture, part, budget, b"\0\0".join(beside)), tuple(children))


def _pixels(picture: Image.Image, data: bytes) -> list[tuple[int, int]]:
    """Where the pixels lie in a file that says it of each stretch; else the whole of it."""
    places: list[tuple[int, int]] = []
    if picture.format == "ICO":
        return segments.of_icon(data)
    if picture.format != "TIFF":
        return [(0, len(data))]
    for frame in islice(ImageSequence.Iterator(picture), _FRAMES):
        tags: Any = getattr(frame, "tag_v2", {})
        for begins, sizes in _STRIPS:
            places += ((at, at + size) for at, size in zip(tags.get(begins, ()), tags.get(sizes, ()), strict=False))
    picture.seek(0)
    return places


def _read(picture: Image.Image, part: Part, budget: Budget, beside: bytes) -> Iterator[Block | Lost]:
    if tags := _tags(picture):
        yield Text("\n\n".join(tags) + "\n", "tags")
    if beside:
        yield from binary.strings(beside, budget)
    for number, frame in enumerate(ImageSequence.Iterator(picture), 1):
        if number > _FRAMES:
            raise Incomplete(Why.TOO_MANY)
        try:
            budget.take_page()
            budget.take_bytes(frame.width * frame.height)
            grey = _grey(frame)
        except Incomplete:
            raise
        except Exception:  # Pillow passes on whatever its decoders raise
            raise Incomplete(Why.CORRUPT) from None
        try:
            yield from ocr.read(grey, budget, f"page {number}")
        except Incomplete as fault:
            if fault.why not in _UNCERTAIN:
                raise
            yield Lost(part.path, Why(fault.why))
        if picture.format == "GIF":
            return  # an animation: its first picture tells


#: Tags of EXIF 2.32: a camera's comment, and where its tags stand; those of Windows' properties (title, comment, author
#: …), in UTF-16.
_COMMENT, _EXIF, _OF_WINDOWS = 0x9286, 0x8769, range(0x9C9B, 0x9CA0)


def _grey(frame: Image.Image) -> Image.Image:
    """The frame in grey, on white paper where it is transparent."""
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        clear = frame.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("L")
    return frame.convert("L")


def _tags(picture: Image.Image) -> list[str]:
    """Texts in PNG chunks, EXIF, XMP and TIFF tags: titles, descriptions, comments."""
    info = picture.info
    found = [value for value in info.values() if isinstance(value, str)]
    found += [_decoded(info[name]) for name in ("comment", "xmp") if isinstance(info.get(name), bytes)]
    try:
        exif = picture.getexif()
        found += [_said(tag, value) for held in (exif, exif.get_ifd(_EXIF)) for tag, value in held.items()]
    except Exception:
        found += []
    return [text.strip("\0 ") for text in found if len(text.strip("\0 ")) > 3]


def _said(tag: int, value: object) -> str:
    """The text of a tag; "" of one that is none. Pillow takes what is no ASCII for Latin-1."""
    if isinstance(value, str):
        try:
            return value if value.isascii() else _decoded(value.encode("latin-1"))
        except UnicodeEncodeError:
            return value
    if not isinstance(value, bytes):
        return ""
    if tag in _OF_WINDOWS:
        return value.decode("utf-16-le", "replace")
    if tag == _COMMENT:  # eight bytes say in which letters
        return value[8:].decode("utf-16", "replace") if value.startswith(b"UNICODE") else _decoded(value[8:])
    return ""


def _decoded(data: bytes) -> str:
    try:
        return charset.decode(data)
    except Incomplete:
        return data.decode("utf-8", "replace")
