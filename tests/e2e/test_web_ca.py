"""`dlp ca` beside a running gateway: what it exports is what curl has to trust, and its key lies nowhere in plain."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.certificates import authority
from tests.e2e.harness import Box
from tests.e2e.webserver import WebServer

pytestmark = pytest.mark.e2e


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority(tmp_path / "theirs").issue("127.0.0.1"))
    with WebServer(tls=context) as running:
        yield running


def ca(box: Box, *args: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dlp", "ca", *args, "--config", str(box.config_path), "--var", str(box.var)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize("processes", [1, 2])
def test_what_is_exported_is_trusted_and_the_key_lies_nowhere(
    need: Callable[..., None], tmp_path: Path, server: WebServer, processes: int
) -> None:
    need("curl")
    off = {"enabled": False}
    trust = str(tmp_path / "theirs" / "ca.pem")
    web = {"processes": processes, "upstream_ca": trust, "addresses": {"127.0.0.1": "clerk"}}
    box = Box(tmp_path / "box", web=web, mail=off, media=off, town={"name": "平塚市"})

    def get(certificate: Path) -> int:
        command = ["curl", "-sS", "--noproxy", "", "-x", box.proxy_url, "--cacert", str(certificate), "-o", "/dev/null"]
        return subprocess.run([*command, f"{server.url}/x"], capture_output=True, timeout=60, check=False).returncode

    with box:
        exported = tmp_path / "town.pem"
        done = ca(box, "export", "--out", str(exported))
        assert (done.returncode, b"Group Policy" in done.stderr) == (0, True)
        assert get(exported) == 0
        shown = ca(box, "show").stdout.decode()
        assert "平塚市" in shown
        pem = ssl.PEM_cert_to_DER_cert(exported.read_text())
        assert ca(box, "export", "--format", "der").stdout == pem
        assert b"--yes" in ca(box, "renew").stderr
        assert ca(box, "renew", "--yes").returncode == 0
        assert get(exported) == 0  # in force from the next start
        renewed = tmp_path / "renewed.pem"
        ca(box, "export", "--out", str(renewed))
        box.stop()
        box.start()
        assert get(renewed) == 0
        assert get(exported) == 60  # curl: the peer's certificate cannot be authenticated
        room = box.room()
        try:
            assert [entry.event for entry in room.entries() if entry.event == "authority renewed"]
        finally:
            room.close()
    for path in (*box.var.rglob("*"), box.log):
        if path.is_file():
            assert b"BEGIN PRIVATE" not in path.read_bytes(), path
            assert b"BEGIN RSA PRIVATE" not in path.read_bytes(), path
            assert not path.name.endswith("-ca.p12"), path


def test_without_a_first_start_there_is_none(tmp_path: Path) -> None:
    box = Box(tmp_path)
    done = ca(box, "show")
    assert (done.returncode, b"first start" in done.stderr) == (2, True)
