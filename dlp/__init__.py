"""Sekisho (関所): the checkpoint for what leaves a town hall."""

__version__ = "0.1.0"
