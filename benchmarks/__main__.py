"""Run the named benchmarks (default: all) and write benchmarks/results/<name>.json."""

from __future__ import annotations

import importlib
import sys

from benchmarks.report import show, write

NAMES = ("inspect_rate", "mail_rate", "upload_rate")


def main() -> int:
    """Run; 0, or 2 for an unknown name."""
    chosen = sys.argv[1:] or list(NAMES)
    for name in chosen:
        if name not in NAMES:
            print(f"unknown benchmark {name}; known: {', '.join(NAMES)}", file=sys.stderr)
            return 2
    for name in chosen:
        rows = importlib.import_module(f"benchmarks.{name}").run()
        write(name, rows)
        show(name, rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
