"""What all containers share: members within the budget, names in any encoding, bytes beside the members."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.extract.budget import Budget
from dlp.transfer import Part

CHUNK = 1 << 20
#: Padding to a block or a sector is no content.
_PADDING = re.compile(rb"[\0\x1a\s]*")


class Sink:
    """One member while it unpacks. Every chunk is accounted for."""

    def __init__(self, budget: Budget, packed: int) -> None:
        self._budget, self._packed, self._size = budget, packed, 0
        self._out = BytesIO()

    def add(self, chunk: bytes, consumed: int | None = None) -> None:
        """One more chunk; `consumed` is how many packed bytes were read so far. Raises Incomplete."""
        self._budget.check_time()
        self._budget.take_bytes(len(chunk))
        self._size += len(chunk)
        self._budget.check_ratio(self._size, self._packed if consumed is None else consumed)
        self._out.write(chunk)

    def value(self) -> bytes:
        """All of it; not copied."""
        return self._out.getvalue()

    def __len__(self) -> int:
        return self._size


def collect(chunks: Iterable[bytes], budget: Budget, packed: int) -> bytes:
    """The chunks of one member as bytes. Raises Incomplete."""
    sink = Sink(budget, packed)
    for chunk in chunks:
        sink.add(chunk)
    return sink.value()


def name_of(raw: bytes) -> str:
    """A member's name in whatever encoding it was written; separators of every system become "/"."""
    raw = raw.partition(b"\0")[0]
    try:
        name = charset.decode(raw)
    except Incomplete:
        name = raw.decode("latin-1")
    return name.replace("\\", "/").strip("/")


def beside(part: Part, data: bytes, where: str) -> Iterator[Part]:
    """Bytes that belong to no member, as a child; nothing for padding. Something may be hidden there."""
    if _PADDING.fullmatch(data) is None:
        yield Part(path=(*part.path, where), data=data)
