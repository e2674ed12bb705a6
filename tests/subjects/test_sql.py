from __future__ import annotations

from dlp.extract.blocks import Table, Text
from dlp.extract.text import of_text
from dlp.subjects import sql
from tests.subjects.town import frame

DUMP = (
    "CREATE TABLE c (id int, name text);\n"
    "INSERT INTO c (id, name, phone) VALUES (1, '霞見 壮太', '090-1234-5678'), (2, 'O''Brien; (x)', NULL);\n"
    "INSERT INTO `c` (id, name, phone) VALUES\n(3, '碧江 楓子', '090-1234-0000'),\n(4, '蒼沢 紬香', NULL);\n"
)


def test_statements_become_tables():
    first, second = sql.tables(DUMP)
    assert first.rows() == [("id", "name", "phone"), ("1", "霞見 壮太", "090-1234-5678"), ("2", "O'Brien; (x)", None)]
    assert second.height == 3


def test_a_dump_is_counted_and_hides_nobody_beside_it(count):
    assert count(Text(DUMP)).subjects == 2
    assert count(Text(DUMP + "\n氏名：榧里 栞恵\n電話：090-2222-3333\n")).subjects == 3
    people = [
        ["氏名", "電話"],
        ["霞見 壮太", "090-1234-5678"],
        ["INSERT INTO x VALUES (1)", None],
        ["碧江 楓子", "090-1111-2222"],
    ]
    assert count(Table(frame(people))).subjects == 2


def test_a_dump_is_not_taken_for_a_delimited_table(count):
    rows = ",\n".join(f"({n},'霞見 壮{n:03d}','1980-01-{n:02d}','霧ヶ森{n}-1')" for n in range(1, 20))
    (block,) = of_text(f"INSERT INTO juki (id, shimei, birth, jusho) VALUES\n{rows};\n").blocks
    assert isinstance(block, Text)
