"""What the silencing of lists in text must leave: private people below words that head counts, lines and offices' tables, too."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected

_NAMES = [f"{surname}　{given}" for surname in "鏑木 相楽 生方 鵜飼 仁科 沼尻".split() for given in "奏汰 芽依".split()]


@pytest.mark.parametrize("head", ["郵便番号　世帯　言語　住所　保険", "世帯　備考　住所"])
def test_a_count_s_word_silences_no_register(head):
    lines = [head, *(f"254-00{i + 10}　{name}　日本語　鏡浜市汐見町{i + 1}-2-3　国保" for i, name in enumerate(_NAMES))]
    assert inspected("\n".join(lines).encode(), "a.txt").subjects == len(_NAMES)


@pytest.mark.parametrize("said", ["Roki Sasaki, 24, is on the bench.", "Hanako Yamada, 72, called about a meeting."])
def test_native_code_and_python_read_english_ages_alike(said, monkeypatch):
    written = f"The minutes of the meeting follow.\n{said}\nThe meeting was closed at five.\n".encode()
    native = inspected(written, "a.txt").subjects
    monkeypatch.setattr("dlp.native.library", None)
    assert inspected(written, "a.txt").subjects == native
