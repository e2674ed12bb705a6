"""What the tests of several proxies ask of the kernel holds while one of them dies."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.processes import accepted, gone


def listener(port: int = 0) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    made.listen(8)
    return made


def waiting(port: int) -> bool:
    """Whether a connection lies in a queue there, with nobody's hand on it."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(int(line.split()[1].split(":")[1], 16) == port and line.split()[3] == "01" for line in lines)


def test_a_connection_reset_with_the_process_that_had_it_queued_is_made_again() -> None:
    dying = listener()
    port = dying.getsockname()[1]
    kept: list[socket.socket] = []

    def succeed() -> None:
        end = time.monotonic() + 30
        while not waiting(port) and time.monotonic() < end:
            time.sleep(0.01)
        heir = listener(port)
        dying.close()
        kept.append(heir.accept()[0])
        kept.append(heir)

    thread = threading.Thread(target=succeed)
    thread.start()
    connection, pid = accepted(port, {os.getpid()})
    thread.join(30)
    assert pid == os.getpid()
    for each in [connection, *kept]:
        each.close()


LARGE = """
import socket, sys, threading, time
heard = socket.create_server(("127.0.0.1", 0))
memory = b"a" * 400_000_000  # takes the kernel a while to give back
for _ in range(int(sys.argv[1])):
    threading.Thread(target=time.sleep, args=(300,), daemon=True).start()
print(heard.getsockname()[1], flush=True)
time.sleep(300)
"""


@pytest.mark.parametrize("threads", [0, 16])
def test_a_process_is_gone_when_its_sockets_are(threads: int) -> None:
    """A killed process with much memory has no command line and still listens; so does one whose first thread ended.

    Either alone let a test fail.
    """
    with subprocess.Popen([sys.executable, "-c", LARGE, str(threads)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        assert not gone(process.pid)
        process.kill()
        end = time.monotonic() + 60
        while not gone(process.pid) and time.monotonic() < end:
            pass
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    assert gone(process.pid)
