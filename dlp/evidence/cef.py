"""An audit entry as an ArcSight Common Event Format line. No personal values: what an entry says, and no more. Pure."""

from __future__ import annotations

from dlp import __version__
from quarantine.audit import Entry

#: Custom strings: label -> key of an entry's detail.
_STRINGS = ("channel", "kinds", "reasons", "ruleset", "status", "outcome")
_SEVERITY = {"allow": 1, "monitor": 3, "quarantine": 6, "block": 8}
_GRAVE = {"alarm": 9, "seal_broken": 10, "head_broken": 10, "login locked": 7, "login failed": 5, "read refused": 5}


def line(entry: Entry) -> str:
    """One line, without a line end."""
    head = ("CEF:0", "Sekisho", "Sekisho", __version__, entry.event, entry.event, str(severity(entry)))
    pairs = " ".join(f"{key}={_value(str(value))}" for key, value in _fields(entry) if value != "")
    return "|".join(_header(word) for word in head) + "|" + pairs


def severity(entry: Entry) -> int:
    """0 to 10."""
    verdict = entry.detail.get("verdict")
    return _SEVERITY[str(verdict)] if verdict in _SEVERITY else _GRAVE.get(entry.event, 2)


def _fields(entry: Entry) -> list[tuple[str, str | int]]:
    said = entry.detail
    fields: list[tuple[str, str | int]] = [
        ("rt", int(entry.at.timestamp() * 1000)),
        ("externalId", entry.seq),
        ("suid", entry.actor),
        ("duid", said.get("person", "")),
        ("act", said.get("verdict", said.get("move", ""))),
        ("cnt", said.get("subjects", "")),
        ("fsize", said.get("size", "")),
        ("fileHash", said.get("digest", "")),
        ("flexString1Label", "subject"),
        ("flexString1", entry.subject),
    ]
    if "transfer" in said:
        fields += [("flexString2Label", "transfer"), ("flexString2", said["transfer"])]
    for number, name in enumerate(_STRINGS, 1):
        if said.get(name, "") != "":
            fields += [(f"cs{number}Label", name), (f"cs{number}", said[name])]
    return fields


def _header(text: str) -> str:
    return _flat(text).replace("\\", "\\\\").replace("|", "\\|") if text != "CEF:0" else text


def _value(text: str) -> str:
    return _flat(text).replace("\\", "\\\\").replace("=", "\\=")


def _flat(text: str) -> str:
    """Without line ends and other control characters: an event is one line, whoever chose its words."""
    return "".join(" " if ord(sign) < 32 or ord(sign) == 127 else sign for sign in text)
