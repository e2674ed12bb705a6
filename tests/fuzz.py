"""Coverage-guided fuzzing of every extractor: `python -m tests.fuzz [SECONDS [SEED]]` (`make fuzz` for an hour).

Seeds are the files the tests make. An input fails when an extractor raises, when it takes more than ten seconds, or
when it gives back what is no block, part or loss. Found inputs are written beside the corpus and named at the end.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dlp.extract"]):
    from dlp.extract import registry
    from dlp.extract.blocks import Lost, Table, Text
    from dlp.extract.budget import Budget
    from dlp.transfer import Part

_SLOW = 10.0
_LIMIT = 1 << 20  # bytes unpacked: fuzzing looks for faults, not for bombs


def one(data: bytes) -> None:
    """One input, read with all that is in it."""
    begun = time.monotonic()
    budget = Budget(seconds=_SLOW, bytes_left=_LIMIT, parts_left=50)
    stack: list[Part] = [Part(path=("f",), data=data)]
    while stack:
        part = stack.pop()
        try:
            budget.take_part(len(part.path))
        except Exception:
            break
        found = registry.extract(part, budget)
        for block in found.blocks:
            assert isinstance(block, Text | Table | Lost)
        for child in found.children:
            assert isinstance(child, Part | Lost)
            if isinstance(child, Part):
                stack.append(child)
    assert time.monotonic() - begun < _SLOW + 5


def seeds(folder: Path) -> None:
    """The files the tests make, small ones first in the fuzzer's eyes."""
    from tests.extract import makers, test_containers, test_data
    from tests.extract.test_registry import SAMPLES

    made = {name: make() for name, make in SAMPLES.items()}
    made |= {name: make()[:4000].encode() for name, make in test_data.TEXTS.items()}
    made |= {"rar": test_containers.rar(), "dbf": test_data.dbf(), "vcf": test_data.vcards("3.0")[:4000].encode()}
    made |= {"png": test_containers.PNG, "gif": test_containers.GIF, "jpeg": test_containers.JPEG, "eml": makers.eml()}
    for number, data in enumerate(made.values()):
        (folder / f"{number:03}").write_bytes(data)


def main(seconds: int, seed: int) -> None:
    """Fuzz for some seconds, the same way for the same seed (0: another each time); the fuzzer ends the process, with
    a fault's exit code if it found one."""
    corpus = Path(tempfile.mkdtemp(prefix="sekisho-fuzz-"))
    seeds(corpus)
    options = [f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=65536", "-timeout=20", "-rss_limit_mb=2048", "-verbosity=0",
               f"-artifact_prefix={corpus}/found-", "-print_final_stats=1", "-detect_leaks=0"]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
