"""More files in which nobody is a data subject: rosters, duty tables, bids, programmes, threads between offices, samples."""

from __future__ import annotations

from dlp.tuning.corpus.innocent_texts import _text
from dlp.tuning.corpus.innocents import INNOCENTS, OFFICES, Town, _table
from dlp.tuning.corpus.layout import Cell, Doc, Rows, sheet

_RANKS = "課長 課長補佐 係長 主査 主任 主事".split()

_table("staff_directory", "課名 係名 職 氏名 内線 直通電話 メールアドレス",
       lambda t, i: [t.rng.choice(OFFICES), "庶務係", t.rng.choice(_RANKS), t.name(), t.n(1000, 4999), t.tel(), f"u{i}@city.kagamihama.lg.jp"])  # fmt: skip
_table("tenders", "業者名 代表者名 入札金額 結果", lambda t, i: [f"{t.town()}建設株式会社", t.name(), f"{t.n(100, 999)},000", "落札" if i == 1 else ""])  # fmt: skip
_table("contractors", "会社名 担当者 電話番号 FAX メール",
       lambda t, i: [f"(有){t.town()}設備", t.name(), t.tel(), t.tel(), f"info{i}@{'abcdefgh'[i % 8]}-setsubi.example.co.jp"])  # fmt: skip
_table("programme", "順番 演目 出演者 指導者", lambda t, i: [i, "合唱", t.name(), t.name()])
_table(
    "timetable", "駅名 着 発 番線", lambda t, i: [t.town(), f"{i % 24}:05", f"{i % 24}:06", str(i % 3 + 1)], bare=True
)
_table("race", "順位 ゼッケン 氏名 所属 タイム", lambda t, i: [i, 100 + i, t.name(), t.town() + "クラブ", f"0:{t.n(15, 59)}:{t.n(10, 59)}"])  # fmt: skip
_table("exam_passed", "受験番号 氏名 合否", lambda t, i: [f"A{i:04}", t.name(), t.pick("合 否")])
_table(
    "lecturers", "回 日時 テーマ 講師 所属", lambda t, i: [i, f"10月{i % 28 + 1}日", "防災講座", t.name(), "霞大学教授"]
)
_table("guardians_of_shelters", "施設名 鍵管理者 職 電話", lambda t, i: [t.facility(), t.name(), "館長", t.tel()])
_table("health_stations", "名称 住所 電話 FAX 診療時間 休診日",
       lambda t, i: [t.town() + "歯科医院", t.place(), t.tel(), t.tel(), "9:00～18:00", "木曜"], bare=True)  # fmt: skip
_table(
    "shops",
    "店名 所在地 電話 営業時間",
    lambda t, i: [f"{t.town()}ベーカリー", t.place(), t.tel(), "10:00～19:00"],
    bare=True,
)
_table("bus_stops", "停留所 ふりがな 緯度 経度", lambda t, i: [t.town() + "入口", "かすみいりぐち", f"35.{t.n(1000, 9999)}", f"139.{t.n(1000, 9999)}"])  # fmt: skip
_table(
    "products",
    "商品コード 品名 定価 メーカー",
    lambda t, i: [t.n(10**9, 10**10 - 1), f"のり {i}", "120", f"{t.town()}文具株式会社"],
)
_table("old_people", "年 できごと 人物", lambda t, i: [str(1850 + i % 100), "開校", t.name()])
_table("user_log", "日時 ユーザー 操作 端末", lambda t, i: [f"2024-10-01 09:{i % 60:02}:11", f"u{t.n(1000, 9999)}", "LOGIN", f"PC{t.n(100, 999)}"], bare=True)  # fmt: skip
_table("meeting_rooms", "日付 時間 会議室 利用課 担当", lambda t, i: [f"10/{i % 28 + 1}", "9:00-10:00", "301", t.rng.choice(OFFICES), t.name().split()[0]])  # fmt: skip
_table(
    "age_groups",
    "年齢階級 男 女 計",
    lambda t, i: [f"{i}～{i + 4}歳", t.n(10, 900), t.n(10, 900), t.n(20, 1800)],
    bare=True,
)


def _seats(t: Town, size: int) -> Doc:
    """A plan of seats: names in a grid."""
    rows: Rows = [["", "教卓", ""], []]
    for _ in range(max(1, size // 5)):
        row: list[Cell] = [t.name() for _ in range(5)]
        rows.append(row)
    return sheet(rows)


def _duties(t: Town, size: int) -> Doc:
    """Who is on duty when: a grid of staff and days."""
    rows: Rows = [["令和6年10月 日直表（市民課）"], ["職名", "氏名", *range(1, 11)]]
    rows += [[t.rng.choice(_RANKS), t.name(), *(t.pick("○ 休 ◎") for _ in range(10))] for _ in range(max(1, size // 4))]
    return sheet(rows)


INNOCENTS["seat_plan"] = _seats
INNOCENTS["duty_grid"] = _duties


@_text
def _office_thread(t: Town, size: int) -> str:
    lines: list[str] = []
    for i in range(max(2, size // 6)):
        office = t.rng.choice(OFFICES)
        lines = [f"{t.rng.choice(OFFICES)} 御中", "", "お世話になっております。資料を送付します。", f"会議は10月{i % 28 + 1}日10時、{t.facility()}で行います。", "",
                 "--", f"鏡浜市役所 {office}", f"{t.rng.choice(_RANKS)} {t.name()}", f"〒254-0001 鏡浜市{t.town()}1-1", f"TEL {t.tel()} FAX {t.tel()}",
                 f"s{i}@city.kagamihama.lg.jp", *(f"> {line}"[:200] for line in lines)]  # fmt: skip
    return "\n".join(lines) + "\n"


@_text
def _staff_in_lines(t: Town, size: int) -> str:
    return "職員連絡先\n" + "\n".join(
        f"{t.rng.choice(OFFICES)}　{t.rng.choice(_RANKS)}　{t.name()}　内線{t.n(1000, 4999)}" for _ in range(size)
    )


@_text
def _attending(t: Town, size: int) -> str:
    people = "\n".join(f"　{t.town()}自治会長　{t.name()}" for _ in range(max(2, size // 4)))
    return f"第2回総合計画審議会 議事録\n日時　令和6年10月3日 14:00～16:00\n場所　市役所3階（電話0463-21-1111）\n出席者\n{people}\n事務局　企画課長 {t.name()}、主査 {t.name()}\n"


@_text
def _facilities_in_lines(t: Town, size: int) -> str:
    return "市内施設\n" + "\n".join(f"{t.facility()}　{t.place()}　{t.tel()}" for _ in range(size)) + "\n"


@_text
def _facilities_downwards(t: Town, size: int) -> str:
    return "\n\n".join(f"{t.facility()}\n{t.place()}\n{t.tel()}" for _ in range(size)) + "\n"


@_text
def _facilities_in_a_sentence(t: Town, size: int) -> str:
    return "会場は" + "、".join(f"{t.facility()}（{t.place()}、{t.tel()}）" for _ in range(size)) + "です。\n"


@_text
def _labels_of_offices(t: Town, size: int) -> str:
    return (
        "\n\n".join(
            f"〒254-{i:04}\n鏡浜市{t.town()}{i}-{i + 1}\n株式会社{t.town()}商事　御中" for i in range(1, size + 1)
        )
        + "\n"
    )


@_text
def _sample_code(t: Town, size: int) -> str:
    return (
        'class UserTest(TestCase):\n    def setUp(self):\n        self.user = User(name="山田 太郎", tel="090-1234-5678", email="test@example.com")\n'
        + "".join(
            f"    def test_{i}(self):\n        self.assertEqual(add({i}, {i + 1}), {2 * i + 1})\n" for i in range(size)
        )
    )


@_text
def _authors(t: Town, size: int) -> str:
    return "新着図書\n" + "\n".join(f"『{t.town()}の歴史』 {t.name()}著 霞書房 {2000 + i % 24}年 ISBN978-4-00-{t.n(100000, 999999)}-0" for i in range(max(1, size // 3)))  # fmt: skip


@_text
def _press_contacts(t: Town, size: int) -> str:
    return "\n\n".join(
        f"{t.town()}まつりを開催します\n期日　10月{i % 28 + 1}日\n会場　{t.facility()}（{t.place()}）\n講師　{t.name()}氏（作家）\n申込み・問い合わせ　{t.rng.choice(OFFICES)}（担当：{t.name()}）電話 {t.tel()}"
        for i in range(max(1, size // 6))
    )


@_text
def _award(t: Town, size: int) -> str:
    return "表彰者\n" + "\n".join(
        f"{t.name()}（{t.town()}小学校{i % 6 + 1}年）「夏の思い出」" for i in range(max(1, size // 2))
    )


@_text
def _election_results(t: Town, size: int) -> str:
    return "市議会議員選挙 開票結果\n" + "\n".join(f"当 {t.n(500, 3000)}票 {t.name()} {t.n(30, 75)}歳 無所属 現" for _ in range(0)) + "\n".join(f"当 {t.n(500, 3000)} {t.name()} 無所属 現" for _ in range(max(1, size // 3))) + "\n"  # fmt: skip


@_text
def _filled_example(t: Town, size: int) -> str:
    return "【記入例】\n氏名：鏡浜　太郎\nフリガナ：カガミハマ　タロウ\n住所：〒000-0000 ○○市○○町1-2-3\n電話番号：090-0000-0000\n生年月日：平成〇年〇月〇日\n個人番号：123456789012\n"
