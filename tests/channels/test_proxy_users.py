"""Nobody uses the proxy unasked, whatever goes wrong where the password is looked up."""

from __future__ import annotations

import base64

import pytest
from mitmproxy import options
from mitmproxy.addons.proxyauth import ProxyAuth
from mitmproxy.test import taddons, tflow

from dlp.channels.web.proxy_users import ProxyUsers


@pytest.mark.parametrize("hook", ["http_connect", "requestheaders"])
@pytest.mark.parametrize("ended", [False, True], ids=["knows", "cannot ask"])
async def test_a_fault_admits_nobody(hook: str, ended: bool) -> None:
    users = ProxyUsers(passwords=lambda login, password: (login, password) == ("clerk", "word"))
    with taddons.context(users, options=options.Options()):
        assert isinstance(users, ProxyAuth)
        users.configure(set())
        if ended:
            users.done()  # the proxy ends: no thread is left to ask in
        flow = tflow.tflow()
        flow.request.headers["proxy-authorization"] = "Basic " + base64.b64encode(b"clerk:word").decode()
        await getattr(users, hook)(flow)
    if ended:
        assert flow.response is not None
        assert flow.response.status_code == 503
        assert flow.client_conn not in users.authenticated
    else:
        users.done()
        assert flow.response is None
        assert flow.metadata["proxyauth"] == ("clerk", "word")
