"""The doors a newcomer meets first: the Makefile and the script that names what is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

REPO = Path(__file__).parents[1]


def test_every_target_that_is_named_can_be_made() -> None:
    text = (REPO / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)[0].split()
    assert len(named) > 8
    assert [name for name in named if not re.search(rf"^{name}:", text, re.MULTILINE)] == []


def test_what_is_missing_is_named_with_its_packages_to_who_is_not_root(tmp_path: Path) -> None:
    for program in ("bash", "env", "grep"):
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    done = subprocess.run(
        [str(REPO / ".ci" / "system-packages")],
        env={"PATH": str(tmp_path), "HOME": os.environ.get("HOME", "/")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    lines = done.stderr.splitlines()
    assert done.returncode == 0
    for program in ("swaks", "curl", "chromium", "fusermount3", "soffice", "a Japanese font"):
        assert f"  {program}" in lines
    for package in ("swaks", "fuse3", "libreoffice-calc", "fonts-noto-cjk"):
        assert package in lines[-1].split()
