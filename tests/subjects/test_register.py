"""A family register tells of a child whose it is: the parents named so are nobody's record."""

from __future__ import annotations

from tests.test_inspection_budget import inspect_bytes

_ENTRY = """本籍　静岡県富士市葭江336番地{n}
氏名　{s}　{g}
【生年月日】平成{n}年8月1日
【父】{s}一夫
【母】{s}良子
【続柄】長男
"""
_PEOPLE = [("池田", "悠真"), ("坂本", "誠"), ("渡辺", "洋平")]


def test_parents_in_a_family_register_are_not_counted() -> None:
    text = "\n".join(_ENTRY.format(n=n, s=s, g=g) for n, (s, g) in enumerate(_PEOPLE, 2))
    assert inspect_bytes(text.encode()).subjects == len(_PEOPLE)


def test_parents_with_telephones_of_their_own_are() -> None:
    rows = [f"{s}　{g},葭江1-{n},{s}　一夫,090-1111-222{n}" for n, (s, g) in enumerate(_PEOPLE, 2)]
    assert inspect_bytes("\n".join(["氏名,住所,父,父携帯", *rows]).encode()).subjects == 2 * len(_PEOPLE)


def test_parents_with_telephones_beside_a_register_are() -> None:
    rows = [f"{s}　{g},葭江1-{n},{s}　一夫,090-1111-222{n}" for n, (s, g) in enumerate(_PEOPLE, 2)]
    assert inspect_bytes("\n".join(["氏名,本籍,父,父携帯", *rows]).encode()).subjects == 2 * len(_PEOPLE)


def test_parents_with_the_familys_address_are() -> None:
    rows = [f"{s}　{g},平成3年8月{n}日,{s}　一夫,葭江1-{n}," for n, (s, g) in enumerate(_PEOPLE, 2)]
    assert inspect_bytes("\n".join(["子の氏名,生年月日,父の氏名,住所,本籍", *rows]).encode()).subjects == 2 * len(
        _PEOPLE
    )
