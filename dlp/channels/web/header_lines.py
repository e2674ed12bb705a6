"""Header values that no server can take for more lines than we do (RFC 9110, section 5.5; RFC 9112, section 5.2).

mitmproxy passes a CR or NUL in the middle of a value on, and a folded value with its fold: to a server that ends lines
at a lone CR, or does not unfold, the rest is a header of its own: another host, another length, another upload.
"""

from __future__ import annotations

import re

from mitmproxy import http

_FOLD = re.compile(rb"\r?\n[ \t]+")


def are_sound(headers: http.Headers) -> bool:
    """Unfold what is folded; whether no value holds an end of a line then."""
    values = b"".join([value for _, value in headers.fields])
    if b"\n" in values:
        headers.fields = tuple((name, _FOLD.sub(b" ", value)) for name, value in headers.fields)
        values = b"".join([value for _, value in headers.fields])
    return not (b"\r" in values or b"\n" in values or b"\0" in values)
