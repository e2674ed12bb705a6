"""The phone call in a ledger of 500,000 transfers: recall, precision, time of a search, size of the index.

1,000 citizens of the incident (1,019 files, 31,429 records) are asked for, by two facts and by what a caller says
(name, reading, birth date, address, telephone), as written and in other writings. True are the transfers in which at
least two of the facts that were said stood beside each other: one that holds a name and a mail address alone cannot be
found by a birth date. Recall is over all answers; precision over those the console calls "this person".
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from itertools import batched
from pathlib import Path

import numpy as np

from benchmarks import town_ledger
from benchmarks.report import Row, row
from dlp import bundle
from dlp.subjects.words import VARIANTS
from dlp.tracing import Finder, Sureness
from dlp.tuning.town import Citizen
from quarantine.keys import KeyRing
from quarantine.room import Room

TRANSFERS, PEOPLE, ASKED = 500_000, 200_000, 1_000
_BATCH = 5_000
_PATIENCE = 170.0  # seconds of building at a time
_CALLER = ("name", "kana", "birth", "address", "phone")
_OLD = {new: old for old, new in VARIANTS.items() if ord(old) > 0x3400}
_HALF = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFF66, 0xFF9E)}
_KANJI = "〇一二三四五六七八九"


def run(runs: int = 1) -> list[Row]:
    """Everything, once: building takes minutes. TRACE_STORE names a folder that is kept: built
    on, three minutes at a time, and asked when it is built."""
    kept = os.environ.get("TRACE_STORE", "")
    folder = Path(kept or tempfile.mkdtemp(prefix="trace-rate-"))
    try:
        citizens = town_ledger.population(PEOPLE)
        sent, leak = town_ledger.traffic(TRANSFERS, PEOPLE)
        if (folder / "built").exists():
            return list(_asked(folder, citizens, sent, leak))
        rows = list(_build(folder, citizens, sent, TRANSFERS + leak.size, _PATIENCE if kept else 3600))
        return rows if kept else [*rows, *_asked(folder, citizens, sent, leak)]
    finally:
        if not kept:
            shutil.rmtree(folder)


def _build(
    folder: Path, citizens: list[Citizen], sent: town_ledger.Sent, transfers: int, patience: float
) -> Iterator[Row]:
    room = Room.open(folder / "room", KeyRing.open_or_create(folder / "keys.json"))
    tokens = town_ledger.tokens_by_transfer(town_ledger.keyed(citizens), sent, transfers)
    first = _held(folder / "room" / "room.db")
    begun, done = time.perf_counter(), first
    for some in batched(town_ledger.entries(sent, tokens, transfers, PEOPLE, first), _BATCH, strict=False):
        done += room.record_all(some)
        room.inquiry.tidy()
        if time.perf_counter() - begun > patience:
            break
    else:
        (folder / "built").touch()
    if done > first:
        rate = (done - first) / (time.perf_counter() - begun)
        yield row("building the ledger", "in groups of 5,000", "transfers/s", [rate], f"{done} of {transfers}")
    room.close()
    yield from _sizes(folder / "room" / "room.db")


def _asked(folder: Path, citizens: list[Citizen], sent: town_ledger.Sent, leak: np.ndarray) -> Iterator[Row]:
    room = Room.open(folder / "room", KeyRing.open_or_create(folder / "keys.json"))
    finder = Finder(room, town_ledger.KEY, bundle.read().files, "")
    rng = random.Random(7)
    inside = np.isin(sent.transfer, leak)
    chosen = rng.sample(sorted(set(sent.person[inside].tolist())), ASKED)
    for written, writer in (("as written", lambda _, text, __: text), ("other writings", _otherwise)):
        for what, pick in (("two facts", _two), ("a caller's words", lambda _: _CALLER)):
            yield from _ask(f"{what}, {written}", finder, citizens, sent, chosen, pick, writer, rng)
    room.close()


def _two(rng: random.Random) -> tuple[str, ...]:
    return tuple(rng.sample(("name", *town_ledger.FACTS), 2))


def _ask(
    work: str,
    finder: Finder,
    citizens: list[Citizen],
    sent: town_ledger.Sent,
    chosen: list[int],
    pick: Callable[[random.Random], tuple[str, ...]],
    writer: Callable[[str, str, random.Random], str],
    rng: random.Random,
) -> Iterator[Row]:
    order = np.argsort(sent.person, kind="stable")
    by_person = sent.person[order]
    true = found = sure = right = 0
    seconds = []
    for person in chosen:
        facts = pick(rng)
        told = town_ledger.said(citizens[person])
        known = {name: writer(name, told[name], rng) for name in facts}
        low, high = np.searchsorted(by_person, [person, person + 1])
        carried = np.unique(sent.transfer[order[low:high]]).tolist()
        columns = [town_ledger.FACTS.index(name) for name in facts if name != "name"]
        truth = {n for n in carried if ("name" in facts) + int(sent.held[n, columns].sum()) >= 2}
        begun = time.perf_counter()
        answers = finder.search(known, actor="P001", reason="benchmark")
        seconds.append(time.perf_counter() - begun)
        given = {int(answer.hit.row.entry.transfer) for answer in answers}
        certain = {int(a.hit.row.entry.transfer) for a in answers if a.sureness is Sureness.SURE}
        true, found = true + len(truth), found + len(truth & given)
        sure, right = sure + len(certain), right + len(certain & set(carried))
    yield row(work, "recall", "%", [100 * found / true], f"{true} transfers of {len(chosen)} citizens")
    yield row(work, "precision", "%", [100 * right / max(1, sure)], f"{sure} answers called this person")
    seconds.sort()
    yield row(
        work, "95th percentile", "s", [seconds[int(len(seconds) * 0.95)]], f"median {seconds[len(seconds) // 2]:.3f} s"
    )


def _sizes(path: Path) -> Iterator[Row]:
    db = sqlite3.connect(path)
    where = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name LIKE ?"
    entries = sum(
        db.execute(f"SELECT coalesce(sum({c}), 0) FROM {t}").fetchone()[0]
        for c, t in (("entries", "trace_run"), ("size", "trace_new"))
    )
    index = sum(db.execute(where, (name,)).fetchone()[0] for name in ("trace_run%", "trace_block%", "trace_new%"))
    yield row("index", "on disk", "bytes an entry", [index / entries], f"{entries} entries, {index / 1e6:.0f} MB")
    people = db.execute(where, ("people%",)).fetchone()[0]
    count = db.execute("SELECT sum(subjects) FROM ledger").fetchone()[0]
    yield row("people of transfers", "on disk", "bytes a person", [people / count], f"{count} people")
    yield row("whole room", "on disk", "MB", [path.stat().st_size / 1e6])
    db.close()


def _otherwise(kind: str, text: str, rng: random.Random) -> str:
    """The same fact in another writing."""
    return rng.choice(_WRITERS[kind])(text)


def _half(text: str) -> str:
    """Half-width kana."""
    out = ""
    for sign in text:
        base, *marks = unicodedata.normalize("NFD", sign)
        out += _HALF.get(base, base) + "".join({"\u3099": "ﾞ", "\u309a": "ﾟ"}.get(mark, "") for mark in marks)
    return out.replace("\u3000", " ")


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _born(form: str) -> Callable[[str], str]:
    def write(text: str) -> str:
        year, month, day = map(int, text.split("/"))
        era, letter, first = ("平成", "H", 1988) if (year, month, day) >= (1989, 1, 8) else ("昭和", "S", 1925)
        if (year, month, day) < (1926, 12, 25):
            era, letter, first = "大正", "T", 1911
        return form.format(y=year, m=month, d=day, era=era, l=letter, e=year - first)

    return write


def _bare(text: str) -> str:
    return re.sub(r"^神奈川県海霧市", "", text)


def _chome(text: str, kanji: bool = False) -> str:
    street, block, number, house = re.match(r"(.*?)(\d+)-(\d+)-(\d+)$", _bare(text)).groups()  # type: ignore[union-attr]
    return f"{street}{_KANJI[int(block)] if kanji else block}丁目{number}番{house}号"


_WRITERS: dict[str, tuple[Callable[[str], str], ...]] = {
    "name": (
        lambda t: t.replace("\u3000", ""),
        lambda t: t.replace("\u3000", " ") + "様",
        lambda t: "".join(_OLD.get(c, c) for c in t),
    ),
    "kana": (
        _half,
        lambda t: "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ン" else c for c in t),
        lambda t: t.replace("\u3000", ""),
    ),
    "birth": (_born("{era}{e}年{m}月{d}日"), _born("{l}{e}.{m}.{d}"), _born("{y}{m:02}{d:02}"), lambda t: _wide(t)),
    "address": (
        _bare,
        _chome,
        lambda t: _chome(t, kanji=True),
        lambda t: _bare(t).replace("-", "ー"),
        lambda t: _wide(_bare(t)),
        lambda t: "〒250-0001 " + t.replace("-", "−") + " コーポ霧 203号室",
        lambda t: _bare(t).replace("ヶ", "ケ").replace("ノ", "の"),
    ),
    "phone": (lambda t: t.replace("-", ""), _wide, lambda t: "+81 " + t[1:], lambda t: t.replace("-", " ")),
    "email": (str.upper, _wide),
}


def _held(path: Path) -> int:
    """Transfers in the ledger so far."""
    db = sqlite3.connect(path)
    (count,) = db.execute("SELECT count(*) FROM ledger").fetchone()
    db.close()
    return int(count)
