"""People in running text as clerks write it: lists in a sentence, memos, families, petitions, threads."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.finding import Category as C
from dlp.tuning.corpus.layout import Doc, Maker, layout
from dlp.tuning.corpus.people import Person
from dlp.tuning.corpus.said import era


def _wrapped(text: str, width: int) -> str:
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))


def _facts(m: Maker, p: Person, *keys: str) -> list[str]:
    return [text for key in keys if (text := m.said.cell(p, key))]


@layout
def _in_a_sentence(m: Maker) -> Doc:
    """All in one line: name (age, address, telephone), the next."""
    said = []
    for p in m.people:
        facts = "、".join(_facts(m, p, "age_years", "address_town", "phone"))
        said.append(m.said.cell(p, "name_tight") + (f"（{facts}）" if facts else ""))
    return Doc(text="参加者は次のとおり。" + "、".join(said) + "\n以上\n")


@layout
def _in_a_line(m: Maker) -> Doc:
    said = []
    for p in m.people:
        postal = f"〒254-{m.rng.randint(0, 9999):04} "
        m.said.tell(p, C.ADDRESS, C.POSTAL_CODE, C.PHONE)
        said.append(f"{m.said.cell(p, 'name_tight')} {postal}{p.town}{p.house} {p.phone}")
    return Doc(text="名簿：" + "、".join(said) + "\n")


@layout
def _telephone_memo(m: Maker) -> Doc:
    lines = []
    for p in m.people:
        phone = m.said.cell(p, "phone", sure=True)
        sama = f"{m.said.cell(p, 'name')}様"
        lines.append(m.rng.choice((f"{9 + p.serial % 8}:{p.serial % 50 + 10} {sama}（{phone}）より入電。折り返し希望。",
                                   f"・{sama} TEL {phone} 住民票の件", f"{sama}から電話あり。{phone}へ連絡のこと。")))  # fmt: skip
    return Doc(text="電話受付メモ\n\n" + "\n".join(lines) + "\n")


@layout
def _petition(m: Maker) -> Doc:
    lines = [f"{p.serial:>3}　{m.said.cell(p, 'name_wide')}　{m.said.cell(p, 'address', sure=True)}" for p in m.people]
    return Doc(text="署名簿\n番号　氏名　住所\n" + "\n".join(lines) + "\n")


@layout
def _evacuated_families(m: Maker) -> Doc:
    blocks = []
    for i in range(0, len(m.people) - 2, 3):
        head, *rest = m.people[i : i + 3]
        lines = [f"世帯主：{m.said.cell(head, 'name')}", f"住所：{m.said.cell(head, 'address_town', sure=True)}", f"電話：{m.said.cell(head, 'phone')}"]  # fmt: skip
        for p, relation in zip(rest, ("妻", "長女"), strict=True):
            m.said.tell(p, C.NAME, C.AGE, C.RELATIONSHIP)
            lines.append(f"家族：{p.name}（{relation}、{p.age}歳）")
        blocks.append("\n".join(lines))
    return Doc(text="避難者名簿（中央小学校）\n\n" + "\n\n".join(blocks) + "\n")


@layout
def _labels_without_signs(m: Maker) -> Doc:
    lines = []
    for p in m.people:
        cells = m.said.cell(p, "name"), m.said.cell(p, "phone", sure=True)
        lines.append(f"氏名 {cells[0]} TEL {cells[1]} 年齢 {m.said.cell(p, 'age', sure=True)}")
    return Doc(text="申込\n" + "\n".join(lines) + "\n")


@layout
def _letters_apart(m: Maker) -> Doc:
    """佐　藤　太　郎, a telephone after it."""
    lines = []
    for p in m.people:
        m.said.tell(p, C.NAME)
        name = p.name if p.alias else "　".join(p.surname + p.given)
        lines.append(f"{name}　　{m.said.cell(p, 'phone', sure=True)}")
    return Doc(text="役員以外の会員連絡先\n\n" + "\n".join(lines) + "\n")


_HEAD = "差出人：市民課\n件名：照会\n\n"
_SIGN = "--\n鏡浜市役所 市民部 市民課 主査 大野 健一\nTEL 0463-21-1111（内線2345）\nshimin@city.kagamihama.lg.jp\n"


@layout
def _long_thread(m: Maker) -> Doc:
    """Each answer quotes the one before; each is about one more person."""
    quoted: list[str] = []
    for p in m.people[:40]:
        facts = "、".join(_facts(m, p, "birth_long", "address_town", "phone"))
        body = (
            f"お疲れさまです。\n次の方について照会します。\n{m.said.cell(p, 'name')}（{facts}）\n".split("\n")
            if facts
            else ["了解です。"]
        )
        quoted = [*body, *_SIGN.split("\n"), *(f"> {line}"[:400] for line in quoted)]
    return Doc(text=_HEAD + "\n".join(quoted) + "\n")


@layout
def _report_paragraphs(m: Maker) -> Doc:
    """Case notes in sentences, broken at a fixed width as printed reports are."""
    parts = []
    for p in m.people:
        name = m.said.cell(p, "name_tight")
        m.said.tell(p, C.AGE, C.ADDRESS)
        parts.append(
            f"　対象者{name}さん（{p.age}歳）は{p.town}{p.house}に在住し、独居である。週一回の見守りを継続する。"
        )
    return Doc(text="見守り報告\n\n" + "\n\n".join(_wrapped(part, 34) for part in parts) + "\n")


@layout
def _numbered_form(m: Maker) -> Doc:
    """１　氏名　…  ２　住所　…: an office form with numbered items."""
    pages = []
    for p in m.people:
        items = [("氏名", "name"), ("住所", "address"), ("生年月日", "era"), ("電話", "phone")]
        lines = [f"{'１２３４'[i]}　{label}　　{m.said.cell(p, key)}" for i, (label, key) in enumerate(items)]
        pages.append("支給申請書\n\n" + "\n".join(lines))
    return Doc(text="\n\n".join(pages) + "\n")


@layout
def _dots_and_births(m: Maker) -> Doc:
    lines = []
    for p in m.people:
        m.said.tell(p, C.NAME, C.BIRTH_DATE)
        lines.append(f"○{p.name}　{era(p)}生　{m.said.cell(p, 'address_town')}")
    return Doc(text="住民異動届 受付分\n" + "\n".join(lines) + "\n")


def _spoken(m: Maker, people: Sequence[Person]) -> list[str]:
    said = []
    for p in people:
        m.said.tell(p, C.NAME, C.PHONE)
        said.append(f"{p.name}さん{p.phone}")
    return said


@layout
def _chat(m: Maker) -> Doc:
    """Messages of a chat: time, sender, what is said."""
    lines = []
    for i, said in enumerate(_spoken(m, m.people)):
        lines.append(f"[2024/10/{i % 28 + 1} 10:{i % 60:02}] 市民課 主事: {said}に折り返しお願いします")
    return Doc(text="\n".join(lines) + "\n")
