"""`python -m benchmarks.tables`: the kept results as Markdown tables, for docs/benchmarks.md."""

from __future__ import annotations

import sys

import orjson

from benchmarks.report import RESULTS, Row, show


def main() -> int:
    """Print the named results (default: all)."""
    names = sys.argv[1:] or sorted(path.stem for path in RESULTS.glob("*.json"))
    for name in names:
        kept = orjson.loads((RESULTS / f"{name}.json").read_bytes())
        show(name, [Row(**row) for row in kept["rows"]])
        machine = kept["machine"]
        before, after = machine["load_before"][0], machine["load_after"][0]
        print(f"\n{machine['at']}, {machine['cpu']}, load before {before}, after {after}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
