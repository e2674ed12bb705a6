"""Mail through the real gateway process, by smtplib, swaks and Postfix, to a real next hop."""

from __future__ import annotations

import email
import email.policy
import re
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import bcrypt
import pytest

from quarantine.case import Decision, Move, Status
from tests.e2e.certificates import authority
from tests.e2e.harness import Box
from tests.e2e.nexthop import NextHop
from tests.e2e.people import CSV, found_in
from tests.e2e.postfix import Postfix
from tests.extract import makers

pytestmark = pytest.mark.e2e
OUTSIDE = "partner@outside.example"
CLEAN = (
    b"From: clerk@town.example\r\nTo: partner@outside.example\r\nSubject: =?UTF-8?B?5LyaW6c=?=\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + "会議は3時からです。\r\n".encode()
    + b".leading dot\r\n..two dots\r\n.\x20space\r\n\r\nlong "
    + b"x" * 3000
    + b"\r\ntrailing space \r\n\r\n"
)


SHORT = CLEAN.replace(b"x" * 3000, b"x")  # Postfix itself breaks lines above 998 bytes


@pytest.fixture(scope="module")
def hop() -> Iterator[NextHop]:
    with NextHop() as running:
        yield running


@pytest.fixture(scope="module")
def box(hop: NextHop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    off = {"enabled": False}
    settings = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none"}
    with Box(tmp_path_factory.mktemp("mail"), mail=settings, web=off, media=off) as running:
        running.wait(lambda: hop.to("admin@town.example"))  # told of a leaver's account at start
        yield running


@pytest.fixture(autouse=True)
def fresh(hop: NextHop) -> None:
    hop.mails.clear()
    hop.refuse.clear()
    hop.answer = "250 2.0.0 stored as 4711"


def send(port: int, data: bytes, *, sender: str = "clerk@town.example", to: str = OUTSIDE) -> tuple[int, str]:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo("client.example")
        code, reply = client.mail(sender)
        if code == 250:
            code, reply = client.rcpt(to)
        if code == 250:
            code, reply = client.data(data)
        return code, reply.decode("utf-8", "replace")


def without_trace(content: bytes) -> bytes:
    first, _, rest = content.partition(b"\r\n")
    assert first.startswith(b"X-Sekisho-Trace: ")
    return rest


def test_clean_mail_arrives_byte_for_byte_but_for_one_header(box: Box, hop: NextHop) -> None:
    assert send(box.smtp_port, CLEAN) == (250, "2.0.0 stored as 4711")
    (mail,) = hop.to(OUTSIDE)
    assert without_trace(mail.content) == CLEAN
    assert (mail.mail_from, mail.rcpt_to) == ("clerk@town.example", [OUTSIDE])
    assert mail.content.count(b"X-Sekisho-Trace") == 1


@pytest.mark.parametrize("answer", ["550 5.7.1 not from you", "452 4.3.1 no room", "250 2.6.0 taken"])
def test_the_next_hops_reply_is_our_reply(box: Box, hop: NextHop, answer: str) -> None:
    hop.answer = answer
    code, text = send(box.smtp_port, CLEAN)
    assert f"{code} {text}" == answer


def test_a_recipient_the_next_hop_refuses(box: Box, hop: NextHop) -> None:
    hop.refuse[OUTSIDE] = "550 5.1.1 no such user here"
    assert send(box.smtp_port, CLEAN) == (550, "5.1.1 no such user here")
    assert hop.to(OUTSIDE) == []


@pytest.mark.parametrize(
    "data",
    [
        lambda: makers.eml(body=CSV),
        lambda: makers.eml(attachment=CSV.encode("cp932")),
        lambda: makers.eml(attachment=makers.xlsx(), name="名簿.xlsx", kind="application/octet-stream"),
    ],
    ids=["body", "cp932 csv", "xlsx"],
)
def test_a_list_of_150_is_held_and_has_not_left(box: Box, hop: NextHop, data: Callable[[], bytes]) -> None:
    content = data()
    code, text = send(box.smtp_port, content)
    assert code == 250
    assert "held for review, case " in text
    case_id = text.rpartition(" ")[2]
    room = box.room()
    try:
        case = room.case(case_id)
        assert (case.status, case.entry.subjects, case.approvals_needed) == (Status.QUARANTINED, 150, 2)
        assert room.content(case_id, "test", "compare") == content
    finally:
        room.close()
    box.wait(lambda: hop.to("clerk@town.example"))
    assert hop.to(OUTSIDE) == []
    notice = email.message_from_bytes(hop.to("clerk@town.example")[-1].content, policy=email.policy.default)
    body = notice.get_content()
    for words in ("150人分", case_id, "氏名 150人", "上司 一", "承認を依頼", box.console_url):
        assert words in body
    assert found_in(str(notice).encode() + body.encode()) == []


def test_what_was_approved_by_two_leaves_as_it_came(box: Box, hop: NextHop) -> None:
    content = makers.eml(attachment=CSV.encode("cp932"))
    case_id = send(box.smtp_port, content)[1].rpartition(" ")[2]
    box.approve(case_id, "S001")
    box.wait(lambda: hop.to("boss@town.example"))  # the notices came round: the releaser has had its turn
    assert hop.to(OUTSIDE) == []
    box.approve(case_id, "P001")
    box.wait(lambda: hop.to(OUTSIDE))
    (mail,) = hop.to(OUTSIDE)
    assert without_trace(mail.content) == content
    room = box.room()
    try:
        box.wait(lambda: room.case(case_id).status is Status.RELEASED)
    finally:
        room.close()


def once(content: bytes, number: int) -> bytes:
    """A mail with a name of its own, as every mail program gives one."""
    return b"Message-ID: <%d@client.example>\r\n" % number + content


def test_a_retry_is_recognised(box: Box, hop: NextHop) -> None:
    mail, held = once(CLEAN, 1), once(makers.eml(body=CSV), 2)
    assert [send(box.smtp_port, mail)[0] for _ in range(3)] == [250] * 3
    assert len(hop.to(OUTSIDE)) == 1
    before = len(box.cases())
    assert len({send(box.smtp_port, held) for _ in range(3)}) == 1  # the same case each time
    assert len(box.cases()) == before + 1
    assert send(box.smtp_port, mail, to="another@outside.example")[0] == 250  # no retry: somebody else
    assert [send(box.smtp_port, CLEAN)[0] for _ in range(2)] == [250, 250]  # no name: a machine that means it
    assert (len(hop.to(OUTSIDE)), len(hop.to("another@outside.example"))) == (3, 1)


def test_a_retry_after_a_rejection_makes_no_second_case(box: Box) -> None:
    """The answer was lost, a supervisor was quick, and then the client tries again: what was rejected stays so."""
    mail = once(makers.eml(body=CSV), 20)
    known = {case.id for case in box.cases()}
    assert send(box.smtp_port, mail)[0] == 250
    (case,) = (case.id for case in box.cases() if case.id not in known)
    room = box.room()
    try:
        room.decide(case, Decision(actor="S001", move=Move.REJECT, reason="宛先違い", at=datetime.now(UTC)))
    finally:
        room.close()
    assert send(box.smtp_port, mail) == (250, f"2.0.0 was held, case {case}, and rejected; not sent")
    assert {one.id for one in box.cases()} == known | {case}


def test_what_the_next_hop_did_not_take_is_tried_again(box: Box, hop: NextHop) -> None:
    hop.answer = "451 4.3.0 later"
    assert send(box.smtp_port, once(CLEAN, 3))[0] == 451
    hop.answer = "250 2.0.0 stored"
    assert send(box.smtp_port, once(CLEAN, 3))[0] == 250
    assert len(hop.to(OUTSIDE)) == 1


def test_retries_at_once_leave_once(box: Box, hop: NextHop) -> None:
    with ThreadPoolExecutor(8) as clients:
        codes = list(clients.map(lambda _: send(box.smtp_port, once(CLEAN, 4))[0], range(8)))
    assert (codes, len(hop.to(OUTSIDE))) == ([250] * 8, 1)


def test_internal_recipients_get_theirs_and_the_others_wait(hop: NextHop, tmp_path: Path) -> None:
    off = {"enabled": False}
    settings = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none", "internal": ["town.example", ".lg.jp"]}
    with Box(tmp_path, mail=settings, web=off, media=off) as box, smtplib.SMTP("127.0.0.1", box.smtp_port) as client:
        held = once(makers.eml(body=CSV), 5)
        to = ["chief@town.example", OUTSIDE, "ward@city.lg.jp"]
        hop.answer = "450 4.2.0 full"
        with pytest.raises(smtplib.SMTPDataError, match=r"450.*held for review"):
            client.sendmail("clerk@town.example", to, held)
        assert hop.to(OUTSIDE) == hop.to("chief@town.example") == []
        hop.answer = "250 2.0.0 stored"
        client.sendmail("clerk@town.example", to, held)  # as the client's queue would
        client.sendmail("clerk@town.example", to, held)
        assert [mail.rcpt_to for mail in hop.to("chief@town.example")] == [["chief@town.example", "ward@city.lg.jp"]]
        (case,) = box.cases()
        assert case.entry.destination == (OUTSIDE,)
        box.approve(case.id)
        box.wait(lambda: hop.to(OUTSIDE))
        assert [mail.rcpt_to for mail in hop.to(OUTSIDE)] == [[OUTSIDE]]
        client.sendmail("clerk@town.example", to[:1], once(makers.eml(body=CSV), 6))
        assert len(box.cases()) == 1


def test_a_machine_s_mail_of_which_half_was_held_makes_no_second_case(hop: NextHop, tmp_path: Path) -> None:
    """Without a Message-ID: its client is told to come again by the internal next hop, and does, over a restart, too."""
    off = {"enabled": False}
    settings = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none", "internal": ["town.example"]}
    chief, both = "chief@town.example", ["chief@town.example", OUTSIDE]
    listed = makers.eml(body=CSV)

    def sent(box: Box, to: list[str]) -> str:
        with smtplib.SMTP("127.0.0.1", box.smtp_port) as client:
            client.ehlo()
            client.mail("clerk@town.example")
            for one in to:
                client.rcpt(one)
            code, text = client.data(listed)
            return f"{code} {text.decode()}"

    with Box(tmp_path, mail=settings, web=off, media=off) as box:
        hop.answer = "450 4.2.0 full"
        first = sent(box, both)
        assert first.startswith("450")
        assert sent(box, both).startswith("450")
        box.stop()
        box.start()
        hop.answer = "250 2.0.0 stored"
        assert sent(box, both).startswith("250")
        (case,) = box.cases()
        assert case.id in first
        assert [mail.rcpt_to for mail in hop.to(chief)] == [[chief]]
        assert "held" in sent(box, both)  # the retry had its answer: this is another mail
        assert (len(box.cases()), len(hop.to(chief))) == (2, 2)
        hop.answer = "450 4.2.0 full"
        sent(box, both)
        hop.answer = "550 5.1.1 nobody"
        assert sent(box, both).startswith("550")  # the retry; for good
        hop.answer = "450 4.2.0 full"
        sent(box, both)
        assert len(box.cases()) == 4
        hop.answer = "250 2.0.0 stored"
        assert sent(box, [*both, "another@outside.example"]).startswith("250")  # others: no retry
        assert (len(box.cases()), len(hop.to(chief))) == (5, 3)


def test_a_leaver_is_refused_and_reported(box: Box, hop: NextHop) -> None:
    code, text = send(box.smtp_port, CLEAN, sender="retired@town.example")
    assert code == 550
    assert "5.7.1" in text
    box.wait(lambda: hop.to("admin@town.example") and hop.to("boss@town.example"))
    assert hop.to(OUTSIDE) == []
    assert hop.to("retired@town.example") == []


def test_encrypted_and_unknown_content_is_held(box: Box, hop: NextHop) -> None:
    data = bytearray(makers.zipped("a.txt", b"secret"))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    code, text = send(box.smtp_port, makers.eml(attachment=bytes(data), name="a.zip", kind="application/zip"))
    assert (code, "held" in text) == (250, True)
    assert hop.to(OUTSIDE) == []


def test_the_null_sender_is_held_not_refused(box: Box) -> None:
    code, text = send(box.smtp_port, CLEAN, sender="")
    assert (code, "held" in text) == (250, True)


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\r", b"\r.\r\n", b"\r\n.\n"])
def test_nothing_can_be_smuggled(box: Box, hop: NextHop, end: bytes) -> None:
    second = (
        b"MAIL FROM:<clerk@town.example>\r\nRCPT TO:<victim@outside.example>\r\nDATA\r\nSubject: two\r\n\r\nx\r\n.\r\n"
    )
    with socket.create_connection(("127.0.0.1", box.smtp_port), timeout=30) as wire:
        stream = wire.makefile("rwb")

        def say(line: bytes) -> bytes:
            stream.write(line)
            stream.flush()
            while (answer := stream.readline())[3:4] == b"-":
                pass
            return answer

        stream.readline()
        say(b"EHLO x\r\n")
        say(b"MAIL FROM:<clerk@town.example>\r\n")
        say(b"RCPT TO:<partner@outside.example>\r\n")
        say(b"DATA\r\n")
        answer = say(b"Subject: one\r\n\r\nfirst" + end + second)
    assert answer.startswith(b"550 5.6.0")
    assert hop.to(OUTSIDE) == []


def test_too_large_and_strangers(box: Box, hop: NextHop, tmp_path: Path) -> None:
    settings = {"next_hop": f"127.0.0.1:{hop.port}", "max_size": 10000, "trusted": ["127.0.0.1/32"]}
    off = {"enabled": False}
    with Box(tmp_path, mail=settings, web=off, media=off) as small:
        assert send(small.smtp_port, b"Subject: x\r\n\r\n" + b"y\r\n" * 5000)[0] == 552
        with (
            socket.create_connection(("127.0.0.1", small.smtp_port), 30, source_address=("127.0.0.9", 0)) as wire,
            wire.makefile("rb") as stream,
        ):
            assert stream.readline().startswith(b"554 5.7.1")


def test_a_next_hop_that_is_down_is_451(tmp_path: Path, free_port: Callable[[], int]) -> None:
    off = {"enabled": False}
    with Box(tmp_path, mail={"next_hop": f"127.0.0.1:{free_port()}"}, web=off, media=off) as box:
        code, text = send(box.smtp_port, CLEAN)
        assert (code, text[:5]) == (451, "4.3.0")


def test_starttls_on_both_sides(tmp_path: Path) -> None:
    ca = authority(tmp_path / "ca")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(*ca.issue("127.0.0.1"))
    cert, key = ca.issue("127.0.0.1")
    off = {"enabled": False}
    with NextHop(tls=server) as hop:
        mail = {
            "next_hop": f"127.0.0.1:{hop.port}",
            "next_hop_tls": "require",
            "next_hop_ca": str(ca.path),
            "tls_cert": str(cert),
            "tls_key": str(key),
            "tls_required": True,
        }
        with Box(tmp_path / "box", mail=mail, web=off, media=off) as box:
            assert send(box.smtp_port, CLEAN)[0] == 530  # not before STARTTLS
            context = ssl.create_default_context(cafile=str(ca.path))
            with smtplib.SMTP("127.0.0.1", box.smtp_port, timeout=60) as client:
                client.starttls(context=context)
                client.ehlo()
                client.mail("clerk@town.example")
                client.rcpt(OUTSIDE)
                assert client.data(CLEAN)[0] == 250
            assert hop.mails[-1].tls
    with (
        NextHop() as plain,
        Box(
            tmp_path / "strict",
            mail=mail | {"next_hop": f"127.0.0.1:{plain.port}", "tls_required": False},
            web=off,
            media=off,
        ) as box,
    ):
        assert send(box.smtp_port, CLEAN)[0] == 451  # the next hop offers no TLS: nothing is sent in clear
        assert plain.mails == []


def test_a_password_is_good_for_its_persons_addresses_only(tmp_path: Path, hop: NextHop) -> None:
    """`[mail] users`: a client that is not in `trusted` says who it is; the people file says which addresses are its."""
    ca = authority(tmp_path / "ca")
    cert, key = ca.issue("127.0.0.1")
    hashed = bcrypt.hashpw(b"kaki-no-ha-7", bcrypt.gensalt(4)).decode()
    (tmp_path / "users").write_text(f"clerk:{hashed}\nretired:{hashed}\n")
    mail = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none", "trusted": ["192.0.2.0/24"]}
    mail |= {"tls_cert": str(cert), "tls_key": str(key), "users": str(tmp_path / "users")}
    off = {"enabled": False}
    with Box(tmp_path / "box", mail=mail, web=off, media=off) as box:

        def told(login: str, sender: str, password: str = "kaki-no-ha-7") -> int:
            with smtplib.SMTP("127.0.0.1", box.smtp_port, timeout=60) as client:
                client.starttls(context=ssl.create_default_context(cafile=str(ca.path)))
                try:
                    client.login(login, password)
                except smtplib.SMTPAuthenticationError as refusal:
                    return refusal.smtp_code
                client.ehlo()
                if (code := client.mail(sender)[0]) != 250:
                    return code
                client.rcpt(OUTSIDE)
                return client.data(CLEAN)[0]

        assert send(box.smtp_port, CLEAN)[0] == 530
        assert told("clerk", "clerk@town.example") == 250
        assert told("clerk", "clerk2@town.example") == 553
        assert told("clerk", "clerk@town.example", "wrong") == 535
        assert told("retired", "retired@town.example") == 550, "a password left over does not outlive the post"
        room = box.room()
        failed = [entry for entry in room.entries() if entry.event == "login failed"]
        room.close()
        assert {(entry.actor, entry.detail["channel"]) for entry in failed} == {("E001", "mail")}
    assert len(hop.to(OUTSIDE)) == 1


def test_swaks(box: Box, hop: NextHop, need: Callable[..., None], tmp_path: Path) -> None:
    need("swaks")
    attachment = tmp_path / "list.csv"
    attachment.write_bytes(CSV.encode("cp932"))
    base = [
        "swaks",
        "--server",
        "127.0.0.1",
        "--port",
        str(box.smtp_port),
        "--from",
        "clerk@town.example",
        "--to",
        OUTSIDE,
    ]
    clean = subprocess.run([*base, "--body", "hello"], capture_output=True, text=True, timeout=60, check=False)
    assert clean.returncode == 0, clean.stdout
    assert len(hop.to(OUTSIDE)) == 1
    held = subprocess.run(
        [*base, "--attach", f"@{attachment}"], capture_output=True, text=True, timeout=60, check=False
    )
    assert held.returncode == 0
    assert "held for review, case " in held.stdout
    assert len(hop.to(OUTSIDE)) == 1


def test_nothing_personal_is_stored_or_logged(box: Box) -> None:
    send(box.smtp_port, makers.eml(body=CSV))
    files = [p for p in box.var.rglob("*") if p.is_file()]
    assert len(files) > 5
    for path in [*files, box.log]:
        assert found_in(path.read_bytes()) == [], path


# Postfix, as people run it


@pytest.fixture
def mta(need: Callable[..., None]) -> None:
    need("postfix")
    import os

    if os.geteuid() != 0:
        pytest.skip("a private Postfix needs root")


def queue_ids(postfix: Postfix) -> set[str]:
    """The ids of the mails that Postfix took in."""
    return set(re.findall(r"cleanup\[\d+\]: ([0-9A-Za-z]+): message-id=", postfix.log()))


def idents(box: Box) -> set[str]:
    """The ids of Postfix's that our log names."""
    return set(re.findall(r'"ident": ?"(\w+)"', box.log.read_text(encoding="utf-8")))


def test_postfix_as_relay_host(box: Box, hop: NextHop, mta: None, free_port: Callable[[], int]) -> None:
    port = free_port()
    smtpd = f"127.0.0.1:{port} inet n - n - - smtpd\n"
    main = f"relayhost = [127.0.0.1]:{box.smtp_port}\nsmtp_send_xforward_command = yes\n"
    with Postfix("relay", main=main, master=smtpd) as postfix:
        assert send(port, SHORT)[0] == 250
        box.wait(lambda: hop.to(OUTSIDE))
        box.wait(lambda: queue_ids(postfix) & idents(box))
        assert without_trace(hop.to(OUTSIDE)[0].content).endswith(SHORT.partition(b"\r\n")[2])
        assert send(port, makers.eml(attachment=CSV.encode("cp932")))[0] == 250
        box.wait(lambda: "held for review, case" in postfix.log())
        assert len(hop.to(OUTSIDE)) == 1
        hop.answer = "451 4.3.0 not now"
        assert send(port, SHORT)[0] == 250
        box.wait(lambda: "4.3.0 not now" in postfix.log())
        assert OUTSIDE in postfix.queue()  # it waits with Postfix: nothing was lost
        hop.answer = "250 ok"
        box.wait(lambda: len(hop.to(OUTSIDE)) == 2)


def test_postfix_with_content_filter(hop: NextHop, mta: None, free_port: Callable[[], int], tmp_path: Path) -> None:
    smtpd, back = free_port(), free_port()
    off = {"enabled": False}
    with Box(tmp_path, mail={"next_hop": f"127.0.0.1:{back}", "next_hop_tls": "none"}, web=off, media=off) as box:
        postfix = Postfix(
            "filter",
            main=f"content_filter = sekisho:[127.0.0.1]:{box.smtp_port}\nrelayhost = [127.0.0.1]:{hop.port}\n",
            master=(
                "sekisho unix - - n - - smtp\n  -o smtp_send_xforward_command=yes\n"
                f"127.0.0.1:{smtpd} inet n - n - - smtpd\n"
                f"127.0.0.1:{back} inet n - n - - smtpd\n  -o content_filter=\n"
                "  -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters\n"
            ),
        )
        with postfix:
            assert send(smtpd, SHORT)[0] == 250
            box.wait(lambda: hop.to(OUTSIDE))
            content = hop.to(OUTSIDE)[0].content
            assert content.endswith(SHORT.partition(b"\r\n")[2])
            assert content.count(b"X-Sekisho-Trace: ") == 1
            box.wait(lambda: queue_ids(postfix) & idents(box))
            assert send(smtpd, makers.eml(body=CSV))[0] == 250
            box.wait(lambda: "held for review, case" in postfix.log())
            box.wait(lambda: hop.to("clerk@town.example"))
            assert len(hop.to(OUTSIDE)) == 1


def test_postfix_with_proxy_filter(hop: NextHop, mta: None, free_port: Callable[[], int], tmp_path: Path) -> None:
    smtpd, back = free_port(), free_port()
    off = {"enabled": False}
    with Box(tmp_path, mail={"next_hop": f"127.0.0.1:{back}", "next_hop_tls": "none"}, web=off, media=off) as box:
        postfix = Postfix(
            "proxy",
            main=f"relayhost = [127.0.0.1]:{hop.port}\n",
            master=(
                f"127.0.0.1:{smtpd} inet n - n - 20 smtpd\n  -o smtpd_proxy_filter=127.0.0.1:{box.smtp_port}\n"
                f"127.0.0.1:{back} inet n - n - - smtpd\n  -o smtpd_authorized_xforward_hosts=127.0.0.0/8\n"
            ),
        )
        with postfix:
            assert send(smtpd, SHORT)[0] == 250
            box.wait(lambda: hop.to(OUTSIDE))
            assert hop.to(OUTSIDE)[0].content.endswith(SHORT.partition(b"\r\n")[2])
            code, text = send(smtpd, makers.eml(attachment=CSV.encode("cp932")))
            assert (code, "held for review, case " in text) == (250, True)
            assert send(smtpd, SHORT, sender="retired@town.example")[0] == 550
            assert len(hop.to(OUTSIDE)) == 1
