"""Registers, chats, notes and notices of a town hall's rooms, as another maker wrote them."""

from __future__ import annotations

import json

from tests.subjects.clerks import C, Case

_STATES = ("無事", "避難所へ", "連絡取れず")
_NUMBERED_TOWNS = ("神戸市長田区七番町3-12-18", "旭川市２条通2497", "標津郡中標津町西９条南124-4", "小樽市幸5番地")

REGISTERS = [
    Case(
        "two-lines-a-record",
        12,
        "固定資産税　納税義務者一覧表　　　1頁\n通知書番号　 納税義務者氏名　　　　　課税標準額\n　　　　　　 住所\n"
        + "".join(
            f"{88256800 + i}     {p.name}            4,569,000\n             平塚市{p.short}\n"
            for i, p in enumerate(C[:12])
        ),
    ),
    Case(
        "chat-with-tabs",
        6,
        "2026/11/12(木)\n"
        + "".join(
            f"17:{10 + i}\t防災課 中野\t{p.name}さん 6{i}歳 {p.short} {_STATES[i % 3]} 携帯{p.mobile}\n"
            for i, p in enumerate(C[:6])
        ),
    ),
    Case(
        "who-inquires-is-no-desk",
        3,
        "\n".join(f"{p.short}の{p.name}様（電話{p.mobile}）から、解約について問い合わせ。" for p in C[:3]),
    ),
    Case("newborn-in-a-report", 2, "\n".join(f"11/{i + 1} {p.name} 0歳女性" for i, p in enumerate(C[:2]))),
    Case(
        "towns-that-are-numbers",
        4,
        "氏名,住所\n" + "".join(f"{p.name},{town}\n" for p, town in zip(C[:4], _NUMBERED_TOWNS, strict=True)),
        "a.csv",
    ),
    Case("foreign-name-with-a-dot", 1, "本日、デラクルス・マイケルさん（57歳）が来庁した。\n"),
    Case(
        "health-in-a-column",
        3,
        "学校名,児童氏名,健康上の配慮\n" + "".join(f"港小学校,{p.name},卵アレルギー\n" for p in C[:3]),
        "a.csv",
    ),
    Case(
        "owner-tills-himself",
        20,
        "地番,所有者氏名,所有者住所,耕作者\n" + "".join(f"{p.i},{p.name},{p.short},所有者に同じ\n" for p in C[:20]),
        "a.csv",
    ),
    Case(
        "heritage",
        0,
        "名称,作者,時代,所在地,所有者\n"
        + "".join(f"梵鐘,{p.name},室町,平塚市{p.short},{('平波市', '宗教法人光明寺')[p.i % 2]}\n" for p in C[:12]),
        "a.csv",
    ),
    Case(
        "performers",
        0,
        "".join(
            f"▼コンサート　出演＝{p.name}（ピアノ）　会場＝市民ホール　問合せ＝文化課 {p.phone}\n"
            f"▼人権相談　毎月第2水曜　市役所1階　電話 {p.phone}\n"
            for p in C[:5]
        ),
    ),
    Case(
        "surgeries-in-御殿場",
        0,
        "".join(f"12月{p.i + 1}日　{p.surname}歯科　御殿場市沼田5-13-4　電話{p.phone}　9時〜17時\n" for p in C[:5]),
    ),
    Case(
        "dots-that-lead",
        6,
        "".join(f"{p.name}…………{p.phone}\n" for p in C[:5]) + f"椋久　杜颯…………{C[6].phone}\n",
    ),
    Case(
        "guarantors-have-their-own",
        5,
        "奨学生番号,氏名,在籍校,連帯保証人,保証人住所,保証人電話\n"
        + "".join(
            f"{p.i},{p.name},平波高校,{q.name},{q.short},{q.phone}\n" for p, q in zip(C[:5], C[10:15], strict=True)
        ),
        "a.csv",
    ),
    Case(
        "nicknames",
        6,
        "displayName,realName,phone\n" + "".join(f"さくら,{p.name},{p.mobile}\n" for p in C[:6]),
        "a.csv",
    ),
    Case(
        "whole-names-of-a-directory",
        6,
        "displayName,sn,givenName,mail\n" + "".join(f"{p.name},{p.surname},{p.given},{p.email}\n" for p in C[:6]),
        "a.csv",
    ),
    Case(
        "missing-persons",
        2,
        "緑町3-4-5在住の徐志強（94）が、行方不明となっている。\n本町1-2-3在住のバトバヤル・ファティマ（10）が、保護された。\n",
    ),
    Case("who-found-it", 1, f"第一発見者の笹巻 和惟子氏（連絡先{C[3].mobile}）から聞き取りを行った。\n"),
    Case(
        "foreign-names-as-heads",
        4,
        "# 訪問日報\n"
        + "".join(
            f"## {name} 様\n- 年齢: 4{i}\n- 電話: `{C[i].phone}`\n\n"
            for i, name in enumerate(("シャルマ ミン・トゥアン", C[0].name, C[1].name, "ファム ヴァン・アン"))
        ),
        "a.md",
    ),
    Case(
        "contributors",
        3,
        "\n".join(
            f"No.{p.i}\n投稿者　{p.name}　5{p.i}　会社員　平塚市\nE-mail　{p.email}\n意見　特になし\n" for p in C[:3]
        ),
    ),
    Case(
        "births-and-telephones-in-one-column",
        6,
        "分団,氏名,生年月日 電話番号\n"
        + "".join(f"第{p.i + 1}分団,{p.name},{p.era}{' ' * (p.i > 0)}{p.mobile}\n" for p in C[:6]),
        "a.csv",
    ),
    Case(
        "cremations",
        4,
        "許可番号,死亡者氏名,享年\n" + "".join(f"{p.i},{p.name},8{p.i}\n" for p in C[:4]),
        "a.csv",
    ),
    Case(
        "car-parks",
        0,
        json.dumps(
            [{"name": f"{p.town}駐車場", "address": f"平塚市{p.short}", "tel": p.phone} for p in C[:12]],
            ensure_ascii=False,
        ),
        "a.json",
    ),
    Case(
        "trees",
        0,
        "樹木番号,樹種,所在地,診断者,診断日\n"
        + "".join(f"{p.i},ケヤキ,平塚市{p.short},{p.name},2026/10/1\n" for p in C[:12]),
        "a.csv",
    ),
]
