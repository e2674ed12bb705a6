"""Rules compiled once for all workers: the server that forks them compiles them before the first is asked for.

A worker is forked from a process that has read the code already; so it may as well have the rules. `begin` starts that
process, as early as a command can, that it works while the command reads its own code. What a worker is told to
load decides all the same: rules of another digest are compiled in the worker. Nothing is written to a disk, for what
lies there somebody could exchange.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Mapping
from multiprocessing import forkserver
from pathlib import Path

from dlp import bundle
from dlp.detect.loader import digest, load
from dlp.detect.ruleset import Ruleset

#: What the server of workers reads before it forks any.
PRELOADED = ["dlp.worker_child", "dlp.prepared"]
#: In the environment of the server alone: the signature folder, or "" for the shipped one; the own town's name.
_FOLDER, _TOWN = "SEKISHO_PREPARE", "SEKISHO_PREPARE_TOWN"


def begin(folder: Path | None, town: str = "") -> None:
    """Start the server of workers, which prepares the rules of `folder` (None: the shipped ones), as `town` reads by
    them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    os.environ |= {_FOLDER: str(folder or ""), _TOWN: town}
    try:
        forkserver.ensure_running()
    finally:
        del os.environ[_FOLDER], os.environ[_TOWN]


def ruleset(files: Mapping[str, bytes]) -> Ruleset:
    """The ruleset of `files`: the prepared one if it is theirs. Raises ConfigError."""
    if _rules is not None and digest(files) == _rules.digest:
        return _rules
    return _warmed(files)


def _warmed(files: Mapping[str, bytes], town: str = "") -> Ruleset:
    """Rules, and what the first transfer would have to wait for."""
    from dlp.subjects.counter import warm

    rules = load(files)
    warm(rules, town)
    return rules


def _prepare() -> Ruleset | None:
    folder, town = os.environ.pop(_FOLDER, None), os.environ.pop(_TOWN, "")
    if folder is None:
        return None
    try:
        rules = _warmed(bundle.read(Path(folder) if folder else None).files, town)
    except Exception:  # a worker will meet the same, and say so to whom it concerns
        return None
    gc.collect()
    gc.freeze()  # what is shared with the workers is not to be written to for counting references in vain
    return rules


_rules = _prepare()
