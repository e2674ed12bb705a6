"""Shared pieces: a missing system part is a named skip at home and a failure with REQUIRE=all."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says something of the machine, nothing of the code: no timed test in the suite.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def need() -> Callable[..., None]:
    """need("postfix", "swaks"): skip, naming what is missing; fail when REQUIRE=all."""

    def check(*programs: str) -> None:
        search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        missing = [name for name in programs if not (shutil.which(name, path=search) or Path(name).exists())]
        if missing:
            say = f"missing on this machine: {', '.join(missing)}"
            if os.environ.get("REQUIRE") == "all":
                pytest.fail(say)
            pytest.skip(say)

    return check


@pytest.fixture
def free_port() -> Callable[[], int]:
    """A loopback port nobody listens on just now."""

    def pick() -> int:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return int(s.getsockname()[1])

    return pick
