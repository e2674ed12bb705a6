"""Proxy passwords asked of a real directory server, which may be down, by curl."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.directory.slapd import ADMIN, BASE, Slapd, entry
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.webserver import WebServer

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("processes", [1, 2])
def test_who_it_is_by_the_directory_s_password(need: Callable[..., None], tmp_path: Path, processes: int) -> None:
    need("slapd", "ldapmodify", "curl")
    people = [entry(login, userPassword=f"pass-{login}") for login in ("clerk2", "retired")]
    slapd = Slapd(tmp_path / "ldap", *people)
    slapd.start()
    ldap = {
        "url": f"ldap://127.0.0.1:{slapd.port}", "ca": str(slapd.ca), "bind_dn": ADMIN, "base": BASE, "timeout": 5.0,
        "password_file": str(slapd.password_file), "filter": "(objectClass=inetOrgPerson)",
    }  # fmt: skip
    off = {"enabled": False}
    (tmp_path / "list.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "innocent.txt").write_text("市民まつりのお知らせ。\n" * 50, encoding="utf-8")
    box = Box(tmp_path / "box", web={"directory": True, "processes": processes}, ldap=ldap, mail=off, media=off)
    with WebServer() as server, box:

        def put(user: str, name: str) -> tuple[int, str]:
            command = ["curl", "-sS", "--noproxy", "", "-x", box.proxy_url, "--max-time", "60", "-w", "\n%{http_code}"]
            command += ["--proxy-user", user, "-T", str(tmp_path / name), f"{server.url}/raw"]
            done = subprocess.run(command, capture_output=True, timeout=90, check=False)
            text, _, code = done.stdout.decode().rpartition("\n")
            return int(code), text

        assert put("clerk2:wrong", "innocent.txt")[0] == 407
        assert put("clerk2:", "innocent.txt")[0] == 407
        assert put("*:pass-clerk2", "innocent.txt")[0] == 407
        assert server.arrived == []
        assert put("clerk2:pass-clerk2", "innocent.txt")[0] == 200
        assert put("clerk2:pass-clerk2", "list.csv")[0] == 403
        assert box.cases()[0].entry.person == "E002"
        assert (
            put("retired:pass-retired", "innocent.txt")[0] == 403
        )  # the directory still knows him; the people file not
        slapd.kill()
        code, text = put("retired:another", "innocent.txt")
        assert (code, "応答しない" in text) == (503, True)
        slapd.start()
        assert put("retired:another", "innocent.txt")[0] == 407
        assert len(server.arrived) == 1
    slapd.kill()
    assert b"pass-clerk2" not in box.log.read_bytes()
