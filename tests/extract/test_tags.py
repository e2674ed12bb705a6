"""What is written in a picture's properties is read, in whichever letters."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from dlp.extract.pictures import image
from dlp.tuning.town import citizens

_TEXT = "氏名,住所,電話番号\n" + "".join(f"{one.name},{one.address},{one.phone}\n" for one in citizens(4, seed=6))


def _photograph(fill: str) -> Image.Image:
    picture, out = Image.new("RGB", (8, 8)), io.BytesIO()
    exif = picture.getexif()
    if fill == "Windows":
        exif[0x9C9C] = _TEXT.encode("utf-16-le")
    elif fill.startswith("description"):
        exif[0x010E] = _TEXT.encode(fill.split()[1])
    elif fill == "UNICODE":
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + _TEXT.encode("utf-16-le")
    elif fill == "JIS":
        exif.get_ifd(0x8769)[0x9286] = b"JIS\0\0\0\0\0" + _TEXT.encode("cp932")
    picture.save(out, "jpeg", exif=exif, **({"comment": _TEXT.encode("cp932")} if fill == "comment" else {}))
    return Image.open(io.BytesIO(out.getvalue()))


@pytest.mark.parametrize("fill", ["Windows", "description utf-8", "description cp932", "UNICODE", "JIS", "comment"])
def test_tags(fill: str) -> None:
    assert any(_TEXT.strip() in said for said in image._tags(_photograph(fill)))
