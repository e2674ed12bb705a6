"""Files of `signatures/` -> Ruleset. Pure: the bundle reads the files."""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence

from dlp.detect.headers import ROLES, normalise_header
from dlp.detect.revision import code_revision
from dlp.detect.ruleset import Ruleset, Signature
from dlp.detect.schema import Declared, read_signature
from dlp.detect.terms import Terms
from dlp.detect.variants import spellings
from dlp.detect.yara_rules import compile_rules
from dlp.errors import ConfigError

_SHORTEST = 2  # characters of a term
#: Books that are searched in text, not only looked up.
_SEARCHED = ("surnames",)


def load(files: Mapping[str, bytes]) -> Ruleset:
    """Compile a bundle's files (relative path -> bytes). Raises ConfigError naming file and fault."""
    declared = [read_signature(name.split("/")[0], data) for name, data in sorted(files.items()) if _declares(name)]
    if not declared:
        raise ConfigError("signatures: no signature.toml found; a ruleset without signatures finds nothing")
    signatures = tuple(one.signature for one in declared)
    words = {book: _words(files, owner, book) for book, owner in _once(declared, "books").items()}
    _once(declared, "patterns"), _once(declared, "weights")
    term_owner = _term_owner(files, signatures)
    yara_sources = {s.id: _text(files, f"{s.id}/rule.yar") for s in signatures if s.matcher == "yara"}
    return Ruleset(
        digest=digest(files),
        signatures=signatures,
        words=words,
        headers=_headers(files, signatures),
        patterns={name: pattern for one in declared for name, pattern in one.patterns.items()},
        weights={name: weight for one in declared for name, weight in one.weights.items()},
        branches=_branches(files),
        towns_by_city=towns(files),
        _books={book: Terms(spellings(words[book])) for book in words if book in _SEARCHED},
        _terms=Terms(term_owner) if term_owner else None,
        _term_owner=term_owner,
        _yara=compile_rules(yara_sources),
        _by_id={signature.id: signature for signature in signatures},
    )


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 hex over names and bytes of every file and the revision of the matching code."""
    total = hashlib.sha256(f"code {code_revision()}\n".encode())
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode() + hashlib.sha256(files[name]).digest())
    return total.hexdigest()


def _once(declared: Sequence[Declared], kind: str) -> dict[str, str]:
    """Name -> id of the signature that ships it. Raises ConfigError where two ship the same."""
    owner: dict[str, str] = {}
    for one in declared:
        for name in getattr(one, kind):
            if owner.setdefault(name, one.signature.id) != one.signature.id:
                raise ConfigError(
                    f"signatures/{one.signature.id}: {kind} {name} stands in {owner[name]}, too; keep one"
                )
    return owner


def _declares(name: str) -> bool:
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
    found = frozenset(_lines(files, f"{signature}/{book}.txt"))
    if not found:
        raise ConfigError(f"signatures/{signature}/{book}.txt: holds no word")
    return found


def _term_owner(files: Mapping[str, bytes], signatures: tuple[Signature, ...]) -> dict[str, Signature]:
    """Term -> its signature. Texts are searched folded, so terms are folded, too."""
    owner: dict[str, Signature] = {}
    for signature in signatures:
        if signature.matcher != "terms":
            continue
        name = f"{signature.id}/terms.txt"
        terms = {unicodedata.normalize("NFKC", line) for line in _lines(files, name)}
        if not terms:
            raise ConfigError(f"signatures/{name}: holds no term")
        for term in terms:
            if len(term) < _SHORTEST:
                raise ConfigError(f"signatures/{name}: {term!r} is too short to mean anything alone")
            if owner.setdefault(term, signature) is not signature:
                raise ConfigError(f"signatures/{name}: {term!r} stands in {owner[term].id}, too; keep one")
    return owner


def _headers(files: Mapping[str, bytes], signatures: tuple[Signature, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for signature in signatures:
        if signature.matcher != "headers":
            continue
        name = f"{signature.id}/headers.toml"
        try:
            roles = tomllib.loads(_text(files, name))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"signatures/{name}: {error}") from None
        for role, words in roles.items():
            if role not in ROLES:
                raise ConfigError(f"signatures/{name}: role {role!r} is none of {', '.join(sorted(ROLES))}")
            for word in words:
                key = normalise_header(word)
                if not key:
                    raise ConfigError(f"signatures/{name}: {word!r} under {role} says nothing once normalised")
                if found.setdefault(key, role) != role:
                    raise ConfigError(f"signatures/{name}: {word!r} stands under {found[key]} and {role}")
    return found


def _branches(files: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    name = "bank-account/branches.txt"
    if name not in files:
        return {}
    return {bank: frozenset(rest) for bank, *rest in (line.split() for line in _lines(files, name))}


def towns(files: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    """Municipality -> the names of its towns."""
    name = "address/towns_by_city.txt"
    if name not in files:
        return {}
    rows = (line.partition("\t") for line in _text(files, name).splitlines() if line)
    return {city: frozenset(towns.split()) for city, _, towns in rows}
