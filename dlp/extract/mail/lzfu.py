"""Compressed RTF of Outlook ([MS-OXRTFCP]): what a message's body is kept in."""

from __future__ import annotations

import struct

_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompress(data: bytes) -> bytes:
    """The RTF. Raises ValueError when it is none."""
    if len(data) < 16:
        raise ValueError("too short")
    size, raw, kind = struct.unpack_from("<III", data, 0)
    if kind == 0x414C454D:  # "MELA": not compressed
        return data[16 : 16 + raw]
    if kind != 0x75465A4C:  # "LZFu"
        raise ValueError("not compressed RTF")
    window, write, out = bytearray(_START.ljust(4096, b" ")), len(_START), bytearray()
    at, end = 16, min(len(data), size + 4)
    while at < end:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= end:
                break
            if not flags >> bit & 1:
                piece = data[at : at + 1]
                at += 1
            else:
                if at + 2 > end:
                    return bytes(out)
                token = data[at] << 8 | data[at + 1]
                at += 2
                offset, length = token >> 4, (token & 15) + 2
                if offset == write:
                    return bytes(out)
                piece = b""
            if piece:
                window[write] = piece[0]
                write = write + 1 & 4095
                out += piece
            else:
                for step in range(length):
                    byte = window[offset + step & 4095]
                    window[write] = byte
                    write = write + 1 & 4095
                    out.append(byte)
    return bytes(out)
