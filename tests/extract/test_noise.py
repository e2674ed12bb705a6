"""People among much noise are found; noise costs little."""

from __future__ import annotations

import base64
import random
import time

import pytest

from dlp import bundle
from dlp.detect import loader
from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Text
from dlp.extract.budget import Budget
from dlp.extract.plain import binary, runs, unfold, unpack
from dlp.inspection import Inspection, inspect
from dlp.transfer import Channel, Transfer
from dlp.tuning.town import Citizen, citizens


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return loader.load(bundle.read().files)


def _inspect(data: bytes, ruleset: Ruleset, name: str = "x.dat") -> Inspection:
    transfer = Transfer(channel=Channel.MEDIA, sender="x", destination=("x",), name=name, data=data)
    return inspect(transfer, ruleset, token_key=None)


def _record(one: Citizen) -> str:
    return f"氏名：{one.name}　住所：{one.address}　電話：{one.phone}\r\n"


def _strewn(encoding: str, size: int) -> bytes:
    """Twelve people's records, far from each other in noise."""
    rng = random.Random(encoding)
    apart = size // 12
    return b"\x7fDB1" + b"".join(
        rng.randbytes(apart) + bytes(24) + _record(one).encode(encoding) + bytes(24) for one in citizens(12, seed=4)
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16-le", "utf-16-be", "iso2022_jp_ext"])
def test_records_in_a_large_unknown_format(encoding: str, ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    data = _strewn(encoding, 4 * binary._SMALL if encoding == "utf-8" else 2 * binary._SMALL)
    seen = _inspect(data, ruleset)
    assert seen.subjects == 12
    assert not seen.inspected
    if encoding == "cp932":  # every run of every encoding looked at: the same people
        monkeypatch.setattr(binary, "_SMALL", len(data))
        assert _inspect(data, ruleset).subjects == 12


def test_noise_is_dear_to_nobody(ruleset: Ruleset) -> None:
    noise = random.Random(1).randbytes(4_000_000)
    for data, name in ((b"\x7fDB1" + noise, "x.dat"), (base64.encodebytes(noise), "x.txt")):
        begun = time.process_time()
        _inspect(data, ruleset, name)
        assert time.process_time() - begun < 8  # it was half a minute; now it is half a second


@pytest.mark.parametrize(("size", "most"), [(100_000, 150), (200_000, 300), (1_000_000, 40), (4_000_000, 150)])
def test_hardly_any_string_of_chance_is_read(size: int, most: int) -> None:
    blocks = binary.strings(random.Random(1).randbytes(size), Budget())
    read = sum(block.text.count("\n") for block in blocks if isinstance(block, Text) and block.place.endswith("cp932"))
    assert read < most  # it was 40 a kilobyte in smaller contents, 180 a megabyte in larger ones


@pytest.mark.parametrize("size", [200_000, 1_000_000])
@pytest.mark.parametrize(
    "beside", ["生年S45.1.2", "番地3-5-21", "番号123x45", "宛先 hana@b.jp", "大字二丁目五番", "英字Hana Sato"]
)
def test_what_stands_by_a_name_in_noise_is_read(size: int, beside: str) -> None:
    noise = random.Random(beside).randbytes(size)
    fields = "\0".join(("氏名佐藤　花子", "東ｶﾅ一番ｲ号", beside, "ｻﾄｳ男女ﾊﾅ")).encode("cp932")
    blocks = binary.strings(noise[: size // 3] + b"\0" + fields + b"\0" + noise[size // 3 :], Budget())
    read = "".join(block.text for block in blocks if isinstance(block, Text))
    assert all(field in read for field in ("氏名佐藤　花子", "東ｶﾅ一番ｲ号", beside, "ｻﾄｳ男女ﾊﾅ"))


@pytest.mark.parametrize("size", [200_000, 1_000_000])
@pytest.mark.parametrize("before", [b"\0", b"\x8c", b"\xe3"])
def test_a_name_alone_in_noise_is_read(size: int, before: bytes) -> None:
    noise = random.Random(2).randbytes(size)
    blocks = binary.strings(noise[: size // 2] + before + "佐藤花子様方".encode("cp932") + noise[size // 2 :], Budget())
    assert "藤花子様方" in "".join(block.text for block in blocks if isinstance(block, Text))


def test_a_list_packed_among_packed_noise(ruleset: Ruleset) -> None:
    listed = base64.encodebytes("".join(map(_record, citizens(15, seed=6))).encode())
    noise = base64.encodebytes(random.Random(2).randbytes(20_000))
    assert _inspect(noise + b"\n" + listed + b"\n" + noise, ruleset, "x.txt").subjects == 15


def test_what_stands_beside_packed_lines_is_read(ruleset: Ruleset) -> None:
    noise = base64.encodebytes(random.Random(3).randbytes(5_000)).decode()
    text = _record(next(citizens(1, seed=8)))
    assert _inspect((noise + text + noise).encode(), ruleset, "x.txt").subjects == 1


def test_only_blocks_of_packed_lines_leave_a_text() -> None:
    noise = base64.encodebytes(random.Random(4).randbytes(2_000)).decode()
    figures = ("123456789012" * 6 + "\n") * 12
    assert runs.without_blocks(f"前\n{noise}後").startswith("前\n\n")
    assert runs.without_blocks(f"前\n{noise}後").endswith("後")
    for kept in (figures, noise[: 77 * 7], "Sato Hanako " * 6 + "\n"):
        assert runs.without_blocks(kept) == kept


@pytest.mark.parametrize("word", ["+ZeVnLIqe", "+ZeVnLNg9"])  # the latter ends in half a character
def test_base64_that_reads_as_utf7_is_unpacked_all_the_same(word: str) -> None:
    people = "".join(
        f"氏名：{name} 住所：東京都港区芝{i}-2-3\n" for i, name in enumerate(("佐藤 花子", "田中 太郎"), 1)
    )
    written = f"{word},\n" * 200 + _plus_in(people) + "\n"
    made = unfold.plain(written)
    assert made != written
    made.encode()  # every character is a whole one
    assert any("田中 太郎" in part.data.decode() for part in unpack.packed(made, ("a",), Budget()))


def _plus_in(people: str) -> str:
    """Base64 of them with a + in it that reads as UTF-7 to its end."""
    for more in range(4000):
        packed = base64.b64encode(f"{more:x}{people}".encode()).decode().rstrip("=")
        try:
            if "+" in packed and packed != f"{packed},".encode().decode("utf-7")[:-1]:
                return packed
        except UnicodeDecodeError:
            continue
    raise AssertionError("none")


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_runs_are_decoded_together_as_each_alone(encoding: str) -> None:
    rng = random.Random(encoding)
    said = "佐藤花子 平塚市中原1-2-3 090-1234-5678ﾊﾝｶｸ①髙﨑".encode(encoding, "replace")
    found = 0
    for _ in range(20):
        data = b"".join(rng.randbytes(900) + said[rng.randrange(3) : len(said) - rng.randrange(3)] for _ in range(20))
        runs_of = binary._runs(data, list(binary._RUNS).index(encoding), binary._RUNS[encoding])
        together = binary._texts(runs_of, encoding)
        assert together == [text for run in runs_of for text in binary._texts([run], encoding)]
        found += len(together)
    assert found > 100
