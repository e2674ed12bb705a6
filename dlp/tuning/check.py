"""What `dlp signatures check` runs: each sample against its signature, each clean sample against all.

A detector finds its samples. A list (words, header words, contexts of the counter) decides about them: without it,
other people are counted in them. In a clean sample no detector finds anything, and by no list anybody is counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dlp.detect import checks
from dlp.detect.loader import load
from dlp.detect.ruleset import Ruleset, Signature
from dlp.extract.plain.normalize import fold
from dlp.tuning.ablation import LISTS, People
from dlp.tuning.samples import render

_LEAST = 3  # samples of each kind
_DECLARES = "/signature.toml"
_PIECES = 5  # a card is written in four
_PERSONAL = ("individual_number", "card")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_RUN = re.compile(r"[0-9](?:[- ]?[0-9]){11,}")
_SEEDS = (1, 2, 3)


@dataclass(slots=True)
class Report:
    """What was read and what is wrong."""

    signatures: int = 0
    files: int = 0  # samples; each is read with several seeds
    match: int = 0
    clean: int = 0
    crossed: int = 0
    faults: list[str] = field(default_factory=list)


def found_in(ruleset: Ruleset, data: bytes) -> set[str]:
    """Ids of the signatures that match a sample."""
    ids = {m.signature.id for m in ruleset.scan_bytes(data)}
    return ids | {m.signature.id for m in ruleset.scan_text(fold(data.decode("utf-8", "replace")))}


def literal_numbers(recipe: str) -> list[str]:
    """Numbers in a recipe's own text that pass a check digit of a person's number. Such values are made at run time."""
    own = _PLACEHOLDER.sub(" ", unicodedata.normalize("NFKC", recipe))
    numbers = [number for run in _RUN.findall(own) for number in _joined(re.split("[- ]", run))]
    return [number for number in numbers if any(checks.BY_NAME[name](number) for name in _PERSONAL)]


def _joined(pieces: list[str]) -> Iterator[str]:
    """Every stretch of neighbouring pieces as one number: "12 3456" -> 12, 123456, 3456."""
    for first in range(len(pieces)):
        for last in range(first + 1, min(first + _PIECES, len(pieces)) + 1):
            yield "".join(pieces[first:last])


def check(folder: Path, files: Mapping[str, bytes]) -> Report:
    """Check a folder. Raises ConfigError where it cannot even be loaded."""
    ruleset = load(files)
    report = Report(signatures=len(ruleset.signatures))
    people = People(ruleset, {name.split("/")[0]: data for name, data in files.items() if name.endswith(_DECLARES)})
    for signature in ruleset.signatures:
        for kind in ("match", "clean"):
            paths = sorted((folder / signature.id / kind).glob("*.txt"))
            if len(paths) < _LEAST:
                report.faults.append(
                    f"signatures/{signature.id}/{kind}: {len(paths)} samples, at least {_LEAST} needed"
                )
            for path in paths:
                _sample(ruleset, people, signature, path, report)
        report.faults += people.undecided()
    return report


def _sample(ruleset: Ruleset, people: People, own: Signature, path: Path, report: Report) -> None:
    kind = path.parent.name
    where = f"signatures/{own.id}/{kind}/{path.name}"
    try:
        recipe = path.read_bytes().decode("utf-8")  # line ends stay as they are
    except UnicodeDecodeError:
        report.faults.append(f"{where}: not UTF-8; write bytes as {{hex:…}} or {{cp932:…}}")
        return
    report.files += 1
    if literal_numbers(recipe):
        report.faults.append(f"{where}: holds a value that passes a check digit; use a placeholder")
    for seed in _SEEDS:
        try:
            sample = render(recipe, seed)
        except ValueError as error:
            report.faults.append(f"{where}: {error}")
            return
        if kind == "match":
            report.match += 1
            if own.matcher in LISTS:
                people.decides(own.id, f"{where}: nothing depends on {own.id} (seed {seed})", sample)
                continue
            faults = [] if own.id in found_in(ruleset, sample) else [f"not found by {own.id}"]
        else:
            report.clean += 1
            report.crossed += len(ruleset.signatures)
            faults = [f"found by {other}" for other in sorted(found_in(ruleset, sample))]
            faults += [f"{n} people counted" for n in (people.of(sample),) if n]
        report.faults += [f"{where}: {fault} (seed {seed})" for fault in faults]
