"""The real gateway over a loop-mounted stick: by the FUSE mount and by the drop folder, raw image included."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quarantine.case import Case, Status
from quarantine.ledger import LedgerRow
from tests.e2e.harness import PEOPLE, Box
from tests.e2e.people import CSV, secrets
from tests.e2e.stick import Stick
from tests.extract import makers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

XLSX = makers.xlsx()
LISTS = {"名簿.csv": CSV.encode("cp932"), "名簿.xlsx": XLSX}
INNOCENT = {
    "お知らせ.txt": "市民まつりのお知らせ。10時に開場します。\n".encode() * 20_000,
    "empty.txt": b"",
    "資料/年度/one.txt": b"x",
}
#: Pieces of the workbook's own bytes, and every value of both lists.
PIECES = [XLSX[at : at + 48] for at in range(100, len(XLSX) - 48, len(XLSX) // 40)]
WORDS = [*secrets(), *(value for row in makers.ROWS[1:] for value in row if len(value) >= 6), *PIECES]


class Desk:
    """A gateway, a stick, and how a clerk writes to it."""

    def __init__(self, tmp: Path, *, state: str = "in_use", people: str = PEOPLE, known: bool = True) -> None:
        self.tmp = tmp
        self.stick = Stick(tmp)
        self.stick.plug()
        self.point = tmp / "checked"
        off = {"enabled": False}
        mounts = {self.stick.serial: str(self.point)}
        self.box = Box(
            tmp, people=people, devices=self.stick.ledger(), mail=off, web=off, console=off, media={"mounts": mounts}
        )
        self.box.start()
        self.drop = self.box.drop / "clerk" / self.stick.serial
        self.drop.mkdir(parents=True)
        if not known or state != "in_use":
            self.ledger(self.stick.ledger(state) if known else "")

    def ledger(self, text: str) -> None:
        """Replace the device ledger of the running gateway."""
        (self.box.var / "devices.toml").write_text(text, encoding="utf-8")

    def close(self) -> None:
        try:
            self.box.stop()
        finally:
            if self.stick.plugged:
                self.stick.unplug(lazy=True)
            subprocess.run(["umount", "-l", str(self.point)], capture_output=True, timeout=10)

    def cp(self, name: str, content: bytes) -> tuple[int, str]:
        """`cp` through the mount: exit code and what it says."""
        source = self.tmp / "source"
        source.write_bytes(content)
        (self.point / name).parent.mkdir(parents=True, exist_ok=True)
        command = ["cp", str(source), str(self.point / name)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"LC_ALL": "C"})
        return done.returncode, done.stderr

    def put(self, name: str, content: bytes) -> Path:
        """Into the drop folder."""
        path = self.drop / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def rows(self) -> list[LedgerRow]:
        room = self.box.room()
        try:
            return room.ledger()[::-1]
        finally:
            room.close()

    def told(self) -> dict[str, str]:
        """Who is owed a notice, and its subject."""
        room = self.box.room()
        try:
            return {notice.to: notice.subject for _, notice in room.notices()}
        finally:
            room.close()

    def raw(self) -> list[str]:
        """What of the lists stands on the unplugged stick, deleted blocks included."""
        self.stick.unplug()
        found = self.stick.raw_has(WORDS)
        assert self.stick.raw_has([INNOCENT["お知らせ.txt"][:60]]) != [], "the search finds what was allowed"
        return found


@pytest.fixture
def make(tmp_path: Path, need: Callable[..., None]) -> Iterator[Callable[..., Desk]]:
    need("fusermount3", "/dev/fuse", "mkfs.ext4", "/dev/loop-control")
    made: list[Desk] = []

    def one(**how: object) -> Desk:
        made.append(Desk(tmp_path, **how))  # type: ignore[arg-type]
        return made[-1]

    yield one
    for desk in made:
        desk.close()


def held(cases: list[Case]) -> list[tuple[str, str, int]]:
    return sorted((case.envelope["path"], case.entry.channel, case.entry.subjects) for case in cases)


LISTS_HELD = sorted((name, "media", 150) for name in LISTS)


def test_the_mount_keeps_lists_off_the_raw_stick(make: Callable[..., Desk]) -> None:
    desk = make()
    for name, content in LISTS.items():
        code, said = desk.cp(name, content)
        assert (code, "Permission denied" in said) == (1, True), said
    for name, content in INNOCENT.items():
        assert desk.cp(name, content) == (0, "")
        subprocess.run(["cmp", desk.tmp / "source", desk.point / name], check=True, timeout=20)
    desk.box.wait(lambda: desk.stick.files().keys() == INNOCENT.keys())
    assert desk.stick.files() == INNOCENT
    assert held(desk.box.cases()) == LISTS_HELD
    desk.box.stop()
    assert desk.raw() == []


def test_the_drop_folder_keeps_lists_off_the_raw_stick(make: Callable[..., Desk]) -> None:
    desk = make()
    for name, content in (LISTS | INNOCENT).items():
        desk.put(name, content)
    desk.box.wait(lambda: len(desk.box.cases()) == 2 and desk.stick.files().keys() == INNOCENT.keys(), 40)
    assert desk.stick.files() == INNOCENT
    assert held(desk.box.cases()) == LISTS_HELD
    desk.box.wait(lambda: {p.name for p in desk.drop.rglob("*.txt")} == {f"{name}.保留.txt" for name in LISTS})
    for case in desk.box.cases():
        assert case.id in (desk.drop / f"{case.envelope['path']}.保留.txt").read_text(encoding="utf-8")
    desk.box.stop()
    assert desk.raw() == []


@pytest.mark.parametrize("how", [{"known": False}, {"state": "lost"}], ids=["unregistered", "lost"])
def test_whatever_is_written_to_such_a_device_is_refused_and_recorded(
    make: Callable[..., Desk], how: dict[str, object]
) -> None:
    desk = make(**how)
    for name, content in INNOCENT.items():
        if name != "empty.txt":  # touch(1) makes those
            code, said = desk.cp(Path(name).name, content)
            assert (code, "Permission denied" in said) == (1, True), said
    subprocess.run(["touch", str(desk.point / "touched")], capture_output=True, timeout=20)
    desk.put("empty.txt", b"")
    desk.put("harmless.txt", b"hello")
    desk.box.wait(lambda: len(desk.rows()) >= 5)
    assert desk.stick.files() == {}
    assert sorted(row.entry.verdict for row in desk.rows()) == ["block"] * 5
    desk.box.wait(lambda: (desk.drop / "empty.txt.拒否.txt").exists())
    assert desk.box.cases() == []


def test_a_leaver_is_refused_recorded_and_reported(make: Callable[..., Desk]) -> None:
    desk = make(
        people=PEOPLE.replace('logins = ["clerk", "root"]', 'logins = ["clerk"]').replace(
            'logins = ["retired"]', 'logins = ["retired", "root"]'
        )
    )
    code, said = desk.cp("harmless.txt", b"hello")
    assert (code, "Permission denied" in said) == (1, True), said
    (desk.box.drop / "retired" / desk.stick.serial).mkdir(parents=True)
    (desk.box.drop / "retired" / desk.stick.serial / "dropped.txt").write_bytes(b"hello")
    desk.box.wait(lambda: len(desk.rows()) == 2)
    assert desk.stick.files() == {}
    assert [(row.entry.sender, row.entry.verdict) for row in desk.rows()] == [("root", "block"), ("retired", "block")]
    assert {"boss@town.example", "admin@town.example"} <= desk.told().keys()


def test_approved_files_appear_now_or_when_the_stick_is_back(make: Callable[..., Desk]) -> None:
    desk = make()
    assert desk.cp("名簿.csv", LISTS["名簿.csv"])[0] == 1
    assert desk.cp("名簿.xlsx", XLSX)[0] == 1
    first, second = sorted(desk.box.cases(), key=lambda case: case.envelope["path"])
    assert desk.box.approve(first.id, "S001").status is Status.AWAITING_SECOND
    assert desk.stick.files() == {}
    desk.box.approve(first.id, "S002")
    desk.box.wait(lambda: desk.stick.files() == {"名簿.csv": LISTS["名簿.csv"]})
    desk.stick.unplug(lazy=True)
    desk.box.approve(second.id)
    asyncio.run(asyncio.sleep(2.5))  # some turns of the releaser
    assert list(desk.stick.folder.iterdir()) == []
    assert {case.status for case in desk.box.cases()} == {Status.RELEASED, Status.APPROVED}
    desk.stick.plug()
    desk.box.wait(lambda: desk.stick.files() == LISTS, 40)
    desk.box.wait(lambda: {case.status for case in desk.box.cases()} == {Status.RELEASED})
