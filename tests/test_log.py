from __future__ import annotations

import io
import json
import logging

from dlp import log


def test_a_log_never_quotes_an_exception_or_an_unknown_field() -> None:
    stream = io.StringIO()
    root, level = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        log.setup(stream)
        try:
            raise ValueError("佐藤太郎 0463-00-0000")
        except ValueError:
            logging.getLogger("dlp.x").exception("failed", extra={"transfer": "t1", "content": "佐藤太郎"})
        logging.getLogger("mail.log").error("body 佐藤太郎")
    finally:
        logging.getLogger().handlers[:] = root
        logging.getLogger().setLevel(level)
    (line,) = stream.getvalue().splitlines()
    row = json.loads(line)
    assert "佐藤" not in line
    assert (row["message"], row["transfer"], row["exception"]) == ("failed", "t1", "ValueError")
    assert row["where"].startswith("test_a_log_never")


def test_odd_bytes_of_a_client_lose_no_record() -> None:
    record = logging.LogRecord("dlp.x", logging.ERROR, __file__, 1, "refused", (), None)
    record.host = b"chat\xff.example".decode(errors="surrogateescape")
    row = json.loads(log.JsonFormatter().format(record).encode())
    assert (row["message"], row["host"]) == ("refused", "chat\udcff.example")
