"""Innocent papers of a town hall: minutes, appointments, crosstabs, rankings, calendars, catalogues, journals of machines."""

from __future__ import annotations

from dlp.tuning.corpus.innocent_texts import _text
from dlp.tuning.corpus.innocents import INNOCENTS, OFFICES, Town, _table
from dlp.tuning.corpus.layout import Doc, Rows, sheet

_RANKS = "部長 課長 課長補佐 係長 主査 主任 主事".split()

_table("tender_results", "開札日 件名 落札者 落札金額 入札者数 予定価格",
       lambda t, i: ["R6.10.3", f"{t.town()}小学校改修工事", f"{t.town()}建設株式会社", f"{t.n(100, 9999)},000", t.n(2, 9), f"{t.n(100, 9999)},000"], bare=True)  # fmt: skip
_table("appointments", "発令日 異動内容 新所属 新職 氏名 旧所属 旧職",
       lambda t, i: ["R6.4.1", "異動", t.rng.choice(OFFICES), t.rng.choice(_RANKS), t.name(), t.rng.choice(OFFICES), t.rng.choice(_RANKS)])  # fmt: skip
_table("retired_staff", "退職日 所属 職名 氏名 退職事由", lambda t, i: ["R6.3.31", t.rng.choice(OFFICES), t.rng.choice(_RANKS), t.name(), "定年"])  # fmt: skip
_table("baby_names", "順位 名前 よみ 人数", lambda t, i: [i, t.name().split()[-1][-2:], "はると", t.n(1, 40)])
_table("surname_counts", "名字 世帯数 割合", lambda t, i: [t.town()[:2], t.n(1, 900), f"{t.n(1, 9)}.{t.n(0, 9)}%"])
_table("renamed_towns", "旧町名 新町名 実施年月日 告示番号", lambda t, i: [t.town(), t.town() + "一丁目", f"S{t.n(30, 63)}.4.1", f"第{i}号"], bare=True)  # fmt: skip
_table("garbage_days", "町名 可燃ごみ 不燃ごみ 資源", lambda t, i: [t.town(), "月・木", "第2水", "金"], bare=True)
_table("sorting_guide", "五十音 品目 分別 備考", lambda t, i: ["あ", f"アイロン{i}", "不燃ごみ", "電池を外す"])
_table("roads", "路線番号 路線名 起点 終点 延長 幅員",
       lambda t, i: [i, f"{t.town()}線", f"{t.town()}{t.n(1, 900)}番地先", f"{t.town()}{t.n(1, 900)}番地先", t.n(50, 900), "6.0"], bare=True)  # fmt: skip
_table("lots_of_vaccine", "ワクチン名 ロット番号 入庫日 有効期限 数量 医療機関",
       lambda t, i: ["インフルエンザ", f"AB{t.n(100, 999)}", "2024/9/20", "2025/6/30", t.n(1, 50), t.town() + "医院"], bare=True)  # fmt: skip
_table("sensors", "timestamp sensor value unit", lambda t, i: [f"17{t.n(10**10, 10**11 - 1)}", f"s{i}", f"{t.n(0, 40)}.{t.n(0, 9)}", "C"], bare=True)  # fmt: skip
_table("uuids", "id hash status created_at", lambda t, i: [f"{t.rng.getrandbits(128):032x}", f"{t.rng.getrandbits(160):040x}", "ok", f"2024-10-01T12:{i % 60:02}:00Z"])  # fmt: skip
_table("branches", "銀行コード 銀行名 支店コード 支店名 電話番号", lambda t, i: ["0138", "横浜銀行", f"{i:03}", f"{t.town()}支店", t.tel()], bare=True)  # fmt: skip
_table("textbooks", "教科 書名 著作者 発行者 検定年", lambda t, i: ["国語", "国語 六年", f"{t.name()} ほか{t.n(2, 40)}名", "霞書籍", "R5"])  # fmt: skip
_table("local_authors", "著者名 よみ 書名 出版年 請求記号", lambda t, i: [t.name(), "カスミ ソウ", f"{t.town()}の民話", str(1950 + i % 70), f"K{t.n(1, 999)}"])  # fmt: skip
_table("fire_company", "分団 階級 氏名 任命年月日", lambda t, i: [f"第{i % 9 + 1}分団", t.pick("分団長 部長 班長 団員"), t.name(), "R4.4.1"])  # fmt: skip
_table("clubs", "団体名 代表者 主な活動場所 活動日 会員数", lambda t, i: [f"{t.town()}コーラス", t.name(), t.facility(), "毎週火曜", t.n(5, 60)])  # fmt: skip
_table("coordinates", "町丁目 緯度 経度 標高", lambda t, i: [t.town() + "二丁目", f"35.{t.n(100000, 999999)}", f"139.{t.n(100000, 999999)}", t.n(1, 90)], bare=True)  # fmt: skip
_table("reservations_of_halls", "日付 施設 時間帯 利用団体 人数", lambda t, i: [f"2024/10/{i % 28 + 1}", t.facility(), "午前", f"{t.town()}句会", t.n(5, 40)])  # fmt: skip
_table("shifts", "職員番号 氏名 1 2 3 4 5 6 7 内線",
       lambda t, i: [f"{10000 + i}", t.name(), *(t.pick("日 早 遅 休") for _ in range(7)), t.n(1000, 4999)])  # fmt: skip
_table("paintings", "受賞区分 題名 作者 学校 学年", lambda t, i: ["市長賞", f"{t.town()}の夕焼け", t.name(), t.town() + "小学校", f"{i % 6 + 1}年"])  # fmt: skip


def _crosstab(t: Town, size: int) -> Doc:
    """Age by sex by town, headings in two rows."""
    rows: Rows = [
        ["年齢別人口（令和6年9月末日）"],
        ["町名", "総数", "", "65歳以上", "", "75歳以上", ""],
        ["", "男", "女", "男", "女", "男", "女"],
    ]
    rows += [[t.town() + "一丁目", *(t.n(10, 900) for _ in range(6))] for _ in range(size)]
    return sheet([*rows, ["合計", *(t.n(1000, 9000) for _ in range(6))]])


def _squared_facilities(t: Town, size: int) -> Doc:
    """Facilities on squared paper."""
    rows: Rows = [
        ["", "公共施設一覧", *[""] * 18],
        ["", "施設名", "", "", "", "", "", "所在地", "", "", "", "", "", "", "電話番号", "", "", "", "", ""],
    ]
    for _ in range(size):
        row: list[str | int | float | None] = [""] * 20
        row[1], row[7], row[14] = t.facility(), t.place(), t.tel()
        rows.append(row)
    return sheet(rows)


INNOCENTS["crosstab"] = _crosstab
INNOCENTS["squared_facilities"] = _squared_facilities


@_text
def _minutes_of_members(t: Town, size: int) -> str:
    c = [t.name() for _ in range(5)]
    said = "\n".join(
        f"（{c[i % 4]}委員）資料{i + 1}の{t.n(40, 75)}歳以上の受診率は{t.n(10, 60)}％とのことだが、目標は。\n（事務局）令和{i % 3 + 6}年度に50％を目指します。"
        for i in range(max(1, size // 4))
    )
    return f"国民健康保険運営協議会　議事録\n日時：令和6年10月3日（木）14:00～15:30\n出席委員：{c[0]}会長、{c[1]}委員、{c[2]}委員、{c[3]}委員\n欠席委員：{c[4]}委員\n{said}\n以上\n"


@_text
def _appointments_in_lines(t: Town, size: int) -> str:
    return (
        "人事異動（4月1日付）\n【部長級】\n"
        + "\n".join(f"▽{t.rng.choice(OFFICES)}長（{t.rng.choice(OFFICES)}長）{t.name()}" for _ in range(size))
        + "\n"
    )


@_text
def _tenders_in_lines(t: Town, size: int) -> str:
    return (
        "入札結果\n"
        + "\n".join(
            f"{i}　{t.town()}線舗装工事　{t.town()}建設(株)　代表取締役　{t.name()}　{t.n(100, 9999)},000円　落札"
            for i in range(1, size + 1)
        )
        + "\n"
    )


@_text
def _catalogue_lines(t: Town, size: int) -> str:
    return (
        "郷土資料目録\n"
        + "\n".join(
            f"{t.town()}町史 / {t.name()}（{1900 + i % 60}-{1970 + i % 50}）編. -- 霞書房, {1980 + i % 40}. -- {t.n(100, 500)}p ; 21cm"
            for i in range(size)
        )
        + "\n"
    )


@_text
def _commits(t: Town, size: int) -> str:
    return "\n".join(
        f"commit {t.rng.getrandbits(160):040x}\nAuthor: {t.name()} <dev{i}@example.com>\nDate:   Tue Oct 1 12:{i % 60:02}:00 2024 +0900\n\n    Fix the form\n"
        for i in range(max(1, size // 3))
    )


@_text
def _mayors_letter(t: Town, size: int) -> str:
    return (f"鏡総第{t.n(1, 999)}号\n令和6年10月1日\n\n各自治会長　様\n\n鏡浜市長　{t.name()}\n（公印省略）\n\n防災訓練の実施について（依頼）\n\n1　日時　令和6年11月3日（日）9時\n2　場所　{t.facility()}（{t.place()}）\n"
            f"3　問合せ　防災課　担当　{t.name()}　電話 {t.tel()}（内線{t.n(1000, 4999)}）\n") * max(1, size // 40)  # fmt: skip


@_text
def _notice_of_members(t: Town, size: int) -> str:
    return "".join(
        f"鏡浜市告示第{i}号\n固定資産評価審査委員会委員に{t.name()}を選任したので告示する。\n令和6年{i % 12 + 1}月1日\n鏡浜市長　{t.name()}\n\n"
        for i in range(1, max(2, size // 5))
    )


@_text
def _corrections_of_a_paper(t: Town, size: int) -> str:
    return (
        "正誤表\n頁　行　誤　正\n"
        + "\n".join(f"{i}　{t.n(1, 30)}　令和{t.n(1, 5)}年　令和6年" for i in range(1, size + 1))
        + f"\n{t.facility()}　（誤）{t.tel()}　（正）{t.tel()}\n"
    )


@_text
def _questions_and_answers(t: Town, size: int) -> str:
    return "\n".join(
        f"Q{i} 記号・番号はどこに書いてありますか。\nA{i} 資格確認書の記号12、番号3456のように、氏名の上に印字されています。住所、電話番号の変更は届け出てください。"
        for i in range(1, max(2, size // 3))
    )


@_text
def _pairs_of_places(t: Town, size: int) -> str:
    return (
        "姉妹都市・友好都市\n"
        + "\n".join(f"{t.town()}・{t.town()}線　{t.place()}　{t.tel()}" for _ in range(size))
        + "\n"
    )


@_text
def _facilities_by_slashes(t: Town, size: int) -> str:
    return "\n".join(f"{t.facility()}／{t.tel()}／{t.place()}" for _ in range(min(size, 9))) + "\n"


@_text
def _places_by_dashes(t: Town, size: int) -> str:
    return "\n".join(f"{t.facility()} - {t.tel()}" for _ in range(min(size, 9))) + "\n"


@_text
def _offices_by_colons(t: Town, size: int) -> str:
    return "各課の電話\n" + "\n".join(f"{t.rng.choice(OFFICES)}：{t.tel()}" for _ in range(min(size, 12))) + "\n"


@_text
def _half_width_report(t: Town, size: int) -> str:
    return (
        "ｼﾞｮﾌﾞ ｹｯｶ\n"
        + "\n".join(f"ﾊﾞｯﾁ ｼｮﾘ {t.n(1000000, 9999999)} ｾｲｼﾞｮｳ ｼｭｳﾘｮｳ {t.n(1, 99)}0000" for _ in range(size))
        + "\n"
    )


@_text
def _companies_paid(t: Town, size: int) -> str:
    return "\n".join(f"0138 123 1 {t.n(1000000, 9999999)} ｶ)ｶｽﾐｹﾝｾﾂ {t.n(1, 99)}0000" for _ in range(size)) + "\n"


@_text
def _programme_of_a_day(t: Town, size: int) -> str:
    return (
        "運動会 プログラム\n"
        + "\n".join(f"{i} 10:{i % 60:02} 徒競走 {i % 6 + 1}年男子 白組 赤組" for i in range(1, size + 1))
        + f"\n放送：{t.name()}先生\n"
    )


@_text
def _quoted_offices(t: Town, size: int) -> str:
    lines: list[str] = []
    for _ in range(max(2, min(size, 30))):
        lines = [
            f"{t.rng.choice(OFFICES)} ご担当者様",
            f"会場の{t.facility()}の電話は{t.tel()}です。",
            *(f">{line}" for line in lines),
        ]
    return "\n".join(lines) + "\n"


@_text
def _poets(t: Town, size: int) -> str:
    return (
        "市民文芸\n"
        + "\n".join(f"{t.town()}の朝霧晴れて秋深し　　{t.town()}　{t.name()}" for _ in range(max(1, size // 2)))
        + "\n"
    )
