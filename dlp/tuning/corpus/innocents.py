"""Files in which nobody is a data subject, though they look as if: public lists, statistics, rosters, letters."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from dlp.detect import checks
from dlp.tuning.corpus.layout import Cell, Doc, Rows, sheet
from dlp.tuning.corpus.people import Books, make, passing

_KINDS = "公民館 小学校 中学校 保育園 図書館 公園 体育館 クリニック 自治会館 集会所 老人ホーム 消防分団".split()
_TITLES = "部長 課長 課長補佐 係長 主査 主任 主事".split()
OFFICES = "総務課 税務課 市民課 福祉課 教育総務課 都市計画課 上下水道課 会計室".split()


@dataclass(slots=True)
class Town:
    """Places, offices, names and figures to fill files with."""

    books: Books
    rng: random.Random

    def name(self) -> str:
        """A person's name in one of the usual spellings."""
        p = make(1, self.books, self.rng, foreign=0)[0]
        return self.rng.choice((p.name, f"{p.surname} {p.given}", f"{p.surname}　{p.given}"))

    def town(self) -> str:
        """A town's name."""
        return self.rng.choice(self.books.towns)

    def place(self) -> str:
        """An address."""
        return f"{self.rng.choice(('', '鏡浜市'))}{self.town()}{self.rng.randint(1, 5)}-{self.rng.randint(1, 30)}-{self.rng.randint(1, 30)}"

    def tel(self) -> str:
        """An office's telephone."""
        return f"0463-{self.rng.randint(20, 79)}-{self.rng.randint(1000, 9999)}"

    def facility(self) -> str:
        """A public place."""
        return self.town() + self.rng.choice(_KINDS)

    def pick(self, words: str) -> str:
        """One of several words."""
        return self.rng.choice(words.split())

    def n(self, low: int, high: int) -> str:
        """A number."""
        return str(self.rng.randint(low, high))


type Row = Callable[[Town, int], list[Cell]]
type Innocent = Callable[[Town, int], Doc]
INNOCENTS: dict[str, Innocent] = {}


def _table(name: str, header: str, row: Row, *, bare: bool = False) -> None:
    def build(t: Town, size: int) -> Doc:
        top: Rows = [list(header.split())]
        return sheet(top + [row(t, i) for i in range(1, size + 1)])

    def without(t: Town, size: int) -> Doc:
        return sheet([row(t, i) for i in range(1, size + 1)])

    INNOCENTS[name] = build
    if bare:
        INNOCENTS[f"{name}_bare"] = without


_table("facilities", "施設名 所在地 電話番号", lambda t, i: [t.facility(), t.place(), t.tel()], bare=True)
_table("facilities_positions", "No 名称 郵便番号 住所 電話 FAX 緯度 経度",
       lambda t, i: [i, t.facility(), f"254-{i:04}", t.place(), t.tel(), t.tel(), f"35.{t.n(1000, 9999)}", f"139.{t.n(1000, 9999)}"], bare=True)  # fmt: skip
_table("facilities_heads", "施設名 施設長 所在地 電話番号", lambda t, i: [t.facility(), t.name(), t.place(), t.tel()])
_table(
    "schools",
    "学校名 校長名 住所 電話番号 児童数",
    lambda t, i: [t.town() + "小学校", t.name(), t.place(), t.tel(), t.n(80, 700)],
)
_table(
    "clinics",
    "医療機関名 院長 診療科目 所在地 電話",
    lambda t, i: [t.town() + "医院", t.name(), "内科", t.place(), t.tel()],
)
_table(
    "shelters",
    "避難所名 住所 電話番号 収容人数 管理者",
    lambda t, i: [t.town() + "小学校", t.place(), t.tel(), "300", t.name()],
)
_table(
    "parks",
    "公園名 所在地 面積 開設年月日",
    lambda t, i: [t.town() + "公園", t.place(), t.n(100, 9000), f"19{t.n(50, 99)}/4/1"],
    bare=True,
)
_table("aed", "設置場所 住所 設置位置 連絡先", lambda t, i: [t.facility(), t.place(), "1階受付", t.tel()])
_table(
    "companies", "商号 代表者 所在地 電話番号", lambda t, i: [f"株式会社{t.town()}工業", t.name(), t.place(), t.tel()]
)
_table(
    "bidders",
    "業者名 代表者職氏名 住所 電話番号 登録業種",
    lambda t, i: [f"{t.town()}建設(株)", f"代表取締役 {t.name()}", t.place(), t.tel(), "土木"],
)
_table(
    "corporate_numbers",
    "法人番号 法人名 所在地",
    lambda t, i: [passing(t.rng, 13, checks.corporate_number, "8"), f"{t.town()}商事株式会社", t.place()],
    bare=True,
)
_table(
    "designated_offices",
    "事業所番号 事業所名 サービス種類 所在地 電話番号",
    lambda t, i: [f"14{t.n(10**7, 10**8 - 1)}", f"デイサービス{t.town()}", "通所介護", t.place(), t.tel()],
)
_table(
    "roster",
    "所属 職名 氏名 内線",
    lambda t, i: [t.rng.choice(OFFICES), t.rng.choice(_TITLES), t.name(), t.n(1000, 4999)],
)
_table("roster_mail", "部署 役職 氏名 電話番号 メールアドレス",
       lambda t, i: [t.rng.choice(OFFICES), t.rng.choice(_TITLES), t.name(), t.tel(), f"soumu{i}@city.kagamihama.lg.jp"])  # fmt: skip
_table(
    "transfers_of_staff",
    "新所属 新職名 氏名 旧所属",
    lambda t, i: [t.rng.choice(OFFICES), t.rng.choice(_TITLES), t.name(), t.rng.choice(OFFICES)],
)
_table("duty", "日付 当番者 電話番号", lambda t, i: [f"2024/10/{i % 28 + 1}", t.name(), t.tel()])
_table(
    "duty_doctors",
    "日付 当番医 所在地 電話番号",
    lambda t, i: [f"10月{i % 28 + 1}日", t.town() + "クリニック", t.place(), t.tel()],
)
_table("council", "議席番号 議員氏名 会派 当選回数", lambda t, i: [i, t.name(), "無所属", t.n(1, 6)])
_table("candidates", "届出番号 候補者 党派 得票数", lambda t, i: [i, t.name(), "無所属", t.n(100, 9999)])
_table("committee", "役職 氏名 選出区分", lambda t, i: [t.pick("会長 副会長 委員"), t.name(), "学識経験者"])
_table(
    "catalogue",
    "書名 著者名 出版社 出版年 ISBN",
    lambda t, i: [
        f"{t.town()}の歴史",
        t.name(),
        "霞書房",
        "2019",
        f"978-4-{t.n(10000, 99999)}-{t.n(100, 999)}-{i % 10}",
    ],
)
_table(
    "holdings",
    "資料番号 タイトル 著者 請求記号 所蔵館",
    lambda t, i: [t.n(10**9, 10**10 - 1), f"{t.town()}物語", t.name(), f"913.6/{t.n(1, 99)}", "中央"],
)
_table(
    "results",
    "順位 氏名 所属 記録",
    lambda t, i: [i, t.name(), "鏡浜中学校", f"{t.n(10, 59)}:{t.n(10, 59)}"],
    bare=True,
)
_table("class_list", "学年 組 番号 氏名", lambda t, i: ["3", "2", i, t.name()], bare=True)
_table("winners", "部門 賞 氏名 学校名", lambda t, i: ["絵画", "金賞", t.name(), t.town() + "小学校"])
_table("donors", "氏名 市町村 金額", lambda t, i: [t.name(), "鏡浜市", f"{t.n(1, 99)},000"])
_table("names_only", "No 氏名", lambda t, i: [i, t.name()], bare=True)
_table("attendance", "氏名 4月 5月 6月", lambda t, i: [t.name(), t.pick("○ × △"), t.pick("○ × △"), t.pick("○ × △")])
_table(
    "statistics",
    "町丁字 世帯数 人口 男 女",
    lambda t, i: [t.town() + "一丁目", *(t.n(100, 5000) for _ in range(4))],
    bare=True,
)
_table("statistics_age", "年齢 総数 男 女", lambda t, i: [f"{i}歳", *(t.n(100, 999) for _ in range(3))])
_table("budget", "款 項 目 予算額 前年度", lambda t, i: ["2", "1", i, f"{t.n(100, 9999)},000", f"{t.n(100, 9999)},000"])
_table(
    "postal_codes",
    "郵便番号 都道府県 市区町村 町名",
    lambda t, i: [f"254-{i:04}", "静岡県", "鏡浜市", t.town()],
    bare=True,
)
_table(
    "public_codes",
    "団体コード 都道府県 市区町村",
    lambda t, i: [passing(t.rng, 6, checks.municipality_code), "静岡県", t.town() + "市"],
)
_table(
    "invoices",
    "請求先 担当者 件名 金額 電話番号",
    lambda t, i: [f"{t.town()}商事株式会社", t.name(), "清掃業務委託", f"{t.n(1, 99)}0,000", t.tel()],
)
_table(
    "parcels",
    "伝票番号 品名 発送日 届け先",
    lambda t, i: [passing(t.rng, 12, checks.parcel), "資料", "2024/4/1", t.town() + "公民館"],
    bare=True,
)
_table(
    "jan_codes",
    "JANコード 商品名 単価",
    lambda t, i: [passing(t.rng, 13, checks.jan, "49"), "コピー用紙", "420"],
    bare=True,
)
_table("stations", "駅名 路線 所在地", lambda t, i: [t.town() + "駅", "霞線", t.place()], bare=True)
_table(
    "bus_timetable",
    "停留所 平日 土曜 休日",
    lambda t, i: [t.town(), f"{t.n(6, 22)}:{t.n(10, 59)}", f"{t.n(6, 22)}:{t.n(10, 59)}", "運休"],
)
_table(
    "equipment",
    "備品番号 品名 型番 取得日 設置場所",
    lambda t, i: [t.n(10**6, 10**7 - 1), "ノートパソコン", f"PC-{i}", "2022/4/1", t.rng.choice(OFFICES)],
    bare=True,
)
_table(
    "schedule", "日時 行事名 会場 講師 定員", lambda t, i: ["10月3日", "健康講座", t.town() + "公民館", t.name(), "30"]
)
_table(
    "log",
    "日時 レベル 内容 IPアドレス",
    lambda t, i: [f"2024-10-01 12:{i % 60:02}:00", "INFO", f"request {t.n(10**11, 10**12 - 1)} done", "192.168.0.1"],
    bare=True,
)
_table(
    "land",
    "地番 地目 地積 用途地域",
    lambda t, i: [f"{t.town()}{t.n(1, 900)}番{t.n(1, 30)}", "宅地", t.n(80, 400), "第一種住居"],
)
_table(
    "works",
    "工事名 工事場所 請負業者 契約金額 工期",
    lambda t, i: [f"{t.town()}線舗装工事", t.place(), f"{t.town()}土木株式会社", f"{t.n(100, 9999)},000", "R6.12.20"],
)
_table(
    "polling_places",
    "投票区 投票所 所在地 選挙人名簿登録者数",
    lambda t, i: [i, t.facility(), t.place(), t.n(500, 5000)],
)
_table(
    "meters", "メーター番号 口径 検針値 前回", lambda t, i: [t.n(10**7, 10**8 - 1), "13", t.n(0, 9999), t.n(0, 9999)]
)
_table(
    "survey",
    "設問 選択肢 回答数 割合",
    lambda t, i: [f"問{i}", t.pick("はい いいえ わからない"), t.n(1, 500), f"{t.n(1, 99)}%"],
)
_table("empty_list", "No 氏名 住所 電話番号 生年月日", lambda t, i: [i, "", "", "", ""])
