"""The real gateway over a loop-mounted stick: by the FUSE mount and by the drop folder, raw image included.

One gateway serves them all, so each test writes into a folder of its own. The last one lets lists onto the stick:
what searches the raw stick comes before it.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quarantine.case import Case, Status
from quarantine.ledger import LedgerRow
from tests.e2e.harness import PEOPLE, Box
from tests.e2e.people import CSV, secrets
from tests.e2e.stick import Stick
from tests.extract import makers
from tests.fuse_guard import Guard

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

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


_MAX_SIZE = 4 << 20


class Desk:
    """A gateway, a stick, and how a clerk writes to it."""

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp
        self.stick = Stick(tmp, megabytes=32)
        self.stick.plug()
        self.point = tmp / "checked"
        off = {"enabled": False}
        media = {"mounts": {self.stick.serial: str(self.point)}, "max_size": _MAX_SIZE}
        self.box = Box(tmp, devices=self.stick.ledger(), mail=off, web=off, console=off, media=media)
        self.box.start()
        self.drop = self.box.drop / "clerk" / self.stick.serial

    @contextmanager
    def told_otherwise(self, file: str, text: str) -> Iterator[None]:
        """The ledger or the people file of the running gateway says something else for a while."""
        path = self.box.var / file
        before = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")

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

    def office(self, kind: str, *sources: Path, to: str) -> tuple[int, str]:
        """LibreOffice saves these in another format into a folder of the mount: exit code and what it says."""
        command = ["soffice", f"-env:UserInstallation=file://{self.tmp}/office", "--headless", "--convert-to", kind]
        command += ["--infilter=CSV:44,34,76"] if sources[0].suffix == ".csv" else []
        command += ["--outdir", str(self.point / to), *map(str, sources)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=100, env=os.environ | {"LC_ALL": "C.UTF-8"}
        )
        return done.returncode, done.stdout + done.stderr

    def put(self, name: str, content: bytes, login: str = "clerk") -> Path:
        """Into the drop folder."""
        path = self.box.drop / login / self.stick.serial / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def on_stick(self, folder: str) -> dict[str, bytes]:
        """The files below a folder of the stick."""
        found = self.stick.files().items()
        return {name.removeprefix(folder): data for name, data in found if name.startswith(folder)}

    def rows(self, since: int = 0) -> list[LedgerRow]:
        room = self.box.room()
        try:
            return room.ledger()[::-1][since:]
        finally:
            room.close()

    def cases(self, folder: str) -> list[Case]:
        """The cases of what was to be written below a folder."""
        found = [case for case in self.box.cases() if case.envelope["path"].startswith(folder)]
        return sorted(found, key=lambda case: str(case.envelope["path"]))

    def held(self, folder: str) -> list[tuple[str, str, int]]:
        """(path below the folder, channel, people) of each case."""
        cases = self.cases(folder)
        return [(c.envelope["path"].removeprefix(folder), c.entry.channel, c.entry.subjects) for c in cases]

    def told(self) -> dict[str, str]:
        """Who is owed a notice, and its subject."""
        room = self.box.room()
        try:
            return {notice.to: notice.subject for _, notice in room.notices()}
        finally:
            room.close()

    def raw(self) -> list[str]:
        """What of the lists stands on the raw stick, deleted blocks included; it is unplugged for a moment."""
        allowed = INNOCENT["お知らせ.txt"]
        assert self.cp("sought.txt", allowed) == (0, "")
        self.box.wait(lambda: self.stick.files().get("sought.txt") == allowed)
        self.stick.unplug()
        found = self.stick.raw_has(WORDS)
        assert self.stick.raw_has([allowed[:60]]) != [], "the search finds what was allowed"
        self.stick.plug()
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[tuple[Desk, Guard]]:
    need("fusermount3", "/dev/fuse", "mkfs.ext4", "/dev/loop-control")
    with Guard(seconds=60.0) as guard:
        desk = Desk(tmp_path_factory.mktemp("media"))
        try:
            yield desk, guard
        finally:
            guard.watch(desk.tmp)
            desk.close()


@pytest.fixture
def desk(running: tuple[Desk, Guard]) -> Iterator[Desk]:
    running[1].watch(running[0].tmp)
    yield running[0]
    running[1].rest()


LISTS_HELD = sorted((name, "media", 150) for name in LISTS)


def test_the_mount_keeps_lists_off_the_raw_stick(desk: Desk) -> None:
    for name, content in LISTS.items():
        code, said = desk.cp(f"cp/{name}", content)
        assert (code, "Permission denied" in said) == (1, True), said
    for name, content in INNOCENT.items():
        assert desk.cp(f"cp/{name}", content) == (0, "")
        subprocess.run(["cmp", desk.tmp / "source", desk.point / "cp" / name], check=True, timeout=20)
    desk.box.wait(lambda: desk.on_stick("cp/").keys() == INNOCENT.keys())
    assert desk.on_stick("cp/") == INNOCENT
    assert desk.held("cp/") == LISTS_HELD
    assert desk.raw() == []


def test_the_drop_folder_keeps_lists_off_the_raw_stick(desk: Desk) -> None:
    for name, content in (LISTS | INNOCENT).items():
        desk.put(f"dropped/{name}", content)
    notes = {f"{name}.保留.txt" for name in LISTS}
    desk.box.wait(lambda: {p.name for p in desk.drop.rglob("*.txt")} == notes)
    desk.box.wait(lambda: desk.on_stick("dropped/").keys() == INNOCENT.keys())
    assert desk.on_stick("dropped/") == INNOCENT
    assert desk.held("dropped/") == LISTS_HELD
    for case in desk.cases("dropped/"):
        assert case.id in (desk.drop / f"{case.envelope['path']}.保留.txt").read_text(encoding="utf-8")
    assert desk.raw() == []


def test_an_office_suite_saves_to_the_stick_and_is_told_of_a_refusal(desk: Desk, need: Callable[..., None]) -> None:
    need("soffice")
    for name, text in {"名簿": CSV, "お知らせ": "日付,行事\n5月3日,市民まつり\n"}.items():
        (desk.tmp / f"{name}.csv").write_text(text, encoding="utf-8")
    (desk.point / "office").mkdir()
    code, said = desk.office("xlsx", desk.tmp / "お知らせ.csv", to="office")
    assert (code, "Error" in said) == (0, False), said
    desk.box.wait(lambda: desk.on_stick("office/").keys() == {"お知らせ.xlsx"})
    saved = desk.on_stick("office/")
    (desk.tmp / "お知らせ.csv").write_text(CSV, encoding="utf-8")
    for name in ("お知らせ", "名簿"):  # over what was allowed, and anew
        said = desk.office("xlsx", desk.tmp / f"{name}.csv", to="office")[1]
        assert "Error" in said, said
    assert desk.on_stick("office/") == saved
    assert [subjects for _, _, subjects in desk.held("office/")] == [150, 150]
    code, said = desk.office("ods", desk.point / "office" / "お知らせ.xlsx", to="office")  # read from the stick
    assert (code, "Error" in said) == (0, False), said
    desk.box.wait(lambda: desk.on_stick("office/").keys() == {"お知らせ.xlsx", "お知らせ.ods"})
    assert desk.raw() == []


def test_a_file_above_the_limit_is_too_large(desk: Desk) -> None:
    before = len(desk.rows())
    code, said = desk.cp("large/a", bytes(_MAX_SIZE + 1))
    assert (code, "File too large" in said) == (1, True), said
    assert desk.cp("large/a", INNOCENT["お知らせ.txt"]) == (0, "")
    assert len(desk.rows(before)) == 1


@pytest.mark.parametrize("state", ["", "lost"], ids=["unregistered", "lost"])
def test_whatever_is_written_to_such_a_device_is_refused_and_recorded(desk: Desk, state: str) -> None:
    folder, before = f"{state or 'unknown'}/", len(desk.rows())
    with desk.told_otherwise("devices.toml", desk.stick.ledger(state) if state else ""):
        for name, content in INNOCENT.items():
            if name != "empty.txt":  # touch(1) makes those
                code, said = desk.cp(f"{folder}{Path(name).name}", content)
                assert (code, "Permission denied" in said) == (1, True), said
        subprocess.run(["touch", str(desk.point / folder / "touched")], capture_output=True, timeout=20)
        desk.put(f"{folder}empty.txt", b"")
        note = desk.put(f"{folder}harmless.txt", b"hello").with_name("harmless.txt.拒否.txt")
        desk.box.wait(lambda: len(desk.rows(before)) >= 5)
        desk.box.wait(lambda: note.exists() and note.with_name("empty.txt.拒否.txt").exists())
    assert sorted(row.entry.verdict for row in desk.rows(before)) == ["block"] * 5
    assert desk.on_stick(folder) == {}
    assert desk.cases(folder) == []


def test_a_leaver_is_refused_recorded_and_reported(desk: Desk) -> None:
    left = PEOPLE.replace('logins = ["clerk", "root"]', 'logins = ["clerk"]').replace(
        'logins = ["retired"]', 'logins = ["retired", "root"]'
    )
    before = len(desk.rows())
    with desk.told_otherwise("people.toml", left):
        code, said = desk.cp("left/harmless.txt", b"hello")
        assert (code, "Permission denied" in said) == (1, True), said
        desk.put("left/dropped.txt", b"hello", login="retired")
        desk.box.wait(lambda: len(desk.rows(before)) == 2)
    assert desk.on_stick("left/") == {}
    found = [(row.entry.sender, row.entry.verdict) for row in desk.rows(before)]
    assert found == [("root", "block"), ("retired", "block")]
    assert {"boss@town.example", "admin@town.example"} <= desk.told().keys()


def test_approved_files_appear_now_or_when_the_stick_is_back(desk: Desk) -> None:
    assert desk.cp("ok/名簿.csv", LISTS["名簿.csv"])[0] == 1
    xlsx = desk.put("ok/名簿.xlsx", XLSX)
    desk.box.wait(lambda: len(desk.cases("ok/")) == 2 and not xlsx.exists())
    first, second = desk.cases("ok/")
    assert desk.box.approve(first.id, "S001").status is Status.AWAITING_SECOND
    assert desk.on_stick("ok/") == {}
    desk.box.approve(first.id, "S002")
    desk.box.wait(lambda: desk.on_stick("ok/") == {"名簿.csv": LISTS["名簿.csv"]})
    desk.stick.unplug(lazy=True)
    desk.box.approve(second.id)
    time.sleep(1.5)  # some turns of the releaser
    assert list(desk.stick.folder.iterdir()) == []
    assert {case.status for case in desk.cases("ok/")} == {Status.RELEASED, Status.APPROVED}
    desk.stick.plug()
    desk.box.wait(lambda: desk.on_stick("ok/") == LISTS)
    desk.box.wait(lambda: {case.status for case in desk.cases("ok/")} == {Status.RELEASED})
    desk.box.wait(lambda: list(xlsx.parent.iterdir()) == [])  # the note of the held file went with its release
