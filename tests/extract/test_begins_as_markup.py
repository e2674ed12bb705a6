"""Texts that only begin as markup does: the parser mends them, and leaves out the rest without a word."""

from __future__ import annotations

import pytest

from dlp.tuning.town import citizens
from tests.extract.people import count

PEOPLE = list(citizens(30, seed=73))
LINES = "".join(f"{one.name} {one.phone} {one.address}\n" for one in PEOPLE)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
@pytest.mark.parametrize(
    "head",
    [
        "<user@example.jp>: host said no\n",
        "<a href=\n",
        "<x:y z='\n",
        "<b>名簿</b>\n",
        "<title>名簿</title>\n",
        "<0>\n",
        "< 名簿\n",
        "<名簿>\n",
        "<?xml version='1.0'?>\n<done/>\n",
    ],
)
def test_what_stands_below_a_head_in_brackets_is_read(head, encoding):
    assert count((head + LINES).encode(encoding)) == (30, [])


def test_documents_behind_each_other_are_read_to_the_last():
    documents = [
        f"<?xml version='1.0' encoding='UTF-8'?>\n<entry><氏名>{one.name}</氏名><電話番号>{one.phone}</電話番号></entry>\n"
        for one in PEOPLE
    ]
    assert count("".join(documents).encode()) == (30, [])


def test_a_document_that_lacks_little_stays_one():
    rows = "".join(f"<row><氏名>{one.name}</氏名><住所>{one.address} & 他</住所></row>" for one in PEOPLE)
    assert count(f"<rows>{rows}".encode()) == (30, [])
