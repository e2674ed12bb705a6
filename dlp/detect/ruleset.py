"""Ruleset: all signatures, compiled, immutable, with a digest."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dlp.detect import pattern, yara_rules
from dlp.detect.terms import Terms

_SAID = ("marking", "form")  # categories of YARA signatures that tell what a document says of itself
TITLES = 20_000  # characters of a text in which its titles stand


def _words(text: str) -> list[str]:
    """What stands between blanks in `text` (an expression takes a hundred times as long)."""
    return [word for word in text.replace("　", " ").replace("\t", " ").split(" ") if word]


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """What to look for. Data of `signatures/<id>/signature.toml`."""

    id: str
    revision: int
    title: Mapping[str, str]  # "ja", "en"
    category: str  # a Category word, or "marking", "form", "container", "book"
    matcher: str  # pattern | terms | yara | words | headers
    pattern: re.Pattern[str] | None = None
    check: Callable[[str], bool] | None = None
    near: tuple[str, ...] = ()  # words that make a match likelier, within `reach` characters before or after
    not_near: tuple[str, ...] = ()  # words directly before that make it something else
    anchor: str = ""  # what a match must hold: "digit", "number" (six digits) or a literal such as "@"; "" for nothing
    reach: int = 30
    score: float = 0.5  # without a near word
    near_score: float = 0.9  # with one
    threshold: float = 0.5  # below: no match


@dataclass(frozen=True, slots=True)
class Match:
    """One signature at one place of a text (character offsets) or of raw bytes (byte offsets)."""

    signature: Signature
    start: int
    end: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Ruleset:
    """Everything `signatures/` says, ready to match. Build with :func:`dlp.detect.loader.load`."""

    digest: str  # SHA-256 hex over every file and the matching code
    signatures: tuple[Signature, ...]
    #: surnames, given_names, surname_kana, given_kana, surname_romaji, given_romaji, prefectures, municipalities,
    #: towns, titles, facilities, organisations
    words: Mapping[str, frozenset[str]]
    #: normalised header word -> role: a Category word, surname, given, surname_kana, given_kana, or one that says a
    #: column is not about a person: id, office, title, org, facility, event, amount, count, date, item, author, note
    headers: Mapping[str, str]
    #: what stands near people and near what is no person, and how much a sign weighs: by names the counter asks for
    patterns: Mapping[str, re.Pattern[str]]
    weights: Mapping[str, float]
    branches: Mapping[str, frozenset[str]]  # bank code -> branch codes
    towns_by_city: Mapping[str, frozenset[str]]
    _books: Mapping[str, Terms] = field(repr=False)
    _terms: Terms | None = field(repr=False)
    _term_owner: Mapping[str, Signature] = field(repr=False)
    _yara: Any = field(repr=False)
    _by_id: Mapping[str, Signature] = field(repr=False)

    @property
    def terms(self) -> Collection[str]:
        """The words of all term signatures."""
        return self._term_owner.keys()

    def scan_text(self, text: str, signatures: Sequence[Signature] | None = None) -> list[Match]:
        """Pattern and term signatures over folded text, in order of place; of patterns only `signatures`, if given."""
        windows = pattern.Windows(text)
        found = [
            Match(signature, start, end, score)
            for signature in (self.signatures if signatures is None else signatures)
            if signature.pattern is not None
            for start, end, score in pattern.scan(signature, windows)
        ]
        if self._terms is not None:
            for start, end, word in self._terms.find(text):
                signature = self._term_owner[word]
                found.append(Match(signature, start, end, signature.score))
        found.sort(key=lambda m: (m.start, -m.end))
        return found

    def scan_bytes(self, data: bytes) -> list[Match]:
        """YARA signatures over raw bytes, or over text encoded as UTF-8. Raises Incomplete when YARA gives up."""
        if self._yara is None:
            return []
        hits = ((self._by_id[hit.signature], hit) for hit in yara_rules.scan(self._yara, data))
        return [Match(signature, hit.start, hit.end, signature.score) for signature, hit in hits]

    def scan_shown(self, text: str, raw: bytes | None = None) -> list[Match]:
        """YARA signatures of what a document says, over text taken out of it, one match each: set apart, too
        (取　扱　注　意), as titles are. What tells a container says nothing in text. `raw`: the text in UTF-8, if
        that is known. Raises Incomplete."""
        found: dict[str, Match] = {}
        if self._yara is None:
            return []
        raw = text.encode("utf-8", "replace") if raw is None else raw
        for hit in yara_rules.scan_shown(self._yara, raw, _words(text[:TITLES]), self._saying):
            signature = self._by_id[hit.signature]
            if signature.category in _SAID:
                found.setdefault(signature.id, Match(signature, hit.start, hit.end, signature.score))
        return list(found.values())

    @cached_property
    def _saying(self) -> frozenset[int]:
        """The YARA rules that tell what a document says of itself."""
        found: frozenset[int] = self._yara.needs.rules_of({s.id for s in self.signatures if s.category in _SAID})
        return found

    def word_places(self, book: str, viewed: str) -> Iterator[tuple[int, int]]:
        """The same as byte offsets in a text viewed as `terms.view` does."""
        return self._books[book].places(viewed)

    def find_words(self, book: str, text: str) -> list[tuple[int, int]]:
        """Where words of a book stand in `text`, leftmost-longest, as character offsets."""
        return [(start, end) for start, end, _ in self._books[book].find(text)]
