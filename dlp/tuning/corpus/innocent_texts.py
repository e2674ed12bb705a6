"""Innocent files in running text: minutes, notices, letters, forms nobody has filled in, logs."""

from __future__ import annotations

from collections.abc import Callable

from dlp.tuning.corpus.innocents import INNOCENTS, OFFICES, Innocent, Town
from dlp.tuning.corpus.layout import Doc


def _text(build: Callable[[Town, int], str]) -> Innocent:
    name = build.__name__.lstrip("_")
    INNOCENTS[name] = lambda t, size: Doc(text=build(t, size))
    return INNOCENTS[name]


@_text
def _minutes(t: Town, size: int) -> str:
    c = [t.name() for _ in range(6)]
    return (
        f"令和6年第3回鏡浜市議会定例会 会議録\n出席議員\n1番 {c[0]}\n2番 {c[1]}\n市長 {c[2]}、副市長 {c[3]}\n総務課長 {c[4]}\n○議長（{c[5]}君） ただいまから会議を開きます。\n"
        + f"○{c[0]}議員 お手元の資料3頁、住民税120億円について伺います。\n○総務課長（{c[4]}君） お答えします。令和6年4月1日現在、対象は65歳以上の方です。\n"
        * max(1, size // 10)
        + "傍聴の申込みは議会事務局（電話0463-23-1111）へ。\n"
    )


@_text
def _letter(t: Town, size: int) -> str:
    who = t.name().split()[0]
    return (
        f"{who}様\n\nお世話になっております。鏡浜市役所の佐藤です。\n先日の件、鈴木課長に確認しました。\n会場は{t.town()}駅前の大野ビル（{t.place()}）です。電話は{t.tel()}です。\n\n"
        f"----------------------------------------\n鏡浜市役所 総務部 総務課\n{t.name()}\nTEL：{t.tel()}（内線2345）\nE-mail：soumu@city.kagamihama.lg.jp\n----------------------------------------\n"
    )


@_text
def _notice(t: Town, size: int) -> str:
    return (
        f"市民講座のお知らせ\n日時：令和6年10月5日（土） 10時から\n会場：中央公民館（{t.place()}）\n対象：65歳以上の方\n講師：{t.name()} 氏（霞大学教授）\n"
        f"定員：30名\n申込：電話{t.tel()} 生涯学習課 {t.name().split()[0]}まで\n"
    )


@_text
def _press(t: Town, size: int) -> str:
    return (
        f"報道発表資料\n鏡浜市は10月1日、新しい図書館を{t.place()}に開館します。館長には{t.name()}氏が就任します。\n"
        f"問い合わせ：教育総務課 担当 {t.name()} 電話 {t.tel()} メール kyoiku@city.kagamihama.lg.jp\n"
    )


@_text
def _regulation(t: Town, size: int) -> str:
    return "".join(
        f"第{i}条　市長は、前条の規定による申請があったときは、その内容を審査し、第{i + 3}号様式により通知する。\n2　住所、氏名及び電話番号を記載しなければならない。\n"
        for i in range(1, size + 1)
    )


@_text
def _newsletter(t: Town, size: int) -> str:
    return "\n\n".join(
        f"■{t.town()}まつり\n日時　11月{i % 28 + 1}日（日）10時～\n場所　{t.facility()}（{t.place()}）\n問合せ　{t.rng.choice(OFFICES)}　電話{t.tel()}"
        for i in range(max(1, size // 3))
    )


@_text
def _empty_form(t: Town, size: int) -> str:
    return "参加申込書\n\n氏名：\nフリガナ：\n住所：〒\n電話番号：\n生年月日：　　年　　月　　日\n性別：男・女\n\n記入例\n氏名：鏡浜　太郎\n住所：○○町1-2-3\n"


@_text
def _source_code(t: Town, size: int) -> str:
    return 'def main():\n    name = "test"\n    phone = config["phone"]\n    total = 123456789012\n' * max(1, size // 4)


@_text
def _names_in_a_row(t: Town, size: int) -> str:
    return (
        "抽選の結果、次の方が当選しました。\n"
        + "、".join(t.name().replace("　", " ") for _ in range(size))
        + "\n令和6年10月1日\n"
    )


@_text
def _history(t: Town, size: int) -> str:
    return "\n".join(
        f"{t.name()}は{1600 + i}年、{t.town()}に生まれた。新田を開き、{1660 + i}年に没した。"
        for i in range(max(1, size // 5))
    )


@_text
def _access_log(t: Town, size: int) -> str:
    return "\n".join(
        f'192.168.{i % 250}.7 - - [01/Oct/2024:12:00:{i % 60:02}] "GET /page/{t.n(1, 10**6)} HTTP/1.1" 200 {t.n(100, 99999)}'
        for i in range(size)
    )


@_text
def _contacts_of_offices(t: Town, size: int) -> str:
    return (
        "庁内連絡先一覧\n\n"
        + "\n".join(f"{t.rng.choice(OFFICES)}　電話 {t.tel()}　内線{t.n(1000, 4000)}" for _ in range(size))
        + "\n"
    )
