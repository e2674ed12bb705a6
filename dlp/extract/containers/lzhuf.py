"""LHA's static Huffman methods (-lh4- to -lh7-) and its checksum, in plain Python: about 1 MB of text a second."""

from __future__ import annotations

from collections.abc import Iterator

#: method -> (bits of the dictionary, codes of positions, bits of their number)
METHODS = {b"-lh4-": (12, 14, 4), b"-lh5-": (13, 14, 4), b"-lh6-": (15, 16, 5), b"-lh7-": (16, 17, 5)}
_CODES, _LENGTHS, _LENGTH_BITS, _CODE_BITS = 510, 19, 5, 9
_SHORTEST = 3


def _table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
        table.append(byte)
    return table


_CRC = _table()


def crc16(data: bytes) -> int:
    """CRC-16/ARC of `data`."""
    crc, table = 0, _CRC
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc


class _Bits:
    """The packed bytes as bits, most significant first; zeros for ever after the end, as LHA has it."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self.held = self.count = 0

    def fill(self) -> None:
        """At least 64 bits in `held`."""
        piece = self._data[self._at : self._at + 64]
        self._at += 64
        if self._at > len(self._data) + 4096:
            raise ValueError("packed bytes ended")
        self.held = (self.held & (1 << self.count) - 1) << 512 | int.from_bytes(piece.ljust(64, b"\0"), "big")
        self.count += 512

    def peek(self) -> int:
        """The next 16 bits."""
        if self.count < 64:
            self.fill()
        return self.held >> self.count - 16 & 0xFFFF

    def take(self, count: int) -> int:
        """The next `count` bits, read."""
        if not count:
            return 0
        if self.count < 64:
            self.fill()
        self.count -= count
        return self.held >> self.count & (1 << count) - 1


def _codes(lengths: list[int]) -> list[int]:
    """For every 16 bits that may come: the symbol, and in the low five bits the length of its code."""
    table: list[int] = []
    for length in range(1, 17):
        for symbol, its in enumerate(lengths):
            if its == length:
                table += [symbol << 5 | length] * (1 << 16 - length)
    if len(table) != 1 << 16:
        raise ValueError("no code")
    return table


def _small(bits: _Bits, size: int, width: int, gap: int) -> list[int]:
    """The code of positions, or of code lengths."""
    count = bits.take(width)
    if not count:
        return [bits.take(width) << 5] * (1 << 16)
    if count > size:
        raise ValueError("too many codes")
    lengths: list[int] = []
    while len(lengths) < count:
        length = bits.take(3)
        if length == 7:
            while bits.take(1):
                length += 1
        lengths.append(length)
        if len(lengths) == gap:
            lengths += [0] * bits.take(2)
    return _codes(lengths)


def _large(bits: _Bits, small: list[int]) -> list[int]:
    """The code of bytes and lengths, itself coded by `small`."""
    count = bits.take(_CODE_BITS)
    if not count:
        return [bits.take(_CODE_BITS) << 5] * (1 << 16)
    lengths: list[int] = []
    while len(lengths) < count:
        code = small[bits.peek()]
        bits.take(code & 31)
        symbol = code >> 5
        if symbol > 2:
            lengths.append(symbol - 2)
        else:
            lengths += [0] * (1 if not symbol else bits.take(4) + 3 if symbol == 1 else bits.take(9) + 20)
    if len(lengths) > _CODES:
        raise ValueError("too many codes")
    return _codes(lengths)


def decode(packed: bytes, method: bytes, size: int) -> Iterator[bytes]:
    """The `size` bytes that `packed` holds, in pieces. Raises ValueError, IndexError for what is no such stream."""
    window, positions, width = METHODS[method]
    bits = _Bits(packed)
    out = bytearray(b" " * (1 << window))
    dictionary, missing = len(out), size
    while missing:
        left = bits.take(16) or 1 << 16
        large = _large(bits, _small(bits, _LENGTHS, _LENGTH_BITS, 3))
        distances = _small(bits, positions, width, -1)
        end = len(out) + missing
        _block(bits, out, left, end, large, distances)
        fresh = bytes(out[dictionary:end])
        missing -= len(fresh)
        yield fresh
        del out[: len(out) - dictionary]


def _block(bits: _Bits, out: bytearray, left: int, end: int, large: list[int], distances: list[int]) -> None:
    while left and len(out) < end:
        left -= 1
        code = large[bits.peek()]
        bits.count -= code & 31
        symbol = code >> 5
        if symbol < 256:
            out.append(symbol)
            continue
        code = distances[bits.peek()]
        bits.count -= code & 31
        back = code >> 5
        if back:
            back = (1 << back - 1) + bits.take(back - 1)
        length, start = symbol - 256 + _SHORTEST, len(out) - back - 1
        if start < 0:
            raise ValueError("before the beginning")
        if back + 1 >= length:
            out += out[start : start + length]
        else:
            run = out[start:]
            out += (run * (length // len(run) + 1))[:length]
