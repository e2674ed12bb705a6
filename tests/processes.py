"""The proxy's processes from outside: which there are, which of them has a connection, and a connection to one."""

from __future__ import annotations

import http.client
import socket
import time
from pathlib import Path


def children(parent: int) -> set[int]:
    """The proxy's processes of a gateway."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"dlp.channels.web.child" in words and words[-2] == str(parent).encode():
            found.add(int(place.name))
    return found


def gone(pid: int) -> bool:
    """Whether this process has let go of everything it had open.

    An ending process gives its memory back first, and its command line reads empty from then on (so that `children`
    no longer names it) while its sockets still listen. What it had open is closed when the last of its threads is a
    zombie or away: the first of them, whose state stands for the process's, may be one long before.
    """
    return all(map(_ended, Path(f"/proc/{pid}/task").glob("*")))


def _ended(thread: Path) -> bool:
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def owner(connection: socket.socket, pids: set[int]) -> int:
    """Which of these processes has accepted a connection of ours; 0: none yet."""
    ours, theirs = connection.getsockname()[1], connection.getpeername()[1]
    inode = ""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if (int(words[1].split(":")[1], 16), int(words[2].split(":")[1], 16)) == (theirs, ours):
            inode = words[9]
    for pid in pids if inode not in ("", "0") else ():
        try:
            if any(str(fd.readlink()) == f"socket:[{inode}]" for fd in Path(f"/proc/{pid}/fd").iterdir()):
                return pid
        except OSError:
            continue
    return 0


def accepted(port: int, pids: set[int], seconds: float = 30.0) -> tuple[socket.socket, int]:
    """A new connection, and the process that has it.

    A process that was just killed may still have one in its queue, which the kernel then resets: another is made.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        try:
            while not (pid := owner(connection, pids)) and time.monotonic() < end:
                time.sleep(0.01)
        except OSError:  # reset: it has no peer any more
            connection.close()
            continue
        if pid:
            return connection, pid
        connection.close()
    raise AssertionError("nobody accepts")


def connected(port: int, pids: set[int], to: int) -> socket.socket:
    """A new connection to that process: the kernel chooses, so as many tries as it takes."""
    for _ in range(200):
        connection, pid = accepted(port, pids)
        if pid == to:
            return connection
        connection.close()
    raise AssertionError("the kernel never chose it")


def request(
    connection: socket.socket, url: str, body: bytes = b"", method: str = "POST", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Status and page of one request through a proxy, on this connection."""
    client = http.client.HTTPConnection("127.0.0.1")
    client.sock = connection
    client.request(method, url, body, {"Content-Type": "text/plain"} | (headers or {}))
    answer = client.getresponse()
    page = answer.read().decode("utf-8", "replace")
    client.close()
    return answer.status, page
