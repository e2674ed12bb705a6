"""Reading one transfer part by part: what is extracted is fed to the counter, and what was found and what could not be
read is kept. Pure: no I/O, no clock but the budget's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from dlp.detect.ruleset import TITLES, Match, Ruleset
from dlp.errors import Incomplete
from dlp.extract import sniff, stream
from dlp.extract.blocks import Block, Calm, Extracted, Lost, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.mail import parts as mail_parts
from dlp.extract.plain import aligned, binary, unpack
from dlp.extract.plain.normalize import fold, folded_look, told
from dlp.extract.plain.text import frame_of
from dlp.extract.plain.unfold import plain
from dlp.extract.plain.unpack import TURNED
from dlp.extract.records import webform
from dlp.extract.registry import extract, guarded
from dlp.extract.settled import Known
from dlp.finding import Finding, Unread
from dlp.native.look import Look
from dlp.subjects.counter import Counter
from dlp.transfer import Part

_LARGE_FIELD = 8 * 1024 * 1024  # bytes of a form's field that is read where it lies
_WHOLE_MAIL = 32 * 1024 * 1024  # bytes up to which a mail is read whole: its parts have to do with each other
#: A name that names nobody: letters of ASCII without a blank between them, a sign that parts a label from its value, or
#: as many figures as a number has that counts by itself.
_TELLS_NOTHING = re.compile(r"(?!.*\.\.)[A-Za-z._-]*(?:[0-9][A-Za-z._-]*){0,11}")
_UNREAD = 200  # parts named; that there are more changes nothing
_NOTHING_KNOWN = Known()


def _shown_in(block: Block | Lost, media_type: str) -> Iterator[tuple[str, bytes | None]]:
    """The text of a block in which a document's markings are sought, and in UTF-8, if that is known; of large running
    text its beginning, as its bytes hold them."""
    if isinstance(block, Calm):
        yield block.head(TITLES), None
    elif isinstance(block, Text):
        yield (block.text[:TITLES], None) if media_type in stream.STREAMED else (block.text, block.raw)
    elif isinstance(block, Table) and media_type not in stream.STREAMED:
        yield from ((column.str.join("\n").item() or "", None) for column in block.frame.iter_columns())


@dataclass(slots=True)
class Reading:
    """One transfer while it is read: a stack of parts, so that nesting is bounded by the budget, not by Python's."""

    ruleset: Ruleset
    counter: Counter
    budget: Budget
    findings: list[Finding] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    tree: list[tuple[tuple[str, ...], str, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _masks: dict[str, str] = field(default_factory=dict)

    def read(self, root: Part) -> None:
        """`root` and all that is in it, depth first: one child of a container is in memory at a time."""
        self.budget.begin(len(root.data))
        self._walk(iter((root,)), 0)

    def read_said(self, form: Part) -> None:
        """What is said beside the content."""
        self._walk(iter((form,)), 0)

    def read_beside(self, root: Part) -> None:
        """A mail held before; what stays unread in it is its own matter, and how it was read."""
        unread, notes = self.unread, self.notes
        self.unread, self.notes = [], []
        self.read(root)
        self.unread, self.notes = unread, [*notes, "password_of_other_mail"]

    def _walk(self, parts: Iterator[Part | Lost], held: int) -> None:
        stack: list[tuple[Iterator[Part | Lost], int]] = [(parts, held)]
        while stack:
            children, held = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                continue
            try:
                below = self._child(child, len(stack) - 1, held)
            except Incomplete as fault:
                self._cannot(child.path, fault.why)
                if self.budget.spent:
                    return  # the rest is unread with it: one reason holds the whole transfer
                continue
            if below is not None:
                stack.append(below)

    def _child(self, child: Part | Lost, depth: int, held: int) -> tuple[Iterator[Part | Lost], int] | None:
        """Read one part: what is in it, and how many bytes are held while that is read."""
        if isinstance(child, Lost):
            raise Incomplete(child.why)
        self.budget.take_part(depth)
        held += len(child.data)
        if depth and held > self.budget.memory:
            raise Incomplete(Why.TOO_LARGE)
        return self._part(child), held

    def read_large(
        self, path: tuple[str, ...], data: stream.Content, declared: str, known: Known = _NOTHING_KNOWN
    ) -> None:
        """A content too large to hold: text is read chunk by chunk, anything else as a part."""
        if webform.boundary_of(declared):
            self._read_form(path, data, declared)
            return
        kind = stream.media_type(data, path, declared)
        if kind == sniff.MAIL and len(data) > _WHOLE_MAIL and self._read_mail(path, data):
            return
        if kind not in stream.STREAMED and len(data) > self.budget.memory:
            self.tree.append((path, kind, len(data)))
            self._name(path)
            self._too_large(path, kind, data)
            return
        if kind not in stream.STREAMED:
            self._walk(iter((Part(path=path, data=data[:], declared=declared),)), 0)
            return
        self.tree.append((path, kind, len(data)))
        self._name(path)
        try:
            empty = known.unchanged(data, self.budget)

            def skips(stretch: int) -> bool:
                return stretch in empty and not self.counter.may_go_on(path, empty[stretch])

            blocks: Iterator[Block | Lost] = guarded(stream.blocks(data, self.budget, skips), path)
            for block in blocks:
                self._walk(iter(self._block(path, block, frozenset())), len(data))
            for window in stream.windows(data, empty):
                self._bytes(path, window)
        except Incomplete as fault:
            self._cannot(path, fault.why)

    def of_stretch(self, path: tuple[str, ...], data: stream.Content, stretch: int, lead: str) -> frozenset[int] | None:
        """See `nothing_in`: no list, no finding, nothing packed, and nothing of the budget taken but time."""
        left = self.budget.bytes_left
        for block in stream.stretch(data, stretch, lead):
            if self._block(path, block, frozenset()):
                return None
        self._bytes(path, stream.window(data, stretch))
        clean = not (self.findings or self.unread or self.notes or self.tree) and left == self.budget.bytes_left
        return self.counter.needs if clean else None

    def _too_large(self, path: tuple[str, ...], kind: str, data: stream.Content) -> None:
        """What is in it would be that beside it, at the cost of holding it; of zeros there is nothing to be held."""
        try:
            if kind != binary.KIND or not stream.hollow(data, self.budget):
                self._cannot(path, Why.TOO_LARGE)
        except Incomplete as fault:
            self._cannot(path, fault.why)

    def _read_mail(self, path: tuple[str, ...], data: stream.Content) -> bool:
        """A large mail: what is small in it as a mail of its own, each large attachment from where it lies. False
        where it has to be read whole."""
        try:
            taken = mail_parts.split(data, _LARGE_FIELD, self.budget)
        except Incomplete as fault:
            self._cannot(path, fault.why)
            return True
        if taken is None or len(taken[0]) > self.budget.memory:
            return False
        small, attachments = taken
        place = len(self.tree)
        self._walk(iter((Part(path=path, data=small, declared=sniff.MAIL),)), 0)
        self.tree[place] = (path, self.tree[place][1], len(data))
        for one in attachments:
            for window in stream.windows(one.raw):
                self._bytes(path, window)
            self.read_large((*path, one.name), one.content, one.declared)
        return True

    def _read_form(self, path: tuple[str, ...], data: stream.Content, declared: str) -> None:
        """A large form: what is small in it as forms of their own, each large field from where it lies."""
        small: list[bytes] = []
        try:
            for head, content in stream.fields(data, declared, self.budget):
                if len(content) > _LARGE_FIELD:
                    field = webform.heading(head)
                    kind = "" if webform.boundary_of(field.media_type) else field.media_type
                    self.read_large((*path, field.filename or field.name or "field"), content, kind)
                    content = stream.Slice(content, 0, 0)
                small.append(head + content[:])
                if sum(map(len, small)) > _LARGE_FIELD:
                    self._small_fields(path, small, declared)
            self._small_fields(path, small, declared)
        except Incomplete as fault:
            self._cannot(path, fault.why)

    def _small_fields(self, path: tuple[str, ...], fields: list[bytes], declared: str) -> None:
        """Fields put together again as a body; the list of them is emptied."""
        mark = webform.boundary_of(declared)
        body = b"".join(mark + one + b"\r\n" for one in fields) + mark + b"--\r\n"
        fields.clear()
        self._walk(iter((Part(path=path, data=body, declared=declared),)), len(body))

    def _part(self, part: Part) -> Iterator[Part | Lost]:
        extracted = extract(part, self.budget)
        self.tree.append((part.path, extracted.media_type, len(part.data)))
        self._name(part.path)
        self.counter.feed_recipients(part.path, extracted.recipients)
        extracted = self._turned(part, extracted)
        packed: list[Part] = []
        shown: list[tuple[str, bytes | None]] = []
        for block in extracted.blocks:
            self.budget.check_time()
            packed += self._block(part.path, block, extracted.correspondents)
            shown += _shown_in(block, extracted.media_type)
        for why in extracted.unread:
            self._cannot(part.path, why)
        self.notes += [note for note in extracted.notes if note not in self.notes]
        self._bytes(part.path, part.data)
        raw = b"\n".join(text.encode("utf-8", "replace") if known is None else known for text, known in shown)
        self._found(part.path, self.ruleset.scan_shown("\n".join([text for text, _ in shown]), raw), "text")
        return chain(packed, extracted.children)

    def _turned(self, part: Part, extracted: Extracted) -> Extracted:
        """What is left of a table when it was read from its end, if it may be written so."""
        if extracted.media_type != "text/csv":
            return extracted  # of anything else one block after another is in memory
        children, blocks = list(extracted.children), list(extracted.blocks)
        rows = sum(block.frame.height for block in blocks if isinstance(block, Table))
        rest, told = self._backwards(part.path, children, rows)
        return replace(extracted, children=rest, blocks=() if told else blocks)

    def _backwards[T: (Part, Part | Lost)](
        self, path: tuple[str, ...], children: Sequence[T], rows: int
    ) -> tuple[tuple[T, ...], bool]:
        """Read first what was turned about, and give the other parts back. And whether most rows are people then:
        nobody is in them the way they stand, where some telephones are such from their end, too."""
        turned = [child for child in children if child.path[-1:] == (TURNED,)]
        if not turned or TURNED in path:
            return tuple(children), False
        self._walk(iter(turned), 0)
        people = sum(self.counter.subjects_of(child.path) for child in turned)
        return tuple(child for child in children if child.path[-1:] != (TURNED,)), 0 < rows <= 2 * people

    def _name(self, path: tuple[str, ...]) -> None:
        if path and path[-1] and _TELLS_NOTHING.fullmatch(path[-1]):
            self.counter.enter(path)
        elif path and path[-1]:
            self.counter.feed(path, Text(fold(path[-1]) + "\n", "name", folded=True))

    def _block(self, path: tuple[str, ...], block: Block | Lost, correspondents: frozenset[str]) -> list[Part]:
        """Count the people of one block; what is packed into it is given back as parts of its own."""
        if isinstance(block, Lost):
            self._cannot(block.path, block.why)
            return []
        if isinstance(block, Calm):
            self.counter.feed(path, block, correspondents)
            return []
        if isinstance(block, Text):
            text = plain(block.text, seen := block.seen or told(block.text))
            seen = seen if text is block.text else told(text)
            raw = block.raw if text is block.text else None
            return self._text(path, Text(text, block.place, raw=raw), correspondents, seen)
        hidden = unpack.packed_cells(block.frame, path, self.budget)
        self.counter.feed(path, block, correspondents)
        return hidden

    def _text(
        self, path: tuple[str, ...], block: Text, correspondents: frozenset[str], seen: Look | None
    ) -> list[Part]:
        """Running text. Lists at fixed places are lifted out before widths are folded; what has no people as a list
        is read as it stands. `seen`: what was told of it."""
        text, place = block.text, block.place
        whole = folded = fold(text, seen)
        seen_whole = seen if whole is text else folded_look(text, seen) or told(whole)
        children = unpack.packed(whole, path, self.budget, seen_whole)
        rest, read = self._backwards(path, children, text.count("\n")) if children else ((), False)
        if read:
            return list(rest)
        if (bare := unpack.without_packed(text, seen)) != text:
            text, folded, seen = bare, fold(bare), None
        pieces = list(aligned.pieces(text, seen))
        for piece, rows in pieces:
            people = self.counter.feed_list(path, Table(frame_of(rows), place), correspondents) if rows else 0
            if rows is not None and not people and self.counter.of_office(rows):
                self.counter.feed(path, Table(frame_of(rows), place), correspondents)
            elif rows is None or people < len(rows) / 2:
                piece = folded if len(pieces) == 1 else fold(piece)
                raw = block.raw if piece is block.text else None
                self.counter.feed(path, Text(piece, place, folded=True, raw=raw), correspondents)
        return list(rest)

    def _bytes(self, path: tuple[str, ...], data: bytes) -> None:
        """Markings, forms and containers in the raw bytes, whatever the format."""
        self._found(path, self.ruleset.scan_bytes(data))

    def _found(self, path: tuple[str, ...], matches: Iterable[Match], place: str = "") -> None:
        """Findings, but for what was found in the same part before."""
        known = {finding.signature for finding in self.findings if finding.part == path} if place else set()
        for match in matches:
            signature = match.signature
            if signature.id in known:
                continue
            self.findings.append(
                Finding(
                    signature=signature.id,
                    revision=signature.revision,
                    category=signature.category,
                    part=path,  # masked in the end, when everybody is known
                    place=place or f"byte {match.start}",
                    count=1,
                    confidence=match.score,
                )
            )

    def _cannot(self, path: tuple[str, ...], why: str) -> None:
        unread = Unread(path, str(why))
        if unread not in self.unread and len(self.unread) < _UNREAD:
            self.unread.append(unread)

    def masked_in[T: (Finding, Unread)](self, found: T) -> T:
        """Something found in a part, the names on the way to it masked."""
        path = self.masked(found.part)
        return found if path == found.part else replace(found, part=path)

    def masked(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A path whose names hold nothing personal: file names often do."""
        return tuple(map(self.mask, path))

    def mask(self, name: str) -> str:
        """One name masked; asked for when everybody is known, and of the same few names again and again."""
        if name not in self._masks:
            self._masks[name] = self.counter.mask(name)
        return self._masks[name]
