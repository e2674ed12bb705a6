"""Records out of labels and their values: where one person's end and the next one's begin, and the table they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dlp.detect.headers import PERSONAL
from dlp.subjects.plan.header import READINGS, Header, Label, Row

type Pair = tuple[Label, str]

#: Roles that name somebody; without his reading.
NAMED = frozenset(("name", "surname", "given", "kana", "surname_kana", "given_kana"))
_WHOSE, _SEVERAL, _MOSTLY = Label("氏名", "name"), 2, 0.9
_CALLED = frozenset(("name", "surname", "given"))


def split_records(blocks: Sequence[list[Pair]]) -> list[list[Pair]]:
    """Blocks between blank lines are people when each has at most one name; else a repeated label begins a person."""
    named = [
        sum(1 for label, _ in block if label.role in ("name", "surname", "kana") and not label.group)
        for block in blocks
    ]
    if len(blocks) > 1 and sum(1 for n in named if n) > 1 and sum(1 for n in named if n) >= 0.8 * len(blocks):
        pieces = _with_rests(blocks)
    else:
        pieces = [[pair for block in blocks for pair in block]]
    records: list[list[Pair]] = []
    for piece in pieces:
        records += at_repeats(piece)
    return _of_one_each(records)


def _of_one_each(records: list[list[Pair]]) -> list[list[Pair]]:
    """Records that name one each, by words that differ (契約者, in the next 名義人): each of them is who his record is of."""
    named = [[label for label, _ in record if label.role == "name"] for record in records]
    ones = [labels[0] for labels in named if len(labels) == 1]
    if len({label.text for label in ones}) < _SEVERAL or len(ones) < _MOSTLY * len(records):
        return records
    groups = {label.group for label in ones}
    if any(label.group in groups and label.group for record in records for label, _ in record if label.role != "name"):
        return records
    return [
        [(_WHOSE if label.role == "name" and len(labels) == 1 else label, value) for label, value in record]
        for record, labels in zip(records, named, strict=True)
    ]


def _with_rests(blocks: Sequence[list[Pair]]) -> list[list[Pair]]:
    """Blocks, what goes on after a blank field without a name put to the one before it."""
    pieces: list[list[Pair]] = []
    for block in blocks:
        said = {label.text for label, _ in pieces[-1]} if pieces else set()
        if pieces and not any(label.role in NAMED for label, _ in block) and said.isdisjoint(x.text for x, _ in block):
            pieces[-1] = [*pieces[-1], *block]
        else:
            pieces.append(block)
    return pieces


def at_repeats(pairs: Sequence[Pair], begin: str = "") -> list[list[Pair]]:
    """Records begin where a label comes again. `begin`: what all begin with, known by the gaps between them: the first
    of a page may be the end of one on the page before."""
    records: list[list[Pair]] = []
    told = _Told()
    for label, value in pairs:
        first = begin or (told.pairs[0][0].text if told.pairs else "")
        if begin and label.text == begin and told.pairs:
            records.append(told.pairs)
            told = _Told()
        known = label.text in told.last
        again = known and (label.text == first or label.role in ("name", "surname", "kana"))
        # What all begin with was left out of this one: フリガナ stands above 氏名, and is the next one's.
        late = label.role in READINGS and label.text == pairs[0][0].text and told.called
        if again or late:
            records.append(told.pairs)
            told = _Told()
        elif known and (other := told.other_since(label, value)):
            records.append(told.pairs[:other])
            told = _Told(told.pairs[other:])
        told.add(label, value)
    return [record for record in (*records, told.pairs) if record]


class _Told:
    """A record as far as it was read, and what is asked of it at each further pair: markup of a document's own may be
    one record of a hundred thousand."""

    def __init__(self, pairs: Sequence[Pair] = ()) -> None:
        self.pairs: list[Pair] = []
        self.last: dict[str, int] = {}  # label -> where it stood last
        self.called = False
        self._said = set[tuple[str, str]]()
        self._names: list[tuple[int, str]] = []
        for label, value in pairs:
            self.add(label, value)

    def add(self, label: Label, value: str) -> None:
        """Put a pair to it."""
        self.last[label.text] = len(self.pairs)
        self._said.add((label.text, value))
        self.called |= label.role in _CALLED
        if label.role == "name" and value:
            self._names.append((len(self.pairs), "".join(value.split())))
        self.pairs.append((label, value))

    def other_since(self, label: Label, value: str) -> int:
        """Where another person's name stands of whom a label asks again: 対象者氏名, 個人番号, 保護者氏名, 個人番号.
        0 where it is said of nobody else, or the same is."""
        if label.role not in PERSONAL or (label.text, value) in self._said:
            return 0
        since = self.last[label.text]
        before = {name for at, name in self._names if at < since}
        return next((i for i, name in self._names if i > since and name not in before), 0) if before else 0


def told(records: Sequence[Sequence[Pair]]) -> Iterator[str]:
    """Who is named in records that say more of him, without blanks."""
    for record in records:
        if any(label.role and label.role not in NAMED for label, _ in record):
            yield from ("".join(value.split()) for label, value in record if label.role == "name")


def rows_of(records: Sequence[Sequence[Pair]]) -> tuple[list[Row], Header] | None:
    """Records as rows of a table without header row, and the header their labels make."""
    labels: dict[str, Label] = {}
    for record in records:
        for label, _ in record:
            labels.setdefault(label.text, label)
    if not labels:
        return None
    rows: list[Row] = []
    for record in records:
        held: dict[str, str] = {}
        for label, value in record:
            held.setdefault(label.text, value)
        rows.append([held.get(text) for text in labels])
    ordered = tuple(labels.values())
    return rows, Header(-1, ordered, sum(1 for label in ordered if label.role))
