"""50 MB of unknown binary and of base64, against `rg -co` with the same patterns.

The patterns are the byte strings of every YARA signature (markings, forms, containers, in six encodings), written for
ripgrep; ripgrep is a process that reads a file from the page cache, on one thread. Ours is the whole inspection.
"""

from __future__ import annotations

import base64
import random
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ours import inspector, one_core, rules
from benchmarks.report import Row, rates

SIZE = 50_000_000
_HEX = re.compile(r"=\s*\{([^{}]*)\}")
_TEXT = re.compile(r'=\s*"((?:[^"\\\n]|\\.)*)"([^\n]*)')


def patterns() -> list[str]:
    """Every string of the YARA signatures as an expression of ripgrep over bytes."""
    from dlp import bundle
    from dlp.detect.yara_rules import expand

    files = bundle.read(None).files
    sources = [expand(files[f"{s.id}/rule.yar"].decode(), s.id) for s in rules().signatures if s.matcher == "yara"]
    found = {pattern for source in sources for pattern in _of(source)}
    return sorted(pattern for pattern in found if r"\x0a" not in pattern)  # two in UTF-16: ripgrep refuses newlines


def _of(source: str) -> Iterator[str]:
    for match in _HEX.finditer(source):
        yield (
            "(?s-u:"
            + "".join(_byte(piece) for piece in re.findall(r"\[[^\]]*\]|\S\S", match[1].partition("(")[0]))
            + ")"
        )
    for match in _TEXT.finditer(source):
        if "signature" not in source[max(0, match.start() - 12) : match.start()]:
            flags = "i" if "nocase" in match[2] else ""
            yield (f"(?{flags}-u:" + _literal(match[1].encode().decode("unicode_escape")) + ")")


def _literal(text: str) -> str:
    """ripgrep looks at lines: a newline before a word is the line's beginning."""
    start = "^" if text.startswith("\n") else ""
    return start + "".join(rf"\x{b:02x}" for b in text.removeprefix("\n").encode())


def _byte(piece: str) -> str:
    if piece.startswith("["):
        low, _, high = piece.strip("[]").partition("-")
        return f".{{{low},{high or low}}}"
    return "." if "?" in piece else rf"\x{piece}"


def binary() -> bytes:
    """Bytes of no known format: a quarter zeros, the rest noise."""
    rng = random.Random(3)
    block = b"".join(rng.randbytes(768) + bytes(256) for _ in range(1000))
    return (b"\x7fDB1" + block * (SIZE // len(block) + 1))[:SIZE]


def run(runs: int = 3) -> list[Row]:
    """Megabytes a second."""
    one_core()
    inspect, rows = inspector(), []
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "patterns"
        listed.write_text("\n".join(patterns()) + "\n")
        noise = binary()
        for kind, data in (("binary", noise), ("base64", base64.encodebytes(noise)[:SIZE])):
            path = Path(folder) / kind
            path.write_bytes(data)
            command = ["rg", "-j1", "-a", "-co", "--no-unicode", "-f", str(listed), str(path)]
            contestants = {
                "rg -co, the same patterns": lambda command=command: subprocess.run(command, capture_output=True),
                "sekisho, whole inspection": lambda data=data, kind=kind: inspect(data, f"x.{kind}"),
            }
            rows += rates(f"50 MB of {kind}", len(data) / 1e6, "MB/s", contestants, runs=runs)
    return rows
