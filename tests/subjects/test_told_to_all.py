"""Lists of people whom everybody is told of in their function, and private people in the same words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count
from tests.subjects.test_laid import PEOPLE

type Counting = Callable[..., Count]
COMPANIES = "株式会社 有限会社 (株) 合同会社".split()
MOBILE = "090-5511-20{n:02}"


def _rows(head: str, line: str) -> list[list[str]]:
    """Cells: `line` is a row with {name}, {other}, {address}, {phone}, {form} and {n} in it, cells parted by commas."""
    rows = [
        line.format(name=name, other=PEOPLE[-n][0], address=a, phone=p, n=n, form=COMPANIES[n % len(COMPANIES)])
        for n, (name, a, p) in enumerate(PEOPLE, 1)
    ]
    return [row.split(",") for row in (head, *rows)]


NOBODY = {
    "reporters": _rows("社名,支局,記者名,電話,メール", "碧野新報,鏡浜支局,{name},{phone},p{n}@hekiya-news.co.jp"),
    "reporters by their papers": _rows("報道機関,担当記者,電話", "碧野新報社,{name},{phone}"),
    "judicial scriveners": _rows("登録番号,氏名,事務所所在地,電話番号", "神奈川 12{n:02},{name},{address},{phone}"),
    "who gives advice": _rows("相談日,相談員,事務所名,TEL", "1月{n}日,{name},碧野{n}行政書士事務所,{phone}"),
    "tax accountants": _rows("税理士名,登録番号,電話,FAX", "{name},3012{n:02},{phone},{phone}"),
    "lawyers": _rows("弁護士氏名,法律事務所名,住所,電話", "{name},碧野{n}法律事務所,{address},{phone}"),
    "lecturers by the year of their birth": _rows(
        "回,講師,生年,略歴,演題", "{n},{name},19{n:02}年生まれ,作家,地域の歴史"
    ),
    "players by the year of their birth": _rows("No.,選手,生年,投打,出身校", "{n},{name},19{n:02}年,右投右打,碧野高"),
    "what is owed to companies": _rows(
        "債権者番号,名称,代表者,口座,電話", "10{n:02},{form}碧野{n}商事,{name},碧野銀行 本店 当座 12345{n:02},{phone}"
    ),
    "speakers of a council": _rows("代,議長,副議長,就任", "{n},{name},{other},19{n:02}年4月7日"),
    "headmasters": _rows("代,校長名,着任,離任,前任校", "{n},{name},昭和{n}年4月1日,昭和{n}年3月31日,碧野小学校"),
    "fire brigade by unknown words": _rows("分団,団長名,管轄,器具置場電話", "第{n}分団,{name},碧野・霧ヶ森,{phone}"),
    "who is sent to help": _rows("専門家,資格,所属,電話", "{name},中小企業診断士,碧野コンサルティング,{phone}"),
    "licensed businesses": _rows(
        "免許証番号,商号又は名称,代表者氏名,主たる事務所",
        "蒼海県知事(3)第12{n:02}号,{form}碧野{n}商事,{name},{address}",
    ),
    "who was elected": _rows("当落,氏名,年齢,党派,得票", "当,{name},4{n},無所属,1{n:02}5"),
    "players of go": _rows("棋士,段位,師匠,生年", "{name},五段,{other},昭和{n}年"),
    "mayors by their terms": _rows(
        "代,氏名,生年月日,就任,退任", "{n},{name},昭和{n}年4月3日,平成{n}年5月1日,平成{n}年6月1日"
    ),
    "who is honoured": _rows("氏名,顕彰年月日,功績", "{name},昭和{n}年11月3日,市政の発展"),
    "managers by their post": _rows(
        "施設名,指定管理者,代表者,所在地", "碧野{n}児童館,特定非営利活動法人碧野の会,理事長 {name},{address}"
    ),
    "who sees to those in need": _rows(
        "事業所,相談支援専門員,所在地,電話", "碧野{n}相談支援センター,{name},{address},{phone}"
    ),
    "trained staff of a centre": _rows("センター,職種,氏名,電話", "碧野{n}地域包括支援センター,保健師,{name},{phone}"),
    "caretakers": _rows("団地名,棟・号室,家賃,管理人", "碧野団地,{n}棟101,20000,{name}"),
    "chairmen and their halls": _rows(
        "自治会名,会長,副会長,自治会館所在地,会館電話", "碧野{n}自治会,{name},{other},{address},{phone}"
    ),
}
PEOPLES = {
    "clients of a lawyer": _rows("相談者氏名,事務所,住所,電話", "{name},本所,{address},{phone}"),
    "clients by their own telephone": _rows("相談者,相談員,事務所名,電話", "{name},{other},碧野事務所,{phone}"),
    "whom an office sees to": _rows("氏名,事務所,電話", "{name},碧野県税事務所,{phone}"),
    "lawyers at home": _rows("弁護士氏名,法律事務所名,自宅住所", "{name},碧野{n}法律事務所,{address}"),
    "who has a mobile telephone and no office": _rows("税理士名,住所,携帯", "{name},{address}," + MOBILE),
    "pupils of a lecturer": _rows("回,受講者,生年月日,演題", "{n},{name},1960年4月{n}日,地域の歴史"),
    "players by their births": _rows("No.,選手,生年月日,守備", "{n},{name},2010年4月{n}日,投手"),
    "players by year and telephone": _rows("選手,生年,電話,守備", "{name},2012年,{phone},投手"),
    "whose accounts are no companies'": _rows(
        "債権者番号,名称,代表者,口座", "10{n:02},碧野{n}造園,{name},碧野銀行 本店 普通 12345{n:02}"
    ),
    "whose term is told beside a home": _rows(
        "氏名,生年月日,就任,退任,住所", "{name},1950年4月{n}日,令和2年4月1日,令和4年3月31日,{address}"
    ),
    "drivers": _rows("氏名,免許証番号,有効期限", "{name},3090123456{n:02},令和9年4月1日"),
    "who shows what he made": _rows("番号,題名,作者,住所・電話", "{n},海,{name},{address} {phone}"),
    "pupils and what they must not eat": _rows(
        "学校名,児童,疾患,保護者電話", "碧野小学校,{name},食物アレルギー（卵）," + MOBILE
    ),
    "whom a centre sees to": _rows("センター,職種,氏名,電話", "碧野{n}地域包括支援センター,会社員,{name},{phone}"),
    "guests": _rows("席次,招待者,住所,出欠", "{n},{name},{address},出席"),
    "nurses at home": _rows("看護師名,住所,電話", "{name},{address},{phone}"),
    "who won by lot": _rows("当落,届出番号,氏名,住所,電話", "当,1{n:02},{name},{address},{phone}"),
    "whom a committee pays": _rows(
        "委員会,委員氏名,就任日,住所,振込口座", "審議会,{name},令和8年4月{n}日,{address},碧野銀行 本店 普通 12345{n:02}"
    ),
    "actors by age and telephone": _rows("出演者,年齢,緊急連絡先", "{name},{n}," + MOBILE),
    "who leaves the staff": _rows("職員番号,氏名,生年月日,在職期間", "102{n:02},{name},1966年4月{n}日,38年"),
    "firemen who leave": _rows("分団,氏名,生年月日,退任年月日", "第{n}分団,{name},1966年4月{n}日,令和8年3月31日"),
    "members of a party": _rows("氏名,生年月日,性別,党派", "{name},1966年4月{n}日,女,碧野党"),
    "who is asked for a party": _rows("氏名,年齢,住所,党派", "{name},5{n},{address},碧野党"),
    "who sees to graves": _rows("墓地番号,墓地管理人,住所,電話番号", "{n},{name},{address},{phone}"),
    "who sees to estates": _rows("物件,相続財産管理人,生年月日", "土地{n},{name},1966年4月{n}日"),
    "chairmen at home": _rows("自治会名,会長,住所,自宅電話", "碧野{n}自治会,{name},{address},{phone}"),
    "members under unknown words": _rows("分団,団員名,連絡先電話", "第{n}分団,{name},{phone}"),
}


@pytest.mark.parametrize("rows", NOBODY.values(), ids=NOBODY)
def test_in_public(rows: list[list[str]], count: Counting) -> None:
    assert count(Table(frame_of(rows))).subjects == 0


@pytest.mark.parametrize("rows", NOBODY.values(), ids=NOBODY)
def test_in_public_in_a_text(rows: list[list[str]], count: Counting) -> None:
    assert count(Text("\n".join("  ".join(row) for row in rows))).subjects == 0


@pytest.mark.parametrize("rows", PEOPLES.values(), ids=PEOPLES)
def test_private_in_the_same_words(rows: list[list[str]], count: Counting) -> None:
    assert count(Table(frame_of(rows))).subjects == len(PEOPLE)


def test_a_guest_in_the_notes_of_a_list_of_officials(count: Counting) -> None:
    rows = _rows("日,担当者,所属,備考", "{n}日,{name},総務課,")
    text = "\n".join("  ".join(row) for row in rows) + "  碧野 岳さん 090-5511-2099 へ折り返し"
    assert count(Text(text)).subjects == 1


def test_rows_of_officials_that_lack_cells(count: Counting) -> None:
    rows = _rows("自治会名,会長,副会長,自治会館所在地,会館電話", "碧野{n}自治会,{name},{other},{address},{phone}")
    text = "\n".join("  ".join(row).replace("　", "") for row in rows)
    assert count(Text(f"自治会長一覧\n\n{text}\n")).subjects == 0


SILENT = {
    "led by": "The project was led by Hanako Suzuki, Director of the Planning Division. Inquiries: +81-463-21-9600.",
    "speakers": "Hanako Suzuki (Professor, Aohama University) - Room 3 - 0463-21-9600",
    "appraisers": "不動産鑑定士　佐藤 花子　碧野鑑定事務所　碧野2-3-4　0463-22-1111",
    "returned": "<sato.ken@hekiya.co.jp>: host mx.hekiya.co.jp said: 550 5.1.1 User unknown (佐藤 健)",
    "candidates": "無所属現職の佐藤 花子氏（62）が新人で元市議の鈴木 一郎氏（58）を破った。",
    "shown": "画面の項目を入力します。例）佐藤花子　090-0000-0000",
    "typed": "氏名欄に「山田太郎」、生年月日欄に「S40.1.1」と入力し、検索ボタンを押します。",
}
COUNTED = {
    "no director": "The form was sent by Hanako Suzuki, call +81-463-21-9600.",
    "returned to a private address": "<sato.ken@gmail.com>: host mx.gmail.com said: 550 5.1.1 User unknown (佐藤 健)",
    "who won a prize": "抽選に当選した佐藤 花子さん（62）が受け取った。",
    "ill": "氏名：佐藤花子\n電話：090-0000-0000\n要介護3\n",
    "typed by mistake": "氏名欄に「佐藤花子」、生年月日欄に「S40.3.1」と入力してしまった。",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_nobody_in_a_sentence(text: str, count: Counting) -> None:
    assert count(Text(text)).subjects == 0


@pytest.mark.parametrize("text", COUNTED.values(), ids=COUNTED)
def test_somebody_in_the_like(text: str, count: Counting) -> None:
    assert count(Text(text)).subjects == 1


def test_people_of_tests(count: Counting) -> None:
    rows = [["氏名", "住所", "電話番号"], *([["サンプル花子", "千代田区○○1-1-1", "03-0000-0000"]] * 5)]
    assert count(Table(frame_of(rows))).subjects == 0


SIGNED = {
    "a telephone that is carried about": "質問です。\n\n佐藤 花子\nTEL:090-5511-2099\n",
    "more than one way": "━━━━━━\n　佐藤 花子\n　E-mail：hanako@example.ne.jp\n　携帯：090-5511-2099\n━━━━━━",
    "whom a sheet is sent to": "宛先：佐藤 花子様（碧野2-22-9）\nTEL 090-5511-2099\n件名：還付のお知らせ\n",
    "who looks on": "立会者　佐藤 花子\n住所　碧野2-22-9\n電話　090-5511-2099\n",
}
AT_WORK = {
    "an office above": "鏡浜市役所　総務課\n佐藤 花子\n携帯 090-5511-2099\n",
    "a firm below": "佐藤 花子\n株式会社碧野商事\n携帯 090-5511-2099\n",
    "an office's telephone": "質問です。\n\n佐藤 花子\nTEL:0463-22-1111\n",
    "whom a sheet is sent to": "宛先：株式会社碧野商事　営業部　佐藤 花子様\nTEL 0463-22-1111\n",
}


@pytest.mark.parametrize("text", SIGNED.values(), ids=SIGNED)
def test_a_citizens_signature(text: str, count: Counting) -> None:
    assert count(Text(text)).subjects == 1


@pytest.mark.parametrize("text", AT_WORK.values(), ids=AT_WORK)
def test_a_signature_at_work(text: str, count: Counting) -> None:
    assert count(Text(text)).subjects == 0


def test_a_town_before_a_telephone_is_nobody(count: Counting) -> None:
    towns = ["桜ヶ丘", "富士見", "竹の内", "若葉台", "青葉台", *["上原"] * 7]
    lines = [
        f"・{name.replace('　', '')}　19{40 + n}-07-28　{towns[n - 1]}　090-5511-20{n:02}"
        for n, (name, _, _) in enumerate(PEOPLE, 1)
    ]
    assert count(Text("郷土史研究会 会員\n\n" + "\n".join(lines))).subjects == len(PEOPLE)


TITLED = "登録番号,氏名,住所,電話番号", "12{n:02},{name},{address},{phone}"


PUBLIC = (
    "司法書士会 青浜支部 会員名簿|弁護士一覧|市議会議員名簿|税理士会 会員事務所一覧表（令和8年度）|記者クラブ 加盟社一覧|"
    "青浜市議会 会派別議員名簿 令和8年|医師会役員名簿"
).split("|")
#: Whom a society, a council or one of its members invites, asks for, elects or is elected by.
INVITED = (
    "市議会議員一般選挙 選挙人名簿|市議会議員選挙 投票立会人名簿|市議会 傍聴人名簿|市議会報 モニター名簿|税理士による無料申告会 来場名簿|"
    "司法書士会 登記説明会 出席名簿|弁護士会市民講演会 申込一覧|医師会健診 受診票送付先一覧|議員後援会 会員名簿|市議会議員後援会名簿|"
    "行政書士紹介 申込名簿|市議会議員と語る会 出席名簿"
).split("|")


@pytest.mark.parametrize("title", PUBLIC)
def test_whom_a_title_says_to_be_for_everybody(title: str, count: Counting) -> None:
    rows = _rows(*TITLED)
    assert count(Table(frame_of([[title, "", "", ""], *rows]))).subjects == 0
    assert count(Text("\n".join([title, "", *("\t".join(row) for row in rows)]))).subjects == 0


@pytest.mark.parametrize(
    "title", ["司法書士相談 予約者名簿", "税理士試験 合格者一覧", "弁護士費用 助成名簿（申請者）", "会員名簿", *INVITED]
)
def test_whom_a_title_does_not_say_to_be(title: str, count: Counting) -> None:
    rows = _rows(*TITLED)
    assert count(Table(frame_of([[title, "", "", ""], *rows]))).subjects == len(PEOPLE)
    assert count(Text("\n".join([title, "", *("\t".join(row) for row in rows)]))).subjects == len(PEOPLE)


def test_a_title_is_said_of_its_own_list_alone(count: Counting) -> None:
    rows = _rows(*TITLED)
    first = Table(frame_of([["司法書士会員名簿", "", "", ""], *rows]))
    assert count(first, Table(frame_of([["相談記録", "", "", ""], *rows]))).subjects == len(PEOPLE)


def _lines(title: str, line: str) -> str:
    return "\n".join(
        [title, "", *(line.format(name=name.replace("　", ""), n=n) for n, (name, _, _) in enumerate(PEOPLE, 1))]
    )


def test_ages_of_the_decorated_and_years_of_speakers_are_for_everybody(count: Counting) -> None:
    assert count(Text(_lines("秋の叙勲受章者", "▽瑞宝単光章　{name}（7{n}）元町議"))).subjects == 0
    assert count(Text(_lines("夏期大学 講師紹介", "・{name}（19{n:02}年生まれ、作家）「言葉の力」"))).subjects == 0
    assert count(Text(_lines("秋の叙勲\n瑞宝単光章", "▽{name}（7{n}）元町議"))).subjects == 0
    assert count(Text(_lines("叙勲祝賀会 出席予定", "・{name}（{n}歳）会社員"))).subjects == len(PEOPLE)
    assert count(Text(_lines("叙勲\n\n救急搬送記録", "▽{name}（{n}歳）南町863"))).subjects == len(PEOPLE)
    assert count(Text(_lines("救急搬送者", "▽{name}（{n}歳）軽傷"))).subjects == len(PEOPLE)
    assert count(Text(_lines("夏期大学 受講者", "・{name}（1960年4月{n}日生まれ）"))).subjects == len(PEOPLE)


def test_whoever_is_cared_for_at_a_centre_is_no_staff_of_it(count: Counting) -> None:
    said = _lines("計画相談", "・碧野相談支援センター　{name}　身体2級　碧野{n}-2-3")
    assert count(Text(said)).subjects == len(PEOPLE)
    assert count(Text(_lines("職員", "・碧野相談支援センター　{name}　0463-22-11{n:02}"))).subjects == 0


GOODS = "ボルト ナット パイプ ドリル ワイヤ ランプ モーター ポンプ バルブ ヒューズ 金具 手袋".split()


@pytest.mark.parametrize("line", ["15{n:02},608,1,42117{n:02},{name}", "{name},中央倉庫,{phone}", "{name},M,4{n}"])
def test_goods_called_by_a_surname_are_nobody(line: str, count: Counting) -> None:
    surnames = [name.split("　")[0] for name, _, _ in PEOPLE]
    goods = [
        line.format(name=s + g, n=n, phone=p)
        for n, (s, g, (_, _, p)) in enumerate(zip(surnames, GOODS, PEOPLE, strict=True), 1)
    ]
    assert count(Table(frame_of([row.split(",") for row in goods]))).subjects == 0


@pytest.mark.parametrize("line", ["15{n:02},608,1,42117{n:02},{name}", "{name},普通,42117{n:02}"])
def test_holders_of_accounts_without_headings_are_people(line: str, count: Counting) -> None:
    assert count(Table(frame_of(_rows("", line)[1:]))).subjects == len(PEOPLE)


def test_when_something_happened_is_no_birth(count: Counting) -> None:
    said = "現場代理人　{name}\n概要　重機の接触\n\n発生日時　令和8年3月{n}日\n工事名　碧野橋補修"
    assert count(Text(_lines("工事事故報告", said))).subjects == 0
    assert count(Text(_lines("事故の相手方", "{name}　大学生　平成15年3月{n}日"))).subjects == len(PEOPLE)


def _as_text(head: str, line: str) -> Text:
    return Text("名簿\n\n" + "\n".join("  ".join(row).replace("　", "") for row in _rows(head, line)))


def test_lists_in_a_text_that_say_nothing_of_those_they_name(count: Counting) -> None:
    assert (
        count(_as_text("屋号,営業者名,営業所所在地,営業の種類", "食堂碧野,{name},{address},飲食店営業")).subjects == 0
    )
    assert count(_as_text("ガイド,得意コース,活動歴,申込先", "{name},城下町,{n}年,観光協会 0463-22-7700")).subjects == 0
    assert count(_as_text("ガイド,得意コース,連絡先", "{name},城下町," + MOBILE)).subjects == len(PEOPLE)
    assert count(_as_text("ガイド,得意コース,備考", "{name},城下町,電話は" + MOBILE)).subjects == len(PEOPLE)


def test_who_is_addressed_at_a_shop(count: Counting) -> None:
    assert count(Text(_lines("開業届の受付", "店舗：碧野{n}-2-3 {name}様 090-5511-20{n:02}"))).subjects == len(PEOPLE)
    assert count(Text(_lines("免許業者", "主たる事務所：碧野{n}-2-3 {name} 0463-22-11{n:02}"))).subjects == 0


def test_codes_of_columns_are_no_headings_that_tell(count: Counting) -> None:
    rows = _rows("CD,SIMEI_K,SIMEI_N,SEI,SNGP", "499012{n:02},ｼﾐｽﾞ ﾀﾞｲｽｹ,{name},1,3{n:02}1227")
    assert count(Table(frame_of(rows))).subjects == len(PEOPLE)
