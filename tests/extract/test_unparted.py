"""What has the length of records, and is none."""

from __future__ import annotations

import random

from dlp.extract.plain import unparted


def test_what_fills_up_the_last_block_is_no_record() -> None:
    towns = ("緑町", "栄町", "旭町")
    records = [f"{7000 + 3 * n}{towns[n % 3]}　　19{40 + n}0203      ".encode("cp932") for n in range(30)]
    assert unparted.parted(b"".join(records) + b"\x1a\0\0") == b"\n".join(records)


def test_texts_without_an_end_of_line_stay_whole() -> None:
    dice = random.Random(3)
    sentences = "".join(
        f"第{i}回の会議は{dice.choice(['午前', '午後'])}{dice.randint(1, 12)}時に開きます。" for i in range(400)
    )
    texts = [sentences.encode()[: 24 * 300], bytes(dice.choices(b"ABCDEFGHIJabcdefghij0123456789+/", k=24 * 500))]
    texts += ["".join(f"{dice.randint(0, 10**9)}," for _ in range(3000)).encode()[: 24 * 600], b"1234567890" * 600]
    for text in texts:
        assert unparted.parted(text) is text
    for short in (b"", b"\0" * 999, b" " * 999, b"{" + b"a1 " * 400):
        assert unparted.parted(short) is short
