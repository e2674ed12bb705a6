"""A made-up town's ledger: 30 days of innocent transfers with the incident of 2018 among them.

Keyed as inspection does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from dlp.subjects.cells import birth_keys, folding, keys
from dlp.subjects.people import trace
from dlp.subjects.people.people import SCHEMA
from dlp.tuning.town import Citizen, citizens
from quarantine.case import LedgerEntry, Traces

KEY = b"city key of the benchmark, 32 B.."
FACTS = ("kana", "birth", "address", "phone", "email")
BEGIN = datetime(2018, 11, 15, tzinfo=UTC)
_KEYED = {
    "name": keys.name_key,
    "kana": keys.kana_key,
    "birth": birth_keys.birth_key,
    "address": keys.address_key,
    "phone": keys.phone_key,
    "email": keys.email_key,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """Who stood in which transfer, and which columns it had: mention by mention."""

    transfer: np.ndarray  # ascending
    person: np.ndarray
    held: np.ndarray  # transfer x FACTS: whether it had that column


def said(person: Citizen) -> dict[str, str]:
    """What a list says of a person, and what a caller does."""
    return {
        "name": person.name,
        "kana": person.kana,
        "birth": person.birth.strftime("%Y/%m/%d"),
        "address": person.address,
        "phone": person.phone,
        "email": person.email,
    }


def keyed(people: list[Citizen]) -> pl.DataFrame:
    """The people with the keys inspection gives them."""
    raw = pl.DataFrame([said(person) for person in people])
    folded = pl.DataFrame([folding.folded(raw[name]).alias(name) for name in raw.columns])
    return folded.select(key(pl.col(name)).alias(name) for name, key in _KEYED.items())


def population(count: int) -> list[Citizen]:
    """The town's citizens: 4,320 names, so that namesakes are common; several people an address."""
    return list(citizens(count, seed=31_429))


def traffic(
    innocent: int, people: int, *, files: int = 1_019, records: int = 31_429, seed: int = 1
) -> tuple[Sent, np.ndarray]:
    """(who was sent where, the incident's transfers): half of the innocent name nobody, the others one to ten."""
    draw = np.random.default_rng(seed)
    sizes = np.where(draw.random(innocent) < 0.5, 0, draw.integers(1, 4, innocent))
    sizes = np.where(draw.random(innocent) < 0.15, draw.integers(4, 11, innocent), sizes)
    leak = np.sort(draw.choice(innocent + files, files, replace=False))
    whole = np.zeros(innocent + files, dtype=np.int64)
    whole[np.setdiff1d(np.arange(innocent + files), leak)] = sizes
    whole[leak] = np.diff(
        np.concatenate(([0], np.sort(draw.choice(np.arange(1, records), files - 1, False)), [records]))
    )
    transfer = np.repeat(np.arange(whole.size), whole)
    held = draw.random((whole.size, len(FACTS))) < 0.7
    held[~held.any(axis=1), 2] = True
    return Sent(transfer, draw.integers(0, people, transfer.size), held), leak


def tokens_by_transfer(
    town: pl.DataFrame, sent: Sent, transfers: int, *, step: int = 200_000
) -> Iterator[tuple[int, bytes]]:
    """(transfer, its tokens), in order, made as inspection makes them."""
    maker = trace.tokens_of(KEY)
    blank = {name: pl.Series(name, [None], dtype=kind) for name, kind in SCHEMA.items()}
    start = 0
    while start < sent.transfer.size:
        stop = int(np.searchsorted(sent.transfer, sent.transfer[min(start + step, sent.transfer.size) - 1], "right"))
        where = sent.transfer[start:stop]
        rows = town[sent.person[start:stop]]
        keep = sent.held[where]
        rows = rows.with_columns(
            pl.when(pl.Series(keep[:, i])).then(pl.col(name)).alias(name) for i, name in enumerate(FACTS)
        )
        rows = rows.with_columns(
            pl.lit(s[0], dtype=s.dtype).alias(n) for n, s in blank.items() if n not in rows.columns
        )
        found, masks = maker.of(rows)
        owner = where[np.concatenate([np.flatnonzero(mask) for mask in masks])]
        order = np.argsort(owner, kind="stable")
        found, owner = found[order], owner[order]
        for number in np.unique(where):
            low, high = np.searchsorted(owner, [number, number + 1])
            yield int(number), found[low:high].astype("<u8").tobytes()
        start = stop


def entries(
    sent: Sent, tokens: Iterator[tuple[int, bytes]], transfers: int, people: int, first: int = 0
) -> Iterator[LedgerEntry]:
    """The ledger's lines in order of time, from one on."""
    names = [hashlib.blake2b(b"%d" % person, key=KEY, digest_size=16).digest() for person in range(people)]
    step = timedelta(days=30) / transfers
    bounds = np.searchsorted(sent.transfer, np.arange(transfers + 1))
    following = next(tokens, None)
    while following is not None and following[0] < first:
        following = next(tokens, None)
    for number in range(first, transfers):
        found = b""
        if following is not None and following[0] == number:
            found, following = following[1], next(tokens, None)
        who = {names[person] for person in sent.person[bounds[number] : bounds[number + 1]].tolist()}
        yield LedgerEntry(
            transfer=f"{number:026}",
            at=BEGIN + step * number,
            channel=("mail", "web", "media")[number % 3],
            sender=f"clerk{number % 800}@town.example",
            person=f"E{number % 800:04}",
            department=f"課{number % 40}",
            destination=("partner@outside.example",),
            digest=f"{number:064x}",
            size=20_000,
            media_type="text/csv",
            verdict="monitor" if who else "allow",
            reasons=(),
            ruleset="r",
            subjects=len(who),
            counts={"name": len(who)} if who else {},
            tokens=tuple(who),
            traces=Traces(tokens=found, paths=(("名簿.csv",),)) if found else None,
        )
