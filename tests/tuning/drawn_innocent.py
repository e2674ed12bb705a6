"""Innocent municipal files drawn at random from what they are made of, and lists of private people in the same words.

`python -m tests.tuning.drawn_innocent --each 100 --seed 1` prints of each kind how many reach one person and ten, and how
many lists of people beside the same columns (twins) are counted otherwise. Innocents are people in their function,
facilities, statistics, books, goods, logs, mails and minutes: nobody in them is a data subject.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import openpyxl

from tests.tuning.drawn import KNOWN, RARE, Drawn

#: Kinds of lists, each with its titles and columns: headings with "/" between them, and what stands below: words with "|"
#: between them, or what is made (@). "!": always there; "~": not beside private people.
SPECS = {
    "staff": "職員名簿/内線番号表/電話番号表; 所属/課名=@office; !職名/役職=課長|係長|主査|主任; !~氏名/職員名=@name; 内線=@d4; ~電話/直通=@tel; ~メール=@mail; 担当業務=予算|給与|窓口",
    "committee": "委員名簿/運営協議会委員名簿; !役職=委員長|副委員長|委員|委員; !~氏名/委員名=@name; !所属/選出区分=市医師会|商工会議所|学識経験者; 任期=R7.4.1～R9.3.31; 委嘱日=@day; 備考=|新任|再任; ~連絡先=@tel",
    "council": "市議会議員名簿/議員一覧; ~議席番号=@d1; !~議員名/議員氏名=@name; !~会派=市民クラブ|公明党|無会派; ~当選回数=@d1; ~住所=@address; ~電話=@tel",
    "speakers": "講師一覧/出前講座一覧; 回=@d1; 日時/開催日=@day; 演題/講座名=防災と地域|健康づくり|年金のしくみ; !~講師/講師名=@name; 所属=市医師会|学識経験者; 会場=@place; ~申込先=総務課 0467-22-1111",
    "firms": "指定工事店一覧/登録業者名簿; !商号/会社名=@firm; !~代表者/担当者=@name; ~所在地/住所=@address; ~電話番号=@tel; ~FAX=@tel; ~メール=@firmmail; 業種=土木|管工事|電気; 登録番号=第@d4号",
    "heads": "施設一覧/介護事業所一覧; !施設名/事業所名=@place; !~施設長/管理者/園長=@name; ~所在地=@address; ~電話=@tel; 定員=@d2; ~開設年月日=@past",
    "doctors": "休日当番医/在宅当番医一覧; 日/月日=@day; !医療機関/医療機関名=@clinic; !~医師/医師名/担当医師名=@name; ~所在地=@address; ~電話=@tel; 診療科=内科|外科|小児科; 診療時間=9:00～17:00",
    "candidates": "候補者一覧/立候補届出状況; ~届出番号=@d1; !~候補者名/候補者氏名/氏名=@name; ~年齢/満年齢=@age; !~党派/所属党派=無所属|公明党; ~新現元=新|現|元; ~得票数=@d4; 職業=会社員|農業",
    "awards": "表彰者一覧/コンクール入賞者; !賞=最優秀賞|優秀賞|佳作; !~氏名/受賞者=@name; 学校名=@school; 学年=@d1年; 作品名=海の朝|ふるさと",
    "sports": "競技結果/大会成績一覧; !順位=@d2; !~選手名/氏名=@name; 所属=@school; 記録=@d2.@d2; 種目=100m|走幅跳; 部門=一般男子|40歳代|中学女子",
    "teachers": "学級担任一覧/教職員一覧; 学年=@d1年; 組=@d1組; !~担任/学級担任=@name; 教室=@d1階; 児童数=@d2",
    "facilities": "公共施設一覧/避難所一覧; !名称/施設名=@place; ~カナ=@reading; ~郵便番号=254-@d4; ~住所/所在地=@address; ~電話=@tel; 緯度=35.@d4; 収容人数=@d2; ~メール=@mail",
    "places": "橋梁一覧/公園一覧; !名称/橋名=@bridge; ~所在地=@address; ~架設年月日/設置年月日=@past; 延長=@d2.5; 管理者=建設課|国; 路線=市道@d4号線",
    "statistics": "町丁別人口/年齢別人口; !町名=@town@d1丁目; 世帯数=@d4; 人口/総数=@d4; 男=@d4; 女=@d4; 65歳以上=@d2; 平均年齢=4@d1.5歳",
    "payments": "支払一覧/落札結果; 科目=総務費|民生費; !件名=道路修繕業務|庁舎清掃業務; !相手方/落札者=@firm; ~代表者=@name; ~所在地=@address; !金額=@d2,000; 契約日=@day",
    "books": "蔵書一覧/新着図書; !書名=海辺の町|星の本; !~著者/著者名=@name; 出版社=岩波書店|新潮社; 出版年=19@d2; ISBN=978-4-@d4-@d4-@d1; ~生没年=18@d2-19@d2",
    "goods": "備品台帳/在庫一覧; !品名=机|椅子|プリンタ; JANコード=4912345@d4@d2; 伝票番号=@d4-@d4-@d4; 数量=@d2; ~取得日/購入日=@past; ~使用者=@name; メーカー=@firm",
    "measures": "水質検査結果/気象観測; !測定日=@day; !地点=@bridge; 気温=@d2.5; pH=7.@d1; ~測定者/採水者=@name; 検査機関=@firm; 天候=晴|曇|雨",
    "logs": "アクセスログ/操作ログ; !日時=2026-11-@d2 08:15:20; !ユーザID=u@d4; ~職員名/操作者=@name; 所属=@office; 操作=照会|印刷|更新; IPアドレス=10.1.2.@d2",
    "duty": "日直表/当番表; !日付=@day; 曜日=月|火|水; !~当番者=@name; 所属=@office; 内線=@d4; 時間=8:30-17:15",
    "offices": "歴代市長/歴代校長; 代=第@d2代; !~氏名=@name; !~就任年月日/在任期間=@past; ~退任年月日=@past; 備考=|再任",
    "machines": "端末一覧/パソコン管理台帳; !管理番号=PC-@d4; !機種=Latitude|VersaPro; !~使用者=@name; !所属=@office; IPアドレス=10.1.2.@d2; 導入日=@day; ~公用携帯=@mobile",
    "lawyers": "相談弁護士一覧/建築士事務所一覧; 登録番号=@d4; !事務所名/事務所=@practice; !~弁護士名/管理建築士=@name; ~事務所所在地=@address; ~事務所電話=@tel",
    "animals": "動物一覧/保護犬一覧; !~愛称/名前=ハナ|ゴン|さくら|太郎; !種類=柴犬|三毛猫|ヤギ; ~性別=オス|メス; ~年齢=@d1歳; 収容日=@day; ~保護場所=@address",
}  # fmt: skip
#: What private people are told of by; two or three of them stand in each of their lists.
OWN = {
    "住所": "@address",
    "生年月日": "@past",
    "携帯": "@mobile",
    "自宅電話": "@tel",
    "年齢": "@age",
}
CARRIERS = ("csv", "csv", "titled", "tsv", "pipe", "md", "html", "xlsx", "records")


class Column(NamedTuple):
    """One of a list: its headings, what stands below, and when it is there."""

    headings: tuple[str, ...]
    value: str
    always: bool
    official: bool


def _columns(spec: str) -> tuple[tuple[str, ...], list[Column]]:
    """Titles and columns of a kind."""
    titles, *columns = (part.strip() for part in spec.split(";"))
    made = []
    for column in columns:
        heads, _, value = column.partition("=")
        made.append(Column(tuple(heads.lstrip("!~").split("/")), value, "!" in heads[:2], "~" in heads[:2]))
    return tuple(titles.split("/")), made


class Draw:
    """Draws files; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._begin()

    def _begin(self) -> None:
        """Chooses what a whole file keeps to: whose names, and what parts them."""
        self._surnames, self._given = self._chance.choice((KNOWN, RARE))
        self._between = self._chance.choice(("", "", " ", "　"))
        self._named = set[str]()

    def name(self) -> str:
        """Somebody who was not named in this file."""
        while True:
            name = self._chance.choice(self._surnames) + self._between + self._chance.choice(self._given)
            if name not in self._named:
                self._named.add(name)
                return name

    def _made(self, what: str) -> str:
        chance, surname = self._chance, self._chance.choice(self._surnames)
        town, year = chance.choice("汐見町 磯部 栄町 港南台".split()), chance.randrange(1936, 2018)
        ways: dict[str, Callable[[], str]] = {
            "name": self.name,
            "town": lambda: town,
            "address": lambda: (
                f"{chance.choice(('', '鏡浜市'))}{town}{chance.randrange(1, 9)}-{chance.randrange(1, 30)}"
            ),
            "tel": lambda: f"0467-{chance.randrange(20, 80)}-{chance.randrange(1000, 10000)}",
            "mobile": lambda: (
                f"0{chance.choice('789')}0-{chance.randrange(1000, 10000)}-{chance.randrange(1000, 10000)}"
            ),
            "mail": lambda: f"k-suzuki{chance.randrange(99)}@city.kagamihama.lg.jp",
            "firmmail": lambda: f"{chance.choice(('info', 'k.sato'))}@example-kogyo.co.jp",
            "past": lambda: f"{year}/{chance.randrange(1, 13)}/{chance.randrange(1, 28)}",
            "day": lambda: f"{chance.randrange(1, 13)}月{chance.randrange(1, 28)}日",
            "age": lambda: str(chance.randrange(25, 80)),
            "office": lambda: chance.choice("総務課 税務課 福祉課 危機管理室 収納課".split()),
            "place": lambda: chance.choice((f"{town}公民館", f"{surname}デイサービス", "さくら保育園")),
            "firm": lambda: chance.choice((f"株式会社{surname}", f"{surname}商店", f"{surname}建設")),
            "clinic": lambda: f"{surname}{chance.choice(('医院', 'クリニック', '歯科'))}",
            "practice": lambda: f"{surname}{town}{chance.choice(('法律', '建築設計'))}事務所",
            "school": lambda: f"{town}小学校",
            "bridge": lambda: f"{surname}{chance.choice('橋池坂')}",
            "reading": lambda: chance.choice(("シオミコウミンカン", "イソベイイン", "サカエチョウ")),
        }
        if what[1:].isdigit():
            return str(chance.randrange(10 ** (int(what[1]) - 1), 10 ** int(what[1])))
        return ways[what]()

    def _value(self, said: str) -> str:
        """A cell: one of some words, with what is made in it."""
        text, *made = self._chance.choice(said.split("|")).split("@")
        for part in made:
            what = next(way for way in WAYS if part.startswith(way))
            text += self._made(what) + part[len(what) :]
        return text

    def _table(self, columns: Sequence[Column], count: int) -> list[list[str]]:
        head = [self._chance.choice(column.headings) for column in columns]
        return [head, *([self._value(column.value) for column in columns] for _ in range(count))]

    def innocent(self, kind: str) -> Drawn:
        """A list of a kind with some of its columns."""
        self._begin()
        titles, columns = _columns(SPECS[kind])
        some = [c for c in columns if not c.always]
        taken = self._chance.sample(some, self._chance.randint(1, len(some)))
        rows = self._table([c for c in columns if c.always or c in taken], self._chance.randint(12, 30))
        return self._written(self._chance.choice(titles), rows, 0)

    def twin(self, kind: str) -> Drawn:
        """A list of private people, with columns of a kind that say nothing of an office."""
        self._begin()
        neutral = [c for c in _columns(SPECS[kind])[1] if not c.official]
        own = [Column((k,), v, always=True, official=False) for k, v in self._chance.sample([*OWN.items()], 3)]
        columns = own + self._chance.sample(neutral, min(len(neutral), self._chance.choice((0, 1, 2))))
        self._chance.shuffle(columns)
        who = Column(("氏名", "申込者", "お名前"), "@name", always=True, official=False)
        columns.insert(self._chance.choice((0, 0, 1)), who)
        count = self._chance.randint(12, 30)
        title = self._chance.choice(("申込者一覧", "参加者名簿", "利用者名簿"))
        return self._written(title, self._table(columns, count), count)

    def _written(self, title: str, rows: list[list[str]], people: int) -> Drawn:
        """A list in one of the carriers."""
        form, text = self._chance.choice(CARRIERS), io.StringIO()
        if form in ("csv", "titled"):
            csv.writer(text, lineterminator="\n").writerows([[title], *rows] if form == "titled" else rows)
            return Drawn(text.getvalue().encode(), "a.csv", people)
        if form == "xlsx":
            book, data = openpyxl.Workbook(), io.BytesIO()
            for row in rows:
                book.active.append(row)  # type: ignore[union-attr]
            book.save(data)
            return Drawn(data.getvalue(), "a.xlsx", people)
        if form == "html":
            cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
            page = f"<h1>{title}</h1><table>" + "".join(f"<tr>{row}</tr>\n" for row in cells) + "</table>"
            return Drawn(page.encode(), "a.html", people)
        if form == "records":
            records = ("\n".join(f"{k}：{v}" for k, v in zip(rows[0], row, strict=True)) for row in rows[1:])
            return Drawn(f"{title}\n\n{'\n\n'.join(records)}\n".encode(), "a.txt", people)
        sign = {"tsv": "\t", "pipe": "|", "md": " | "}[form]
        lines = [sign.join(row) for row in rows]
        if form == "md":
            lines = [f"| {line} |" for line in lines]
            lines.insert(1, "|" + "---|" * len(rows[0]))
        return Drawn("\n".join([title, "", *lines, ""]).encode(), "a.md" if form == "md" else "a.txt", people)

    def mail(self) -> Drawn:
        """A firm's mail to the office, with signatures and what was written before."""
        self._begin()
        firm, writer, clerk, desk = self._made("firm"), self.name(), self.name(), self._made("office")
        sent = self._chance.choice(("", f"現地担当は弊社の{self.name()}（携帯 {self._made('mobile')}）です。\n"))
        text = (
            f"From: info@example.co.jp\nTo: a@city.kagamihama.lg.jp\nSubject: kenmei\nContent-Type: text/plain; charset=utf-8\n"
            f"Content-Transfer-Encoding: 8bit\n\n鏡浜市役所 {desk}\n{clerk}様\n\nお世話になっております。{firm}の{writer}です。\n{sent}\n"
            f"--\n{firm}\n営業部 {writer}\n〒254-0001 {self._made('address')}\nTEL {self._made('tel')}\n\n"
            f"-----Original Message-----\nFrom: {clerk} <a@city.kagamihama.lg.jp>\nTo: {writer} <info@example.co.jp>\nSubject: kenmei\n\n"
            f"> {writer}様\n> お世話になっております。鏡浜市役所{desk}の{clerk}です。\n> --\n> 鏡浜市役所 {desk} 係長 {clerk}\n"
            f"> 電話：{self._made('tel')}（直通） 内線{self._made('d4')}\n"
        )
        return Drawn(text.encode(), "a.eml", 0)

    def minutes(self) -> Drawn:
        """Minutes with those who were there and what they said."""
        self._begin()
        posts = ("委員長", "委員", "課長", "議員")
        here = [(self.name(), self._chance.choice(posts)) for _ in range(8)]
        text = f"審議会 会議録\n\n場所　{self._made('place')}（{self._made('address')}）\n出席者　"
        text += "、".join(f"{name}{post}" for name, post in here) + "\n\n"
        text += "".join(
            f"{name}{post}：{self._made('town')}の{self._made('age')}歳以上の方を対象とする。\n" for name, post in here
        )
        text += f"\n問合せ　{self._made('office')} {self.name()} 電話 {self._made('tel')}（内線{self._made('d4')}）\n"
        return Drawn(text.encode(), "a.txt", 0)


WAYS = (
    "firmmail name town address tel mobile mail past day age office place firm clinic practice school bridge reading d1 d2 d4"
).split()


def drawn(kind: str, each: int, seed: int, *, twins: bool = False) -> Iterator[Drawn]:
    """So many files of a kind, or lists of private people beside the same columns."""
    draw = Draw(seed)
    texts = {"mails": draw.mail, "minutes": draw.minutes}
    for _ in range(each):
        yield texts[kind]() if kind in texts else draw.twin(kind) if twins else draw.innocent(kind)


KINDS = (*SPECS, "mails", "minutes")


def main() -> int:
    """The command; 1 where any innocent file reaches ten people or any list of people is counted otherwise."""
    from tests.extract.people import inspected

    parser = argparse.ArgumentParser(prog="python -m tests.tuning.drawn_innocent", description=__doc__)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    one, ten, wrong, files = 0, 0, 0, 0
    for kind in KINDS:
        counts = [inspected(f.data, f.name).subjects for f in drawn(kind, args.each, args.seed)]
        twins = [*drawn(kind, args.each, args.seed, twins=True)] if kind in SPECS else []
        bad = sum(inspected(f.data, f.name).subjects != f.people for f in twins)
        reach, many = sum(n > 0 for n in counts), sum(n > 9 for n in counts)
        print(f"{kind:12} {reach:4} reach one, {many:4} ten of {len(counts)}; twins otherwise {bad:4} of {len(twins)}")
        one, ten, wrong, files = one + reach, ten + many, wrong + bad, files + len(counts)
    print(f"{one} of {files} reach one, {ten} ten; {wrong} twins otherwise")
    return 1 if ten or wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
