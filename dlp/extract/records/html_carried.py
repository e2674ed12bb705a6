"""Contents that a page carries in its attributes: data: URLs of links, pictures and frames, pages in srcdoc."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from dlp.transfer import Part

_URL = re.compile(r"\s*data:([\w/+.-]*)((?:;[\w=.+-]+)*),(.*)", re.DOTALL | re.IGNORECASE)
_PAGE = "text/html; charset=utf-8"
#: What no reader sees and nobody writes in.
_UNSEEN = ("font/", "application/font", "application/x-font", "image/x-icon", "image/vnd.microsoft.icon")


def parts(tree: Any, path: tuple[str, ...]) -> Iterator[Part]:
    """Each as a part of its own, by the attribute it stands in."""
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        for name, value in node.attrib.items():
            if name == "srcdoc":
                yield Part(path=(*path, name), data=value.encode("utf-8", "replace"), declared=_PAGE)
            elif (carried := _carried(value)) is not None:
                yield Part(path=(*path, name), data=carried[1], declared=carried[0])


def _carried(value: str) -> tuple[str, bytes] | None:
    """The declared type and the bytes of a data: URL; None where it is none, or holds nothing."""
    if value[:5].lower() != "data:" and value.lstrip()[:5].lower() != "data:":
        return None
    match = _URL.fullmatch(value)
    if match is None or match[1].lower().startswith(_UNSEEN):
        return None
    data = unquote_to_bytes(match[3])
    if ";base64" in match[2].lower():
        try:
            data = base64.b64decode(data.translate(None, b" \t\r\n") + b"==")
        except binascii.Error:
            return None
    said = "; ".join((match[1], *filter(None, match[2].replace(";base64", "").split(";"))))
    return (said, data) if data else None
