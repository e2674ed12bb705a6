"""Lists that run on in one line ("山田太郎（45歳、…）、鈴木花子（…）"): a line for each item, so that they are read as lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.extract import sieve
from dlp.subjects.values import CLASS

#: How an attribute begins that stands right after a name.
FACT = (
    r"(?:〒?\d{3}-\d{4}|\(?0\d{1,4}[-(]\d|0\d{9}|\d{1,3}(?:歳|才)|[男女]性?[、,・/) ]|[\w.+-]+@"
    r"|(?:明治|大正|昭和|平成|令和|[MTSHR])(?:\d{1,2}|元)[-/.年]|(?:19|20)\d\d[-/.年]\d)"
)
_NAME = rf"(?:{CLASS}{{1,6}} {CLASS}{{1,6}}|{CLASS}{{2,8}}|[ァ-ヺー]{{1,12}}(?: [ァ-ヺー]{{1,12}}){{1,4}})"
_ITEM = re.compile(
    rf"(?<!{CLASS})(?<!{CLASS} ){_NAME}(?:様|さん|さま|氏|殿|君|ちゃん)?"
    rf"(?:\s*\((?=[^()]{{0,80}}[\d@])|[\s:、,]*(?={FACT})|\s+(?={CLASS}{{2,16}}\d[\d番丁-]))"
)
_BEFORE = re.compile(r"(?:^|[、,;。/|・:)\d号室])\s*$")
_PARTICLE = re.compile(r"[^ ]*[はがを](?=[々㐀-䶿一-鿿豈-﫿]{2})")
_HOUSE = re.compile(r"番|丁目|号|の|階|室")
#: A message of a chat: when, who wrote it.
_SENDER = re.compile(
    r"^\[?(?:\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?\s*)?\d{1,2}:\d{2}(?::\d{2})?\]?\s+[^\s:][^:\[\]()]{0,24}:\s"
)
#: Lines that may hold three items, as native code finds them.
_SEVERAL = r"(?:\([^()]*[\d@][^()]*\)|\d-\d{4}|\d歳|@)(?:.+(?:\([^()]*[\d@][^()]*\)|\d-\d{4}|\d歳|@)){2}"
_LEAST, _SHORT = 3, 36


def without_senders(rows: Sequence[str]) -> list[str]:
    """`rows`, messages of a chat without who wrote them: he is nobody they are about."""
    return [_SENDER.sub("", row) if ":" in row[:40] else row for row in rows]


def broken(rows: Sequence[str]) -> list[str]:
    """`rows`, lines that hold a list of people broken before each item."""
    found: list[str] = []
    done = 0
    for i in sieve.lines(rows, _SEVERAL)[0]:
        if len(rows[i]) < _SHORT or len(starts := _starts(rows[i])) < _LEAST:
            continue
        found += rows[done:i]
        found += [rows[i][a:b].strip(" 、,;/|・") for a, b in zip([0, *starts], [*starts, None], strict=True) if a != b]
        done = i + 1
    return [*found, *rows[done:]]


def _starts(line: str) -> list[int]:
    """Where items begin: names before an attribute, after what ends another item, in no brackets."""
    found, depth, at = [], 0, 0
    for match in _ITEM.finditer(line):
        depth += line.count("(", at, match.start()) - line.count(")", at, match.start())
        at = match.start()
        if particle := _PARTICLE.match(match.group()):
            found.append(at + particle.end())
        elif depth <= 0 and _BEFORE.search(line[max(0, at - 4) : at]) and not _HOUSE.match(line, at):
            found.append(at)
    return found
