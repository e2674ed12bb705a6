"""Names of files and folders that may say something of people are read, as people write them; others are not."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import pytest

from dlp.channels.media_said import form_of
from dlp.inspection import inspect
from dlp.transfer import Channel, Transfer
from dlp.tuning.town import Citizen, citizens
from tests.extract.people import ruleset

PEOPLE = list(citizens(14, seed=3))


def subjects(path: str, before: str = "") -> int:
    what = {"sender": "clerk", "destination": ("USB-7",), "name": path.rpartition("/")[2], "data": b""}
    sent = Transfer(channel=Channel.MEDIA, beside=form_of(path, before), **what)  # type: ignore[arg-type]
    return inspect(sent, ruleset(), token_key=b"k" * 32).subjects


WRITTEN: dict[str, Callable[[Citizen], str]] = {
    "telephone": lambda one: f"{one.name}_{one.phone}.txt",
    "address": lambda one: f"{one.name}_{one.address}.docx",
    "blank": lambda one: f"{one.name} {one.phone}",
    "comma": lambda one: f"{one.name},{one.phone},{one.address}",
    "packed": lambda one: f"{one.name}_{one.phone}.tar.gz",
}


@pytest.mark.parametrize("written", WRITTEN)
def test_people_in_names_are_read(written: str) -> None:
    names = [WRITTEN[written](one) for one in PEOPLE]
    assert subjects("/".join(names)) >= len(PEOPLE) - 1
    assert sum(subjects(f"a/{name}") for name in names) >= len(PEOPLE) - 3  # alone a rare name is none


def test_what_was_read_before_is_not_read_again() -> None:
    names = [WRITTEN["telephone"](one) for one in PEOPLE[:2]]
    assert form_of(f"a/{names[0]}", f"a/.{names[0]}.Xy12Ab") == b""
    assert subjects("/".join(names), f"a/{names[0]}") == 1


@pytest.mark.parametrize(
    "path", ["お知らせ.txt", "議事録/第二回.docx", "photos/IMG_2024.jpg", "a/b/c.tar.gz", "~WRL0001.tmp", "R6予算.xlsx"]
)
def test_usual_names_cost_nothing(path: str) -> None:
    assert form_of(path) == b""


def test_more_than_the_names_is_not_said() -> None:
    assert unquote(form_of("a/議事録_20240401.docx").decode()) == "path=\n議事録 20240401"
