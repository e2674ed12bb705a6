"""Files of `signatures/` -> Ruleset. Pure: the bundle reads the files."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from dlp.detect import checks
from dlp.detect.headers import normalise_header
from dlp.detect.ruleset import Ruleset, Signature
from dlp.detect.terms import Terms
from dlp.detect.yara_rules import compile_rules
from dlp.errors import ConfigError

MATCHERS = ("pattern", "terms", "yara", "words", "headers")
#: Raised whenever matching code changes what a same file finds.
_CODE_REVISION = 1
_FIELDS = {
    "id", "revision", "title", "category", "matcher", "pattern", "check", "near", "not_near", "reach", "score",
    "near_score", "threshold", "books",
}  # fmt: skip
#: Books that are searched in text, not only looked up.
_SEARCHED = ("surnames", "given_names", "titles", "organisations", "facilities")


def load(files: Mapping[str, bytes]) -> Ruleset:
    """Compile a bundle's files (relative path -> bytes). Raises ConfigError naming file and fault."""
    loaded = [_signature(name.split("/")[0], data) for name, data in sorted(files.items()) if _is_signature(name)]
    if not loaded:
        raise ConfigError("signatures: no signature.toml found; a ruleset without signatures finds nothing")
    signatures = tuple(signature for signature, _ in loaded)
    by_id = {signature.id: signature for signature in signatures}
    books = {book for _, raw in loaded for book in raw.get("books", [])}
    words = {book: _words(files, signature.id, book) for signature, raw in loaded for book in raw.get("books", [])}
    term_owner: dict[str, Signature] = {}
    for signature in signatures:
        if signature.matcher == "terms":
            for word in _lines(files, f"{signature.id}/terms.txt"):
                term_owner[word] = signature
    yara_sources = {s.id: _text(files, f"{s.id}/rule.yar") for s in signatures if s.matcher == "yara"}
    return Ruleset(
        digest=digest(files),
        signatures=signatures,
        words=words,
        headers=_headers(files, signatures),
        branches=_branches(files),
        towns_by_city=_towns(files),
        _books={book: Terms(words[book]) for book in books if book in _SEARCHED},
        _terms=Terms(term_owner) if term_owner else None,
        _term_owner=term_owner,
        _yara=compile_rules(yara_sources),
        _by_id=by_id,
    )


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 hex over names and bytes of every file and the revision of the matching code."""
    total = hashlib.sha256(f"code {_CODE_REVISION}\n".encode())
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode() + hashlib.sha256(files[name]).digest())
    return total.hexdigest()


def _is_signature(name: str) -> bool:
    return name.count("/") == 1 and name.endswith("/signature.toml")


def _text(files: Mapping[str, bytes], name: str) -> str:
    if name not in files:
        raise ConfigError(f"signatures/{name}: missing")
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"signatures/{name}: not UTF-8") from None


def _lines(files: Mapping[str, bytes], name: str) -> list[str]:
    lines = [line.strip() for line in _text(files, name).splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _words(files: Mapping[str, bytes], signature: str, book: str) -> frozenset[str]:
    return frozenset(_lines(files, f"{signature}/{book}.txt"))


def _signature(folder: str, data: bytes) -> tuple[Signature, dict[str, Any]]:
    where = f"signatures/{folder}/signature.toml"
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where}: {error}") from None
    unknown = set(raw) - _FIELDS
    if unknown:
        raise ConfigError(f"{where}: unknown field {min(unknown)!r}; known: {', '.join(sorted(_FIELDS))}")
    for name, kind in (("id", str), ("revision", int), ("title", dict), ("category", str), ("matcher", str)):
        if not isinstance(raw.get(name), kind):
            raise ConfigError(f"{where}: {name} is missing or not a {kind.__name__}")
    if raw["id"] != folder:
        raise ConfigError(f"{where}: id {raw['id']!r} is not the folder's name")
    if raw["matcher"] not in MATCHERS:
        raise ConfigError(f"{where}: matcher {raw['matcher']!r} is none of {', '.join(MATCHERS)}")
    if raw["revision"] < 1 or set(raw["title"]) != {"ja", "en"}:
        raise ConfigError(f"{where}: revision starts at 1; title has ja and en")
    return _build(raw, where), raw


def _build(raw: dict[str, Any], where: str) -> Signature:
    values: dict[str, Any] = {k: raw[k] for k in raw if k not in ("pattern", "check", "books", "near", "not_near")}
    if raw["matcher"] == "pattern":
        try:
            values["pattern"] = re.compile(raw["pattern"], re.VERBOSE)
        except (KeyError, re.error) as error:
            raise ConfigError(f"{where}: pattern: {error}") from None
    if "check" in raw:
        if raw["check"] not in checks.BY_NAME:
            raise ConfigError(f"{where}: check {raw['check']!r} is none of {', '.join(sorted(checks.BY_NAME))}")
        values["check"] = _on_digits(raw["check"])
    values["near"], values["not_near"] = tuple(raw.get("near", ())), tuple(raw.get("not_near", ()))
    return Signature(**values)


def _on_digits(name: str) -> Any:
    """The check; those that want bare digits get them without dashes and spaces."""
    check = checks.BY_NAME[name]
    if name in ("birth_date", "phone", "yucho"):
        return check
    return lambda value: check(re.sub(r"[\s-]", "", value))


def _headers(files: Mapping[str, bytes], signatures: tuple[Signature, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for signature in signatures:
        if signature.matcher != "headers":
            continue
        name = f"{signature.id}/headers.toml"
        for role, words in tomllib.loads(_text(files, name)).items():
            for word in words:
                key = normalise_header(word)
                if found.setdefault(key, role) != role:
                    raise ConfigError(f"signatures/{name}: {word!r} stands under {found[key]} and {role}")
    return found


def _branches(files: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    name = "bank-account/branches.txt"
    if name not in files:
        return {}
    return {bank: frozenset(rest) for bank, *rest in (line.split() for line in _lines(files, name))}


def _towns(files: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    name = "address/towns_by_city.txt"
    if name not in files:
        return {}
    rows = (line.partition("\t") for line in _text(files, name).splitlines() if line)
    return {city: frozenset(towns.split()) for city, _, towns in rows}
