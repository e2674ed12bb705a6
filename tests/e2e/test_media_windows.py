"""Windows staff at an export station: smbclient, Samba as docs/media.md prints it, the real gateway, a loop-mounted stick."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import PEOPLE, Box
from tests.e2e.people import CSV, secrets
from tests.e2e.samba import Station
from tests.e2e.stick import Stick
from tests.extract.test_owner import made
from tests.fuse_guard import Guard

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

LIST = CSV.encode("cp932")
_MANY = int(os.environ.get("SEKISHO_MANY_FILES", "60"))
INNOCENT = "市民まつりのお知らせ。10時に開場します。\n".encode() * 5000
#: Accounts that every Debian has stand for the people's: a clerk, one who has left, one whom nobody knows.
CLERK, LEAVER, STRANGER = "games", "news", "irc"
_PEOPLE = PEOPLE.replace('"clerk", "root"', f'"clerk", "{CLERK}"').replace('["retired"]', f'["retired", "{LEAVER}"]')


class Desk:
    """The gateway, the stick and the share over it."""

    def __init__(self, tmp: Path) -> None:
        self.tmp, self.stick = tmp, Stick(tmp, megabytes=32)
        self.stick.plug()
        self.point = tmp / "checked"
        off = {"enabled": False}
        media = {"mounts": {self.stick.serial: str(self.point)}}
        self.box = Box(tmp, people=_PEOPLE, devices=self.stick.ledger(), mail=off, web=off, console=off, media=media)
        self.box.start()
        self.station = Station(tmp, self.point, logins=(CLERK, LEAVER, STRANGER), names={"Shokuin Ichi": CLERK})
        (tmp / "list.csv").write_bytes(LIST)
        (tmp / "news.txt").write_bytes(INNOCENT)

    def close(self) -> None:
        try:
            self.box.stop()
        finally:
            if self.stick.plugged:
                self.stick.unplug(lazy=True)
            subprocess.run(["umount", "-l", str(self.point)], capture_output=True, timeout=10)

    def ok(self, commands: str, user: str = CLERK) -> str:
        code, said = self.station.said(commands, user=user)
        assert (code, "NT_STATUS" in said) == (0, False), said
        return said

    def refused(self, commands: str, user: str = CLERK) -> None:
        code, said = self.station.said(commands, user=user)
        assert (code, "NT_STATUS_ACCESS_DENIED" in said) == (1, True), said

    def rows(self) -> list[tuple[str, str]]:
        """(login, verdict) of each transfer, oldest first."""
        room = self.box.room()
        try:
            return [(row.entry.sender, row.entry.verdict) for row in room.ledger()[::-1]]
        finally:
            room.close()

    def raw(self) -> list[str]:
        """What of the list stands on the raw stick; that the search finds what was allowed is asserted."""
        self.stick.unplug()
        found = self.stick.raw_has(secrets())
        assert self.stick.raw_has([INNOCENT[:60]]) != []
        self.stick.plug()
        return found


@pytest.fixture(scope="module")
def running(need: Callable[..., None]) -> Iterator[tuple[Desk, Guard]]:
    need("smbd", "smbclient", "smbpasswd", "fusermount3", "/dev/fuse", "mkfs.ext4", "/dev/loop-control")
    # Not in pytest's own folder, which it closes to others: the people's own accounts must reach the mount.
    with (
        Guard(seconds=60.0) as guard,
        tempfile.TemporaryDirectory(prefix="sekisho-windows-", ignore_cleanup_errors=True) as folder,
    ):
        Path(folder).chmod(0o755)
        desk = Desk(Path(folder))
        try:
            with desk.station:
                yield desk, guard
        finally:
            guard.watch(desk.tmp)
            desk.close()


@pytest.fixture
def desk(running: tuple[Desk, Guard]) -> Iterator[Desk]:
    running[1].watch(running[0].tmp)
    yield running[0]
    running[1].rest()


def test_an_innocent_file_arrives_and_is_read_back(desk: Desk) -> None:
    desk.ok('mkdir 資料; put news.txt "資料/お知らせ 1.txt"; get "資料/お知らせ 1.txt" back.txt')
    desk.box.wait(lambda: desk.stick.files().get("資料/お知らせ 1.txt") == INNOCENT)
    assert (desk.tmp / "back.txt").read_bytes() == INNOCENT
    assert desk.rows()[-1] == (CLERK, "allow")
    assert "お知らせ 1.txt" in desk.ok("cd 資料; ls")


def test_a_list_is_refused_with_an_error_and_never_lies_on_the_stick(desk: Desk) -> None:
    desk.ok("put news.txt innocent.txt")
    desk.box.wait(lambda: "innocent.txt" in desk.stick.files())
    desk.refused("put list.csv 名簿.csv")
    assert desk.rows()[-1] == (CLERK, "quarantine")
    assert "名簿.csv" not in desk.stick.files()
    desk.refused("put list.csv innocent.txt")  # over what was allowed: that stays
    desk.refused("put list.csv hidden.tmp")
    assert {name for name, data in desk.stick.files().items() if data == LIST} == set()
    assert desk.stick.files()["innocent.txt"] == INNOCENT
    assert [case.entry.subjects for case in desk.box.cases()] == [150, 150, 150]
    assert desk.raw() == []


def test_of_many_small_files_only_the_list_is_refused(desk: Desk) -> None:
    many = desk.tmp / "many" / "資料"
    many.mkdir(parents=True)
    for number in range(_MANY):
        (many / f"{number:04}.txt").write_text(f"{number}番のお知らせです。\n", encoding="utf-8")
    (many / "名簿.csv").write_bytes(LIST)
    held = len(desk.box.cases())
    said = desk.station.said("recurse ON; prompt OFF; mput many", user=CLERK)[1]
    assert said.count("NT_STATUS") == said.count("NT_STATUS_ACCESS_DENIED") >= 1, said
    expected = {f"many/資料/{number:04}.txt": f"{number}番のお知らせです。\n".encode() for number in range(_MANY)}
    desk.box.wait(lambda: desk.stick.files().keys() >= expected.keys())
    assert {name: data for name, data in desk.stick.files().items() if name.startswith("many/")} == expected
    case = desk.box.cases()[held:]
    assert [one.entry.subjects for one in case] == [150] * len(case) != []
    listed = desk.ok("cd many/資料; ls")  # who looks sees what is there, and reads it
    assert ("0001.txt" in listed, "名簿.csv" in listed) == (True, False)
    desk.ok("cd many/資料; get 0001.txt back1.txt")
    assert (desk.tmp / "back1.txt").read_bytes() == expected["many/資料/0001.txt"]


def test_who_has_a_document_open_may_say_so(desk: Desk) -> None:
    """Word writes this beside each document it opens; held, each would be a case and a document that cannot be saved."""
    (desk.tmp / "owner").write_bytes(made("職員 一", 53))
    desk.ok('put owner "~$news.docx"; del "~$news.docx"')
    assert desk.rows()[-1] == (CLERK, "allow")


def test_rename_overwrite_delete_and_folders(desk: Desk) -> None:
    (desk.tmp / "second.txt").write_bytes(b"second\r\n")
    desk.ok("mkdir d; put news.txt d/a.txt; put second.txt d/a.txt; rename d/a.txt d/b.txt; put news.txt d/c.txt")
    desk.ok("mkdir d/e; rmdir d/e; rename d moved; del moved/c.txt")
    found = {name: data for name, data in desk.stick.files().items() if name.startswith(("d/", "moved/"))}
    assert found == {"moved/b.txt": b"second\r\n"}
    desk.ok("del moved/b.txt; rmdir moved")
    assert not (desk.stick.folder / "moved").exists()


def test_a_windows_name_is_mapped_to_its_login(desk: Desk) -> None:
    desk.ok("put news.txt mapped.txt", user="Shokuin Ichi")
    assert desk.rows()[-1] == (CLERK, "allow")


@pytest.mark.parametrize(("user", "verdict"), [(LEAVER, "block"), (STRANGER, "quarantine")])
def test_who_has_left_and_whom_nobody_knows_gets_nothing_through(desk: Desk, user: str, verdict: str) -> None:
    desk.refused(f"put news.txt {user}.txt", user=user)
    assert desk.rows()[-1] == (user, verdict)
    assert f"{user}.txt" not in desk.stick.files()


def test_a_leaver_can_neither_delete_nor_rename(desk: Desk) -> None:
    desk.ok("put news.txt staying.txt")
    desk.box.wait(lambda: "staying.txt" in desk.stick.files())
    for commands in ("del staying.txt", "rename staying.txt gone.txt"):
        assert "NT_STATUS_ACCESS_DENIED" in desk.station.said(commands, user=LEAVER)[1]
    assert desk.stick.files()["staying.txt"] == INNOCENT
    assert "gone.txt" not in desk.stick.files()


def test_a_wrong_password_and_a_guest_do_not_get_in(desk: Desk) -> None:
    before = len(desk.rows())
    for user in (f"{CLERK}%wrong", "nobody", "root"):
        code, said = desk.station.said("put news.txt guest.txt", user=user)
        assert (code, "NT_STATUS" in said) == (1, True), said
    assert len(desk.rows()) == before
