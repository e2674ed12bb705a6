"""A list anywhere in a content that is read piece by piece is found, to the person; uploads at once stay in bounds.

The full size is `make uploads`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.ours import rules
from dlp.extract import stream
from dlp.extract.budget import Budget
from dlp.extract.settled import Held, Known, Settled, tag_of
from dlp.inspection import inspect, nothing_in
from dlp.transfer import LARGE, Channel, Transfer
from tests.e2e.harness import Box
from tests.e2e.people import PEOPLE
from tests.e2e.sink import Sink
from tests.uploads import Body, block, large, places, run

_SIZE = 400_000
_LINE = "市民まつりのお知らせ。午前十時に開場します。雨天中止。\n".encode()


@pytest.mark.parametrize("seed", range(4))
def test_a_list_at_any_offset_counts_to_the_person(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(stream, "CHUNK", 1 << 16)
    monkeypatch.setattr(stream, "_HEAD", 1 << 14)
    monkeypatch.setattr(stream, "STRETCH", 1 << 17)
    monkeypatch.setattr(stream, "_OVERLAP", 1 << 12)
    text, key = block(seed, 100_000), b"k" * 32
    for number, place in enumerate(places(25, _SIZE, seed)):
        data = b"".join(Body("x", _SIZE, text, place).pieces())
        upload = Transfer(
            channel=Channel.WEB, sender="x", destination=("x",), name="x", data=b"", declared="text/plain"
        )
        found = inspect(upload, rules(), token_key=b"k" * 32, large=data)
        assert (found.subjects, found.inspected) == (len(PEOPLE), True), place
        if number % 4 == 0:  # the same, by several workers
            lead = stream.lead_of(data, ("x",), "text/plain")
            assert lead is not None
            held = [Held(data, n) for n in range(_SIZE >> 17)]
            told = [nothing_in(upload, one, (n, lead), rules(), town="", budget=Budget()) for n, one in enumerate(held)]
            first = tag_of(data[: 1 << 16], key)
            settled = {
                n: Settled(widths, held[n].tag(first, key)) for n, widths in enumerate(told) if widths is not None
            }
            known = Known(key=key, stretches=settled)
            assert len(known.unchanged(data, Budget())) == len(settled)
            found = inspect(upload, rules(), token_key=key, large=data, known=known)
            assert (found.subjects, found.inspected, len(settled) < len(told)) == (len(PEOPLE), True, True), place


@pytest.mark.e2e
@pytest.mark.timeout(300)
def test_large_uploads_at_once_stay_in_bounds_and_no_list_passes(tmp_path: Path) -> None:
    text = _LINE * ((1 << 20) // len(_LINE))
    bodies = [Body(one.name, one.size, text, one.place) for one in large(4, LARGE + (2 << 20), seed=3)]
    off = {"enabled": False}
    patient = {"deadline": 240.0}  # on a busy machine late is no fault here
    web = {"addresses": {"127.0.0.1": "clerk"}}
    with Sink() as sink, Box(tmp_path, web=web, inspection=patient, mail=off, media=off) as box:
        found = run(box, sink, bodies, at_once=len(bodies), seconds=280)
    assert found.wrong == []
    assert sorted(found.told.codes.values()) == [200] * 2 + [403] * 2
    assert found.peak < 512 << 20
