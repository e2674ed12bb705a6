"""Files from the desks of a town hall: registers, notes and forms of every section, and what only looks like them."""

from __future__ import annotations

import base64
import json

from tests.subjects.clerks import C, Case


def _tel(i: int) -> str:
    return f"0463-{21 + i}-{2000 + i * 31}"


A, B, D, E = C[21], C[22], C[23], C[24]
#: Names no dictionary has, or hardly.
S = [
    ("鵠沼", "壮一郎"),
    ("勅使河原", "琴葉"),
    ("一ノ瀬", "颯太"),
    ("九条", "瑠璃"),
    ("御手洗", "柊斗"),
    ("小鳥遊", "澪"),
    ("喜屋武", "凪"),
    ("金城", "莉央"),
    ("我那覇", "蓮"),
    ("﨑山", "惠"),
]
DESKS = [
    Case(
        "reserve",
        10,
        "利用日,施設名,団体名,代表者氏名,代表者住所,代表者電話番号\n"
        + "".join(
            f"2024/5/{i + 1},中央公民館,{p.town}コーラス,{p.name},{p.short},{p.mobile}\n" for i, p in enumerate(C[:10])
        ),
        "a.csv",
    ),
    Case(
        "reserve-text",
        3,
        "".join(
            f"【施設予約】\n施設：総合体育館\n日時：5月{i + 1}日 9:00-12:00\n団体：{p.town}卓球クラブ\n代表者：{p.name}\n連絡先：{p.mobile}\n\n"
            for i, p in enumerate(C[:3])
        ),
    ),
    Case(
        "strangers-prose",
        3,
        "".join(f"{a}{b}さん（{70 + i}歳）から、配食サービスの相談があった。\n" for i, (a, b) in enumerate(S[:3])),
    ),
    Case("strangers-phone", 10, "".join(f"{a} {b}様　{C[i].mobile}\n" for i, (a, b) in enumerate(S))),
    Case(
        "strangers-form",
        1,
        f"ご氏名　{S[0][0]}{S[0][1]}\nふりがな　くげぬまそういちろう\nご住所　鵠沼海岸3-2-1\nお電話　{_tel(1)}\n",
    ),
    Case(
        "strangers-list",
        10,
        "No. 氏名 生年月日 住所\n"
        + "".join(f"{i + 1} {a}{b} S{40 + i}.3.{i + 1} 東浅間町{i + 1}-{i + 2}\n" for i, (a, b) in enumerate(S)),
    ),
    Case(
        "school", 0, "学年,組,番号,氏名\n" + "".join(f"3,1,{i + 1},{p.name}\n" for i, p in enumerate(C[:20])), "a.csv"
    ),
    Case(
        "school-guardian",
        20,
        "学年,組,番号,氏名,保護者,緊急連絡先\n"
        + "".join(
            f"3,1,{i + 1},{p.name},{p.surname}{C[(i + 20) % 40].given},{p.mobile}\n" for i, p in enumerate(C[:10])
        ),
        "a.csv",
    ),
    Case(
        "school-sex",
        20,
        "組,番号,氏名,性別\n" + "".join(f"1,{i + 1},{p.name},{p.sex}\n" for i, p in enumerate(C[:20])),
        "a.csv",
    ),
    Case(
        "vaccine",
        10,
        "接種券番号,氏名,生年月日,接種日,ワクチン,ロット番号\n"
        + "".join(
            f"{1000000000 + i},{p.name},{p.slashed},2023/5/{i + 1},ファイザー,FL{1000 + i}\n"
            for i, p in enumerate(C[:10])
        ),
        "a.csv",
    ),
    Case(
        "benefit",
        10,
        "申請番号,世帯主氏名,振込先金融機関,支店,種別,口座番号,名義カナ\n"
        + "".join(f"{i},{p.name},横浜銀行,平塚,普通,{p.account},{p.kana}\n" for i, p in enumerate(C[:10])),
        "a.csv",
    ),
    Case(
        "tax",
        0,
        "通知書番号,納税義務者,課税標準額,年税額,期別滞納額\n"
        + "".join(f"{10000 + i},{p.name},{3000000 + i * 1000},{120000 + i},{30000}\n" for i, p in enumerate(C[:10])),
        "a.csv",
    ),
    Case(
        "care",
        10,
        "被保険者番号,氏名,要介護状態区分,認定有効期間\n"
        + "".join(
            f"{1000000000 + i * 7:010},{p.name},要介護{1 + i % 5},2024/4/1～2026/3/31\n" for i, p in enumerate(C[:10])
        ),
        "a.csv",
    ),
    Case(
        "evac",
        10,
        "自治会名,氏名,年齢,性別,支援を要する理由,緊急連絡先氏名\n"
        + "".join(f"{p.town}自治会,{p.name},{70 + i},{p.sex},歩行困難,\n" for i, p in enumerate(C[:10])),
        "a.csv",
    ),
    Case(
        "mail-jis",
        3,
        (
            b"From: a@city.example.lg.jp\nTo: b@city.example.lg.jp\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: 7bit\n\n"
        )
        + ("次の3名です。\n" + "".join(f"・{p.surname} {p.given}（{p.birth}生）{p.mobile}\n" for p in C[:3])).encode(
            "iso2022_jp"
        ),
        "a.eml",
    ),
    Case(
        "staff-card",
        0,
        f"平塚市 福祉部 高齢福祉課 主任\n{A.name}\n〒254-8686 平塚市浅間町9-1\nTEL 0463-23-1111（内線2211）\nE-mail kourei@city.example.lg.jp\n",
    ),
    Case(
        "phone-memo",
        1,
        f"電話メモ\n日時 5/10 10:15\n相手 {A.surname}{A.given}様（{A.town}）\n折返し {A.mobile}\n用件 介護認定の結果について\n受付 {B.surname}\n",
    ),
    Case(
        "counter-log",
        3,
        "".join(f"10:{i}5 {p.surname}{p.given}さん来庁。転居届。新住所 {p.address}\n" for i, p in enumerate(C[10:13])),
    ),
    Case(
        "case-note",
        1,
        f"ケース記録（要保護児童）\n児童名：{A.surname}{A.given}（H27.4.3生 小3）\n母：{A.surname}{B.given}\n経過：学校から虐待通告。\n",
    ),
    Case(
        "case-note-2",
        2,
        f"ケース記録\n児童：{A.surname}{A.given}（平成27年4月3日生）\n母：{A.surname}{B.given}（38歳）　電話：{A.mobile}\n",
    ),
    Case("divorce", 2, f"離婚届受理\n夫　{A.name}　昭和50年1月2日生\n妻　{A.surname} {B.given}　昭和53年4月5日生\n"),
    Case("death", 1, f"死亡届\n死亡者　{E.name}　昭和5年6月7日生　{E.address}\n火葬許可番号 123\n"),
    Case(
        "juki-text",
        3,
        f"世帯主　{A.name}\n住所　{A.address}\n\n続柄 氏名 生年月日 性別\n世帯主 {A.name} 昭和45年1月2日 男\n妻 {A.surname} {B.given} 昭和48年3月4日 女\n長女 {A.surname} {D.given} 平成15年5月6日 女\n",
    ),
    Case(
        "questionnaire",
        0,
        "アンケート結果\n回答者：男 45人、女 55人\n20代 10人、30代 20人、40代 30人\nQ1 満足 60% 不満 40%\n",
    ),
    Case(
        "questionnaire-free",
        1,
        f"問10 ご意見\n「道路の陥没を直してほしい」（匿名）\n「連絡ください。{A.surname}{A.given} {A.mobile}」\n",
    ),
    Case("obituary", 0, f"訃報　元市議会議員 {A.name}氏が5月10日、老衰のため死去しました。\n"),
    Case(
        "award-list",
        0,
        "永年勤続表彰\n"
        + "".join(
            f"　{p.surname}　{p.given}（{['総務課', '税務課', '市民課'][i % 3]}）30年\n" for i, p in enumerate(C[:10])
        ),
    ),
    Case(
        "committee-term",
        0,
        "民生委員推薦会委員名簿（任期 令和5年4月1日～令和8年3月31日）\n"
        + "".join(
            f"{p.name}　{['市議会議員', '社会福祉協議会会長', '学識経験者'][i % 3]}\n" for i, p in enumerate(C[:10])
        ),
    ),
    Case(
        "minsei",
        10,
        "民生委員名簿\n氏名,担当地区,住所,電話番号\n"
        + "".join(f"{p.name},{p.town},{p.short},{p.phone}\n" for p in C[:10]),
        "a.csv",
    ),
    Case(
        "applicants",
        10,
        "受験番号,氏名,ふりがな,最終学歴,携帯\n"
        + "".join(f"A{i:03},{p.name},{p.kana},大学卒,{p.mobile}\n" for i, p in enumerate(C[:10])),
        "a.csv",
    ),
    Case("pass-list-numbers", 0, "合格者受験番号\n" + "".join(f"A{i:03}\n" for i in range(30))),
    Case("lost", 1, f"遺失物届\n届出人 {A.name} 電話 {A.mobile}\n品名 財布\n"),
    Case(
        "library-users",
        10,
        "利用者番号,氏名,貸出冊数,電話\n"
        + "".join(f"{20000 + i},{p.name},{i},{p.phone}\n" for i, p in enumerate(C[:10])),
        "a.csv",
    ),
    Case(
        "novel2",
        0,
        "山田太郎は三十歳だった。鈴木一郎と会ったのは三月のことである。「太郎さん」と花子が呼んだ。\n昭和二十年八月十五日、佐藤花子は空を見上げた。\n",
    ),
    Case(
        "history-people",
        0,
        "【市の偉人】\n二宮尊徳（1787年-1856年）は小田原の人。\n岩崎弥太郎（天保5年12月11日生）は三菱の創業者。\n渋沢栄一は1840年3月16日に生まれた。\n",
    ),
    Case(
        "emergency-list",
        0,
        "緊急時連絡先一覧\n平塚警察署 0463-31-0110\n平塚市消防本部 0463-21-3240\n平塚市民病院 0463-32-0015\n東京電力 0120-995-007\n",
    ),
    Case(
        "shop-owner",
        0,
        "登録店一覧\n店名,代表者,所在地,TEL\n"
        + "".join(f"{p.surname}酒店,{p.name},{p.short},{p.phone}\n" for p in C[:10]),
        "a.csv",
    ),
    Case(
        "bus",
        0,
        "運行便,運転手,車両番号\n" + "".join(f"{i}便,{p.name},湘南200か{1000 + i}\n" for i, p in enumerate(C[:10])),
        "a.csv",
    ),
    Case(
        "html-form",
        1,
        f"<html><body><form><label>氏名</label><input value='{A.name}'><label>電話番号</label><input value='{A.mobile}'></form></body></html>",
        "a.html",
    ),
    Case(
        "html-dl",
        1,
        f"<html><body><dl><dt>氏名</dt><dd>{A.name}</dd><dt>住所</dt><dd>{A.address}</dd></dl></body></html>",
        "a.html",
    ),
    Case(
        "html-table-form",
        1,
        f"<table><tr><th>氏名</th><td>{A.name}</td></tr><tr><th>生年月日</th><td>{A.era}</td></tr></table>",
        "a.html",
    ),
    Case(
        "html-cards",
        5,
        "<html><body>"
        + "".join(f"<div class='card'><h3>{p.name}</h3><p>{p.address}</p><p>TEL {p.phone}</p></div>" for p in C[:5])
        + "</body></html>",
        "a.html",
    ),
    Case(
        "json-nested",
        3,
        json.dumps(
            {
                "data": {
                    "citizens": [
                        {"person": {"name": p.name, "birth": p.slashed}, "contact": {"tel": p.mobile}} for p in C[:3]
                    ]
                }
            },
            ensure_ascii=False,
        ),
        "a.json",
    ),
    Case("json-one", 1, json.dumps({"氏名": A.name, "住所": A.address}, ensure_ascii=False), "a.json"),
    Case(
        "jsonl",
        5,
        "\n".join(json.dumps({"name": p.name, "phone": p.phone}, ensure_ascii=False) for p in C[:5]),
        "a.jsonl",
    ),
    Case("toml", 2, "".join(f'[[person]]\nname = "{p.name}"\nphone = "{p.phone}"\n\n' for p in C[:2]), "a.toml"),
    Case(
        "log-people",
        3,
        "".join(
            f"2024-05-10 10:00:0{i} INFO register user name={p.surname}{p.given} tel={p.mobile} ip=10.0.0.{i}\n"
            for i, p in enumerate(C[:3])
        ),
        "a.log",
    ),
    Case(
        "sql",
        5,
        "CREATE TABLE citizen (id int, name text, tel text);\n"
        + "".join(f"INSERT INTO citizen VALUES ({i},'{p.name}','{p.phone}');\n" for i, p in enumerate(C[:5])),
        "a.sql",
    ),
    Case(
        "fixed",
        10,
        "".join(
            f"{i:05}{(p.surname + '　' + p.given).ljust(10, '　')}{p.kana.replace(' ', '　').ljust(16, '　')}{p.slashed.replace('/', '')}{p.phone.ljust(13)}\n"
            for i, p in enumerate(C[:10])
        ).encode("cp932"),
        "a.txt",
    ),
    Case(
        "mixed-eras",
        5,
        "氏名,生年月日\n"
        + "".join(
            f"{p.name},{d}\n"
            for p, d in zip(
                C[:5],
                ["明治45年7月1日", "大正元年8月2日", "昭和64年1月7日", "平成元年1月8日", "令和元年5月1日"],
                strict=True,
            )
        ),
        "a.csv",
    ),
    Case(
        "era-letters",
        5,
        "氏名,生年月日\n"
        + "".join(
            f"{p.name},{d}\n" for p, d in zip(C[:5], ["S45.1.2", "H1.3.4", "R2/5/6", "T12.9.1", "3450102"], strict=True)
        ),
        "a.csv",
    ),
    Case("ages-only-text", 3, "".join(f"{p.surname}{p.given}さん {40 + i}歳\n" for i, p in enumerate(C[:3]))),
    Case(
        "no-name-attrs",
        0,
        "住所,電話番号,生年月日\n" + "".join(f"{p.address},{p.phone},{p.slashed}\n" for p in C[:10]),
        "a.csv",
    ),
    Case("kana-prose", 1, "サトウハナコさん（カタカナ登録）の電話は" + A.mobile + "です。\n"),
    Case("hira-form", 1, "おなまえ：さとう はなこ\nでんわ：" + A.phone + "\n"),
    Case("double-count", 10, "氏名,電話\n" + "".join(f"{p.name},{p.phone}\n" for p in C[:10]) + "合計,10件\n", "a.csv"),
    Case(
        "notes-end",
        10,
        "氏名,電話\n" + "".join(f"{p.name},{p.phone}\n" for p in C[:10]) + "※担当：税務課 佐藤,0463-23-1111\n",
        "a.csv",
    ),
    Case("qr", 0, "https://example.com/?id=1234567890123&token=abcdefABCDEF0123456789abcdefABCDEF\n"),
    Case(
        "base64-image",
        0,
        "data:image/svg+xml;base64,"
        + base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'><text>hello</text></svg>").decode()
        + "\n",
    ),
    Case(
        "cert-pem",
        0,
        "-----BEGIN CERTIFICATE-----\n"
        + "\n".join(base64.b64encode(bytes((i * j * 7 + 3) % 256 for i in range(48))).decode() for j in range(1, 20))
        + "\n-----END CERTIFICATE-----\n",
    ),
    Case(
        "hash-list",
        0,
        "".join(f"{(i * 2654435761) % 2**64:016x}{(i * 40503) % 2**64:016x}  file{i}.txt\n" for i in range(30)),
    ),
    Case(
        "meeting-citizens",
        2,
        f"市民説明会 質疑\n{A.surname}{A.given}（{A.address}）：騒音対策は？\n{B.surname}{B.given}（{B.address}）：補償は？\n市長：検討します。\n",
    ),
    Case(
        "petition",
        5,
        "請願署名簿\n" + "".join(f"{i + 1}　{p.address}　{p.surname}　{p.given}\n" for i, p in enumerate(C[:5])),
    ),
    Case("donors-names", 0, "寄附者芳名\n" + "".join(f"{p.surname}　{p.given}　様　10,000円\n" for p in C[:10])),
    Case(
        "land",
        5,
        "地番,地目,地積,所有者氏名,所有者住所\n"
        + "".join(f"{p.town}{i + 100}番1,宅地,120.5,{p.name},{p.short}\n" for i, p in enumerate(C[:5])),
        "a.csv",
    ),
    Case("address-label-one", 1, f"254-0041\n平塚市{A.address}\n　ハイツ緑101\n{A.surname}　{A.given}　様\n"),
    Case(
        "fax",
        0,
        f"FAX送信票\n宛先：神奈川県庁 市町村課 {A.surname}様\nFAX 045-210-1111\n発信：平塚市 総務課 {B.surname}\nTEL 0463-23-1111\n枚数：3枚\n",
    ),
    Case(
        "ward-office-thanks",
        0,
        f"{A.surname}{A.given}様\n\nこの度はお問い合わせいただきありがとうございます。\n担当課は環境課（0463-23-1111）です。\n",
    ),
]

NOTES = [
    # prose variety
    Case(
        "note-1",
        1,
        f"本日、{A.name}氏（昭和30年生まれ）が来庁し、国民健康保険料の減免について相談された。世帯収入は月12万円。\n",
    ),
    Case("note-2", 2, f"{A.surname}{A.given}・{B.surname}{B.given}夫妻（{A.address}、電話{A.phone}）が来庁。\n"),
    Case(
        "note-3",
        1,
        f"さきほどの{A.surname}{A.given}様の件ですが、ご住所は{A.town}{A.house[0]}の{A.house[1]}で合っていますでしょうか。\n",
    ),
    Case(
        "note-4",
        1,
        f"当該児童は{A.surname}{A.given}、平成28年5月生まれ、{A.town}小学校2年。父からの身体的虐待の疑い。\n",
    ),
    Case("note-5", 1, f"債務者{A.name}（{A.address}）に対し、令和6年4月1日付けで差押えを執行した。\n"),
    Case(
        "note-6",
        1,
        f"通報者：匿名\n対象者：{A.surname}{A.given}（80代女性）\n状況：息子から暴言。{A.town}{A.house[0]}丁目在住。\n",
    ),
    Case(
        "note-7",
        3,
        f"出欠連絡\n{A.surname}{A.given} 出席 {A.mobile}\n{B.surname}{B.given} 欠席 {B.mobile}\n{D.surname}{D.given} 未定 {D.mobile}\n",
    ),
    Case("note-9", 1, f"{A.name}さんのお子さん（3歳）が保育園で発熱。連絡先 {A.mobile}\n"),
    Case(
        "note-10",
        0,
        f"{A.surname}市長は記者会見で、「来年度予算は500億円規模」と述べた。問い合わせは財政課 電話{_tel(0)}。\n",
    ),
    Case("note-11", 0, f"小説家・{A.surname}{A.given}の代表作『海』（1965年）は当市を舞台とする。\n"),
    Case("note-12", 0, f"市議会は5月10日、{A.surname}{A.given}議長の議会運営について協議した。\n"),
    Case("note-13", 0, f"{A.surname}{A.given}選手（平塚市出身）が5月10日の大会で優勝した。記録は10秒05。\n"),
    Case("note-14", 1, f"申請者　住所　平塚市{A.address}\n　　　　氏名　{A.name}　㊞\n　　　　電話　{A.phone}\n"),
    Case(
        "note-15",
        1,
        f"（あて先）平塚市長\n\n令和6年5月10日\n\n住　所　{A.address}\n氏　名　{A.name}\n生年月日　{A.era}\n\n児童手当の受給資格について届け出ます。\n",
    ),
    Case(
        "note-16",
        2,
        f"（あて先）平塚市長\n委任者（頼む人）\n住所 {A.address}\n氏名 {A.name}\n生年月日 {A.era}\n\n代理人（頼まれる人）\n住所 {B.address}\n氏名 {B.name}\n生年月日 {B.era}\n",
    ),
    Case("note-18", 2, f"同居家族：夫 {A.name}（52）、妻 {A.surname} {B.given}（49）\n住所：{A.address}\n"),
    Case(
        "note-19",
        1,
        f"To: 福祉課各位\n{A.surname}{A.given}さん（要介護3、{A.short}）のショートステイ利用について、\nケアマネの{B.surname}さんから連絡がありました。\n",
    ),
    Case(
        "note-20",
        1,
        f"＜応募用紙＞\nペンネーム：うみねこ\n本名：{A.name}\n年齢：34\n住所：〒254-0041 平塚市{A.short}\n作品名：海の見える街\n",
    ),
    Case(
        "note-21", 0, f"請負者　平塚市{A.short}　{A.surname}建設株式会社　代表取締役　{A.name}\n契約金額 12,000,000円\n"
    ),
    Case("note-22", 0, f"指定管理者：NPO法人みどりの会　理事長 {A.name}\n所在地：平塚市{A.short}　電話：{_tel(3)}\n"),
    Case("note-23", 0, f"開業届出 {A.surname}歯科医院　院長 {A.name}　平塚市{A.short}　{_tel(4)}\n"),
    Case(
        "note-24",
        0,
        f"主催 平塚市　共催 平塚商工会議所　後援 神奈川県\n会場 平塚市{A.short} 中央公民館\n出演 {A.name}（ピアノ）、{B.name}（バイオリン）\n入場料 1,000円\n",
    ),
    Case("note-25", 1, f"【氏名】{A.name}【フリガナ】{A.kana}【電話】{A.mobile}【メール】{A.email}\n"),
    Case(
        "note-26",
        3,
        "\n".join(f"{i}）{p.surname} {p.given}／{p.sex}／{40 + i}歳／{p.town}" for i, p in enumerate(C[:3], 1)) + "\n",
    ),
    Case("note-27", 3, "\n".join(f"{p.name}<{p.email}>" for p in C[:3]) + "\n"),
    Case("note-28", 3, "; ".join(f'"{p.name}" <{p.email}>' for p in C[:3]) + "\n"),
    Case(
        "note-29",
        1,
        f"Name: {A.roman}\nDate of Birth: 1988-03-04\nAddress: 1-2-3 Honcho, Hiratsuka-shi, Kanagawa\nPassport No.: TR1234567\n",
    ),
    Case("note-30", 1, "Full name: Nguyen Van An\nNationality: Viet Nam\nResidence Card: AB12345678CD\n"),
    Case(
        "note-31",
        2,
        "氏名,国籍,在留カード番号\nNGUYEN VAN AN,ベトナム,AB12345678CD\nWANG XIAOMING,中国,CD87654321EF\n",
        "a.csv",
    ),
    Case("note-32", 2, "氏名（本名）,通称名,住所\n金 哲洙,金田 哲也,本町1-2-3\n李 美蘭,木村 美蘭,中央2-3-4\n", "a.csv"),
    Case(
        "note-33",
        5,
        "整理番号\t氏名\tカナ\t生年月日\t性別\t住所\n"
        + "".join(
            f"{i}\t{p.surname}　{p.given}\t{p.kana}\t{p.era}\t{p.sex}\t{p.address}\n" for i, p in enumerate(C[:5])
        ),
        "a.tsv",
    ),
    Case(
        "note-34",
        5,
        "タイトル：敬老会対象者名簿（令和6年度）\n作成：高齢福祉課\n\n氏名,年齢,住所\n"
        + "".join(f"{p.name},{75 + i},{p.short}\n" for i, p in enumerate(C[:5])),
        "a.csv",
    ),
    Case(
        "note-35",
        5,
        "姓,名,セイ,メイ,郵便番号,都道府県,市区町村,番地,電話\n"
        + "".join(
            f"{p.surname},{p.given},{p.kana.split()[0]},{p.kana.split()[1]},254-0041,神奈川県,平塚市,{p.short},{p.phone}\n"
            for p in C[:5]
        ),
        "a.csv",
    ),
    Case("note-36", 0, "年度,申請件数,許可件数,不許可件数\n2021,120,110,10\n2022,130,121,9\n", "a.csv"),
    Case(
        "note-37",
        0,
        "課名,担当者,電話番号,FAX\n税務課,佐藤 太郎,0463-21-1111,0463-21-1112\n市民課,鈴木 花子,0463-21-1113,0463-21-1114\n",
        "a.csv",
    ),
    Case("note-38", 0, "氏名,所属,出欠\n" + "".join(f"{p.name},{p.town}自治会,出席\n" for p in C[:10]), "a.csv"),
    Case(
        "note-39",
        0,
        "講座名,講師名,日時,定員\n" + "".join(f"健康{i},{p.name},5/{i + 1} 10:00,20名\n" for i, p in enumerate(C[:8])),
        "a.csv",
    ),
    Case(
        "note-40",
        0,
        "作品名,作者,制作年,技法\n" + "".join(f"海{i},{p.name},{1950 + i}年,油彩\n" for i, p in enumerate(C[:8])),
        "a.csv",
    ),
    Case(
        "note-41",
        0,
        "文化財名称,所有者,所在地,指定年月日\n"
        + "".join(f"木造仏{i},{p.town}寺,平塚市{p.short},昭和50年3月{i + 1}日\n" for i, p in enumerate(C[:8])),
        "a.csv",
    ),
    Case(
        "note-42",
        0,
        "歴代市長\n"
        + "".join(
            f"第{i + 1}代　{p.surname} {p.given}　昭和{30 + i}年4月～昭和{34 + i}年3月\n" for i, p in enumerate(C[:6])
        ),
    ),
    Case(
        "note-43", 0, "当選人\n" + "".join(f"{p.name}　無所属　新　{5000 - i * 100}票\n" for i, p in enumerate(C[:6]))
    ),
    Case("note-44", 0, "表彰者一覧\n緑化功労者　" + "、".join(p.surname + p.given for p in C[:6]) + "\n"),
    Case(
        "note-45",
        0,
        "図書館おすすめ本\n1. 『坂の上の雲』司馬遼太郎 文藝春秋 913.6/シ/1\n2. 『こころ』夏目漱石 新潮文庫\n",
    ),
    Case("note-46", 0, "バス停時刻表 平塚駅北口 本町 中央 7:00 7:15 7:30 電話 " + _tel(5) + "\n"),
    Case("note-47", 0, "def main():\n    name = '山田太郎'\n    print(name)\n# TODO: fix by 2024-05-10\n", "a.py"),
    Case(
        "note-48",
        0,
        "SELECT name, tel FROM citizens WHERE birth < '1980-01-01';\nCREATE INDEX i ON citizens(name);\n",
        "a.sql",
    ),
    Case(
        "note-49",
        0,
        "error: user not found (uid=1002) at 2024-05-10T12:00:00+09:00 host=web01.example.lg.jp\n" * 20,
        "a.log",
    ),
    Case(
        "note-50",
        0,
        "納入通知書\n湘南商事株式会社 御中\n法人番号 7000012050002\n納期限 令和6年6月30日 金額 120,000円\n問合せ 資産税課 "
        + _tel(1)
        + "\n",
    ),
    Case("note-52", 1, f"氏名/{A.name} 生年月日/{A.slashed} 電話/{A.mobile}\n"),
    Case("note-54", 3, "".join(f"{p.name}\n{p.address}\n{p.phone}\n\n" for p in C[:3])),
    Case(
        "note-55",
        3,
        "".join(f"＜{i}＞\n名前　{p.surname}{p.given}\n誕生日　{p.birth}\n\n" for i, p in enumerate(C[:3], 1)),
    ),
]

MORE_NOTES = [
    Case("more-1", 1, f"契約者　{A.name}　殿\n証券番号 1234567\n生年月日 {A.era}\n"),
    Case("more-2", 2, f"被相続人 {A.name}（昭和10年1月2日生、令和5年3月4日死亡）\n相続人 {B.name}（{B.address}）\n"),
    Case("more-3", 1, f"上記の者（{A.name}、{A.slashed}生）は、要介護4と認定する。\n"),
    Case(
        "more-4",
        3,
        "【参加者】\n" + "".join(f"{p.name}様（{p.phone}）\n" for p in C[:3]) + "【講師】\n" + f"{A.name}先生\n",
    ),
    Case("more-5", 3, "1.氏名 2.住所 3.電話\n" + "".join(f"1.{p.name} 2.{p.short} 3.{p.phone}\n" for p in C[:3])),
    Case(
        "more-6",
        3,
        "".join(
            f"■{p.name}（{p.kana}） {p.sex} {30 + i}歳\n　〒254-00{i}1 平塚市{p.address}\n　TEL {p.phone}\n"
            for i, p in enumerate(C[:3])
        ),
    ),
    Case("more-7", 5, "氏名,備考\n" + "".join(f"{p.name},電話 {p.phone} に連絡\n" for p in C[:5]), "a.csv"),
    Case("more-8", 5, "氏名・住所\n" + "".join(f"{p.name}　{p.address}\n" for p in C[:5]), "a.csv"),
    Case("more-9", 5, "氏名(年齢)\n" + "".join(f"{p.name}({40 + i})\n" for i, p in enumerate(C[:5])), "a.csv"),
    Case(
        "more-10",
        5,
        "氏名,氏名カナ,備考\n" + "".join(f"{p.name},{p.kana},要介護{1 + i % 5}\n" for i, p in enumerate(C[:5])),
        "a.csv",
    ),
    Case(
        "more-11",
        0,
        "氏名,氏名カナ,備考\n" + "".join(f"{p.name},{p.kana},欠席\n" for i, p in enumerate(C[:5])),
        "a.csv",
    ),
    Case(
        "more-12",
        10,
        "①氏名②年齢③性別\n" + "".join(f"{p.surname}{p.given} {30 + i} {p.sex}\n" for i, p in enumerate(C[:10])),
    ),
    Case(
        "more-13",
        4,
        "児童名,生年月日,父,母,住所\n"
        + "".join(
            f"{p.surname}{p.given},2018/4/{i + 1},{p.surname}一郎,{p.surname}良子,{p.short}\n"
            for i, p in enumerate(C[:1])
        )
        + f"{C[2].surname}{C[2].given},2019/4/2,,,{C[2].short}\n",
        "a.csv",
    ),
    Case("more-14", 0, "月,相談件数,うち虐待,うちDV\n4月,12,3,2\n5月,15,4,1\n", "a.csv"),
    Case("more-15", 1, f"納骨堂使用者 {A.name} 平塚市{A.address}\n"),
    Case("more-16", 1, f"{A.surname} {A.given} <{A.email}> さんからの投稿:\n街灯が切れています。\n"),
    Case("more-17", 2, f"[{A.surname}{A.given}] {A.mobile}\n[{B.surname}{B.given}] {B.mobile}\n"),
    Case("more-18", 5, "No|氏名|TEL\n" + "".join(f"{i}|{p.name}|{p.mobile}\n" for i, p in enumerate(C[:5]))),
    Case(
        "more-19",
        5,
        "\t".join(["氏名", "TEL", "氏名", "TEL"])
        + "\n"
        + f"{C[0].name}\t{C[0].phone}\t{C[1].name}\t{C[1].phone}\n{C[2].name}\t{C[2].phone}\t{C[3].name}\t{C[3].phone}\n{C[4].name}\t{C[4].phone}\t\t\n",
        "a.tsv",
    ),
    Case(
        "more-20",
        0,
        "平塚市役所\n代表電話 0463-23-1111\n市長 "
        + A.name
        + "\n副市長 "
        + B.name
        + "\n人口 258,000人 世帯数 115,000\n",
    ),
    Case(
        "more-21",
        0,
        "".join(
            f"5月{i + 1}日（月） 日直 {p.surname} 宿直 {C[i + 8].surname} 連絡先 内線{2000 + i}\n"
            for i, p in enumerate(C[:8])
        ),
    ),
    Case("more-22", 0, "当番表\n月 佐藤・鈴木\n火 高橋・田中\n水 伊藤・渡辺\n電話当番は内線 2100\n"),
    Case(
        "more-23",
        0,
        "※個人情報の取扱い：ご記入いただいた氏名・住所・電話番号は、本事業以外に使用しません。問合せ 0463-23-1111\n",
    ),
    Case(
        "more-24",
        0,
        "氏名　　　　　　　　　電話　　　　　　　　\n住所　〒　　－　　　　平塚市\n生年月日 S・H・R　　年　　月　　日\n",
    ),
    Case(
        "more-25",
        1,
        f"氏名　{A.name}　　　　　電話　{A.phone}\n住所　〒254-0041 平塚市{A.short}\n生年月日 S・H・R　40年 5月 6日\n",
    ),
    Case("more-26", 1, f"性別：□男 ■女\n氏名：{A.name}\n"),
    Case("more-27", 0, "国勢調査 調査区 本町1丁目 世帯 120 人口 300（男 150 女 150）\n調査員 " + A.surname + "\n"),
    Case(
        "more-29",
        2,
        json.dumps(
            {"applicant": {"name": A.name, "tel": A.mobile}, "guardian": {"name": B.name, "tel": B.mobile}},
            ensure_ascii=False,
        ),
        "a.json",
    ),
    Case("more-30", 1, f"<ul><li>氏名：{A.name}</li><li>電話：{A.mobile}</li></ul>", "a.html"),
    Case(
        "more-31",
        3,
        "<table><tr><td>氏名</td><td>電話</td></tr>"
        + "".join(f"<tr><td>{p.surname}<br>{p.given}</td><td>{p.phone}</td></tr>" for p in C[:3])
        + "</table>",
        "a.html",
    ),
    Case(
        "more-32",
        1,
        f"To: {A.name} <{A.email}>\nFrom: 平塚市 <info@city.example.lg.jp>\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{B.name}様の電話は{B.mobile}です。\n",
        "a.eml",
    ),
]
