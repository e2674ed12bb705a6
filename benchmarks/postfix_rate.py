"""Mails a second through the gateway, inspecting, against Postfix with a content filter that does nothing.

Same client (Postfix's own smtp-source), same sink, same bytes; Postfix, the gateway and a bare relay take turns. What
counts is the time until the sink has the last mail, for Postfix answers as soon as a mail is in its queue. Its filter
is set up as FILTER_README's "advanced" one: after the queue, by SMTP, back in on a port of its own; the filter is the
bare relay (aiosmtpd on uvloop, pooled aiosmtplib), which looks at nothing. Needs root and Postfix.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.mail_rate import CONNECTIONS, SIZES, message
from benchmarks.report import Row, row
from tests.e2e.harness import Box
from tests.e2e.postfix import Postfix

_PATIENCE = 60.0  # seconds without a mail at the sink
_SOURCE = "/usr/sbin/smtp-source"


class Sink:
    """A sink in a process of its own that tells of each mail."""

    def __init__(self, stack: ExitStack) -> None:
        self._out, self.port = _peer(stack, "count")

    def wait(self, count: int) -> None:
        """Until so many more mails are here. Raises SystemExit when they do not come: then one was held or lost."""
        while count > 0:
            if not select.select([self._out], [], [], _PATIENCE)[0]:
                raise SystemExit(f"{count} mails did not reach the sink: a mail that was held or lost is not measured")
            count -= len(os.read(self._out, count))


def _peer(stack: ExitStack, *args: str) -> tuple[int, int]:
    """Start a helper process: its output (a descriptor), and the port it printed."""
    command = [sys.executable, "-m", "benchmarks.smtp_peers", *args]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
    stack.callback(child.wait)
    stack.callback(child.terminate)
    assert child.stdout is not None
    return child.stdout.fileno(), int(child.stdout.readline())


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _postfix(stack: ExitStack, sink: int) -> int:
    """Postfix with a filter that does nothing, relaying to the sink; its port."""
    port, back = _free_port(), _free_port()
    _, relay = _peer(stack, "relay", str(back))
    main = f"relayhost = [127.0.0.1]:{sink}\ncontent_filter = scan:[127.0.0.1]:{relay}\nin_flow_delay = 0s\n"
    master = f"""
127.0.0.1:{port} inet n - n - - smtpd
scan unix - - n - 10 smtp -o smtp_send_xforward_command=yes
127.0.0.1:{back} inet n - n - 10 smtpd
  -o content_filter=
  -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
"""
    stack.enter_context(Postfix("rate", main=main, master=master))
    return port


def _seconds(port: int, mail: Path, count: int, sink: Sink) -> float:
    """Seconds until the sink has `count` mails sent to `port`."""
    command = [_SOURCE, "-d", "-s", str(CONNECTIONS), "-m", str(count), "-F", str(mail)]
    command += ["-f", "clerk@town.example", "-t", "partner@outside.example", f"inet:127.0.0.1:{port}"]
    begun = time.perf_counter()
    subprocess.run(command, check=True, timeout=280)
    sink.wait(count)
    return time.perf_counter() - begun


def run(runs: int = 5, count: int = 300) -> list[Row]:
    """Mails a second, each size."""
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sink = Sink(stack)
        settings, off = {"next_hop": f"127.0.0.1:{sink.port}", "next_hop_tls": "none"}, {"enabled": False}
        ports = {
            "Postfix, no-op content_filter": _postfix(stack, sink.port),
            "sekisho, inspecting": stack.enter_context(Box(folder, mail=settings, web=off, media=off)).smtp_port,
            "bare aiosmtpd relay, no inspection": _peer(stack, "relay", str(sink.port))[1],
        }
        for size in SIZES:
            mail = folder / f"{size}.eml"
            mail.write_bytes(message(size).replace(b"\r\n", b"\n"))
            figures: dict[str, list[float]] = {who: [] for who in ports}
            for number in range(runs + 1):
                for who, port in ports.items():
                    seconds = _seconds(port, mail, count, sink)
                    if number:
                        figures[who].append(count / seconds)
            rows += [row(f"innocent mail {size // 1000} kB", who, "mails/s", taken) for who, taken in figures.items()]
    return rows
