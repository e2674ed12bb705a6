"""Tables as LaTeX has them, and as data frames are written for it: cells between &, rows up to a double backslash."""

from __future__ import annotations

import re
from collections.abc import Iterator

BEGIN = re.compile(r"\\begin\{(tabular[xy*]?|longtable|tabulary|array|supertabular)\}")
#: What draws lines and divides a table; commands about a cell's text; escaped signs.
_RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endfirsthead|endhead|endfoot|endlastfoot)\b"
    r"|\\(?:cline|cmidrule)(?:\([\w ]{0,20}\))?\{[\d\s,-]{0,20}\}|\\label\{[\w:.-]{0,60}\}"
)
_CAPTION = re.compile(r"\\caption(?:\[[^\]\n]{0,80}\])?\{([^}]*)\}")
#: The columns' form, which stands at a table's beginning.
_FORM = re.compile(r"^\s*+(?:\[[^\]\n]{0,20}\])?(?:\{[^{}\n]{0,80}(?:\{[^{}\n]{0,40}\}[^{}\n]{0,80}){0,40}\})?")
_ABOUT = re.compile(r"\\(?:text\w{2}|emph|multirow\{[^}]*\}\{[^}]*\}|multicolumn\{[^}]*\}\{[^}]*\})\{([^{}]*)\}")
_ESCAPED = re.compile(r"\\([&%$#_{}])")
_CELLS, _ROWS = re.compile(r"(?<!\\)&"), re.compile(r"\\\\(?:\[[\w.\-]{0,20}\])?|\\tabularnewline\b")


def tables(text: str) -> list[list[list[str | None]]]:
    """The rows of each table in a text."""
    found = [_rows(text[begin:end]) for _, begin, end, _ in _places(text)]
    return [rows for rows in found if rows]


def without(text: str) -> str:
    """A text without its tables."""
    pieces, at = [], 0
    for start, _, _, stop in _places(text):
        pieces.append(text[at:start])
        at = stop
    return "\n".join([*pieces, text[at:]])


def _places(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Where each table starts, its body begins and ends, and it stops; none behind one that has no end."""
    at = 0
    while match := BEGIN.search(text, at):
        close = f"\\end{{{match[1]}}}"
        end = text.find(close, match.end())
        if end < 0:
            return
        at = end + len(close)
        yield match.start(), match.end(), end, at


def _rows(body: str) -> list[list[str | None]]:
    body = _CAPTION.sub(r"\1 \\\\ ", _FORM.sub("", _RULES.sub("", body)))
    rows = [[_cell(cell) for cell in _CELLS.split(row)] for row in _ROWS.split(body)]
    return [row for row in rows if any(row)]


def _cell(text: str) -> str | None:
    return _ESCAPED.sub(r"\1", _ABOUT.sub(r"\1", text)).replace("~", " ").strip() or None
