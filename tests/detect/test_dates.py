from __future__ import annotations

import pytest

from dlp.detect.checks import birth_date
from dlp.detect.dates import abroad


@pytest.mark.parametrize(
    "text",
    ["14 Mar 1991", "14-Mar-1991", "14MAR1991", "14 March 1991", "14th of March, 1991", "March 14, 1991", "MAR. 14 1991",
     "3/14/1991", "14/03/1991", "14.3.1991", "3/14/91", "91/3/14", "14-Mar-91", "3/14/1991 0:00:00"],
)  # fmt: skip
def test_one_date_as_it_is_written_abroad(text: str) -> None:
    assert abroad(text) == (1991, 3, 14)
    assert birth_date(text) is not None


@pytest.mark.parametrize(
    "text", ["14 Mar", "Mar 1991", "Marching 14, 1991", "1/2/3", "3/14", "192.168.1.10", "0463-23-1111", ""]
)
def test_what_is_no_date(text: str) -> None:
    assert abroad(text) is None


def test_a_year_with_two_figures_stands_first_as_in_japan_unless_it_cannot() -> None:
    assert abroad("01/02/03") == (2001, 2, 3)
    assert abroad("12/31/99") == (1999, 12, 31)
