"""A thread that is not Python's is known to it from its first call on, not anew at each."""

from __future__ import annotations

import ctypes
import threading
import weakref
from collections.abc import Callable

import pytest

from dlp.channels.mount import native as mount_native


class _Mark:
    """Goes with what Python knows of the thread that made it."""


def _known_after(kept: Callable[[], None]) -> bool:
    """Whether Python still knows of a thread of C's once its call has ended."""
    home, found = threading.local(), []

    def call(_: int | None) -> None:
        kept()
        home.mark = _Mark()
        found.append(weakref.ref(home.mark))

    work = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(call)
    libc, thread = ctypes.CDLL(None), ctypes.c_ulong()
    assert libc.pthread_create(ctypes.byref(thread), None, work, None) == 0
    assert libc.pthread_join(thread, None) == 0
    return found[0]() is not None


@pytest.mark.parametrize("keeps", [False, True])
def test_a_thread_is_known_for_its_next_call(keeps: bool) -> None:
    kept = mount_native.keeper() if keeps else lambda: None
    assert _known_after(kept) is keeps
