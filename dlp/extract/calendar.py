"""iCalendar: what its events say of whom."""

from __future__ import annotations

import re

_FOLD = re.compile(r"\r?\n[ \t]")
#: Properties whose value speaks of whom an appointment is about; those invited are its correspondents.
_TOLD = re.compile(r"^(?:SUMMARY|LOCATION|DESCRIPTION|COMMENT|CONTACT)(?:;[^:\n]*)?:(.*)$", re.MULTILINE)


def said(text: str) -> str:
    """What an iCalendar's events say, a paragraph an event."""
    events = _FOLD.sub("", text).split("BEGIN:VEVENT")
    told = ("　".join(m.strip() for m in _TOLD.findall(event)) for event in events)
    return "\n\n".join(re.sub(r"\\([,;\\])", r"\1", event.replace("\\n", "\n").replace("\\N", "\n")) for event in told)
