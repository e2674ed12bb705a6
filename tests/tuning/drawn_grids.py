"""More lists drawn at random: columns of every identifier and attribute, families in columns and rows, several tables in one.

Beside :mod:`tests.tuning.drawn`, which draws what single lists are made of; `python -m tests.tuning.drawn` counts both.
"""

from __future__ import annotations

import csv
import html
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import openpyxl

type Rows = list[list[str]]

KNOWN = (
    "佐藤 鈴木 高橋 田中 渡辺 山本 中村 小林 加藤 吉田 木村 斎藤 清水 山崎 池田 橋本 石川 前田 岡田 藤田".split(),
    "太郎 花子 健一 美咲 陽菜 大輔 翔太 愛子 和子 幸子 誠 隆 浩 久美子 明 直樹 恵 亮 優子 進".split(),
)
RARE = (
    "鏑木 小此木 勅使河原 曽我部 比企 相楽 野老山 生方 鵜飼 仁科 塙 舘 沼尻 蓮見 柚木 樋渡 稲生 須永 南雲 宍戸".split(),
    "奏汰 心結 琉生 芽依 蒼空 紬希 壱成 咲楽 凜音 楓真 千慧 泰雅 莉央 碧唯 橙也 詩乃 朔弥 結翔 陽和 湊斗".split(),
)

_WHO = "対象者 被保険者 申請者 世帯主 納税義務者 児童 利用者 受給者 届出人 参加者 会員 加入者 患者 契約者".split()
_NAMED = "氏名 お名前 姓名 {}氏名 {}名 {}の氏名 氏名（漢字） {} 氏　名 ご芳名".split(" ")
#: Headings of what makes a name a data subject, and of what does not.
_SAID = {
    "住所": "住所 現住所 {}住所 ご住所 居所 送付先住所", "電話": "電話番号 TEL 電話 連絡先 自宅電話 {}電話番号", "携帯": "携帯 携帯電話 携帯番号 日中の連絡先", "メール": "メール E-mail メールアドレス",
    "生年月日": "生年月日 誕生日 生年月日（西暦） {}生年月日", "年齢": "年齢 満年齢 年齢（歳）", "個人番号": "個人番号 マイナンバー 個人番号（12桁）", "基礎年金番号": "基礎年金番号 年金番号",
    "被保険者番号": "被保険者番号 介護保険被保険者番号 被保番号", "在留カード": "在留カード番号", "要介護度": "要介護度 認定区分", "等級": "障害等級 手帳等級",
}  # fmt: skip
_BESIDE = {
    "No": "No 番号 № 通番", "宛名番号": "宛名番号 宛名コード", "税額": "税額 年税額 滞納額 保険料", "学校": "学校名 在籍校", "勤務先": "勤務先 会社名", "職業": "職業", "続柄": "続柄 世帯主との続柄",
    "郵便番号": "郵便番号 〒", "行政区": "行政区 自治会", "受付日": "受付日 申請日 決定日", "備考": "備考 摘要 特記事項", "区分": "区分 種別 状況", "金融機関": "金融機関名 振込先",
}  # fmt: skip
_CHOSEN = {
    "要介護度": "要介護1 要介護3 要支援2", "等級": "1級 2級 3級", "学校": "汐見小学校 若葉中学校 鏡浜高等学校", "勤務先": "株式会社汐見製作所 自営業 市役所 なし", "職業": "会社員 無職 公務員 農業",
    "続柄": "本人 妻 夫 長男 母", "行政区": "汐見東 若葉第二 北原", "備考": "要連絡 書類未着 転居予定", "区分": "新規 継続 変更", "金融機関": "横浜銀行 ゆうちょ銀行 湘南信用金庫",
}  # fmt: skip
_GROUPS = (
    "児童-父-母 申請者-配偶者-児童 世帯主-配偶者-子1-子2 被相続人-相続人1-相続人2 借受人-連帯保証人1-連帯保証人2 生徒-保護者1-保護者2 売主-買主 "
    "父-母-第1子-第2子 要支援者-支援者1-支援者2 受給者-配偶者-扶養親族1-扶養親族2 申請者-同居者1-同居者2-同居者3"
).split()
_PUBLIC: Sequence[tuple[str, str]] = (
    ("施設名 所在地 電話番号 定員", "{}公民館 汐見町{n} 0467-2{i}-1{n} {n}"), ("課名 係名 内線", "{}課 管理係 2{n}"), ("町名 世帯数 男 女 計", "{}町 {n} 4{n} 5{n} 9{n}"),
)  # fmt: skip
_TOWNS = "汐見 若葉 北原 本 緑 中央 浅間 東".split()


class Drawn(NamedTuple):
    """A file of so many people."""

    data: bytes
    name: str
    people: int


class Grids:
    """Draws; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def names(self, count: int) -> list[tuple[str, str]]:
        """Surnames and given names, no two alike."""
        ways = [(a, b) for book in (KNOWN, RARE) for a in book[0] for b in book[1]]
        return self.chance.sample(ways if self.chance.random() < 0.5 else ways[len(ways) // 2 :], count)

    def heading(self, what: str, whose: str = "") -> str:
        """One of the headings of a column."""
        words = _NAMED if what == "氏名" else (_SAID | _BESIDE)[what].split()
        return self.chance.choice(words).replace("{}", whose)

    def said(self, what: str, i: int, written: str) -> str:
        """A cell of a column; dates as they are written in this list."""
        chance = self.chance
        year, month, day = chance.randrange(1936, 2005), chance.randrange(1, 13), chance.randrange(1, 28)
        digits = "".join(chance.choice("123456789") for _ in range(11))
        total = sum(int(d) * w for d, w in zip(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        ways = {
            "住所": f"鏡浜市汐見町{i % 7 + 1}-{day}-{month}{chance.choice(('', '', ' メゾン若葉 205'))}", "電話": f"0467-{chance.randrange(20, 80)}-{digits[:4]}",
            "携帯": f"090-{digits[:4]}-{digits[4:8]}", "メール": f"k{digits[:6]}@{chance.choice(('gmail.com', 'yahoo.co.jp'))}",
            "生年月日": written.format(y=year, m=month, d=day, s=year - 1925 if year < 1989 else 64), "年齢": str(chance.randrange(3, 98)),
            "個人番号": f"{digits}{0 if total <= 1 else 11 - total}", "基礎年金番号": f"{digits[:4]}-{digits[4:10]}", "被保険者番号": digits[:10], "在留カード": f"AB{digits[:8]}EG",
            "No": str(i + 1), "宛名番号": digits[:8], "税額": digits[:5], "郵便番号": f"254-00{day:02}", "受付日": f"2025/{month}/{day}",
        }  # fmt: skip
        return ways.get(what) or chance.choice(_CHOSEN[what].split())

    def table(self, names: Sequence[tuple[str, str]], most: int = 5) -> Rows:
        """A list of these, with headings."""
        chance, between = self.chance, self.chance.choice(("", " ", "　"))
        written = chance.choice(
            ("{y}/{m}/{d}", "{y}-{m:02}-{d:02}", "{y}{m:02}{d:02}", "昭和{s}年{m}月{d}日", "S{s}.{m}.{d}")
        )
        columns = chance.sample(list(_SAID), chance.choice((1, 1, 2, 3)))
        columns += chance.sample(list(_BESIDE)[1:], chance.randrange(most))
        chance.shuffle(columns)
        columns.insert(chance.choice((0, 0, 1, len(columns))), "氏名")
        columns[:0] = chance.choice(([], ["No"]))
        whose = chance.choice(_WHO)
        rows = [[self.heading(c, whose if c == "氏名" or chance.random() < 0.5 else "") for c in columns]]
        return rows + [
            [a + between + b if c == "氏名" else self.said(c, i, written) for c in columns]
            for i, (a, b) in enumerate(names)
        ]

    def public(self) -> Rows:
        """A table of nobody."""
        head, row = self.chance.choice(_PUBLIC)
        cells = [row.format(town, i=i, n=self.chance.randrange(100, 900)) for i, town in enumerate(_TOWNS[:6])]
        return [head.split(), *(cell.split() for cell in cells)]


def _file(draw: Grids, rows: Rows, people: int) -> Drawn:
    """Rows as a sheet, or as text in one of the office's encodings."""
    width = max(map(len, rows))
    if draw.chance.random() < 0.4:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append([cell or None for cell in row])
        data = io.BytesIO()
        book.save(data)
        return Drawn(data.getvalue(), "a.xlsx", people)
    text = io.StringIO()
    sign = draw.chance.choice(",,\t;")
    csv.writer(text, delimiter=sign, lineterminator="\r\n").writerows(
        [*row, *[""] * (width - len(row))] for row in rows
    )
    code = draw.chance.choice(("utf-8", "utf-8-sig", "cp932", "utf-16"))
    return Drawn(text.getvalue().encode(code, "ignore"), "a.csv" if sign == "," else "a.txt", people)


def wide(draw: Grids) -> Drawn:
    """A list of any columns."""
    names = draw.names(draw.chance.choice((11, 15, 40)))
    return _file(draw, draw.table(names, 8), len(names))


def several(draw: Grids) -> Drawn:
    """Two to four people a row, some of them left out."""
    chance = draw.chance
    named = chance.choice(("{}氏名", "{}名", "{}の氏名", "{}（氏名）", "{}"))
    said = chance.choice(("{}{}", "{}の{}", "{}（{}）", "{}_{}"))
    told = [
        (who, [*chance.sample(list(_SAID), 1), *chance.sample(("続柄", "職業", "勤務先", "学校"), chance.randrange(2))])
        for who in chance.choice(_GROUPS).split("-")
    ]
    names, missing, people = draw.names(15 * len(told)), chance.choice((0, 0.3)), 0
    rows = [["No", *(c for who, has in told for c in (named.format(who), *(said.format(who, x) for x in has)))]]
    for i in range(15):
        row = [str(i + 1)]
        for k, (_, has) in enumerate(told):
            there = k == 0 or chance.random() >= missing
            people += there
            a, b = names[i * len(told) + k]
            row += [f"{a} {b}", *(draw.said(c, i, "{y}/{m}/{d}") for c in has)] if there else [""] * (1 + len(has))
        rows.append(row)
    return _file(draw, rows, people)


def members(draw: Grids) -> Drawn:
    """A household a row: who heads it, and up to four others, by given names or in full."""
    chance = draw.chance
    word = chance.choice(("世帯員{}", "家族{}", "同居者{}", "第{}子", "扶養親族{}"))
    named, said = (
        chance.choice(("氏名", "名", "（氏名）", "")),
        chance.choice((["生年月日"], ["年齢"], ["続柄", "年齢"])),
    )
    each = [word.format(k) + end for k in range(1, 5) for end in (named, *said)]
    rows, people, full = [["世帯主", "住所", "電話番号", *each]], 0, chance.random() < 0.5
    given = list(dict.fromkeys(KNOWN[1] + RARE[1]))
    for i, (surname, name) in enumerate(draw.names(20)):
        row = [f"{surname} {name}", f"鏡浜市汐見町{i + 1}-{i + 2}", draw.said("電話", i, "")]
        kin = chance.sample([x for x in given if x != name], chance.randrange(5))
        people += 1 + len(kin)
        for one in kin:
            row += [f"{surname} {one}" if full else one, *(draw.said(c, i, "{y}/{m}/{d}") for c in said)]
        rows.append(row + [""] * (len(rows[0]) - len(row)))
    return _file(draw, rows, people)


def below(draw: Grids) -> Drawn:
    """Two or three lists of other columns one below the other, a public one among them, perhaps."""
    heights = [draw.chance.choice((8, 12)) for _ in range(draw.chance.choice((2, 3)))]
    names = draw.names(sum(heights))
    made = [draw.table(names[sum(heights[:k]) : sum(heights[: k + 1])], 3) for k in range(len(heights))]
    if draw.chance.random() < 0.6:
        made.insert(draw.chance.randrange(len(made) + 1), draw.public())
    gap = [[""]] * draw.chance.choice((0, 1, 2))
    return _file(draw, [row for rows in made for row in (*rows, *gap)], len(names))


def beside(draw: Grids) -> Drawn:
    """One list in two halves side by side."""
    head, *body = draw.table(draw.names(24), 3)
    gap = [""] * draw.chance.choice((0, 1, 2))
    halves = zip([head, *body[:12]], [head, *body[12:]], strict=True)
    return _file(draw, [[*left, *gap, *right] for left, right in halves], 24)


def carried(draw: Grids) -> Drawn:
    """A list in a page, a mail's text, JSON, XML, SQL, YAML or Markdown."""
    names = draw.names(15)
    head, *body = draw.table(names, 4)
    records = [dict(zip(head, row, strict=True)) for row in body]
    boxes = "".join("<div class=r>" + "".join(f"<div class=c>{html.escape(c)}</div>" for c in row) + "</div>\n" for row in (head, *body))  # fmt: skip
    cards = "".join("<div>" + "".join(f"<p><b>{k}</b> {html.escape(v)}</p>" for k, v in one.items()) + "</div>" for one in records)  # fmt: skip
    texts = {
        "html": f"<html><body><h1>名簿</h1>{draw.chance.choice((boxes, cards))}</body></html>",
        "json": json.dumps(draw.chance.choice((records, [head, *body], {str(i): one for i, one in enumerate(records)})), ensure_ascii=draw.chance.random() < 0.5),
        "xml": "<list>" + "".join("<row>" + "".join(f"<c name='{k}'>{html.escape(v)}</c>" for k, v in one.items()) + "</row>" for one in records) + "</list>",
        "sql": f"INSERT INTO t ({', '.join(head)}) VALUES\n" + ",\n".join(f"({', '.join(map(repr, row))})" for row in body) + ";\n",
        "yaml": "members:\n" + "".join("  - " + "\n    ".join(f'"{k}": "{v}"' for k, v in one.items()) + "\n" for one in records),
        "md": "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *body)) + "\n",
    }  # fmt: skip
    form = draw.chance.choice(list(texts))
    return Drawn(texts[form].encode(), f"a.{form}", 15)


KINDS: Mapping[str, Callable[[Grids], Drawn]] = {
    "columns of every kind": wide,
    "several people a row": several,
    "households a row": members,
    "lists below one another": below,
    "halves side by side": beside,
    "lists in other formats": carried,
}
