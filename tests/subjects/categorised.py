"""Each identifier and attribute of the domain paper alone with a name, in a form and in a list, and bare numbers."""

from __future__ import annotations

from dataclasses import dataclass

from tests.subjects.clerks import C, Case, Clerk


@dataclass(frozen=True, slots=True)
class Kind:
    """An attribute: its label, its value for a person, the category it counts under."""

    label: str
    value: object
    category: str


def _bank(p: Clerk) -> str:
    return f"横浜銀行 平塚支店 普通 {p.account}"


def _pension(p: Clerk) -> str:
    return f"{1000 + p.i * 7}-{100000 + p.i * 311}"


KINDS = [
    Kind("住所", lambda p: p.address, "address"),
    Kind("現住所", lambda p: p.short, "address"),
    Kind("電話番号", lambda p: p.phone, "phone"),
    Kind("携帯電話", lambda p: p.mobile, "phone"),
    Kind("日中連絡先", lambda p: p.mobile, "phone"),
    Kind("メールアドレス", lambda p: p.email, "email"),
    Kind("E-mail", lambda p: p.email, "email"),
    Kind("生年月日", lambda p: p.era, "birth_date"),
    Kind("生年月日", lambda p: "{}{:02}{:02}".format(*p.born), "birth_date"),
    Kind("生年月日", lambda p: "S{}.{}.{}".format(30 + p.i, *p.born[1:]), "birth_date"),
    Kind("年齢", lambda p: f"{20 + p.i}歳", "age"),
    Kind("性別", lambda p: p.sex, "sex"),
    Kind("口座番号", lambda p: p.account, "bank_account"),
    Kind("振込先", _bank, "bank_account"),
    Kind("ゆうちょ記号番号", lambda p: p.yucho, "bank_account"),
    Kind("個人番号", lambda p: p.number, "individual_number"),
    Kind("マイナンバー", lambda p: p.number, "individual_number"),
    Kind("住民票コード", lambda p: p.resident, "resident_code"),
    Kind("運転免許証番号", lambda p: p.licence, "licence"),
    Kind("免許証番号", lambda p: f"第{p.licence}号", "licence"),
    Kind("基礎年金番号", _pension, "pension"),
    Kind("年金番号", _pension, "pension"),
    Kind("雇用保険被保険者番号", lambda p: f"{1000 + p.i}-{100000 + p.i * 31}-{p.i % 10}", "insurance"),
    Kind("介護保険被保険者番号", lambda p: f"{p.i:010}".replace("0", "1", 1), "insurance"),
    Kind("国民健康保険 記号・番号", lambda p: f"平塚 {1234567 + p.i}", "insurance"),
    Kind("被保険者証番号", lambda p: f"{1234567 + p.i}", "insurance"),
    Kind("後期高齢者医療被保険者番号", lambda p: f"{10000000 + p.i * 8}", "insurance"),
    Kind("旅券番号", lambda p: f"TR{1000000 + p.i * 7919}", "passport"),
    Kind("パスポート番号", lambda p: f"TK{1000000 + p.i * 7919}", "passport"),
    Kind("在留カード番号", lambda p: f"AB{10000000 + p.i * 7919}CD", "residence_card"),
    Kind("クレジットカード番号", lambda p: "-".join(p.card[i : i + 4] for i in (0, 4, 8, 12)), "card"),
    Kind("病名", lambda p: ("糖尿病", "高血圧症", "統合失調症", "肺がん")[p.i % 4], "sensitive"),
    Kind("障害者手帳", lambda p: f"身体障害者手帳 {1 + p.i % 6}級", "sensitive"),
    Kind("障害等級", lambda p: f"{1 + p.i % 6}級", "sensitive"),
    Kind("要介護度", lambda p: f"要介護{1 + p.i % 5}", "sensitive"),
    Kind("介護度", lambda p: f"要支援{1 + p.i % 2}", "sensitive"),
    Kind("既往歴", lambda p: ("脳梗塞", "喘息")[p.i % 2], "sensitive"),
    Kind("アレルギー", lambda p: ("卵", "小麦")[p.i % 2], "sensitive"),
    Kind("受給者番号", lambda p: f"{1000000 + p.i * 13}", "insurance"),
]
#: Attributes that make nobody a data subject.
WEAK = [
    Kind("宛名番号", lambda p: f"{10000000 + p.i * 13}", ""),
    Kind("所属", lambda p: ("平塚クラブ", "湘南走友会")[p.i % 2], ""),
    Kind("学年", lambda p: f"{1 + p.i % 6}年", ""),
    Kind("クラス", lambda p: "ABC"[p.i % 3], ""),
    Kind("役職", lambda p: ("班長", "書記")[p.i % 2], ""),
    Kind("タイム", lambda p: f"{2 + p.i % 3}:{10 + p.i}:{p.i:02}", ""),
    Kind("順位", lambda p: f"{1 + p.i}位", ""),
    Kind("種目", lambda p: "100m 200m 走幅跳".split()[p.i % 3], ""),
    Kind("参加日", lambda p: f"2024年5月{1 + p.i}日", ""),
    Kind("金額", lambda p: f"{1000 * p.i:,}円", ""),
    Kind("学校名", lambda p: "本町小学校 中央中学校".split()[p.i % 2], ""),
]


def form_of(kind: Kind, p: Clerk) -> str:
    return f"氏名　　：{p.name}\n{kind.label}：{kind.value(p)}\n"  # type: ignore[operator]


def list_of(kind: Kind, people: list[Clerk]) -> str:
    return f"番号,氏名,{kind.label}\n" + "".join(
        f"{i},{p.name},{kind.value(p)}\n"  # type: ignore[operator]
        for i, p in enumerate(people, 1)
    )


def _numbers(values: list[str]) -> str:
    return "".join(v + "\n" for v in values)


CATEGORISED = [
    *((kind, Case(f"form-{i}-{kind.label}", 1, form_of(kind, C[i % 40]))) for i, kind in enumerate(KINDS)),
    *((kind, Case(f"list-{i}-{kind.label}", 12, list_of(kind, C[3:15]), "a.csv")) for i, kind in enumerate(KINDS)),
    *((kind, Case(f"weak-form-{kind.label}", 0, form_of(kind, C[i]))) for i, kind in enumerate(WEAK)),
    *((kind, Case(f"weak-list-{kind.label}", 0, list_of(kind, C[:12]), "a.csv")) for kind in WEAK),
]
BARE = [
    Case("bare-numbers-list", 12, _numbers([p.number for p in C[:12]])),
    Case("bare-numbers-header", 12, "個人番号\n" + _numbers([p.number for p in C[:12]])),
    Case("bare-one-labelled", 1, f"個人番号：{C[0].number}\n"),
    Case("bare-one-unlabelled", 0, f"{C[0].number}\n"),
    Case("bare-resident-codes", 0, _numbers([p.resident for p in C[:12]])),
    Case("bare-phones", 0, "電話番号\n" + _numbers([p.phone for p in C[:12]])),
    Case("bare-mails", 0, _numbers([p.email for p in C[:12]])),
    Case("kana-number", 10, "カナ氏名,電話\n" + "".join(f"{p.kana},{p.phone}\n" for p in C[:10]), "a.csv"),
    Case("roman-number", 10, "NAME,TEL\n" + "".join(f"{p.roman},{p.phone}\n" for p in C[:10]), "a.csv"),
    Case("name-only", 0, "氏名\n" + "".join(f"{p.name}\n" for p in C[:20]), "a.csv"),
    Case("name-kana-only", 0, "氏名,フリガナ\n" + "".join(f"{p.name},{p.kana}\n" for p in C[:20]), "a.csv"),
    Case("wrong-digit", 0, "番号\n" + _numbers([p.number[:-1] + str((int(p.number[-1]) + 1) % 10) for p in C[:12]])),
]
