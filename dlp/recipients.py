"""Whose mail it is: the part of a mail for some of its recipients, and whether an address lies in our own domains."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from dlp.transfer import Channel, Transfer, new_transfer_id


def split(transfer: Transfer, internal: Collection[str]) -> tuple[Transfer, Transfer | None]:
    """A mail's part for the outside and the one for `internal` domains, as a transfer of its own.

    Twice the same transfer where all are internal; None where none is, or where it is no mail.
    """
    inside = [is_within(address, internal) for address in transfer.destination]
    if transfer.channel is not Channel.MAIL or not any(inside):
        return transfer, None
    if all(inside):
        return transfer, transfer
    outward, inward = (
        _for_some(transfer, [i for i, home in enumerate(inside) if home is want]) for want in (False, True)
    )
    return outward, replace(inward, id=new_transfer_id())


def _for_some(transfer: Transfer, kept: Sequence[int]) -> Transfer:
    """A mail for some of its recipients, by their places."""
    envelope = dict(transfer.envelope)
    for name in ("rcpt_to", "rcpt_options"):
        if name in envelope:
            envelope[name] = [envelope[name][i] for i in kept if i < len(envelope[name])]
    return replace(transfer, destination=tuple(transfer.destination[i] for i in kept), envelope=envelope)


def for_recipients(transfer: Transfer, left: Collection[str]) -> Transfer:
    """A mail for those of its recipients that are in `left`."""
    return _for_some(transfer, [i for i, address in enumerate(transfer.destination) if address in left])


def is_mixed(transfer: Transfer, internal: Collection[str]) -> bool:
    """Whether a mail has recipients in `internal` domains and others, so that a part of it may be held."""
    return bool(internal) and len({is_within(address, internal) for address in transfer.destination}) > 1


def is_within(address: str, domains: Collection[str]) -> bool:
    """Whether an address lies in one of the domains; ".d" stands for all below d."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    return any(domain.endswith(d) if d.startswith(".") else domain == d for d in map(str.lower, domains))
