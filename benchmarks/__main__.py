"""Run the named benchmarks (default: all) and write benchmarks/results/<name>.json.

Each runs in a process of its own: some pin themselves to one core, and polars sizes its pool when it is imported.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

from benchmarks.report import Clock, show, write

ONE_CORE = (
    "inspect_rate",
    "office_rate",
    "mail_content",
    "prose_rate",
    "binary_rate",
    "growth",
    "audit_rate",
    "trace_rate",
    "ledger_rate",
)
NAMES = (*ONE_CORE, "mail_rate", "postfix_rate", "upload_rate", "form_latency", "media_rate")


def main() -> int:
    """Run; 0, or 2 for an unknown name."""
    chosen = sys.argv[1:] or list(NAMES)
    unknown = [name for name in chosen if name.removeprefix("-") not in NAMES]
    if unknown:
        print(f"unknown benchmark {', '.join(unknown)}; known: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    if len(chosen) == 1 and chosen[0].startswith("-"):
        return _here(chosen[0].removeprefix("-"))
    return max(_apart(name) for name in chosen)


def _apart(name: str) -> int:
    threads = {"POLARS_MAX_THREADS": "1"} if name in ONE_CORE else {}
    return subprocess.run([sys.executable, "-m", "benchmarks", f"-{name}"], env=os.environ | threads).returncode


def _here(name: str) -> int:
    clock = Clock()
    rows = importlib.import_module(f"benchmarks.{name}").run()
    write(name, rows, clock)
    show(name, rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
