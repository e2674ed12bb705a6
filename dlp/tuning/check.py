"""What `dlp signatures check` runs: each sample against its signature, each clean sample against all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dlp.detect import checks
from dlp.detect.loader import load
from dlp.detect.ruleset import Ruleset
from dlp.extract.normalize import fold
from dlp.tuning.samples import render

_LEAST = 3  # samples of each kind
_SAMPLED = ("pattern", "terms", "yara")
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


def check(folder: Path, files: Mapping[str, bytes]) -> Report:
    """Check a folder. Raises ConfigError where it cannot even be loaded."""
    ruleset = load(files)
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
    recipe = path.read_text(encoding="utf-8")
    if any(checks.individual_number(word) or checks.card(word) for word in recipe.split()):
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
