"""Native code for whole columns, in C: one pass where polars' expressions take five. Optional: what it does not read,
and everything where it was not built, is read by Python, and gives the same.

`python -m dlp.native.build` compiles it with whatever C compiler there is; `make setup` does so, and so does making a
wheel. `SEKISHO_NATIVE=0` leaves it aside. Nothing of Python is linked: one library serves every version.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LIBRARY = HERE / "libsekisho.so"


def sources() -> list[Path]:
    """What the library is made of."""
    return sorted((*HERE.glob("*.h"), *HERE.glob("*.c")))


def digest() -> str:
    """Of the sources: a library built from others is not used."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources())).hexdigest()


def _load() -> ctypes.CDLL | None:
    if os.environ.get("SEKISHO_NATIVE") == "0" or not LIBRARY.exists():
        return None
    try:
        library = ctypes.CDLL(str(LIBRARY))
        library.source.restype = ctypes.c_char_p
        return library if library.source() == digest().encode() else None
    except (OSError, AttributeError):
        return None


#: None where it was not built.
library = _load()


class Function:
    """A function of the library that knows what it takes and gives: half the cost of a call whose arguments are wrapped
    one by one. To be called only where the library is."""

    __slots__ = ("_arguments", "_called", "_name", "_result")

    def __init__(self, name: str, *arguments: Any, result: Any = ctypes.c_int64) -> None:
        self._name, self._arguments, self._result = name, arguments, result
        self._called: Callable[..., Any] | None = None  # made when it is first called

    def __call__(self, *given: Any) -> Any:
        """What the function gives."""
        return (self._called or self._made())(*given)

    def _made(self) -> Callable[..., Any]:
        assert library is not None
        found = library[self._name]  # a function object of our own
        found.argtypes, found.restype = self._arguments, self._result
        self._called = found
        return found


def aside() -> str:
    """Why native code is left aside; "" where it is not."""
    if library is not None:
        return ""
    if os.environ.get("SEKISHO_NATIVE") == "0":
        return "SEKISHO_NATIVE=0"
    return "built from other sources" if LIBRARY.exists() else "not built"
