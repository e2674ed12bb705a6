"""What `dlp signatures check` runs: each sample against its signature, each clean sample against all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dlp.detect import checks
from dlp.detect.loader import load
from dlp.detect.ruleset import Ruleset
from dlp.extract.normalize import fold
from dlp.subjects.counter import Counter
from dlp.tuning.samples import render

_LEAST = 3  # samples of each kind
_SAMPLED = ("pattern", "terms", "yara")
_PIECES = 5  # a card is written in four
_PERSONAL = ("individual_number", "card")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_RUN = re.compile(r"[0-9](?:[- ]?[0-9]){11,}")
_SEEDS = (1, 2, 3)


@dataclass(slots=True)
class Report:
    """What was read and what is wrong."""

    signatures: int = 0
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
    Counter(ruleset, None)  # asks for every list, pattern and weight
    report = Report(signatures=len(ruleset.signatures))
    for signature in ruleset.signatures:
        if signature.matcher not in _SAMPLED:
            continue
        for kind in ("match", "clean"):
            paths = sorted((folder / signature.id / kind).glob("*.txt"))
            if len(paths) < _LEAST:
                report.faults.append(
                    f"signatures/{signature.id}/{kind}: {len(paths)} samples, at least {_LEAST} needed"
                )
            for path in paths:
                _sample(ruleset, signature.id, kind, path, report)
    return report


def _sample(ruleset: Ruleset, own: str, kind: str, path: Path, report: Report) -> None:
    where = f"signatures/{own}/{kind}/{path.name}"
    try:
        recipe = path.read_bytes().decode("utf-8")  # line ends stay as they are
    except UnicodeDecodeError:
        report.faults.append(f"{where}: not UTF-8; write bytes as {{hex:…}} or {{cp932:…}}")
        return
    if literal_numbers(recipe):
        report.faults.append(f"{where}: holds a value that passes a check digit; use a placeholder")
    for seed in _SEEDS:
        try:
            found = found_in(ruleset, render(recipe, seed))
        except ValueError as error:
            report.faults.append(f"{where}: {error}")
            return
        if kind == "match":
            report.match += 1
            if own not in found:
                report.faults.append(f"{where}: not found by {own} (seed {seed})")
        else:
            report.clean += 1
            report.crossed += len(ruleset.signatures)
            for other in sorted(found):
                report.faults.append(f"{where}: found by {other} (seed {seed})")
