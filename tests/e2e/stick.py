"""Stick: an ext4 image, loop-mounted, as a USB stick would be; its raw bytes can be searched."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import ahocorasick


class Stick:
    """A device of the ledger. Needs root, mkfs.ext4 and a loop device."""

    def __init__(self, tmp: Path, serial: str = "USB-7", *, megabytes: int = 64) -> None:
        self.serial = serial
        self.image = tmp / f"{serial}.img"
        self.folder = tmp / f"{serial}.mnt"
        self.folder.mkdir(parents=True)
        with self.image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(self.image))

    def __enter__(self) -> Stick:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        if self.plugged:
            self.unplug(lazy=True)

    @property
    def plugged(self) -> bool:
        return os.path.ismount(self.folder)

    def plug(self) -> None:
        _run("mount", "-o", "loop", str(self.image), str(self.folder))

    def unplug(self, *, lazy: bool = False) -> None:
        until = time.monotonic() + 30
        while not lazy and time.monotonic() < until:
            if subprocess.run(["umount", str(self.folder)], capture_output=True).returncode == 0:
                return
            time.sleep(0.1)  # in use for a moment: the guard holds what the kernel asks it about
        _run("umount", *(["-l"] if lazy else []), str(self.folder))

    def ledger(self, state: str = "in_use", hardware: str = "") -> str:
        """This stick's lines of devices.toml."""
        told = f'hardware = "{hardware}"\n' if hardware else ""
        return f'[[device]]\nserial = "{self.serial}"\nstate = "{state}"\nfolder = "{self.folder}"\n{told}'

    def report(self, udev: Path, serial: str) -> None:
        """Have udev, whose files are in `udev`, say of the plugged stick's block device that its serial is this."""
        number = self.folder.stat().st_dev
        told = f"S:disk/by-id/usb-x\nE:ID_BUS=usb\nE:ID_SERIAL=Maker_Stick_{serial}-0:0\nE:ID_SERIAL_SHORT={serial}\n"
        (udev / f"b{os.major(number)}:{os.minor(number)}").write_text(told)

    def files(self) -> dict[str, bytes]:
        """Everything visible on it, without ext4's own folder and our manifest."""
        named = (p for p in sorted(self.folder.rglob("*")) if not p.name.startswith(".sekisho-"))
        found = (p for p in named if p.is_file() and "lost+found" not in p.parts)
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in found}

    def raw_has(self, words: Iterable[str | bytes]) -> list[str]:
        """Which of these stand anywhere in the unplugged image, deleted blocks and journal included, in any of
        the encodings a Japanese file may use."""
        assert not self.plugged
        known = ahocorasick.Automaton()
        for word in words:
            for spelt in [word] if isinstance(word, bytes) else _spelt(word):
                known.add_word(spelt.decode("latin-1"), repr(word))
        known.make_automaton()
        # Blocks never written are dropped, so that 64 MB are searched at once; what straddles two blocks stays.
        raw = self.image.read_bytes()
        used = [block for at in range(0, len(raw), 4096) if (block := raw[at : at + 4096]).count(0) < 4096]
        return sorted({word for _, word in known.iter(b"".join(used).decode("latin-1"))})


def _spelt(word: str) -> list[bytes]:
    charsets = ("utf-8", "cp932", "euc_jp", "utf-16-le", "utf-16-be")
    return [word.encode(charset, "ignore") for charset in charsets if word.encode(charset, "ignore")]


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
