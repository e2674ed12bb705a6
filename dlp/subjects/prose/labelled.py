"""Names before a label and what it says: "鉢嶺 嘉津夫 電話 …", "グエン・バン・アンさんの在留カード番号は …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.detect.anchored import Anchored
from dlp.subjects.cells.values import CLASS
from dlp.subjects.forms.bearer import NAME, PRIVATE, SHARED, likely
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose.found import Found, named
from dlp.subjects.prose.offices import Offices

_WEIGHT = 0.9
_NEAR = 30  # letters before what is said
_WHOLE = 3  # letters of a name that stands after another word
#: How a labelled value begins.
_VALUE = r"第?[〒(]?[0-9A-Z]|[男女](?:性)?(?:[\s)、,・/]|$)|(?:明治|大正|昭和|平成|令和)|[a-z][\w.+-]{0,40}@"


class Labelled:
    """Reads names before a label and its value, by one ruleset's header words."""

    def __init__(self, reader: Reader, offices: Offices) -> None:
        self._reader, self._offices = reader, offices
        self._secret, honoured = Anchored(reader.books.patterns.secret_said), reader.books.honoured
        self._told_before = re.compile(rf"(?<!{CLASS})(?P<name>{NAME}) ?(?:{honoured})?[はがの、: (]{{1,3}}$")
        self._told_behind = re.compile(rf"(?P<name>{NAME}) ?(?:{honoured})?(?=[\s、。:()]|$)")
        self._before = re.compile(
            rf"(?<!{CLASS})(?<!{CLASS}[ ・])(?P<name>{NAME}) ?(?:{reader.books.honoured})?(?:[ 、]+| ?[(・の:])"
            rf"(?:{CLASS}{{2,7}} )??(?P<label>{CLASS}{{2,14}}?|[A-Za-z]{{3,8}}\.?)(?: ?[:は] ?| |(?=\d))(?P<value>(?:{_VALUE}|{CLASS}{{2,16}}\d).*)"
        )

    def of_secrets(self, line: str, i: int) -> Iterator[Found]:
        """The names right before or behind what is said of nobody but him of whom it is: 前科2犯, DV被害者."""
        for told in self._secret.finditer(line):
            before, after = line[: told.start()][-_NEAR:], line[told.end() :]
            if match := self._told_before.search(before):
                start = told.start() - len(before) + match.start("name")
            elif match := self._told_behind.match(after):
                start = told.end() + match.start("name")
            else:
                continue
            end = start + len(match["name"])
            if likely(match["name"], "sex", "", self._reader) and not self._offices.holder(line, start, end):
                yield named(i, start, match["name"], _WEIGHT)

    def read(self, line: str, i: int) -> Iterator[Found]:
        """The name at the beginning of what a line says of somebody, if one stands before its first label."""
        match = self._before.search(line)
        if not match:
            return
        start, name = match.start("name"), match["name"]
        first, _, rest = name.partition(" ")
        if rest and len(rest) >= _WHOLE and (self._reader.label(first).role or self._reader.knows(first)):
            start, name = start + len(first) + 1, rest  # 保護者 佐藤花子
        label = self._reader.label(match["label"])
        told = label.role in PRIVATE | SHARED and self._reader.knows(label.text)
        if (
            told
            and likely(name, label.role, match["value"], self._reader)
            and not self._offices.holder(line, start, start + len(name))
        ):
            yield named(i, start, name, _WEIGHT)
