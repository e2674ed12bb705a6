"""Columns at fixed places, and what only looks like them."""

from __future__ import annotations

import random

from dlp.extract.blocks import Table, Text
from dlp.extract.plain import aligned
from dlp.extract.plain.text import of_text

NAMES = ("霞見 壮太", "碧江 楓", "蒼沢 紬香子", "榧里 栞", "鏡浜 澪之介", "朧坂 岳")


def test_fields_at_fixed_places_are_cut_there_even_where_empty() -> None:
    rows = [f"{n:<6}{'1980-01-0' + str(n) if n % 2 else '':<12}{'090-1111-000' + str(n):<15}X" for n in range(1, 8)]
    cells = aligned.cells_of("\n".join(rows))
    assert cells is not None
    assert cells[1] == ["2", "", "090-1111-0002", "X"]
    assert cells[2] == ["3", "1980-01-03", "090-1111-0003", "X"]


def test_fields_parted_by_wide_blanks_are_not_cut_at_places() -> None:
    rows = [f"{n:>4} {NAMES[n % 6]}  S{30 + n}.{n % 12 + 1}.2  霧ヶ森{n}-{n % 7}" for n in range(1, 60)]
    assert aligned.cells_of("\n".join(rows)) is None
    (block,) = of_text("\n".join(rows)).blocks
    assert isinstance(block, Text)
    assert not isinstance(block, Table)


def test_a_list_parted_by_wide_blanks_is_counted() -> None:
    from dlp import bundle
    from dlp.detect.loader import load
    from dlp.inspection import inspect
    from dlp.transfer import Channel, Transfer

    rows = [
        f"{n:>4} {NAMES[n % 6]}{n // 6 * '太'}  S{30 + n % 30}.{n % 12 + 1}.2  霧ヶ森{n}-{n % 7}" for n in range(1, 25)
    ]
    transfer = Transfer(
        channel=Channel.MEDIA, sender="x", destination=("x",), name="a.txt", data="\n".join(rows).encode("cp932")
    )
    assert inspect(transfer, load(bundle.read().files), token_key=b"k" * 32).subjects == 24


def test_fields_of_figures_that_touch_are_cut_about_a_day() -> None:
    rows = [f"{n:08d}{'ｻ' * n + 'ｳ ﾀﾛｳ':<30}345{n:02d}01{n % 2 + 1}0901234567{n}" for n in range(1, 8)]
    cells = aligned.cells_of("\n".join(rows))
    assert cells is not None
    assert cells[0] == ["00000001", "ｻｳ ﾀﾛｳ", "3450101", "2", "09012345671"]
    assert [row[-1] for row in cells] == [f"0901234567{n}" for n in range(1, 8)]


def test_figures_without_a_day_are_one_field() -> None:
    rows = [f"{n:08d}{'ｻ' * n + 'ｳ ﾀﾛｳ':<30}99{n}9999999{n}99999" for n in range(1, 8)]
    cells = aligned.cells_of("\n".join(rows))
    assert cells is not None
    assert cells[0] == ["00000001", "ｻｳ ﾀﾛｳ", "9919999999199999"]


def test_a_name_longer_than_most_is_not_cut() -> None:
    names = [
        "原田　誠",
        "西村　悠",
        "中川　清",
        "小川　隆",
        "村上　奈",
        "高橋　太",
        "渡辺　大",
        "山崎　直",
        "林田　清",
        "長谷川　浩二",
    ]
    wide = max(map(len, names))
    rows = [f"{n:>2}  {'転入':>4}  {' ' * 2 * (wide - len(name))}{name}  S{n + 40}.9.9" for n, name in enumerate(names)]
    cells = aligned.cells_of("\n".join(rows))
    assert cells is not None
    assert [
        next((cell for cell in row if cell.endswith(name[-1])), "") for row, name in zip(cells, names, strict=True)
    ] == names


def test_surnames_of_one_length_are_no_column_of_their_own() -> None:
    names = [f"{'坂髙渡上酒佐田'[n]}{'本田邊田井藤中'[n]}　{'凛大彩文子'[n % 5]}" for n in range(7)]
    rows = [f"77{n}9284646  {name}      緑町50{n}-21   0766-72-388{n}  {n}" for n, name in enumerate(names)]
    cells = aligned.cells_of("\n".join(rows))
    assert cells is not None
    assert [row[1] for row in cells] == names


def test_no_list_is_missed_by_the_look_for_lines_that_may_be_one() -> None:
    rng, lists = random.Random(1), 0
    for _ in range(3000):
        share = rng.choice([0.1, 0.4, 0.9])
        letters = ["あ", "x", " ", "\u3000", "  ", "", "1", "\r", "\t"]
        text = "\n".join(
            "".join(rng.choices(letters, k=rng.randrange(7)))
            if rng.random() < share
            else rng.choice(["", "文章", "a b"])
            for _ in range(rng.randrange(1, 40))
        )
        rows = text.split("\n")
        parted = [number for number, row in enumerate(rows) if aligned._PARTED.search(row)]
        found = [*aligned._stretches(rows, parted)]
        assert aligned._are_near(text) or not found
        lists += bool(found)
    assert lists > 10
    assert not aligned._are_near("\n".join((["x"] * 20 + ["a  b"]) * 99))
    assert not aligned._are_near("\u3000段落\n" * 99)
    assert aligned._are_near("\n".join((["x"] * 20 + ["a  b"]) * 2000))  # so many that all are looked at together


def test_records_that_wide_blanks_alone_fill_up() -> None:
    """Fields in kanji of a host: no line has two narrow blanks, and all two hundred people were nobody."""

    def filled(text: str, size: int) -> str:
        wide = size - len(text.encode("cp932"))
        return text + " " * (wide % 2) + "\u3000" * (wide // 2)

    rows = [
        f"{7000000000 + n}{filled(f'{("霞見", "霞", "長霞見")[n % 3]}\u3000{NAMES[n % 6][3:]}', 20)}19{50 + n:02}0203{1 + n % 2}{filled(f'霧ヶ森{n}番地', 30)}"
        for n in range(1, 20)
    ]
    cells = aligned.cells_of("\n".join(rows))
    assert cells is not None
    assert cells[4][:4] == ["7000000005", "長霞見\u3000岳", "19550203", "2"]
    letters = [f"{n}  霞見\u3000{NAMES[n % 6][3:]}\u3000\u3000様" for n in range(1, 20)]
    assert not aligned._are_records("\n".join(letters))


def test_a_heading_over_surnames_of_one_length_is_not_cut() -> None:
    rows = [f"{'第' + str(n):<8}霞{'見江'[n % 2]} 太{'郎朗'[n % 2]}{'之助' * (n == 4)}" for n in range(1, 20)]
    cells = aligned.cells_of("\n".join(["投票区   投票管理者  ", *(row + "  本町1-2-3" for row in rows)]))
    assert cells is not None
    assert cells[0][1] == "投票管理者"
    assert cells[1][1] == "霞江 太朗"


def test_cells_without_a_heading_of_their_own_behind_one_blank_are_the_left_ones() -> None:
    rows = [f"碧野の会  理事長 霞{'見江'[n % 2]} 太{'郎朗'[n % 2]}  本町{n}-2-3" for n in range(1, 20)]
    cells = aligned.cells_of("\n".join(["団体      代表者            所在地", *rows]))
    assert cells is not None
    assert cells[0] == ["団体", "代表者", "所在地"]
    assert cells[1] == ["碧野の会", "理事長 霞江 太朗", "本町1-2-3"]
