from __future__ import annotations

from dlp.detect.variants import VARIANTS, folded, spellings


def test_each_form_is_one_character_and_none_is_both_old_and_new():
    assert all(len(old) == len(new) == 1 for old, new in VARIANTS.items())
    assert VARIANTS.keys().isdisjoint(VARIANTS.values())


def test_a_word_in_every_form_of_its_characters():
    found = spellings(["関口", "山崎", "鈴木"])
    assert {"関口", "關口", "山崎", "山﨑", "山嵜", "鈴木"} <= found
    assert {folded(word) for word in found} == {"関口", "山崎", "鈴木"}


def test_the_new_form_of_an_old_word_may_be_another_word():
    assert {"館", "国保", "広島"}.isdisjoint(spellings(["舘", "國保", "廣島"]))


def test_a_word_of_very_many_forms_stays_few():
    assert len(spellings(["崎斉辺島" * 4])) <= 2
