"""Office prose and mails of people who do not exist: minutes and notices, in which hardly anybody is named."""

from __future__ import annotations

import base64
import random
from functools import cache

from dlp.tuning.town import Citizen, citizens

_SENTENCES = (
    "{d}の定例会では、{p}の改修工事について担当課から説明がありました。",
    "施設の利用料は一回につき{n}円とし、減免の取扱いは従来どおりとします。",
    "資料は当日配布しますので、各課で必要な部数を{d}までに確認してください。",
    "道路の拡幅に伴い、{p}付近の歩行者通路を切り替えます。",
    "来年度の予算要求は、前年度比{n}千円の増額となる見込みです。",
    "説明会の参加者は延べ{n}人で、主な意見は次のとおりでした。",
    "水道管の更新は、老朽化の程度と交通量を考慮して順次行います。",
    "参加を希望される方は、広報紙に掲載した方法でお申し込みください。",
    "委員からは、避難所の備蓄品の更新時期を早めるべきではないかとの質問がありました。",
    "事務局からは、国の補助制度を活用しながら計画的に進めたいとの回答がありました。",
    "公園の遊具については、安全点検の結果を踏まえて修繕又は撤去を行います。",
    "ごみの分別方法が変わりますので、配布した冊子を必ずご覧ください。",
    "図書館の開館時間は午前{h}時から午後{k}時までです。",
    "電算システムの入替えに伴い、窓口の証明書発行を一時停止します。",
    "条例の一部改正案について、パブリックコメントを実施した結果を報告します。",
    "児童の登下校の見守り活動に、地域の皆様のご協力をお願いします。",
)
_PLACES = ("市民体育館", "中央公民館", "第二小学校", "駅前広場", "総合運動公園", "文化会館", "本庁舎", "消防署前")
_DESK = "問い合わせ先　総務課庶務係　電話 0463-21-{n:04}"
_ABOUT = "{name}様（{birth}生）から、電話 {phone} でご連絡をいただきました。"


def paragraph(rng: random.Random) -> str:
    """Two to six sentences on one line."""
    return "".join(
        rng.choice(_SENTENCES).format(
            d=f"令和{rng.randint(4, 8)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
            p=rng.choice(_PLACES),
            n=rng.randint(10, 9000),
            h=rng.randint(7, 10),
            k=rng.randint(4, 8),
        )
        for _ in range(rng.randint(2, 6))
    )


def about(one: Citizen) -> str:
    """A sentence that makes somebody a data subject."""
    return _ABOUT.format(
        name=one.name.replace("\u3000", " "), birth=one.birth.strftime("%Y年%-m月%-d日"), phone=one.phone
    )


@cache
def prose(size: int, people: int = 3, seed: int = 11) -> tuple[bytes, int]:
    """At least `size` bytes of UTF-8 prose and the number of people in it."""
    rng = random.Random(seed)
    lines: list[str] = []
    total = 0
    while total < size:
        line = _DESK.format(n=rng.randint(0, 9999)) if rng.random() < 0.01 else paragraph(rng)
        lines += [line, ""] if rng.random() < 0.2 else [line]
        total += 3 * len(line) + 1
    for one in citizens(people, seed=seed):
        lines.insert(rng.randrange(len(lines)), about(one))
    return ("\n".join(lines) + "\n").encode(), people


@cache
def mails(count: int = 60, seed: int = 12) -> tuple[tuple[bytes, int], ...]:
    """Mails of 5–50 kB and the people in each: none in most, a sentence about one in some, a list in a few."""
    rng = random.Random(seed)
    people = citizens(40 * count, seed=seed)
    return tuple(
        _mail(rng, [next(people) for _ in range(rng.choice((0, 0, 0, 0, 0, 0, 1, 1, 2, 30)))]) for _ in range(count)
    )


def _mail(rng: random.Random, people: list[Citizen]) -> tuple[bytes, int]:
    lines = ["各課担当者様", "", "お世話になっております。標記の件について、下記のとおり連絡します。", ""]
    size, total = rng.randint(5_000, 50_000), 0
    while total < size:
        line = paragraph(rng)
        lines += [line, ""]
        total += 3 * len(line) + 2
    if len(people) > 5:
        lines += ["氏名,生年月日,住所,電話番号"]
        lines += [f"{p.name},{p.birth:%Y/%m/%d},{p.address},{p.phone}" for p in people]
    else:
        for one in people:
            lines.insert(rng.randrange(4, len(lines)), about(one))
    lines += [
        "",
        "--",
        "海霧市役所 総務部 総務課 庶務係",
        f"TEL 0463-21-{rng.randint(0, 9999):04} / soumu@city.example.jp",
    ]
    return _encoded(rng, "\r\n".join(lines) + "\r\n"), len(people)


def _encoded(rng: random.Random, text: str) -> bytes:
    """The three ways Japanese mail is written: UTF-8 in base64, UTF-8 as it is, ISO-2022-JP."""
    way = rng.choice(("base64", "8bit", "7bit"))
    charset = "iso-2022-jp" if way == "7bit" else "utf-8"
    head = (
        "From: clerk@town.example\r\nTo: partner@outside.example\r\nSubject: =?utf-8?B?"
        f"{base64.b64encode('連絡事項'.encode()).decode()}?=\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {way}\r\n\r\n"
    )
    body = text.encode(charset)
    return head.encode() + (base64.encodebytes(body) if way == "base64" else body)
