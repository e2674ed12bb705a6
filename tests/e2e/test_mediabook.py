"""The ledger of media in a town that demands loans: the real gateway over a loop-mounted stick, the loan in a real
browser, heartbeats by curl, a loss while the stick is mounted; and the pictures for the documents."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from quarantine.case import Status
from tests.e2e.browser import CHROMIUM, chromium
from tests.e2e.harness import PEOPLE, REPO, Box
from tests.e2e.people import CSV
from tests.e2e.stick import Stick
from tests.e2e.test_console import PASSWORD, login, logout
from tests.fuse_guard import Guard

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
SHOTS = os.environ.get("SCREENSHOTS", "")
HARDWARE = "4C530001260524115055"
LEDGER = f"""
number = "市民-007"
registered = 2026-04-01
product = "セキュリティUSB 16GB"
department = "市民課"
holder = "S001"
encrypted = true
hardware = "{HARDWARE}"
vendor_id = "0781"
product_id = "5581"
"""


class Town:
    """A gateway whose policy demands a loan, and a stick behind its mount."""

    def __init__(self, tmp: Path) -> None:
        self.tmp, self.point = tmp, tmp / "checked"
        self.stick = Stick(tmp, megabytes=16)
        self.stick.plug()
        rules = tmp / "signatures"
        shutil.copytree(REPO / "signatures", rules)
        policy = (rules / "policy.toml").read_text(encoding="utf-8")
        assert "require_loan = 0" in policy
        (rules / "policy.toml").write_text(policy.replace("require_loan = 0", "require_loan = 1"), encoding="utf-8")
        udev = tmp / "udev"
        udev.mkdir()
        self.stick.report(udev, HARDWARE)
        off = {"enabled": False}
        self.box = Box(
            tmp,
            people=PEOPLE,
            devices=self.stick.ledger() + LEDGER,
            mail=off,
            web=off,
            media={"mounts": {self.stick.serial: str(self.point)}, "udev": str(udev)},
            inspection={"workers": 1, "deadline": 60.0, "signatures": str(rules)},
        )
        self.box.start()
        for name in ("boss", "clerk", "admin"):
            self.dlp("people", "password", name, said=PASSWORD + "\n")

    def dlp(self, *words: str, said: str = "") -> str:
        """A command beside the running gateway; what it prints."""
        command = [sys.executable, "-m", "dlp", *words, "--var", str(self.box.var)]
        done = subprocess.run(command, input=said, text=True, check=True, cwd=REPO, capture_output=True, timeout=60)
        return done.stdout

    def cp(self, name: str, content: bytes = b"harmless\n") -> bool:
        """Whether `cp` through the mount succeeds; if not, it is told "Permission denied"."""
        (self.tmp / "source").write_bytes(content)
        command = ["cp", str(self.tmp / "source"), str(self.point / name)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"LC_ALL": "C"})
        assert done.returncode == 0 or "Permission denied" in done.stderr, done.stderr
        return done.returncode == 0

    def reasons(self) -> list[str]:
        """Why the last transfer was refused."""
        room = self.box.room()
        try:
            return [str(reason["code"]) for reason in room.ledger()[0].entry.reasons]
        finally:
            room.close()

    def curl(self, token: str, body: object) -> str:
        """A heartbeat; the status."""
        command = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "20"]
        command += ["-H", f"Authorization: Bearer {token}", "--data", json.dumps(body)]
        done = subprocess.run(
            [*command, f"{self.box.console_url}/api/heartbeat"], capture_output=True, text=True, timeout=30
        )
        return done.stdout

    def close(self) -> None:
        try:
            self.box.stop()
        finally:
            if self.stick.plugged:
                self.stick.unplug(lazy=True)
            subprocess.run(["umount", "-l", str(self.point)], capture_output=True, timeout=10)


@pytest.fixture
def town(tmp_path: Path, need: Callable[..., None]) -> Iterator[Town]:
    need("fusermount3", "/dev/fuse", "mkfs.ext4", "/dev/loop-control", CHROMIUM, "curl")
    with Guard(seconds=120.0) as guard:
        guard.watch(tmp_path)
        made = Town(tmp_path)
        try:
            yield made
        finally:
            made.close()
            guard.rest()


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        made = browser.new_context(locale="ja-JP", viewport={"width": 1180, "height": 820}).new_page()
        made.set_default_timeout(45_000)
        yield made


def test_a_loan_in_a_browser_a_file_on_the_stick_and_a_loss(town: Town, page: Page, tmp_path: Path) -> None:
    shots = Path(SHOTS) if SHOTS else tmp_path
    assert not town.cp("before.txt")
    assert town.reasons() == ["loan_missing"]

    login(page, town.box, "clerk")
    page.goto(f"{town.box.console_url}/device/USB-7")
    page.fill("#purpose", "国勢調査の調査票データを県へ提出するため")
    page.fill("#last", page.get_attribute("#first", "min") or "")
    page.click("form[action$='/request'] button")
    page.wait_for_selector("h1 .tag")
    assert "申請中" in page.inner_text("h1")
    loan = page.url.rpartition("/")[2]
    logout(page)

    login(page, town.box, "boss")
    page.goto(f"{town.box.console_url}/devices")
    page.screenshot(path=shots / "devices.png", full_page=True)
    page.click(f"a[href='/loan/{loan}'] >> nth=0")
    page.click("form[action$='/approve'] button")
    page.wait_for_selector("form[action$='/lend']")
    assert not town.cp("approved.txt")
    assert town.reasons() == ["loan_not_begun"]
    page.click("form[action$='/lend'] button")
    page.wait_for_selector("form[action$='/return']")
    page.screenshot(path=shots / "loan.png", full_page=True)

    assert not town.cp("名簿.csv", "\r\n".join(CSV.splitlines()[:31]).encode("cp932"))
    (case,) = town.box.cases()
    assert town.cp("提出.txt")
    town.box.wait(lambda: town.stick.files())
    assert town.stick.files() == {"提出.txt": b"harmless\n"}
    line = json.loads((town.stick.folder / ".sekisho-manifest.jsonl").read_bytes())
    assert (line["size"], line["person"], line["number"]) == (9, "E001", "市民-007")
    page.check("input[name=erased]")
    page.click("form[action$='/return'] button")
    assert "まだファイルがあります" in page.inner_text("[role=alert]")
    logout(page)

    token = town.dlp("coverage", "admit", "施設予約端末", "--as", "A001").split()[-1]
    usb = [{"serial": "4C530001260524115055"}, {"serial": "NOBODYS", "product": "UDisk", "login": "clerk"}]
    assert town.curl(token, {"version": "1.0", "usb": usb}) == "204"
    assert town.curl(token, {"host": "another"}) == "403"
    assert town.curl("wrong", {}) == "401"

    login(page, town.box, "clerk")
    page.goto(f"{town.box.console_url}/device/USB-7")
    page.fill("#lose", "庁舎からの帰途に紛失")
    page.click("form[action$='/lose'] button")
    page.wait_for_selector("h1 .tag.red")
    assert not town.cp("after.txt")
    assert town.reasons() == ["device_lost"]
    dropped = town.box.drop / "clerk" / "USB-7" / "dropped.txt"
    dropped.parent.mkdir(parents=True)
    dropped.write_bytes(b"harmless")
    town.box.wait(lambda: dropped.with_name("dropped.txt.拒否.txt").exists())
    town.box.approve(case.id, "S001")  # of the content; the device is lost all the same
    town.box.wait(lambda: [(c.detail, c.status) for c in town.box.cases()] == [("device_lost", Status.QUARANTINED)])
    assert town.stick.files() == {"提出.txt": b"harmless\n"}
    logout(page)

    login(page, town.box, "admin")
    page.goto(f"{town.box.console_url}/coverage")
    text = page.inner_text("main")
    assert "NOBODYS" in text
    assert "施設予約端末" in text
    assert "紛失" in text  # the lost stick, seen at a terminal
    page.screenshot(path=shots / "coverage.png", full_page=True)
    page.goto(f"{town.box.console_url}/device/USB-7")
    page.screenshot(path=shots / "device.png", full_page=True)
    page.goto(f"{town.box.console_url}/devices/ledger")
    page.screenshot(path=shots / "daicho.png", full_page=True)
    assert "0 problems" in town.dlp("audit", "verify")
