"""How fast one core counts the people of a 31,429-row list: bytes in, count out, and the count has to be exact.

Ours twice: the pass over the table (find the header, classify columns, validate, count the rows of people), and the
whole inspection with identity, name dictionary, signatures over the bytes and keyed tokens. The peers are in
`benchmarks.peers`; none of them groups people.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import peers
from benchmarks.lists import ROWS, make
from benchmarks.ours import inspector, one_core, table_pass
from benchmarks.report import Row, rates


def run(runs: int = 5) -> list[Row]:
    """Rows a second on one core."""
    one_core()
    text, truth = make()
    rows: list[Row] = []
    for encoding in ("utf-8", "cp932"):
        contestants = _contestants(text.encode(encoding), encoding, truth)
        rows += rates(f"{ROWS:,}-row CSV, {encoding}", ROWS, "rows/s", contestants, runs=runs)
    return rows


def _contestants(data: bytes, encoding: str, truth: int) -> dict[str, Callable[[], object]]:
    def exact(count: Callable[[bytes], int]) -> Callable[[], int]:
        def counted() -> int:
            found = count(data)
            if found != truth:
                raise SystemExit(f"counted {found}, true are {truth}: a fast wrong count is not measured")
            return found

        return counted

    def polars(data: bytes) -> int:
        return peers.bare_polars(data if encoding == "utf-8" else data.decode(encoding).encode())

    inspect = inspector()
    return {
        "naive re per line": lambda: peers.naive(data.decode(encoding)),
        "presidio AnalyzerEngine, per line": lambda: peers.presidio_engine()(data.decode(encoding)),
        "presidio recognisers called directly": lambda: peers.presidio_direct(data.decode(encoding)),
        "bare polars, columns and patterns given": exact(polars),
        "sekisho, table pass": exact(table_pass()),
        "sekisho, whole inspection": exact(lambda data: inspect(data, "list.csv").subjects),
    }
