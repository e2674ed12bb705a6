"""Cards in JSON (jCard, RFC 7095): ["vcard", [[name, parameters, type, value], …]], as the vCard they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_CARD, _VALUE = "vcard", 3  # what a card begins with; where a property's values begin


def text(value: list[Any]) -> str:
    """The vCards that a card, or a list of cards, stands for; "" where it is none."""
    cards = [value] if value[:1] == [_CARD] else value
    if not cards or not all(map(_is_card, cards)):
        return ""
    return "".join(f"BEGIN:VCARD\n{''.join(_lines(card[1]))}END:VCARD\n" for card in cards)


def _is_card(value: Any) -> bool:
    return isinstance(value, list) and value[:1] == [_CARD] and len(value) > 1 and isinstance(value[1], list)


def _lines(properties: list[Any]) -> Iterator[str]:
    for said in properties:
        if not isinstance(said, list) or len(said) <= _VALUE or not isinstance(said[0], str):
            continue
        kinds = said[1].get("type", ()) if isinstance(said[1], dict) else ()
        parameters = "".join(f";TYPE={kind}" for kind in ([kinds] if isinstance(kinds, str) else kinds))
        for value in said[_VALUE:]:
            parts = [_said(part) for part in value] if isinstance(value, list) else [_said(value)]
            yield f"{said[0].upper()}{parameters}:{';'.join(parts)}\n"


def _said(part: Any) -> str:
    """A value, or one of several, on one line."""
    words = [str(word) for word in part] if isinstance(part, list) else [str(part)]
    return " ".join(" ".join(words).split())
