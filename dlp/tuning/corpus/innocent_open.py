"""Innocent files as open data has them: readings of places, office holders under words of their own, one word a column."""

from __future__ import annotations

import json

from dlp.tuning.corpus.innocents import INNOCENTS, Town, _table
from dlp.tuning.corpus.layout import Doc, Rows, sheet
from dlp.tuning.corpus.people import half_width

_table("facilities_with_readings", "市区町村コード NO 都道府県名 市区町村名 名称 名称_カナ 住所 方書 緯度 経度 電話番号 内線番号 法人番号 団体名 利用可能曜日 備考",
       lambda t, i: ["142077", f"{i:010}", "神奈川県", "鏡浜市", t.facility(), "カスミ" + t.pick("コウミンカン コウエン ショウガッコウ"), t.place(), "",
                     "35.3", "139.4", t.tel(), "", "", "", "月火水木金", ""])  # fmt: skip
_table("stations_with_readings", "路線名 駅名 駅名カナ 所在地 開業年月日", lambda t, i: ["霞線", t.town(), half_width(t.pick("カスミ ミドリ オボロ")) + str(i), t.place(), f"{t.n(1900, 2020)}/4/1"])  # fmt: skip
_table("town_codes", "団体コード 都道府県名 市区町村名 市区町村名カナ", lambda t, i: [t.n(10**5, 10**6 - 1), "岩手県", t.town() + "町", half_width(t.pick("カスミ ミドリ オボロ トチ クヌギ タデ"))])  # fmt: skip
_table("polling_places", "投票区 投票所名 所在地 投票管理者 同職務代理者 有権者数",
       lambda t, i: [f"第{i}投票区", t.town() + "小学校体育館", t.place(), t.name(), t.name(), t.n(500, 4000)])  # fmt: skip
_table("clinics_by_founder", "医療機関名 開設者 診療科 住所 電話番号 診療時間", lambda t, i: [t.town() + "医院", t.name(), "内科", t.place(), t.tel(), "9:00-12:00"])  # fmt: skip
_table("pharmacies", "薬局名称 開設者氏名 管理薬剤師 薬局所在地 電話番号",
       lambda t, i: [t.town() + "薬局", f"株式会社{t.town()}商事", t.name(), t.place(), t.tel()])  # fmt: skip
_table("swings", "公園名 所在地 面積 開設年月日 トイレ 遊具", lambda t, i: [t.town() + "公園", t.place(), t.n(200, 9000), f"{t.n(1950, 2020)}/4/1", "有", "ブランコ"])  # fmt: skip
_table("twin_towns", "code prefecture city mayor url", lambda t, i: [t.n(10000, 47999), "長野県", t.town() + "村", t.name(), "https://www.vill.example.lg.jp/"])  # fmt: skip
_table("facilities_one_by_one", "地区 施設名 項目 内容", lambda t, i: [t.town(), t.facility(), ("電話", "所在地", "開設年月日")[i % 3],
       (t.tel(), t.place(), f"{t.n(1950, 2020)}/4/1")[i % 3]])  # fmt: skip
_table("settings_one_by_one", "機器 設置場所 項目 値", lambda t, i: [f"端末{i // 3}", t.facility(), ("氏名", "電話番号", "住所")[i % 3], t.pick("表示 非表示 必須")])  # fmt: skip
_table("numbered_streets", "町名 世帯数 人口", lambda t, i: [f"{i}{t.town()}", t.n(50, 900), t.n(100, 2000)])

_table("guide", "スポット名 ふりがな 所在地 アクセス 問い合わせ先 電話番号",
       lambda t, i: [t.town() + "の滝", "かすみのたき" + str(i), t.place(), "駅から徒歩5分", "観光協会", t.tel()])  # fmt: skip
_table(
    "stop_readings",
    "停留所 よみがな 路線",
    lambda t, i: [t.town() + "入口", "かすみ" + t.pick("いりぐち みなみ きた"), "霞線"],
    bare=True,
)
_table("scriveners", "登録番号 氏名 事務所名 事務所所在地 事務所電話番号",
       lambda t, i: [t.n(10**7, 10**8 - 1), t.name(), t.town() + "行政書士事務所", t.place(), t.tel()])  # fmt: skip
_table(
    "inns",
    "名称 種別 住所 TEL 女将・支配人",
    lambda t, i: ["旅館" + t.town() + "屋", "旅館", t.place(), t.tel(), t.name()],
)
_table("shops", "店舗名 店主 住所 電話番号 営業時間", lambda t, i: ["そば処 " + t.town() + "庵", t.name(), t.place(), t.tel(), "11:00-14:00"])  # fmt: skip
_table("measured_in_three", "地点 年 月 日 水位", lambda t, i: [t.facility(), t.n(1990, 2024), t.n(1, 12), t.n(1, 28), f"{t.n(0, 9)}.{i % 10}"], bare=True)  # fmt: skip
_table("fields_of_forms", "No テーブル名 項目名 型 桁数 必須",
       lambda t, i: [i, f"T_{i // 6:03}", t.pick("氏名 フリガナ 住所 電話番号 生年月日 性別 郵便番号 続柄 個人番号"), "VARCHAR", "40", "○"])  # fmt: skip


def _facilities_by_columns(t: Town, size: int) -> Doc:
    """Open data in JSON, a list for each column."""
    columns = {
        "名称": [t.facility() for _ in range(size)],
        "所在地": [t.place() for _ in range(size)],
        "電話番号": [t.tel() for _ in range(size)],
    }
    return Doc(raw=json.dumps(columns, ensure_ascii=False).encode(), suffix="json")


def _boxes_of_places(t: Town, size: int) -> Doc:
    """A page of places in boxes."""
    rows = "".join(
        f"<li><span>{t.facility()}</span><span>{t.place()}</span><span>{t.tel()}</span></li>\n" for _ in range(size)
    )
    return Doc(raw=f'<meta charset="utf-8"><ul>{rows}</ul>'.encode(), suffix="html")


def _facilities_in_two_rows(t: Town, size: int) -> Doc:
    """Two rows a place under a heading of two rows."""
    rows: Rows = [["番号", "施設名", "開設年月日", "電話番号"], ["", "管理者", "所在地", "備考"]]
    for i in range(size):
        rows += [[str(i), t.facility(), f"{t.n(1950, 2020)}/4/1", t.tel()], ["", "指定管理者", t.place(), ""]]
    return sheet(rows)


def _facilities_of_a_host(t: Town, size: int) -> Doc:
    """Records of so many bytes about places."""
    lines = []
    for i in range(size):
        fields = [
            (f"{i:08}", 8),
            (t.facility(), 30),
            (half_width("カスミコウミンカン"), 25),
            (f"{t.n(1950, 2020)}0401", 8),
            (t.n(10**6, 10**7 - 1), 7),
            (t.place(), 60),
        ]
        lines.append("".join(text + " " * (width - len(text.encode("cp932", "replace"))) for text, width in fields))
    return Doc(raw="\r\n".join(lines).encode("cp932", "replace"), suffix="txt")


INNOCENTS["facilities_by_columns"] = _facilities_by_columns
INNOCENTS["boxes_of_places"] = _boxes_of_places
INNOCENTS["facilities_in_two_rows"] = _facilities_in_two_rows
INNOCENTS["facilities_of_a_host"] = _facilities_of_a_host
