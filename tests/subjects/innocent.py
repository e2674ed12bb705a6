"""Files without data subjects that look as if: public lists, statistics, rosters, catalogues, letters."""

from __future__ import annotations

import random
from collections.abc import Callable

from dlp.extract.blocks import Block, Table, Text
from tests.subjects.town import frame, make, western

type Innocent = Callable[[random.Random, int], list[Block]]
INNOCENT: dict[str, Innocent] = {}
_PLACES = "霧ヶ森 白妙台 鏡ノ浜 碧野 楸ヶ丘 朧坂 瀞見 篁谷 山下 石川 本町 中央 緑 大野 富士見".split()
_KINDS = "公民館 小学校 中学校 保育園 図書館 公園 体育館 クリニック 自治会館 集会所".split()
_TITLES = "部長 課長 課長補佐 係長 主査 主任 主事".split()
_OFFICES = "総務課 税務課 市民課 福祉課 教育総務課 都市計画課 上下水道課 会計室".split()


def innocent(build: Innocent) -> Innocent:
    INNOCENT[build.__name__] = build
    return build


def _tel(rng: random.Random) -> str:
    return f"0463-{rng.randint(20, 79)}-{rng.randint(1000, 9999)}"


def _place(rng: random.Random) -> str:
    return f"鏡浜市{rng.choice(_PLACES)}{rng.randint(1, 5)}-{rng.randint(1, 30)}-{rng.randint(1, 30)}"


def _table(header: list[str], row: Callable[[random.Random, int], list[str]]) -> Innocent:
    def build(rng: random.Random, n: int) -> list[Block]:
        return [Table(frame([header, *(row(rng, i) for i in range(n))]))]

    return build


def _person(rng: random.Random):
    return make(1, rng.randrange(10**9))[0]


def _name(rng: random.Random) -> str:
    c = _person(rng)
    return rng.choice([c.name, f"{c.surname} {c.given}"])


INNOCENT["facilities"] = _table(
    ["施設名", "所在地", "電話番号"], lambda r, i: [r.choice(_PLACES) + r.choice(_KINDS), _place(r), _tel(r)]
)
INNOCENT["facilities_address"] = _table(
    ["No", "名称", "郵便番号", "住所", "電話", "FAX", "緯度", "経度"],
    lambda r, i: [
        str(i),
        r.choice(_PLACES) + r.choice(_KINDS),
        "254-0001",
        _place(r),
        _tel(r),
        _tel(r),
        "35.33",
        "139.35",
    ],
)
INNOCENT["facilities_heads"] = _table(
    ["施設名", "施設長", "所在地", "電話番号"],
    lambda r, i: [r.choice(_PLACES) + "保育園", _name(r), _place(r), _tel(r)],
)
INNOCENT["companies"] = _table(
    ["商号", "代表者", "所在地", "電話番号"],
    lambda r, i: [f"株式会社{r.choice(_PLACES)}工業", _name(r), _place(r), _tel(r)],
)
INNOCENT["companies_address"] = _table(
    ["会社名", "代表者名", "住所", "電話番号"],
    lambda r, i: [f"{r.choice(_PLACES)}建設(株)", _name(r), _place(r), _tel(r)],
)
INNOCENT["roster"] = _table(
    ["所属", "職名", "氏名", "内線"],
    lambda r, i: [r.choice(_OFFICES), r.choice(_TITLES), _name(r), str(r.randint(1000, 4999))],
)
INNOCENT["roster_phone"] = _table(
    ["部署", "役職", "氏名", "電話番号", "メールアドレス"],
    lambda r, i: [r.choice(_OFFICES), r.choice(_TITLES), _name(r), _tel(r), f"soumu{i}@city.kagamihama.lg.jp"],
)
INNOCENT["duty"] = _table(["日付", "当番者", "電話番号"], lambda r, i: [f"2024/10/{i % 28 + 1}", _name(r), _tel(r)])
INNOCENT["catalogue"] = _table(
    ["書名", "著者名", "出版社", "出版年", "ISBN"],
    lambda r, i: [
        f"{r.choice(_PLACES)}の歴史",
        _name(r),
        "霞書房",
        "2019",
        f"978-4-{r.randint(10000, 99999)}-{r.randint(100, 999)}-{i % 10}",
    ],
)
INNOCENT["results"] = _table(
    ["順位", "氏名", "所属", "記録"],
    lambda r, i: [str(i + 1), _name(r), "鏡浜中学校", f"{r.randint(10, 59)}:{r.randint(10, 59)}"],
)
INNOCENT["class_list"] = _table(["学年", "組", "番号", "氏名"], lambda r, i: ["3", "2", str(i + 1), _name(r)])
INNOCENT["winners"] = _table(["部門", "賞", "氏名", "学校名"], lambda r, i: ["絵画", "金賞", _name(r), "霧ヶ森小学校"])
INNOCENT["donors"] = _table(["氏名", "市町村", "金額"], lambda r, i: [_name(r), "鏡浜市", f"{r.randint(1, 99)},000"])
INNOCENT["statistics"] = _table(
    ["町丁字", "世帯数", "人口", "男", "女"],
    lambda r, i: [r.choice(_PLACES) + "一丁目", *(str(r.randint(100, 5000)) for _ in range(4))],
)
INNOCENT["statistics_age"] = _table(
    ["年齢", "総数", "男", "女"], lambda r, i: [f"{i}歳", *(f"{r.randint(100, 999)}" for _ in range(3))]
)
INNOCENT["postal_codes"] = _table(
    ["郵便番号", "都道府県", "市区町村", "町名"], lambda r, i: [f"254-{i:04}", "蒼海県", "鏡浜市", r.choice(_PLACES)]
)
INNOCENT["invoice"] = _table(
    ["請求先", "担当者", "件名", "金額", "電話番号"],
    lambda r, i: [f"{r.choice(_PLACES)}商事株式会社", _name(r), "清掃業務委託", f"{r.randint(1, 99)}0,000", _tel(r)],
)
INNOCENT["parcels"] = _table(
    ["伝票番号", "品名", "発送日", "届け先"],
    lambda r, i: [
        (lambda b: f"{b}{b % 7}")(r.randint(10**10, 10**11 - 1)),
        "資料",
        "2024/4/1",
        r.choice(_PLACES) + "公民館",
    ],
)
INNOCENT["jan"] = _table(
    ["JANコード", "商品名", "単価"], lambda r, i: [f"49{r.randint(10**10, 10**11 - 1)}", "コピー用紙", "420"]
)
INNOCENT["stations"] = _table(["駅名", "路線", "所在地"], lambda r, i: [r.choice(_PLACES) + "駅", "霞線", _place(r)])
INNOCENT["log"] = _table(
    ["日時", "レベル", "内容", "IPアドレス"],
    lambda r, i: [
        f"2024-10-01 12:{i % 60:02}:00",
        "INFO",
        f"request {r.randint(10**11, 10**12 - 1)} done",
        "192.168.0.1",
    ],
)
INNOCENT["schedule"] = _table(
    ["日時", "行事名", "会場", "講師", "定員"],
    lambda r, i: ["10月3日", "健康講座", r.choice(_PLACES) + "公民館", _name(r), "30"],
)
INNOCENT["candidates"] = _table(
    ["届出番号", "候補者", "党派", "得票数"], lambda r, i: [str(i), _name(r), "無所属", f"{r.randint(100, 9999)}"]
)
INNOCENT["committee"] = _table(
    ["役職", "氏名", "選出区分"], lambda r, i: [r.choice(["会長", "副会長", "委員"]), _name(r), "学識経験者"]
)
INNOCENT["shelters"] = _table(
    ["避難所名", "住所", "電話番号", "収容人数", "管理者"],
    lambda r, i: [r.choice(_PLACES) + "小学校", _place(r), _tel(r), "300", _name(r)],
)


def _without_header(build: Innocent) -> Innocent:
    def bare(rng: random.Random, n: int) -> list[Block]:
        return [Table(block.frame.slice(1)) for block in build(rng, n) if isinstance(block, Table)]

    return bare


for _case in (
    "facilities",
    "facilities_address",
    "statistics",
    "postal_codes",
    "parcels",
    "jan",
    "stations",
    "log",
    "results",
    "class_list",
):
    INNOCENT[_case + "_bare"] = _without_header(INNOCENT[_case])


@innocent
def minutes(rng, n):
    c = [_person(rng) for _ in range(6)]
    return [Text(
        f"令和6年第3回鏡浜市議会定例会 会議録\n出席議員 {c[0].surname}{c[0].given}議員、{c[1].name}議員\n"
        f"市長 {c[2].name}、副市長 {c[3].name}\n総務課長 {c[4].name}\n○議長（{c[5].name}君） ただいまから会議を開きます。\n"
        "傍聴の申込みは議会事務局（電話0463-23-1111）へ。会場は鏡浜市碧野1-2-3 市役所本庁舎です。\n" * max(1, n // 10)
    )]  # fmt: skip


@innocent
def letter(rng, n):
    return [Text(
        "山田様\n\nお世話になっております。鏡浜市役所の佐藤です。\n先日の件、鈴木課長に確認しました。\n"
        "会場は石川町駅前の大野ビル（本町1-2-3）です。電話は0463-21-9999です。\n\n"
        "----------------------------------------\n鏡浜市役所 総務部 総務課\n佐藤 太郎\nTEL：0463-21-9999（内線2345）\n"
        "E-mail：sato.taro@city.kagamihama.lg.jp\n----------------------------------------\n"
    )]  # fmt: skip


@innocent
def notice(rng, n):
    return [Text(
        "市民講座のお知らせ\n日時：令和6年10月5日（土） 10時から\n会場：中央公民館（鏡浜市碧野1-2-3）\n対象：65歳以上の方\n"
        "講師：山田 花子 氏（霞大学教授）\n定員：30名\n申込：電話0463-21-0001 生涯学習課 佐藤まで\n"
    )]  # fmt: skip


@innocent
def press(rng, n):
    return [Text(
        "報道発表資料\n鏡浜市は10月1日、新しい図書館を開館します。館長には山田太郎氏が就任します。\n"
        "問い合わせ：教育総務課 担当 鈴木一郎 電話 0463-21-0002 メール kyoiku@city.kagamihama.lg.jp\n"
    )]  # fmt: skip


@innocent
def empty_form(rng, n):
    return [
        Text("氏名：\n住所：\n電話番号：\n生年月日：　　年　　月　　日\n"),
        Table(frame([["氏名", None], ["住所", None], ["電話", None]])),
    ]


@innocent
def header_only(rng, n):
    return [Table(frame([["No", "氏名", "住所", "電話番号"], *[[str(i), None, None, None] for i in range(1, n + 1)]]))]


@innocent
def code(rng, n):
    return [
        Text(
            'def main():\n    name = "test"\n    phone = config["phone"]\n    # TODO: 山田\n    total = 123456789012\n'
            * max(1, n // 10)
        )
    ]


@innocent
def names_in_text(rng, n):
    return [
        Text(
            "、".join(_name(rng) for _ in range(n))
            + "\n"
            + western((2024, 10, 1))
            + " 抽選の結果、以上の方が当選しました。\n"
        )
    ]
