"""A body's transfer encoding undone, and whether all of it could be: what the standard library passes over is said."""

from __future__ import annotations

import base64
import binascii
import contextlib
import quopri
import re
from email.message import Message

import numpy as np

from dlp.extract.blocks import Lost
from dlp.extract.mail import inline_files
from dlp.extract.mail.heads import Whole
from dlp.native.recode import from_base64

_PLAIN = ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "8bits", "7bits", "none")
_UU = ("x-uuencode", "uuencode", "uue", "x-uue")
_BLANKS = b" \t\n\r\f\v\0"
_SIGNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_GROUP = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_BAD_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")


_LONG = 1024  # bytes from which to look at all "=" at once pays
_EQUALS, _LINE, _RETURN = b"=\n\r"
_HEXA = np.isin(np.arange(256), np.frombuffer(b"0123456789ABCDEFabcdef", np.uint8))


def payload(leaf: Message) -> tuple[bytes, bool]:
    """The bytes of a leaf; False when something of it could not be decoded."""
    raw = leaf.body if isinstance(leaf, Whole) else vars(leaf)["_payload"]  # the method puts signs in place of bytes
    if not isinstance(raw, bytes | str):
        return b"", not raw
    data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
    declared = str(leaf.get("content-transfer-encoding", ""))
    if "(" in declared or ";" in declared:
        declared = re.sub(r"\(.*?\)|;.*", "", declared)
    return decode(data, declared.strip().strip("\"'").lower())


def decode(data: bytes, encoding: str) -> tuple[bytes, bool]:
    """`data` with one transfer encoding undone; False when something of it could not be decoded."""
    if encoding == "base64":
        return _base64(data)
    if encoding == "quoted-printable":
        return quopri.decodestring(data), not _torn(data)
    if encoding in _UU or encoding in ("x-yencode", "yenc"):
        rest, files = inline_files.taken_out(data, ())
        whole = [file.data for file in files if not isinstance(file, Lost)]
        return b"".join(whole) or data, len(whole) == len(files) == 1 and not rest.strip()
    return data, encoding in _PLAIN


def _torn(data: bytes) -> bool:
    """Whether a "=" stands in quoted-printable that neither two figures nor a line's end follow; Japanese has one for
    each byte."""
    if len(data) < _LONG:
        return _BAD_QUOTED.search(data) is not None
    signs = np.frombuffer(data, np.uint8)
    at = np.flatnonzero(signs == _EQUALS)
    inside = at[at + 2 < len(signs)]
    first, second = signs[inside + 1], signs[inside + 2]
    sound = (_HEXA[first] & _HEXA[second]) | (first == _LINE) | ((first == _RETURN) & (second == _LINE))
    odd = (*inside[~sound].tolist(), *at[len(inside) :].tolist())
    return any(_BAD_QUOTED.match(data, place) for place in odd)


def _base64(data: bytes) -> tuple[bytes, bool]:
    """Also several encoded texts after one another, each with its own padding."""
    if (whole := from_base64(data)) is not None:
        return whole, True
    data = data.translate(None, _BLANKS)
    with contextlib.suppress(binascii.Error):
        return binascii.a2b_base64(data, strict_mode=True), True
    stray = data.translate(None, _SIGNS)
    sound = not stray
    if stray:
        data = data.translate(None, bytes(set(stray)))
    out: list[bytes] = []
    signs = data.rstrip(b"=")
    for group in _GROUP.findall(data) if b"=" in signs else [signs] if signs else []:
        body = group.rstrip(b"=")
        if len(body) % 4 == 1:  # six bits that are no byte
            body, sound = body[:-1], False
        try:
            out.append(base64.b64decode(body + b"=" * (-len(body) % 4)))
        except binascii.Error:
            sound = False
    return b"".join(out), sound
