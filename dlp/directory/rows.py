"""The lines of a people file or device ledger, TOML or CSV, as mappings; what is wrong is a ConfigError."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from typing import Any

from dlp.errors import ConfigError


def read(data: bytes, *, suffix: str, table: str, what: str) -> list[Mapping[str, Any]]:
    """CSV with a header (UTF-8 or CP932, as Excel writes it) for ".csv", else TOML `[[table]]`s."""
    return _csv(data, what) if suffix == ".csv" else _toml(data, table, what)


def _toml(data: bytes, table: str, what: str) -> list[Mapping[str, Any]]:
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{what}: {error}") from None
    rows = raw.pop(table, [])
    if raw or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{what}: only [[{table}]] tables are known")
    return rows


def _csv(data: bytes, what: str) -> list[Mapping[str, Any]]:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ConfigError(f"{what}: neither UTF-8 nor CP932")
    rows: list[Mapping[str, Any]] = []
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), strict=True):
            if None in row:
                raise ConfigError(f"{what}: entry {len(rows) + 1} has more cells than the header")
            if any(row.values()):
                rows.append({key.strip(): value.strip() for key, value in row.items() if value})
    except csv.Error as error:
        raise ConfigError(f"{what}: {error}") from None
    return rows
