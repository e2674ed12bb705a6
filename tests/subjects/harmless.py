"""Innocent look-alikes: what a town hall sends out every day and nobody needs to hold."""

from __future__ import annotations

from dlp.detect import checks
from tests.subjects.clerks import C, Case, with_check


def _tel(i: int) -> str:
    return f"0463-{21 + i % 9}-{1111 + i * 37}"


def _jan(i: int) -> str:
    return with_check(f"49{10**9 + i * 7717:010}", checks.jan)


def _isbn(i: int) -> str:
    return with_check(f"978400{i * 77:06}", checks.jan)


def _parcel(i: int) -> str:
    return with_check(f"{44441370000 + i * 7:011}", checks.parcel)


def _corporate(i: int) -> str:
    body = f"{700110005000 + i * 131}"
    return next(d + body for d in "0123456789" if checks.corporate_number(d + body))


_PLACES = "中央公民館 市民センター 本町図書館 花水公民館 勤労会館 総合体育館 博物館 美術館 子ども会館 福祉会館".split()
_STREETS = (
    "本町1-2-3 中央2-4-5 緑が丘3-1-1 桜ヶ丘10-2 栄町5-6 東八幡1-1-8 西新町2-2 旭町4-20 若松町7-1 松が丘9-9".split()
)
_SECTIONS = "総務課 税務課 市民課 福祉課 環境課 都市計画課 教育総務課 財政課 職員課 広報課".split()
_STATIONS = "平塚 大磯 二宮 国府津 鴨宮 小田原 早川 根府川 真鶴 湯河原 熱海 茅ヶ崎 辻堂 藤沢".split()
_ROWS = range(10)
_NAMES = [p.name for p in C]


def rows(header: str, *lines: str) -> str:
    return "\n".join((header, *lines)) + "\n"


HARMLESS = [
    Case(
        "facilities",
        0,
        rows("施設名,所在地,電話番号", *(f"{_PLACES[i]},{_STREETS[i]},{_tel(i)}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "facilities-text",
        0,
        "".join(f"■{_PLACES[i]}\n住所：平塚市{_STREETS[i]}\n電話：{_tel(i)}\n開館時間：9:00〜21:00\n\n" for i in _ROWS),
    ),
    Case(
        "facilities-head",
        0,
        rows("施設名,館長,所在地,電話番号", *(f"{_PLACES[i]},{_NAMES[i]},{_STREETS[i]},{_tel(i)}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "clinics",
        0,
        rows(
            "医療機関名,院長,診療科目,所在地,電話",
            *(f"{C[i].surname}医院,{_NAMES[i]},内科,{_STREETS[i]},{_tel(i)}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "clinics-plain",
        0,
        rows("名称,住所,電話番号", *(f"{C[i].surname}内科クリニック,{_STREETS[i]},{_tel(i)}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "shops", 0, rows("店舗名,住所,電話", *(f"{C[i].surname}商店,{_STREETS[i]},{_tel(i)}" for i in _ROWS)), "a.csv"
    ),
    Case("roster-duty", 0, rows("日付,当番,内線", *(f"5月{i + 1}日,{_NAMES[i]},{2000 + i}" for i in _ROWS)), "a.csv"),
    Case(
        "roster-office",
        0,
        rows("部署,職名,氏名,電話番号", *(f"{_SECTIONS[i]},課長,{_NAMES[i]},{_tel(0)}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "roster-mail",
        0,
        rows(
            "所属,役職,氏名,内線,メール",
            *(
                f"{_SECTIONS[i]},主任,{_NAMES[i]},{3000 + i},{C[i].roman.split()[0].lower()}@city.example.lg.jp"
                for i in _ROWS
            ),
        ),
        "a.csv",
    ),
    Case(
        "transfers",
        0,
        "令和6年4月1日付け人事異動\n\n【部長級】\n"
        + "".join(f"{_SECTIONS[i]}長　{_NAMES[i]}（{_SECTIONS[(i + 3) % 10]}長）\n" for i in _ROWS),
    ),
    Case(
        "transfers-table",
        0,
        rows(
            "新所属,新職名,氏名,旧所属,旧職名",
            *(f"{_SECTIONS[i]},課長,{_NAMES[i]},{_SECTIONS[(i + 1) % 10]},主幹" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case("retirees", 0, "退職者（3月31日付）\n" + "".join(f"{_SECTIONS[i]}　主査　{_NAMES[i]}\n" for i in _ROWS)),
    Case(
        "council",
        0,
        rows(
            "議席,氏名,会派,期数,常任委員会", *(f"{i + 1},{_NAMES[i]},市民の会,{1 + i % 5}期,総務経済" for i in _ROWS)
        ),
        "a.csv",
    ),
    Case(
        "council-birth",
        0,
        "市議会議員名簿\n" + "".join(f"{i + 1}番　{_NAMES[i]}議員　無所属　{1 + i % 4}期\n" for i in _ROWS),
    ),
    Case(
        "council-contact",
        0,
        rows(
            "議席番号,議員名,会派,当選回数,事務所電話",
            *(f"{i + 1},{_NAMES[i]},公明党,{1 + i % 5},{_tel(i)}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "statistics",
        0,
        rows(
            "町丁字,世帯数,男,女,計",
            *(f"{C[i].town}{i % 3 + 1}丁目,{100 + i},{120 + i},{130 + i},{250 + 2 * i}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "statistics-text",
        0,
        "".join(f"{C[i].town}{i % 3 + 1}丁目　世帯数 {100 + i}　男 {120 + i}　女 {130 + i}\n" for i in _ROWS),
    ),
    Case(
        "statistics-age",
        0,
        rows("年齢,男,女,総数", *(f"{i * 5}～{i * 5 + 4}歳,{1200 + i},{1300 + i},{2500 + 2 * i}" for i in range(20))),
        "a.csv",
    ),
    Case(
        "library",
        0,
        rows(
            "書名,著者名,出版社,出版年,ISBN",
            *(f"町の歴史{i},{_NAMES[i]},平塚書房,{1990 + i},{_isbn(i)}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "library-text",
        0,
        "".join(f"{_NAMES[i]}『湘南の{i}月』平塚書房、{1990 + i}年、ISBN {_isbn(i)}\n" for i in _ROWS),
    ),
    Case("library-birth", 0, "".join(f"{_NAMES[i]}（{1880 + i}年〜{1950 + i}年）著『湘南の{i}月』\n" for i in _ROWS)),
    Case(
        "jan",
        0,
        rows("JANコード,商品名,価格", *(f"{_jan(i)},{'鉛筆 消しゴム ノート'.split()[i % 3]},{100 * i}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "parcels",
        0,
        rows("送り状番号,発送日,状況", *(f"{_parcel(i)},2024-05-{i + 1:02},配達完了" for i in range(20))),
        "a.csv",
    ),
    Case("parcels-bare", 0, "".join(f"{_parcel(i)}\n" for i in range(40))),
    Case(
        "corporates",
        0,
        rows(
            "法人番号,商号又は名称,所在地",
            *(f"{_corporate(i)},株式会社{C[i].surname}建設,平塚市{_STREETS[i]}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "corporates-heads",
        0,
        rows(
            "商号,代表者氏名,所在地,電話",
            *(f"株式会社{C[i].surname}組,{_NAMES[i]},平塚市{_STREETS[i]},{_tel(i)}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "results",
        0,
        rows("順位,氏名,所属,記録", *(f"{i + 1},{_NAMES[i]},湘南走友会,1:{10 + i}:{20 + i}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "results-text",
        0,
        "第10回市民マラソン大会 結果\n10km男子\n"
        + "".join(f"{i + 1}位　{_NAMES[i]}（{_PLACES[i]}クラブ）　3{i}分{20 + i}秒\n" for i in _ROWS),
    ),
    Case(
        "results-grade",
        0,
        rows(
            "種目,順位,氏名,学年,学校名,記録",
            *(f"100m,{i + 1},{_NAMES[i]},{1 + i % 3}年,中央中,1{i % 3}.{i}2" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case("passed", 0, "合格者発表\n" + "".join(f"{1001 + i}　{_NAMES[i]}\n" for i in range(20))),
    Case(
        "awards",
        0,
        "標語コンクール入賞者\n最優秀賞　"
        + _NAMES[1]
        + "（中央小6年）\n優秀賞　"
        + _NAMES[2]
        + "（本町小5年）\n佳作　"
        + "、".join(_NAMES[3:9])
        + "\n",
    ),
    Case(
        "minutes",
        0,
        f"第3回総務委員会 会議録\n日時：令和6年5月10日 10時\n場所：市役所本館3階\n出席委員：{'、'.join(_NAMES[:6])}\n\n○委員長（{_NAMES[0]}）　ただいまから会議を開きます。\n○{C[1].surname}委員　予算について伺います。1億2,000万円の内訳は。\n○財政課長（{_NAMES[2]}）　お答えします。\n",
    ),
    Case(
        "minutes-long",
        0,
        "市議会定例会会議録\n令和6年3月5日（火曜日）\n出席議員（10名）\n"
        + "".join(f"{i + 1}番　{_NAMES[i]}君\n" for i in _ROWS)
        + f"説明のため出席した者\n市長　{_NAMES[11]}君\n副市長　{_NAMES[12]}君\n教育長　{_NAMES[13]}君\n",
    ),
    Case(
        "stations",
        0,
        rows("駅名,よみ,キロ程,開業日", *(f"{s},{s},{i * 4}.{i},1887年7月{i + 1}日" for i, s in enumerate(_STATIONS))),
        "a.csv",
    ),
    Case("stations-plain", 0, "、".join(_STATIONS) + "の各駅に停車します。電話 " + _tel(1) + "\n"),
    Case(
        "postal",
        0,
        rows("郵便番号,都道府県,市区町村,町域", *(f"254-00{i:02},神奈川県,平塚市,{C[i].town}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "postal-ken",
        0,
        "".join(
            f'14203,"254  ","25400{i:02}","ｶﾅｶﾞﾜｹﾝ","ﾋﾗﾂｶｼ","ﾎﾝﾁｮｳ","神奈川県","平塚市","{C[i].town}",0,0,0,0,0,0\n'
            for i in _ROWS
        ),
        "KEN_ALL.CSV",
    ),
    Case(
        "invoice",
        0,
        f"請求書\n株式会社{C[2].surname}工業 御中\n〒254-0041 神奈川県平塚市浅間町9-1\n\n合計金額 ¥1,234,000\n振込先：横浜銀行 平塚支店 普通 {C[3].account} 口座名義 カ)シヨウナンシヨウジ\n株式会社湘南商事\nTEL {_tel(2)}\n担当：{C[4].surname}\n",
    ),
    Case(
        "quotation",
        0,
        f"御見積書\n平塚市役所 御中\n湘南商事株式会社\n代表取締役　{_NAMES[3]}\n〒254-0043 平塚市紅谷町1-1\nTEL {_tel(3)} FAX {_tel(4)}\n品名 数量 単価\nコピー用紙 100 350\n",
    ),
    Case(
        "code",
        0,
        'def phone(self):\n    """Return 0463-21-9999 style numbers."""\n    return self.tel or "0120-000-000"\n\nAUTHORS = ["'
        + C[1].roman
        + '"]\nVERSION = "1.2.3"\nUUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"\n',
        "a.py",
    ),
    Case(
        "code-author",
        0,
        f"# Copyright (c) 2021 {C[1].roman.title()}\n# License: MIT\nimport os\n\nTIMEOUT = 123456789012\n",
        "a.py",
    ),
    Case(
        "log",
        0,
        "".join(
            f"2024-05-{1 + i % 28:02}T10:{i:02}:00.123456 INFO 10.1.2.{i} request id={10**11 + i * 7919} took {i}ms\n"
            for i in range(40)
        ),
        "a.log",
    ),
    Case(
        "syslog",
        0,
        "".join(
            f"May 10 10:00:{i:02} host01 sshd[{1000 + i}]: Accepted publickey for deploy from 192.168.1.{i} port 5{i:04} ssh2\n"
            for i in range(30)
        ),
        "a.log",
    ),
    Case("epochs", 0, "".join(f"{1_700_000_000_000 + i * 1013}\n" for i in range(40))),
    Case("stamps", 0, "".join(f"2024{1 + i % 12:02}{1 + i % 28:02}{i % 24:02}{i % 60:02}\n" for i in range(60))),
    Case(
        "press",
        0,
        f"報道発表資料\n令和6年5月10日\n平塚市\n\n市民まつりの開催について\n7月5日から7日まで、中心市街地で開催します。\n\n【問い合わせ】商業観光課　担当：{C[1].surname}、{C[2].surname}\n電話：{_tel(0)}（直通）\nFAX：{_tel(1)}\nメール：kanko@city.example.lg.jp\n",
    ),
    Case(
        "press-full",
        0,
        f"記者発表\n\n問合せ先\n健康福祉部福祉総務課\n課長　{_NAMES[5]}\n担当　{_NAMES[6]}\n電話 {_tel(3)} 内線 2345\n",
    ),
    Case(
        "history",
        0,
        "江戸時代、平塚宿は東海道の宿場町として栄えた。徳川家康は慶長6年（1601年）に伝馬制を定めた。\n伊藤博文（1841年〜1909年）は大磯に住んだ。吉田茂もまた大磯の人である。\n大久保利通は明治11年5月14日に没した。\n",
    ),
    Case(
        "novel",
        0,
        f"「{C[0].surname}さん、もう帰りましょう」と{C[2].given}は言った。三十五歳の{C[0].surname}は黙って海を見ていた。\n{C[3].surname}{C[3].given}がその町に来たのは、三月十日の朝であった。\n彼女は二十歳になったばかりだった。\n"
        * 3,
    ),
    Case(
        "recipe",
        0,
        "肉じゃが（4人分）\n材料：じゃがいも4個、玉ねぎ1個、牛肉200g\n作り方\n1. じゃがいもを切る。\n2. 鍋で15分煮る。\n",
    ),
    Case(
        "timetable",
        0,
        rows("停留所,1便,2便,3便", *(f"{s}駅前,7:{i:02},8:{i:02},9:{i:02}" for i, s in enumerate(_STATIONS))),
        "a.csv",
    ),
    Case(
        "blank-form",
        0,
        "申請書\n\n氏名（フリガナ）：\n住所：〒\n電話番号：　　　（　　　）\n生年月日：　　年　　月　　日\n性別：男・女\n個人番号：\n",
    ),
    Case(
        "blank-form-lines",
        0,
        "転入届\n氏　名＿＿＿＿＿＿＿＿\n生年月日　明・大・昭・平・令　　年　　月　　日　　（　　歳）\n住　所　平塚市＿＿＿＿＿＿＿＿\n電　話　0463－（　　）－\n",
    ),
    Case(
        "blank-form-window",
        0,
        f"児童手当認定請求書\n請求者氏名：\n生年月日：\n住所：\n口座番号：\n\n提出先：平塚市役所こども家庭課（平塚市浅間町9-1）電話{_tel(5)}\n",
    ),
    Case("blank-list", 0, "氏名,住所,電話番号\n,,\n,,\n,,\n", "a.csv"),
    Case("example-form", 0, "（記入例）\n氏名：平塚 太郎\n住所：平塚市浅間町9-1\n電話番号：0463-00-0000\n"),
    Case("example-row", 0, "No.,氏名,住所,電話番号\n例,平塚 太郎,平塚市浅間町9-1,0463-23-1111\n1,,,\n2,,,\n", "a.csv"),
    Case(
        "staff-directory",
        0,
        "職員録\n"
        + "".join(
            f"{_SECTIONS[i]}\n  課長  {_NAMES[i]}  内線{2100 + i}\n  係長  {_NAMES[i + 10]}  内線{2200 + i}\n"
            for i in _ROWS
        ),
    ),
    Case(
        "committee",
        0,
        rows("区分,氏名,所属・役職", *(f"委員,{_NAMES[i]},{_PLACES[i]}運営協議会会長" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "ballot",
        0,
        rows("届出番号,候補者氏名,党派,得票数", *(f"{i + 1},{_NAMES[i]},無所属,{12345 - i * 777}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "bids",
        0,
        rows(
            "件名,落札者,落札金額,開札日",
            *(f"市道{i}号線工事,{C[i].surname}建設株式会社,{1_000_000 * i},2024-05-{i + 1:02}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "shelters",
        0,
        rows("避難所名,住所,収容人数,電話", *(f"{_PLACES[i]},{_STREETS[i]},{100 * i},{_tel(i)}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "schools",
        0,
        rows(
            "学校名,校長名,児童数,所在地,電話番号",
            *(f"{C[i].town}小学校,{_NAMES[i]},{300 + i},{_STREETS[i]},{_tel(i)}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "doctors-duty",
        0,
        rows(
            "月日,当番医,所在地,電話番号", *(f"5月{i + 1}日,{C[i].surname}医院,{_STREETS[i]},{_tel(i)}" for i in _ROWS)
        ),
        "a.csv",
    ),
    Case(
        "parts",
        0,
        rows("品番,品名,数量,単価", *(f"{10**11 + i * 99991},ボルトM{i},{i * 10},{i * 3}" for i in range(20))),
        "a.csv",
    ),
    Case(
        "meters",
        0,
        rows(
            "機器番号,設置場所,検針日,指針",
            *(f"{10**11 + i * 12347},{_STREETS[i % 10]},2024-05-{i % 28 + 1:02},{i * 13}" for i in range(20)),
        ),
        "a.csv",
    ),
    Case("inquiry-desk", 0, "相談窓口\n" + "".join(f"{_SECTIONS[i]}　{C[i].surname}　電話{_tel(i)}\n" for i in _ROWS)),
    Case(
        "newsletter",
        0,
        f"広報ひらつか\n【講演会】講師：{_NAMES[2]}氏（湘南大学教授）\n日時：6月1日 14時〜16時\n場所：中央公民館（追分1-20）\n申込：電話で公民館 {_tel(0)} へ\n",
    ),
    Case(
        "lecturers",
        0,
        rows("開催日,講座名,講師,会場", *(f"6月{i + 1}日,健康講座,{_NAMES[i]},{_PLACES[i]}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "mail-internal",
        0,
        f"{C[0].surname}課長\n\nお疲れ様です。税務課の{C[1].surname}です。\n明日の会議は10時から第2会議室です。\n\n--\n平塚市 税務課 {_NAMES[1]}\nTEL {_tel(0)} 内線2345\nMail {C[1].email}\n",
    ),
    Case(
        "ordinance",
        0,
        "平塚市個人情報保護条例\n第1条 この条例は、氏名、住所、電話番号、生年月日その他の個人情報の取扱いに関し必要な事項を定める。\n第2条 個人番号（12桁）を含む…\n附則 平成17年4月1日から施行する。\n",
    ),
    Case(
        "manual",
        0,
        "操作マニュアル\n氏名欄に氏名を入力します。電話番号は0463-12-3456のようにハイフン付きで入力します。\n生年月日は1980/01/01の形式です。\n",
    ),
    Case("phones-office", 0, "".join(f"{_SECTIONS[i]}　{_tel(i)}\n" for i in _ROWS)),
    Case(
        "companies-vendor",
        0,
        rows(
            "業者番号,業者名,代表者,住所,TEL",
            *(f"{100 + i},(有){C[i].surname}電気,{_NAMES[i]},{_STREETS[i]},{_tel(i)}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "geo", 0, rows("name,lat,lon", *(f"{s},35.{3000 + i},139.{3000 + i}" for i, s in enumerate(_STATIONS))), "a.csv"
    ),
    Case(
        "prices",
        0,
        rows("商品コード,名称,単価", *(f"{1000000 + i},{C[i].surname}牛,{500 * i}" for i in _ROWS)),
        "a.csv",
    ),
    Case(
        "rivers",
        0,
        rows(
            "河川名,延長,水位", *(f"{n}川,{i}.{i}km,{i}m" for i, n in enumerate("金目 花水 相模 渋田 鈴 河内".split()))
        ),
        "a.csv",
    ),
    Case("shift", 0, rows("氏名,1日,2日,3日,4日", *(f"{_NAMES[i]},早,遅,休,夜" for i in _ROWS)), "a.csv"),
    Case("seats", 0, rows("席,氏名,所属", *(f"A-{i},{_NAMES[i]},{_SECTIONS[i]}" for i in _ROWS)), "a.csv"),
    Case(
        "contract",
        0,
        f"業務委託契約書\n発注者 平塚市 平塚市長　{_NAMES[0]}\n受注者 平塚市{_STREETS[1]}\n湘南商事株式会社 代表取締役　{_NAMES[1]}\n契約金額 1,100,000円\n令和6年4月1日\n",
    ),
    Case("attending hours", 0, "外来担当医表\n" + "".join(f"{_NAMES[i]} 糖尿病 月・水・金\n" for i in _ROWS)),
    Case("attending chiefs", 0, "".join(f"{_NAMES[i]} 部長 糖尿病、高血圧\n" for i in _ROWS)),
    Case("speakers", 0, "健康講座\n" + "".join(f"10月{i + 1}日 {_NAMES[i]} 糖尿病\n" for i in _ROWS)),
    Case("specialists", 0, "".join(f"{_NAMES[i]} 専門分野 糖尿病\n" for i in _ROWS)),
    Case(
        "councillors",
        0,
        rows(
            "氏名,生年月日,当選回数,党派,住所",
            *(f"{_NAMES[i]},昭和4{i}年4月1日,{i + 1},無所属,{_STREETS[i]}" for i in _ROWS),
        ),
        "a.csv",
    ),
    Case(
        "profiles",
        0,
        "".join(f"氏名：{_NAMES[i]}\n生年月日：昭和4{i}年4月1日\n当選回数：{i + 1}回\n会派：無所属\n\n" for i in _ROWS),
    ),
    Case("candidates", 0, "".join(f"{_NAMES[i]}　{50 + i}歳　無所属　現職　当選{i + 1}回\n" for i in _ROWS)),
    Case(
        "numbered shops",
        0,
        "".join(
            f"{i + 1} {n}\n{_STREETS[i]}\n{_tel(i)}\n定休日：月曜\n\n"
            for i, n in enumerate("花子 さくら 太郎 美咲".split())
        ),
    ),
]
