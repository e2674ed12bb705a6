"""Header words that a town tunes, as its signatures list them: whose a column is, and what kind of table it stands in."""

from __future__ import annotations

from collections.abc import Mapping


class Books:
    """Header words that say whose a column is, by one ruleset."""

    def __init__(self, words: Mapping[str, frozenset[str]]) -> None:
        def read(book: str) -> tuple[str, ...]:
            return tuple(sorted(words.get(book, frozenset()), key=len, reverse=True))

        self.company_headers = words.get("company_headers", frozenset())
        self.register_numbers = words.get("register_numbers", frozenset())
        self.heads = read("heads")
        self.office_ends = read("office_ends")
        self.office_prefixes = read("office_prefixes")
        self.alias_groups = read("alias_groups")
