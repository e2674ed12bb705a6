"""What the silencing of lists in text must leave: private people below words that head counts, lines and offices' tables, too."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected

_NAMES = [f"{surname}　{given}" for surname in "鏑木 相楽 生方 鵜飼 仁科 沼尻".split() for given in "奏汰 芽依".split()]


@pytest.mark.parametrize(
    "head",
    [
        "氏名　連絡先　－　－　－　－\n－　郵便番号　世帯　言語　住所　保険",
        "名簿　－　－　－　－\n－　－　－　－　－\n対象者一覧　－　－　－　－\n担当 総務課　－　－　－　－\n－　－　－　－　－\n氏名　郵便番号　住所　名義　課税区分",
    ],
)
def test_a_count_s_word_silences_no_register(head):
    some = ("世帯員　英語", "世帯主　中国語") if "世帯" in head else ("", "")
    lines = [head]
    for i, name in enumerate(_NAMES):
        words = f"{some[i % 2]}　鏡浜市汐見町{i + 1}-2-3　国保" if some[0] else f"鏡浜市汐見町{i + 1}-2-3　本人　課税"
        lines.append(f"{name.replace('　', ' ')}　254-00{i + 10}　{words}")
    assert inspected("\n".join(lines).encode(), "a.txt").subjects == len(_NAMES)


@pytest.mark.parametrize(
    "said",
    [
        "Yoshinobu Yamamoto, 27, was the winner. Roki Sasaki, 24, is on the bench.",
        "Hanako Yamada, 72, called about her pension.",
    ],
)
def test_native_code_and_python_read_english_ages_alike(said, monkeypatch):
    written = f"{said}\n".encode()
    native = inspected(written, "a.txt").subjects
    monkeypatch.setattr("dlp.native.library", None)
    assert inspected(written, "a.txt").subjects == native
