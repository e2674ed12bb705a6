from __future__ import annotations

from dlp.extract.blocks import Table, Text
from dlp.subjects.counter import Counter
from dlp.subjects.people import tokens
from tests.subjects.town import frame


def test_one_person_has_one_token_in_table_form_and_prose(count):
    table = Table(frame([["氏名", "電話番号"], ["佐藤 花子", "090-1234-5678"]]))
    form = Text("お名前：佐藤花子\n携帯：０９０−１２３４−５６７８\n")
    prose = Text("昨日、佐藤花子さん（090-1234-5678）から電話がありました。\n")
    found = [count(block).tokens for block in (table, form, prose)]
    assert len(found[0]) == 1
    assert len(found[0][0]) == tokens.SIZE
    assert found[0] == found[1] == found[2]


def test_tokens_are_sorted_and_hang_on_the_key(ruleset):
    table = Table(frame([["氏名", "年齢"], *([f"霞見{c}太", "34"] for c in "壮匡暁樹颯")]))

    def of(key: bytes) -> tuple[bytes, ...]:
        counter = Counter(ruleset, key)
        counter.feed(("f",), table)
        return counter.result().tokens

    one, other = of(b"a" * 32), of(b"b" * 32)
    assert list(one) == sorted(one)
    assert len(set(one)) == 5
    assert not set(one) & set(other)
