"""Names with private mail addresses behind each other on a line: the header of a mail that was forwarded, a list for one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.subjects.books import Books
from dlp.subjects.forms.form_records import Pair
from dlp.subjects.plan.header import Label

_NAME, _EMAIL = Label("氏名", "name"), Label("メールアドレス", "email")
#: A name, and the address in brackets behind it.
_SHOWN = re.compile(
    r"""([^\s<>;,:："'@、\[(][^<>;,:："'@、\[(]{1,40})["']?[ \u3000]{0,3}[<\[(]([\w.+-]{1,64}@[\w.-]{3,80})[>\])]"""
)


def told(text: str, rows: Sequence[str], used: list[bool], books: Books) -> list[list[Pair]]:
    """A record of each name and address on lines of `rows`, those of `text`, that have as many as make a list; these
    lines are marked used."""
    many = books.weights.recipients
    if text.count("@") < many:
        return []
    records: list[list[Pair]] = []
    for i, row in enumerate(rows):
        if used[i] or row.count("@") < many:
            continue
        found = [match.groups() for match in _SHOWN.finditer(row)]
        private = [(name.strip(), mail) for name, mail in found if books.patterns.private_mail.search(mail)]
        if len(private) >= many:
            used[i] = True
            records += [[(_NAME, name), (_EMAIL, mail)] for name, mail in private]
    return records
