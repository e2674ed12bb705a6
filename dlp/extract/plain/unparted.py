"""Records of one length that nothing parts, as hosts write them: their ends are put between them.

Where records begin nobody says. Their length is one at which each place holds the same kind of sign in nearly all of
them: figures of numbers and days, blanks that fill up a field, letters at its beginning.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt

_SHORTEST, _LONGEST, _RECORDS = 24, 2_000, 12  # bytes of a record, and records, at least
_HEAD, _LOOK = 8_192, 32_768  # bytes in which no line ends; those by which a length is told
_ALIKE, _MORE, _AS_GOOD = (
    0.85,
    0.12,
    0.03,
)  # share of signs that are of their place's kind; how much more than in any order; as good as the best
_ENCODINGS = ("utf-8", "cp932", "euc_jp")
_ENDS, _BEGINS = b"\0\x1a", (b"{", b"[", b"<")  # what fills up the last block of a tape; how programs' records begin
_FIGURE, _BLANK, _LATIN, _KANA, _WIDE, _SIGN = range(6)


def parted(data: bytes) -> bytes:
    """`data` with an end of line between its records; itself, where it is nothing of the kind."""
    head = data[:_HEAD]
    if b"\n" in head or b"\r" in head or head.lstrip().startswith(_BEGINS):
        return data
    whole = data.rstrip(_ENDS)
    if len(whole) < _SHORTEST * _RECORDS:
        return data
    for encoding in _ENCODINGS[:1] if whole.isascii() else _ENCODINGS:
        if size := _size(whole, encoding):
            return b"\n".join(whole[at : at + size] for at in range(0, len(whole), size))
    return data


def _size(data: bytes, encoding: str) -> int:
    """The length of its records; 0 for none, and where it is written otherwise."""
    try:
        text = data[:_LOOK].decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < min(len(data), _LOOK) - 4:
            return 0
        text = data[: error.start].decode(encoding)
    kinds = np.array([_kind(sign) for sign in text], np.uint8).repeat([len(sign.encode(encoding)) for sign in text])
    base = np.bincount(kinds).max() / len(kinds)
    if base + _MORE > 1:
        return 0  # figures alone, letters alone
    sizes = (size for size in range(_SHORTEST, min(_LONGEST, len(kinds) // _RECORDS) + 1) if not len(data) % size)
    shares = {size: _share(kinds, size) for size in sizes}
    least = max(_ALIKE, base + _MORE, max(shares.values(), default=0.0) - _AS_GOOD)  # half a record is less alike
    return next((size for size, share in shares.items() if share >= least), 0)


def _share(kinds: npt.NDArray[np.uint8], size: int) -> float:
    """How much of it is of its place's kind, were its records so long."""
    records = len(kinds) // size
    table = kinds[: records * size].reshape(records, size)
    return float(np.stack([(table == kind).sum(axis=0) for kind in range(_SIGN + 1)]).max(axis=0).mean() / records)


@lru_cache(4_096)
def _kind(sign: str) -> int:
    if sign in " \u3000\0":
        return _BLANK
    if sign.isdecimal():
        return _FIGURE
    if sign.isascii():
        return _LATIN if sign.isalpha() else _SIGN
    return _WIDE if unicodedata.east_asian_width(sign) in "WF" else _KANA
