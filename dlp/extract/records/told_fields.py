"""What one field says where it is a small text of its own: markup in it made plain, lines of "label：value" fields.

Maps describe a place so (住所:…<br>電話:…), chats and mails in JSON hold their messages as HTML.
"""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl

_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,15}(?:\s[^<>]{0,2000})?/?>")
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr|/?h[1-6]|/?dt|/?dd)\b[^<>]{0,2000}>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]>\s*", re.IGNORECASE)
_FIELD = re.compile(r"(?:[・●○◆■□*-]\s*)?([^\s:：=、。<>\d][^:：=、。<>\n]{0,19}?)\s{0,20}[:：](?!//)(.*)")
_SENT = re.compile(r"[^\s=&<>]{1,200}=[^\s=&<>]{0,4000}(?:&[^\s=&<>]{1,200}=[^\s=&<>]{0,4000})+")
_FEWEST = 2


def is_markup(value: str) -> bool:
    """Whether a text has tags in it."""
    return "<" in value and ">" in value and _TAG.search(value) is not None


def is_page(value: str) -> bool:
    """Whether a text has tags in it that part lines or cells."""
    return "<" in value and (_BREAK.search(value) or _CELL.search(value)) is not None


def plain(value: str) -> str:
    """Markup as its reader sees it: breaks are lines, cells are parted by tabs."""
    text = _TAG.sub("", _BREAK.sub("\n", _CELL.sub("\t", value)))
    lines = (line.strip(" \r").rstrip("\t") for line in html.unescape(text).split("\n"))
    return "\n".join(line for line in lines if line.strip())


def fields(value: str) -> dict[str, str]:
    """The fields of a text each of whose lines is a label and what it says; none of any other."""
    lines = [bare for line in value.split("\n") if (bare := line.strip())] if "\n" in value else []
    found = [match for line in lines if (match := _FIELD.fullmatch(line))]
    if len(found) < _FEWEST or len(found) < len(lines) or len({match[1] for match in found}) < len(found):
        return {}
    return {match[1]: match[2].strip() for match in found}


def sent(value: str) -> dict[str, str]:
    """The fields of a text that a browser would send of a form: 氏名=…&住所=…, percent-encoded; none of any other."""
    if "%" not in value or "&" not in value or not _SENT.fullmatch(value):
        return {}
    return dict(parse_qsl(value, errors="replace"))


def of_record(name: str, value: str, most: int) -> dict[str, str]:
    """A record's field by its name; several where its text has fields of its own. `most`: characters of a text."""
    text = plain(value) if is_markup(value) else value
    told = fields(text) or sent(text)
    return {f"{name}.{label}": said for label, said in told.items()} if told else {name: text[:most]}
