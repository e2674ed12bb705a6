"""Rules prepared for all workers: used where they are the ones asked for, and for nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlp import bundle, prepared

RULES = bundle.read()
_ASK = """
import asyncio, time
from dataclasses import replace
from pathlib import Path


async def main():
    from dlp import bundle, prepared
    prepared.begin(Path({folder!r}) if {folder!r} else None)
    from dlp.inspector import Inspector
    from dlp.settings import Inspection
    from dlp.transfer import Channel, Transfer
    rules = bundle.read()
    inspector = Inspector(replace(Inspection(), workers=1), rules.files, digest=rules.digest, token_key=None)
    await inspector.start()
    data = "氏名,電話番号\\n霞見 壮太,090-1234-5678\\n".encode()
    seen = await inspector.inspect(Transfer(channel=Channel.MAIL, sender="a", destination=("b",), name="n", data=data))
    print(seen.subjects, seen.ruleset == rules.digest)
    await inspector.stop()


if __name__ == "__main__":
    asyncio.run(main())
"""


def test_the_prepared_rules_are_used_for_their_own_files_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = prepared.ruleset(RULES.files)
    monkeypatch.setattr(prepared, "_rules", mine)
    assert prepared.ruleset(dict(RULES.files)) is mine
    other = {**RULES.files, "policy.toml": RULES.files["policy.toml"] + b"\n"}
    assert prepared.ruleset(other) is not mine
    assert prepared.ruleset(other).digest != mine.digest


def test_nothing_is_prepared_unasked() -> None:
    assert prepared._rules is None
    assert prepared._FOLDER not in os.environ


_WARM = """
from pathlib import Path
from dlp import bundle
from dlp.detect.loader import load
from dlp.extract.plain import normalize
from dlp.native import look
from dlp.subjects.prose import prose
from dlp.subjects.counter import Counter, warm
rules = load(bundle.read().files)
warm(rules, "平塚市")
made = []
prose.Prose = look._kind = lambda *_: made.append(1)
Counter(rules, b"k" * 32, town="平塚市")
normalize.told("あ" * 300)
threads = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
print(any(name.startswith(("polars-0", "tokio")) for name in threads), len(made))
"""


def test_to_prepare_asks_polars_nothing_and_leaves_the_first_transfer_nothing_to_make() -> None:
    """Threads of a query of polars would be missing in what is forked: the next query there would wait for ever."""
    done = subprocess.run(
        [sys.executable, "-c", _WARM], capture_output=True, text=True, timeout=90,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "0"]


@pytest.mark.parametrize("folder", ["", "/nowhere"])
def test_a_worker_works_with_prepared_rules_and_where_nothing_could_be_prepared(folder: str, tmp_path: Path) -> None:
    script = tmp_path / "ask.py"
    script.write_text(_ASK.format(folder=folder))
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=90, cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.stdout.split() == ["1", "True"], done.stderr
