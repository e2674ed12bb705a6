"""Which matching code a ruleset was compiled by: part of its digest, so that a verdict names both data and code."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files

#: Modules of this room, and libraries, that decide what a same file of signatures finds.
MODULES = (
    "checks",
    "column_checks",
    "headers",
    "loader",
    "pattern",
    "ruleset",
    "schema",
    "terms",
    "variants",
    "yara_needs",
    "yara_rules",
    "yara_text",
)
LIBRARIES = ("phonenumbers", "pyahocorasick", "yara-python")


@cache
def code_revision() -> str:
    """SHA-256 hex over the sources of the matchers and the versions of their libraries."""
    total = hashlib.sha256()
    room = files("dlp.detect")
    for name in MODULES:
        total.update(hashlib.sha256((room / f"{name}.py").read_bytes()).digest())
    for library in LIBRARIES:
        total.update(f"{library} {version(library)}\n".encode())
    return total.hexdigest()
