"""Native code for whole columns, in C: one pass where polars' expressions take five. Optional: what it does not read,
and everything where it was not built, is read by Python, and gives the same.

`python -m dlp.native.build` compiles it with whatever C compiler there is; `make setup` does so, and so does making a
wheel. `SEKISHO_NATIVE=0` leaves it aside. Nothing of Python is linked: one library serves every version.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from pathlib import Path

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


def aside() -> str:
    """Why native code is left aside; "" where it is not."""
    if library is not None:
        return ""
    if os.environ.get("SEKISHO_NATIVE") == "0":
        return "SEKISHO_NATIVE=0"
    return "built from other sources" if LIBRARY.exists() else "not built"
