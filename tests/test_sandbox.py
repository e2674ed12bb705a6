"""What a worker cannot do any more, tried in a process that gave it up and read off the workers that serve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlp import sandbox
from tests.test_inspector import make

PROBE = """
import json, os, socket, subprocess, sys, tempfile
from pathlib import Path
from dlp import sandbox
scratch, outside = Path(sys.argv[1]), Path(sys.argv[2])
layers = sandbox.enter(memory=2 << 30, scratch=scratch)
def attempt(what):
    try:
        what()
        return "done"
    except BaseException as fault:
        return type(fault).__name__
import sqlite3  # a library not loaded before can still be
print(json.dumps({
    "layers": layers,
    "socket": attempt(lambda: socket.socket()),
    "unix": attempt(lambda: socket.socket(socket.AF_UNIX)),
    "write": attempt(lambda: (outside / "new").write_bytes(b"x")),
    "overwrite": attempt(lambda: (outside / "old").write_bytes(b"x")),
    "delete": attempt(lambda: (outside / "old").unlink()),
    "read": attempt(lambda: (outside / "old").read_bytes()),
    "passwords": attempt(lambda: Path("/etc/shadow").read_bytes()),
    "scratch": attempt(lambda: (scratch / "x").write_bytes(b"x")),
    "temporary": attempt(lambda: tempfile.TemporaryFile().write(b"x")),
    "program": attempt(lambda: subprocess.run(["true"], check=True, timeout=20)),
    "program's write": attempt(lambda: subprocess.run(["touch", outside / "t"], check=True, timeout=20, stderr=-3)),
    "program's network": attempt(lambda: subprocess.run([sys.executable, "-c", "import socket; socket.socket()"],
                                                        check=True, timeout=20, stderr=-3)),
    "signal": attempt(lambda: os.kill(os.getppid(), 0)),
    "trace": attempt(lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
    "memory": attempt(lambda: bytearray(3 << 30)),
    "mount": attempt(lambda: subprocess.run(["mount", "-t", "tmpfs", "x", scratch], check=True, timeout=20, stderr=-3)),
}))
"""


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    scratch, outside = tmp_path_factory.mktemp("scratch"), tmp_path_factory.mktemp("outside")
    (outside / "old").write_bytes(b"old")
    command = [sys.executable, "-c", PROBE, str(scratch), str(outside)]
    ran = subprocess.run(command, capture_output=True, check=False, timeout=60, cwd=Path(sandbox.__file__).parents[1])
    assert ran.returncode == 0, ran.stderr.decode()
    assert sorted(p.name for p in outside.iterdir()) == ["old"]
    return json.loads(ran.stdout)


def test_every_layer_is_in_force(tried: dict[str, str]) -> None:
    wanted = {"limits", "no new privileges", "landlock", "seccomp"} | (
        {"network namespace"} if os.geteuid() == 0 else set()
    )
    assert wanted <= set(tried["layers"])


@pytest.mark.parametrize("what", ["scratch", "temporary", "program"])
def test_what_a_worker_needs_it_may(tried: dict[str, str], what: str) -> None:
    assert tried[what] == "done"


@pytest.mark.parametrize(
    "what", ["socket", "unix", "write", "overwrite", "delete", "read", "passwords", "signal", "trace"]
)
def test_what_it_does_not_need_it_may_not(tried: dict[str, str], what: str) -> None:
    assert tried[what] == "PermissionError"


def test_memory_has_an_end(tried: dict[str, str]) -> None:
    assert tried["memory"] == "MemoryError"


@pytest.mark.parametrize("what", ["program's write", "program's network", "mount"])
def test_a_program_it_starts_may_no_more_than_it(tried: dict[str, str], what: str) -> None:
    assert tried[what] == "CalledProcessError"


async def test_the_workers_that_serve_have_given_it_up() -> None:
    inspector = await make()
    try:
        (pid,) = inspector.pids
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
        )
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
        if os.geteuid() == 0:
            assert Path(f"/proc/{pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    finally:
        await inspector.stop()
