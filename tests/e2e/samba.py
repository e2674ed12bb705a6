"""Station: smbd over a mount of the gateway, with the configuration that docs/media.md prints, and smbclient as Windows."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from pathlib import Path

from tests.e2e.harness import REPO

_WORD = "Sekisho-Test-1"


def printed() -> str:
    """The smb.conf of docs/media.md, section "Windows staff"."""
    text = (REPO / "docs/media.md").read_text(encoding="utf-8").partition("## Windows staff")[2].partition("\n## ")[0]
    found = re.search(r"^ {4}\[global\]\n(?:(?: {4}.*)?\n)+", text, re.MULTILINE)
    assert found, "docs/media.md prints no smb.conf"
    return "\n".join(line.removeprefix("    ") for line in found[0].splitlines()) + "\n"


class Station:
    """smbd in the foreground on a free loopback port, all it keeps below `tmp`. Needs root.

    `logins` are accounts of this machine; Windows names that are no account of it are mapped as the guide says.
    """

    def __init__(self, tmp: Path, point: Path, *, logins: tuple[str, ...], names: dict[str, str]) -> None:
        self.tmp, self._names = tmp / "samba", names
        for folder in ("private", "lock", "state", "cache", "pid", "ncalrpc"):
            (self.tmp / folder).mkdir(parents=True)
        self.port = _free_port()
        (self.tmp / "users.map").write_text("".join(f'{own} = "{said}"\n' for said, own in names.items()))
        self.config = self.tmp / "smb.conf"
        self.config.write_text(self._own(printed(), point, logins))
        self.log = self.tmp / "smbd.log"
        self._process: subprocess.Popen[bytes] | None = None
        for login in logins:
            self._enrol(login)

    def _own(self, text: str, point: Path, logins: tuple[str, ...]) -> str:
        """The printed configuration with this test's places instead of a station's."""
        swaps = {
            "path": str(point),
            "valid users": " ".join(logins),
            "username map": str(self.tmp / "users.map"),
            "interfaces": "127.0.0.1",
        }
        for name, value in swaps.items():
            text, times = re.subn(rf"(?m)^(\s*{name} = ).*$", rf"\g<1>{value}", text)
            assert times == 1, name
        places = {"private dir": "private", "lock directory": "lock", "state directory": "state"}
        places |= {"cache directory": "cache", "pid directory": "pid", "ncalrpc dir": "ncalrpc"}
        ours = [f"{key} = {self.tmp / folder}" for key, folder in places.items()]
        ours += [f"smb ports = {self.port}", "bind interfaces only = yes", "load printers = no"]
        return text.replace("[global]\n", "[global]\n" + "".join(f"    {line}\n" for line in ours), 1)

    def _enrol(self, login: str) -> None:
        command = ["smbpasswd", "-c", str(self.config), "-s", "-a", login]
        said = f"{_WORD}\n{_WORD}\n".encode()
        done = subprocess.run(command, input=said, capture_output=True, timeout=20)
        assert done.returncode == 0, done.stderr

    def __enter__(self) -> Station:
        command = ["smbd", "--foreground", "--no-process-group", "--debug-stdout", "-s", str(self.config)]
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        deadline = time.monotonic() + 20
        while not _answers(self.port):
            assert self._process.poll() is None, self.log.read_text(errors="replace")
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def said(self, commands: str, *, user: str) -> tuple[int, str]:
        """What smbclient answers to these commands, and its exit code."""
        command = ["smbclient", "//127.0.0.1/usb-7", "-s", str(self.config), "-p", str(self.port), "-t", "60"]
        command += ["-U", f"{user}%{_WORD}", "-m", "SMB3", "-c", commands]
        done = subprocess.run(
            command, capture_output=True, timeout=90, cwd=self.tmp.parent, env=os.environ | {"LC_ALL": "C.UTF-8"}
        )
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1.0).close()
    except OSError:
        return False
    return True
