"""Our checks against what others publish: python-stdnum's algorithms, phonenumbers' examples."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType
from stdnum.jp import cn, in_

from dlp.detect import checks


@pytest.mark.parametrize(
    ("ours", "theirs", "length"), [(checks.individual_number, in_, 12), (checks.corporate_number, cn, 13)]
)
def test_check_digits_agree_with_stdnum(ours, theirs, length):
    rng = random.Random(length)
    numbers = [f"{rng.randrange(10**length):0{length}}" for _ in range(20_000)]
    passed = [n for n in numbers if ours(n)]
    assert 1500 < len(passed) < 2700
    assert passed == [n for n in numbers if theirs.is_valid(n)]


@pytest.mark.parametrize("kind", [PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP])
def test_japanese_example_numbers_are_telephones(kind):
    example = phonenumbers.example_number_for_type("JP", kind)
    for style in (
        phonenumbers.PhoneNumberFormat.NATIONAL,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.E164,
    ):
        assert checks.phone(phonenumbers.format_number(example, style))


@pytest.mark.parametrize("kind", [PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE])
def test_toll_free_and_premium_numbers_are_nobodys(kind):
    example = phonenumbers.example_number_for_type("JP", kind)
    assert not checks.phone(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL))
