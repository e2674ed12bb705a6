"""PHP's serialized values are records."""

from __future__ import annotations

import pytest

from dlp.extract.plain import serialized
from dlp.extract.plain.text import find_delimiter
from tests.test_inspection_budget import inspect_bytes

KEYS = ["番号", "入所児童名", "年齢", "申請者住所"]
ROWS = [["1", "霞見　壮太", "3", "葭江1-2-3"], ["2", "碧江　楓子", "5", ""], ["3", "蒼沢　紬香", "4", "鴇ヶ森3-1"]]


def _string(text: str) -> str:
    return f's:{len(text.encode())}:"{text}";'


def _array(pairs: list[tuple[str, str]]) -> str:
    return f"a:{len(pairs)}:{{{''.join(key + value for key, value in pairs)}}}"


def _rows() -> str:
    made = (_array([(_string(k), _string(v)) for k, v in zip(KEYS, row, strict=True)]) for row in ROWS)
    return _array([(f"i:{i};", row) for i, row in enumerate(made)])


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_people_in_serialized_values(encoding: str) -> None:
    assert inspect_bytes(_rows().encode(encoding)).subjects == len(ROWS)


def test_records_of_a_log_are_read_and_its_words_kept() -> None:
    values, rest = serialized.values_of(f"session={_rows()} 住所：霧ヶ森1-2-3") or ([], "")
    assert values == [[dict(zip(KEYS, row, strict=True)) for row in ROWS]]
    assert rest == "session= 住所：霧ヶ森1-2-3"
    assert not find_delimiter(_rows())


def test_objects_and_scalars() -> None:
    text = 'O:4:"User":4:{s:4:"name";s:3:"霞";s:2:"id";i:7;s:2:"ok";b:1;s:1:"x";N;}'
    assert serialized.values_of(text) == ([{"name": "霞", "id": "7", "ok": "1", "x": None}], "")


def test_what_breaks_off_is_read_as_far_as_it_goes() -> None:
    values, rest = serialized.values_of('a:9:{s:1:"a";s:1:"b";s:1:"c";s:9999:"d";') or ([], "")
    assert values == [{"a": "b", "c": "d"}]
    assert not rest


@pytest.mark.parametrize("text", ["a:{b}", "data:1:{i", "a:x:{s:", "ratio a:1: {s}", "a:3:{i"])
def test_what_is_no_such_value_is_left(text: str) -> None:
    assert serialized.values_of(text) is None


@pytest.mark.parametrize(
    "text", [_rows(), f"x={_rows()}", 'O:4:"User":1:{s:4:"name";N;}', "a:1:{i:0;N;}", "a:{", "市民:{a:1:{x", "a:1", ""]
)
def test_where_no_sign_of_a_value_stands_none_begins(text: str) -> None:
    assert serialized.begins(text) == bool(serialized.BEGIN.search(text.encode()))


@pytest.mark.parametrize("text", ["a:1:{i:0;" * 100_000, 'a:1:{s:1:"a";a:1:{' * 100_000], ids=["groups", "keys"])
def test_groups_without_an_end_are_read_once(text: str) -> None:
    """Each was read anew, forty deep."""
    calls = 0
    read = serialized._group

    def counted(*given: object) -> object:
        nonlocal calls
        calls += 1
        return read(*given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serialized, "_group", counted)
        serialized.values_of(text)
    assert calls <= 200_000


def test_a_list_within_groups_too_deep_is_read() -> None:
    text = "a:1:{i:0;" * 60 + 'a:1:{s:6:"氏名";s:6:"霞見";}' + "}" * 60
    found = serialized.values_of(text)
    assert found is not None
    assert "霞見" in str(found[0])
