"""Tables of markup for documents whose rows are no lines between one sign: lists of lists in reStructuredText, cells of
AsciiDoc on lines of their own, headings of DokuWiki, templates of MediaWiki, entries of BibTeX, Haml and Pug.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence

from dlp.native.look import Look, marks

type Rows = list[list[str | None]]
type Found = tuple[list[Rows], str]

_HEAD = 20_000  # characters in which a table begins
_NEAR = 2000  # characters in which letters are looked for that most texts have
_LEAST, _WIDEST = 3, 100  # rows; cells of one
_ITEM = re.compile(r"[ \t]*(?:[*+-] ([*+-])|([*+-]))[ \t]+(.*)")
_CAPTION = re.compile(r"\s*(?:\.\. |:[\w-]+:)")
_ASCIIDOC = re.compile(r"^\|===+[ \t]*\n(.*?)^\|===+[ \t]*$", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"(?:^|(?<=[ \t\n]))(?:\d{0,3}(?:\.\d{1,3})?[+*])?[<^>.]{0,3}[aehlmsd]?\|", re.MULTILINE)
_CSV_TABLE = re.compile(r"^([ \t]*)\.\. csv-table::[^\n]*\n((?:\1[ \t]+[^\n]*\n|[ \t]*\n)+)", re.MULTILINE)
_OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
_ENTRY = re.compile(r"[ \t]*(?:\{\{[^{}|\n]{1,60}|@\w{1,30}\{[^\s,{}]{0,60},)[ \t]*")
_FIELD = re.compile(r"[ \t]*\|?[ \t]*([^\s=|{}][^=|{}\n]{0,40}?)[ \t]*=[ \t]*(?:\{(.*)\}|\"(.*)\"|(.*?)),?[ \t]*")
_TAG = re.compile(r"([ \t]*)%?(tr|td|th)\b(?:\([^()\n]*\)|\{[^{}\n]*\}|\.[\w-]+)*[ \t]*(.*)")


def tables(text: str, seen: Look | None = None) -> Found | None:
    """The tables of a text and what is left of it; None where there is none. `seen`: what `normalize.told` said of
    it."""
    head = text[:_HEAD]
    for signs, needed, way in _WAYS:
        if seen is not None and seen.lacks(needed):
            continue
        some = head if needed else head[:_NEAR]
        if any(sign[0] in some and sign in some for sign in signs) and (found := way(text)) and found[0]:
            return found
    return None


def likely(head: str, seen: Look | None = None) -> bool:
    """Whether a text that begins so has such a table: what else parts its cells is chance. `seen`: see `tables`."""
    return tables(head[:_HEAD], seen) is not None


def _lists(text: str) -> Found:
    """A list of lists: "* - " begins a row, "  - " goes on with it."""
    rows: Rows = []
    rest: list[str] = []
    for line in text.split("\n"):
        item = _ITEM.fullmatch(line)
        if item and item[1]:
            rows.append([item[3] or None])
        elif item and rows and len(rows[-1]) < _WIDEST:
            rows[-1].append(item[3] or None)
        elif rows and rows[-1] and line.strip() and line[0] in " \t":
            rows[-1][-1] = f"{rows[-1][-1] or ''} {line.strip()}".strip()
        elif not _CAPTION.match(line):
            rest.append(line)
    return ([rows] if _is_table(rows) else []), "\n".join(rest)


def _is_table(rows: Rows) -> bool:
    """Whether rows are as wide as each other, but for few."""
    if len(rows) < _LEAST:
        return False
    width, often = Counter(map(len, rows)).most_common(1)[0]
    return width > 1 and often >= 0.8 * len(rows)


def _asciidoc(text: str) -> Found:
    found: list[Rows] = []

    def taken(match: re.Match[str]) -> str:
        body = match[1].strip("\n")
        cells = [cell.strip() for cell in _CELL.split(body)][1:]
        width = len(_CELL.findall(body.split("\n\n")[0]))
        first = len(_CELL.findall(body.split("\n")[0]))
        if first > 1 or not 1 < width < _WIDEST or len(cells) % width or len(cells) < _LEAST * width:
            return match.group()  # rows are lines there
        found.append([[cell or None for cell in cells[at : at + width]] for at in range(0, len(cells), width)])
        return ""

    rest = _ASCIIDOC.sub(taken, text)
    return found, rest


def _dokuwiki(text: str) -> Found:
    """Headings between "^", cells between "|"."""
    rows: Rows = []
    rest: list[str] = []
    headed = False
    for line in text.split("\n"):
        bare = line.strip()
        if len(bare) > 1 and bare[0] in "^|" and bare[-1] in "^|":
            headed |= bare[0] == "^" and bare.count("^") > 1
            rows.append([cell.strip() or None for cell in re.split(r"[|^]", bare[1:-1])])
        else:
            rest.append(line)
    return ([rows] if headed and _is_table(rows) else []), "\n".join(rest)


def _csv_tables(text: str) -> Found:
    found: list[Rows] = []

    def taken(match: re.Match[str]) -> str:
        lines = [line.strip() for line in match[2].split("\n") if line.strip()]
        options = {m[1]: m[2] for line in lines if (m := _OPTION.fullmatch(line))}
        body = [line for line in lines if not _OPTION.fullmatch(line)]
        mark = {"tab": "\t", "space": " "}.get(options.get("delim", ","), options.get("delim", ",")[:1])
        heads = [options["header"]] if options.get("header") else []
        rows = list(csv.reader([*heads, *body], delimiter=mark or ",", skipinitialspace=True))
        if not _is_table([[*row] for row in rows]):
            return match.group()
        found.append([[cell or None for cell in row] for row in rows])
        return ""

    rest = _CSV_TABLE.sub(taken, text)
    return found, rest


def _entries(text: str) -> Found:
    """Records of "name = value" lines, each in braces with a word before it."""
    records: list[dict[str, str]] = []
    rest: list[str] = []
    within = False
    for line in text.split("\n"):
        if _ENTRY.fullmatch(line):
            records.append({})
            within = True
        elif within and line.strip() in ("}", "}}", "},"):
            within = False
        elif within and (field := _FIELD.fullmatch(line)):
            records[-1][field[1]] = next((said for said in field.groups()[1:] if said is not None), "")
        else:
            rest.append(line)
    records = [record for record in records if len(record) > 1]
    keys = list(dict.fromkeys(key for record in records for key in record))
    if len(records) < _LEAST or len(keys) > _WIDEST:
        return [], text
    return [[[*keys], *([record.get(key) or None for key in keys] for record in records)]], "\n".join(rest)


def _tags(text: str) -> Found:
    """Rows and cells as tags without brackets, each on a line."""
    rows: Rows = []
    rest: list[str] = []
    for line in text.split("\n"):
        tag = _TAG.fullmatch(line)
        if tag and tag[2] == "tr" and not tag[3]:
            rows.append([])
        elif tag and tag[2] != "tr" and rows and len(rows[-1]) < _WIDEST:
            rows[-1].append(tag[3].strip() or None)
        else:
            rest.append(line)
    return ([rows] if _is_table(rows) else []), "\n".join(rest)


#: What each way is told by, the marks without which none of that stands, and how it is read.
_WAYS: Sequence[tuple[tuple[str, ...], int, Callable[[str], Found]]] = (
    (("* - ",), marks("*"), _lists),
    (("|===",), marks("|="), _asciidoc),
    ((".. csv-table::",), marks(":"), _csv_tables),
    (("\n^", "^ "), marks("^"), _dokuwiki),
    (("{{", "= {"), marks("{"), _entries),
    (("td ", "th "), 0, _tags),
)
