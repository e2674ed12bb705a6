"""A list in base64, base32 or hex is read however it was folded: narrow lines, indented, quoted, in cells."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable

import polars as pl
import pytest

from dlp import native
from dlp.extract.budget import Budget
from dlp.extract.plain import folds, normalize, unpack
from dlp.extract.plain.folded_cells import folded
from dlp.native import scan
from dlp.tuning.town import citizens
from tests.test_inspection_budget import inspect_bytes

_PEOPLE = 12
_LIST = "氏名,住所,電話番号\n" + "".join(
    f"{one.name},{one.address},{one.phone}\n" for one in citizens(_PEOPLE, seed=6) if one.phone
)
_ABOUT = {
    "bare": "{}",
    "indented": "    {}",
    "quoted in a mail": "> {}",
    "quoted twice": ">> {}",
    "a list of a program": '  "{}",',
    "strings put together": '"{}" +',
    "a program's lines": "s += '{}'",
    "two columns": "{},済",
}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode()


def _people(written: str) -> int:
    return inspect_bytes(written.encode()).subjects


def _folded(written: str, width: int, about: str) -> str:
    return "".join(about.format(written[at : at + width]) + "\n" for at in range(0, len(written), width))


@pytest.mark.parametrize("about", _ABOUT.values(), ids=_ABOUT)
@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le"])
def test_a_list_folded_to_lines_of_few_signs(about: str, encoding: str) -> None:
    expected = _people(_LIST)
    assert expected >= _PEOPLE - 2
    for width, coded in ((8, _base64), (16, _base64), (20, _base64), (32, _base32), (39, _base64), (76, bytes.hex)):
        listed = _folded(coded(_LIST.encode(encoding)), width, about)
        for text in (listed, f"資料を送ります。\n{listed}以上です。\n"):
            assert _people(text) == expected, (width, coded)


@pytest.mark.parametrize("encoding", ["iso2022_jp", "utf-16-le", "utf-16-be"])
def test_a_list_in_one_run_in_an_encoding_with_controls(encoding: str) -> None:
    assert _people("資料\n" + _base64(_LIST.encode(encoding)) + "\n") == _people(_LIST)


@pytest.mark.parametrize("about", ["{}", "> {}", "{}\n"])
def test_a_list_behind_noise_in_one_fold(about: str) -> None:
    noise = random.Random(5).randbytes(6_000)
    for width in (24, 40, 76):
        for data in (noise + _LIST.encode() + noise, noise + _LIST.encode("cp932")):
            assert _people(_folded(_base64(data), width, about)) >= _people(_LIST) - 2


def test_values_packed_each_of_its_own_are_not_put_together() -> None:
    packed = [_base64(f"{one.name}、{one.address}、{one.phone}".encode()) for one in citizens(40, seed=9)]
    text = "\n".join(value + "=" * (-len(value) % 4) for value in packed)
    alone = unpack.packed(text, ("a",), Budget())[0].data.decode().split("\n")
    assert len(alone) == 40


@pytest.mark.parametrize("about", ["{}", "> {}", "    {}", '"{}",'])
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_values_of_one_length_packed_each_of_its_own(about: str, encoding: str) -> None:
    """Behind a mail's `> ` those of one length were put together to one text: of 40 people 23 were found."""
    said = [f"{one.name},{one.phone}" for one in citizens(60, seed=6) if one.phone]
    expected = _people("\n".join(said))
    assert expected > 30
    for coded in (_base64, bytes.hex):
        packed = "".join(about.format(coded(line.encode(encoding))) + "\n" for line in said)
        assert _people(packed) == expected, coded


def test_json_of_one_line_is_folded_as_a_whole() -> None:
    rows = [{"name": "Kenji Sato", "tel": f"090-1111-{i:04}", "born": f"1970-01-{i + 1:02}"} for i in range(12)]
    listed = json.dumps(rows)
    assert _people(listed) == len(rows)
    assert _people(_folded(_base64(listed.encode()), 76, "> {}")) == len(rows)


def test_words_of_one_length_are_no_list() -> None:
    code = "".join(f"    self._counted_{n:03}()\n" for n in range(200))
    log = "".join(f"2026-04-01T10:{n // 60:02}:{n % 60:02} INFO service restarted\n" for n in range(600))
    for text in (code, log):
        assert not list(unpack.packed(text, ("a",), Budget()))


def _texts() -> list[str]:
    rng = random.Random(17)
    pieces = ("AbC4" * 2, "xY9+", "A1" * 8, "0123", "12345678", "=", "==", "\n", "\n", "\n\n", "\r\n", "> ", '"', '",', "県", " ", "-_", "q" * 41)  # fmt: skip
    made = ["".join(rng.choices(rng.sample(pieces, 7), k=rng.randrange(60))) for _ in range(4000)]
    coded: Callable[[], str] = lambda: _folded(_base64(rng.randbytes(99)), rng.randrange(3, 50), rng.choice(tuple(_ABOUT.values())))  # noqa: E731  # fmt: skip
    return made + [rng.choice(made) + coded() + rng.choice(made) for _ in range(400)]


@pytest.mark.skipif(native.library is None, reason="native code was not built")
def test_native_code_finds_the_same_stretches() -> None:
    found = 0
    for text in _texts():
        raw = text.encode()
        assert scan.folds(raw) == list(folds._by_python(raw)), text
        seen = normalize.look(text, normalize._STRETCHES)
        assert seen is not None
        assert list(folds.folds(raw, seen)) == list(folds.folds(raw)), text
        found += bool(scan.folds(raw))
    assert found > 100


def test_the_same_words_in_cell_after_cell_are_not_packed() -> None:
    """Of a text of one sentence again and again, cut at its commas, they made 34 MB of nonsense, and held it."""
    line = "The minutes of the meeting, once more and the same as before, with nobody named."
    frame = pl.DataFrame([line.split(",")] * 100, schema={f"c{i}": pl.String for i in range(3)}, orient="row")
    assert folded(frame)[0] == ""


@pytest.mark.parametrize("written", ["{}", "A{}", "宛名{}"])
def test_numbers_of_one_length_in_cell_after_cell_are_not_packed(written: str) -> None:
    frame = pl.DataFrame({"整理番号": [written.format(61_251 + i) for i in range(300)]})
    assert folded(frame)[0] == ""


def test_numbers_in_no_order_are_not_packed_and_letters_are() -> None:
    rng = random.Random(3)
    numbers = [str(rng.randrange(100_000, 999_999)) for _ in range(300)]
    coded = bytes.hex(_LIST.encode())
    pieces = [coded[at : at + 6] for at in range(0, len(coded), 6)]
    assert folded(pl.DataFrame({"番号": numbers}))[0] == ""
    assert folded(pl.DataFrame({"内容": pieces}))[0] == "\n".join(pieces)
