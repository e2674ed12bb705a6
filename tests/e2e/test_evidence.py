"""A gateway's record stands up elsewhere: second place, metrics, feed and both verifiers over a real run, also a kill."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from dlp.cli import main
from tests.e2e.harness import REPO, Box
from tests.e2e.nexthop import NextHop
from tests.e2e.people import CSV
from tests.e2e.test_mail import OUTSIDE, send

pytestmark = pytest.mark.e2e


def letter(text: str) -> bytes:
    head = f"From: clerk@town.example\r\nTo: {OUTSIDE}\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n".encode()


def test_what_a_gateway_did_is_proved_without_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = tmp_path / "second"
    second.mkdir()
    with NextHop() as hop:
        mail = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none"}
        evidence = {"folder": str(second), "checkpoint_entries": 2}
        siem = {"file": str(tmp_path / "ocsf.jsonl")}
        box = Box(tmp_path, mail=mail, evidence=evidence, siem=siem, metrics={"enabled": True, "port": 0})
        box.start()
        send(box.smtp_port, letter("本日は晴天なり"))
        send(box.smtp_port, letter(CSV))
        lines = second / "checkpoints.jsonl"
        box.wait(lambda: lines.exists() and len(lines.read_text().splitlines()) >= 1)
        box.kill()  # a power cut: what was signed is signed, what was not will be
        box.start()
        send(box.smtp_port, letter("もう一度"))
        with urllib.request.urlopen(box.places["metrics"].replace("/metrics", "/readyz"), timeout=20) as answer:
            assert json.loads(answer.read()) == dict.fromkeys(("workers", "room", "outcomes", "proxy", "disk"), True)
        with urllib.request.urlopen(box.places["metrics"], timeout=20) as answer:
            metrics = answer.read().decode()
        assert 'sekisho_transfers_total{channel="mail",verdict="allow"} 1.0' in metrics
        assert box.stop() == 0
    config = ["--config", str(box.config_path), "--var", str(box.var)]
    assert main(["audit", "verify", *config, "--checkpoints", str(lines)]) == 0, capsys.readouterr().out
    assert main(["audit", "key", *config, "--out", str(tmp_path / "audit.pem")]) == 0
    verifier = [sys.executable, "-I", str(REPO / "quarantine" / "verify_audit.py"), str(box.var / "quarantine/room.db")]
    line = [*verifier, "--key", str(tmp_path / "audit.pem"), "--checkpoints", str(lines)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    findings = [json.loads(text) for text in (tmp_path / "ocsf.jsonl").read_text().splitlines()]
    assert [one["disposition_id"] for one in findings] == [1, 3, 1]
