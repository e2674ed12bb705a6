"""Every function of the native library over what nobody would write: the result is Python's, and no byte beyond what
was given is touched.

The last test runs this module over a library built with the sanitizers of gcc or clang. By hand, with other seeds:

    CC="gcc -g -fsanitize=address,undefined -fno-sanitize-recover=undefined" SEKISHO_NATIVE=0 python -c \\
      "from pathlib import Path; from dlp.native import build; print(build.build(Path('/tmp/asan.so')))"
    SEKISHO_SANITIZED=/tmp/asan.so SEKISHO_SEED=7 SEKISHO_NATIVE=0 PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0 \\
      LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" \\
      python -m tests.native.test_edges
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from dlp import native
from dlp.extract.plain import binary, delimited, normalize, runs
from dlp.native import build, digests, hold, look, namesakes, recode, scan, series, shared, text, wire
from dlp.native.cells import frame as read_cells
from dlp.native.text import Sign
from dlp.native.words import Words
from dlp.subjects.cells import bulk, keys, quick
from dlp.subjects.plan.plans import SAMPLE, sample

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")
ROOT = Path(native.__file__).resolve().parents[2]
_SANITIZE = "-g -fsanitize=address,undefined -fno-sanitize-recover=undefined"
_RNG = random.Random(int(os.environ.get("SEKISHO_SEED", "11")))
#: Sizes around every edge: of a view, of a block, of a vector, of the longest cell that is read.
_EDGES = (0, 1, 2, 3, 4, 7, 8, 9, 11, 12, 13, 15, 16, 17, 22, 23, 24, 25, 31, 32, 33, 39, 40, 41, 127, 128, 129, 1023, 1024, 1025, 4095, 4096, 4097)  # fmt: skip
_LETTERS = ("a", "0", "-", "@", ".", "é", "ア", "佐", "か\u3099", "𠮷", "\0", "\ufffd", "/", "年", "\U0010ffff", " ")
_BYTES = b'\r\n="&#%+[(<\\\0\x80\x81\x82\xa0\xa2\xe2\xe3\x99\x9a\xfc\xfd\xff\x1b$B@.-0aZ\x30\xb1'


def _raw() -> Iterator[bytes]:
    for size in _EDGES:
        yield from (bytes(size), b"\xff" * size, b"\xe3" * size, b"\x81" * size, b"a" * size, _RNG.randbytes(size))
        yield from (bytes(_RNG.choices(_BYTES, k=size)), ("佐藤" * size).encode()[:size], b"a@" * size)
    for _ in range(400):
        yield bytes(_RNG.choices(_BYTES, k=_RNG.randrange(90)))


def _columns() -> Iterator[pl.Series]:
    edged = [letter * size for size in _EDGES for letter in ("a", "0", "佐", "𠮷")]
    mixed = ["".join(_RNG.choices(_LETTERS, k=_RNG.randrange(30))) for _ in range(600)]
    whole = pl.Series([None, *edged, *mixed, None], dtype=pl.String)
    yield from (whole, whole.slice(3, 70), whole.slice(len(whole) - 1), whole.clear(), whole.slice(5, 1))
    yield pl.concat([whole.slice(7, 9), whole.clear(), whole.slice(600)], rechunk=False)
    yield from (pl.Series([None] * size, dtype=pl.String) for size in (1, 7, 8, 9, 63, 64, 65))


def _codec(data: bytes) -> bytes | None:
    try:
        return data.decode("cp932").encode()
    except UnicodeDecodeError:
        return None


def test_bytes_of_all_sizes() -> None:
    for data in _raw():
        assert recode.cp932_as_utf8(data) == _codec(data), data
        held = text.signs(data)
        assert held is not None
        singles = ((Sign.AMPERSAND, b"&"), (Sign.HASH, b"#"), (Sign.PERCENT, b"%"), (Sign.EQUALS, b"="), (Sign.PLUS, b"+"),
                   (Sign.BOX, b"[(<"), (Sign.BACKSLASH, b"\\"))  # fmt: skip
        for sign, letters in singles:
            assert bool(held & sign) == any(letter in data for letter in letters), data
        assert bool(held & Sign.KEPT_ZERO) == (b'="' in data), data
        assert bool(held & Sign.BARE_RETURN) == delimited._bare_returns(data), data


def _by_bytes(data: bytes, number: int, around: int) -> list[tuple[int, int]]:
    """As a processor does that cannot look at many bytes at once."""
    library, found = native.library, np.empty((len(data) // (2 * around) + 2, 2), np.int64)
    assert library is not None
    sizes = (ctypes.c_int64(number), ctypes.c_int64(around))
    into = ctypes.c_void_p(found.ctypes.data)
    count = library.islands_by_bytes(ctypes.c_char_p(data), ctypes.c_int64(len(data)), *sizes, into)
    return [(begin, end) for begin, end in found[:count].tolist()]


def test_stretches_of_all_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = list(_raw())
    for around in (1, 400, 1 << 40):
        monkeypatch.setattr(binary, "_AROUND", around)
        for number, core in enumerate(binary._CORES.values()):
            for data in pieces:
                found = list(binary._by_python(data, core))
                assert scan.islands(data, number, around) == found, data
                assert _by_bytes(data, number, around) == found, data
    assert scan.islands(b"0123", 99, 1) is None


def test_lines_of_all_sizes() -> None:
    letters = "ABYZabgz0189+/-_=A="
    lines = ["".join(_RNG.choices(letters, k=size)) for size in _EDGES if size for _ in range(6)]
    lines += [letter * size for size in _EDGES if size for letter in "Aa=_"]
    for begins in (bytes(1 << 16), b"\1" * (1 << 16), runs.PAIRS):
        kept = scan.telling(lines, begins)
        left = iter(lines)
        assert all(line in left for line in kept)  # in their order
    likely = [d for d in map(runs.decoded, lines) if runs.likely(d)]
    assert [d for d in map(runs.decoded, kept) if runs.likely(d)] == likely


def test_nothing_behind_the_bytes_is_read() -> None:
    """Bytes of Python have a zero behind them, which hides a step too far from the sanitizers: memory as it is."""
    library, memory = native.library, ctypes.CDLL(None)
    assert library is not None
    memory.malloc.restype, size_t, pointer = ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p
    table, room = pointer(recode._table().ctypes.data), ctypes.create_string_buffer(3 * max(_EDGES) * 8)
    for data in (*_raw(), b"a\x81", b"abc ", b"abc de", b"a@b.", b"\x1b$", b"\xe3\x80\x80\xe3\x80", b"QUJD\nQUJ"):
        size, at = size_t(len(data)), pointer(memory.malloc(size_t(len(data))))
        ctypes.memmove(at, data, len(data))
        assert library.signs(at, size) == library.signs_by_sixteens(at, size) == int(text.signs(data) or 0)
        written = library.recoded(at, size, table, room)
        assert (room.raw[:written] if written >= 0 else None) == _codec(data)
        for number in range(len(binary._CORES)):
            count = len(scan.islands(data, number, 4) or ())
            assert library.islands(at, size, size_t(number), size_t(4), room) == count
        assert library.telling(at, size, runs.PAIRS, room) <= len(data) + 1
        assert library.packed_runs(at, size, room) == len(scan.runs(data) or ())
        assert library.packed_blocks(at, size, room) == len(scan.blocks(data) or ())
        assert library.packed_folds(at, size, room) == len(scan.folds(data) or ())
        library.packed_shape(at, size, room)
        assert library.telling_of_run(at, size, size_t(24), runs.PAIRS, room) <= len(data) + 1
        memory.free(at)


def test_words_looked_for_in_bytes_of_all_sizes() -> None:
    library, memory = native.library, ctypes.CDLL(None)
    assert library is not None
    memory.malloc.restype = ctypes.c_void_p
    words = [b"abcdef", b"CDefghi\0", b"\xe3\x81\x82\xe3\x81\x84", b"\0" * 6, bytes(range(97, 123)) * 50]
    folded = [False, True, False, False, True]
    looked = Words(words, folded)
    longer = (bytes(size) + word + bytes(after) for word in words for size in range(4) for after in range(3))
    for data in (*_raw(), *longer, words[-1].upper()[:-1] + b"z", words[-1].upper() + b"abcde"):
        held = {
            i
            for i, word in enumerate(words)
            if (word.lower() if folded[i] else word) in (data.lower() if folded[i] else data)
        }
        at = memory.malloc(ctypes.c_int64(len(data)))
        ctypes.memmove(ctypes.c_void_p(at), data, len(data))
        assert looked.within(data) == looked.within_memory(ctypes.c_void_p(at), len(data)) == held, data
        begun = {i for i, word in enumerate(words) if _begins_a_line(data, word, any_case=folded[i])}
        assert looked.beginning(data) == looked.beginning_in_memory(ctypes.c_void_p(at), len(data)) == begun, data
        memory.free(ctypes.c_void_p(at))


def _begins_a_line(data: bytes, word: bytes, *, any_case: bool) -> bool:
    word, lines = (word.lower(), data.lower()) if any_case else (word, data)
    return any(line.startswith(word) for line in lines.split(b"\n"))


def _lines_told(data: bytes, limit: int) -> int:
    """As Python tells it: `wire.told`."""
    pairs = data.count(b"\r\n")
    *ended, last = data.split(b"\n")
    longest = max(len(last), *(len(line.removesuffix(b"\r")) for line in ended)) if ended else len(last)
    bare = not data.count(b"\r") == data.count(b"\n") == pairs
    return bare * wire.BARE + (b"\n." in data) * wire.DOTTED + (longest > limit) * wire.LONGER


def test_lines_of_mails_of_all_sizes() -> None:
    library, memory = native.library, ctypes.CDLL(None)
    assert library is not None
    memory.malloc.restype = ctypes.c_void_p
    lines = [b"\r\n", b".", b"\r\n.\r\n", b"\n.", b"a", b"\r", b"ab\r\n..", b"\r\r\n", b"\n\r"]
    mixed = [b"".join(_RNG.choices(lines, k=size)) for size in range(24) for _ in range(30)]
    for data in (*_raw(), *mixed, *(line * 2000 for line in lines)):
        at = memory.malloc(ctypes.c_int64(len(data)))
        ctypes.memmove(ctypes.c_void_p(at), data, len(data))
        for limit in (0, 1, 3, 998, 1 << 40):
            found = library.wire(ctypes.c_void_p(at), ctypes.c_int64(len(data)), ctypes.c_int64(limit))
            assert found == wire.told(data, limit) == _lines_told(data, limit), (data, limit)
        memory.free(ctypes.c_void_p(at))


def test_a_glance_at_texts_of_all_sizes() -> None:
    library, memory = native.library, ctypes.CDLL(None)
    assert library is not None
    memory.malloc.restype = ctypes.c_void_p
    kinds = look._kinds(normalize._STRETCHES)
    pieces = (
        "あ",
        "山田",
        "ー",
        "-0",
        "9",
        "日",
        "1ー",
        "　",
        "％",
        "%",
        "%E",
        "=",
        "(",
        "(a",
        "ア",
        "アッ",
        "&",
        ",",
        "\n",
        '"',
        "\x85",
        "A",
        "\ud800",
    )
    texts = [_RNG.choice(pieces) * size + _RNG.choice(pieces) for size in _EDGES for _ in range(4)]
    for said in (*texts, *("".join(_RNG.choices(pieces, k=_RNG.randrange(30))) for _ in range(400))):
        units = said.encode(look._UTF16, "surrogatepass")
        at, spans = memory.malloc(ctypes.c_int64(len(units))), (ctypes.c_int32 * (len(said) + 2))()
        ctypes.memmove(ctypes.c_void_p(at), units, len(units))
        told = look._Told()
        library.look(
            ctypes.c_void_p(at), ctypes.c_int64(len(said)), kinds, told, spans, ctypes.c_int64(len(said) // 2 + 1)
        )
        found = look.look(said, normalize._STRETCHES)
        assert found is not None
        assert list(found.spans) == list(spans)[: 2 * told[6]], said
        assert list(found.spans) == [at for m in normalize._STRETCHES.finditer(said) for at in m.span()], said
        memory.free(ctypes.c_void_p(at))


def test_what_lines_of_all_sizes_hold() -> None:
    library, memory = native.library, ctypes.CDLL(None)
    assert library is not None
    memory.malloc.restype = ctypes.c_void_p
    asked = hold.Hold({"様": 1, "@": 2, "ab": 4, "の0": 8, "a" * 40: 16, "\ud800": 32, "": 64})
    pieces = ["令和元", "明治1", "19", "S6", "(男", "様 (", "日)", "1歳", "…", "...", " a ", "0", "-1", *_LETTERS]
    texts = ["".join(_RNG.choices((*pieces, "\n"), k=_RNG.randrange(40))) for _ in range(400)]
    texts += ["a" * size for size in _EDGES]
    for said in texts:
        rows, data = said.split("\n"), said.encode()
        held = asked.lines(rows)
        assert held is not None
        assert [mask // hold.word(1) & 2 for mask in held.lines] == [2 * ("@" in row) for row in rows]
        at, masks = memory.malloc(ctypes.c_int64(len(data))), (ctypes.c_uint64 * len(rows))()
        ctypes.memmove(ctypes.c_void_p(at), data, len(data))
        assert asked.lines_of_memory(ctypes.c_void_p(at), len(data), ctypes.addressof(masks), len(rows)) == len(rows)
        assert list(masks) == held.lines
        memory.free(ctypes.c_void_p(at))
    for data in _raw():  # no UTF-8 at all
        room = (ctypes.c_uint64 * 5000)()
        at = memory.malloc(ctypes.c_int64(len(data)))
        ctypes.memmove(ctypes.c_void_p(at), data, len(data))
        assert (
            asked.lines_of_memory(ctypes.c_void_p(at), len(data), ctypes.addressof(room), 5000) == data.count(b"\n") + 1
        )
        memory.free(ctypes.c_void_p(at))


_SECRETS, _KIND = (b"\x07" * 32, bytes(range(32))), b"0123456789abcdef"
_NO_AES = native.library is not None and digests.facts(pl.Series(["a"]), _SECRETS, _KIND) is None


def _aes(key: bytes, block: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)


def _fact(cell: bytes) -> int:
    if len(cell) > 32:
        cell = hashlib.blake2b(cell, key=_SECRETS[1], digest_size=16).hexdigest().encode()
    state, cell = _KIND, cell.ljust(32, b"\0")
    for half in (cell[:16], cell[16:]):
        state = bytes(a ^ b for a, b in zip(state, half, strict=True))
        state = _aes(_SECRETS[0], state)
    return int.from_bytes(state[:8], "little")


def test_digests_and_facts_of_all_sizes() -> None:
    for cells in _columns():
        said = [(cell or "").encode() for cell in cells.to_list()]
        nothing, nobody = (
            pl.Series([None] * len(cells), dtype=pl.String),
            pl.Series(["佐藤"] * len(cells), dtype=pl.String),
        )
        for key, width in ((b"k", 1), (b"\0" * 64, 64), (b"k" * 32, 16)):
            made = digests.lines([nothing, nobody, nothing, nothing, nothing, cells], ("a", "bb"), key, width)
            lines = [
                f"p|佐藤|{'||' if cell is None else f'bb|{cell}'}"[: -1 if cell is None else None]
                for cell in cells.to_list()
            ]
            assert made == b"".join(
                hashlib.blake2b(line.encode(), key=key, digest_size=width).digest() for line in lines
            )
            assert digests.lines([cells] * 5, ("a",), key, width) == b"".join(
                hashlib.blake2b(b"p|||" if cell is None else f"n|{cell}".encode(), key=key, digest_size=width).digest()
                for cell in cells.to_list()
            )
        found = digests.facts(cells, _SECRETS, _KIND)
        assert (found is None) == _NO_AES
        if found is not None:
            assert found.tolist() == [_fact(cell) for cell in said]
    assert digests.lines([pl.Series(["a"])] * 5, ("a",), b"k", 65) is None
    assert digests.lines([pl.Series(["a"])] * 4 + [pl.Series(["a", "b"])], ("a",), b"k", 16) is None
    assert digests.in_order(b"".join(sorted(_RNG.randbytes(16) for _ in range(50)))) is not None


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 8, 9, 63, 1000])
def test_pairs(rows: int) -> None:
    one, other = (np.array([_RNG.getrandbits(64) for _ in range(rows)], np.uint64) for _ in range(2))
    has = [np.array([_RNG.random() < 0.5 for _ in range(rows)], np.bool_) for _ in range(2)]
    for second in (other, None):
        mask = has[0] & has[1] if second is not None else has[0]
        found = digests.pairs(one, second, (has[0], has[1]), _SECRETS[0], int(mask.sum()))
        assert (found is None) == _NO_AES
        beside = other[mask] if second is not None else np.zeros(int(mask.sum()), np.uint64)
        blocks = np.ascontiguousarray(np.stack([one[mask], beside], axis=1).astype("<u8"))
        expected = np.frombuffer(_aes(_SECRETS[0], blocks.tobytes()), "<u8")[::2] & np.uint64(2**63 - 1)
        assert found is None or np.array_equal(found, expected)


def test_cells_of_texts_of_all_sizes() -> None:
    for size in _EDGES:
        line = ",".join(("a" * size, "佐" * size, "", "z"))
        for text_of in (f"{line}\n{line}\r\n", f"{line}\n,,\na,b", f"{line}\n" * 9):
            found = read_cells(text_of.encode(), ",", 4)
            assert found is not None
            rows = [[cell or None for cell in row.split(",")] for row in text_of.splitlines()]
            assert found.rows() == [(*row, *[None] * (4 - len(row))) for row in rows]
            assert [column.rechunk().to_list() for column in found.slice(1)] == [
                list(c) for c in zip(*found.rows()[1:], strict=True)
            ]
    for data in _raw():
        read_cells(data.decode("utf-8", "ignore").replace('"', ",").encode(), ",", 3)


def test_namesakes_of_all_sizes() -> None:
    for rows in (1, 2, 7, 8, 9, 63, 64, 65, 500):
        columns = [
            pl.Series([_RNG.choice((None, 1, 2, 1 << 63)) for _ in range(rows + 3)], dtype=pl.UInt64).slice(3)
            for _ in range(6)
        ]
        roles = [namesakes.HARD, namesakes.STRONG, namesakes.STRONG | namesakes.SOFT, namesakes.KIND, namesakes.SOFT]
        assert namesakes.near(columns, roles, 120) is not None
        assert (namesakes.at_least(columns[:3]) or 0) >= len(set(columns[0].to_list()) - {None})


def test_cells_that_may_tell() -> None:
    for cells in _columns():
        may = text.may_tell(cells, "妻子".encode())
        assert may is not None
        assert all(may[i] for i, cell in enumerate(cells.to_list()) if cell and "\n" in cell)
    words = pl.Series(["妻1", " 妻1", "(子 2", "さん", "さ1", "さん1", "様1", "1：", "1:", "氏", "\n", "　子1", "\xe3"])
    assert text.may_tell(words, "妻子".encode()).tolist() == [
        False, True, True, False, False, True, True, True, True, False, True, True, False
    ]  # fmt: skip


def test_words_in_rows() -> None:
    words = ["a" * size for size in _EDGES[1:]] + ["佐" * 4, "0", "\0", "\0\0"]
    for cells in _columns():
        expected = [row for row, cell in enumerate(cells.to_list()) if cell in words]
        assert text.rows_with_words([cells] * 300, text.Words(words), 255) == expected  # counts end at 255
    assert text.rows_with_words([pl.Series(["a"]), pl.Series(["a", "b"])], text.Words(words), 1) is None


_KEYS: dict[str, tuple[Callable[[pl.Series], pl.Series], quick.Quick]] = {
    "phones": (bulk.phones, quick.phones),
    "emails": (bulk.emails, quick.emails),
    "births": (bulk.births, quick.births),
    "readings": (bulk.readings, quick.readings),
    "sexes": (keys.over(keys.sex_key), quick.sexes),
    "addresses": (bulk.addresses, quick.addresses(bulk.towns_kept)),
}


@pytest.mark.parametrize("kind", _KEYS)
def test_keys_of_cells_that_are_not_left(kind: str) -> None:
    slow, fast = _KEYS[kind]
    for cells in _columns():
        found = fast(cells)
        assert found is not None
        keyed, hard = found
        plain = pl.Series(~hard, dtype=pl.Boolean)
        alone = [slow(pl.Series([cell], dtype=pl.String))[0] for cell in cells.filter(plain).to_list()]
        assert keyed.filter(plain).to_list() == alone
        assert not keyed.filter(~plain).is_not_null().any()


def test_labels_and_figures() -> None:
    for cells in _columns():
        found, present = quick.labelled("番号" * 300)(cells), quick.present(cells)
        assert found is not None
        assert present is not None
        for cell, key, hard, said, left in zip(cells.to_list(), *found, *present, strict=True):
            assert key == ("番号" * 300 + cell if cell and not hard else None)
            figures = bool(cell) and len(cell) > 1 and not set(cell) - set("0123456789-") and cell[0] != "-"
            assert (said, left) == (figures, bool(cell) and not figures)


def test_first_letters_of_cells() -> None:
    for cells in _columns():
        for firsts in ("a|佐|é", "[^a]", r"\s", ""):
            may = quick.begins(cells, firsts)
            if not firsts:
                assert may is None
                continue
            begun = cells.str.slice(0, 1)
            sure = (begun.str.contains(f"^(?:{firsts})$") | (begun > "\uffff")).fill_null(False) & (cells != "")
            assert may is not None
            assert may.tolist() == sure.fill_null(False).to_list()


def test_samples_of_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [*_columns(), *(pl.Series(["あ", None, "b" * n, ""] * n, dtype=pl.String) for n in (1, 30, 200))]
    for cells in columns:
        for start in (0, 1, 2, len(cells) - 1, len(cells), len(cells) + 3):
            quickly = text.sampled(cells, max(0, start), SAMPLE)
            with monkeypatch.context() as without:
                without.setattr(native, "library", None)
                slowly = sample(cells, max(0, start))
            assert quickly == slowly or (quickly is None and sum(map(len, slowly)) > 4000), start


def _hashed(towns: np.ndarray) -> np.ndarray:
    """`hash` of places.c, of towns of 24 bytes."""
    h = np.full(len(towns), 0x9E3779B97F4A7C15 ^ 24, np.uint64)
    for word in towns.view(np.uint64).reshape(-1, 3).T:
        h = (h ^ word) * np.uint64(0xFF51AFD7ED558CCD)
        h ^= h >> np.uint64(32)
    h = (h ^ h >> np.uint64(29)) * np.uint64(0xC4CEB9FE1A85EC53)
    return h ^ h >> np.uint64(32)


def test_towns_made_to_meet_in_one_place_are_left_and_read_all_the_same() -> None:
    letters = np.random.default_rng(5).integers(0x4E00, 0x9E00, (700_000, 8))
    parts = [0xE0 | letters >> 12, 0x80 | letters >> 6 & 63, 0x80 | letters & 63]
    towns = np.stack(parts, axis=2).astype(np.uint8).reshape(-1, 24)
    met = towns[_hashed(np.ascontiguousarray(towns)) % np.uint64(1024) == 0][:500]
    cells = pl.Series([town.tobytes().decode() + "1" for town in met])
    ids, sizes = np.zeros(500, np.int32), np.zeros(500, np.int32)
    found = series.call("towns", cells, quick._changeable().view(np.uint8), ids, sizes)
    assert found is not None
    assert (found[0].len(), int(found[1].sum())) == (256, 244)
    keyed, hard = quick.addresses(bulk.towns_kept)(cells) or pytest.fail("no native code")
    alone = bulk.addresses(cells)
    told = list(zip(keyed, alone, hard, strict=True))
    assert all(key == slow for key, slow, left in told if not left)
    assert 244 <= sum(left for _, _, left in told) < 260


def test_keys_of_other_towns_are_refused() -> None:
    cells, towns = pl.Series(["本町1"]), pl.Series(["本町"])
    for number in (-1, 1, 1 << 30):
        ids, sizes = np.array([number], np.int32), np.array([6], np.int32)
        assert series.call("key_addresses", cells, towns, ids, sizes, 1) is None


def _sanitizers(command: list[str]) -> str:
    """The libraries that have to be loaded first; "" where there are none."""
    if not (sys.platform == "linux" and "clang" not in command[0]):
        return ""
    asked = ((*command, f"-print-file-name={name}") for name in ("libasan.so", "libubsan.so"))
    found = [subprocess.run(one, capture_output=True, timeout=30).stdout.decode().strip() for one in asked]
    return " ".join(found) if all(Path(one).is_absolute() for one in found) else ""


def test_shared_strings_of_all_sizes() -> None:
    text = (
        "<sst><si><t>氏名</t></si><si><t xml:space='preserve'> a&amp;b</t></si><si><t>佐藤花子佐藤花子</t></si></sst>"
    )
    whole, frame = text.encode(), pl.DataFrame({"a": ["氏名", None, "佐藤花子佐藤花子"], "b": [" a&b", "氏名", ""]})
    assert shared.all_shown(whole, (frame,))
    for size in range(len(whole)):
        assert not shared.all_shown(whole[:size], (frame, frame.slice(1)))
    assert not shared.all_shown(f"<sst><si><t>{'&lt;' * 20_000}</t></si></sst>".encode(), (frame,))


@pytest.mark.timeout(600)  # a compiler and sanitizers, on a machine that may be busy
def test_no_byte_beyond_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = build.compiler()
    if command is None or not (first := _sanitizers(command)):
        pytest.skip("no compiler with sanitizers here")
    monkeypatch.setenv("CC", f"{' '.join(command)} {_SANITIZE}")
    assert "built by" in build.build(tmp_path / "lib.so")
    own = {"SEKISHO_NATIVE": "0", "SEKISHO_SANITIZED": str(tmp_path / "lib.so"), "PYTHONPATH": str(ROOT)}
    own |= {"LD_PRELOAD": first, "PYTHONMALLOC": "malloc", "ASAN_OPTIONS": "detect_leaks=0"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.native.test_edges"],
        env=os.environ | own, cwd=ROOT, capture_output=True, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")[-3000:]
    assert b"sanitized" in done.stdout


def _sanitized() -> int:
    """Run the other tests of this module over the library that was built so."""
    del os.environ["SEKISHO_NATIVE"]
    native.LIBRARY = Path(os.environ["SEKISHO_SANITIZED"])
    native.library = scan.library = native._load()
    if native.library is None:
        return 1
    print("sanitized")
    with pytest.MonkeyPatch.context() as patch:
        test_stretches_of_all_sizes(patch)
        test_samples_of_columns(patch)
    for kind in _KEYS:
        test_keys_of_cells_that_are_not_left(kind)
    for rows in (0, 1, 8, 63):
        test_pairs(rows)
    for test in (
        test_bytes_of_all_sizes, test_lines_of_all_sizes, test_nothing_behind_the_bytes_is_read,
        test_words_looked_for_in_bytes_of_all_sizes, test_what_lines_of_all_sizes_hold, test_a_glance_at_texts_of_all_sizes,
        test_digests_and_facts_of_all_sizes, test_words_in_rows, test_cells_that_may_tell, test_namesakes_of_all_sizes,
        test_cells_of_texts_of_all_sizes, test_first_letters_of_cells,
        test_labels_and_figures, test_towns_made_to_meet_in_one_place_are_left_and_read_all_the_same,
        test_keys_of_other_towns_are_refused, test_shared_strings_of_all_sizes,
    ):  # fmt: skip
        test()
    return 0


if __name__ == "__main__":
    sys.exit(_sanitized())
