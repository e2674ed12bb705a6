"""What in a text is an office's: signatures of staff, desks to ask at, holders of an office, headers of mails."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from dlp.native import hold
from dlp.subjects.books import Books
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed
from dlp.subjects.prose.facts import Fact

_RULE = re.compile(r"^\s*(?:-- ?|[-=_*━─＊＝~～+#]{3,}.*)$")
_RULES = frozenset("-=_*━─＊＝~～+#")  # what a rule is made of
_SIGNATURE, _LETTERS = 16, 500  # lines and letters of a signature, at most
#: Telephones that are carried about, and of how many people a signature tells.
_CARRIED, _SIGNERS = re.compile(r"(?<!\d)0[789]0[-(]?\d{4}"), 2
_OF_LIFE = frozenset(("birth_date", "age"))
_SHOP = 8  # lines of one, at most
_ROOM = re.compile(r"\d号室[ 　]*$")
_OFFICE = 3  # letters of an office, at least
_POST = 40  # letters behind a name among which its post is
_KEEPING = 2  # letters of a word for who keeps a shop
_HEAD, _TAIL = 30, 12  # letters beside a name that say whether it is an office holder's
_READING = re.compile(r"\([ぁ-ゖァ-ヺー ]{2,16}\) ?")  # between a name and a title


class Offices:
    """Reads lines by one ruleset's words and contexts."""

    def __init__(self, books: Books, titles: Sequence[str] = ()) -> None:
        self._patterns, self._titles = books.patterns, tuple(titles)
        self.addressed = re.compile("|".join(map(re.escape, books.honorifics_formal)))
        self._honoured = re.compile(books.honoured)

    def without_signatures(self, rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
        """Lines without staff signatures: after a rule, a few lines naming an office and how to reach it."""
        rules = [i for i in hold.where(held, hold.RULED, rows) if rows[i].lstrip()[:1] in _RULES]
        rules = [i for i in rules if _RULE.match(rows[i])]
        without = dict[int, str]()
        for at, i in enumerate(rules):
            end = min(i + _SIGNATURE, len(rows))
            stop = rules[at + 1] if at + 1 < len(rules) and rules[at + 1] < end else end
            stop = self._end(rows, i, stop)
            if self._signs(rows[i + 1 : stop]):
                without |= dict.fromkeys(range(i, stop), "")
        return changed(rows, without)

    def without_shops(self, rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
        """Lines without what a shop is called and where it is: above the line that says when it is open."""
        without = dict[int, str]()
        for i in hold.where(held, signs.OPEN, rows):
            if not self._patterns.opening.search(rows[i]):
                continue
            first = i
            while (
                first > max(0, i - _SHOP)
                and rows[first - 1].strip()
                and not self._patterns.opening.search(rows[first - 1])
            ):
                first -= 1
            if not self._of_residents(rows[first : i + 1]):
                without |= dict.fromkeys(range(first, i + 1), "")
        return changed(rows, without)

    def _of_residents(self, block: Sequence[str]) -> bool:
        """Whether lines tell of residents, or address somebody; a sentence that says when a shop is open may name who
        keeps it with an honorific."""
        says, told = self._patterns, len(block) == 1 and block[0].rstrip().endswith("。")
        if any(says.resident.search(row) or (not told and says.served.search(row)) for row in block):
            return True
        return any(self._of_visitor(row) and not says.keeper.search(row) for row in block)

    def _end(self, rows: Sequence[str], rule: int, stop: int) -> int:
        """Where a signature ends: where lines are quoted that its rule is not, and at a blank line, unless an office or a
        way to reach it follows."""
        depth = _depth(rows[rule])
        for i in range(rule + 1, stop):
            if rows[i].strip() and _depth(rows[i]) != depth:
                return i
            after = next((row for row in rows[i:stop] if row.strip()), "") if i > rule + 1 else rows[i]
            says, heads = self._patterns, after.rstrip().endswith(":")  # who wrote what is quoted below
            if not rows[i].strip() and after and (heads or not (says.signed.search(after) or says.reach.search(after))):
                return i
        return stop

    def _signs(self, block: Sequence[str]) -> bool:
        text, says = "\n".join(block), self._patterns
        signed = any(says.signed.search(line) for line in block) and says.reach.search(text)
        if len(_CARRIED.findall(text)) > _SIGNERS:
            return False  # a list under a rule
        return bool(signed) and len(text) < _LETTERS and not says.private.search(text)

    def is_desk(self, line: str, said: Iterable[Fact] = ()) -> bool:
        """Whether a line says where to ask: what it holds (`said`) is the office's, and of nobody who went there."""
        says = self._patterns
        if says.desk.search(line):
            return True
        told = says.premises.match(line) or says.counter.search(line)
        return told is not None and not self._visited(line, said)

    def _visited(self, line: str, said: Iterable[Fact]) -> bool:
        """Whether a line tells how old somebody is, or where whoever it names with an honorific lives or is called, or
        whoever is ill or cared for."""
        told = [(role, value) for _, role, value in said]
        if any(role in _OF_LIFE for role, _ in told):
            return True
        own = any(role == "address" or (role == "phone" and _CARRIED.search(value)) for role, value in told)
        cared_for = any(role == "sensitive" for role, _ in told)
        return own and (cared_for or self._honoured.search(line) is not None)

    def at_desk(self, before: str, line: str) -> bool:
        """Whether a line is a mail's header, is a visiting card or a signature (office, then name), or says whom to ask."""
        says = self._patterns
        if says.office_line.search(before) and not self.addressed.search(line):
            return True
        if says.mail_header.match(line):
            return True
        if "@" in line and says.returned.search(line) and not says.private_mail.search(line):
            return True
        return bool(says.staff.search(before) and says.staff.search(line)) and not self._of_visitor(line)

    def _of_visitor(self, line: str) -> bool:
        """Whether a line names somebody who came to an office, or was called on."""
        return any(self._patterns.visitor.match(line[m.start() :]) for m in self._honoured.finditer(line))

    def within(self, name: str, surnames: Container[str]) -> bool:
        """Whether letters are an office and the surname of somebody in it: 市民課佐藤, and no 長谷部大地."""
        cuts = (cut for cut in range(_OFFICE, len(name) - 1) if name[cut:] in surnames and name[:cut] not in surnames)
        return any(self._patterns.office_before.search(name[:cut]) for cut in cuts)

    def holder(self, line: str, start: int, end: int) -> bool:
        """Whether the name at a place is that of somebody in his function: an office or a title beside it."""
        head, after, says = line[max(0, start - _HEAD) : start], line[end : end + _TAIL].lstrip(" 　"), self._patterns
        if after.startswith("(") and (reading := _READING.match(line, line.index("(", end))):
            after = line[reading.end() : reading.end() + _TAIL]
        if _ROOM.search(head):
            return after.removeprefix("(").startswith(self._titles)  # コーポ春406号室 佐藤花子: at home there
        if line[start : start + 1].isascii() and (
            says.western_post.match(line[end : end + _POST]) or says.western_post_before.search(head)
        ):
            return True
        before = head.rstrip(" 　:：・(（").rstrip("にはがの、,")
        keeps = says.keeping.search(before) or says.keeping.search(line[start : start + _KEEPING])  # 店主佐藤 花子
        if keeps and self._of_trade(line, of_shop=keeps["shop"] is not None):
            return True
        if says.founder.search(head) and says.founded.search(line) and self._of_trade(line, of_shop=True):
            return True
        if says.office_before.search(head):
            rest = line[end:]
            return not (says.visited.search(head) and (says.visitor.match(rest) or says.tended.match(rest)))
        if says.seat_before.search(head) and says.seat_after.match(after):
            return True  # ○3番（山田太郎君）: minutes
        return before.endswith(self._titles) or after.removeprefix("(").startswith(self._titles)

    def is_post(self, name: str) -> bool:
        """Whether words in Latin letters begin with a post."""
        return self._patterns.western_post.match(name) is not None

    def _of_trade(self, line: str, *, of_shop: bool) -> bool:
        """Whether a line tells of a shop or a firm and where that is, and nothing private: of one by what it is called, or
        because somebody keeps it (`of_shop`)."""
        if not (of_shop or self._patterns.trade.search(line)):
            return False
        return _CARRIED.search(line) is None and self._patterns.resident.search(line) is None


def _depth(row: str) -> int:
    """How often a line is quoted."""
    lead = row[: len(row) - len(row.lstrip(" >|"))]
    return lead.count(">") + lead.count("|")
