"""What the head of a gzip member carries beside the packed content (RFC 1952, 2.3): decompressors pass it over."""

from __future__ import annotations

from dataclasses import dataclass

_FIXED = 10  # bytes before the optional fields
_CHECKED, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16
#: The extra field of BGZF (bgzip): the block's own size, in each of thousands of members.
_BGZF, _BGZF_SIZE = b"BC\x02\x00", 6


@dataclass(frozen=True, slots=True)
class Head:
    """The optional fields of one member."""

    extra: bytes = b""
    name: bytes = b""  # of the file that was packed
    comment: bytes = b""

    @property
    def said(self) -> bytes:
        """What is in them, one below the other; b"" for nothing."""
        extra = b"" if self.extra.startswith(_BGZF) and len(self.extra) == _BGZF_SIZE else self.extra
        return b"\n".join(filter(None, (extra, self.name, self.comment)))


def head_at(data: bytes, at: int = 0) -> Head:
    """The head of the member that begins there; whether it is one at all is the decompressor's matter."""
    flags = data[at + 3] if len(data) > at + 3 else 0
    at += _FIXED
    extra = b""
    if flags & _EXTRA:
        size = int.from_bytes(data[at : at + 2], "little")
        extra = data[at + 2 : at + 2 + size]
        at += 2 + size
    texts = []
    for flag in (_NAME, _COMMENT):
        end = data.find(b"\0", at) if flags & flag else at
        end = len(data) if end < 0 else end
        texts.append(data[at:end])
        at = end + 1 if flags & flag else end
    return Head(extra, *texts)
