"""Structured logs without content: one JSON object a line, fields only from the list here."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import IO

import orjson

#: What a record may carry besides its message. Nothing here can hold content or a person's data.
FIELDS = (
    "transfer",
    "ident",  # Postfix's queue id of the same mail
    "case",
    "channel",
    "verdict",
    "subjects",
    "part_count",
    "size",
    "seconds",
    "peer",
    "host",
    "login",
    "until",
    "bytes",
    "next_hop",
    "code",
    "pid",  # of a process of ours
    "error",
)


class JsonFormatter(logging.Formatter):
    """Renders a record as JSON; an exception is named by type and place, never by its text."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        row: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "message": record.getMessage(),
        }
        said = record.__dict__.get  # `getattr` of what is not there costs an exception
        for name in FIELDS:
            if (value := said(name)) is not None:
                row[name] = value
        if record.exc_info and record.exc_info[0] is not None:
            row["exception"] = record.exc_info[0].__name__
            tb = record.exc_info[2]
            while tb is not None and tb.tb_next is not None:
                tb = tb.tb_next
            if tb is not None:
                row["where"] = f"{tb.tb_frame.f_code.co_qualname}:{tb.tb_lineno}"
        try:
            return orjson.dumps(row, default=str).decode()
        except TypeError:  # lone surrogates, as a client's odd bytes become: the record must not be lost for them
            return json.dumps(row, default=str)


def setup(stream: IO[str] | None = None, level: int = logging.INFO) -> None:
    """Send our records to `stream` (default stderr) and pin libraries that log content to silence.

    aiosmtpd writes mail bodies to `mail.log` at DEBUG, mitmproxy writes URLs: neither may.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    # A record's caller, thread and process stand in no line of ours, and to ask for them costs more than all else of it
    # (the logging manual's "Optimization").
    for name in ("logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks", "_srcfile"):
        setattr(logging, name, None)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("dlp").setLevel(level)
    for name in ("mail.log", "mitmproxy", "aiohttp.access", "aiohttp.server", "aiosmtplib", "asyncio", "fuse"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)
        logger.propagate = name == "asyncio"
