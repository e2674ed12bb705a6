"""Files of somebody who does not want to be found out, or whose office software is no help."""

from __future__ import annotations

import base64
import gzip
import html
import quopri
import unicodedata
import urllib.parse

from tests.subjects.clerks import C, Case, Clerk

_WIDE = {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)} | {" ": "　"}
_CIRCLED = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
_KANJI = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
_ARABIC = {str(d): chr(0x660 + d) for d in range(10)}
_PERSIAN = {str(d): chr(0x6F0 + d) for d in range(10)}
_BOLD = {str(d): chr(0x1D7CE + d) for d in range(10)}
_SUPER = dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
_LETTERS = {"0": "O", "1": "l"}
_CYRILLIC = {"0": "О", "3": "З"}


def swap(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(c, c) for c in text)


def between(text: str, sign: str) -> str:
    return sign.join(text)


def line(p: Clerk) -> str:
    return f"氏名：{p.name}　生年月日：{p.birth}　電話：{p.mobile}"


def csv(people: list[Clerk], sep: str = ",") -> str:
    rows = [["氏名", "住所", "電話番号", "生年月日"]] + [[p.name, p.address, p.phone, p.slashed] for p in people]
    return "\n".join(sep.join(row) for row in rows) + "\n"


def form(p: Clerk) -> str:
    return f"氏名：{p.name}\n住所：{p.address}\n電話番号：{p.mobile}\n生年月日：{p.birth}\n"


TEN = csv(C[:10])
FORM = form(C[3])


def _folded64(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


def _vertical(*lines: str) -> str:
    deep = max(map(len, lines))
    return "\n".join("　".join((row[i] if i < len(row) else "　") for row in reversed(lines)) for i in range(deep))


def _reversed_rlo(p: Clerk) -> str:
    return f"氏名：{p.name}\n電話：\u202e{p.mobile[::-1]}\u202c\n"


DISGUISED = [
    Case("wide-all", 10, swap(TEN.replace(",", "\t").replace("\n", "\r"), _WIDE).replace("\r", "\n")),
    Case("wide-form", 1, swap(FORM, _WIDE)),
    *(
        Case(f"dash-{ord(d):04x}", 1, f"{C[i].name}様　{C[i].short.replace('-', d)}　{C[i].mobile.replace('-', d)}\n")
        for i, d in enumerate("‐‑‒–—―−ー－ｰ─━﹣⁻")
    ),
    *(
        Case(f"hidden-{ord(z):04x}", 10, between(TEN, z))
        for z in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u2061\u200e\u061c"
    ),
    Case("hidden-form", 1, "".join(c + "\u200b\u200d" for c in FORM)),
    Case("spaced-name", 1, f"氏名：{between(C[4].surname + C[4].given, '　')}\n住所：{C[4].address}\n"),
    Case(
        "spaced-csv", 10, "氏名,電話\n" + "".join(f"{between(p.surname + p.given, '　')},{p.phone}\n" for p in C[:10])
    ),
    Case("spaced-everything", 1, "\n".join(between(row, " ") for row in FORM.splitlines())),
    Case("spaced-wide-everything", 1, "\n".join(between(row, "　") for row in FORM.splitlines())),
    Case("spaced-digits", 1, f"{C[5].name}さんの携帯は {between(C[5].mobile.replace('-', ''), ' ')} です。\n"),
    Case("dotted-phone", 1, f"{C[5].name}様 {C[5].mobile.replace('-', '.')}\n"),
    Case("spaced-phone", 1, f"{C[5].name}様 {C[5].mobile.replace('-', ' ')}\n"),
    Case("vertical", 1, _vertical(f"氏名{C[6].surname}{C[6].given}", f"電話{C[6].mobile}")),
    Case("vertical-one", 1, "\n".join(f"氏名{C[6].surname}{C[6].given}") + "\n\n" + "\n".join(f"電話{C[6].mobile}")),
    Case("entities-decimal", 10, "".join(f"&#{ord(c)};" if c not in ",\n" else c for c in TEN)),
    Case("entities-hex", 1, "".join(f"&#x{ord(c):x};" if ord(c) > 127 else c for c in FORM)),
    Case(
        "entities-in-html",
        1,
        "<p>" + "<br>".join("".join(f"&#{ord(c)};" for c in row) for row in FORM.splitlines()) + "</p>",
        "a.html",
    ),
    Case("entities-twice", 1, html.escape("".join(f"&#{ord(c)};" for c in FORM))),
    Case("quoted-printable", 10, quopri.encodestring(TEN.encode()).decode()),
    Case("quoted-printable-note", 1, "下記のとおりです。\n\n" + quopri.encodestring(FORM.encode()).decode()),
    Case("qp-cp932", 1, quopri.encodestring(FORM.encode("cp932"))),
    Case("base64-run", 10, "確認お願いします。\n" + base64.b64encode(TEN.encode()).decode() + "\n以上\n"),
    Case("base64-folded", 10, "確認お願いします。\n" + _folded64(TEN) + "\n以上\n"),
    Case("base64-cp932", 10, base64.b64encode(TEN.encode("cp932")).decode()),
    Case("base64-utf16", 10, base64.b64encode(TEN.encode("utf-16")).decode()),
    Case("base64-url", 10, "token=" + base64.urlsafe_b64encode(TEN.encode()).decode() + "\n"),
    Case("base64-twice", 10, base64.b64encode(base64.b64encode(TEN.encode())).decode()),
    Case("base64-gzip", 10, "ログ:\n" + base64.b64encode(gzip.compress(TEN.encode(), mtime=0)).decode()),
    Case("base64-each-line", 10, "".join(base64.b64encode(row.encode()).decode() + "\n" for row in TEN.splitlines())),
    Case(
        "base64-in-csv",
        10,
        "id,data\n" + "".join(f"{i},{base64.b64encode(line(p).encode()).decode()}\n" for i, p in enumerate(C[:10])),
    ),
    Case("base64-short", 1, base64.b64encode(f"{C[7].name} {C[7].mobile}".encode()).decode() + "\n"),
    Case("hex", 10, TEN.encode().hex()),
    Case("hex-spaced", 10, TEN.encode().hex(" ")),
    Case("base32", 10, base64.b32encode(TEN.encode()).decode()),
    Case("percent", 10, urllib.parse.quote(TEN)),
    Case(
        "percent-url",
        1,
        "https://forms.example.jp/view?"
        + urllib.parse.urlencode({"氏名": C[8].name, "電話番号": C[8].mobile, "住所": C[8].address})
        + "\n",
    ),
    Case("percent-cp932", 1, urllib.parse.quote(FORM, encoding="cp932")),
    Case(
        "percent-log",
        10,
        "".join(
            f'10.0.0.{i} - - "GET /reg?name={urllib.parse.quote(p.name)}&tel={p.mobile} HTTP/1.1" 200\n'
            for i, p in enumerate(C[:10])
        ),
    ),
    Case("unicode-escapes", 10, TEN.encode("unicode-escape").decode().replace("\\n", "\n")),
    Case(
        "unicode-escapes-json",
        1,
        '{"payload": "' + FORM.encode("unicode-escape").decode().replace("\\", "\\\\") + '"}',
        "a.json",
    ),
    Case("utf7", 10, TEN.encode("utf-7")),
    Case(
        "uuencode",
        10,
        "begin 644 a.csv\n"
        + "".join(
            __import__("binascii").b2a_uu(TEN.encode()[i : i + 45]).decode() for i in range(0, len(TEN.encode()), 45)
        )
        + "`\nend\n",
    ),
    Case("reversed-lines", 10, "\n".join(row[::-1] for row in TEN.splitlines())),
    Case("reversed-form", 1, "\n".join(row[::-1] for row in FORM.splitlines())),
    Case("reversed-text", 10, TEN[::-1]),
    *(
        Case(f"digits-{word}", 1, f"氏名：{C[9].name}\n電話番号：{swap(C[9].mobile, table)}\n")
        for word, table in (
            ("circled", _CIRCLED),
            ("kanji", _KANJI),
            ("arabic", _ARABIC),
            ("persian", _PERSIAN),
            ("bold", _BOLD),
            ("superscript", _SUPER),
            ("letters", _LETTERS),
            ("cyrillic", _CYRILLIC),
        )
    ),
    Case("number-circled", 1, f"個人番号：{swap(C[9].number, _CIRCLED)}\n"),
    Case("number-kanji", 1, f"個人番号：{swap(C[9].number, _KANJI)}\n"),
    Case("number-grouped", 1, f"マイナンバー {'-'.join(C[9].number[i : i + 4] for i in (0, 4, 8))}\n"),
    Case("number-wide-spaces", 1, f"個人番号　{swap(' '.join(C[9].number[i : i + 4] for i in (0, 4, 8)), _WIDE)}\n"),
    Case(
        "number-split-cells",
        10,
        "氏名\t"
        + "\t".join("個人番号" if not i else "" for i in range(12))
        + "\n"
        + "".join(p.name + "\t" + "\t".join(p.number) + "\n" for p in C[:10]),
        "a.tsv",
    ),
    Case(
        "excel-zero",
        10,
        "氏名,携帯\n" + "".join(f"{p.name},{p.mobile.replace('-', '')[1:]}\n" for p in C[:10]),
        "a.csv",
    ),
    Case(
        "excel-landline",
        10,
        "氏名,TEL\n" + "".join(f"{p.name},{p.phone.replace('-', '')[1:]}\n" for p in C[:10]),
        "a.csv",
    ),
    Case(
        "excel-exponent",
        10,
        "氏名,住所,個人番号\n" + "".join(f"{p.name},{p.short},{float(p.number):.5E}\n" for p in C[:10]),
        "a.csv",
    ),
    Case("excel-float", 10, "個人番号\n" + "".join(f"{p.number}.0\n" for p in C[:10]), "a.csv"),
    Case("excel-formula", 10, "氏名,電話\n" + "".join(f'"=""{p.name}""","=""{p.mobile}"""\n' for p in C[:10]), "a.csv"),
    Case(
        "excel-apostrophe",
        10,
        "氏名,電話\n" + "".join(f"{p.name},'{p.mobile.replace('-', '')}\n" for p in C[:10]),
        "a.csv",
    ),
    Case(
        "broken-cells",
        10,
        "氏名,住所,電話\n"
        + "".join(f'"{p.surname}\n{p.given}","{p.town}\n{"-".join(map(str, p.house))}",{p.phone}\n' for p in C[:10]),
        "a.csv",
    ),
    Case(
        "cell-of-all",
        10,
        "番号,内容\n" + "".join(f'{i},"{p.name}\n{p.address}\n{p.phone}"\n' for i, p in enumerate(C[:10])),
        "a.csv",
    ),
    Case(
        "voiced-apart",
        10,
        unicodedata.normalize("NFD", "フリガナ,電話\n" + "".join(f"{p.kana},{p.phone}\n" for p in C[:10])),
        "a.csv",
    ),
    Case("nfd-form", 1, unicodedata.normalize("NFD", f"フリガナ：{C[3].kana}\nメールアドレス：{C[3].email}\n")),
    Case(
        "half-kana",
        10,
        "ｼﾒｲ,ﾃﾞﾝﾜ\n" + "".join(f"{unicodedata.normalize('NFKC', p.kana)},{p.phone}\n" for p in C[:10]),
        "a.csv",
    ),
    Case("rlo", 1, _reversed_rlo(C[2])),
    Case("radicals", 1, f"氏名：⾼橋 花⼦\n電話：{C[1].mobile}\n"),
    Case("comment-html", 1, f"<html><body><p>お知らせ</p><!-- {line(C[1])} --></body></html>", "a.html"),
    Case(
        "hidden-div",
        1,
        f"<html><body><p>お知らせ</p><div style='display:none'>{line(C[1])}</div></body></html>",
        "a.html",
    ),
    Case("script-html", 1, f"<html><body><script>var x='{line(C[1])}';</script></body></html>", "a.html"),
    Case(
        "data-attribute",
        1,
        f"<html><body><span data-name='{C[1].name}' title='{line(C[1])}'>x</span></body></html>",
        "a.html",
    ),
    Case("split-tags", 1, "<html><body>" + "".join(f"<b>{c}</b>" for c in line(C[1])) + "</body></html>", "a.html"),
    Case("slashes", 10, "".join(f"{p.name}／{p.short}／{p.mobile}\n" for p in C[:10])),
    Case("json-escaped", 10, __import__("json").dumps([{"氏名": p.name, "電話": p.mobile} for p in C[:10]]), "a.json"),
    Case(
        "json-in-text",
        10,
        "結果は次のとおり\n" + "\n".join(__import__("json").dumps({"name": p.name, "tel": p.mobile}) for p in C[:10]),
    ),
    Case(
        "python-literal",
        10,
        "rows = [\n" + "".join(f'    ("{p.name}", "{p.mobile}"),\n' for p in C[:10]) + "]\n",
        "a.py",
    ),
    Case("at-disguised", 1, f"{C[3].name}様 {C[3].email.replace('@', '[at]')}\n"),
    Case("at-wide", 1, f"{C[3].name}様 {C[3].email.replace('@', '＠')}\n"),
    Case("at-star", 1, f"氏名：{C[3].name}\nメール：{C[3].email.replace('@', ' (アット) ').replace('.', ' dot ')}\n"),
    Case("underscores", 10, csv(C[:10], "_")),
    Case("no-separator", 10, "".join(f"{p.surname}{p.given}{p.mobile}\n" for p in C[:10])),
    Case("one-line", 10, "、".join(f"{p.surname}{p.given}({p.mobile})" for p in C[:10]) + "\n"),
    Case("one-line-semicolon", 10, ";".join(f"{p.name},{p.slashed},{p.sex}" for p in C[:10])),
]
