"""signature.toml -> Signature: every field by name, type and range; a fault says which file and what to change."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dlp.detect import checks
from dlp.detect.ruleset import Signature
from dlp.errors import ConfigError
from dlp.finding import Category

MATCHERS = ("pattern", "terms", "yara", "words", "headers")
#: What a signature may be about besides a kind of personal information; "book" is for word lists.
CATEGORIES = frozenset({*map(str, Category), "marking", "form", "container", "book"})
_REQUIRED: dict[str, type] = {"id": str, "revision": int, "title": dict, "category": str, "matcher": str}
_SHARES = ("score", "near_score", "threshold")
_LISTS = ("near", "not_near", "books")
_OPTIONAL: dict[str, type] = {
    "pattern": str, "anchor": str, "check": str, "reach": int, "patterns": dict, "weights": dict,
}  # fmt: skip
_FIELDS = {*_REQUIRED, *_OPTIONAL, *_SHARES, *_LISTS}
#: Fields that are no field of Signature as they are.
_APART = ("pattern", "check", "books", "patterns", "weights")
_DEFAULT = 0.5  # of score and threshold, as in Signature
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
#: A letter that a name may be written in: `{letter}` in a context pattern.
LETTER = "[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffffヶヵぁ-ゖゝゞァ-ヺー]"
#: Checks that read marks besides digits.
_AS_WRITTEN = ("birth_date", "age", "phone")


@dataclass(frozen=True, slots=True)
class Declared:
    """One signature.toml: the signature, and the books, context patterns and weights it ships for the counter."""

    signature: Signature
    books: tuple[str, ...]
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)


def read_signature(folder: str, data: bytes) -> Declared:
    """Read `signatures/<folder>/signature.toml`. Raises ConfigError."""
    where = f"signatures/{folder}/signature.toml"
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where}: {error}") from None
    _check_types(raw, where)
    _check_values(raw, folder, where)
    return Declared(_build(raw, where), tuple(raw.get("books", ())), _patterns(raw, where), _weights(raw, where))


def _check_types(raw: dict[str, Any], where: str) -> None:
    unknown = set(raw) - _FIELDS
    if unknown:
        raise ConfigError(f"{where}: unknown field {min(unknown)!r}; known: {', '.join(sorted(_FIELDS))}")
    for name in _REQUIRED:
        if name not in raw:
            raise ConfigError(f"{where}: {name} is missing")
    for name, kind in (_REQUIRED | _OPTIONAL).items():
        if name in raw and (not isinstance(raw[name], kind) or isinstance(raw[name], bool)):
            raise ConfigError(f"{where}: {name} is not a {kind.__name__}")
    for name in _LISTS:
        words = raw.get(name, [])
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
            raise ConfigError(f"{where}: {name} is a list of words, none of them empty")
    for name in _SHARES:
        value = raw.get(name, 0.5)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ConfigError(f"{where}: {name} is a number from 0 to 1")


def _check_values(raw: dict[str, Any], folder: str, where: str) -> None:
    title = raw["title"]
    if raw["id"] != folder or not _ID.fullmatch(raw["id"]):
        raise ConfigError(f"{where}: id {raw['id']!r} is not the folder's name in lower case with dashes")
    if raw["revision"] < 1 or set(title) != {"ja", "en"} or not all(isinstance(t, str) and t for t in title.values()):
        raise ConfigError(f"{where}: revision starts at 1; title has ja and en")
    if raw["matcher"] not in MATCHERS:
        raise ConfigError(f"{where}: matcher {raw['matcher']!r} is none of {', '.join(MATCHERS)}")
    if raw["category"] not in CATEGORIES:
        raise ConfigError(f"{where}: category {raw['category']!r} is none of {', '.join(sorted(CATEGORIES))}")
    if (raw["matcher"] == "pattern") != ("pattern" in raw):
        raise ConfigError(f"{where}: matcher pattern and the field pattern go together")
    if "near_score" in raw and not raw.get("near"):
        raise ConfigError(f"{where}: near_score without near words is never reached")
    best = max(raw.get("score", _DEFAULT), raw.get("near_score", 0.0))
    if best < raw.get("threshold", _DEFAULT):
        raise ConfigError(f"{where}: no score reaches the threshold, so it never matches")


def _build(raw: dict[str, Any], where: str) -> Signature:
    values: dict[str, Any] = {k: v for k, v in raw.items() if k not in _APART}
    if "pattern" in raw:
        try:
            values["pattern"] = re.compile(raw["pattern"], re.VERBOSE | re.ASCII)
        except re.error as error:
            raise ConfigError(f"{where}: pattern: {error}") from None
        if values["pattern"].fullmatch(""):
            raise ConfigError(f"{where}: pattern matches nothing at all, so it matches everywhere")
    if "check" in raw:
        if raw["check"] not in checks.BY_NAME:
            raise ConfigError(f"{where}: check {raw['check']!r} is none of {', '.join(sorted(checks.BY_NAME))}")
        values["check"] = _on_digits(raw["check"])
    values["near"], values["not_near"] = tuple(raw.get("near", ())), tuple(raw.get("not_near", ()))
    return Signature(**values)


def _patterns(raw: dict[str, Any], where: str) -> dict[str, re.Pattern[str]]:
    """Context patterns by name: read over one line of folded text, letters as they are."""
    made = {}
    for name, text in raw.get("patterns", {}).items():
        if not isinstance(text, str) or not _NAME.fullmatch(name):
            raise ConfigError(f"{where}: patterns.{name} is not a name in lower case with a text")
        try:
            made[name] = re.compile(text.replace("{letter}", LETTER), re.VERBOSE)
        except re.error as error:
            raise ConfigError(f"{where}: patterns.{name}: {error}") from None
        if made[name].search(""):
            raise ConfigError(f"{where}: patterns.{name} matches nothing at all, so it matches everywhere")
    return made


def _weights(raw: dict[str, Any], where: str) -> dict[str, float]:
    """Thresholds and likelihoods by name."""
    made = raw.get("weights", {})
    for name, value in made.items():
        if not _NAME.fullmatch(name) or isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ConfigError(f"{where}: weights.{name} is not a name in lower case with a number from 0 up")
    return dict(made)


def _on_digits(name: str) -> Callable[[str], bool]:
    """The check; those that want bare digits get nothing else."""
    check = checks.BY_NAME[name]
    if name in _AS_WRITTEN:
        return check
    if name == "yucho":
        return lambda value: check(_yucho(re.sub("[^0-9]", "", value)))
    return lambda value: check(re.sub("[^0-9]", "", value))


def _yucho(digits: str) -> str:
    return f"{digits[:5]}-{digits[5:]}"
