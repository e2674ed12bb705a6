"""Foreign residents in a list of others, and what stands in a list as people do and is nobody."""

from __future__ import annotations

import pytest

from tests.test_inspection_budget import inspect_bytes

_PEOPLE = ["佐藤　健一", "鈴木　美咲", "田中　花子", "NGUYEN THI LAN", "高橋　隆", "SMITH JOHN ROBERT", "渡辺　誠"]


@pytest.mark.parametrize(
    "form",
    [
        "{n}　{name}（カナ）　昭和{y}年2月17日生　富士市葭江{n}-2",
        "・{name}（{y}歳、女）　☎0463-22-111{n}",
        "{n:>3} {name}　（昭和{y}年2月17日生）葭江{n}番地",
    ],
)
def test_foreign_residents_among_others_are_counted(form: str) -> None:
    text = "\n".join(form.format(n=n, name=name, y=40 + n) for n, name in enumerate(_PEOPLE, 1))
    assert inspect_bytes(text.encode()).subjects == len(_PEOPLE)


@pytest.mark.parametrize(
    "text",
    [
        "班長,人数\n" + "".join(f"{name}班（{n}）,{n}\n" for n, name in enumerate(("橋本", "関", "佐藤", "高橋"), 20)),
        "\n\n".join(
            f"## {head}\n- 住所: 富士市本町1-2-3\n- 電話: 0766-60-6070" for head in ("申請方法", "導入手順", "開催概要")
        ),
        "停留所名,読み,緯度\n" + "".join(f"葭江{n},トキガモリ,35.3{n}\n" for n in range(1, 9)),
    ],
)
def test_teams_headings_and_stops_are_nobody(text: str) -> None:
    assert inspect_bytes(text.encode()).subjects == 0
