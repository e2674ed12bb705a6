"""`python -m tests.faults --mails 100000 --faults 200 --client postfix`; see the package."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.faults import trial


def main() -> int:
    """The command; 1 when something was lost, let through or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=trial.__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--faults", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--client", choices=("own", "postfix"), default="own")
    parser.add_argument("--folder", type=Path, help="where all of it is kept; the same again goes on (own client)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        report = trial.run(
            folder,
            mails=args.mails,
            faults=args.faults,
            seed=args.seed,
            queued=args.client == "postfix",
            own_disk=trial.may_have_own_disk(),
        )
    print(f"{report.mails} mails in {report.seconds:.0f} s; seed {args.seed}; faults {report.faults}")
    print(f"delivered {report.delivered}, held {report.held}, refused with a reply {report.refused}")
    print(f"lost {report.lost}, let through {report.let_through}, doubled after our 250 {report.doubled}")
    print(f"handed on twice where a kill or a lost connection kept the first from being known: {len(report.twice)}")
    return 0 if report.sound else 1


if __name__ == "__main__":
    raise SystemExit(main())
