"""Signed checkpoints: places in the chain, and the ledger up to there, under an Ed25519 signature. No I/O.

A checkpoint is one line of JSON. Its signature covers the line's other fields as canonical JSON (keys sorted, no
spaces, ASCII). Each names the digest of the one before, so that none can be taken out, moved or exchanged. Whoever
has the public key can verify; only the key ring can sign.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from quarantine.audit import GENESIS, stamp

_CONTEXT = b"sekisho checkpoint 1\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """What a checkpoint is to attest."""

    seq: int  # the last audit entry
    hash: str  # its hash
    row: int  # id of the last ledger row
    rows: int  # rows since the checkpoint before
    ledger: str  # their digest: SHA-256 over the hex digests of the rows (see quarantine.bonds), one after the other
    last: str  # line of the checkpoint before, "" for the first


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """One signed line, read."""

    number: int  # 1, 2, 3 … without gaps
    at: str
    seq: int
    hash: str
    row: int
    rows: int
    ledger: str
    previous: str  # SHA-256 of the line before, or GENESIS
    key: str  # id of the signing key
    signature: str  # hex

    def covered(self) -> bytes:
        """What the signature covers."""
        fields = {name: value for name, value in asdict(self).items() if name != "signature"}
        return _CONTEXT + json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")

    def line(self) -> str:
        """As it is kept and exported, without a line end."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))


class Signer:
    """Signs with a key made from 32 secret bytes."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key()
        self.id = key_id(self.public)

    def sign(self, basis: Basis, at: datetime) -> Checkpoint:
        """The checkpoint that attests `basis`."""
        before = read(basis.last) if basis.last else None
        bare = Checkpoint(
            number=before.number + 1 if before else 1,
            at=stamp(at.astimezone(UTC)),
            seq=basis.seq,
            hash=basis.hash,
            row=basis.row,
            rows=basis.rows,
            ledger=basis.ledger,
            previous=line_digest(basis.last) if basis.last else GENESIS,
            key=self.id,
            signature="",
        )
        return Checkpoint(**{**asdict(bare), "signature": self._key.sign(bare.covered()).hex()})

    def pem(self) -> str:
        """The public key, for whoever verifies."""
        return self.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def key_id(public: Ed25519PublicKey) -> str:
    """16 hex digits that name a key."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def line_digest(line: str) -> str:
    """What the next checkpoint says of this one."""
    return hashlib.sha256(line.encode("utf-8", "surrogateescape")).hexdigest()


def read(line: str) -> Checkpoint:
    """A line, read. Raises ValueError for one that is none."""
    try:
        fields = json.loads(line)
        made = Checkpoint(**fields)
    except (TypeError, AttributeError):
        raise ValueError("not a checkpoint") from None
    whole = {int: ("number", "seq", "row", "rows"), str: ("at", "hash", "ledger", "previous", "key", "signature")}
    if any(type(fields[name]) is not kind for kind, names in whole.items() for name in names):
        raise ValueError("not a checkpoint")
    return made


def is_signed(checkpoint: Checkpoint, public: Ed25519PublicKey) -> bool:
    """Whether this key signed it."""
    try:
        public.verify(bytes.fromhex(checkpoint.signature), checkpoint.covered())
    except (InvalidSignature, ValueError):
        return False
    return True


def verify(lines: Iterable[str], public: Ed25519PublicKey) -> tuple[list[Checkpoint], list[str]]:
    """Those that are ours, in order, and what is wrong with the others, line by line."""
    good: list[Checkpoint] = []
    faults: list[str] = []
    number, before = 0, GENESIS
    for place, line in enumerate(lines, 1):
        try:
            made = read(line)
        except ValueError:
            faults.append(f"checkpoint line {place}: cannot be read")
            continue
        if not is_signed(made, public):
            faults.append(f"checkpoint {made.number} (line {place}): was edited or not signed by this key")
            continue
        if made.number != number + 1:
            faults.append(_misplaced(made.number, number, place))
        elif made.previous != before:
            faults.append(f"checkpoint {made.number} (line {place}): does not follow the one before")
        number, before = made.number, line_digest(line)
        good.append(made)
    return sorted(good, key=lambda one: one.number), faults


def _misplaced(number: int, before: int, place: int) -> str:
    if number > before:
        return f"checkpoints {before + 1} to {number - 1} are missing (before line {place})"
    return f"checkpoint {number} (line {place}): out of order, after checkpoint {before}"


def merged(
    own: Sequence[Checkpoint], elsewhere: Sequence[str], public: Ed25519PublicKey
) -> tuple[list[Checkpoint], list[str]]:
    """The checkpoints of both places, the second one's where they differ, and where they do."""
    signed, faults = verify(elsewhere, public)
    faults = [f"second place: {fault}" for fault in faults]
    there, here = {one.number: one for one in signed}, {one.number: one for one in own}
    if gone := sorted(there.keys() - here.keys()):
        faults.append(f"checkpoints {_said(gone)} are in the second place and not here")
    if late := sorted(here.keys() - there.keys()):
        faults.append(f"checkpoints {_said(late)} are not in the second place")
    faults += [
        f"checkpoint {n}: not the same in both places" for n in sorted(there) if n in here and there[n] != here[n]
    ]
    both = here | there
    return [both[number] for number in sorted(both)], faults


def _said(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers[:20]) + (" …" if len(numbers) > 20 else "")
