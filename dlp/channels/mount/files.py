"""The files of a mount: what it shows, what is changed through it, and nothing on the device that nobody has judged.

Nothing here writes content to the device. Content lies in the spool until `judge` (the gateway, in another
process) says yes; then the gateway has put it on the device before `judge` returns 0. A refused content is
gone, and the path shows again what was last allowed.
"""

from __future__ import annotations

from dlp.channels.mount.content import Contents
from dlp.channels.mount.names import Names


class MediaFiles(Contents, Names):
    """The files of one mounted device. Paths are relative, "" is the root. Thread-safe; raises OSError."""
