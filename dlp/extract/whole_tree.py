"""Trees of markup that were read to their end.

libxml2 stops at 256 elements within each other and at 10 MB of one text, attribute or comment, and gives the tree up to
there as if nothing followed; programs that show such pages do not (the HTML standard knows no limit). Where it stopped
it is asked again with its wider limits (2,048 elements, 1 GB); only there, as these let entities grow, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

type Parser = etree.XMLParser | etree.HTMLParser


def tree_of(data: bytes | str, parser: Callable[[bool], Parser]) -> tuple[Any, Parser, bool]:
    """The tree (None where there is none), the parser that made it, and whether it reaches to the end of `data`.
    `parser`: makes one, with wider limits or without. Raises what lxml does: XMLSyntaxError, ValueError."""
    for wide in (False, True):
        asked = parser(wide)
        tree = etree.fromstring(data, asked)
        if not _stopped(asked):
            return tree, asked, True
    return tree, asked, False


def _stopped(asked: Parser) -> bool:
    last: Any = asked.error_log.last_error
    return last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT
