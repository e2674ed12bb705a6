"""What a mount's process asks of Python's own C functions: memory without a copy, and threads that are known."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable

TO_READ = 0x100  # PyBUF_READ


def view() -> Callable[[int, int, int], memoryview]:
    """A view of so many bytes of memory, good as long as they are: PyMemoryView_FromMemory."""
    made = ctypes.pythonapi.PyMemoryView_FromMemory
    made.argtypes, made.restype = (ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int), ctypes.py_object
    return made


def keeper() -> Callable[[], None]:
    """Called in a thread that is not Python's, it keeps what Python knows of it for the next call: PyGILState_Ensure.

    Else each call makes that anew and throws it away, which costs as much as a small call does. It stays when the
    thread ends: for threads that do not.
    """
    kept, ensure = threading.local(), ctypes.pythonapi.PyGILState_Ensure
    ensure.restype = ctypes.c_int

    def keep() -> None:
        if not hasattr(kept, "state"):
            kept.state = ensure()

    return keep
