"""`make demo` and `make run` as a newcomer meets them: real processes, Ctrl-C, passwords shown once."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import CHROMIUM, chromium
from tests.e2e.harness import REPO
from tests.e2e.people import found_in

pytestmark = pytest.mark.e2e
PASSWORD = re.compile(r"^    (\w+) +([\w-]{23})$", re.MULTILINE)
ANY_PORT = {"SEKISHO_MAIL_PORT": "0", "SEKISHO_WEB_PORT": "0", "SEKISHO_CONSOLE_PORT": "0"}


class Started:
    """A command in a group of its own, as a terminal starts it; its output as far as it has come."""

    def __init__(self, out: Path, *args: str | Path, env: dict[str, str] | None = None) -> None:
        self._out = out
        with out.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dlp", *map(str, args)],
                cwd=REPO,
                env=os.environ | {"COLUMNS": "200"} | (env or {}),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self._out.read_text(encoding="utf-8")

    def until(self, words: str, seconds: float = 90.0) -> str:
        """What was printed, once `words` are in it."""
        late = time.monotonic() + seconds
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < late, self.text
            time.sleep(0.05)
        return self.text

    def control_c(self) -> int:
        """SIGINT to the whole group; the exit code. Nothing of the group may be left."""
        os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(60)
        late = time.monotonic() + 30
        while True:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return code
            assert time.monotonic() < late, "a process of the group is left"
            time.sleep(0.05)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    running: list[Started] = []

    def begin(*args: str | Path, env: dict[str, str] | None = None) -> Started:
        running.append(Started(tmp_path / f"{len(running)}.out", *args, env=env))
        return running[-1]

    yield begin
    for one in running:
        one.kill()


def test_serve_says_where_things_are_and_its_passwords_once(start: Callable[..., Started], tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = start("serve", "--var", var, env=ANY_PORT)
    text = first.until("next hop 127")
    for label in ("SMTP", "proxy CA certificate", "media drop folder", "mount points", "console", "people.toml"):
        assert label in text
    ca = re.search(r"proxy CA certificate +(\S+)", text)
    assert ca
    assert b"BEGIN CERTIFICATE" in Path(ca[1]).read_bytes()
    secrets = dict(PASSWORD.findall(text))
    assert list(secrets) == ["supervisor", "privacy", "admin", "staff"]
    smtp = re.search(r"SMTP \(mail in\) +127\.0\.0\.1:(\d+)", text)
    assert smtp
    assert first.control_c() == 0
    assert first.text.rstrip().endswith("stopped. 停止しました。")
    assert not (var / "run.json").exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(smtp[1])), 30).close()

    second = start("serve", "--var", var, env=ANY_PORT)
    text = second.until("next hop 127")
    assert PASSWORD.findall(text) == []
    assert second.control_c() == 0
    kept = b"".join(path.read_bytes() for path in var.rglob("*") if path.is_file())
    assert [login for login, secret in secrets.items() if secret.encode() in kept] == []


def _said(text: str) -> str:
    """What is told to whoever starts it, without its log: that tells of folders which gateways that were killed beside
    us, by other tests, have left."""
    return "\n".join(line for line in text.strip().splitlines() if not line.startswith("{"))


@pytest.mark.parametrize("section", ["mail", "web", "console"])
def test_a_taken_port_is_named_and_costs_no_passwords(
    start: Callable[..., Started], tmp_path: Path, section: str
) -> None:
    var = tmp_path / "var"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        failed = start("serve", "--var", var, env=ANY_PORT | {f"SEKISHO_{section.upper()}_PORT": port})
        assert failed.process.wait(60) == 2
    line = _said(failed.text)
    assert line.count("\n") == 0
    assert all(words in line for words in (f"[{section}]", port, "another program", f"SEKISHO_{section.upper()}_PORT"))
    again = start("serve", "--var", var, env=ANY_PORT)
    assert len(PASSWORD.findall(again.until("next hop 127"))) == 4
    assert again.control_c() == 0


def test_a_folder_that_cannot_be_had_is_one_line(start: Callable[..., Started], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    failed = start("serve", "--var", tmp_path / "file", env=ANY_PORT)
    assert failed.process.wait(60) == 2
    assert _said(failed.text).count("\n") == 0
    assert "--var" in failed.text


def _log_in(page: Page, console: str, login: str, password: str) -> None:
    page.goto(console)
    page.fill("#login", login)
    page.fill("#password", password)
    page.keyboard.press("Enter")
    page.wait_for_selector("form[action='/logout']")


def _approve(page: Page, url: str) -> None:
    page.goto(url)
    page.fill("#reason-approve", "業務に必要と確認した")
    page.check("input[name=confirm]")
    with page.expect_navigation():
        page.click("button.main")


def _once(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    late = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < late
        time.sleep(0.1)


def test_the_incident_is_held_and_each_kind_released(
    start: Callable[..., Started], tmp_path: Path, need: Callable[..., None]
) -> None:
    need(CHROMIUM, "curl")
    var = tmp_path / "demo"
    demo = start("demo", "--var", var)
    text = demo.until("Ctrl-C stops it. Ctrl-C", 120)
    held = re.findall(r"│ ([0-9A-Z]{6}) +│ (\S+) +│ \S+ +│ 150 +│ 承認待ち", text)
    assert [kind for _, kind in held] == ["メール", "メール", "ウェブ", "外部媒体"]
    assert re.search(r"leaver@demo\.example +│ メール +│ \S+ +│ 16 +│ 248 +│", text)  # who retired yesterday
    assert re.search(r"USB-9999 +│ 1 ", text)
    console = re.search(r"Console 承認画面: (\S+)", text)
    again = re.search(r"^    (curl .+)$", text, re.MULTILINE)
    assert console
    assert again
    secrets = PASSWORD.findall(text)
    assert len(secrets) == 4  # each shown once
    stick, delivered = var / "devices" / "USB-0001", var / "delivered"
    assert not (stick / "list.csv").exists()
    assert len(list(delivered.glob("*partner*"))) == 5

    def upload() -> str:
        command = f"{again[1]} -s -o /dev/null -w '%{{http_code}}'"
        return subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=True).stdout

    with chromium() as browser:
        for login in ("supervisor", "privacy"):
            page = browser.new_context(locale="ja-JP").new_page()
            page.set_default_timeout(45_000)
            _log_in(page, console[1], login, dict(secrets)[login])
            for case, _ in held:
                _approve(page, f"{console[1]}/cases/{case}")
        _once(lambda: len(list(delivered.glob("*partner*"))) == 7)
        _once((stick / "list.csv").exists)
        _once(lambda: "許可済み" in (page.goto(f"{console[1]}/cases/{held[2][0]}") and page.inner_text("h1")))
        assert found_in(page.content().encode()) == []
    assert (upload(), upload()) == ("200", "403")  # once
    assert demo.control_c() == 0
    assert demo.text.rstrip().endswith("停止しました。")


def test_a_second_demo_in_the_same_folder_leaves_the_first_alone(start: Callable[..., Started], tmp_path: Path) -> None:
    first = start("demo", "--var", tmp_path / "demo")
    first.until("Sekisho is running")
    second = start("demo", "--var", tmp_path / "demo")
    assert second.process.wait(60) == 2
    assert "another demo is running" in second.text
    first.until("Ctrl-C stops it. Ctrl-C", 120)
    assert first.control_c() == 0
