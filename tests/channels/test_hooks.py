"""Only addons that have a hook are called, and those as mitmproxy calls them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from mitmproxy import exceptions, hooks, http, options
from mitmproxy.addonmanager import AddonManager
from mitmproxy.addons import core, proxyserver
from mitmproxy.test import tflow

from dlp.channels.web.hooks import Hooked, leave_types


@dataclass
class SomethingHook(hooks.Hook):
    said: list[str]
    name = "something_of_ours"


class Telling:
    def __init__(self, word: str, fault: Exception | None = None, *inner: Any) -> None:
        self.name, self._fault, self.addons = word, fault, list(inner)

    def something_of_ours(self, said: list[str]) -> None:
        said.append(self.name)
        if self._fault is not None:
            raise self._fault


class Waiting:
    name = "waiting"

    async def something_of_ours(self, said: list[str]) -> None:
        await asyncio.sleep(0)
        said.append("waiting")


class Deaf:
    def __init__(self, *inner: Any) -> None:
        self.name, self.addons = f"deaf {id(self)}", list(inner)


def made(*addons: Any) -> Hooked:
    master = Hooked(options.Options())
    master.addons.add(core.Core(), *addons)
    return master


async def told(master: Hooked) -> tuple[list[str], list[str]]:
    """What addons say of an event: as ours are called, and as mitmproxy calls them."""
    ours, theirs = list[str](), list[str]()
    await master.addons.trigger_event(SomethingHook(ours))
    await AddonManager.trigger_event(master.addons, SomethingHook(theirs))
    return ours, theirs


async def test_those_that_have_it_are_called_in_their_order() -> None:
    master = made(Deaf(), Telling("one"), Waiting(), Deaf(Telling("inside")), Telling("outer", None, Telling("inner")))
    ours, theirs = await told(master)
    assert ours == theirs == ["one", "waiting", "inside", "outer", "inner"]


async def test_one_that_comes_later_is_called_and_one_that_went_is_not() -> None:
    first, later = Telling("first"), Telling("later")
    master = made(first)
    assert (await told(master))[0] == ["first"]
    master.addons.add(later)
    assert (await told(master))[0] == ["first", "later"]
    master.addons.remove(first)
    assert (await told(master))[0] == ["later"]


async def test_a_fault_of_one_keeps_none_of_the_others_and_a_halt_all() -> None:
    master = made(Telling("bad", ValueError("x")), Telling("next"), Telling("halt", exceptions.AddonHalt()), Waiting())
    ours, theirs = await told(master)
    assert ours == theirs == ["bad", "next", "halt"]


@pytest.mark.parametrize("name", ["requestheaders", "request", "responseheaders", "response", "error", "update"])
async def test_of_mitmproxys_own_all_that_have_it_are_found(name: str) -> None:
    master = made(proxyserver.Proxyserver())
    assert master.addons._who_has(name) == [one for one in master.addons.chain if hasattr(one, name)]
    await master.addons.handle_lifecycle(hooks.all_hooks[name](tflow.tflow()) if name != "update" else _updated())


def _updated() -> hooks.Hook:
    return hooks.UpdateHook([tflow.tflow()])


def test_a_message_is_made_without_a_look_at_the_types_of_its_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[http.MessageData] = []
    monkeypatch.setattr(
        http.MessageData, "__post_init__", lambda made: asked.append(made)
    )  # where mitmproxy looks; put back at the end
    http.Response.make(503)
    assert len(asked) == 1
    leave_types()
    assert (http.Response.make(503).status_code, len(asked)) == (503, 1)
