"""Writing to a stick past the gateway: denied by the kernel, on record; what got through freezes the device."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dlp.channels.media.guard import only_reads
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.stick import Stick

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="needs root: fanotify, loop devices")]
OFF = {"enabled": False}


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[Stick]:
    need("mkfs.ext4", "fusermount3")
    with Stick(tmp_path_factory.mktemp("stick")) as plugged:
        (plugged.folder / "old.txt").write_text("from before")
        yield plugged


@pytest.fixture(scope="module")
def box(stick: Stick, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("guard")
    media = {"mounts": {stick.serial: str(folder / "usb")}}
    (folder / "usb").mkdir()
    before = (stick.folder / "early.txt").open("w")  # opened before anybody guards
    with Box(folder, devices=stick.ledger(), mail=OFF, web=OFF, media=media) as running:
        running.early = before  # type: ignore[attr-defined]
        yield running
    before.close()


def outside(code: str, *args: str) -> subprocess.CompletedProcess[str]:
    """A program that is not the gateway's."""
    return subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, timeout=30)


WAYS = {
    "open": "import sys; open(sys.argv[1] + '/new.csv', 'w').write(sys.stdin.read() or 'x')",
    "append": "import sys; open(sys.argv[1] + '/old.txt', 'a').write('x')",
    "truncate": "import sys; open(sys.argv[1] + '/old.txt', 'w')",
    "read and write": "import os, sys; os.open(sys.argv[1] + '/old.txt', os.O_RDWR)",
}


@pytest.mark.parametrize("way", WAYS)
def test_no_other_program_writes(way: str, box: Box, stick: Stick) -> None:
    done = outside(WAYS[way], str(stick.folder))
    assert f"[Errno {errno.EPERM}]" in done.stderr
    assert (stick.folder / "old.txt").read_text() == "from before"


def test_nor_by_cp_or_a_second_mount(box: Box, stick: Stick, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(CSV)
    done = subprocess.run(["cp", str(tmp_path / "list.csv"), str(stick.folder)], capture_output=True, text=True)
    assert done.returncode
    second = tmp_path / "second"
    second.mkdir()
    subprocess.run(["mount", "--bind", str(stick.folder), str(second)], check=True)
    try:
        done = subprocess.run(["cp", str(tmp_path / "list.csv"), str(second / "b.csv")], capture_output=True, text=True)
        assert done.returncode
    finally:
        # Lazily: the kernel hands the guard each file it asks about, open, and for that moment the mount is in use.
        subprocess.run(["umount", "-l", str(second)], check=True)
    assert not any(len(data) for name, data in stick.files().items() if name.endswith(".csv"))  # an empty name at most


def test_reading_and_the_gates_own_way_work(box: Box, stick: Stick) -> None:
    assert outside("import sys; print(open(sys.argv[1] + '/old.txt').read())", str(stick.folder)).stdout.strip()
    (Path(box.places["mounts"][stick.serial]) / "note.txt").write_text("harmless\n")
    assert (stick.folder / "note.txt").read_text() == "harmless\n"


def test_it_is_on_record(box: Box) -> None:
    room = box.room()
    try:
        found = box.wait(lambda: [e for e in room.entries(0, 10_000) if e.event == "media_denied"])
    finally:
        room.close()
    assert {entry.subject for entry in found} == {"USB-7"}
    assert "cp" in {entry.detail["program"] for entry in found}


SAID = "霧窪井 侑太助,1980/1/1,090-0000-0000;" * 10
PAST: dict[str, str] = {
    "symlink": f"os.symlink({SAID!r}, at + '/link')",
    "attribute": f"os.setxattr(at + '/old.txt', 'user.a', {SAID!r}.encode())",
    "folder": "os.mkdir(at + '/霧窪井 侑太助 090-0000-0000')",
    "rename": "os.rename(at + '/note.txt', at + '/霧窪井 侑太助.txt')",
    "truncate": "os.truncate(at + '/old.txt', 3)",
    "node": "os.mknod(at + '/pipe', 0o10600)",
    "long name": "os.mknod(at + '/' + 'n' * 200)",
    "many names": "[os.mknod(at + f'/n{i}') for i in range(12)]",
    "removal": "os.remove(at + '/old.txt')",
}


@pytest.mark.parametrize("way", PAST)
def test_a_change_that_opens_no_file_freezes_the_stick(way: str, box: Box, stick: Stick) -> None:
    (Path(box.places["mounts"][stick.serial]) / "note.txt").write_text("harmless\n")
    box.wait((stick.folder / "note.txt").exists)
    before = box.log.read_text().count("media_bypassed")
    done = outside(f"import os, sys; at = sys.argv[1]; {PAST[way]}", str(stick.folder))
    assert done.returncode == 0, done.stderr
    box.wait(lambda: box.log.read_text().count("media_bypassed") > before)
    frozen_then_thawed(box, stick)


def test_what_got_through_freezes_the_stick_until_somebody_has_looked(box: Box, stick: Stick) -> None:
    box.early.write("past the gate")  # type: ignore[attr-defined]
    box.early.flush()  # type: ignore[attr-defined]
    box.wait(lambda: "media_bypassed" in box.log.read_text())
    frozen_then_thawed(box, stick)


def frozen_then_thawed(box: Box, stick: Stick) -> None:
    point = Path(box.places["mounts"][stick.serial])

    def refused() -> bool:
        try:
            (point / "more.txt").write_text("harmless\n")
        except PermissionError:
            return True
        return False

    box.wait(refused)
    command = [sys.executable, "-m", "dlp", "devices", "thaw", stick.serial, "--as", "A001", "--remark", "looked"]
    base = ["--config", str(box.config_path), "--var", str(box.var)]
    done = subprocess.run([*command, *base], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    (point / "again.txt").write_text("harmless\n")
    box.wait((stick.folder / "again.txt").exists)  # it is carried with others


def test_a_reader_is_known_also_before_it_sleeps_in_its_call(tmp_path: Path) -> None:
    """The kernel asks us first and lays the asking thread to sleep afterwards: until then it is running."""
    os.mkfifo(tmp_path / "pipe")
    code = "import os, sys, time\nprint(flush=True)\nend = time.time() + 0.2\nwhile time.time() < end: pass\n"
    program = [sys.executable, "-c", code + "os.open(sys.argv[1], getattr(os, sys.argv[2]))", str(tmp_path / "pipe")]
    for flags, harmless in (("O_RDONLY", True), ("O_WRONLY", False)):
        with subprocess.Popen([*program, flags], stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            running.stdout.readline()
            assert only_reads(running.pid) is harmless
            running.kill()
