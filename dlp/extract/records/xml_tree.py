"""XML documents as trees, those that end early, say a wrong encoding or stand one behind the other as well."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from dlp.extract import charset, whole_tree
from dlp.extract.office.ooxml import parser

_XML = re.compile(rb"\s*<\?xml(?:[^>]*?encoding=[\"']([\w.-]+))?")
_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_DECLARATIONS = re.compile(rb"<\?xml[^<>]*\?>|<!DOCTYPE[^<>\[]*>")
_ASIDE = re.compile(rb"<!--.*?-->", re.DOTALL)
_TAG, _ENTITY, _LOST = re.compile(rb"<[^<>]*>"), re.compile(rb"&#?\w{1,30};"), 40  # … and letters that a slip may cost
#: Numbers of halves of characters, which the parser takes and nobody can read back.
_HALVES = re.compile(
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]));"
)


def read(data: bytes) -> Any:
    """A document, or several one behind the other below one element; None of what only begins as one does
    ("<user@example.jp>: host said …"): the parser mends what it can, and leaves out the rest without a word."""
    data = _HALVES.sub(b"", _in_utf8(data))
    for whole in (data, b"<documents>" + _DECLARATIONS.sub(b"", data) + b"</documents>"):
        try:
            tree, asked, ended = whole_tree.tree_of(whole, lambda wide: parser(huge=wide))
        except (etree.XMLSyntaxError, ValueError):
            continue
        if tree is not None and ended and (not asked.error_log or _is_all(tree, whole)):
            return tree
    return None


def _is_all(tree: Any, data: bytes) -> bool:
    """Whether all that stands between the tags was kept, but for what a slip of a writer costs: whoever looks at the
    document sees the rest, too."""
    data = _ASIDE.sub(b"", data) if data.rfind(b"-->") > data.rfind(b"<!--") else data
    kept = sum(len(text) for text in tree.itertext())
    return kept + _LOST >= len(_ENTITY.sub(b"", _TAG.sub(b"", data)).decode("utf-8", "replace"))


def _in_utf8(data: bytes) -> bytes:
    """A document as the parser reads it to the end: its Shift_JIS knows neither 髙 nor ①, and it would stop there."""
    head = _XML.match(data)
    declared = head.group(1).decode() if head and head.group(1) else ""
    if declared.lower() in ("", "utf-8") and charset.is_utf8(data):
        return data.decode("utf-8", "replace").encode()  # without halves of characters
    return _DECLARATION.sub("", charset.decode(data, declared)).encode("utf-8", "replace")
