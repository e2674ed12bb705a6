"""Who works here, until when, and which devices are known."""

from dlp.directory.directory import Directory

__all__ = ["Directory"]
