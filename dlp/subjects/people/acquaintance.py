"""Who is the same person, for a handful: what `identity` says of mentions in columns, without a query for each fact.

Rules and order are those of :mod:`dlp.subjects.people.identity`; a test holds the two together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter
from typing import Any

from dlp.subjects.people import across, identity, pairs
from dlp.subjects.people.few import Mention
from dlp.subjects.people.people import FACTS

#: Mentions up to which this is the faster way; fewer than namesakes that `identity` compares by what they share only.
MOST = 100


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Mentions, the person each is about (0 … n-1), and how sure the number of people is."""

    mentions: Sequence[Mention]
    persons: Sequence[int]
    count: int
    lower: int
    upper: int

    def one_each(self) -> list[Mention]:
        """One mention a person: the least of each fact his mentions hold, and all their categories."""
        found: dict[int, Mention] = {}
        for mention, person in zip(self.mentions, self.persons, strict=True):
            known = found.setdefault(person, mention)
            if known is not mention:
                least: Mention = {f: min(_told(known[f], mention[f]), default=None) for f in FACTS}
                found[person] = least | {"cats": known["cats"] | mention["cats"]}
        return list(found.values())

    def repeated(self) -> list[Mention]:
        """Of those met more than once what is known altogether, in the first part that names them."""
        met = Counter(self.persons)
        places: dict[int, int] = {}
        for mention, person in zip(self.mentions, self.persons, strict=True):
            places[person] = min(places.get(person, mention["part"]), mention["part"])
        numbers = dict.fromkeys(self.persons)  # in the order of `one_each`
        each = zip(numbers, self.one_each(), strict=True)
        return [known | {"part": places[person]} for person, known in each if met[person] > 1]

    def in_part(self, part: int) -> int:
        """Distinct people of one part."""
        return len({p for mention, p in zip(self.mentions, self.persons, strict=True) if mention["part"] == part})


def _told(*facts: Any) -> list[Any]:
    return [fact for fact in facts if fact is not None]


_known_by = itemgetter(*pairs.KNOWN_BY)


def who_is_who(mentions: Sequence[Mention]) -> Acquaintance:
    """Group mentions by person."""
    distinct: list[Mention] = []
    ids: dict[tuple[object, ...], int] = {}
    of = [ids.setdefault(known, len(ids)) for known in map(_known_by, mentions)]
    for mention, i in zip(mentions, of, strict=True):
        if i == len(distinct):
            distinct.append(mention)
    forest = identity.Forest()
    merged = _group(distinct, forest)
    roots = [forest.root(i) for i in range(len(distinct))]
    dense = {root: person for person, root in enumerate(sorted(set(roots)))}
    persons = [dense[roots[i]] for i in of]
    count, least = len(dense), _lower(mentions, persons)
    return Acquaintance(mentions, persons, count, least, count + identity.doubted(merged, count, least))


def _who(mention: Mention) -> str | None:
    name: str | None = mention["name"] or mention["kana"] or mention["latin"]
    return name


def _group(distinct: Sequence[Mention], forest: identity.Forest) -> int:
    """Join mentions of one person; how many merges rest on nothing but the name."""
    for fact in ("number", "code"):
        held = sorted((m[fact], i) for i, m in enumerate(distinct) if m[fact] is not None)
        forest.join_runs(held)
    agreeing, silent = _pairs(distinct)
    facts = {i: _facts(distinct[i]) for pair in (*agreeing, *silent) for i in pair}
    for a, b in agreeing:
        forest.join(a, b, facts, pairs.HARD)
    merged = sum(forest.join(a, b, facts, (*pairs.HARD, *pairs.SOFT)) for a, b in silent)
    for (a, b), doubted in across.of_rows(distinct):
        merged += forest.join(a, b, {}, ()) * doubted
    return merged


type Pairs = list[tuple[int, int]]


def _pairs(distinct: Sequence[Mention]) -> tuple[Pairs, Pairs]:
    """Namesakes that agree in something strong, and those that contradict each other in nothing."""
    namesakes: dict[str | None, list[int]] = defaultdict(list)
    for i, mention in enumerate(distinct):
        namesakes[_who(mention)].append(i)
    namesakes.pop(None, None)
    agreeing, silent = [], []
    for a, b in sorted(pair for ids in namesakes.values() for pair in combinations(ids, 2)):
        one, other = distinct[a], distinct[b]
        if any(_differ(one, other, fact) for fact in pairs.HARD):
            continue
        if any(one[fact] is not None and one[fact] == other[fact] for fact in pairs.STRONG):
            agreeing.append((a, b))
        elif not any(_differ(one, other, fact) for fact in pairs.SOFT):
            silent.append((a, b))
    return agreeing, silent


def _differ(one: Mention, other: Mention, fact: str) -> bool:
    a, b = one[fact], other[fact]
    if a is None or b is None or a == b:
        return False
    return fact not in pairs.KINDS or a.partition(":")[0] == b.partition(":")[0]


def _facts(mention: Mention) -> identity.Facts:
    held = ((fact, mention[fact]) for fact in dict.fromkeys((*pairs.HARD, *pairs.SOFT)))
    return {identity.named(fact, value): {value} for fact, value in held if value is not None}


def _lower(mentions: Iterable[Mention], persons: Iterable[int]) -> int:
    """See `identity`: names, and birth dates or numbers within a name."""
    who: dict[int, str | None] = {}
    told: dict[str, dict[int, Any]] = {"birth": {}, "number": {}}
    for mention, person in zip(mentions, persons, strict=True):
        if mention["sure"]:
            who.setdefault(person, _who(mention))
            for fact, known in told.items():
                if (value := mention[fact]) is not None and (person not in known or value > known[person]):
                    known[person] = value
    most: dict[str, list[set[object]]] = {}
    for person, name in who.items():
        if name is not None:
            facts = most.setdefault(name, [set(), set()])
            for held, known in zip(facts, told.values(), strict=True):
                if person in known:
                    held.add(known[person])
    names = sum(max(1, *map(len, facts)) for facts in most.values()) + sum(name is None for name in who.values())
    unread = any(mention["name"] is None for mention in mentions)
    return max(names - across.unsure_rows(*_sure(mentions, persons)), 0) if unread else names


def _sure(mentions: Iterable[Mention], persons: Iterable[int]) -> tuple[list[Mention], list[int]]:
    kept = [(mention, person) for mention, person in zip(mentions, persons, strict=True) if mention["sure"]]
    return [mention for mention, _ in kept], [person for _, person in kept]
