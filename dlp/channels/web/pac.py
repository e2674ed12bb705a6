"""The PAC file: browsers fetch it from the proxy itself, and send everything through it but what is in the house."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence

from mitmproxy import http

from dlp.settings import Web

_PATHS = ("/proxy.pac", "/wpad.dat")


def answer(flow: http.HTTPFlow, config: Web) -> http.Response | None:
    """The script, if that is what is asked of us; None for every other request."""
    request, here = flow.request, flow.client_conn.sockname
    if request.path.partition("?")[0] not in _PATHS or request.method not in ("GET", "HEAD") or not here:
        return None
    ours = {str(here[0]), config.host, config.pac_host, "localhost", "wpad", socket.gethostname()}
    if request.host not in ours or request.port not in (here[1], 80):
        return None
    proxy = config.pac_host or request.host
    text = script(f"{proxy}:{here[1]}", config.direct)
    return http.Response.make(200, text, {"Content-Type": "application/x-ns-proxy-autoconfig"})


def script(proxy: str, direct: Sequence[str]) -> str:
    """JavaScript for `proxy` ("host:port"); `direct` names domains reached without it."""
    tests = ["isPlainHostName(host)"]
    for domain in direct:
        bare = domain.lstrip(".")
        tests.append(f"host == {json.dumps(bare)} || dnsDomainIs(host, {json.dumps('.' + bare)})")
    # Without "; DIRECT" behind it: when the proxy is down, nothing goes out unread.
    return (
        "function FindProxyForURL(url, host) {\n"
        f'  if ({" || ".join(tests)}) return "DIRECT";\n'
        f"  return {json.dumps('PROXY ' + proxy)};\n"
        "}\n"
    )
