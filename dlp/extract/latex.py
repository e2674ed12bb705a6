"""Tables as LaTeX has them, and as data frames are written for it: cells between &, rows up to a double backslash."""

from __future__ import annotations

import re

BEGIN = re.compile(r"\\begin\{(?:tabular[xy*]?|longtable|tabulary|array|supertabular)\}")
_TABLE = re.compile(r"\\begin\{(tabular[xy*]?|longtable|tabulary|array|supertabular)\}(.*?)\\end\{\1\}", re.DOTALL)
#: What draws lines and divides a table; commands about a cell's text; escaped signs.
_RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endfirsthead|endhead|endfoot|endlastfoot)\b"
    r"|\\(?:cline|cmidrule|caption|label)(?:\([^)]*\))?\{[^}]*\}"
)
_ABOUT = re.compile(r"\\(?:text\w{2}|emph|multirow\{[^}]*\}\{[^}]*\}|multicolumn\{[^}]*\}\{[^}]*\})\{([^{}]*)\}")
_ESCAPED = re.compile(r"\\([&%$#_{}])")
_CELLS, _ROWS = re.compile(r"(?<!\\)&"), re.compile(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline\b")


def tables(text: str) -> list[list[list[str | None]]]:
    """The rows of each table in a text."""
    found = [_rows(match[2]) for match in _TABLE.finditer(text)] if BEGIN.search(text) else []
    return [rows for rows in found if rows]


def without(text: str) -> str:
    """A text without its tables."""
    return _TABLE.sub("\n", text)


def _rows(body: str) -> list[list[str | None]]:
    body = re.sub(
        r"^\s*(?:\[[^\]]*\])?(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})?", "", _RULES.sub("", body)
    )  # the columns' form
    rows = [[_cell(cell) for cell in _CELLS.split(row)] for row in _ROWS.split(body)]
    return [row for row in rows if any(row)]


def _cell(text: str) -> str | None:
    return _ESCAPED.sub(r"\1", _ABOUT.sub(r"\1", text)).replace("~", " ").strip() or None
