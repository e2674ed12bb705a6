"""YARA: file markers, form layouts and markings in raw bytes, in every encoding Japanese text has.

YARA's `wide` does not match Japanese in UTF-16, nor anything in CP932, EUC-JP or ISO-2022-JP. So a rule is written
readably, `$a = "部外秘" japanese`, and each such string becomes byte strings in all encodings here. In a condition,
`$a` then stands for any of them, also inside `any of ($a, $b)` and `all of ($a, $b)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yara

from dlp.detect.yara_needs import Begun, Needs
from dlp.errors import ConfigError, Incomplete

ENCODINGS = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be")
_STRING = re.compile(r'^([ \t]*)(\$\w+)\s*=\s*"([^"\n]+)"\s+japanese[ \t]*$', re.MULTILINE)
_RULE = re.compile(r"^(\s*(?:(?:private|global)\s+)*rule\s+\w+[^{]*\{)", re.MULTILINE)
_CONDITION = re.compile(r"^\s*condition:", re.MULTILINE)
_LIST = re.compile(r"\b(all|any|none|\d+)\s+of\s+(?:\(([^()]*)\)|them\b)")
#: ISO-2022-JP writes kanji as printable ASCII: only after its shift sequence, at most so many bytes on, is it a word.
_SHIFT, _RUN = b"\x1b$B", 200
_SECONDS = 20
#: Bytes from which it is worth to ask first whether any rule can match.
_LONG = 1 << 11


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule's signature at the first place where one of its strings stands (byte offsets)."""

    signature: str
    start: int
    end: int


def expand(source: str, signature: str) -> str:
    """A readable rule as YARA's own language; `signature` becomes its meta entry."""
    begins = [match.start() for match in _RULE.finditer(source)] or [0]
    pieces = [source[a:b] for a, b in zip(begins, [*begins[1:], len(source)], strict=True)]
    return source[: begins[0]] + "".join(_expand_rule(piece, signature) for piece in pieces)


def _expand_rule(rule: str, signature: str) -> str:
    names = {match.group(2) for match in _STRING.finditer(rule)}
    condition = _CONDITION.search(rule)
    cut = condition.end() if condition else len(rule)
    strings, rest = _STRING.sub(_encoded, rule[:cut]), rule[cut:]
    if names:
        rest = _LIST.sub(lambda m: _in_list(m, names, signature), rest)
    for name in names:  # "$a" elsewhere -> any of its encodings
        rest = re.sub(rf"{re.escape(name)}(?![\w*])", f"(any of ({name}_*))", rest)
    return _RULE.sub(rf'\1\n  meta:\n    signature = "{signature}"', strings + rest)


def _in_list(match: re.Match[str], names: set[str], signature: str) -> str:
    """ "all of ($a, $b)" counts words, not encodings: it becomes "(($a) and ($b))"."""
    quantity, items = match.group(1), [item.strip() for item in (match.group(2) or "").split(",")]
    if quantity != "any" and (match.group(0).endswith("them") or not names.isdisjoint(items)):
        if quantity != "all" or match.group(0).endswith("them"):
            raise ConfigError(
                f'signatures/{signature}/rule.yar: "{match.group(0)}" would count encodings of japanese strings; '
                "write the strings out with and, or"
            )
        return f"({' and '.join(items)})"
    if match.group(0).endswith("them"):
        return match.group(0)
    return f"any of ({', '.join(f'{item}_*' if item in names else item for item in items)})"


def _encoded(match: re.Match[str]) -> str:
    indent, name, text = match.groups()
    seen: dict[str, str] = {}
    for encoding in ENCODINGS:
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        seen.setdefault(_hex(data, encoding), re.sub(r"\W|_", "", encoding))
    return "\n".join(f"{indent}{name}_{encoding} = {{ {hexa} }}" for hexa, encoding in seen.items())


def _hex(data: bytes, encoding: str) -> str:
    if encoding == "iso2022_jp" and data.startswith(_SHIFT):
        word = data.removeprefix(_SHIFT).removesuffix(b"\x1b(B")  # it may stand in the midst of a run of kanji
        return f"{_SHIFT.hex(' ')} [0-{_RUN}] {word.hex(' ')}"
    return data.hex(" ")


@dataclass(frozen=True, slots=True)
class Rules:
    """Compiled rules, and what none of them can match without."""

    compiled: Any
    needs: Needs


def compile_rules(sources: Mapping[str, str]) -> Rules | None:
    """Compile rules by signature id; None for none. Raises ConfigError: a warning is an error."""
    if not sources:
        return None
    expanded = {name: expand(source, name) for name, source in sources.items()}
    for name, source in expanded.items():
        try:
            yara.compile(source=source, error_on_warning=True)
        except yara.Error as error:
            raise ConfigError(f"signatures/{name}/rule.yar: {error}") from None
    return Rules(yara.compile(sources=expanded), Needs(expanded))


def scan(rules: Rules, data: bytes) -> list[Hit]:
    """One hit a rule that matches; YARA sees many bytes only where one can. Raises Incomplete when it gives up."""
    if len(data) >= _LONG and not rules.needs.may_match(data):
        return []
    return _hits(rules, data)


def scan_shown(rules: Rules, data: bytes, bare: Sequence[str], wanted: frozenset[int]) -> list[Hit]:
    """The same of a text in UTF-8, and of its pieces `bare` put together: the hits of the rules that are `wanted` (see
    `Needs.rules_of`), and of others perhaps."""
    needs, found = rules.needs, list[Hit]()
    words = needs.words(data) if len(data) >= _LONG else None
    if needs.may(words, data, wanted):
        found += _hits(rules, data)
    # What stands in the pieces together stands in one of them, or where two meet.
    reach = needs.reach
    meet = "".join(p if len(p) <= 2 * reach else f"{p[:reach]}\n{p[-reach:]}" for p in bare).encode("utf-8", "replace")
    if words is not None:
        words |= needs.words(meet) or frozenset()
    if needs.may(words, Begun(meet[:reach]), wanted):
        joined = "".join(bare).encode("utf-8", "replace")
        found += scan(rules, joined) if joined != data else ()
    return found


def _hits(rules: Rules, data: bytes) -> list[Hit]:
    try:
        found = rules.compiled.match(data=data, timeout=_SECONDS, fast=True)
    except yara.TimeoutError:
        raise Incomplete("timed_out") from None
    except yara.Error:
        raise Incomplete("failed") from None
    return [_hit(match) for match in found]


def _hit(match: Any) -> Hit:
    places = [(i.offset, i.offset + i.matched_length) for string in match.strings for i in string.instances]
    start, end = min(places, default=(0, 0))
    return Hit(match.meta["signature"], start, end)
