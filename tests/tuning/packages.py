"""Documents and dictionaries of Debian's packages, which hardly name anybody, through `dlp scan`: python -m tests.tuning.packages.

Manuals in Japanese and English, program texts, dictionaries of names, of places and of everyday words: none of it was made
for a test, and none of it is shipped. Who wrote it stands in it with his mail address: he is counted, so files whose only
facts are mail addresses are told apart.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Packages by what they hold.
PACKAGES = {
    "manuals in Japanese": (
        "aptitude-doc-ja debian-faq-ja debian-policy-ja debian-reference-ja developers-reference-ja gimp-help-ja"
        " kicad-doc-ja libreoffice-help-ja lilypond-doc-html-ja maint-guide-ja"
    ),
    "dictionaries": "edict enamdict kanjidic mecab-ipadic mecab-naist-jdic skkdic",
    "manuals and programs in English": "debian-policy debian-reference-en developers-reference perl-doc python3.11-doc libpython3.11-stdlib",
}
_PICTURES = frozenset(".png .svg .svgz .jpg .gif .mng .ttf .otf .woff .woff2 .eot .wav .so".split())


@dataclass(slots=True)
class Read:
    """What came of the files of one kind: how many there are, reached one and ten, and named somebody by mail alone."""

    files: int = 0
    one: int = 0
    ten: int = 0
    by_mail: int = 0

    def add(self, found: dict[str, Any]) -> None:
        """One file more."""
        people, facts = found["subjects"], set(found["counts"]) - {"name", "kana"}
        self.files += 1
        self.ten += people >= 10 and facts != {"email"}
        self.one += people >= 1 and facts != {"email"}
        self.by_mail += people >= 1 and facts == {"email"}


def unpacked(packages: Sequence[str], folder: Path) -> Path:
    """The packages' files below a folder, pictures left out. Raises CalledProcessError where one is not to be had."""
    subprocess.run(["apt-get", "download", "-q", *packages], cwd=folder, check=True, capture_output=True)
    content = folder / "content"
    content.mkdir()
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(content / package.name.split("_")[0])], check=True)
    for path in content.rglob("*"):
        if path.is_symlink() or (path.is_file() and path.suffix in _PICTURES):
            path.unlink()
    return content


def scanned(folder: Path) -> Iterator[dict[str, Any]]:
    """What `dlp scan --json` says of each file."""
    command = [sys.executable, "-W", "ignore", "-m", "dlp", "scan", "--json", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as scan:
        assert scan.stdout is not None
        for line in scan.stdout:
            found = json.loads(line)
            if "path" in found:
                yield found


def main() -> None:
    """Read all of them, and print a line of a table for each kind."""
    print("| what | files | reach 10 | reach 1 | name somebody by a mail address alone |\n|---|---|---|---|---|")
    for kind, packages in PACKAGES.items():
        read, worst = Read(), list[tuple[int, str]]()
        with tempfile.TemporaryDirectory(prefix="sekisho-packages-") as folder:
            for found in scanned(unpacked(packages.split(), Path(folder))):
                read.add(found)
                if found["subjects"]:
                    worst.append((found["subjects"], found["path"].removeprefix(folder)))
        print(f"| {kind} | {read.files:,} | {read.ten} | {read.one} | {read.by_mail} |", flush=True)
        for people, path in sorted(worst, reverse=True)[:5]:
            print(f"  {people} {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
