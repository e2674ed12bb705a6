from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp import bundle
from dlp.detect import loader
from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Block
from dlp.subjects.counter import Count, Counter
from tests.subjects import town


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    """The shipped signatures."""
    loaded = loader.load(bundle.read().files)
    town.KNOWN = loaded.words["surnames"] | loaded.words["given_names"]
    return loaded


@pytest.fixture(scope="session")
def count(ruleset: Ruleset) -> Callable[..., Count]:
    """count(block, …): what one file with these blocks holds."""

    def counted(*blocks: Block, correspondents: frozenset[str] = frozenset()) -> Count:
        counter = Counter(ruleset, b"k" * 32)
        for block in blocks:
            counter.feed(("file",), block, correspondents)
        return counter.result()

    return counted
