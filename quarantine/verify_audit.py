"""Verifies audit chain, signed checkpoints and ledger with nothing of the gateway's own code (docs/evidence.md).

python verify_audit.py room.db|export.jsonl --key audit.pem [--checkpoints as-a-second-place-has-them.jsonl]
"""

import argparse
import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

BOUND = """transfer at channel sender person department destination digest size media_type verdict reasons ruleset
 subjects counts""".split()
LINK = ["seq", "at", "actor", "event", "subject", "detail", "previous", "hash"]
ROW = ["id", *BOUND, "left_at", "outcome", "detail", "people"]
TABLES = {"audit": LINK, "ledger": ROW, "held": ["id", "status"], "checkpoint": ["number", "line"]}
HASHED = """sha(detail) AS detail, sha((SELECT tokens FROM people WHERE people.ledger = ledger.id)) || ' ' ||
 sha((SELECT sealed FROM trace_place WHERE trace_place.ledger = ledger.id)) AS people"""


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _json(value: object, *, readable: bool = False) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=not readable)


def _row_digest(row: sqlite3.Row) -> str:
    return _sha(_json([row[name] for name in BOUND], readable=True))


def _open(path: Path) -> sqlite3.Connection:
    if path.suffix == ".jsonl":
        db = sqlite3.connect(":memory:")
        for table, names in TABLES.items():
            db.execute(f"CREATE TABLE {table} ({', '.join(names)})")
        db.execute("CREATE INDEX by_transfer ON ledger (transfer)")
        for line in path.open(encoding="utf-8"):
            ((table, fields),) = json.loads(line).items()
            values = [fields[name] for name in TABLES[table]]
            db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})", values)
    else:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        db.create_function("sha", 1, lambda blob: hashlib.sha256(blob).hexdigest() if blob else "")
        db.execute(f"CREATE TEMP VIEW ledger AS SELECT {', '.join(ROW[:-2])}, {HASHED} FROM main.ledger")
    db.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
    db.row_factory = sqlite3.Row
    return db


def _checkpoints(lines: list[str], public: Any, where: str, found: list[str]) -> dict[int, dict[str, Any]]:
    good, number, before = {}, 0, "0" * 64
    for place, line in enumerate(lines, 1):
        try:
            one = json.loads(line)
            covered = _json({name: one[name] for name in one if name != "signature"})
            public.verify(bytes.fromhex(one["signature"]), b"sekisho checkpoint 1\n" + covered.encode())
        except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
            found.append(f"{where}checkpoint line {place}: was edited or is not signed by this key")
            continue
        if one["number"] != number + 1 or one["previous"] != before:
            found.append(f"{where}checkpoint {one['number']} (line {place}): does not follow checkpoint {number}")
        number, before, good[one["number"]] = one["number"], _sha(line), one
    return good


def _verify(db: sqlite3.Connection, checkpoints: dict[int, dict[str, Any]], found: list[str]) -> int:
    seq, before, signed, due = 0, "0" * 64, 0, {one["seq"]: one for one in checkpoints.values()}
    cases, transfer_of, states = (dict[str, Any]() for _ in range(3))
    for link in db.execute("SELECT * FROM audit ORDER BY seq"):
        if link["seq"] > seq + 1:
            found.append(f"entries {seq + 1} to {link['seq'] - 1} are missing")
        elif link["seq"] <= seq or link["previous"] != before:
            found.append(f"entry {link['seq']}: does not follow entry {seq}")
        seq, before, event, subject = link["seq"], link["hash"], link["event"], link["subject"]
        fields = {name: link[name] for name in LINK if name != "hash"}
        try:
            detail = dict(fields.update(detail=json.loads(link["detail"])) or fields["detail"])
        except (ValueError, TypeError):  # no JSON, or no object
            detail = {}
        if _sha(_json(fields)) != before:
            found.append(f"entry {seq}: was edited")
        if (one := due.pop(seq, None)) and one["hash"] != before:
            found.append(f"checkpoint {one['number']}: entries {signed + 1} to {seq} are not those signed")
        if event == "checkpoint" and (one or {}).get("number") != detail.get("number"):
            found.append(f"entry {seq}: checkpoint {detail.get('number')}, which it announces, is missing")
        signed = one["seq"] if one else signed
        if event in ("admit", "record"):
            transfer_of[subject] = transfer = str(detail.get("transfer", ""))
            row = db.execute("SELECT * FROM ledger WHERE transfer = ?", (transfer,)).fetchone()
            if row is None:
                found.append(f"entry {seq}: its transfer is missing from the ledger")
            elif (_row_digest(row), _sha(row["people"])) != (detail.get("row"), detail.get("people")):
                found.append(f"entry {seq}: its transfer or the transfer's people were changed in the ledger")
            else:
                states[transfer] = [seq, row["at"] if row["verdict"] in ("allow", "monitor") else None, "", ""]
        elif event == "outcome" and subject in states:
            states[subject] = [seq, states[subject][1], detail.get("outcome"), detail.get("sealed")]
        if event in ("admit", "decide", "settle", "expire"):
            cases[subject] = detail.get("status")
            if "left" in detail and transfer_of.get(subject) in states:
                states[transfer_of[subject]][:2] = [seq, detail["left"]]
    if due and max(due) > seq:
        found.append(f"entries {seq + 1} to {max(due)} are missing at the end, or some after {signed} were exchanged")
    since, known = 0, set(transfer_of.values())
    for row in db.execute("SELECT transfer, left_at, outcome, detail FROM ledger"):
        found += [] if row["transfer"] in known else [f"transfer {row['transfer']} in the ledger has no entry"]
        fate = [row["left_at"], row["outcome"], row["detail"]]
        seq, *said = states.get(row["transfer"], [0, *fate])
        if said != fate:
            found.append(f"entry {seq}: when its transfer left or what became of it was changed in the ledger")
    for _, one in sorted(checkpoints.items()):
        rows = db.execute("SELECT * FROM ledger WHERE id > ? AND id <= ? ORDER BY id", (since, one["row"])).fetchall()
        if [len(rows), _sha("".join(map(_row_digest, rows)))] != [one["rows"], one["ledger"]]:
            found.append(f"checkpoint {one['number']}: ledger rows {since + 1} to {one['row']} are not those signed")
        since = one["row"]
    held = dict(db.execute("SELECT id, status FROM held").fetchall())
    wrong = sorted(case for case in held.keys() | cases.keys() if held.get(case) != cases.get(case))
    found += [f"case {case} stands as {held.get(case)}; the chain says {cases.get(case)}" for case in wrong]
    return seq


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("copy", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="public key, PEM (`dlp audit key`)")
    parser.add_argument("--checkpoints", type=Path, help="as the second place has them, one a line")
    args, found = parser.parse_args(), list[str]()
    db, public = _open(args.copy), load_pem_public_key(args.key.read_bytes())
    own = db.execute("SELECT line FROM checkpoint ORDER BY number")
    checkpoints = _checkpoints([row["line"] for row in own], public, "", found)
    if args.checkpoints:
        lines = args.checkpoints.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        there = _checkpoints(lines, public, "second place: ", found)
        differing = sorted(n for n in there.keys() | checkpoints.keys() if there.get(n) != checkpoints.get(n))
        found += [f"checkpoint {number}: not the same in both places" for number in differing]
        checkpoints |= there
    entries, signed = _verify(db, checkpoints, found), max((one["seq"] for one in checkpoints.values()), default=0)
    print(*found, f"{entries} entries, signed up to {signed}, {len(found)} problems", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(_main())
