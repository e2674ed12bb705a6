from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path

from dlp.cli.scan_walk import printable, walk


def test_order_is_by_name_a_folder_where_its_name_stands(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", "b.txt", "c/d/e"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [os.path.relpath(found.path, tmp_path) for found in walk([tmp_path])] == [
        "a",
        "b/1",
        "b/2",
        "b.txt",
        "c/d/e",
    ]


def test_a_tree_deeper_than_pythons_stack(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(200):
        deep /= "d"
        deep.mkdir()
    (deep / "f").touch()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        assert [found.path.name for found in walk([tmp_path])] == ["f"]
    finally:
        sys.setrecursionlimit(limit)


def test_printable_keeps_what_can_be_read() -> None:
    assert printable("名簿 令和8年.csv") == "名簿 令和8年.csv"
    assert printable(os.fsdecode(b"\x96\xbc.csv")) == "\\x96\\xbc.csv"
    assert printable("a\tb\u202ec") == "a\\tb\\u202ec"
