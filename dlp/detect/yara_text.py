"""Strings of YARA rules as the bytes they stand for."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_HEX = re.compile(r"[0-9A-Fa-f?]{2}|~[0-9A-Fa-f?]{2}|\[[\d\s-]*\]|[()|]")


class NotUnderstoodError(Exception):
    """A rule says something that is not read here."""


def unescaped(text: str) -> bytes:
    """The bytes a text string of a rule stands for."""

    def plain(match: re.Match[str]) -> str:
        if match[1].startswith("x"):
            return chr(int(match[1][1:], 16))
        if match[1] not in _ESCAPES:
            raise NotUnderstoodError(match[0])
        return _ESCAPES[match[1]]

    pieces = re.split(r"(\\(?:x[0-9A-Fa-f]{2}|.))", text)
    return b"".join(
        _ESCAPE.sub(plain, piece).encode("latin-1" if piece.startswith("\\") else "utf-8") for piece in pieces
    )


def runs_of(hexa: str) -> tuple[list[bytes], bytes]:
    """The runs of whole bytes of a hex string that every match of it has, and those it begins with."""
    if _HEX.sub("", hexa).strip():
        raise NotUnderstoodError(hexa)
    runs, depth = [bytearray()], 0
    for piece in _HEX.findall(hexa):
        depth += (piece == "(") - (piece == ")")
        if depth or not re.fullmatch(r"[0-9A-Fa-f]{2}", piece):
            runs.append(bytearray())
        else:
            runs[-1].append(int(piece, 16))
    return [bytes(run) for run in runs if run], bytes(runs[0])


def first_letter(regex: str) -> bytes:
    """The letter or figure every match of a regular expression begins with; nothing where there is none."""
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", regex)
    while (inner := re.sub(r"\([^()]*\)", "", bare)) != bare:
        bare = inner
    if "|" in bare or not re.match(r"[A-Za-z0-9](?![?*{])", regex):
        return b""
    return regex[0].encode()
