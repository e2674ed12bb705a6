"""A soak of twenty seconds (`make soak` is longer): every way out at once, and everything is accounted for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import soak, soak_web

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def test_everything_sent_at_once_is_accounted_for(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3", "/dev/fuse")
    soaked = soak.run(tmp_path, 20.0)
    assert min(soaked.sent.values()) > 0
    # Its growth says nothing after so short a time; leaks of a descriptor a transfer would show at once.
    assert soaked.after.descriptors < soaked.before.descriptors + sum(soaked.sent.values()) // 4 + 20
    assert soaked.after.memory < 2 << 30


def test_tls_http2_pieces_large_bodies_and_sockets_at_once_are_told_what_became_of_them(
    tmp_path: Path, need: Callable[..., None]
) -> None:
    need("curl")
    soaked, wrong = soak_web.run(tmp_path, 20.0)
    assert wrong == []
    assert soaked.sent.keys() == soak_web.SENDERS.keys()
    assert soaked.after.memory < 2 << 30
