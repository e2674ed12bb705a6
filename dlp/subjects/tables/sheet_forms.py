"""Sheets and tables laid out as forms: labels with their values beside them, and cells that name themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from dlp.detect.headers import PERSONAL
from dlp.subjects.cells.values import clean
from dlp.subjects.forms.form_records import NAMED, Pair, at_repeats
from dlp.subjects.plan.header import Label, Reader, Row, looks_like_value

_MIN_ROWS, _MOSTLY = 2, 0.75  # rows of a form, at least; share of them that begin with a label
_BLANK = re.compile(r"\S[ 　]+\S")
_BODIES = frozenset(("org", "office", "facility"))
_DECIDE = 40  # rows after which a sheet that is no form is known
_ASSIGNED = re.compile(r"(?:^|[\s\[({|,;])([^\s:：=,、@]{1,20})(=)(?!=)([^=]+)$")
_OWN_LABEL = re.compile(r"^\s*([^\s:：=,、@]{1,20})(?:\s*[:：=](?!//)\s*|(?P<blank>[ 　]+))(.*)$")


def labelled_rows(first: Sequence[Row], rows: Iterable[Row], reader: Reader) -> list[list[Pair]]:
    """Rows whose cells name themselves ("name:…", "tel=…", "氏名 …"); empty where a table has other cells. Of a log, what
    stands before the first of them does not count."""
    head = [cell for row in first for cell in row if cell]
    found = [m for cell in head if (m := own_label(cell, reader))]
    told = own_label
    if len(found) < 0.8 * len(head):
        found = [m for cell in head if (m := _assigned(cell, reader))]
        told = _assigned
        if not all(_assigns(row, reader) for row in first):
            return []
    if len({m[1] for m in found if reader.label(m[1]).role}) < 2:
        return []
    matched = ([told(cell, reader) for cell in row if cell] for row in rows)
    records = [[(label, m[3]) for m in row if m and (label := reader.label(m[1])).role] for row in matched]
    return records if _are_alike(records) else at_repeats([pair for record in records for pair in record])


def _are_alike(records: Sequence[Sequence[Pair]]) -> bool:
    """Whether most rows have a label that most have: each is a record, and no line of one."""
    said = Counter(text for record in records for text in {label.text for label, _ in record})
    return max(said.values(), default=0) > len([record for record in records if record]) / 2


def _assigns(row: Row, reader: Reader) -> bool:
    """Whether two cells of a row end in something said of a person: "… name=佐藤 花子", "tel=090…"."""
    found = (_assigned(cell, reader) for cell in row if cell)
    return len({m[1] for m in found if m and reader.label(m[1]).role in PERSONAL}) > 1


def _assigned(cell: str, reader: Reader) -> re.Match[str] | None:
    """What a cell ends in, where that is a header word, a sign of equality and a value."""
    match = _ASSIGNED.search(cell)
    return match if match and reader.knows(reader.label(match[1]).text) else None


def own_label(cell: str, reader: Reader) -> re.Match[str] | None:
    """A cell's own label and its value; where nothing but a blank parts them, a label that is a header word."""
    match = _OWN_LABEL.match(cell)
    return match if match and (not match["blank"] or reader.knows(reader.label(match[1]).text)) else None


def sheet_records(rows: Iterable[Row], reader: Reader) -> list[list[Pair]] | None:
    """A sheet laid out as a form: label cells with their value to the right. None where it is no form."""
    pairs, begins, roles = list[Pair](), list[str](), set[str]()  # roles: of the labels so far
    lines = full = cards = told = 0
    headed = gap = False
    for i, row in enumerate(rows):
        if i == _DECIDE and not headed and not _is_form(lines, full, cards, told, reader):
            return None
        if told == full >= _MIN_ROWS and not headed and _heads_lots(roles, row, reader):
            headed = True
        held = [place for place, cell in enumerate(row) if cell and clean(cell)]
        if not held:
            gap = True
            continue
        found = _row_pairs([(row[place] or "").strip() for place in held], reader)
        begins += [found[0][0].text] if gap and found else []
        gap = False
        full += bool(found) or not _unfilled(row, held, reader)
        lines += any(label.role in PERSONAL for label, _ in found)
        cards += _card(found, reader)
        told += bool(found)
        pairs += found
        roles.update(label.role for label, _ in found)
    if not headed and not _is_form(lines, full, cards, told, reader):
        return None
    return at_repeats(pairs, begins[0] if len(begins) > 1 and len(set(begins)) == 1 else "")


def records_of(rows: Iterable[Row], reader: Reader) -> list[list[Pair]]:
    """The pairs of a sheet that is known to be a form."""
    held = ([cell.strip() for cell in row if cell and clean(cell)] for row in rows)
    return at_repeats([pair for cells in held if cells for pair in _row_pairs(cells, reader)])


def _heads_lots(said: Collection[str], row: Row, reader: Reader) -> bool:
    """Whether rows of labels say who somebody is (`said`: their roles), and `row` below them heads a list of what is
    his, and of nobody else: a ledger's card above its lots."""
    roles = PERSONAL.intersection(said)
    cells = [cell for cell in row if cell and clean(cell)]
    labels = [_label(cell, reader) for cell in cells]
    if len(roles) < _MIN_ROWS or not roles & NAMED or len(cells) <= _MIN_ROWS or any(map(looks_like_value, cells)):
        return False
    return not _row_pairs(cells, reader) and not any(label.role in (*NAMED, "official") for label in labels)


def _is_form(lines: int, full: int, cards: int, told: int, reader: Reader) -> bool:
    """Whether labels with their values make up enough of a sheet; less does where cards head grids of their own, or
    where each row begins with a label, of whatever (面談日, 対応職員)."""
    weights = reader.books.weights
    least = weights.card_lines if cards or told >= _MOSTLY * full else weights.form_lines
    if lines < _MIN_ROWS:
        return cards > 0 and lines >= weights.form_lines * full  # 申請書, and below it 氏名 … 個人番号 …
    return lines >= least * full


def _card(pairs: Sequence[Pair], reader: Reader) -> bool:
    """Whether a row says who a card is about: a name and more, each by a header word of its own."""
    known = [label for label, _ in pairs if label.role in PERSONAL and reader.knows(label.text)]
    return len(known) > 1 and any(label.role in NAMED for label in known)


def _unfilled(row: Row, held: Sequence[int], reader: Reader) -> bool:
    """A title, or labels whose fields are empty: neither for nor against a form. `held`: cells that say something."""
    if len(held) == 1 and held[0] == 0 and not reader.label(row[0] or "").role:
        return True
    apart = all(b - a > 1 for a, b in pairwise(held)) and held[-1] < len(row) - 1
    return apart and all(reader.label(row[i] or "").role for i in held)


def _row_pairs(cells: Sequence[str], reader: Reader) -> list[Pair]:
    found: list[Pair] = []
    labels = [_label(cell, reader) for cell in cells[:1]]
    if not labels or not labels[0].role or _is_body(cells[0], labels[0], reader):
        return []  # what a row of a list begins with, mostly
    labels += [_label(cell, reader) for cell in cells[1:]]
    # 男 is a heading of statistics, and what stands after 性別.
    for i in range(1, len(cells)):
        value = labels[i].text in reader.books.also_values or _what_he_is(labels, i, reader)
        if labels[i - 1].role and (value or _ends_alike(cells, labels, i, reader)):
            labels[i] = Label("", "")
    if sum(1 for label in labels if label.role) > (len(cells) + 1) // 2 and not _named_first(labels, reader):
        return []
    for i, label in enumerate(labels[:-1]):
        if label.role and not labels[i + 1].role:
            found.append((label, cells[i + 1]))
    return found


def _is_body(cell: str, label: Label, reader: Reader) -> bool:
    """Whether a cell that only ends as a heading does (学校) is what a body is called: 新町小学校."""
    return label.role in _BODIES and not reader.knows(label.text) and bool(reader.books.patterns.body.search(cell))


def _what_he_is(labels: Sequence[Label], i: int, reader: Reader) -> bool:
    """Whether a cell after 続柄 says what somebody is, and heads nothing: 共有者, 世帯主; 保護者氏名 is a label."""
    said = labels[i - 1].role == "relationship" and labels[i].role == "name"
    return said and not labels[i].text.endswith(reader.books.name_ends)


def _ends_alike(cells: Sequence[str], labels: Sequence[Label], i: int, reader: Reader) -> bool:
    """Whether a cell after a name's label is a name that ends as headings do: モリモト メイ is no メイ."""
    named = labels[i - 1].role in NAMED and bool(_BLANK.search(cells[i]))
    return named and not reader.knows(labels[i].text)


def _label(cell: str, reader: Reader) -> Label:
    """What a cell is the heading of; one that holds a value is none."""
    return reader.label(cell) if not looks_like_value(cell) else Label("", "")


def _named_first(labels: Sequence[Label], reader: Reader) -> bool:
    """Whether a row begins with a name, whatever fields after it are left blank."""
    first = labels[0]
    return len(labels) > 2 and first.role in NAMED and reader.knows(first.text) and not labels[1].role
