"""Cards of a page: blocks in which each field stands after its heading, as in <dl> or <p><b>…</b><span>…</span></p>.

Several blocks with the same headings are the rows of a table; one alone is lines with their headings before them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

_LEAST, _HEADING, _FIELD = 2, 30, 10_000  # fields of a card; characters of a heading, and of a field
_TITLE = 40  # characters of what stands over a card
_BOLD = frozenset(("b", "strong", "label", "em", "th", "dt"))
_NAMED = re.compile(r"label|key|head|term|title|caption|item|name", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n]+")
_COLON = " \t\r\n　:："

type Card = list[tuple[str, str]]
type Rows = list[list[str | None]]


def records(tree: Any) -> Iterator[tuple[Rows, list[Any]]]:
    """Tables of cards with the same headings, and the elements they were read from."""
    cards = [found for node in tree.iter() if isinstance(node.tag, str) and (found := _card(node))]
    for _, group in groupby(cards, key=lambda found: found[0][0][0]):  # what each begins with
        several = list(group)
        if len(several) > 1 and _alike([card for card, _ in several]):
            several = _titled(several)
            yield _rows([card for card, _ in several]), [node for _, nodes in several for node in nodes]


def _titled(cards: list[tuple[Card, list[Any]]]) -> list[tuple[Card, list[Any]]]:
    """Cards with what stands over each of them as a field of its own: mostly who or what it is about."""
    titles = [title for _, nodes in cards if (title := _title(nodes[0])) is not None]
    if len(titles) < len(cards):
        return cards
    return [
        ([("", _text(title)), *card], [title, title.getnext(), *nodes])
        for title, (card, nodes) in zip(titles, cards, strict=True)
    ]


def _title(field: Any) -> Any | None:
    """What stands over a list of headings and fields that are a block with it, and with nothing else."""
    card: Any = next((node for node in field.iterancestors() if node.tag == "dl"), None)
    above = card.getprevious() if card is not None else None
    if above is None or not isinstance(above.tag, str) or above.getprevious() is not None:
        return None
    alone = card.getnext() is None and not (card.tail or "").strip()
    return above if alone and 0 < len(_text(above)) <= _TITLE else None


def _alike(cards: list[Card]) -> bool:
    """Whether the cards share their headings: of a glossary each has its own."""
    often = Counter(key for card in cards for key in {key for key, _ in card})
    return sum(n * 2 >= len(cards) for n in often.values()) >= _LEAST


def _rows(cards: list[Card]) -> Rows:
    keys = list(dict.fromkeys(key for card in cards for key, _ in card))[:200]
    held = [dict(reversed(card)) for card in cards]
    return [list(keys), *([card.get(key) or None for key in keys] for card in held)]


def _card(node: Any) -> tuple[Card, list[Any]] | None:
    """The fields of one block, and their elements; None where it is none."""
    if node.tag == "dl":
        return _of_list(node)
    if node.tag in ("table", "tr", "tbody", "thead", "html", "head") or len(node) < _LEAST:
        return None
    lines = [child for child in node if isinstance(child.tag, str) and (pair_of(child) is not None)]
    if len(lines) < _LEAST or len(lines) * 2 < len(node):
        return None
    return [pair for line in lines if (pair := pair_of(line))], lines


def _of_list(node: Any) -> tuple[Card, list[Any]] | None:
    card: Card = []
    taken: list[Any] = []
    for child in node.iter("dt", "dd"):
        said = _text(child)
        if child.tag == "dt":
            card.append((said.strip(_COLON), ""))
        elif card:
            card[-1] = (card[-1][0], f"{card[-1][1]} {said}".strip())
        taken.append(child)
    good = len(card) >= _LEAST and len({key for key, _ in card}) == len(card)
    return (card, taken) if good and all(0 < len(key) <= _HEADING for key, _ in card) else None


def pair_of(node: Any) -> tuple[str, str] | None:
    """A heading and its field, the only two elements of a line without text of its own; or one, and text behind it."""
    if len(node) == 1 and node[0].tag in _BOLD and not len(node[0]) and not (node.text or "").strip():
        heading, field = _text(node[0]).strip(_COLON), (node[0].tail or "").strip(_COLON)
        return (heading, field) if 0 < len(heading) <= _HEADING and len(field) <= _FIELD else None
    if len(node) != _LEAST or not isinstance(node[0].tag, str) or not isinstance(node[1].tag, str):
        return None
    first, second = node
    between = f"{node.text or ''}{first.tail or ''}{second.tail or ''}"
    if between.strip(_COLON) or len(first) or len(second) > 1:
        return None
    if first.tag not in _BOLD and not _NAMED.search(first.get("class") or ""):
        return None
    heading, field = _text(first).strip(_COLON), _text(second)
    return (heading, field) if 0 < len(heading) <= _HEADING and len(field) <= _FIELD else None


def _text(node: Any) -> str:
    return _BLANKS.sub(" ", "".join(map(str, node.itertext()))).strip()
