"""Run in a network namespace of its own by test_web_transparent: a gateway that a redirected client knows nothing of.

The client is another account, whose connections the firewall redirects to the gateway. Prints what happened as JSON.
"""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

from tests.e2e.certificates import authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.webserver import WebServer

OFF = {"enabled": False}
CLIENT = "65534"


def main(folder: Path) -> None:
    """Everything, below `folder`, which the other account may enter."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    ca = authority(folder / "authority")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("localhost"))
    (folder / "list.csv").write_bytes(CSV.encode("cp932"))
    (folder / "innocent.txt").write_text("市民まつりのお知らせ。\n" * 100, encoding="utf-8")
    web = {"mode": "transparent", "upstream_ca": str(ca.path), "addresses": {"127.0.0.1": "clerk"}}
    with (
        WebServer() as plain,
        WebServer(tls=context) as secure,
        Box(folder / "box", web=web, mail=OFF, media=OFF) as box,
    ):
        shutil.copy(box.ca_path, folder / "ca.pem")
        (folder / "ca.pem").chmod(0o644)
        for server in (plain, secure):
            redirect(server.port, box.proxy_port)
        codes = [put(folder, server, name) for server in (plain, secure) for name in ("innocent.txt", "list.csv")]
        lies = [put(folder, server, "innocent.txt", "-H", "Host: 127.0.0.9") for server in (plain, secure)]
        cases = [(case.entry.person, case.entry.destination[0]) for case in box.cases()]
    arrived = [len(server.arrived) for server in (plain, secure)]
    ports = [plain.port, secure.port]
    print(json.dumps({"codes": codes, "lies": lies, "cases": cases, "arrived": arrived, "ports": ports}))


def redirect(port: int, to: int) -> None:
    """As a router does it with what it forwards."""
    match = ["-p", "tcp", "--dport", str(port), "-m", "owner", "--uid-owner", CLIENT]
    subprocess.run(
        ["iptables", "-t", "nat", "-A", "OUTPUT", *match, "-j", "REDIRECT", "--to-ports", str(to)], check=True
    )


def put(folder: Path, server: WebServer, name: str, *more: str) -> str:
    """The status of an upload by the other account, which uses no proxy."""
    url = f"{'https' if server.tls else 'http'}://localhost:{server.port}/x"
    command = [
        "setpriv",
        "--reuid",
        CLIENT,
        "--clear-groups",
        "curl",
        "-4",
        "-sS",
        "--noproxy",
        "*",
        "--max-time",
        "60",
    ]
    command += ["--cacert", str(folder / "ca.pem"), "-o", "/dev/null", "-w", "%{http_code}", *more]
    done = subprocess.run(
        [*command, "-T", str(folder / name), url],
        capture_output=True,
        timeout=90,
        check=False,
        env={"PATH": "/usr/bin"},
    )
    return done.stdout.decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
