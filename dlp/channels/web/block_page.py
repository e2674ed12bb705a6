"""What a person sees instead of the page: why, which case, who decides, what to do; Japanese and English."""

from __future__ import annotations

from importlib.resources import files
from urllib.parse import quote

import orjson
from jinja2 import Environment
from mitmproxy import http

from dlp.channels.web.judging import Answer

_TEMPLATE = Environment(autoescape=True).from_string(
    (files("dlp.channels.web") / "block_page.html").read_text(encoding="utf-8")
)
_RETRY_SECONDS = "30"


def refused(request: http.Request, answer: Answer) -> http.Response:
    """403: held or blocked."""
    titles = ("送信を保留しました", "Upload held") if answer.held else ("送信を拒否しました", "Upload refused")
    return _answer(request, 403, titles, answer.case, list(answer.japanese), list(answer.english))


def unavailable(request: http.Request) -> http.Response:
    """503: we could not judge it, so it was not sent."""
    response = _answer(
        request,
        503,
        ("送信を確認できませんでした", "Upload could not be checked"),
        "",
        ["内容は送信されていません。しばらくしてからもう一度お試しください。"],
        ["Nothing was sent. Please try again in a little while."],
    )
    response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def too_large(request: http.Request) -> http.Response:
    """413: more than may be sent at once."""
    return _answer(
        request,
        413,
        ("大きすぎるため送信していません", "Upload too large"),
        "",
        ["1回に送信できる大きさを超えています。分けずに情報システム担当に相談してください。"],
        ["This is more than may be sent at once. Ask the IT department; do not cut it into pieces."],
    )


def not_come(request: http.Request) -> http.Response:
    """408: it stopped amid its body."""
    return _answer(
        request,
        408,
        ("送信が途中で止まりました", "Upload stopped on its way"),
        "",
        ["続きが届かないため、送信を打ち切りました。内容は送信されていません。もう一度お試しください。"],
        ["The rest did not come, so nothing was sent. Please try again."],
    )


def too_slow(request: http.Request) -> http.Response:
    """408: it comes by drops."""
    return _answer(
        request,
        408,
        ("送信が遅すぎるため打ち切りました", "Upload too slow"),
        "",
        ["送信に時間がかかりすぎています。内容は送信されていません。回線の状態を確かめて、もう一度お試しください。"],
        ["It came too slowly, so nothing was sent. Please look at your connection and try again."],
    )


def not_taken(request: http.Request) -> http.Response:
    """502: it was let through, and its server hung up."""
    return _answer(
        request,
        502,
        ("相手のサーバーが受け取りませんでした", "The server did not take it"),
        "",
        ["検査は通りましたが、宛先のサーバーが途中で接続を切りました。時間をおいてもう一度お試しください。"],
        ["It was checked and may be sent, but the server it goes to closed the connection. Please try again later."],
    )


def no_websocket(request: http.Request) -> http.Response:
    """403: this version cannot read WebSocket messages, so it does not pass them."""
    return _answer(
        request,
        403,
        ("この通信方式は使えません", "This kind of connection is refused"),
        "",
        ["WebSocketは検査できないため通していません。必要な場合は情報システム担当に連絡してください。"],
        ["WebSocket cannot be inspected and is not passed on. Ask the IT department if it is needed."],
    )


def no_stream(request: http.Request) -> http.Response:
    """403: a call that never ends cannot be judged before it is sent."""
    return _answer(
        request,
        403,
        ("この通信方式は使えません", "This kind of connection is refused"),
        "",
        ["終わりのない送信（gRPCのストリームなど）は検査できないため通していません。"],
        ["A call that streams what it sends without end (as with gRPC) cannot be inspected and is not passed on."],
    )


def misdirected(request: http.Request) -> http.Response:
    """403: the Host header names another host than the connection."""
    return _answer(
        request,
        403,
        ("宛先を確認できません", "Destination unclear"),
        "",
        ["接続先とHostヘッダーが一致しないため、送信していません。"],
        ["Nothing was sent: the Host header names another server than the connection."],
    )


def malformed(request: http.Request) -> http.Response:
    """400: a header that a server may read as several."""
    return _answer(
        request,
        400,
        ("要求の形式が正しくありません", "Malformed request"),
        "",
        ["ヘッダーに改行などの制御文字があるため、送信していません。"],
        ["Nothing was sent: a header holds a line break or another control character."],
    )


def does_not_fit(request: http.Request) -> http.Response:
    """403: a piece of an upload that cannot be joined with the others, so nobody can judge it."""
    return _answer(
        request,
        403,
        ("分割された送信を確認できません", "Upload in pieces could not be checked"),
        "",
        ["前の部分とつながらないため、送信していません。もう一度はじめから送信してください。"],
        ["Nothing was sent: this piece does not fit those before it. Please begin the upload again."],
    )


def _answer(
    request: http.Request, status: int, titles: tuple[str, str], case: str, japanese: list[str], english: list[str]
) -> http.Response:
    headers = {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    }
    if request.headers.get("content-type", "").lower().startswith("application/grpc"):
        return _status(request, status, " ".join([titles[1], *([f"case {case}"] if case else []), *english]))
    if "application/json" in request.headers.get("accept", ""):
        body = {"error": titles[1], "case": case, "ja": japanese, "en": english}
        return http.Response.make(status, orjson.dumps(body), headers | {"Content-Type": "application/json"})
    page = _TEMPLATE.render(titles=titles, case=case, japanese=japanese, english=english)
    return http.Response.make(status, page.encode(), headers | {"Content-Type": "text/html; charset=utf-8"})


def _status(request: http.Request, status: int, text: str) -> http.Response:
    """What a gRPC client shows: PERMISSION_DENIED, or UNAVAILABLE where it may try again."""
    code = "14" if status in (502, 503) else "7"
    headers = {
        "Content-Type": request.headers["content-type"],
        "grpc-status": code,
        "grpc-message": quote(text[:500], safe=" :,.()"),
    }
    return http.Response.make(200, b"", headers)
