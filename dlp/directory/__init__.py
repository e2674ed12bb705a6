"""Who works here, until when, and which devices are known."""

from dlp.directory.directory import Directory
from dlp.directory.opening import open_directory

__all__ = ["Directory", "open_directory"]
