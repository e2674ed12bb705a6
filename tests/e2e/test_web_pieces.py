"""Uploads in pieces through the real gateway by curl: each protocol's pieces are joined, and the whole is judged."""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import os
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count, pairwise

import pytest

from quarantine.case import Status
from tests.e2e.harness import Box
from tests.e2e.people import CSV, found_in
from tests.e2e.sink import Sink

pytestmark = pytest.mark.e2e
#: Nothing of it can be read before its last piece is there: of a workbook's first piece 45 people can.
LIST = bz2.compress(CSV.encode())
ENV = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and k != "CURL_CA_BUNDLE"}
NUMBERS = count(1)


def innocent() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for day in range(400):
        book.active.append([f"第{day}回", "市民まつりのお知らせ", day * 7919 % 1000])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class Step:
    """One request: address, what curl is told, body, what the server answers."""

    path: str
    args: tuple[str, ...]
    body: bytes
    answer: tuple[bytes, bytes] = (b"", b"")


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture(scope="module")
def box(need: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    need("curl")
    off = {"enabled": False}
    web = {"addresses": {"127.0.0.1": "clerk", "127.0.0.2": "clerk2"}, "resumable_hosts": ["127.0.0.1"]}
    with Box(tmp_path_factory.mktemp("web"), web=web, mail=off, media=off) as running:
        yield running


def send(box: Box, sink: Sink, step: Step, *, host: str = "127.0.0.1", more: tuple[str, ...] = ()) -> tuple[int, str]:
    sink.headers, sink.body = step.answer
    command = ["curl", "-sS", "--noproxy", "", "-x", box.proxy_url, "-w", "\n%{http_code}", "--max-time", "60"]
    command += [*step.args, *more, "-H", "Expect:", "--data-binary", "@-", f"http://{host}:{sink.port}{step.path}"]
    done = subprocess.run(command, input=step.body, capture_output=True, timeout=90, check=False, env=ENV)
    text, _, code = done.stdout.decode("utf-8", "replace").rpartition("\n")
    return int(code or 0), text or done.stderr.decode()


def cut(data: bytes, *places: float) -> list[tuple[int, bytes]]:
    """(offset, bytes) of each piece."""
    marks = [0, *(int(len(data) * place) for place in places), len(data)]
    return [(start, data[start:end]) for start, end in pairwise(marks)]


def ranged(start: int, data: bytes, total: int | str) -> str:
    return f"Content-Range: bytes {start}-{start + len(data) - 1}/{total}"


def plain(data: bytes) -> list[Step]:
    path = f"/files/{next(NUMBERS)}"
    return [
        Step(path, ("-X", "PUT", "-H", ranged(start, piece, len(data))), piece) for start, piece in cut(data, 0.4, 0.8)
    ]


def overlapping(data: bytes) -> list[Step]:
    path, third = f"/files/{next(NUMBERS)}", len(data) // 3
    spans = [(0, 2 * third), (third, 2 * third), (third, len(data) - 9), (third + 5, len(data))]
    return [Step(path, ("-X", "PUT", "-H", ranged(a, data[a:b], len(data))), data[a:b]) for a, b in spans]


def widget(data: bytes) -> list[Step]:
    """A browser's upload widget: the range is that of a field of a form."""
    path = f"/widget/{next(NUMBERS)}"
    steps = []
    for start, piece in cut(data, 0.5):
        head = b'--XX\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n'
        kind = ("-H", "Content-Type: multipart/form-data; boundary=XX", "-H", ranged(start, piece, len(data)))
        steps.append(Step(path, kind, head + piece + b"\r\n--XX--\r\n"))
    return steps


def drive(data: bytes) -> list[Step]:
    """The total is told with the last piece, as where a stream is uploaded."""
    path = f"/upload/drive/v3/files?uploadType=resumable&upload_id=U{next(NUMBERS)}"
    pieces = cut(data, 0.3, 0.6)
    totals = ["*", "*", len(data)]
    return [
        Step(path, ("-X", "PUT", "-H", ranged(start, piece, total)), piece)
        for (start, piece), total in zip(pieces, totals, strict=True)
    ]


def drive_told_at_the_end(data: bytes) -> list[Step]:
    path = f"/upload/drive/v3/files?uploadType=resumable&upload_id=U{next(NUMBERS)}"
    steps = [Step(path, ("-X", "PUT", "-H", ranged(start, piece, "*")), piece) for start, piece in cut(data, 0.5)]
    ask = Step(path, ("-X", "PUT", "-H", "Content-Range: bytes */*"), b"")
    return [steps[0], ask, steps[1], Step(path, ("-X", "PUT", "-H", f"Content-Range: bytes */{len(data)}"), b"")]


def tus(data: bytes) -> list[Step]:
    path = f"/tus/{next(NUMBERS)}"
    begun = ("-X", "POST", "-H", "Tus-Resumable: 1.0.0", "-H", f"Upload-Length: {len(data)}")
    steps = [Step("/tus/", begun, b"", (b"Location: %s\r\n" % path.encode(), b""))]
    for start, piece in cut(data, 0.3, 0.6):
        kind = ("-X", "PATCH", "-H", f"Upload-Offset: {start}", "-H", "Content-Type: application/offset+octet-stream")
        steps.append(Step(path, kind, piece))
    return steps


def tus_with_creation(data: bytes) -> list[Step]:
    """The first bytes come with the creation."""
    empty, first, *rest = tus(data)
    return [Step(empty.path, (*empty.args, *first.args[4:]), first.body, empty.answer), *rest]


def s3(data: bytes, order: tuple[int, ...] = (0, 1, 2)) -> list[Step]:
    path = f"/bucket/key{next(NUMBERS)}"
    begun = Step(f"{path}?uploads", ("-X", "POST"), b"")
    pieces = cut(data, 0.3, 0.6)
    parts = [Step(f"{path}?partNumber={i + 1}&uploadId=a.b", ("-X", "PUT"), pieces[i][1]) for i in order]
    named = b"".join(b"<Part><PartNumber>%d</PartNumber><ETag>x</ETag></Part>" % (i + 1) for i in range(3))
    done = b"<CompleteMultipartUpload>%s</CompleteMultipartUpload>" % named
    return [begun, *parts, Step(f"{path}?uploadId=a.b", ("-X", "POST", "-H", "Content-Type: application/xml"), done)]


def s3_out_of_order(data: bytes) -> list[Step]:
    return s3(data, (2, 0, 1))


def s3_framed(data: bytes) -> list[Step]:
    """As Amazon's libraries send parts: lengths between the content, a checksum behind it."""
    framed = []
    for step in s3(data):
        if "partNumber" in step.path:
            body = b"%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n" % (len(step.body), step.body)
            step = Step(step.path, (*step.args, "-H", "Content-Encoding: aws-chunked"), body)
        framed.append(step)
    return framed


def dropbox(data: bytes) -> list[Step]:
    session = f"S{next(NUMBERS)}"

    def step(name: str, said: object, body: bytes, answer: bytes = b"null") -> Step:
        told = ("-H", f"Dropbox-API-Arg: {json.dumps(said)}", "-H", "Content-Type: application/octet-stream")
        return Step(f"/2/files/upload_session/{name}", ("-X", "POST", *told), body, (b"", answer))

    (_, first), (two, second), (three, third) = cut(data, 0.3, 0.6)
    where = {"session_id": session}
    return [
        step("start", {"close": False}, first, json.dumps(where).encode()),
        step("append_v2", {"cursor": {**where, "offset": two}}, second),
        step("finish", {"cursor": {**where, "offset": three}, "commit": {"path": "/a.bin"}}, third),
    ]


PROTOCOLS = [
    plain,
    overlapping,
    widget,
    drive,
    drive_told_at_the_end,
    tus,
    tus_with_creation,
    s3,
    s3_out_of_order,
    s3_framed,
    dropbox,
]
each_protocol = pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda made: made.__name__)


def case_in(page: str) -> str:
    found = re.search(r'class="case">(\w+)<', page)
    assert found, page
    return found[1]


def held_content(box: Box, case: str) -> bytes:
    room = box.room()
    try:
        return room.content(case, "S001", "test")
    finally:
        room.close()


@each_protocol
def test_an_innocent_file_arrives(protocol: Callable[[bytes], list[Step]], box: Box, sink: Sink) -> None:
    sink.forget()
    steps = protocol(innocent())
    assert [send(box, sink, step)[0] for step in steps] == [200] * len(steps)
    assert [one.digest for one in sink.arrived] == [hashlib.sha256(step.body).hexdigest() for step in steps]


@each_protocol
def test_the_request_that_completes_a_list_is_held(
    protocol: Callable[[bytes], list[Step]], box: Box, sink: Sink
) -> None:
    sink.forget()
    *earlier, last = protocol(LIST)
    assert [send(box, sink, step)[0] for step in earlier] == [200] * len(earlier)
    code, page = send(box, sink, last)
    assert code == 403
    assert "150人分" in page
    assert len(sink.arrived) == len(earlier)
    case = case_in(page)
    assert held_content(box, case) == LIST
    assert send(box, sink, last)[0] == 403


def test_after_approval_the_completing_request_passes_once(box: Box, sink: Sink) -> None:
    from datetime import UTC, datetime

    data = LIST + f"approved {datetime.now(UTC)}".encode()  # a content of its own, for a permit of its own
    other = ("--interface", "127.0.0.2")  # whose approved people count in no other test
    *earlier, last = s3(data)
    assert [send(box, sink, step, more=other)[0] for step in earlier] == [200] * len(earlier)
    case = case_in(send(box, sink, last, more=other)[1])
    box.approve(case)
    room = box.room()
    try:
        box.wait(lambda: room.case(case).status is Status.RELEASED)
    finally:
        room.close()
    sink.forget()
    assert send(box, sink, last, more=other)[0] == 200
    assert [one.path for one in sink.arrived] == [last.path]
    again = plain(data)
    assert [send(box, sink, step, more=other)[0] for step in again] == [200, 200, 403]  # the permit is used up


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_a_list_cut_within_its_rows_is_one(encoding: str, box: Box, sink: Sink) -> None:
    """Two or three people a piece, none of them whole at its seams; held as soon as together they are too many."""
    sink.forget()
    data = CSV.encode(encoding)
    path, codes, start = f"/text/{next(NUMBERS)}", [], 0
    while start < len(data) and 403 not in codes:
        end = data.index(b",", min(start + 300, len(data) - 40)) + 1  # within a row, not within a character
        kind = ("-X", "PUT", "-H", "Content-Type: text/csv", "-H", ranged(start, data[start:end], len(data)))
        codes.append(send(box, sink, Step(path, kind, data[start:end]), host="localhost")[0])
        start = end
    assert len(codes) > 2
    assert codes == [200] * (len(codes) - 1) + [403]
    case = box.cases()[-1]
    assert held_content(box, case.id) == data[:start]
    assert 11 <= case.entry.subjects <= 14


def test_a_list_cut_anywhere_is_held_where_it_is_completed(box: Box, sink: Sink) -> None:
    sink.forget()
    data = "".join(CSV.splitlines(keepends=True)[:61]).encode("cp932")
    path, codes, page = f"/text/{next(NUMBERS)}", [], ""
    for start in range(0, len(data), 501):  # within characters, too
        piece = data[start : start + 501]
        kind = ("-X", "PUT", "-H", "Content-Type: text/csv", "-H", ranged(start, piece, len(data)))
        code, page = send(box, sink, Step(path, kind, piece))
        codes.append(code)
    assert codes == [200] * (len(codes) - 1) + [403]
    assert "60人分" in page
    assert held_content(box, case_in(page)) == data


@pytest.mark.parametrize("listed", [False, True])
def test_tus_with_a_length_told_last(listed: bool, box: Box, sink: Sink) -> None:
    lines = CSV.splitlines(keepends=True) if listed else ["The fair opens at ten.\n"] * 30
    pieces = ["".join(lines[start:end]).encode() for start, end in pairwise((0, 4, 10, 16, 30))]
    path, kind, start = f"/tus/{next(NUMBERS)}", ("-X", "PATCH", "-H", "Content-Type: text/csv", "-H"), 0
    begun = ("-X", "POST", "-H", "Upload-Defer-Length: 1")
    steps = [Step("/tus/", begun, b"", (b"Location: %s\r\n" % path.encode(), b""))]
    for piece in pieces:
        steps.append(Step(path, (*kind, f"Upload-Offset: {start}"), piece))
        start += len(piece)
    steps[-1] = Step(path, (*steps[-1].args, "-H", f"Upload-Length: {start}"), pieces[-1])
    codes = [send(box, sink, step)[0] for step in steps]
    assert codes == ([200, 200, 200, 403, 403] if listed else [200] * 5)  # three people, nine, fifteen


def test_people_in_all_pieces_are_counted_once(box: Box, sink: Sink) -> None:
    """Nine people, four times over, each time in a piece of its own: nine."""
    lines = CSV.splitlines(keepends=True)
    piece = "".join(lines[:10]).encode()
    path, total = f"/text/{next(NUMBERS)}", 4 * len(piece)
    kind = ("-X", "PUT", "-H", "Content-Type: text/csv")
    answers = [
        send(box, sink, Step(path, (*kind, "-H", ranged(at, piece, total)), piece))
        for at in range(0, total, len(piece))
    ]
    assert [code for code, _ in answers] == [200] * 4, answers


def test_elsewhere_an_unreadable_piece_is_held_at_once(box: Box, sink: Sink) -> None:
    sink.forget()
    for step in plain(LIST):
        assert send(box, sink, step, host="localhost")[0] == 403
    assert sink.arrived == []


def put(path: str, start: int, data: bytes, total: int | str, *more: str) -> Step:
    return Step(path, ("-X", "PUT", "-H", ranged(start, data, total), *more), data)


#: How two halves of one upload may come as if they were of two, by what is said of the second.
DISGUISED: dict[str, Callable[[str, bytes, bytes], list[Step]]] = {
    "letters": lambda path, one, two: [
        put(f"{path}/a", 0, one, len(one + two)),
        put(f"{path}/A", len(one), two, len(one + two)),
    ],
    "query": lambda path, one, two: [
        put(path, 0, one, len(one + two)),
        put(f"{path}?x=1", len(one), two, len(one + two)),
    ],
    "total": lambda path, one, two: [
        put(path, 0, one, len(one + two)),
        put(path, len(one), two, len(one + two) + 1),
    ],
    "name": lambda path, one, two: [
        put(path, 0, one, len(one + two)),
        put(path, len(one), two, len(one + two), "-H", "Content-Disposition: attachment; filename=x"),
    ],
    "backwards": lambda path, one, two: [
        put(path, len(one), two, len(one + two)),
        put(path, 0, one, len(one + two)),
    ],
    "no total": lambda path, one, two: [put(path, 0, one, "*"), put(path, len(one), two, "*")],
    "one total": lambda path, one, two: [put(path, 0, one, "*"), put(path, len(one), two, len(one + two))],
}


@pytest.mark.parametrize("way", DISGUISED)
def test_where_pieces_are_trusted_halves_that_hide_that_they_are_one_do_not_pass(
    way: str, box: Box, sink: Sink
) -> None:
    sink.forget()
    half = len(LIST) // 2
    codes = [send(box, sink, step)[0] for step in DISGUISED[way](f"/two/{next(NUMBERS)}", LIST[:half], LIST[half:])]
    assert 403 in codes
    assert len(sink.arrived) < 2


@pytest.mark.parametrize("way", ["drive", "session"])
def test_the_last_piece_may_come_again_whose_answer_was_lost(way: str, box: Box, sink: Sink) -> None:
    sink.forget()
    data, number = innocent(), next(NUMBERS)
    path = {
        "drive": f"/upload/drive/v3/files?uploadType=resumable&upload_id=L{number}",
        "session": f"/personal/x/_api/v2.0/drives/b!/items/{number}/uploadSession",
    }[way]
    (_, one), (half, two) = cut(data, 0.5)
    steps = [put(path, 0, one, len(data)), put(path, half, two, len(data)), put(path, half, two, len(data))]
    assert [send(box, sink, step)[0] for step in steps] == [200] * 3
    assert send(box, sink, put(path, half, two[:-1] + b"x", len(data)))[0] == 403  # not what was judged
    assert len(sink.arrived) == 3


def test_a_list_of_parts_may_come_again_whose_answer_was_lost(box: Box, sink: Sink) -> None:
    """As S3's clients send it; with another list, or parts that came since, it is another upload."""
    sink.forget()
    steps = s3(innocent())
    assert [send(box, sink, step)[0] for step in [*steps, steps[-1], steps[-1]]] == [200] * (len(steps) + 2)
    other = replace(steps[-1], body=steps[-1].body.replace(b">1<", b">3<"))
    assert send(box, sink, other)[0] == 403
    assert [send(box, sink, step)[0] for step in steps[-2:]] == [200, 403]


def test_text_may_come_in_any_order_elsewhere(box: Box, sink: Sink) -> None:
    sink.forget()
    steps = plain(TEXT * 300)[::-1]
    assert [send(box, sink, step, host="localhost")[0] for step in steps] == [200] * len(steps)


def test_what_does_not_fit_is_refused(box: Box, sink: Sink) -> None:
    sink.forget()
    data = b"The fair opens at ten o'clock.\n" * 50
    put = ("-X", "PUT", "-H")
    bad = [
        Step("/x/1", (*put, "Content-Range: bytes 0-9/100"), data),  # longer than it says
        Step("/x/2", (*put, "Content-Range: bytes 90-1639/1000"), data),  # beyond the whole
        Step("/x/3", (*put, "Content-Range: bytes 9-1/100"), data),
        Step("/x/4", ("-X", "PATCH", "-H", "Upload-Offset: 700"), data),  # of an upload nobody began
        Step("/x/5", ("-X", "PATCH", "-H", "Upload-Offset: -1"), data),
        s3(data)[-1],  # names parts we have not seen
        Step("/x/7?partNumber=1&partNumber=2&uploadId=a", ("-X", "PUT"), data),
        dropbox(data)[-1],
        Step("/x/6", ("-X", "POST", "-H", "Upload-Concat: final;/a /b"), b""),
        Step("/2/files/upload_session/finish_batch_v2", ("-X", "POST"), b'{"entries": []}'),
    ]
    pages = [send(box, sink, step) for step in bad]
    assert [code for code, _ in pages] == [403] * len(bad)
    assert all("does not fit" in page for _, page in pages)
    assert sink.arrived == []
    first, second, _ = plain(data)
    other = Step(second.path, first.args, first.body.swapcase())
    assert [send(box, sink, step)[0] for step in (first, first, other)] == [200, 200, 403]


def test_another_person_s_pieces_are_not_joined(box: Box, sink: Sink) -> None:
    *earlier, last = dropbox(innocent())
    assert [send(box, sink, step)[0] for step in earlier] == [200] * len(earlier)
    assert send(box, sink, last, more=("--interface", "127.0.0.2"))[0] == 403
    assert send(box, sink, last)[0] == 200


def test_a_restart_in_the_middle_loses_no_piece(box: Box, sink: Sink) -> None:
    steps = {made: made(LIST) for made in (tus, s3, dropbox, drive)}
    for *earlier, _ in steps.values():
        assert [send(box, sink, step)[0] for step in earlier] == [200] * len(earlier)
    whole = plain(innocent())
    assert send(box, sink, whole[0])[0] == 200
    box.kill()
    box.start()
    for *_, last in steps.values():
        code, page = send(box, sink, last)
        assert (code, "150人分" in page) == (403, True)
    assert [send(box, sink, step)[0] for step in whole[1:]] == [200, 200]


TEXT = "市民まつりのお知らせ。午前十時に開場します。雨天中止。\n".encode()


def test_a_large_upload_is_joined_on_disk(box: Box, sink: Sink) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", TEXT * (34_000_000 // len(TEXT)))
        archive.writestr("list.csv.bz2", LIST)
    data = out.getvalue()
    answers = [send(box, sink, step) for step in plain(data)]
    assert [code for code, _ in answers] == [200, 200, 403]
    assert "150人分" in answers[-1][1]
    assert held_content(box, case_in(answers[-1][1])) == data


def test_at_the_seam_of_large_pieces_people_are_counted_together(box: Box, sink: Sink) -> None:
    lines = [line.encode() for line in CSV.splitlines(keepends=True)]
    filler = TEXT * (17_500_000 // len(TEXT))
    listed = b"".join(lines[:14])  # thirteen people, six or seven on either side of the cut
    data = filler + listed + filler
    seam = len(filler) + len(b"".join(lines[:7])) + lines[7].index(b",") + 1
    path, kind = f"/large/{next(NUMBERS)}", ("-X", "PUT", "-H", "Content-Type: text/plain", "-H")
    steps = [
        Step(path, (*kind, ranged(start, data[start:end], len(data) + 9)), data[start:end])
        for start, end in ((0, seam), (seam, len(data)))
    ]
    assert [send(box, sink, step, host="localhost")[0] for step in steps] == [200, 403]


def test_it_is_nobody_s_but_ours_and_forgotten_when_it_is_over(box: Box, sink: Sink) -> None:
    folder = box.var / "spool" / "pieces"
    before = {place.name for place in folder.iterdir()}
    steps = plain(innocent())
    for step in steps[:-1]:
        send(box, sink, step)
    (made,) = {place.name for place in folder.iterdir()} - before
    assert (folder.stat().st_mode & 0o777, (folder / made).stat().st_mode & 0o777) == (0o700, 0o700)
    assert {path.stat().st_mode & 0o777 for path in (folder / made).iterdir()} == {0o600}
    assert send(box, sink, steps[-1])[0] == 200
    box.wait(lambda: made not in {place.name for place in folder.iterdir()}, 5)
    assert found_in(box.log.read_bytes()) == []
