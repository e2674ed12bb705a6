"""Odd tables and texts one by one: what each is called, its blocks, and how many people it is about."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Block, Table, Text
from tests.subjects import town


def T(*rows: str | list[str]) -> Table:
    """Rows as "a|b|c"; empty cells are null."""
    return Table(
        town.frame([[cell or None for cell in (row.split("|") if isinstance(row, str) else row)] for row in rows])
    )


P = town.make(40, 99)
CASES: list[tuple[str, Block | list[Block], int]] = [
    (
        "registry",
        T(
            "宛名番号|世帯番号|氏名|氏名カナ|生年月日|性別|続柄|郵便番号|住所|方書|電話番号|異動事由|異動日",
            *[
                f"{i}|{i // 3}|{c.name}|{c.surname_kana} {c.given_kana}|{town.era(c.born)}|{c.sex}|子|254-0001|{c.address}||{c.phone}|転入|2024/4/1"
                for i, c in enumerate(P)
            ],
        ),
        40,
    ),
    (
        "account",
        T(
            "金融機関コード|支店コード|預金種目|口座番号|口座名義",
            *[f"0005|123|1|{c.account}|{town.half(c.surname_kana + ' ' + c.given_kana)}" for c in P],
        ),
        40,
    ),
    (
        "account2",
        T(
            "氏名|金融機関名|支店名|口座番号|口座名義人",
            *[f"{c.name}|霞銀行|本店|{c.account}|{town.half(c.surname_kana + ' ' + c.given_kana)}" for c in P],
        ),
        40,
    ),
    (
        "voters",
        T(
            "投票区|名簿番号|氏名|生年月日|性別|住所",
            *[f"1|{i}|{c.name}|{town.letter(c.born)}|{c.sex}|{c.address}" for i, c in enumerate(P)],
        ),
        40,
    ),
    (
        "class",
        T(
            "出席番号|氏名|ふりがな|性別|保護者名|電話",
            *[
                f"{i}|{c.name}|{c.surname_kana}|{c.sex}|{c.surname}{d.given}|{c.phone}"
                for i, (c, d) in enumerate(zip(P[:20], P[20:], strict=False))
            ],
        ),
        40,
    ),
    (
        "booking",
        T(
            "利用日|施設名|団体名|代表者|電話番号|住所",
            *[f"2024/5/1|中央公民館|霞クラブ|{c.name}|{c.phone}|{c.address}" for c in P],
        ),
        40,
    ),
    ("circle", T("団体名|代表者氏名|電話番号", *[f"碧サークル{i}|{c.name}|{c.phone}" for i, c in enumerate(P)]), 40),
    ("tax", T("納税義務者|住所|税額", *[f"{c.name}|{c.address}|{i * 1000}" for i, c in enumerate(P)]), 40),
    ("taxamount", T("氏名|課税標準額|税額", *[f"{c.name}|{i * 100000}|{i * 1000}" for i, c in enumerate(P)]), 0),
    (
        "welfare",
        T("受給者番号|受給者氏名|障害名|等級", *[f"12{i:05}|{c.name}|肢体不自由|2級" for i, c in enumerate(P)]),
        40,
    ),
    (
        "en",
        T(
            "Last Name|First Name|DOB|TEL",
            *[
                f"{town.roman(c.surname_kana).title()}|{town.roman(c.given_kana).title()}|{c.born[0]}-{c.born[1]:02}-{c.born[2]:02}|{c.phone}"
                for c in P
            ],
        ),
        40,
    ),
    ("seimei", T("セイ|メイ|携帯番号", *[f"{c.surname_kana}|{c.given_kana}|{c.phone}" for c in P]), 40),
    ("vertical", T("氏名|電話", *[["\n".join(c.name), c.phone] for c in P]), 40),
    (
        "foreign",
        T(
            "氏名|国籍|在留カード番号|生年月日",
            "NGUYEN VAN AN|ベトナム|AB12345678CD|1990/1/1",
            "グエン・ティ・ラン|ベトナム|AB12345678CE|1991/1/1",
            "金 民俊|韓国|AB12345678CF|1992/1/1",
            "SMITH JOHN|米国||1993/1/1",
        ),
        4,
    ),
    (
        "docform",
        T("氏名|" + P[0].name + "|生年月日|" + town.era(P[0].born), "住所|" + P[0].address + "|電話|" + P[0].phone),
        1,
    ),
    (
        "docform2",
        T(
            "申請者|氏名|" + P[0].name,
            "|住所|" + P[0].address,
            "|電話番号|" + P[0].phone,
            "対象者|氏名|" + P[1].name,
            "|生年月日|1985/3/2",
        ),
        2,
    ),
    (
        "formsheet",
        T(
            "申請書||||",
            "||||",
            "氏　名|||" + P[0].name + "|",
            "住　所|||" + P[0].address + "|",
            "電　話|||" + P[0].phone + "|",
            "生年月日|||昭和60年3月2日|",
        ),
        1,
    ),
    ("numbered text", Text("1．氏名　" + P[0].name + "\n2．住所　" + P[0].address + "\n3．電話番号　" + P[0].phone), 1),
    ("slash", Text("\n".join(f"{c.name} / {c.address.split(' ')[0]} / {c.phone}" for c in P)), 40),
    ("bullet", Text("\n".join(f"・{c.surname} {c.given}（{2024 - c.born[0]}歳） {c.phone}" for c in P)), 40),
    (
        "bracket",
        Text("\n".join(f"{c.surname}{c.given}（{town.era(c.born)}生）{c.address.split(' ')[0]}" for c in P)),
        40,
    ),
    ("quoted", Text("\n".join(f"> {c.name},{c.address},{c.phone}" for c in P)), 40),
    ("commaspace", Text("\n".join(f"{c.name}, {c.phone}, {c.email}" for c in P)), 40),
    (
        "council",
        T("議席番号|議員名|会派|住所|電話", *[f"{i}|{c.name}|霞会|{c.address}|{c.phone}" for i, c in enumerate(P)]),
        0,
    ),
    (
        "medical",
        T(
            "医療機関名|院長|所在地|電話番号",
            *[f"碧クリニック{i}|{c.name}|{c.address}|{c.phone}" for i, c in enumerate(P)],
        ),
        0,
    ),
    (
        "vendor",
        T(
            "業者名|代表者|所在地|電話|FAX",
            *[f"{c.surname}工務店|{c.name}|{c.address}|{c.phone}|{c.phone}" for i, c in enumerate(P)],
        ),
        0,
    ),
    (
        "corp",
        T(
            "法人番号|商号又は名称|本店所在地|代表者氏名",
            *[f"8700110005901|霞見工業株式会社|{c.address}|{c.name}" for i, c in enumerate(P)],
        ),
        0,
    ),
    (
        "staffmail",
        T("氏名|所属|メールアドレス", *[f"{c.name}|総務課|{i}@city.kagamihama.lg.jp" for i, c in enumerate(P)]),
        0,
    ),
    ("survey", T("No|設問|回答数|割合", *[f"{i}|満足|{i * 10}|10%" for i in range(40)]), 0),
    (
        "history",
        Text(
            "徳川家康は1543年1月31日に生まれた。織田信長（1534年生まれ）と同盟した。\n江戸城は千代田区千代田1-1にある。"
        ),
        0,
    ),
    ("ranking", T("順位|選手名|所属|タイム", *[f"{i}|{c.name}|霞AC|{i}:10" for i, c in enumerate(P)]), 0),
    (
        "ranking2",
        T(
            "順位|氏名|性別|年齢|所属|記録",
            *[f"{i}|{c.name}|{c.sex}|{2024 - c.born[0]}|霞AC|{i}:10" for i, c in enumerate(P)],
        ),
        40,
    ),
    (
        "receipt",
        Text("領収書\n株式会社霞見商事 様\n金 10,000円\n鏡浜市役所 会計課 担当 佐藤太郎 電話0463-23-1111\n"),
        0,
    ),
    ("busname", T("停留所名|住所|緯度|経度", *[f"碧野{i}丁目|碧野{i}-1|35.1|139.2" for i in range(40)]), 0),
    (
        "land",
        T(
            "所在|地番|地目|地積|所有者氏名|所有者住所",
            *[f"碧野|{i}-1|宅地|100|{c.name}|{c.address}" for i, c in enumerate(P)],
        ),
        40,
    ),
    (
        "contract",
        T(
            "契約番号|件名|契約相手方|契約金額|契約日",
            *[f"{i}|清掃業務|霞商事株式会社|1000000|2024/4/1" for i in range(40)],
        ),
        0,
    ),
    ("timestamps", T("id|created|code", *[f"{i}|2024-01-01 00:00:00|{20240101000000 + i}" for i in range(40)]), 0),
    (
        "dedupe sheets",
        [
            T("氏名|電話", *[f"{c.name}|{c.phone}" for c in P]),
            T("お名前|メール|TEL", *[f"{c.surname} {c.given}|{c.email}|{c.phone.replace('-', '')}" for c in P]),
        ],
        40,
    ),
    (
        "kana+kanji sheets",
        [
            T("氏名|フリガナ|電話", *[f"{c.name}|{c.surname_kana}{c.given_kana}|{c.phone}" for c in P]),
            T(
                "フリガナ|TEL",
                *[f"{town.half(c.surname_kana + ' ' + c.given_kana)}|{c.phone.replace('-', '')}" for c in P],
            ),
        ],
        40,
    ),
]


@pytest.mark.parametrize(("name", "blocks", "truth"), CASES, ids=[case[0].replace(" ", "-") for case in CASES])
def test_case(count, name, blocks, truth):
    assert count(*(blocks if isinstance(blocks, list) else [blocks])).subjects == truth
