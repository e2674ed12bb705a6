"""What others would do with the same bytes: a naive script, presidio-analyzer in two ways, polars told what is what.

None of them groups people; they find matches, or rows in which something matches.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import polars as pl

PATTERNS = {
    "phone": r"0\d{1,4}-\d{1,4}-\d{4}",
    "email": r"[\w.+-]+@[\w-]+\.[\w.]+",
    "birth_date": r"(?:19|20)\d{2}[/-]\d{1,2}[/-]\d{1,2}",
    "postal_code": r"\b\d{3}-\d{4}\b",
    "address": r"(?:東京都|北海道|(?:京都|大阪)府|.{2,3}県).{2,}?[市区町村]",
    "individual_number": r"\b\d{12}\b",
}
_COMPILED = [re.compile(pattern) for pattern in PATTERNS.values()]


def naive(text: str) -> int:
    """Lines in which at least one pattern matches: what a first script does."""
    count = 0
    for line in text.splitlines():
        found = [len(pattern.findall(line)) for pattern in _COMPILED]
        count += any(found)
    return count


@cache
def _recognisers() -> tuple[Any, ...]:
    from presidio_analyzer import Pattern, PatternRecognizer

    return tuple(
        PatternRecognizer(supported_entity=name.upper(), patterns=[Pattern(name, regex, 0.5)], supported_language="en")
        for name, regex in PATTERNS.items()
    )


def presidio_direct(text: str, lines_at_once: int = 10) -> int:
    """Matches of presidio's pattern recognisers, called without its engine, a few lines at a time.

    One line at a time costs a call's overhead each; more than some dozens, and its removal of duplicates, which
    compares all pairs, costs more. Between 5 and 20 lines it was fastest.
    """
    lines = text.splitlines()
    count = 0
    for start in range(0, len(lines), lines_at_once):
        chunk = "\n".join(lines[start : start + lines_at_once])
        for recogniser in _recognisers():
            count += len(recogniser.analyze(chunk, list(recogniser.supported_entities)))
    return count


@cache
def presidio_engine() -> Callable[[str], int]:
    """Its documented way, without a language model: AnalyzerEngine over pattern recognisers, line by line."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

    class NoModel(NlpEngine):
        """No tokens, no entities: nothing is spent on language."""

        def _nothing(self) -> NlpArtifacts:
            return NlpArtifacts([], [], [], [], self, "en")  # type: ignore[arg-type]

        def load(self) -> None: ...
        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            return self._nothing()

        def process_batch(self, texts: Any, language: str, **_: Any) -> Any:
            return ((text, self._nothing()) for text in texts)

        def is_stopword(self, word: str, language: str) -> bool:
            return False

        def is_punct(self, word: str, language: str) -> bool:
            return False

        def get_supported_entities(self) -> list[str]:
            return []

        def get_supported_languages(self) -> list[str]:
            return ["en"]

    registry = RecognizerRegistry(recognizers=list(_recognisers()), supported_languages=["en"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=NoModel(), supported_languages=["en"])
    entities = [name.upper() for name in PATTERNS]

    def count(text: str) -> int:
        return sum(len(engine.analyze(line, "en", entities)) for line in text.splitlines() if line)

    return count


def bare_polars(data: bytes) -> int:
    """Rows of the list with a name and an attribute, by polars told which column is what and what it looks like."""
    frame = pl.read_csv(io.BytesIO(data), infer_schema=False)
    held = {
        "生年月日": r"^(?:19|20)\d{2}/\d{1,2}/\d{1,2}$",
        "性別": r"^[男女]$",
        "住所": r"^.{2,3}[都道府県].+[市区町村].*[0-9]",
        "電話番号": r"^0\d{1,4}-\d{1,4}-\d{4}$",
        "メールアドレス": r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$",
    }
    attribute = pl.any_horizontal(pl.col(c).str.contains(p).fill_null(value=False) for c, p in held.items())
    named = pl.col("氏名").str.contains(r"^[\p{Han}ヶ々之]+[\s　]*[\p{Han}\p{Hiragana}\p{Katakana}]+$")
    return int(frame.select((named & attribute).sum()).item())
