"""Drawings in SVG: their words as a table where they stand in one, else line by line; titles, descriptions, scripts and
what links and pictures carry. What draws the letters themselves says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from dlp.extract import charset, sniff
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.plain import scattered
from dlp.extract.plain.scattered import Word
from dlp.extract.plain.text import frame_of, of_text
from dlp.extract.records import html_carried, xml_tree
from dlp.transfer import Part

_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?)")
_MOVED = re.compile(r"(?:translate|matrix)\(([^()]{1,200})\)")
_PROGRAMS, _PACKED = {"script", "style"}, re.compile(r"\\u[0-9A-Fa-f]{4}|[A-Za-z0-9+/]{60}")
_LETTERS = {"glyph", "hkern", "vkern", "font-face"}  # how letters are drawn
_DRAWN = 200, 1_000  # letters drawn one by one, and lines, that may be words though no text is there
_GROUPS = 32  # elements in elements, each of which may be moved


def extract(part: Part, budget: Budget) -> Extracted:
    """All that a drawing says."""
    tree = xml_tree.read(part.data)
    if tree is None:
        return Extracted(sniff.SVG, of_text(charset.decode(part.data)).blocks)
    blocks: list[Block] = []
    for number, words in enumerate(_sheets(tree), 1):
        if rows := scattered.table(words):
            blocks.append(Table(frame_of(rows), f"drawing {number}"))
        else:
            blocks.append(Text("\n".join(word.text for word in words) + "\n", f"drawing {number}"))
    outlined = not blocks and (_count(tree, "use") >= _DRAWN[0] or _count(tree, "path") >= _DRAWN[1])
    if said := list(_beside(tree)):
        blocks.append(Text("\n".join(said) + "\n", "beside"))
    children = tuple(html_carried.parts(tree, part.path))
    return Extracted(sniff.SVG, blocks, children, unread=(Why.IMAGE_ONLY,) if outlined else ())


def _count(tree: Any, name: str) -> int:
    return sum(1 for _ in tree.iter(f"{{*}}{name}"))


def _sheets(tree: Any) -> list[list[Word]]:
    """The words of each slide, which lie above each other, and of what is no slide."""
    sheets: dict[Any, list[Word]] = {}
    for text in tree.iter("{*}text"):
        slide = next((node for node in text.iterancestors() if node.get("class") == "Slide"), None)
        sheets.setdefault(slide, []).extend(_words(text))
    return [words for words in sheets.values() if words]


def _words(text: Any) -> Iterator[Word]:
    """Each stretch of a text that has a place of its own."""
    moved = _moved(text)
    at = (0.0, 0.0)
    held = ""
    for event, node in etree.iterwalk(text, events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        if event == "start":
            x, y = _place(node, "x"), _place(node, "y")
            if x is not None or y is not None:
                yield from _said(held, at, moved)
                held = ""
                at = (at[0] if x is None else x, at[1] if y is None else y)
            held += node.text or ""
        elif node is not text:
            held += node.tail or ""
    yield from _said(held, at, moved)


def _said(held: str, at: tuple[float, float], moved: tuple[float, float]) -> Iterator[Word]:
    if words := " ".join(held.split(" ")).strip(" \t\r\n"):
        yield Word(at[0] + moved[0], at[1] + moved[1], words)


def _place(node: Any, name: str) -> float | None:
    match = _NUMBER.match(node.get(name, ""))
    return float(match[1]) if match else None


def _moved(node: Any) -> tuple[float, float]:
    """How far a text is moved from where it says it is; turned and drawn larger it is all the same."""
    across = down = 0.0
    for number, around in enumerate((node, *node.iterancestors())):
        if number > _GROUPS:
            break
        for values in _MOVED.findall(around.get("transform", "")):
            numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", values)[-2:]]
            across += numbers[0] if numbers else 0.0
            down += numbers[1] if len(numbers) > 1 else 0.0
    return across, down


def _beside(tree: Any) -> Iterator[str]:
    """What is no word of the drawing: titles, pages in it, what stands where no drawing has words, attributes in which
    somebody wrote Japanese. Of programs the lines that may hold some: a viewer's own is long, and says nothing."""
    words = {below for text in tree.iter("{*}text") for below in text.iter()}
    for node in tree.iter():
        if (tail := (node.tail or "").strip()) and node.getparent() not in words:
            yield tail
        if not isinstance(node.tag, str):
            continue
        kind = node.tag.rpartition("}")[2]
        said = (node.text or "").strip()
        if kind in _PROGRAMS:
            yield from (line for line in said.split("\n") if not line.isascii() or _PACKED.search(line))
        elif said and node not in words:
            yield said
        for name, value in node.attrib.items():
            if kind not in _LETTERS and not value.isascii():
                yield f"{name.rpartition('}')[2]}：{value}"
