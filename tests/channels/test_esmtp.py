"""MAIL, RCPT and XFORWARD: addresses letter by letter, parameters by name, everything else refused and never repeated."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.channels.mail import esmtp
from dlp.channels.mail.esmtp import Command, Malformed


@pytest.mark.parametrize(
    ("arg", "address", "parameters"),
    [
        ("FROM:<a@b.example>", "a@b.example", ()),
        ("from:<a@b.example>", "a@b.example", ()),
        ("FROM: <a@b.example>", "a@b.example", ()),
        ("FROM:a@b.example", "a@b.example", ()),
        ("FROM:<>", "", ()),
        ("FROM:<> BODY=8BITMIME", "", ("BODY=8BITMIME",)),
        ("FROM:<root>", "root", ()),
        ("FROM:<foo..bar.@docomo.example>", "foo..bar.@docomo.example", ()),  # old Japanese mobile addresses
        ("FROM:<.foo@ezweb.example>", ".foo@ezweb.example", ()),
        ('FROM:<"a b"@b.example>', '"a b"@b.example', ()),
        ('FROM:<"a\\"b>"@b.example>', '"a\\"b>"@b.example', ()),
        ('FROM:<"Q"@b.example>', '"Q"@b.example', ()),  # quotes nobody needs are kept, too
        ("FROM:<A.b+c=d{x}@B.Example>", "A.b+c=d{x}@B.Example", ()),
        ("FROM:<市民課@町.example> SMTPUTF8", "市民課@町.example", ("SMTPUTF8",)),
        ("FROM:<a@b.example> AUTH=<>", "a@b.example", ("AUTH=<>",)),  # sendmail and Exim say so where AUTH is offered
        ("FROM:<a@b.example> AUTH=e+3Dmc2@b.example", "a@b.example", ("AUTH=e+3Dmc2@b.example",)),
        ("FROM:<@relay.example,@two.example:a@b.example>", "a@b.example", ()),  # a source route is left out
        (
            "FROM:<a@b> SIZE=12 body=8bitmime RET=HDRS ENVID=x+2By",
            "a@b",
            ("SIZE=12", "body=8bitmime", "RET=HDRS", "ENVID=x+2By"),
        ),
    ],
)
def test_mail_as_written(arg: str, address: str, parameters: tuple[str, ...]) -> None:
    assert esmtp.mail(arg) == Command(address, parameters)


@pytest.mark.parametrize(
    ("arg", "code"),
    [
        (None, "501 5.5.4"),
        ("", "501 5.5.4"),
        ("TO:<a@b>", "501 5.5.4"),
        ("FROM:", "501 5.1.7"),
        ("FROM:<a@b", "501 5.1.7"),
        ("FROM:a@b>", "501 5.1.7"),
        ("FROM:<a@b>x", "501 5.1.7"),
        ("FROM:<a b@c>", "501 5.1.7"),
        ("FROM:<a@b@c>", "501 5.1.7"),
        ('FROM:<"a@b>', "501 5.1.7"),
        ("FROM:<a@b>\tSIZE=1", "501 5.5.4"),
        ("FROM:<a@b\x00>", "501 5.5.4"),
        ("FROM:<a\r@b>", "501 5.5.4"),
        ("FROM:<" + "a" * 2000 + "@b>", "501 5.5.4"),
        ("FROM:<\udce4@b>", "501 5.5.4"),  # bytes that are no UTF-8
        ("FROM:<a@b> SIZE", "501 5.5.4"),
        ("FROM:<a@b> SIZE=-1", "501 5.5.4"),
        ("FROM:<a@b> SIZE=1 SIZE=2", "501 5.5.4"),
        ("FROM:<a@b> SMTPUTF8=yes", "501 5.5.4"),
        ("FROM:<a@b> BODY=BINARYMIME", "501 5.5.4"),
        ("FROM:<a@b> RET=SOME", "501 5.5.4"),
        ("FROM:<a@b> ENVID=a+zz", "501 5.5.4"),
        ("FROM:<a@b> =", "501 5.5.4"),
        ("FROM:<a@b> NOTIFY=NEVER", "555 5.5.4"),  # belongs to RCPT
        ("FROM:<a@b> AUTH=<a@b>+2", "501 5.5.4"),
        ("FROM:<a@b> AUTH", "501 5.5.4"),
        ("FROM:<a@b> HOLDFOR=10", "555 5.5.4"),
    ],
)
def test_mail_refused(arg: str | None, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        esmtp.mail(arg)
    assert caught.value.reply.startswith(code)


@pytest.mark.parametrize(
    ("arg", "address", "parameters"),
    [
        ("TO:<x@y>", "x@y", ()),
        ("TO:<Postmaster>", "Postmaster", ()),
        ("TO:<x..@y> NOTIFY=NEVER", "x..@y", ("NOTIFY=NEVER",)),
        (
            "TO:<x@y> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;x+2B@y",
            "x@y",
            ("NOTIFY=SUCCESS,FAILURE,DELAY", "ORCPT=rfc822;x+2B@y"),
        ),
    ],
)
def test_rcpt_as_written(arg: str, address: str, parameters: tuple[str, ...]) -> None:
    assert esmtp.rcpt(arg) == Command(address, parameters)


@pytest.mark.parametrize(
    ("arg", "code"),
    [
        ("TO:<>", "501 5.1.3"),
        ("TO:", "501 5.1.3"),
        ("FROM:<x@y>", "501 5.5.4"),
        ("TO:<x@y> NOTIFY=NEVER,SUCCESS", "501 5.5.4"),
        ("TO:<x@y> NOTIFY=", "501 5.5.4"),
        ("TO:<x@y> ORCPT=x@y", "501 5.5.4"),
        ("TO:<x@y> SIZE=1", "555 5.5.4"),
    ],
)
def test_rcpt_refused(arg: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        esmtp.rcpt(arg)
    assert caught.value.reply.startswith(code)


@pytest.mark.parametrize(
    ("arg", "found"),
    [
        ("NAME=pc.town.example ADDR=10.0.0.9", {"NAME": "pc.town.example", "ADDR": "10.0.0.9"}),
        ("name=[UNAVAILABLE]", {"NAME": "[UNAVAILABLE]"}),
        (
            "ADDR=IPV6:2001:db8::1 PROTO=ESMTP HELO=a+20b",
            {"ADDR": "IPV6:2001:db8::1", "PROTO": "ESMTP", "HELO": "a+20b"},
        ),
    ],
)
def test_xforward(arg: str, found: dict[str, str]) -> None:
    assert esmtp.xforward(arg) == found


@pytest.mark.parametrize(
    "arg", [None, "", " ", "NAME", "NAME=", "COLOUR=red", "NAME=a b", "NAME=a\r\nMAIL", "NAME=a=b"]
)
def test_xforward_refused(arg: str | None) -> None:
    with pytest.raises(Malformed, match="501"):
        esmtp.xforward(arg)


def test_a_parameters_value() -> None:
    command = esmtp.mail("FROM:<a@b> size=7 SMTPUTF8")
    assert (command.value("SIZE"), command.value("SMTPUTF8"), command.value("RET")) == ("7", "", None)


_LINES = st.text(st.characters(exclude_categories=()), max_size=80)
_SHAPED = st.builds(
    "".join,
    st.lists(
        st.sampled_from(
            ["FROM:", "TO:", "<", ">", "@", '"', "\\", " ", "a", ".", "SIZE=", "1", "ORCPT=rfc822;", "+", "課"]
        )
    ),
)


@given(
    arg=st.one_of(_LINES, _SHAPED, _LINES.map(lambda text: f"FROM:<{text}>"), _SHAPED.map(lambda text: f"TO:{text}"))
)
def test_any_line_is_obeyed_or_refused_in_ascii(arg: str) -> None:
    for read in (esmtp.mail, esmtp.rcpt, esmtp.xforward):
        command = outcome(read, arg)
        if isinstance(command, Malformed):
            assert command.reply[:3] in ("501", "555")
            assert command.reply.isascii()
            assert command.reply.isprintable()
        elif isinstance(command, Command):
            assert command.address in arg
            assert not any(c in command.address for c in "\r\n\0")
            assert all(parameter in arg and " " not in parameter for parameter in command.parameters)


def outcome(read: Callable[[str], object], arg: str) -> object:
    try:
        return read(arg)
    except Malformed as error:
        return error


_ATOM = st.text(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~.課ー" + "é", min_size=1, max_size=60)
_QUOTED = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters='"\\'), max_size=40).map(
    '"{}"'.format
)
_DOMAIN = st.text(string.ascii_lowercase + string.digits + ".-町", min_size=1, max_size=60)


@given(local=st.one_of(_ATOM, _QUOTED), domain=_DOMAIN)
def test_an_address_comes_out_letter_by_letter(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert esmtp.mail(f"FROM:<{address}> SIZE=3") == Command(address, ("SIZE=3",))
    assert esmtp.rcpt(f"TO:<{address}> NOTIFY=NEVER") == Command(address, ("NOTIFY=NEVER",))
