"""The proxy as a router's next hop: clients that know of no proxy, redirected to it by the firewall."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e


def test_redirected_uploads_are_judged_by_the_name_they_go_to(need: Callable[..., None]) -> None:
    for program in ("curl", "ip", "iptables", "setpriv", "unshare"):
        need(program)
    if os.geteuid() != 0 or subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs root and a network namespace")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        command = ["unshare", "--net", sys.executable, "-m", "tests.e2e.transparent", folder]
        done = subprocess.run(command, capture_output=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    found = json.loads(done.stdout.decode().splitlines()[-1])
    plain, secure = found["ports"]
    assert found["codes"] == ["200", "403", "200", "403"]
    assert found["cases"] == [["E001", f"http://localhost:{plain}"], ["E001", f"https://localhost:{secure}"]]
    assert "200" not in found["lies"]  # they went to the host they name, where nobody listens
    assert found["arrived"] == [1, 1]
