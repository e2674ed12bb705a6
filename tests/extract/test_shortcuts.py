"""What is looked for before something slow is done is found wherever it stands."""

from __future__ import annotations

import base64
import re

import pytest

from dlp.extract.budget import Budget
from dlp.extract.plain import text, unpack
from dlp.subjects.prose import told_numbers


@pytest.mark.parametrize("at", range(30))
def test_the_shortest_run_at_any_place(at: int) -> None:
    packed = base64.b64encode("氏名 霞見".encode() + b"!!!!!").decode()[:24]
    for around in (("あ" * at, "い" * 40), ("a " * at, " b" * 40), ("", "、")):
        said = unpack.packed(packed.join(around), ("x",), Budget())
        assert len(said) == 1, around


@pytest.mark.parametrize("at", range(14))
@pytest.mark.parametrize("number", ["1234" * 3, "1234-5678-9012", "1234 5678 9012", "1 2 3 4 5 6 7 8 9"])
def test_long_figures_at_any_place(at: int, number: str) -> None:
    assert told_numbers._long_figures(["あ" * at + number + "い", "x"])
    assert not told_numbers._long_figures(["あ" * at + number[:11] + "い", "x"])


@pytest.mark.parametrize("delimiter", text.DELIMITERS)
def test_a_table_is_one_from_seven_of_ten_lines_on(delimiter: str) -> None:
    for held in range(11):
        lines = [f"a{delimiter}b"] * held + ["ab"] * (10 - held)
        assert text.find_delimiter("\n".join(lines)) == (delimiter if held >= 7 else "")


def test_controls_in_bytes_are_those_in_text() -> None:
    from dlp.extract.charset import _CONTROL
    from dlp.native.scan import TEXT_CONTROLS, controlled

    assert {chr(c) for c in TEXT_CONTROLS} == set(re.findall(_CONTROL, "".join(map(chr, range(256)))))
    for size in (0, 1, 511, 512, 700):
        assert {c for c in range(256) if controlled(bytes(size).replace(b"\0", b"a") + bytes((c,)))} == {*TEXT_CONTROLS}
