"""People in memos, notes of a case, contracts and replies: who is named some lines above what is said of him, who is a party,
to whom something is sent; and whom none of that makes a person."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(60)
A, B, D, E = C[1], C[6], C[12], C[17]
_CITY = "city.hiratsuka.kanagawa.jp"

PEOPLE = [
    # Some lines below a field with his name, or a sentence with an honorific, what is said of nobody nearer.
    Case("field-then-mobile", 1, f"申出者：{A.name}\n新しい住所は秘匿。連絡は {A.mobile} へ（電話不可）。\n"),
    Case("field-then-care", 1, f"対象者　{A.name}\n要介護1 → 区分変更申請中\n"),
    Case(
        "case-record",
        1,
        f"ケース記録　　世帯主　{A.surname}　{A.given}　　ケース番号 2231\nR8.4.3　訪問。主在宅。\nR8.5.8　電話。（TEL {A.mobile}）\n",
    ),
    Case("sentence-then-birth", 1, f"{A.name}さんが来た。\n{A.era}生。\n"),
    Case("by-surname-then-whole", 1, f"新町の{A.surname}さんという方（{A.name}）、昨年引っ越してきた。\n{A.era}生。\n"),
    Case(
        "foreign-then-mobile",
        1,
        f"ファム・ティ・ホアさん（ベトナム、技能実習）\n期限が来月で切れる。\n携帯{A.mobile}　日本語は簡単なら可。\n",
    ),
    Case(
        "points",
        2,
        f"（１）{A.name}さんの件\n　　 申請済み。生年月日 {A.era}。\n（２）{B.name}さんの件\n　　 滞納6か月。生年月日 {B.era}。\n",
    ),
    Case("matter-then-illness", 1, f"（２）{A.name}さんの件\n家賃滞納6か月。自宅を訪問済み、\n　　 糖尿病で通院中。\n"),
    # Parties of contracts and disputes.
    Case(
        "contract",
        2,
        f"甲　住所　平塚市{A.short}\n　　氏名　{A.name}　㊞\n乙　住所　平塚市{B.short}\n　　氏名　{B.name}　㊞\n",
    ),
    Case("dispute", 2, f"原告　平塚市{A.short}\n　　　{A.name}\n被告　平塚市{B.short}\n　　　{B.name}\n"),
    Case("debt", 2, f"債権者　平塚市{A.short}\n　　　{A.name}\n債務者　平塚市{B.short}\n　　　{B.name}\n"),
    # To whom something is sent.
    Case("sent-to", 1, f"宛先：平塚市{A.short} {A.name}様\n"),
    Case(
        "sent-to-mail",
        1,
        f"From: a@{_CITY}\nTo: b@{_CITY}\nSubject: x\n\n宛先：〒254-0811 平塚市{A.short} {A.name}様\n",
        "a.eml",
    ),
    Case(
        "sent-wrongly", 2, f"本来の送付先　{A.name} 様（平塚市{A.short}）\n誤送付先　{B.name} 様（平塚市{B.short}）\n"
    ),
    Case(
        "matter",
        1,
        f"{A.name}様の住民票につきまして、処理が完了いたしました。\nご住所：平塚市{A.short}\n世帯主：本人\n",
    ),
    # Names with something between, before or behind them.
    Case("born-as", 1, f"{A.surname}（旧姓 鈴木）{A.given} {A.mobile} から、相談がありました。\n"),
    Case("in-the-name-of", 1, f"窓口に {A.name}名義の保険証が届いていました。生年月日は{A.era}です。\n"),
    Case("emergency", 2, f"氏名：{A.name}　年齢：90\n緊急連絡先①：{B.name}（長男）{B.mobile}\n"),
    Case("subscriber", 1, f"応答なし。加入者：{A.name} 宅（{A.short}）。\n"),
    Case("born-plainly", 2, f"分団長　{A.name}　昭42.3.3生\n被災児童 5年 3 組 {B.name} 男 平成27年12月8日生\n"),
    Case("baby", 2, f"母：{A.name}（29）　児：{A.surname} 暖（生後2か月 男児）\n"),
    Case("lives", 1, f"大磯町国府本郷881に住む{A.surname} 結翔さんの保護者から申請があった。\n"),
    Case(
        "boxed-memo",
        1,
        f"【誰から】幸町の{A.surname}さん（{A.name}）\n【用件】道路に穴がある。\n【連絡先】{A.mobile}\n",
    ),
    Case("voter", 1, f"投票区 14　選挙人 {A.name}\n整理券の漢字が異なっていた。住所：豊田打間木388\n"),
    Case(
        "aged-within",
        2,
        f"相手は{A.name}さん、昭和22年生まれの79歳。認知症の奥さん（田島ヤス子、77歳）と二人暮らし。\n",
    ),
    Case("mother-34", 1, "西脇 美奈（母 34）\n"),
    Case("insured-of-the-town", 1, f"記号番号 平塚-{A.account} {A.name} 支給額 42,110円\n"),
    Case("ill-in-a-class", 1, f"{A.name}（2年）　インフルエンザA型 7/18まで\n"),
    Case("mail-in-brackets", 1, f"申込者：{A.name}（メール {A.email}）\n"),
    Case("booking", 1, f"予約番号 20260718-003\nお名前 {A.name} 様\n電話 {A.mobile}\n"),
    Case("born-behind-san", 1, f"・照会書を持参された方　→　{A.name}さま　昭和29.8.8　本人確認済\n"),
    Case("by-surname-and-phone", 1, f"所有者に連絡：{A.surname}さん（{A.surname} 一颯）、{A.phone} の自宅にかけた。\n"),
    Case("keeper-of-a-house", 1, f"管理者：孫の{A.name}さん（川崎市麻生区百合丘1-19-2）\n"),
    Case("household-in-a-field", 1, f"申請世帯：夫 {A.name}（31歳）・妻 カレン（米国籍）\n"),
    Case("mother-in-a-field", 1, f"世帯：{A.name}（母 34）、{A.surname} 蘭（小3）\n"),
    Case("family-with-days", 2, f"- 東堂家: 母 {A.name} 1989/2/11, 子 {B.name} 2017/6/30\n"),
    Case("foreign-in-a-class", 1, "園児Ｂ：ヌネス レオ（2歳児クラス、R6.1.20生）\n"),
    Case("of-the-parents", 1, f"大磯町国府本郷881に住む中学2年生、{A.surname} 結翔の保護者から申請があった。\n"),
    Case("born-lately", 2, f"届出人　{A.name}　{A.era}生\n事件本人　{A.surname} 一葉　令和8年6月30日出生\n"),
    Case("in-corners", 1, f"「{A.surname} 浩然」さんですが、{A.era}生、母の携帯{A.mobile}。\n"),
    Case(
        "boxed-party",
        2,
        f"審査請求人　住所　平塚市{A.short}\n　　氏名　{A.name}\n　　（代理人）住所　横浜市中区山下町1\n　　　氏名　{B.name}\n",
    ),
    Case("who-came-and-filed", 1, f"来庁者（届出人）　{A.name}　昭和50年11月2日\n"),
    Case("new-user", 1, f"新利用者　{A.name}　平塚市上吉沢 210　電話{A.phone}\n"),
    # Forms.
    Case(
        "the-same",
        2,
        f"申請者　住所　平塚市{A.short}\n　　　　氏名　{A.name}\n　　　　連絡先　{A.mobile}\n被災者　住所　同上\n　　　　氏名　{B.name}\n",
    ),
    Case(
        "holder-of-the-account",
        1,
        f"保護者氏名：佐藤 順\n住所：平塚市{A.short}\n振込先：湘南農協 神田支店 普通 {A.account} サトウ ジュン\n",
    ),
    Case("transfers-in-points", 1, f"振込先（ゆうちょ）\n・{A.name}　記号番号 {A.yucho}\n"),
]

NOBODY = [
    Case("clerk-on-the-phone", 0, f"{A.name}様\nお世話になっております。\n当日は担当の山本（{A.mobile}）がお迎えします。\n"),
    Case("clerk-behind-the-phone", 0, f"講演会\n講師：{A.name} 氏\n申込は {A.mobile}（田中）まで\n"),
    Case("levels", 0, f"{A.name}さんが話します。\n要支援1・2の方から要介護5の方まで利用できます。\n"),
    Case("ill-in-general", 0, f"{A.name}さんの話\n糖尿病で通院中の方は申し出てください。\n"),
    Case("whom-it-is-for", 0, f"{A.name}さんに聞きました。\n昭和60年4月1日生まれの方が対象です。\n"),
    Case("the-mayor", 0, f"〒254-8686\n平塚市浅間町9-1\n平塚市長　{A.surname}　{A.given}　様\n\n　　　要望書\n"),
    Case("the-chair", 0, f"〒254-8686\n平塚市浅間町9-1\n平塚市議会議長　{A.name}　様\n"),
    Case("founder", 0, f"施設名 ベビーホームにじ　設置者（管理者）{A.name}　所在地 平塚市{A.short} 電話 0463-23-2020\n"),
    Case("founder-of-a-firm", 0, f"園名 あおぞら　設置者（管理者）株式会社あおぞら（{A.name}）　所在地 平塚市{A.short} 電話 0463-23-2020\n"),
    Case("teacher", 0, f"{A.name}（ふるや なおと） 教諭\n県立工科高等学校 〒254-0821 平塚市{A.short} 0463-31-0417\n"),
    Case("reporter", 0, "18:05　タウンニュース記者　小泉様　取材依頼　0463-25-0700\n"),
    Case("example-of-the-town", 0, "記入例\n氏名　平塚 太郎\nフリガナ　ヒラツカ タロウ\n住所　平塚市浅間町9-1\n電話番号　0463-23-1111\n"),
    Case("screen", 0, "　画面例：山田 花子　昭和45年4月1日　女　平塚市○○町1-1\n"),
    Case(
        "invited-for-a-body",
        0,
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:会議\nORGANIZER;CN=課:mailto:s@{_CITY}\nATTENDEE;CN={A.roman}:mailto:y@vendor.co.jp\nEND:VEVENT\nEND:VCALENDAR\n",
        "a.ics",
    ),
    Case("no-name", 0, "通告者：匿名希望（近隣住民・女性）\n"),
    Case("sent-to-an-office", 0, f"送付先：平塚市浅間町9-1 教育委員会 学務課 {A.name} 様\n宛先：平塚市浅間町9-1 平塚市長 様\n"),
    Case("contract-of-bodies", 0, f"甲　住所　平塚市浅間町9-1\n　　氏名　平塚市長　{A.name}\n乙　住所　横浜市神奈川区鶴屋町2-20-1\n　　氏名　株式会社メイワ　代表取締役　{B.name}\n"),
    Case("levels-for-whom", 0, f"氏名：{A.name}\n認定：要介護3以上の方\n"),
    Case("room-to-ask-at", 0, f"{A.surname} {A.given}　旭地区\n相談日 毎月第2火曜 市民相談室 0463-21-8764\n"),
    Case("moved-on-a-day", 0, f"{A.name}様　昭和60年4月1日　転入\n"),
    Case("in-charge-with-an-extension", 0, f"管理者：{A.name}さん（内線2231）\n担当世帯：12世帯（平均 2.3人）\n"),
    Case("visited-by-surname", 0, f"新生児訪問 {A.surname}様宅　平塚市{A.short}\n"),
    Case("solicitor", 0, f"申請者（後見人）　司法書士　{A.name}\n　　　　事務所　平塚市{A.short} 0463-24-0011\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*PEOPLE, *NOBODY], ids=lambda case: case.id)
def test_memos_tell_of_those_they_are_about(case: Case, ruleset: Ruleset) -> None:
    found = inspected(case, ruleset)
    assert (found.subjects, found.inspected) == (case.people, True), found.counts


def test_a_number_of_a_paper_is_no_address(ruleset: Ruleset) -> None:
    text = f"支援経過記録 No.12\n利用者名 {A.name} 様\nR8/6/4 会議\n要介護2 認定期間 R8.3.1～R11.2.28\n"
    found = inspected(Case("record", 1, text), ruleset)
    assert (found.subjects, found.counts) == (1, {"name": 1, "sensitive": 1})


@pytest.mark.parametrize("beside", [("続柄", "母", "性別", "男"), ("", "", "", "")], ids=["more", "plain"])
def test_a_form_of_two_in_a_table_names_two(ruleset: Ruleset, beside: tuple[str, str, str, str]) -> None:
    a, b, c, d = beside
    rows = [
        ("申請者（保護者）", "氏名", A.name, a, b),
        ("", "住所", A.short, "", ""),
        ("", "電話", A.mobile, "", ""),
        ("児童", "氏名", B.name, c, d),
        ("", "生年月日", B.era, "", ""),
    ]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    assert inspected(Case("form", 2, f"<html><table>{cells}</table></html>", "a.html"), ruleset).subjects == 2


def test_a_form_with_a_column_for_each_names_both(ruleset: Ruleset) -> None:
    rows = [
        ("", "被保険者", "届出人"),
        ("氏名", A.name, B.name),
        ("住所", A.short, B.short),
        ("生年月日", A.era, ""),
        ("電話番号", A.phone, B.mobile),
    ]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    assert inspected(Case("form", 2, f"<html><table>{cells}</table></html>", "a.html"), ruleset).subjects == 2


def test_what_is_said_below_goes_to_no_namesake_and_to_nobody_far_away(ruleset: Ruleset) -> None:
    """Whoever was counted in a form is no second person, and what stands far below a sentence is said of somebody else."""
    form = f"氏名：{A.name}\n住所：平塚市{A.short}\n\n経過\n来所。連絡は {A.mobile} へ。\n"
    assert inspected(Case("form", 1, form), ruleset).subjects == 1
    far = f"{A.name}さんが来た。\n" + "資料を確認した。\n" * 6 + f"{B.era}生。\n"
    assert inspected(Case("far", 0, far), ruleset).subjects == 0
