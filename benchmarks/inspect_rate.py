"""How fast one core counts the people of a 31,429-row list: bytes in, count out.

Against (1) a naive counter, `re` per line, and (2) presidio-analyzer's pattern recognisers without a language model.
Neither of the peers groups people: they find matches, we return distinct people; the work is the same bytes.
"""

from __future__ import annotations

import csv
import io
import os
import random
import re

from benchmarks.report import Row, rates

ROWS = 31429  # the incident's records
HEADER = ("整理番号", "氏名", "フリガナ", "生年月日", "性別", "郵便番号", "住所", "電話番号", "メールアドレス", "備考")

_PATTERNS = {
    "phone": r"0\d{1,4}-\d{1,4}-\d{4}",
    "email": r"[\w.+-]+@[\w-]+\.[\w.]+",
    "birth_date": r"(?:19|20)\d{2}[/-]\d{1,2}[/-]\d{1,2}",
    "postal_code": r"\b\d{3}-\d{4}\b",
    "address": r"(?:東京都|北海道|(?:京都|大阪)府|.{2,3}県).{2,}?[市区町村]",
    "individual_number": r"\b\d{12}\b",
}


def make(seed: int = 1) -> tuple[str, int]:
    """The list as CSV text and the number of people that count, each attribute blanked at random."""
    from dlp.tuning.town import citizens

    rng = random.Random(seed)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    truth = 0
    for number, p in enumerate(citizens(ROWS, seed=seed), 1):
        keep = [rng.random() < 0.7 for _ in range(6)]
        birth, sex, postal, address, phone, email = (
            value if kept else ""
            for value, kept in zip(
                (p.birth.strftime("%Y/%m/%d"), p.sex, p.postal, p.address, p.phone, p.email), keep, strict=True
            )
        )
        truth += any((birth, sex, address, phone, email))  # a postal code alone is no attribute
        writer.writerow((number, p.name, p.kana, birth, sex, postal, address, phone, email, ""))
    return out.getvalue(), truth


def naive(data: bytes, encoding: str) -> int:
    """Lines in which at least one pattern matches: what a first script does."""
    patterns = [re.compile(p) for p in _PATTERNS.values()]
    count = 0
    for line in data.decode(encoding).splitlines():
        found = [len(p.findall(line)) for p in patterns]
        count += any(found)
    return count


def presidio(data: bytes, encoding: str) -> int:
    """Lines in which one of presidio's pattern recognisers matches."""
    from presidio_analyzer import Pattern, PatternRecognizer

    recognisers = [
        PatternRecognizer(supported_entity=name.upper(), patterns=[Pattern(name, regex, 0.5)], supported_language="ja")
        for name, regex in _PATTERNS.items()
    ]
    count = 0
    for line in data.decode(encoding).splitlines():
        count += any([recogniser.analyze(line, [recogniser.supported_entities[0]]) for recogniser in recognisers])
    return count


def run(runs: int = 5) -> list[Row]:
    """Rows a second on one core."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from dlp import bundle
    from dlp.detect.loader import load
    from dlp.inspection import inspect
    from dlp.transfer import Channel, Transfer

    text, truth = make()
    ruleset = load(bundle.read(None).files)
    rows: list[Row] = []
    for encoding in ("utf-8", "cp932"):
        data = text.encode(encoding)

        def ours(data: bytes = data) -> int:
            transfer = Transfer(channel=Channel.MEDIA, sender="x", destination=("x",), name="list.csv", data=data)
            count = inspect(transfer, ruleset, token_key=b"k" * 32).subjects
            if count != truth:
                raise SystemExit(f"counted {count}, true are {truth}: a fast wrong count is not measured")
            return count

        def by_line(data: bytes = data, encoding: str = encoding) -> int:
            return naive(data, encoding)

        def by_presidio(data: bytes = data, encoding: str = encoding) -> int:
            return presidio(data, encoding)

        work = f"{ROWS:,}-row CSV, {encoding}"
        contestants = {"naive re per line": by_line, "sekisho inspect (distinct people)": ours}
        rows += rates(work, ROWS, "rows/s", contestants, runs=runs)
        rows += rates(work, ROWS, "rows/s", {"presidio-analyzer, patterns only": by_presidio}, runs=1)
    return rows
