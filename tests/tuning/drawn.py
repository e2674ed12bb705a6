"""Lists drawn at random from what lists are made of, each of so many people: columns, headings, separators and chosen words.

`python -m tests.tuning.drawn --each 300 --seed 1` counts those of each kind and prints which are counted otherwise. Themes
find what their author thinks of; these find holes between the rules.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
from collections.abc import Callable, Iterator, Sequence

import openpyxl

from tests.tuning import drawn_grids
from tests.tuning.drawn_grids import KNOWN, RARE, Drawn

#: Words that are chosen again and again, by the heading of their column.
CHOSEN = {
    "続柄": "本人 妻 夫 長男 母", "職業": "会社員 無職 学生 主婦", "連絡方法": "携帯 自宅 メール 電話", "支払方法": "口座振替 現金 窓口",
    "会員区分": "正会員 賛助会員 一般", "課税区分": "課税 非課税", "状況": "滞納 差押 完納", "住居": "戸建 アパート 持家",
    "障害種別": "身体 知的 精神", "区分": "小学生 中学生 高校生", "特記": "手帳 妊娠 アレルギー なし", "保険": "国保 社保 後期",
    "異動事由": "転入 転出 出生", "紹介者": "民生委員 家族 友人", "不備": "住所 氏名 印鑑 なし", "役割": "会長 班長 会員 会計",
    "世帯": "世帯主 世帯員", "支援": "生活保護 DV なし 虐待", "参加": "本人 保護者 代理人", "介護度": "要介護1 要支援2 自立",
}  # fmt: skip
GROUPS = (
    "児童-保護者 夫-妻 申請者-代理人 本人-配偶者 世帯主-世帯員 受給者-扶養義務者 被保険者-届出人 契約者-連帯保証人 生徒-保護者 "
    "妊婦-パートナー 被相続人-相続人 譲渡人-譲受人 売主-買主 貸主-借主 会員-紹介者 患者-付添者"
).split()
HEADINGS = {
    "氏名": "氏名 お名前 名前 対象者氏名 利用者名 参加者氏名", "フリガナ": "フリガナ ふりがな カナ", "郵便番号": "〒 郵便番号", "住所": "住所 ご住所 現住所",
    "電話": "電話番号 TEL 連絡先", "携帯": "携帯 携帯電話", "生年月日": "生年月日 誕生日", "年齢": "年齢 満年齢", "性別": "性別 男女", "備考": "備考 摘要",
}  # fmt: skip
#: Things that stand in one cell together.
TOGETHER = (
    "氏名 フリガナ,郵便番号 住所,住所 電話,生年月日 年齢,年齢 性別,性別 年齢,電話 携帯,氏名 年齢,氏名 生年月日,氏名 性別,住所 氏名,氏名 住所,氏名 電話,住所 備考"
).split(",")
#: Notes, of a home, a mobile and a birth; headings of notes.
NOTES = (
    "{0}", "{0} {1}", "{2}生 {0}", "{2}生、{0}", "{0}（{1}）", "住所は{0}", "{0}に居住", "{0}在住", "〒254-0011 {0}", "現住所 {0} 電話 {1}", "{2}生まれ",
    "{2}生 {1}", "TEL {1} {0}", "{0}、長男と同居", "生年月日：{2} 住所：{0}", "{0} 要介護3",
)  # fmt: skip
NOTED = "備考 摘要 メモ 特記事項 コメント 内容 連絡事項 補足 note description"
#: Headings that say nothing, or something else, of what stands below them; of names likewise.
VAGUE = {
    "住所": "列2|項目2|COL2|F2|Unnamed: 1|送付先|居所", "携帯": "列2|項目2|COL2|番号|No.|備考|自宅|contact", "メール": "列2|COL2|ID|ログインID|備考|contact",
    "生年月日": "列2|項目2|COL2|F2|備考|情報", "年齢": "列2|COL2|備考",
}  # fmt: skip
VAGUE_NAMES = "利用者 送付先 住民 世帯主 申込者 列1 COL1 name"
FIELDS = {
    "氏名": "name full_name fullName shimei NAME_KANJI patientName member_name namae", "住所": "address home_address homeAddress jusho ADDRESS_LINE1 addr",
    "電話": "phone tel phone_number phoneNo TEL_NO denwa", "携帯": "mobile cell_phone mobilePhone mobile_no keitai",
    "生年月日": "birth_date birthdate dob date_of_birth seinengappi BIRTH_YMD", "年齢": "age nenrei", "メール": "email mail e_mail mail_addr",
}  # fmt: skip


class Draw:
    """Draws lists; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def _people(self, count: int) -> list[str]:
        surnames, given = KNOWN if self._chance.random() < 0.5 else RARE
        between = self._chance.choice(("", " ", "　"))
        names = [f"{surname}{between}{name}" for surname in surnames for name in given]
        return self._chance.sample(names, count)

    def _said(self, what: str, i: int) -> str:
        chance = self._chance
        year, month, day = chance.randrange(1936, 2005), chance.randrange(1, 13), chance.randrange(1, 28)
        ways: dict[str, Callable[[], str]] = {
            "住所": lambda: f"鏡浜市汐見町{i % 9 + 1}-{i % 17 + 1}-{i % 23 + 1}",
            "電話": lambda: f"0467-{20 + i % 60}-{1000 + i * 37 % 9000}",
            "携帯": lambda: f"090-{1000 + i * 71 % 9000}-{1000 + i * 137 % 9000}",
            "生年月日": lambda: f"{year}/{month}/{day}",
            "年齢": lambda: f"{chance.randrange(20, 95)}歳",
            "性別": lambda: chance.choice("男女"),
            "メール": lambda: f"user{i * 7919 % 99991}@{chance.choice(('gmail.com', 'yahoo.co.jp'))}",
            "郵便番号": lambda: f"254-{chance.randrange(1, 99):04d}",
            "フリガナ": lambda: chance.choice(("サトウ ハナコ", "ヤマモト ジロウ", "コバヤシ メイ")),
            "備考": lambda: chance.choice(("", "要連絡", "書類未着")),
        }
        return ways[what]()

    def _some(self, what: Sequence[str], *counts: int) -> list[str]:
        return self._chance.sample(list(what), self._chance.choice(counts))

    def chosen(self) -> Drawn:
        """A list with columns of chosen words, headed or not."""
        attributes = self._some(("住所", "生年月日", "携帯", "年齢", "メール"), 1, 1, 2)
        columns = attributes + self._some(list(CHOSEN), 1, 2, 2, 3)
        self._chance.shuffle(columns)
        columns.insert(self._chance.choice((0, 0, 1)), "氏名")
        names = self._people(40)
        rows = [columns] if self._chance.random() < 0.6 else []
        for i, name in enumerate(names):
            rows.append([
                name if c == "氏名" else self._chance.choice(CHOSEN[c].split()) if c in CHOSEN else self._said(c, i) for c in columns
            ])  # fmt: skip
        return _table(rows, 40)

    def together(self) -> Drawn:
        """A list with a column that holds two things."""
        one, other = self._chance.choice(TOGETHER).split()
        heads = self._chance.choice(("{}・{}", "{}／{}", "{}（{}）", "{}\n{}", "{} {}"))
        cells = heads if "\n" in heads else self._chance.choice(("{}・{}", "{}／{}", "{}（{}）", "{}\n{}", "{} {}"))
        others = ["携帯"] if "携帯" not in (one, other) else ["住所"]
        others = others if "氏名" in (one, other) else ["氏名", *others]
        head = [self._chance.choice(HEADINGS[c].split()) for c in others]
        head.append(heads.format(*(self._chance.choice(HEADINGS[c].split()) for c in (one, other))))
        rows = [head]
        for i, name in enumerate(self._people(12)):
            told = {c: name if c == "氏名" else self._said(c, i) for c in (*others, one, other)}
            rows.append([*(told[c] for c in others), cells.format(told[one], told[other])])
        return _table(rows, 12)

    def two(self) -> Drawn:
        """A list of two people a row, under headings that say whose everything is."""
        chance = self._chance
        named = chance.choice(("{}氏名", "{}名", "{}の氏名", "{}（氏名）", "{}"))
        said = chance.choice(("{}{}", "{}の{}", "{}（{}）"))
        columns = ("住所", "電話", "携帯", "生年月日", "年齢", "メール")
        told = [(who, self._some(columns, 1, 2)) for who in chance.choice(GROUPS).split("-")]
        rows = [["No", *(c for who, has in told for c in (named.format(who), *(said.format(who, x) for x in has)))]]
        names = self._people(28)
        for i in range(14):
            row = [str(i + 1)]
            for k, (_, has) in enumerate(told):
                row += [names[2 * i + k], *(self._said(what, i + 50 * k) for what in has)]
            rows.append(row)
        return _table(rows, 28)

    def records(self) -> Drawn:
        """Records of a few lines each, with labels or without."""
        chance = self._chance
        has = self._some(("住所", "電話", "携帯", "生年月日", "年齢", "メール"), 1, 2, 2, 3)
        if "住所" in has and chance.random() < 0.5:
            has.insert(has.index("住所"), "郵便番号")
        first, line = chance.choice((
            ("{}", "{1}"), ("氏名：{}", "{0}：{1}"), ("氏名　{}", "{0}　{1}"), ("■{}", "　{0}：{1}"), ("({i}) {}", "{0}：{1}"), ("{}", "    {0}：{1}"),
        ))  # fmt: skip
        gap, title = chance.choice(("\n", "\n", "-----\n")), chance.choice(("", "名簿\n", "参加者一覧\n\n"))
        text = title
        for i, name in enumerate(self._people(12)):
            text += first.format(name, i=i + 1) + "\n"
            text += "".join(line.format(what, self._said(what, i)) + "\n" for what in has) + gap
        return Drawn(text.encode(), "a.txt", 12)

    def fields(self) -> Drawn:
        """A list under the names that programs give to fields."""
        chance = self._chance
        columns = ["氏名", *self._some(("住所", "電話", "携帯", "生年月日", "年齢", "メール"), 1, 2, 3)]
        head = [chance.choice(FIELDS[c].split()) for c in columns]
        rows = [[name if c == "氏名" else self._said(c, i) for c in columns] for i, name in enumerate(self._people(15))]
        records = [dict(zip(head, row, strict=True)) for row in rows]
        form = chance.choice(("csv", "json", "yaml", "xml", "sql"))
        if form == "csv":
            return _table([head, *rows], 15)
        texts = {
            "json": json.dumps(records, ensure_ascii=chance.random() < 0.5),
            "yaml": "".join("- " + "\n  ".join(f"{k}: {v}" for k, v in record.items()) + "\n" for record in records),
            "xml": "<list>"
            + "".join(
                "<row>" + "".join(f"<{k}>{v}</{k}>" for k, v in record.items()) + "</row>\n" for record in records
            )
            + "</list>",
            "sql": "".join(
                f"INSERT INTO t ({', '.join(head)}) VALUES ({', '.join(map(repr, row))});\n" for row in rows
            ),
        }
        return Drawn(texts[form].encode(), f"a.{form}", 15)

    def sheets(self) -> Drawn:
        """A workbook with a title, sections, blank rows, notes or two lists on its sheet."""
        chance, book = self._chance, openpyxl.Workbook()
        sheet, names = book.active, self._people(16)
        assert sheet is not None
        has = self._some(("住所", "電話", "携帯", "生年月日", "年齢"), 1, 2)
        rows: list[list[str | int | None]] = [["令和8年度 対象者名簿"], []] if chance.random() < 0.5 else []
        kind = chance.choice(("plain", "blank", "sections", "two", "notes"))
        told = [[name, *(self._said(what, i) for what in has)] for i, name in enumerate(names)]
        if kind == "sections":
            for k in range(4):
                rows += [[f"第{k + 1}地区"], ["氏名", *has], *told[4 * k : 4 * k + 4], ["小計", 4], []]
        elif kind == "two":
            rows += [["氏名", *has], *told[:8], [], [], ["番号", "住所", "氏名", "携帯"]]
            rows += [[i, self._said("住所", i), names[i], self._said("携帯", i)] for i in range(8, 16)]
        elif kind == "notes":
            rows += [["※このファイルは個人情報を含みます。"], [], ["番号", "氏名", *has, "備考"]]
            rows += [[i + 1, *row, chance.choice((None, "要確認"))] for i, row in enumerate(told)]
            rows += [[], ["担当：福祉課 内線2210"]]
        else:
            rows.append(["氏名", *has])
            for row in told:
                rows += [row, []] if kind == "blank" and chance.random() < 0.3 else [row]
        for row in rows:
            sheet.append(row)
        data = io.BytesIO()
        book.save(data)
        return Drawn(data.getvalue(), "a.xlsx", 16)

    def noted(self) -> Drawn:
        """A list of names and a note that says where somebody lives, when he was born, how he is reached."""
        chance, note = self._chance, self._chance.choice(NOTES)
        has = self._some(("番号", "区分"), 0, 0, 1)
        rows = [[*has, chance.choice(HEADINGS["氏名"].split()), chance.choice(NOTED.split())]]
        names, told = self._people(14), 0
        for i, name in enumerate(names):
            said = (
                "" if chance.random() < 0.15 else note.format(*(self._said(x, i) for x in ("住所", "携帯", "生年月日")))
            )
            told += bool(said)
            rows.append([*(str(i + 1) if x == "番号" else chance.choice("AB") for x in has), name, said])
        return _table(rows, told)

    def vague(self) -> Drawn:
        """A list of names beside a column whose heading says nothing of its cells, or something else."""
        chance, what = self._chance, self._chance.choice(list(VAGUE))
        rows = [[chance.choice(f"{VAGUE_NAMES} {HEADINGS['氏名']}".split()), chance.choice(VAGUE[what].split("|"))]]
        rows += [[name, self._said(what, i)] for i, name in enumerate(self._people(14))]
        return _table(rows, 14)


def _table(rows: Sequence[Sequence[str]], people: int) -> Drawn:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return Drawn(text.getvalue().encode(), "a.csv", people)


KINDS: dict[str, Callable[[Draw], Drawn]] = {
    "columns of chosen words": Draw.chosen,
    "several things in a cell": Draw.together,
    "two people a row": Draw.two,
    "records of lines": Draw.records,
    "fields of programs": Draw.fields,
    "sheets": Draw.sheets,
    "notes": Draw.noted,
    "vague headings": Draw.vague,
}


def kinds() -> list[str]:
    """All kinds, those of `drawn_grids` too."""
    return [*KINDS, *drawn_grids.KINDS]


def drawn(kind: str, each: int, seed: int) -> Iterator[Drawn]:
    """So many lists of a kind."""
    draw, grids = Draw(seed), drawn_grids.Grids(seed)
    for _ in range(each):
        yield KINDS[kind](draw) if kind in KINDS else drawn_grids.KINDS[kind](grids)


def main() -> int:
    """The command; 1 where any is counted otherwise."""
    from tests.extract.people import inspected

    parser = argparse.ArgumentParser(prog="python -m tests.tuning.drawn", description=__doc__)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    wrong = 0
    for kind in kinds():
        found = [(one, inspected(one.data, one.name).subjects) for one in drawn(kind, args.each, args.seed)]
        bad = [(one, count) for one, count in found if count != one.people]
        nobody = sum(count == 0 for _, count in bad)
        print(f"{kind:28} {len(bad):4} of {len(found)} otherwise, {nobody} nobody")
        for one, count in bad[:5]:
            print(f"    {count} for {one.people}: {one.data.decode(errors='replace')[:120]!r}")
        wrong += len(bad)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
