"""XML documents as trees, those that end early, say a wrong encoding or stand one behind the other as well."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from dlp.extract import charset
from dlp.extract.office.ooxml import parser

_XML = re.compile(rb"\s*<\?xml(?:[^>]*?encoding=[\"']([\w.-]+))?")
_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_DECLARATIONS = re.compile(rb"<\?xml[^<>]*\?>|<!DOCTYPE[^<>\[]*>")
_TAG, _KEPT = re.compile(rb"<[^<>]*>"), 0.9  # … and the share of what is no tag that a mended document has to keep
#: Numbers of halves of characters, which the parser takes and nobody can read back.
_HALVES = re.compile(
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]));"
)


def read(data: bytes) -> Any:
    """A document, or several one behind the other below one element; None of what only begins as one does
    ("<user@example.jp>: host said …"): the parser mends what it can, and leaves out the rest without a word."""
    data = _HALVES.sub(b"", _in_utf8(data))
    for whole in (data, b"<documents>" + _DECLARATIONS.sub(b"", data) + b"</documents>"):
        asked = parser()
        try:
            tree = etree.fromstring(whole, asked)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if tree is not None and (not asked.error_log or _is_all(tree, whole)):
            return tree
    return None


def _is_all(tree: Any, data: bytes) -> bool:
    """Whether nearly all that stands between the tags was kept."""
    kept = sum(len(text) for text in tree.itertext())
    return kept >= _KEPT * len(_TAG.sub(b"", data).decode("utf-8", "replace"))


def _in_utf8(data: bytes) -> bytes:
    """A document as the parser reads it to the end: its Shift_JIS knows neither 髙 nor ①, and it would stop there."""
    head = _XML.match(data)
    declared = head.group(1).decode() if head and head.group(1) else ""
    if declared.lower() in ("", "utf-8") and charset.is_utf8(data):
        return data.decode("utf-8", "replace").encode()  # without halves of characters
    return _DECLARATION.sub("", charset.decode(data, declared)).encode("utf-8", "replace")
