"""Audit entries of transfers and cases as OCSF events of class Data Security Finding (2006), version 1.5.0. Pure.

A verdict creates a finding, a word on its case updates or closes it. No personal values: employee numbers, counts,
kinds, digests; neither names nor addresses of anybody, recipients among them.
"""

from __future__ import annotations

from typing import Any

from dlp import __version__
from quarantine.audit import Entry

VERSION = "1.5.0"
_CLASS, _CATEGORY = 2006, 2
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_SYSTEMS = {"mail": 6, "web": 5, "media": 1}  # secure email gateway, secure web gateway, endpoint
#: verdict -> severity_id, action_id, disposition_id (security control profile)
_VERDICTS = {"allow": (1, 1, 1), "monitor": (2, 1, 1), "quarantine": (4, 2, 3), "block": (4, 2, 2)}
#: where a case stands -> activity, status_id
_STATUSES = {
    "quarantined": (_UPDATE, 1),
    "awaiting_second": (_UPDATE, 2),
    "approved": (_UPDATE, 2),
    "released": (_CLOSE, 4),
    "rejected": (_CLOSE, 4),
    "withdrawn": (_CLOSE, 4),
    "purged": (_CLOSE, 5),
}
_TITLES = {"allow": "passed", "monitor": "passed and recorded", "quarantine": "held", "block": "refused"}


def event(entry: Entry) -> dict[str, Any] | None:
    """The finding an entry tells of; None where it tells of none."""
    if entry.event in ("admit", "record"):
        return _verdict(entry)
    if entry.event in ("decide", "settle", "expire"):
        return _move(entry)
    return None


def _verdict(entry: Entry) -> dict[str, Any]:
    said = entry.detail
    severity, action, disposition = _VERDICTS.get(str(said.get("verdict")), (0, 0, 0))
    bulk = int(said.get("subjects", 0)) > 100
    found = _base(entry, str(said.get("transfer", "")), _CREATE, 5 if bulk and action == 2 else severity)
    return found | {
        "action_id": action,
        "disposition_id": disposition,
        "is_alert": action == 2,
        "status_id": 1,
        "actor": {"user": {"uid": str(said.get("person") or "unknown")}},
        "data_security": {
            "data_lifecycle_state_id": 2,
            "detection_system_id": _SYSTEMS.get(str(said.get("channel")), 2),
            "policy": {"uid": str(said.get("ruleset", "")), "name": "signatures"},
        },
        "finding_info": _info(entry, str(said.get("transfer", "")), f"Transfer {_TITLES.get(str(said.get('verdict')))}")
        | {"types": str(said.get("kinds", "")).split()},
        "unmapped": {
            "channel": said.get("channel", ""),
            "people": said.get("subjects", 0),
            "reasons": said.get("reasons", ""),
            "bytes": said.get("size", 0),
            "sha256": said.get("digest", ""),
            "case": entry.subject if entry.event == "admit" else "",
        },
    }


def _move(entry: Entry) -> dict[str, Any]:
    status = str(entry.detail.get("status", ""))
    activity, status_id = _STATUSES.get(status, (_UPDATE, 99))
    found = _base(entry, entry.subject, activity, 2)
    return found | {
        "status_id": status_id,
        "actor": {"user": {"uid": entry.actor}},
        "finding_info": _info(entry, entry.subject, f"Held transfer is now {status}"),
        "unmapped": {"case": entry.subject, "move": entry.detail.get("move", "")},
    }


def _base(entry: Entry, uid: str, activity: int, severity: int) -> dict[str, Any]:
    return {
        "category_uid": _CATEGORY,
        "class_uid": _CLASS,
        "activity_id": activity,
        "type_uid": _CLASS * 100 + activity,
        "severity_id": severity,
        "time": _milliseconds(entry),
        "metadata": {
            "version": VERSION,
            "profiles": ["security_control"],
            "uid": str(entry.seq),
            "correlation_uid": uid,
            "product": {"name": "Sekisho", "vendor_name": "Sekisho", "version": __version__},
        },
    }


def _info(entry: Entry, uid: str, title: str) -> dict[str, Any]:
    return {"uid": uid, "title": title, "created_time": _milliseconds(entry)}


def _milliseconds(entry: Entry) -> int:
    return int(entry.at.timestamp() * 1000)
