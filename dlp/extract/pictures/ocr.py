"""Characters in pictures, by tesseract: an optional program of the system, run under a time limit on pipes alone.

Nothing of the picture is written to a file. It inherits whatever the worker has given up: network, files, memory.
Where tesseract or its Japanese is missing, a picture is unread.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Why
from dlp.extract.budget import Budget
from dlp.extract.pictures.layout import Word, blocks_of

_LONGEST, _SHORT = 4000, 1500  # pixels: larger is reduced, smaller (a screenshot) is doubled
_SURE, _DOUBTFUL = 75.0, 55.0  # confidence: the right way up; not to be relied on
_FEW = 8  # words: below, nothing can be said of the whole
_PAGE_SECONDS = 25.0
#: A stroke between digits is taken for a 7, or for a stroke and a 7.
_DATE = re.compile(r"^\W?((?:19|20)\d\d)(?:/7?|7)(\d\d)(?:/7?|7)(\d\d)$")
_COLUMN_TEXT, _UPRIGHT = "4", "3"  # page segmentation: of one column of words; found by itself, for lines downwards


@dataclass(frozen=True, slots=True)
class Page:
    """What was made out of one picture."""

    words: tuple[Word, ...]
    confidence: float  # the median word's, 0–100
    upright: bool = False  # written downwards

    @property
    def score(self) -> float:
        """How much was made out: to choose between ways to hold the page."""
        return sum(len(word.text) * max(0.0, word.confidence - 40) for word in self.words)


@cache
def program() -> tuple[str, tuple[str, ...]]:
    """(path, languages) of tesseract; ("", ()) when it, or its Japanese, is not installed."""
    path = shutil.which("tesseract")
    if not path:
        return "", ()
    try:
        said = subprocess.run(  # noqa: S603  fixed arguments
            [path, "--list-langs"], capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "", ()
    languages = tuple(said.stdout.decode("utf-8", "replace").split("\n")[1:])
    return (path, languages) if "jpn" in languages else ("", ())


def read(picture: Image.Image, budget: Budget, place: str) -> list[Block]:
    """The lines and tables of a picture. Raises Incomplete(IMAGE_ONLY) where it cannot be made out."""
    if not program()[0]:
        raise Incomplete(Why.IMAGE_ONLY)
    budget.take_picture()
    begun = time.monotonic()
    try:
        page = _best(_prepared(picture), budget)
    finally:
        budget.ocr_seconds -= time.monotonic() - begun
    if len(page.words) >= _FEW and page.confidence < _DOUBTFUL:
        raise Incomplete(Why.IMAGE_ONLY)  # handwriting, or no writing at all: nobody can tell
    return blocks_of(page.words, place, upright=page.upright)


def _prepared(picture: Image.Image) -> Image.Image:
    """Grey, of a size at which characters are some 30 pixels high."""
    grey = picture.convert("L")
    longest = max(grey.size)
    if longest > _LONGEST:
        return grey.resize((grey.width * _LONGEST // longest, grey.height * _LONGEST // longest), Image.Resampling.BOX)
    if longest < _SHORT:
        return grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
    return grey


def _best(grey: Image.Image, budget: Budget) -> Page:
    """The reading of the page held the right way: as it is, else as its orientation is detected, else downwards.

    Where no orientation can be told there is little writing, or none: a photograph costs two runs, not five.
    """
    first = _page(grey, budget)
    if first.confidence >= _SURE and len(first.words) >= _FEW:
        return first
    turn = _orientation(grey, budget)
    if turn is None:
        return first
    held = grey.rotate(-turn, expand=True) if turn else grey
    pages: list[Page] = [first, *([_page(held, budget)] if turn else ())]
    if max(page.confidence for page in pages) < _SURE and "jpn_vert" in program()[1]:
        pages.append(_page(held, budget, language="jpn_vert", mode=_UPRIGHT))
    return max(pages, key=lambda page: page.score)


def _page(grey: Image.Image, budget: Budget, *, language: str = "jpn", mode: str = _COLUMN_TEXT) -> Page:
    out = _run(grey, ("-l", language, "--psm", mode, "tsv"), budget)
    words = tuple(_words(out))
    middle = statistics.median(word.confidence for word in words) if words else 0.0
    return Page(words, middle, language == "jpn_vert")


def _words(out: str) -> Sequence[Word]:
    found = []
    for line in out.splitlines()[1:]:
        cells = line.split("\t")
        if len(cells) < 12 or cells[0] != "5":
            continue
        text = cells[11].strip()
        if text.strip("|｜_＿-—‐ー'\"`.,。・ "):  # what is left of rules and dust
            left, top, width, height = map(int, cells[6:10])
            found.append(
                Word(_DATE.sub(r"\1/\2/\3", text.strip("|｜")), left, top, left + width, top + height, float(cells[10]))
            )
    return found


def _orientation(grey: Image.Image, budget: Budget) -> int | None:
    """Degrees to turn the page clockwise, None when tesseract cannot tell."""
    if "osd" not in program()[1]:
        return None
    out = _run(grey, ("-l", "osd", "--psm", "0"), budget)
    told = dict(line.split(": ", 1) for line in out.splitlines() if ": " in line)
    if float(told.get("Orientation confidence", "0") or 0) < 1.0:
        return None
    return int(told.get("Rotate", "0") or 0)


def _run(grey: Image.Image, options: Sequence[str], budget: Budget) -> str:
    """Raises Incomplete: out of time, or the program failed."""
    budget.check_time()
    seconds = min(_PAGE_SECONDS, budget.ocr_seconds, budget.seconds_left)
    if seconds < 1:
        raise Incomplete(Why.TIMED_OUT)
    data = b"P5\n%d %d\n255\n" % grey.size + grey.tobytes()
    # coreutils' timeout ends it also when this worker is killed meanwhile
    command = ["timeout", "-k", "1", f"{seconds:.1f}", program()[0], "stdin", "stdout", "--dpi", "200", *options]
    environment = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX", "TMPDIR") if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603  fixed arguments, content on a pipe
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds + 5,
            check=False,
            env={**environment, "OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"},
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Incomplete(Why.IMAGE_ONLY) from None
    if done.returncode == 124:
        raise Incomplete(Why.TIMED_OUT)
    if done.returncode and "osd" not in options:
        raise Incomplete(Why.IMAGE_ONLY)
    return done.stdout.decode("utf-8", "replace")
