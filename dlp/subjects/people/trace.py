"""Keyed tokens of pairs of facts: whoever knows any two of them finds every transfer that carried the person.

A token is the first 63 bits of AES over two 64-bit digests, one of each fact; a digest is AES-CBC-MAC over the
fact's kind and 32 bytes of its key (what is longer goes through keyed BLAKE2b first). AES, because it makes the tokens of
a whole column in one call: hashing each pair by itself would cost more than counting the people. Keys as in
`keys`, so that every spelling of a name, address or date has one token. Numbers, telephones and mail addresses
have a token of their own too. All is keyed with a key derived from the city's: without it tokens tell nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from dlp.native.digests import facts as tokens_of_facts
from dlp.native.digests import pairs as tokens_of_pairs
from dlp.subjects.cells.stretches import stretches
from dlp.subjects.people.pairs import met_again

type Words = np.ndarray[tuple[int, ...], np.dtype[np.uint64]]
type Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

#: Facts that make pairs, and those that are a token by themselves.
PAIRED = ("name", "kana", "latin", "birth", "phone", "email", "address")
SINGLE = ("number", "code", "policy", "phone", "email")
FIELDS = tuple(dict.fromkeys((*PAIRED, *SINGLE)))
_ALIKE = frozenset({("kana", "latin"), ("name", "latin")})  # one of them tells what the other does
PAIRS = tuple(pair for pair in combinations(PAIRED, 2) if pair not in _ALIKE)
_WIDTH = 32  # bytes of a fact's key
_NO_FACT = bytes(8)
_NULS = "\0" * _WIDTH
_FEW = 64  # rows up to which polars costs more than Python
_MASK = np.uint64(2**63 - 1)
_MOST_PARTS = 1_000  # parts told apart; the rest are "unknown"
_NO_PART = 0xFFFF


@dataclass(frozen=True, kw_only=True, slots=True)
class Traces:
    """What a transfer's people are found by. Free of content."""

    tokens: bytes = field(default=b"", repr=False)  # 8 bytes each, little-endian
    parts: bytes = field(default=b"", repr=False)  # 2 bytes each, numbers into `paths`; b"" where all are of the first
    paths: tuple[tuple[str, ...], ...] = ()


class Tokens:
    """Makes tokens under one key."""

    def __init__(self, key: bytes) -> None:
        own = [
            hashlib.blake2b(key=key[:64], digest_size=32, person=word).digest()
            for word in (b"facts", b"pairs", b"long")
        ]
        # ECB over independent blocks is AES itself, a block each; encryptors without padding never need to end.
        self._fact, self._pair = (Cipher(algorithms.AES(k), modes.ECB()).encryptor() for k in own[:2])  # noqa: S305
        self._keys = own
        kinds = np.zeros((len(FIELDS), 2), dtype="<u8")
        kinds[:, 0] = np.arange(1, len(FIELDS) + 1)
        self._kinds = dict(zip(FIELDS, self._encrypt(self._fact, kinds), strict=True))
        self._kind_bytes = {name: kind.tobytes() for name, kind in self._kinds.items()}

    def of(self, people: pl.DataFrame) -> tuple[list[Words], list[Mask]]:
        """Runs of tokens of people with the columns of a mention, and which rows each run belongs to."""
        held = [name for name in FIELDS if people[name].null_count() < people.height]
        known = {name: people[name].is_not_null().to_numpy() for name in held}
        digests = {name: self._digests(people[name], name) for name in held}
        pairs: list[tuple[str, str]] = [(a, b) for a, b in PAIRS if a in digests and b in digests]
        pairs += [(name, "") for name in SINGLE if name in digests]
        masks = [known[a] & known[b] if b else known[a] for a, b in pairs]
        sizes = [int(np.count_nonzero(mask)) for mask in masks]
        made = [self._paired(digests[a], digests[b] if b else None, (known[a], known[b or a]), size)
                for (a, b), size in zip(pairs, sizes, strict=True)]  # fmt: skip
        return made, masks

    def _paired(self, one: Words, other: Words | None, known: tuple[Mask, Mask], size: int) -> Words:
        """Tokens of the rows (`size` of them) in which both are known."""
        if (found := tokens_of_pairs(one, other, known, self._keys[1], size)) is not None:
            return found
        rows, blocks = np.flatnonzero(known[0] & known[1]), np.zeros((size, 2), dtype="<u8")
        blocks[:, 0] = one[rows]
        blocks[:, 1] = other[rows] if other is not None else 0
        return self._encrypt(self._pair, blocks)[:, 0] & _MASK

    def of_rows(self, rows: Sequence[Mapping[str, Any]]) -> tuple[Words, list[int]]:
        """The same of a handful, and the number of the row each token belongs to: whole arrays would cost more."""
        digests = self._row_digests(rows)
        known, blocks, owners = set[str]().union(*digests), list[bytes](), list[int]()
        for a, b in (*PAIRS, *((name, "") for name in SINGLE)):
            if a not in known or (b and b not in known):
                continue
            of = [i for i, held in enumerate(digests) if a in held and (not b or b in held)]
            blocks += [digests[i][a] + digests[i][b] for i in of] if b else [digests[i][a] + _NO_FACT for i in of]
            owners += of
        done = self._pair.update(b"".join(blocks))
        return np.frombuffer(done, dtype="<u8")[::2] & _MASK, owners

    def _row_digests(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, bytes]]:
        held = [(i, name, row[name]) for i, row in enumerate(rows) for name in FIELDS if row[name] is not None]
        words = [self._word(str(fact)) for _, _, fact in held]
        kinds = b"".join([self._kind_bytes[name] for _, name, _ in held])
        state = self._fact.update(_xor(b"".join([word[:16] for word in words]), kinds))
        state = self._fact.update(_xor(state, b"".join([word[16:] for word in words])))
        digests: list[dict[str, bytes]] = [{} for _ in rows]
        for at, (i, name, _) in enumerate(held):
            digests[i][name] = state[16 * at : 16 * at + 8]
        return digests

    def _word(self, fact: str) -> bytes:
        data = fact.encode("utf-8", "surrogatepass")
        return (data if len(data) <= _WIDTH else self._short(fact).encode()).ljust(_WIDTH, b"\0")

    def pair(self, first: tuple[str, str], second: tuple[str, str] | None = None) -> int:
        """The token of two facts (kind, key), or of one that has its own."""
        return self.pairs([(first, second)])[0]

    def pairs(self, facts: Sequence[tuple[tuple[str, str], tuple[str, str] | None]]) -> list[int]:
        """The token of each two facts, or of each one that has its own."""
        single = list(dict.fromkeys(fact for pair in facts for fact in pair if fact is not None))
        rows = [dict.fromkeys(FIELDS) | {kind: key} for kind, key in single]
        digests = {fact: found[fact[0]] for fact, found in zip(single, self._row_digests(rows), strict=True)}
        blocks = []
        for pair in facts:
            one, *other = sorted(filter(None, pair), key=lambda fact: FIELDS.index(fact[0]))
            blocks.append(digests[one] + (digests[other[0]] if other else _NO_FACT))
        done = np.frombuffer(self._pair.update(b"".join(blocks)), dtype="<u8")[::2] & _MASK
        return [int(token) for token in done]

    def _digests(self, column: pl.Series, name: str) -> Words:
        text = column.cast(pl.String)
        if text.len() > _FEW:
            found = tokens_of_facts(text, (self._keys[0], self._keys[2]), self._kinds[name].tobytes())
            if found is not None:
                return found
        words = self._words(text)
        state = words[:, :2] ^ self._kinds[name]
        state = self._encrypt(self._fact, np.ascontiguousarray(state)) ^ words[:, 2:]
        return self._encrypt(self._fact, np.ascontiguousarray(state))[:, 0]

    def _words(self, text: pl.Series) -> Words:
        """Each cell as four 64-bit words; a null as nothing."""
        longest = text.str.len_bytes().max()
        if isinstance(longest, int) and longest > _WIDTH:
            long = text.str.len_bytes().fill_null(0) > _WIDTH
            cells = text.filter(long).to_list()
            short = {cell: self._short(cell) for cell in set(cells)}  # readings repeat
            text = text.scatter(long.arg_true(), [short[cell] for cell in cells])
        if text.len() <= _FEW:
            joined = b"".join(
                (cell or "").encode("utf-8", "surrogatepass").ljust(_WIDTH, b"\0") for cell in text.to_list()
            )
            return np.frombuffer(joined, dtype="<u8").reshape(-1, 4)
        four = pl.Array(pl.UInt64, 4)
        filled = (text.fill_null("") + _NULS).cast(pl.Binary).bin.slice(0, _WIDTH)
        return filled.bin.reinterpret(dtype=four, endianness="little").to_numpy()

    def _short(self, cell: str) -> str:
        return hashlib.blake2b(cell.encode("utf-8", "surrogatepass"), key=self._keys[2], digest_size=16).hexdigest()

    @staticmethod
    def _encrypt(encryptor: object, blocks: Words) -> Words:
        done: bytes = encryptor.update(blocks.reshape(-1).view(np.uint8).data)  # type: ignore[attr-defined]
        return np.frombuffer(done, dtype="<u8").reshape(-1, 2)


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))


@lru_cache(maxsize=4)
def tokens_of(key: bytes) -> Tokens:
    """One a key."""
    return Tokens(key)


class Tracer:
    """Collects the tokens of one transfer, batch by batch."""

    def __init__(self, key: bytes) -> None:
        self._tokens = tokens_of(key)
        self._found: list[tuple[Words, Words | int]] = []  # tokens and parts; one number where all are of one

    def add(self, mentions: pl.DataFrame, one_each: pl.DataFrame) -> None:
        """Mentions with "person" and "part", and what is known of each person altogether: facts that stand in two
        places make pairs too."""
        found = [run for some in stretches(mentions) for run in self._take(some, some["part"])]
        again = met_again(mentions["person"])
        if again is not None:
            first = mentions.filter(again).group_by("person").agg(pl.col("part").min())
            whole = one_each.join(first, on="person")
            self._take(whole, whole["part"], np.sort(np.concatenate(found)) if found else None)

    def add_rows(self, mentions: Sequence[Mapping[str, Any]], repeated: Sequence[Mapping[str, Any]]) -> None:
        """The same of a handful. `repeated`: what is known altogether of those met more than once."""
        known: Words | None = None
        for rows in (mentions, repeated):
            if rows:
                tokens, owners = self._tokens.of_rows(rows)
                of = {row["part"] for row in rows}
                parts = np.array([rows[i]["part"] for i in owners], dtype=np.uint64) if len(of) > 1 else of.pop()
                kept = self._keep(tokens, parts, known)
                known = np.sort(kept) if repeated else None

    def _take(self, people: pl.DataFrame, where: pl.Series, known: Words | None = None) -> list[Words]:
        runs, masks = self._tokens.of(people)
        least, most = where.min(), where.max()
        if least == most:
            return [self._keep(tokens, int(least), known) for tokens in runs]  # type: ignore[arg-type]
        numbers = where.to_numpy().astype(np.uint64)
        return [self._keep(tokens, numbers[mask], known) for tokens, mask in zip(runs, masks, strict=True)]

    def _keep(self, tokens: Words, parts: Words | int, known: Words | None) -> Words:
        """Keep tokens with their parts, but those `known` already, which are in order: each run is looked up in them."""
        if known is not None and known.size:
            new = known[np.minimum(np.searchsorted(known, tokens), known.size - 1)] != tokens
            tokens, parts = tokens[new], parts if isinstance(parts, int) else parts[new]
        self._found.append((tokens, parts))
        return tokens

    def result(self, paths: Sequence[tuple[str, ...]]) -> Traces:
        """All tokens, in the order they were met; `paths`: of the parts by their numbers."""
        if not self._found:
            return Traces()
        packed = b"".join(tokens.astype("<u8", copy=False).data for tokens, _ in self._found)
        only = {part if isinstance(part, int) else -1 for _, part in self._found}
        if packed and len(only) == 1 and -1 not in only:
            return Traces(tokens=packed, paths=(paths[only.pop()],))
        told = [
            np.full(tokens.size, part, np.uint64) if isinstance(part, int) else part for tokens, part in self._found
        ]
        parts = np.concatenate(told)
        present = np.bincount(parts.astype(np.int64), minlength=1)
        used = np.flatnonzero(present)
        named = tuple(paths[int(part)] for part in used[:_MOST_PARTS])
        if used.size <= 1:
            return Traces(tokens=packed, paths=named)
        numbers = np.full(present.size, _NO_PART, dtype="<u2")
        numbers[used[:_MOST_PARTS]] = np.arange(min(used.size, _MOST_PARTS))
        return Traces(tokens=packed, parts=numbers[parts.astype(np.int64)].tobytes(), paths=named)


def wanted(facts: Iterable[tuple[str, str]], tokens: Tokens) -> dict[int, frozenset[str]]:
    """Every token by which somebody known by these facts (kind, key) is found -> the kinds it agrees in."""
    facts = list(dict.fromkeys(facts))
    asked: list[tuple[tuple[str, str], tuple[str, str] | None]] = [(fact, None) for fact in facts if fact[0] in SINGLE]
    for a, b in combinations(facts, 2):
        if tuple(sorted((a[0], b[0]), key=FIELDS.index)) in PAIRS:
            asked.append((a, b))
    kinds = (frozenset(fact[0] for fact in pair if fact is not None) for pair in asked)
    return dict(zip(tokens.pairs(asked), kinds, strict=True))
