"""`dlp signatures check | measure`: validate the signature folder and its samples; measure what it finds."""

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
    stick = verbs.add_parser(
        "measure", help="count the people of a made-up town's files; exit 1 when a bar is missed (needs the dev group)"
    )
    stick.add_argument("--signatures", type=Path, metavar="DIR", help="folder (default: the shipped one)")
    stick.add_argument("--each", type=int, default=10, metavar="N", help="files of each layout (default: 10)")
    stick.add_argument("--seed", type=int, default=1, metavar="N", help="another seed makes other files")
    stick.add_argument("--common", action="store_true", help="names out of the shipped lists instead of strangers'")
    stick.add_argument("--replay", action="store_true", help="and the 1,019 files with 31,429 people of 2018")
    stick.add_argument("--layout", action="append", default=[], metavar="NAME", help="this layout only (repeatable)")
    stick.set_defaults(run=run_measure)


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
        f"{report.signatures} signatures, {report.files} sample files read: {report.match} match samples made of them "
        f"and {report.clean} clean ones ({report.crossed} runs of a clean sample against a signature): "
        f"{len(report.faults)} faults"
    )
    return 1 if report.faults or not (report.signatures and report.match and report.clean) else 0


def run_measure(args: argparse.Namespace) -> int:
    """Measure and print; 0, or 1 when a bar is missed."""
    from dlp import bundle
    from dlp.tuning import measure

    folder = args.signatures or bundle.default_folder()
    stick = measure.Stick(bundle.read(folder).files, common=args.common)
    report = stick.measure(each=args.each, seed=args.seed, layouts=args.layout, replay=args.replay)
    print(measure.text(report))
    return 1 if report.missed() else 0
