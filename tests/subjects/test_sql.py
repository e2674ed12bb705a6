from __future__ import annotations

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain.text import of_text
from dlp.subjects.lines import sql
from tests.extract.people import inspected
from tests.subjects.town import frame

_HEADERS = {"氏名": "name", "shimei": "name", "tel": "phone", "電話番号": "phone", "住所": "address"}


def _role(heading: str) -> str:
    return _HEADERS.get(heading, "")


DUMP = (
    "CREATE TABLE c (id int, name text);\n"
    "INSERT INTO c (id, name, phone) VALUES (1, '霞見 壮太', '090-1234-5678'), (2, 'O''Brien; (x)', NULL);\n"
    "INSERT INTO `c` (id, name, phone) VALUES\n(3, '碧江 楓子', '090-1234-0000'),\n(4, '蒼沢 紬香', NULL);\n"
)


def test_statements_become_tables():
    first, second = sql.parsed(DUMP, _role).tables
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


def test_statements_as_sql_server_and_mysql_write_them():
    text = (
        "INSERT [dbo].[名簿] ([No.], [氏名(カナ)], [生年]) VALUES (1, N'ア''イ', CAST(N'1980-01-01' AS Date))\nGO\n"
        "insert [dbo].[名簿] ([No.], [氏名(カナ)], [生年]) VALUES (2, N'ウ', NULL)\nGO\n"
        "REPLACE INTO t (a) VALUES ('x');\nInsert into u (a) values (to_date('80-01-01','RR-MM-DD'));\n"
    )
    first, second, third = sql.parsed(text, _role).tables
    assert first.rows() == [("No.", "氏名(カナ)", "生年"), ("1", "ア'イ", "1980-01-01"), ("2", "ウ", None)]
    assert (second.rows()[1], third.rows()[1]) == (("x",), ("80-01-01",))


def test_columns_are_called_as_the_table_was_made_with():
    text = (
        "CREATE TABLE IF NOT EXISTS `t` (\n  `id` int(11) NOT NULL COMMENT '通番',\n  `shimei` varchar(40) COMMENT '氏名',\n"
        "  `x` decimal(10,2) DEFAULT '0,1', tel text,\n  PRIMARY KEY (`id`), KEY `k` (`shimei`,`x`)\n);\n"
        "INSERT INTO `t` VALUES (1,'a',3,'0');\nINSERT INTO `t` (id, tel) VALUES (3, '5');\n"
    )
    whole, some = sql.parsed(text, _role).tables
    assert whole.rows() == [("通番", "氏名", "x", "tel"), ("1", "a", "3", "0")]
    assert some.rows() == [("通番", "tel"), ("3", "5")]


def test_a_dump_of_sql_server_is_counted(count):
    names = ["霞見　壮太", "碧江　楓子", "蒼沢　紬香"]
    rows = (
        f"INSERT [dbo].[t] ([a], [氏名], [電話]) VALUES ({i}, N'{name}', N'090-1111-222{i}')\nGO\n"
        for i, name in enumerate(names)
    )
    assert count(Text("".join(rows))).subjects == 3


def test_a_dump_of_two_columns_of_names_is_read_once(count):
    """Its tuples were records as Python prints them as well, each with another half of what is said."""
    rows = ",\n".join(
        f"('{n}', '霞見 {end}', 'カスミ {kana}', {'NULL' if n % 2 else chr(39) + '090-1234-50' + str(10 + n) + chr(39)}, '19{60 + n}-01-02')"
        for n, (end, kana) in enumerate(
            (("壮太", "ソウタ"), ("楓子", "フウコ"), ("大介", "ダイスケ"), ("澪", "ミオ"), ("蓮", "レン"))
        )
    )
    head = "INSERT INTO `t` (`id`, `name`, `name_kana`, `tel`, `birthday`) VALUES\n"
    assert count(Text(head + rows + ";\n")).subjects == 5
    more = "[{'氏名': '碧江 花子', '電話': '090-9999-1234'}, {'氏名': '碧江 次郎', '電話': '090-9999-1235'}]"
    assert count(Text(head + rows + ";\n" + more)).subjects == 7  # what follows is read


def test_columns_are_called_as_comments_say_or_as_they_are_named():
    """A comment that says nothing of what is in it took a column's name away."""
    text = (
        "CREATE TABLE m (c1 text, tel text COMMENT '画面の2行目', c3 text);\n"
        'COMMENT ON COLUMN m.c1 IS \'氏名\';\nCOMMENT ON COLUMN "public"."m"."tel" IS \'連絡は平日のみ\';\n'
        "comment on column dbo.M.c3 is N'利用者の''区分';\n"
        "INSERT INTO m VALUES ('a', '1', 'x');\nINSERT INTO public.m (c1, tel) VALUES ('b', '2');\n"
        "COPY m (c1, tel) FROM stdin;\nc\t3\nno\tsuch\trow\n\\.\n"
    )
    whole, some = sql.parsed(text, _role).tables
    assert whole.rows() == [("氏名", "tel", "利用者の'区分"), ("a", "1", "x")]
    assert some.rows() == [("氏名", "tel"), ("b", "2")]
    (copied,) = sql.copied(text, _role)
    assert copied.rows() == [("氏名", "tel"), ("c", "3")]
    assert "no\tsuch\trow" in sql.without_copies(text)


def test_a_word_of_sql_hides_nobody(count):
    """A cell `INSERT [x]` before each name took a list of any length away."""
    people = [(f"霞見 壮{end}", f"090-1111-22{i:02}") for i, end in enumerate("太介也平司人樹郎之輔")]
    for word in ("INSERT [x]", "INSERT INTO x", "insert into x (a) values", "REPLACE INTO"):
        rows = [[word, *one] for one in people]
        assert count(Table(frame(rows))).subjects == 10, word
        assert count(Table(frame([["備考", "氏名", "電話"], *rows]))).subjects == 10, word
        assert count(Text("\n".join(f"{word} 氏名：{name} 電話：{phone}" for name, phone in people))).subjects == 10
    rows = [["INSERT INTO x (a) VALUES (1);", *one] for one in people]
    assert count(Table(frame(rows))).subjects == 10
    (block,) = of_text("INSERT [x],氏名,電話\n" + "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(people))).blocks
    assert count(block).subjects == 10


def test_a_comment_names_what_no_value_tells(count):
    rows = "".join(
        f"INSERT INTO m VALUES ('霞見 壮{end}', '{i % 5 + 1}');\n" for i, end in enumerate("太介也平司人樹郎之輔")
    )
    head = "CREATE TABLE m (a1 text, a2 text);\n"
    said = "COMMENT ON COLUMN m.a1 IS '氏名';\nCOMMENT ON COLUMN m.a2 IS '要介護度';\n"
    assert count(Text(head + rows)).subjects == 0
    assert count(Text(head + said + rows)).subjects == count(Text(head + rows + said)).subjects == 10


@pytest.mark.parametrize(
    "form",
    [
        "UPDATE m SET 住所='葭江{i}-2', 電話='{phone}' WHERE 氏名='{name}';\n",
        "UPDATE `db`.`m` SET `name` = '{name}', `address` = '葭江{i}-2', `updated` = NOW() WHERE `id` = {i};\n",
        "update [dbo].[m] set shimei=N'{name}', birth=CAST(N'1980-01-1{i}' AS Date) where no={i} and old is null\nGO\n",
        "INSERT INTO m SET 氏名='{name}', 電話='{phone}';\n",
        "UPDATE m AS x\n   SET x.氏名 = '{name}',\n       x.電話 = '{phone}'\n WHERE x.氏名 = '霞見 壮';\n",
    ],
)
def test_what_statements_set_is_read_column_by_column(count, form):
    """Read as running text some were nobody and others two; a name that was is nobody's but his who has it now."""
    people = [(f"霞見 壮{end}", f"090-1111-22{i:02}") for i, end in enumerate("太介也平司人樹郎之輔")]
    text = "".join(form.format(name=name, phone=phone, i=i) for i, (name, phone) in enumerate(people))
    found = count(Text(text))
    assert (found.lower, found.subjects, found.upper) == (10, 10, 10)
    rows = [["UPDATE m SET a=1;", *one] for one in people]
    assert count(Table(frame(rows))).subjects == 10


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO a" + " " * 300_000 + "b",
        "COPY a (b) FROM stdin\n" * 20_000,
        "INSERT INTO a VALUES (1);" + "COMMENT ON COLUMN [" * 20_000,
        "UPDATE [" * 40_000 + "UPDATE a SET b='" * 40_000,
    ],
    ids=["blanks", "copies", "comments", "updates"],
)
def test_statements_without_end_end_soon(count, text):
    """A minute each, the first hours; the test's own time limit tells."""
    assert count(Text(text)).subjects == 0


def test_a_column_s_name_may_have_brackets():
    """As in exports of Access: the brackets are full width in the file, half when it is read."""
    names = [
        f"{surname} {given}" for surname in "鏑木 相楽 生方 鵜飼 仁科 沼尻".split() for given in "奏汰 芽依".split()
    ]
    rows = ",\n".join(f"('{n}', '{name}', '{20 + n}')" for n, name in enumerate(names))
    written = f"INSERT INTO t (番号, 氏名（漢字）, 年齢（歳）) VALUES\n{rows};\n"
    assert inspected(written.encode(), "a.sql").subjects == len(names)
