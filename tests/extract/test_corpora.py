"""The harness that reads outside corpora: what it tells apart, and that each failing file is told."""

from __future__ import annotations

import binascii
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

from tests import corpora
from tests.corpora import Outcome

REPO = Path(__file__).parents[2]


def test_what_each_outcome_misses() -> None:
    well = Outcome("p", "a.doc", 10, inspected=True, letters=5)
    assert well.failed == ""
    assert Outcome("p", "a.doc", 10, inspected=False).failed == ""  # held
    assert Outcome("p", "a.doc", 10, inspected=True).failed == "unread as read"
    assert Outcome("p", "a.doc", 10, fault="SIGSEGV").failed == "crash"
    assert Outcome("p", "a.doc", 10, fault="SIGALRM").failed == "hang"
    assert Outcome("p", "a.doc", 10, inspected=True, letters=5, seconds=31.0).failed == "hang"
    assert Outcome("p", "a.doc", 10, inspected=True, letters=5, memory=2 << 30).failed == "memory"


def test_the_report_counts_and_names_them() -> None:
    bad, blank = Outcome("p", "test/a.doc", 10, inspected=True), Outcome("p", "test/icon.png", 10, inspected=True)
    text, missed = corpora.told([bad, blank], {"*/icon.png": "an icon"})
    assert missed == 1
    assert text.splitlines()[-1].startswith("unread as read: p test/a.doc")
    assert "icon.png" not in text


_DEADLY = """
import os, signal, sys, time
from tests import corpora
from tests.extract import makers

reader = corpora.Reader()
inspected = reader._inspected

def deadly(name, data):
    if name == "deadly.csv":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "raises.csv":
        raise RuntimeError
    if name == "sleeps.csv":
        time.sleep(100)
    return inspected(name, data)

reader._inspected = deadly
corpora._KILLED = 25
names = ["list.csv", "deadly.csv", "raises.csv", "sleeps.csv", "last.csv"]
for one in reader.read("p", [(name, makers.CSV.encode()) for name in names]):
    print(one.name, one.failed or "-", one.letters > 1000, one.memory > 1 << 20)
"""


def test_files_are_read_and_a_process_that_dies_costs_its_own_only() -> None:
    # In a process of its own: it forks, and this one may have threads of polars that a fork does not survive.
    ran = subprocess.run([sys.executable, "-c", _DEADLY], capture_output=True, text=True, timeout=120, cwd=REPO)
    assert ran.stdout.splitlines() == [
        "list.csv - True True",
        "deadly.csv crash False False",
        "raises.csv crash False False",
        "sleeps.csv hang False False",
        "last.csv - True True",
    ], ran.stderr


def test_test_files_are_taken_out_of_an_archive(tmp_path: Path) -> None:
    line = binascii.b2a_uu(b"PK packed")
    held = {
        "p-1/src/main.c": b"int main;", "p-1/test/a.doc": b"doc", "p-1/test/again.doc": b"doc", "p-1/doc/manual.pdf": b"%",
        "p-1/test/b.zip.uu": b"begin 644 b.zip\n" + line + b"`\nend\n",
    }  # fmt: skip
    with tarfile.open(tmp_path / "p.tar.gz", "w:gz") as tar:
        for name, data in held.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
    assert dict(corpora.files([tmp_path / "p.tar.gz"], {})) == {"test/a.doc": b"doc"}
    assert dict(corpora.files([tmp_path / "p.tar.gz"], {"take": ["test/*.uu"]})) == {"test/b.zip.uu": b"PK packed"}
