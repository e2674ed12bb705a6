"""What a page's styles say that is no style: words that are shown by them (content), comments, and what hides there."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{1,6})[ \t\n]?")
#: Lines in which somebody may be told of: other letters, markup, escapes, telephones, mail addresses.
_TELLS = re.compile(r"[^\x00-\x7f]|</?[A-Za-z]|\\[0-9A-Fa-f]{4}|\d-\d{2,4}-\d{4}|\w@\w")
_PARTS = re.compile(r"[\"'{}]|/\*|\*/|<!--|-->|</?[A-Za-z][^<>\n]{0,200}>")


def said(style: str) -> str:
    """The lines of a style sheet in which somebody may be told of, each string of them on a line of its own."""
    if not _TELLS.search(style):
        return ""
    lines = "\n".join(filter(_TELLS.search, style.split("\n")))
    return _PARTS.sub("\n", _ESCAPE.sub(_letter, lines) if "\\" in lines else lines)


def _letter(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF else ""
