"""`dlp signatures check`: validate the signature folder and run every sample beside it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("signatures", help="check the signatures and their samples", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="exit 0 when all is well, 1 and what to change when not")
    check.add_argument("--signatures", type=Path, metavar="DIR", help="folder (default: the shipped one)")
    check.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check; 0, or 1 after naming every fault. Fails, too, when there was nothing to check."""
    from dlp import bundle, policy
    from dlp.errors import ConfigError
    from dlp.tuning.check import check

    folder = args.signatures or bundle.default_folder()
    try:
        read = bundle.read(folder)
        policy.load(read.files["policy.toml"].decode("utf-8"))
        report = check(folder, read.files)
    except ConfigError as error:
        print(error)
        return 1
    for fault in report.faults:
        print(fault)
    print(
        f"{report.signatures} signatures, {report.match} match samples, {report.clean} clean samples "
        f"({report.crossed} runs of a clean sample against a signature): {len(report.faults)} faults"
    )
    return 1 if report.faults or not (report.signatures and report.match and report.clean) else 0
