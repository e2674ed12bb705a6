"""Sentences, mails and forms drawn at random from what they are made of, each of so many people.

`python -m tests.tuning.spoken --each 200 --seed 1` counts those of each kind and prints which are counted otherwise; `drawn`
does so for lists. Names, facts and ways to say them are drawn apart from each other, with people in office, places, firms
and authors strewn between, who are nobody.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from typing import NamedTuple

from tests.tuning.drawn import KNOWN, RARE, Drawn

FOREIGN = (
    "マリア・サントス グエン・ヴァン・アン リー・ウェイ ジョン・スミス アンナ・シルバ ラジェシュ・クマール".split()
)
LATIN = (
    "Sato Suzuki Takahashi Tanaka Watanabe Kaburagi Sagara Numajiri Hasumi Shishido".split(),
    "Taro Hanako Kenichi Misaki Kanata Mei Shiori Minato Rio Yuito".split(),
)
#: What a sentence says of somebody ({n}), by what it tells.
SAID = {
    "住所": "{n}の住所は{x}である。|{n}（{x}）から相談があった。|{n}、{x}在住。|{x}の{n}より申請を受け付けた。|{n}は先月{x}に転居された。",
    "電話": "{n}の電話番号は{x}です。|{n}（電話{x}）に折り返す。|{n}から電話（{x}）があった。|{n}への連絡は{x}まで。",
    "携帯": "{n}の携帯は{x}。|{n}は日中{x}で連絡がつく。|連絡先は{n}、{x}。|{n}より入電（{x}）。",
    "生年月日": "{n}（{x}生）が来庁した。|{n}は{x}生まれ。|{n}、生年月日{x}、の件で照会があった。|{n}の生年月日は{x}と確認した。",
    "年齢": "{n}（{x}）は一人暮らし。|{n}は{x}で、近所に身寄りがない。|{n}、{x}、無職。|{n}（満{x}）を保護した。",
    "メール": "{n}のメールアドレスは{x}です。|{n}（{x}）に資料を送付した。|{n}へは{x}宛てに返信すること。",
}
#: … and one after a sentence that only names him.
NAMED = "{n}が来庁し、制度について説明した。|{n}から相談があった。|{n}の件で報告する。|本日、{n}と面談した。".split("|")
GOES_ON = {
    "住所": "住所は{x}。|{x}に在住。", "電話": "電話は{x}。", "携帯": "携帯電話は{x}とのこと。", "生年月日": "生年月日は{x}。|{x}生まれ。",
    "年齢": "{x}。|年齢は{x}。", "メール": "メールは{x}。",
}  # fmt: skip
ENGLISH = {
    "address": "{n} lives at {x}.|{n}, residing at {x}, visited our office.|The address of {n} is {x}.|{n} has moved to {x}.",
    "mobile": "{n} can be reached at {x}.|Please call {n} on {x}.|The mobile number of {n} is {x}.",
    "birth": "{n}, born {x}, applied for a certificate.|{n} was born on {x}.|{n} (born {x}) came to the counter.",
    "age": "{n}, {x}, lives alone.|{n} is {x} years old.|{n} (age {x}) was taken to hospital.|The {x}-year-old {n} was found safe.",
}
#: What is said of nobody private: {o} is a name.
OFFICIAL = (
    "福祉課の{o}課長補佐が同席した。|市長 {o}は出席した。|詳細は担当の{o}（内線2215）に確認すること。|議長は{o}議員が務めた。|問い合わせは福祉課（電話0463-21-8779）まで。|"
    "参考図書は{o}著『地域福祉の手引き』（有斐閣、2019年）。|平塚駅から徒歩10分の福祉会館で行った。|次回は令和8年7月3日（金）10時から。|"
    "平塚市役所（平塚市浅間町9-1）で手続きが必要である。|株式会社汐見工務店（電話0463-21-1000）に見積りを依頼した。"
).split("|")
TITLES = ("", "", "相談記録\n\n", "面談記録（令和8年6月12日）\n\n", "報告\n\n各位\n\n")
SIGNATURES = (
    "\n--\n鏡浜市 福祉部 福祉課 {o}\nTEL 0463-21-8779 FAX 0463-21-8780\n",
    "\n====\n株式会社汐見システム 営業部 {o}\nTel:045-222-3000 / Mail:info@shiomi-sys.co.jp\n====\n",
)
OPENINGS = ("各位\n\nお疲れさまです。福祉課の{o}です。\n\n", "{o}様\n\nお世話になっております。\n\n", "")
ROLES = ("申請者", "届出人 世帯主 代理人", "保護者 児童", "請求者 代理人", "申請者 配偶者")
LABELS = {
    "氏名": "氏名 お名前 氏　　名", "住所": "住所 ご住所 現住所", "電話": "電話番号 電話 TEL", "携帯": "携帯電話 日中の連絡先", "生年月日": "生年月日",
    "年齢": "年齢", "メール": "メールアドレス E-mail",
}  # fmt: skip
STAFF = (
    "受付者　{o}　　受付番号　第123号",
    "※市処理欄　担当 {o}　本人確認 □運転免許証",
    "係員印　{o}\n受付日　令和8年6月12日",
)


class Person(NamedTuple):
    """Somebody, and what can be said of him."""

    name: str
    facts: dict[str, str]


class Draw:
    """Draws texts; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def _one(self, ways: str | Sequence[str]) -> str:
        return self._chance.choice(ways.split("|") if isinstance(ways, str) else list(ways))

    def _people(self, count: int) -> list[Person]:
        chance = self._chance
        surnames, given = KNOWN if chance.random() < 0.5 else RARE
        between = chance.choice(("", "", " ", "　"))
        names = chance.sample([f"{surname}{between}{name}" for surname in surnames for name in given], count)
        if chance.random() < 0.15:
            names[: len(FOREIGN)] = FOREIGN[:count]
        return [Person(name, self._facts(i)) for i, name in enumerate(names)]

    def _facts(self, i: int) -> dict[str, str]:
        chance = self._chance
        year, month, day = chance.randrange(1936, 2005), chance.randrange(1, 13), chance.randrange(1, 28)
        lot = f"{i % 9 + 1}{chance.choice(('-', '丁目'))}{i % 17 + 1}-{i % 23 + 1}"
        return {
            "住所": f"{chance.choice(('鏡浜市汐見町', '神奈川県平塚市浅間町', '横浜市中区本町'))}{lot}",
            "電話": f"0467-{20 + i % 60}-{1000 + i * 37 % 9000}",
            "携帯": f"090-{1000 + i * 71 % 9000}-{1000 + i * 137 % 9000}",
            "生年月日": chance.choice((f"{year}年{month}月{day}日", f"昭和{year % 50 + 12}年{month}月{day}日")),
            "年齢": f"{chance.randrange(20, 95)}歳",
            "メール": f"user{i * 7919 % 99991}@{chance.choice(('gmail.com', 'docomo.ne.jp'))}",
            "address": f"{i % 9 + 1}-{i % 17 + 1}-{i % 23 + 1} {chance.choice(('Honcho, Hiratsuka', 'Minami, Yokohama'))}",
            "mobile": f"090-{1000 + i * 71 % 9000}-{1000 + i * 137 % 9000}",
            "birth": chance.choice((f"March {day}, {year}", f"{day} July {year}")),
            "age": str(chance.randrange(18, 95)),
        }

    def sentences(self) -> Drawn:
        """A memo in sentences, each of which tells of somebody, or of whom the one before named."""
        chance, n = self._chance, self._chance.choice((1, 1, 2, 3, 5, 8, 12, 20))
        honour, gap = chance.choice(("さん", "様", "氏", "")), chance.choice(("\n", "\n", "\n\n", ""))
        goes_on, said = chance.random() < 0.5, list[str]()
        officials = self._people(5)
        for person in self._people(n):
            what = chance.choice(list(SAID))
            name, fact = person.name + honour, person.facts[what]
            if goes_on:
                between = gap if gap == "\n" and chance.random() < 0.5 else ""
                said.append(self._one(NAMED).format(n=name) + between + self._one(GOES_ON[what]).format(x=fact))
            else:
                said.append(self._one(SAID[what]).format(n=name, x=fact))
            if chance.random() < 0.3:
                said.append(self._one(OFFICIAL).format(o=chance.choice(officials).name))
        return Drawn((self._one(TITLES) + gap.join(said)).encode(), "a.txt", n)

    def english(self) -> Drawn:
        """The same in English about residents."""
        chance, n = self._chance, self._chance.choice((1, 2, 3, 5, 8, 12, 20))
        style, title = chance.choice(("{0} {1}", "{1} {0}", "{2} {1}")), chance.choice(("", "", "Mr. ", "-san"))
        names = chance.sample([style.format(s, g, s.upper()) for s in LATIN[0] for g in LATIN[1]], n)
        said = list[str]()
        for i, name in enumerate(names):
            what = chance.choice(list(ENGLISH))
            named = name + title if title.startswith("-") else title + name
            said.append(self._one(ENGLISH[what]).format(n=named, x=self._facts(i)[what]))
            if chance.random() < 0.2:
                said.append("The meeting was chaired by Director Hiroshi Tanaka.")
        return Drawn(chance.choice((" ", "\n", "\n\n")).join(said).encode(), "a.txt", n)

    def mails(self) -> Drawn:
        """A mail with a list in it, quoted or not, between greetings and signatures of who is at work."""
        chance, n = self._chance, self._chance.choice((1, 2, 3, 5, 12, 25))
        one, other = (person.name for person in self._people(2))
        has = chance.sample(("住所", "電話", "携帯", "メール"), chance.choice((1, 2)))
        sign = chance.choice(("\t", "　", "、", " / "))
        rows = [sign.join((person.name, *(person.facts[what] for what in has))) for person in self._people(n)]
        inner = f"{self._one(OPENINGS).format(o=other)}名簿を送ります。\n\n" + "\n".join(rows) + "\n" + self._one(SIGNATURES).format(o=other)  # fmt: skip
        top = self._one(OPENINGS).format(o=one) + "了解しました。\n" + self._one(SIGNATURES).format(o=one)
        quoted = "\n".join("> " + line for line in inner.split("\n"))
        text = chance.choice((
            inner,
            f"{top}\n2026/06/12 10:22、{other} <sato@city.kagamihama.lg.jp> のメール:\n{quoted}",
            f"{top}\n-----Original Message-----\nFrom: {other} <sato@city.kagamihama.lg.jp>\nSubject: 名簿\n\n{inner}",
        ))  # fmt: skip
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@city.kagamihama.lg.jp", "b@pref.example.lg.jp", "名簿"
        mail.set_content(text, cte=chance.choice(("base64", "quoted-printable")))
        return Drawn(mail.as_bytes(), "a.eml", n)

    def forms(self) -> Drawn:
        """Application forms, a block for everybody on them, and a line for the office."""
        chance = self._chance
        roles, sign = chance.choice(ROLES).split(), chance.choice(("：", "　", "\t", ": ", "【】"))
        people = self._people(len(roles))
        has = ["氏名", *chance.sample(("住所", "電話", "携帯", "生年月日", "メール"), chance.choice((1, 2, 3)))]
        labels = {what: chance.choice(LABELS[what].split(" ")) for what in has}
        whose = chance.choice(("{l}", "{r}の{l}", "{l}（{r}）"))
        text = "　　転出届\n\n"
        for person, role in zip(people, roles, strict=True):
            text += f"■{role}\n" if whose == "{l}" and len(roles) > 1 else ""
            for what in has:
                label = whose.format(l=labels[what], r=role) if what == "氏名" or "の" in whose else labels[what]
                value = person.name if what == "氏名" else person.facts[what]
                text += f"【{label}】{value}\n" if sign == "【】" else f"{label}{sign}{value}\n"
            text += "\n"
        return Drawn((text + self._one(STAFF).format(o=self._people(1)[0].name)).encode(), "a.txt", len(roles))


KINDS: dict[str, Callable[[Draw], Drawn]] = {
    "sentences": Draw.sentences,
    "sentences in English": Draw.english,
    "mails": Draw.mails,
    "forms": Draw.forms,
}


def drawn(kind: str, each: int, seed: int) -> Iterator[Drawn]:
    """So many texts of a kind."""
    draw = Draw(seed)
    for _ in range(each):
        yield KINDS[kind](draw)


def main() -> int:
    """The command; 1 where any is counted otherwise."""
    from tests.extract.people import inspected

    parser = argparse.ArgumentParser(prog="python -m tests.tuning.spoken", description=__doc__)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    wrong = 0
    for kind in KINDS:
        found = [(one, inspected(one.data, one.name).subjects) for one in drawn(kind, args.each, args.seed)]
        bad = [(one, count) for one, count in found if count != one.people]
        nobody, more = sum(count == 0 for _, count in bad), sum(count > one.people for one, count in bad)
        print(f"{kind:24} {len(bad):4} of {len(found)} otherwise, {nobody} nobody, {more} more")
        for one, count in bad[:5]:
            print(f"    {count} for {one.people}: {one.data.decode()[:160]!r}")
        wrong += len(bad)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
