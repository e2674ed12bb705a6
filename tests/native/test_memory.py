"""What a table took of memory serves for the next."""

from __future__ import annotations

import platform
import resource

import pytest

from dlp import native
from dlp.native import cells

_PAGE, _TABLES = 4096, 8

pytestmark = [
    pytest.mark.skipif(native.library is None, reason="native code was not built"),
    pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps memory as it likes"),
]


def _pages_anew(raw: bytes) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    assert cells.frame(raw, ",", 10) is not None
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_memory_of_a_table_serves_the_next() -> None:
    raw = b"1234567890,abcdefghij,,,,,,,,x\n" * 60_000  # 1.9 MB, and 9.6 MB of columns
    taken = [_pages_anew(raw) for _ in range(_TABLES)]
    assert min(taken[1:]) < len(raw) / _PAGE / 4
