"""A web page as a tree, to its end."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from dlp.extract import whole_tree

_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_CDATA = re.compile(r"(?<!//)(?<!/\*)<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_WORD_BREAK = re.compile(r"<wbr\s*/?>", re.IGNORECASE)


def read(text: str) -> tuple[Any, bool]:
    """The tree of a page, None where there is none, and whether it is all of it."""
    if "<![CDATA[" in text:  # of XHTML: to HTML it would be a comment
        end = text.rfind("]]>") + len("]]>")  # what is never closed is not searched for its end
        text = _CDATA.sub(r"\1", text[:end]) + text[end:]
    if "<wbr" in text or "<WBR" in text:  # a place to break a word at; to the parser it would hold what follows
        text = _WORD_BREAK.sub("", text)
    source = _DECLARATION.sub("", text)
    try:
        # Not by lxml.html, whose own kind of element is looked up in Python for each.
        tree, _, whole = whole_tree.tree_of(source, _parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None, True
    return _with_all(tree), whole


def _parser(wide: bool) -> etree.HTMLParser:
    return etree.HTMLParser(no_network=True, huge_tree=wide)


def _with_all(tree: Any) -> Any:
    """The tree with what stands behind the page's end in it: to browsers it is the page's, to the parser another
    page beside it."""
    if tree is not None and tree.getnext() is not None:
        beside = [node for node in tree.itersiblings() if isinstance(node.tag, str)]
        for node in [*tree.iterchildren(reversed=True)][:1] + beside[:-1]:
            node.tail = f"{node.tail or ''}\n"
        tree.extend(beside)
    return tree
