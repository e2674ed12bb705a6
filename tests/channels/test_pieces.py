"""What a request says of itself as a piece, and what it may not say."""

from __future__ import annotations

import pytest
from mitmproxy import http

from dlp.channels.web.pieces import DoesNotFit, is_taken_as_piece, listed_parts, owner_of, recognise


def request(method: str = "PUT", path: str = "/x", **headers: str) -> http.Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return http.Request.make(method, f"https://host.example{path}", b"", named)


@pytest.mark.parametrize(
    ("text", "start", "size", "total"),
    [
        ("bytes 0-9/10", 0, 10, 10),
        ("bytes=5-9/10", 5, 5, 10),
        ("0-9/10", 0, 10, 10),
        ("bytes 0-9/*", 0, 10, None),
        ("bytes */10", 10, 0, 10),
        ("bytes */*", 0, 0, None),
    ],
)
def test_a_range(text: str, start: int, size: int, total: int | None) -> None:
    mark = recognise(request(content_range=text))
    assert mark is not None
    assert (mark.start, mark.size, mark.total) == (start, size, total)


@pytest.mark.parametrize("text", ["", "bytes", "bytes 9-1/10", "bytes 0-10/10", "lines 0-9/10", "bytes 0-٩/10", "0-9"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DoesNotFit):
        recognise(request(content_range=text))


def test_a_header_twice_is_refused() -> None:
    made = request(content_range="bytes 0-9/10")
    made.headers.add("Content-Range", "bytes 0-9/20")
    with pytest.raises(DoesNotFit):
        recognise(made)


def test_other_requests_are_no_pieces() -> None:
    assert recognise(request("POST")) is None
    assert recognise(request("GET", upload_offset="5")) is None
    assert recognise(request("POST", "/key?uploads")) is None


def test_one_upload_has_one_id_and_two_have_two() -> None:
    def upload(*args: str, **headers: str) -> str:
        mark = recognise(request(*args, **headers))
        assert mark is not None
        return mark.upload

    part = upload("PUT", "/k?partNumber=1&uploadId=u")
    assert part == upload("PUT", "/k?uploadId=u&partNumber=2") == upload("POST", "/k?uploadId=u")
    assert part != upload("PUT", "/other?partNumber=1&uploadId=u")
    first = upload("PUT", "/f?upload_id=d", content_range="bytes 0-9/*")
    assert first == upload("PUT", "/f?upload_id=d", content_range="bytes 10-19/20")
    assert upload(content_range="bytes 0-9/20") != upload(content_range="bytes 0-9/30")


def test_an_id_of_the_service_s_own_is_one_upload_whoever_sends_and_by_whichever_of_its_hosts() -> None:
    mark = recognise(request("PUT", "/f?upload_id=d", content_range="bytes */20"))
    assert mark is not None
    one = owner_of(mark, "clerk", "https://www.googleapis.com:443", "www.googleapis.com")
    assert one == owner_of(mark, "boss", "https://storage.googleapis.com:443", "storage.googleapis.com")
    assert owner_of(mark, "clerk", "a", "files.town.example") != owner_of(mark, "clerk", "b", "other.example")
    plain = recognise(request(content_range="bytes 0-9/20"))
    assert plain is not None
    assert owner_of(plain, "clerk", "a", "www.googleapis.com") == ("clerk", "a")


PART = b"<Part><PartNumber>%d</PartNumber><ETag>&quot;x&quot;</ETag></Part>"
ONE, TWO = PART % 1, PART % 2


@pytest.mark.parametrize("head", [b"", b'<?xml version="1.0" encoding="UTF-8"?>\n'])
def test_the_parts_that_a_completion_names(head: bytes) -> None:
    body = b'%s<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">%s</CompleteMultipartUpload>'
    assert listed_parts(body % (head, ONE + TWO)) == [1, 2]


@pytest.mark.parametrize(
    "parts",
    [
        b"",
        TWO + ONE,
        ONE + ONE,
        ONE + TWO.replace(b"2", b"&#50;"),
        ONE + TWO.replace(b"<PartNumber>", b"<PartNumber x='1'>"),
        ONE + b"<!-- " + TWO + b" -->",
        ONE + b"<?x " + TWO + b"?>",
        (ONE + TWO).decode().encode("utf-16"),
    ],
)
def test_parts_that_can_be_read_in_two_ways_are_refused(parts: bytes) -> None:
    with pytest.raises(DoesNotFit):
        listed_parts(b"<CompleteMultipartUpload>%s</CompleteMultipartUpload>" % parts)


#: host, what is sent there, whether the service takes it as a piece of an upload that is not completed
SERVICES = [
    ("www.googleapis.com", request("PUT", "/upload?uploadType=resumable&upload_id=u", content_range="0-9/99"), True),
    ("www.googleapis.com", request("PUT", "/upload?uploadType=media&upload_id=u", content_range="0-9/99"), False),
    ("www.googleapis.com", request("PUT", "/upload?uploadType=media", content_range="0-9/99"), False),
    ("www.googleapis.com", request("PUT", "/u?uploadType=media", upload_offset="0", upload_length="99"), False),
    ("storage.googleapis.com", request("PUT", "/b/k?partNumber=1&uploadId=u"), True),
    ("storage.googleapis.com", request("POST", "/b/k?partNumber=1&uploadId=u"), False),
    ("b.s3.ap-northeast-1.amazonaws.com", request("PUT", "/k?partNumber=1&uploadId=u"), True),
    ("b.s3.ap-northeast-1.amazonaws.com", request("PUT", "/k", content_range="0-9/99"), False),
    ("b.s3.ap-northeast-1.amazonaws.com", request("PUT", "/k", upload_offset="0", upload_length="99"), False),
    ("content.dropboxapi.com", request("POST", "/2/files/upload_session/start"), True),
    ("content.dropboxapi.com", request("POST", "/2/files/upload", content_range="0-9/99"), False),
    (
        "town.sharepoint.com",
        request("PUT", "/_api/v2.0/drive/items/1/uploadSession?guid=1", content_range="0-9/99"),
        True,
    ),
    ("town.sharepoint.com", request("PUT", "/_api/v2.0/drive/items/1/content", content_range="0-9/99"), False),
    ("town.sharepoint.com", request("PUT", "/content?x=/uploadSession", content_range="0-9/99"), False),
    ("api.onedrive.com", request("PUT", "/up/fe6987415ace7X4e1eF866337", content_range="0-9/99"), True),
    ("sn3302.up.1drv.com", request("PUT", "/up/fe6987415ace7X4e1eF866337?x=1", content_range="0-9/99"), True),
    ("print.print.microsoft.com", request("PUT", "/uploadSessions/5400be13?t=e", content_range="0-9/99"), True),
    (
        "town.sharepoint.com",
        request("PUT", "/sites/a/_api/v2.1/drives/b!x/items/1/uploadSession", content_range="0-9/99"),
        True,
    ),
    ("town.sharepoint.com", request("PUT", "/sites/a/Docs/up/list.xlsx", content_range="0-9/99"), False),
    ("town.sharepoint.com", request("PUT", "/sites/a/Docs/uploadSession", content_range="0-9/99"), False),
    ("town.sharepoint.com", request("PUT", "/_api/v2.0/../../Docs/uploadSession", content_range="0-9/99"), False),
    ("town.sharepoint.com", request("PUT", "/_api/v2.0/%2e%2e/Docs/uploadSession", content_range="0-9/99"), False),
    ("graph.microsoft.com", request("PUT", "/v1.0/me/drive/root:/up/a.xlsx:/content", content_range="0-9/99"), False),
    (
        "graph.microsoft.com",
        request("PUT", "/v1.0/me/drive/root:/uploadSession/a:/content", content_range="0-9/99"),
        False,
    ),
    ("files.town.example", request("PUT", "/x", content_range="0-9/99"), True),
    ("amazonaws.com.example", request("PUT", "/x", upload_offset="0", upload_length="99"), True),
]


@pytest.mark.parametrize(("host", "sent", "piece"), SERVICES)
def test_what_a_service_would_keep_as_a_whole_file_is_not_trusted_to_be_a_piece(
    host: str, sent: http.Request, piece: bool
) -> None:
    mark = recognise(sent)
    assert mark is not None
    assert is_taken_as_piece(mark, host) is piece
