"""What a YARA rule cannot match without, so that YARA need not walk over bytes in which none can match.

Read from the expanded rules. A need is never more than the rule asks: what is not understood of a string or a part of
the condition counts as fulfilled, and a rule that is not understood at all as one that may match anything.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlp.detect.yara_text import NotUnderstoodError, first_letter, runs_of, unescaped
from dlp.native.words import SHORTEST, Words

_TOKEN = re.compile(r"\$\w*\*?|==|[(),]|0x[0-9A-Fa-f]+\b|\d+\b|[A-Za-z_]\w*")
_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*"|=\s*/(?!\*)(?:\\.|[^/\\\n])+/)|//[^\n]*|/\*.*?\*/', re.DOTALL)
_RULE = re.compile(
    r"\s*(?:(?:private|global)\s+)*rule\s+\w+\s*(?::[\w\s]+)?\{"
    r'(?:\s*meta\s*:(?:\s*\w+\s*=\s*(?:"(?:\\.|[^"\\\n])*"|-?\w+))*)?(?:\s*strings\s*:(?P<strings>.*?))?'
    r"\s*condition\s*:(?P<condition>[^{}]*)\}",
    re.DOTALL,
)
_STRING = re.compile(
    r'\s*(?P<name>\$\w*)\s*=\s*(?:"(?P<text>(?:\\.|[^"\\\n])*)"|\{(?P<hexa>[^{}]*)\}|/(?P<regex>(?:\\.|[^/\\\n])+)/(?P<flags>\w*))'
    r"(?P<modifiers>(?:\s+[a-z0-9]+(?:\([^()]*\))?)*)\s*(?=\$|\Z)"
)
_PLAIN = {"nocase", "ascii", "wide", "fullword", "private"}
_UINT = {"uint8": 1, "uint16": 2, "uint32": 4}


@dataclass(slots=True)
class Seen:
    """Bytes, and which of the words looked for stand in them."""

    data: bytes
    words: frozenset[int]
    _asked: dict[bytes, bool] = field(default_factory=dict)

    def holds(self, piece: bytes) -> bool:
        """Whether a few bytes stand anywhere in the data."""
        if piece not in self._asked:
            self._asked[piece] = piece in self.data
        return self._asked[piece]


class _Anything:
    """Equal to all bytes."""

    def __eq__(self, _: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Begun(bytes):
    """Bytes of which the beginning is known, and that have all else that is asked for."""

    def startswith(self, prefix: Any, *_: Any) -> bool:
        """Whether it may begin so."""
        return len(prefix) > len(self) or super().startswith(prefix)

    def __getitem__(self, place: Any) -> Any:
        return super().__getitem__(place) if place.stop <= len(self) else _Anything()

    def __contains__(self, _: object) -> bool:
        return True


type Need = Callable[[Seen], bool]


def _may(_: Seen) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _OneOf:
    """A need of any of some words, by their numbers."""

    words: frozenset[int]

    def __call__(self, seen: Seen) -> bool:
        return not self.words.isdisjoint(seen.words)


@dataclass(frozen=True, slots=True)
class _String:
    """One string of a rule: what stands somewhere where it matches, and what at the beginning where it does there."""

    anywhere: Need
    first: Need


class Needs:
    """What all rules of some sources need, each source by its name."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._words: dict[tuple[bytes, bool], int] = {}
        self._rules: list[Need] | None = []
        self._asking: defaultdict[int, list[int]] = defaultdict(list)  # the rules that ask for each word
        self._naming: set[int] = set()  # the words of the rule that is being read
        self._names: list[str] = []  # of each rule's source
        try:
            for name, source in sources.items():
                self._rules += self._read(source)
                self._names += [name] * (len(self._rules) - len(self._names))
        except (NotUnderstoodError, ValueError, OverflowError):  # the latter two: of figures
            self._rules = None  # one that may match anything: YARA has to be asked
        nothing = Seen(Begun(), frozenset())  # a need only grows with what is seen
        self._wordless = frozenset(i for i, need in enumerate(self._rules or ()) if need(nothing))
        #: Of these the rules that may match what begins with each byte.
        self._beginning = {first: self._wordless_for(first) for first in (bytes((c,)) for c in range(256))}
        self._looked = Words([word for word, _ in self._words], [folded for _, folded in self._words])
        #: Bytes of the longest word.
        self.reach = max((len(word) for word, _ in self._words), default=0)

    def rules_of(self, names: Container[str]) -> frozenset[int]:
        """The rules of the sources with some names."""
        return frozenset(i for i, name in enumerate(self._names) if name in names)

    def words(self, data: bytes) -> frozenset[int] | None:
        """The words that stand in bytes; None where nobody can tell."""
        return None if self._rules is None else self._looked.within(data)

    def may_match(self, data: bytes) -> bool:
        """Whether any rule could match; True where nobody can tell."""
        return self.may(self.words(data), data)

    def may(self, words: frozenset[int] | None, data: bytes, rules: frozenset[int] | None = None) -> bool:
        """The same of bytes with some words (see `words`), and of some rules, if told."""
        if self._rules is None or words is None:
            return True
        asked = self._beginning[data[:1]] if data else self._wordless
        if words:
            asked = asked.union(*map(self._asking.__getitem__, words))
        # The others are as if no word were there.
        asked = asked if rules is None else asked & rules
        if not asked:
            return False
        seen = Seen(data, words)
        return any(self._rules[i](seen) for i in asked)

    def _wordless_for(self, first: bytes) -> frozenset[int]:
        seen = Seen(Begun(first), frozenset())
        return frozenset(i for i in self._wordless if (self._rules or ())[i](seen))

    def _read(self, source: str) -> list[Need]:
        found: list[Need] = []
        source, at = _COMMENT.sub(lambda match: match[1] or " ", source), 0
        while source[at:].strip():
            rule = _RULE.match(source, at)
            if rule is None:
                raise NotUnderstoodError(source[at : at + 40])
            self._naming, number = set(), len(self._rules or ()) + len(found)
            strings = self._strings(rule["strings"] or "")
            found.append(_Condition(rule["condition"], strings).need())
            for word in self._naming:
                self._asking[word].append(number)
            at = rule.end()
        return found

    def _strings(self, text: str) -> dict[str, _String]:
        found, at, text = {}, 0, text.strip()
        while at < len(text):
            match = _STRING.match(text, at)
            if match is None or match["name"] in found:  # strings without a name are all called $
                raise NotUnderstoodError(text[at : at + 40])
            found[match["name"]] = self._string(match)
            at = match.end()
        return found

    def _string(self, match: re.Match[str]) -> _String:
        modifiers = set(match["modifiers"].split())
        if not modifiers <= _PLAIN:
            return _String(_may, _may)
        if match["hexa"] is not None:
            return self._hexa(match["hexa"])
        if match["regex"] is not None:
            any_case = "nocase" in modifiers or "i" in match["flags"]
            first = b"" if any_case else first_letter(match["regex"])
            return _String(_may, lambda seen: seen.data.startswith(first))
        return self._text(unescaped(match["text"]), modifiers)

    def _text(self, data: bytes, modifiers: set[str]) -> _String:
        spelled = [data] if "ascii" in modifiers or "wide" not in modifiers else []
        spelled += [b"".join(bytes((c, 0)) for c in data)] if "wide" in modifiers else []
        folded = "nocase" in modifiers
        return _String(_any([self._word(word, folded=folded) for word in spelled]), _may)

    def _hexa(self, hexa: str) -> _String:
        runs, first = runs_of(hexa)
        longest = max(runs, key=len, default=b"")
        others = [run for run in runs if run is not longest and len(run) > 1]
        word = self._word(longest)

        def anywhere(seen: Seen) -> bool:
            return word(seen) and all(map(seen.holds, others))

        return _String(anywhere if others else word, lambda seen: seen.data.startswith(first))

    def _word(self, word: bytes, *, folded: bool = False) -> Need:
        if len(word) < SHORTEST:
            return _may
        number = self._words.setdefault((word.lower() if folded else word, folded), len(self._words))
        self._naming.add(number)
        return _OneOf(frozenset((number,)))


class _Condition:
    """A condition's needs, read from left to right."""

    def __init__(self, text: str, strings: Mapping[str, _String]) -> None:
        if _TOKEN.sub("", text).strip():
            raise NotUnderstoodError(text)  # an operator, a count, a string: anything not in the grammar below
        self._tokens, self._at, self._strings = _TOKEN.findall(text), 0, strings

    def need(self) -> Need:
        """The whole condition's."""
        found = self._either()
        if self._at < len(self._tokens):
            raise NotUnderstoodError(self._tokens[self._at])
        return found

    def _next(self, *expected: str) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else ""
        if expected and token not in expected:
            raise NotUnderstoodError(token)
        self._at += 1
        return token

    def _follows(self, *words: str) -> bool:
        found = tuple(self._tokens[self._at : self._at + len(words)]) == words
        self._at += len(words) if found else 0
        return found

    def _either(self) -> Need:
        found = [self._both()]
        while self._follows("or"):
            found.append(self._both())
        return _any(found)

    def _both(self) -> Need:
        found = [self._one()]
        while self._follows("and"):
            found.append(self._one())
        return _all(found)

    def _one(self) -> Need:
        if self._follows("("):
            found = self._either()
            self._next(")")
            return found
        for word, join in (("any", _any), ("all", _all)):
            if self._follows(word, "of"):
                return join([string.anywhere for string in self._set()])
        token = self._next()
        if token in _UINT:
            return self._figure(_UINT[token])
        (string,) = self._named(token)
        if self._follows("at"):
            return string.first if int(self._next(), 0) == 0 else string.anywhere
        return string.anywhere

    def _figure(self, size: int) -> Need:
        self._next("(")
        at = int(self._next(), 0)
        self._next(")"), self._next("==")
        wanted = int(self._next(), 0).to_bytes(size, "little")
        return lambda seen: seen.data[at : at + size] == wanted

    def _set(self) -> Sequence[_String]:
        if self._follows("them"):
            return list(self._strings.values())
        self._next("(")
        found = [*self._named(self._next())]
        while self._next(",", ")") == ",":
            found += self._named(self._next())
        return found

    def _named(self, name: str) -> Sequence[_String]:
        """Strings of a name; of all names that begin so, where it ends with *."""
        named = [name] if name in self._strings else []
        if name.endswith("*"):
            named = [one for one in self._strings if one.startswith(name[:-1])]
        if not name.startswith("$") or not named:
            raise NotUnderstoodError(name)
        return [self._strings[one] for one in named]


def _any(needs: Sequence[Need]) -> Need:
    if len(needs) == 1:
        return needs[0]
    words = frozenset[int]().union(*(need.words for need in needs if isinstance(need, _OneOf)))
    rest = [need for need in needs if not isinstance(need, _OneOf)]  # words are asked for all at once
    return (
        (lambda seen: not words.isdisjoint(seen.words) or any(need(seen) for need in rest)) if rest else _OneOf(words)
    )


def _all(needs: Sequence[Need]) -> Need:
    return needs[0] if len(needs) == 1 else lambda seen: all(need(seen) for need in needs)
