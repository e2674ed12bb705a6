"""A slow leak over three real channels, killed in between; then the phone call, in a real browser, to the report."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page

from dlp.delivery.media import MARK
from dlp.tuning.town import Citizen, citizens, csv_text
from quarantine.case import Status
from tests.e2e.browser import CHROMIUM, chromium
from tests.e2e.harness import REPO, Box
from tests.e2e.nexthop import NextHop
from tests.e2e.test_mail import OUTSIDE, send
from tests.e2e.webserver import WebServer
from tests.extract import makers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
PASSWORD = "correct horse battery"
SHOTS = os.environ.get("SCREENSHOTS", "")
SERIAL = "USB-7"
STICK = '[[device]]\nserial = "{serial}"\nnumber = "市民-007"\nproduct = "貸出用メモリ"\ndepartment = "市民課"\nholder = "S001"\nfolder = "{folder}"\n'
TOWN = list(citizens(300, seed=31_429, city="平塚市"))
LISTS = [TOWN[at : at + 33] for at in range(0, 264, 33)]
CALLER = LISTS[0][7]


@pytest.fixture(scope="module")
def hop() -> Iterator[NextHop]:
    with NextHop() as running:
        yield running


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stick")
    (folder / MARK).touch()
    return folder


@pytest.fixture(scope="module")
def box(hop: NextHop, stick: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A town that lets lists of 33 pass, and counts whom a sender has sent out in 30 days."""
    tmp = tmp_path_factory.mktemp("trace")
    rules = tmp / "signatures"
    shutil.copytree(REPO / "signatures", rules)
    policy = rules / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(re.sub(r"(?m)^subjects = 11\b", "subjects = 50", text), encoding="utf-8")
    sections = {
        "mail": {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none"},
        "web": {"addresses": {"127.0.0.1": "clerk"}},
        "inspection": {"signatures": str(rules), "workers": 1},
        "town": {"name": "平塚市"},
    }
    with Box(tmp, devices=STICK.format(serial=SERIAL, folder=stick), **sections) as running:
        for login in ("privacy", "boss2"):
            command = [sys.executable, "-m", "dlp", "people", "password", login, "--var", str(running.var)]
            subprocess.run(
                command, input=PASSWORD + "\n", text=True, check=True, cwd=REPO, capture_output=True, timeout=60
            )
        yield running


def by_mail(box: Box, people: list[Citizen]) -> bool:
    content = makers.eml(attachment=csv_text(people).encode("cp932"), name="名簿.csv", kind="text/csv")
    reply = send(box.smtp_port, content)
    assert reply[0] == 250, reply
    return "stored" in reply[1]


def by_web(box: Box, server: WebServer, people: list[Citizen], tmp: Path) -> bool:
    file = tmp / "list.csv"
    file.write_bytes(csv_text(people).encode())
    command = ["curl", "-sS", "--noproxy", "", "-x", box.proxy_url, "-o", "/dev/null", "-w", "%{http_code}"]
    command += ["--max-time", "60", "-F", f"file=@{file}", f"{server.url}/form"]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout == "200"


def by_stick(box: Box, stick: Path, people: list[Citizen], name: str) -> bool:
    folder = box.drop / "clerk" / SERIAL
    folder.mkdir(parents=True, exist_ok=True)
    time.sleep(0.5)  # a new folder is watched from the moment the gateway has seen it
    (folder / name).write_bytes(csv_text(people).encode("cp932"))
    box.wait(lambda: (stick / name).exists() or list(folder.glob(f"{name}.*")))
    return (stick / name).exists()


def test_a_slow_leak_is_held_at_the_crossing_on_any_channel_also_after_kill_9(
    need: Callable[..., None], box: Box, hop: NextHop, server: WebServer, stick: Path, tmp_path: Path
) -> None:
    need("curl")
    assert by_mail(box, LISTS[0])
    assert by_web(box, server, LISTS[1], tmp_path)
    box.kill()
    box.start()
    assert by_stick(box, stick, LISTS[2], "b.csv")
    assert by_mail(box, LISTS[0]), "the same people again count once"
    assert not by_web(box, server, LISTS[3], tmp_path), "the fourth list crosses one hundred"
    box.kill()
    box.start()
    assert not by_mail(box, LISTS[4])
    assert not by_stick(box, stick, LISTS[5], "d.csv")
    assert not by_web(box, server, LISTS[6], tmp_path)
    assert (len(hop.to(OUTSIDE)), len(server.arrived)) == (2, 1)
    assert sorted(path.name for path in stick.iterdir() if not path.name.startswith(".sekisho")) == ["b.csv"]
    room = box.room()
    try:
        held = room.cases(status=(Status.QUARANTINED,))
        assert [case.entry.channel for case in held] == ["web", "mail", "media", "web"]
        assert all(case.approvals_needed == 2 for case in held)
        said = [{reason["code"]: reason["values"] for reason in case.entry.reasons} for case in held]
        assert [reasons["exposure"]["subjects"] for reasons in said] == [132] * 4, "held ones have not left"
        assert room.verify() == []
    finally:
        room.close()


# the phone call


@pytest.fixture
def page(need: Callable[..., None], tmp_path: Path) -> Iterator[Page]:
    need(CHROMIUM)
    with chromium() as browser:
        context = browser.new_context(locale="ja-JP", viewport={"width": 1180, "height": 900}, accept_downloads=True)
        context.tracing.start(screenshots=True, snapshots=True)  # every step with a picture: the recording
        made = context.new_page()
        made.set_default_timeout(45_000)
        yield made
        recording = (Path(SHOTS) if SHOTS and os.environ.get("RECORDING") else tmp_path) / "phone-call.zip"
        context.tracing.stop(path=recording)
        assert recording.stat().st_size > 10_000


def by_hand(page: Page, selector: str, text: str) -> None:
    """Type as a person does, who hears it on the telephone: six characters a second."""
    page.click(selector)
    page.keyboard.type(text, delay=160)


def login(page: Page, box: Box, who: str) -> None:
    page.goto(box.console_url)
    page.fill("#login", who)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("form[action='/logout']")


def logout(page: Page) -> None:
    page.click("form[action='/logout'] button")
    page.wait_for_selector("#password")


def era(day: date) -> str:
    """昭和60年3月2日."""
    name, first = ("平成", 1988) if day.year > 1989 else ("昭和", 1925)
    return f"{name}{day.year - first}年{day.month}月{day.day}日"


def test_from_a_caller_s_words_to_the_report(box: Box, hop: NextHop, page: Page, tmp_path: Path) -> None:
    if not hop.to(OUTSIDE):
        assert by_mail(box, LISTS[0])
    shots = Path(SHOTS) if SHOTS else tmp_path
    caller = next(person for person in LISTS[0] if person.birth > date(1927, 1, 1))
    town = re.sub(r"^神奈川県平塚市", "", caller.address)
    street, block, house = re.match(r"(.*?)(\d+)-(\d+-\d+)$", town).groups()  # type: ignore[union-attr]
    login(page, box, "privacy")
    page.click("a[href='/trace']")
    began = time.monotonic()
    by_hand(page, "#kana", caller.kana.translate(str.maketrans("ァアィイ", "ァアィイ")).replace("\u3000", " "))
    by_hand(page, "#birth", era(caller.birth))
    by_hand(page, "#address", f"{street}{'一二三四五六'[int(block) - 1]}丁目{house.replace('-', '番')}号")
    by_hand(page, "#reason", "電話照会 受付12")
    page.click("button.main")
    page.wait_for_selector("#found")
    assert page.locator("table.traced tbody tr").count() >= 1
    first = page.inner_text("table.traced tbody tr:first-child")
    for said in ("本人", "フリガナ", "生年月日", "住所", "名簿.csv", OUTSIDE, "職員 一", "庁外へ出た"):
        assert said in first
    page.screenshot(path=shots / "trace.png", full_page=True)
    page.click("#to-incident")
    page.wait_for_selector("#gone")
    assert page.inner_text("#gone") == "33"
    assert "あと" in page.inner_text("#deadlines")
    page.screenshot(path=shots / "incident.png")
    by_hand(page, "#nine-cause", "宛先の誤り。")
    page.click("#save-draft")
    page.wait_for_selector("#as-docx")
    with page.expect_download() as download:
        page.click("#as-docx")
    took = time.monotonic() - began
    path = tmp_path / "report.docx"
    download.value.save_as(path)
    assert download.value.suggested_filename.startswith("漏えい等報告書案")
    document = zipfile.ZipFile(path).read("word/document.xml").decode()
    assert "33人" in document
    assert "宛先の誤り。" in document
    assert caller.kana.partition("\u3000")[0] not in document
    print(f"from a caller's words to the report: {took:.0f} s by hand")
    assert took < 120


def test_the_affected_people_are_listed_in_a_worker_when_a_second_person_allows_it(
    box: Box, page: Page, tmp_path: Path
) -> None:
    content = makers.eml(attachment=csv_text(TOWN[:60]).encode("cp932"), name="全員.csv", kind="text/csv")
    case = send(box.smtp_port, content)[1].rpartition(" ")[2]
    login(page, box, "privacy")
    page.goto(f"{box.console_url}/incidents")
    page.fill("#case", case)
    page.click("main button.main")
    page.wait_for_selector("#gone")
    page.click("#ask-people")
    page.wait_for_selector("#affected")
    address = page.url.partition("#")[0]
    logout(page)
    login(page, box, "boss2")
    page.goto(f"{address}/allow")
    page.click("#allow-people")
    page.wait_for_selector("[role=alert]")
    logout(page)
    login(page, box, "privacy")
    page.goto(address)
    page.click("#list-people")
    page.wait_for_selector("#people")
    text = page.inner_text("main")
    assert "60人" in text
    assert sum(person.phone.replace("-", "") in text for person in TOWN[:60]) == 60
    with page.expect_download() as download:
        page.click("#people-csv")
    path = tmp_path / "list.csv"
    download.value.save_as(path)
    assert path.read_text(encoding="utf-8-sig").count("\n") == 61
    for kept in (box.var / "quarantine").rglob("*"):
        if kept.is_file():
            data = kept.read_bytes()
            assert not any(person.phone.replace("-", "").encode() in data for person in TOWN[:60])


def test_dlp_trace_beside_the_running_gateway(box: Box) -> None:
    told = f"name={CALLER.name}\nphone={CALLER.phone.replace('-', '')}\n"
    command = [sys.executable, "-m", "dlp", "trace", "--reason", "電話照会", "--as", "P001", "--var", str(box.var)]
    command += ["--config", str(box.config_path)]
    env = os.environ | {"COLUMNS": "240"}
    done = subprocess.run(command, input=told, capture_output=True, text=True, timeout=60, cwd=REPO, env=env)
    assert done.returncode == 0, done.stderr
    assert OUTSIDE in done.stdout
    assert "name phone" in done.stdout
    done = subprocess.run(
        command, input=f"name={CALLER.name}\nphone=09011110000\n", capture_output=True, text=True, timeout=60, cwd=REPO
    )
    assert done.returncode == 3
    refused = subprocess.run(
        [*command[:-4], "--as", "E001", *command[-4:]], input=told, capture_output=True, text=True, timeout=60, cwd=REPO
    )
    assert refused.returncode == 2
    assert CALLER.name not in done.stderr + refused.stderr
