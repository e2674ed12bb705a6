"""People in sentences, letters, mails, forms and cards, and who is the same person."""

from __future__ import annotations

import unicodedata

from tests.subjects.clerks import C, Case

A, B, D, E, F, G = C[1], C[2], C[3], C[4], C[6], C[8]


def _mail(body: str, *, sender: str = "平塚市 市民課", address: str = "shimin@city.example.lg.jp") -> str:
    return (
        f"From: =?utf-8?B?{__import__('base64').b64encode(sender.encode()).decode()}?= <{address}>\n"
        "To: <kikaku@city.example.lg.jp>\nSubject: =?utf-8?B?44GU6YCj57Wh?=\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body
    )


def _form(p: object) -> str:
    return f"【氏名】{p.name}\n【住所】{p.address}\n【電話】{p.mobile}\n【生年月日】{p.era}\n【性別】{p.sex}\n\n"  # type: ignore[attr-defined]


def _card(p: object) -> str:
    return (
        f"BEGIN:VCARD\nVERSION:3.0\nN:{p.surname};{p.given};;;\nFN:{p.name}\nTEL;TYPE=CELL:{p.mobile}\n"  # type: ignore[attr-defined]
        f"ADR;TYPE=HOME:;;{p.short};平塚市;神奈川県;254-0041;日本\nEMAIL:{p.email}\nBDAY:{p.slashed.replace('/', '-')}\nEND:VCARD\n"  # type: ignore[attr-defined]
    )


def _zengin(people: list) -> str:
    def kana(p: object) -> str:
        text = unicodedata.normalize("NFKC", p.kana)  # type: ignore[attr-defined]
        wide = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンー"
        half = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｰ"
        small = dict(zip("ャュョッァィゥェォ", "ﾔﾕﾖﾂｱｲｳｴｵ", strict=True))
        out = ""
        for c in unicodedata.normalize("NFD", text):
            out += (
                "ﾞ"
                if c == "\u3099"
                else "ﾟ"
                if c == "\u309a"
                else small.get(c) or (half[wide.index(c)] if c in wide else c)
            )
        return out

    rows = [
        "1"
        + "210"
        + "1234567890"
        + "ﾋﾗﾂｶｼ".ljust(40)
        + "0425"
        + "0138"
        + "ﾖｺﾊﾏｷﾞﾝｺｳ".ljust(15)
        + "363"
        + "ﾋﾗﾂｶ".ljust(15)
        + "1"
        + "1234567"
    ]
    for i, p in enumerate(people):
        rows.append(
            "2"
            + "0138"
            + "ﾖｺﾊﾏ".ljust(15)
            + "363"
            + "ﾋﾗﾂｶ".ljust(15)
            + "    "
            + "1"
            + p.account
            + kana(p).ljust(30)[:30]
            + f"{10000 + i:010}"
            + "0"
            + f"{i:010}"
            + " " * 10
            + "7"
            + " "
        )
    rows += ["8" + f"{len(people):06}" + f"{10000 * len(people):012}", "9"]
    return "\r\n".join(row.ljust(120)[:120] for row in rows) + "\r\n"


TOLD = [
    Case(
        "letter",
        1,
        f"{A.name} 様\n\n拝啓　時下ますますご清祥のこととお慶び申し上げます。\n先日ご申請のありました件につき、下記口座へ振り込みます。\n\n記\n横浜銀行 平塚支店 普通預金 {A.account}\n生年月日 {A.era}\n\n平塚市長　{C[11].name}\n",
    ),
    Case("letter-address", 1, f"〒254-0041\n神奈川県平塚市{A.address}\n{A.name}　様\n\n国民健康保険税納税通知書\n"),
    Case(
        "consultation",
        1,
        f"【相談記録】\n相談日：令和6年5月10日\n相談者は{B.surname}{B.given}さん（{B.era}生、{B.address}在住）。夫の暴力について相談があった。\n連絡先は{B.mobile}。\n対応：女性相談員へ引き継いだ。\n",
    ),
    Case(
        "consultation-two",
        2,
        f"{B.surname}{B.given}氏（72歳、{B.address}）より来電。長男の{D.surname}{D.given}氏（45歳、無職）が家に引きこもっているとのこと。\n",
    ),
    Case(
        "conference",
        3,
        f"地域ケア会議 議事録\n出席：包括支援センター {C[10].surname}、民生委員 {C[11].surname}\n\n事例1　{A.surname}{A.given}さん（82歳・女性）要介護3。独居で、近所から苦情がある。\n事例2　{B.surname}{B.given}さん（79歳・男性）要支援2。糖尿病の治療を中断している。\n事例3　{D.surname}{D.given}さん（90歳・女性）要介護5。長女が介護している。\n",
    ),
    Case(
        "accident",
        2,
        f"事故報告\n5月10日午後3時ごろ、{A.surname} {A.given}さん（{A.address}、電話{A.phone}）の車と{B.surname} {B.given}さん（{B.address}、電話{B.phone}）の自転車が接触した。\n",
    ),
    Case("welfare", 1, f"生活保護台帳メモ\n{E.name}、{E.era}生。{E.short}。統合失調症で通院中。生活保護受給。\n"),
    Case("complaint", 1, f"{F.surname}様より電話あり（{F.surname}{F.given}様、{F.mobile}）。ごみの収集漏れ。\n"),
    Case(
        "arrears",
        2,
        f"滞納整理の件、{A.surname}{A.given}（{A.short}、{A.phone}）は分納誓約済み。{B.surname}{B.given}（{B.short}、{B.mobile}）は差押予告。\n",
    ),
    Case("sentence-lone-surname", 0, f"{A.surname}さんから{A.phone}に電話してほしいとのことでした。\n"),
    Case("sentence-no-attribute", 0, f"{A.surname}{A.given}さんと{B.surname}{B.given}さんが窓口に来られました。\n"),
    Case("sentence-roman", 1, f"The applicant is {A.roman.title()}, born {A.slashed}, phone {A.mobile}.\n"),
    Case(
        "foreigner",
        1,
        "氏名：NGUYEN THI HOA（通称：山田花）\n国籍：ベトナム\n在留カード番号：AB12345678CD\n生年月日：1995年3月2日\n",
    ),
    Case("foreigner-kana", 1, f"氏名：グエン・ティ・ホア\n電話：{A.mobile}\n"),
    Case(
        "mail-one",
        1,
        _mail(
            f"お世話になります。\n\n下記の方の住所確認をお願いします。\n\n氏名　{A.name}\n住所　{A.address}\n生年月日　{A.era}\n\n--\n平塚市 市民課 {C[12].name}\nTEL {C[12].phone}\n",
        ),
        "a.eml",
    ),
    Case(
        "mail-signature-only",
        0,
        _mail(
            f"お世話になります。\n会議資料をお送りします。\n\n--\n平塚市 市民課 {C[12].name}\nTEL 0463-23-1111 内線2345\nshimin@city.example.lg.jp\n"
        ),
        "a.eml",
    ),
    Case(
        "mail-thread",
        1,
        _mail(
            f"{C[12].surname}です。承知しました。\n\n> {C[13].surname}様\n> 下記の方です。\n> 氏名：{B.name}\n> 電話：{B.mobile}\n> 住所：{B.address}\n>\n> --\n> 平塚市 福祉課 {C[13].name}\n> TEL 0463-23-1111\n>> 前回の方\n>> 氏名：{B.name}\n>> 電話：{B.mobile}\n"
        ),
        "a.eml",
    ),
    Case(
        "mail-thread-two",
        2,
        _mail(
            f"追加です。\n氏名：{A.name}\n電話：{A.mobile}\n\n-----Original Message-----\nFrom: {C[12].name} <shimin@city.example.lg.jp>\nSent: Friday\n\n氏名：{B.name}\n電話：{B.mobile}\n"
        ),
        "a.eml",
    ),
    Case(
        "mail-private-signature",
        0,
        _mail(
            f"{C[12].surname}様\nご連絡ありがとうございました。\n\n━━━━━━━━━━━━━━\n湘南商事株式会社 営業部\n{C[14].name}\n〒254-0043 平塚市紅谷町1-1\nTEL {C[14].phone} / 携帯 {C[14].mobile}\nE-mail: {C[14].email}\n━━━━━━━━━━━━━━\n",
            sender=C[14].name,
            address=C[14].email,
        ),
        "a.eml",
    ),
    Case("form", 1, _form(A)),
    Case("forms-ten", 10, "".join(_form(p) for p in C[:10])),
    Case("forms-ruled", 10, "--------------------\n".join(_form(p) for p in C[:10])),
    Case(
        "forms-numbered",
        10,
        "".join(f"({i}) 氏名 {p.name}\n    住所 {p.short}\n    電話 {p.mobile}\n" for i, p in enumerate(C[:10], 1)),
    ),
    Case("form-kana-first", 1, f"フリガナ　{A.kana}\n氏　　名　{A.surname}　{A.given}\n生年月日　{A.era}（{50}歳）\n"),
    Case("form-two-on-line", 1, f"氏名：{A.name}　　性別：{A.sex}　　年齢：45歳\n"),
    Case("form-checkbox", 1, f"申請者氏名　{A.name}\n性別　☑男　□女\n"),
    Case("form-era-circled", 1, f"氏名：{A.name}\n生年月日：明・大・㊐昭・平　45年3月2日\n電話：{A.phone}\n"),
    Case(
        "form-guardian",
        2,
        f"児童氏名：{A.name}\n児童生年月日：平成28年4月5日\n保護者氏名：{A.surname} {B.given}\n保護者電話：{A.mobile}\n",
    ),
    Case(
        "form-household",
        3,
        f"世帯主：{A.name}\n住所：{A.address}\n電話：{A.phone}\n世帯員\n　{A.surname} {B.given}（妻）昭和50年5月6日生\n　{A.surname} {D.given}（長男）平成15年7月8日生\n",
    ),
    Case(
        "form-company",
        0,
        f"事業者名：湘南商事株式会社\n代表者：{A.name}\n所在地：平塚市{A.short}\n電話番号：{A.phone}\n",
    ),
    Case("vcards", 5, "".join(_card(p) for p in C[:5]), "a.vcf"),
    Case(
        "vcard-qp",
        1,
        f"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{__import__('quopri').encodestring((A.surname + ';' + A.given).encode()).decode()}\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{__import__('quopri').encodestring(A.name.encode()).decode()}\nTEL;CELL:{A.mobile}\nEND:VCARD\n",
        "a.vcf",
    ),
    Case(
        "ical",
        2,
        f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART:20240510T100000\nSUMMARY:訪問 {A.surname}{A.given}様\nLOCATION:平塚市{A.address}\nDESCRIPTION:電話 {A.mobile} 要介護2\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20240511T100000\nSUMMARY:訪問 {B.surname}{B.given}様\nLOCATION:平塚市{B.address}\nDESCRIPTION:電話 {B.mobile}\nEND:VEVENT\nEND:VCALENDAR\n",
        "a.ics",
    ),
    Case(
        "ical-folded",
        1,
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:面談\nDESCRIPTION:氏名：{A.name}\\n住所：{A.address}\\n電話：{A.mobile[:5]}\n {A.mobile[5:]}\nEND:VEVENT\nEND:VCALENDAR\n",
        "a.ics",
    ),
    Case(
        "ical-attendee",
        0,
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:課内会議\nORGANIZER;CN={C[12].name}:mailto:a.ishii@city.example.lg.jp\nATTENDEE;CN={C[13].name};ROLE=REQ-PARTICIPANT:mailto:m.mori@city.example.lg.jp\nLOCATION:第2会議室\nEND:VEVENT\nEND:VCALENDAR\n",
        "a.ics",
    ),
    Case("zengin", 20, _zengin(C[:20]).encode("cp932"), "furikomi.txt"),
    Case("zengin-dat", 20, _zengin(C[:20]).encode("cp932").replace(b"\r\n", b""), "furikomi.dat"),
    Case("labels", 6, "".join(f"〒254-00{i:02}\n平塚市{p.address}\n{p.name} 様\n\n" for i, p in enumerate(C[:6]))),
    Case(
        "labels-grid",
        9,
        "\n".join(
            "\t".join(cell)
            for r in range(3)
            for cell in (
                [f"〒254-00{r}{c}" for c in range(3)],
                [f"平塚市{C[r * 3 + c].short}" for c in range(3)],
                [f"{C[r * 3 + c].name} 様" for c in range(3)],
                ["", "", ""],
            )
        )
        + "\n",
        "a.tsv",
    ),
    Case(
        "same-spellings",
        1,
        "氏名,電話番号\n髙橋 花子,0463-22-1234\n高橋花子,０４６３－２２－１２３４\n高橋　花子,0463(22)1234\n",
        "a.csv",
    ),
    Case(
        "same-variants",
        2,
        f"氏名,生年月日\n齋藤 一郎,{A.slashed}\n斉藤一郎,{A.era}\n山﨑 恵,{B.slashed}\n山崎　恵,{B.era}\n",
        "a.csv",
    ),
    Case(
        "same-kana-width",
        1,
        "フリガナ,電話\nサトウ ハナコ,0463-22-1234\nｻﾄｳ ﾊﾅｺ,0463-22-1234\nさとう はなこ,0463-22-1234\n",
        "a.csv",
    ),
    Case(
        "same-address-forms",
        1,
        "氏名,住所\n佐藤 花子,本町二丁目3番4号\n佐藤 花子,本町2-3-4\n佐藤花子,平塚市本町2丁目3-4\n佐藤　花子,神奈川県平塚市本町２－３－４\n",
        "a.csv",
    ),
    Case(
        "same-number",
        1,
        f"氏名,個人番号\n{A.name},{A.number}\n{A.surname} {A.given}（旧姓 {B.surname}）,{A.number}\n{B.surname} {A.given},{A.number}\n",
        "a.csv",
    ),
    Case(
        "same-repeated",
        10,
        "氏名,住所,電話\n" + "".join(f"{p.name},{p.short},{p.phone}\n" for p in C[:10]) * 5,
        "a.csv",
    ),
    Case(
        "same-partial",
        1,
        f"氏名,電話,生年月日\n{A.name},{A.phone},\n{A.name},,{A.era}\n{A.name},{A.phone},{A.slashed}\n",
        "a.csv",
    ),
    Case("namesakes", 2, "氏名,生年月日\n佐藤 花子,1950/1/2\n佐藤 花子,1985/3/4\n", "a.csv"),
    Case("namesakes-phones", 2, "氏名,電話\n佐藤 花子,0463-22-1234\n佐藤 花子,0463-55-9876\n", "a.csv"),
    Case("couple", 2, f"氏名,電話,住所\n佐藤 太郎,{A.phone},{A.short}\n佐藤 花子,{A.phone},{A.short}\n", "a.csv"),
    Case("couple-row", 2, f"夫氏名,妻氏名,住所,電話\n佐藤 太郎,佐藤 花子,{A.short},{A.phone}\n", "a.csv"),
    Case("twins", 2, f"氏名,生年月日,住所\n佐藤 蓮,2015/5/6,{A.short}\n佐藤 凛,2015/5/6,{A.short}\n", "a.csv"),
    Case("father-son", 2, f"氏名,生年月日,電話\n森 一郎,1950/5/6,{A.phone}\n森 一郎,1980/5/6,{A.phone}\n", "a.csv"),
    Case(
        "prose-and-table",
        10,
        f"{C[0].surname}{C[0].given}さん（{C[0].mobile}）ほか9名です。\n\n氏名,携帯\n"
        + "".join(f"{p.name},{p.mobile}\n" for p in C[:10]),
    ),
    Case("list-bullets", 10, "参加者名簿\n" + "".join(f"・{p.surname}{p.given}　{p.mobile}\n" for p in C[:10])),
    Case(
        "list-brackets",
        10,
        "".join(f"{i}. {p.surname}{p.given}（{20 + i}歳・{p.sex}性）{p.town}\n" for i, p in enumerate(C[:10], 1)),
    ),
    Case("line-network", 10, "緊急連絡網\n" + "\n ↓\n".join(f"{p.surname}{p.given} {p.mobile}" for p in C[:10]) + "\n"),
    Case(
        "chat",
        2,
        f"[10:01] {C[15].surname}: 明日の訪問先教えて\n[10:02] {C[16].surname}: {A.surname}{A.given}さん {A.short} {A.mobile}\n[10:03] {C[16].surname}: あと{B.surname}{B.given}さん {B.short} {B.mobile}\n",
    ),
    Case(
        "markdown", 10, "| 氏名 | 電話 |\n|---|---|\n" + "".join(f"| {p.name} | {p.mobile} |\n" for p in C[:10]), "a.md"
    ),
    Case(
        "ruled-table",
        10,
        "┌────┬────┐\n│氏名│電話│\n├────┼────┤\n"
        + "".join(f"│{p.name}│{p.mobile}│\n" for p in C[:10])
        + "└────┴────┘\n",
    ),
    Case(
        "latex",
        10,
        "\\begin{tabular}{ll}\n氏名 & 電話 \\\\ \\hline\n"
        + "".join(f"{p.name} & {p.mobile} \\\\\n" for p in C[:10])
        + "\\end{tabular}\n",
        "a.tex",
    ),
    Case("ini", 2, f"[person1]\nname={A.name}\ntel={A.mobile}\n\n[person2]\nname={B.name}\ntel={B.mobile}\n", "a.ini"),
    Case(
        "yaml",
        2,
        f"people:\n  - name: {A.name}\n    tel: {A.mobile}\n  - name: {B.name}\n    tel: {B.mobile}\n",
        "a.yaml",
    ),
    Case(
        "xml",
        2,
        f"<?xml version='1.0'?><list><p><氏名>{A.name}</氏名><電話>{A.mobile}</電話></p><p><氏名>{B.name}</氏名><電話>{B.mobile}</電話></p></list>",
        "a.xml",
    ),
    Case(
        "certificate",
        1,
        f"住民票の写し\n氏名　{A.name}\n生年月日　{A.era}　性別　{A.sex}\n住所　神奈川県平塚市{A.address}\n世帯主　{A.name}　続柄　世帯主\n本籍　神奈川県平塚市{A.town}{A.house[0]}番地　筆頭者　{A.name}\n以下余白\n",
    ),
    Case(
        "diagnosis",
        1,
        f"診断書\n患者　{A.name}　殿\n傷病名：統合失調症\n上記のとおり診断する。\n令和6年5月10日\n湘南病院　医師　{C[17].name}\n",
    ),
    Case(
        "donation",
        2,
        f"寄附者：{A.surname}{A.given}様　{A.address}　50,000円\n寄附者：{B.surname}{B.given}様　{B.address}　10,000円\n",
    ),
    Case("visit", 1, f"本日14時、{F.surname}{F.given}様宅（{F.address}）を訪問。ご本人は82歳、認知症あり。\n"),
    Case("next-line", 1, f"訪問先は{F.surname}{F.given}さんです。\n住所は{F.address}、電話は{F.mobile}です。\n"),
    Case(
        "two-lines-far",
        1,
        f"{F.surname}{F.given}さんの件で報告します。\n先日から入院しておられます。\n連絡先（自宅）は{F.phone}です。\n",
    ),
    Case("account-sentence", 1, f"返金先は、{G.surname}{G.given}様名義の横浜銀行平塚支店（普通）{G.account}です。\n"),
    Case("number-sentence", 1, f"{G.surname}{G.given}様のマイナンバーは{G.number}でした。\n"),
    Case("illness-sentence", 1, f"{G.surname}{G.given}さんは先月、うつ病と診断され休職しています。\n"),
    Case("welfare-sentence", 1, f"{G.surname}{G.given}さんは生活保護を受給しています。\n"),
    Case("passport-sentence", 1, f"{G.surname}{G.given}さんの旅券番号はTR1234567です。\n"),
    Case("town-only", 1, f"{G.surname}{G.given}さん（平塚市{G.address}）が表彰の対象です。\n"),
    Case(
        "interview", 1, f"まちの人\n和菓子店を営む{D.surname}{D.given}さん（48歳）は「毎朝4時から仕込みます」と話す。\n"
    ),
]
