"""mitmproxy's addons, of which only those are called that have the hook: it looks at all of them, twice an event, and a
request has a dozen events."""

from __future__ import annotations

from typing import Any

from mitmproxy import exceptions, hooks, http, options
from mitmproxy.addonmanager import AddonManager, safecall, traverse
from mitmproxy.master import Master


class Hooks(AddonManager):
    """`AddonManager`, for addons whose hooks are those that they have when they are added."""

    def __init__(self, master: Master) -> None:
        super().__init__(master)  # type: ignore[no-untyped-call]
        self._having: dict[str, list[Any]] = {}
        self._looked: list[Any] = []  # the addons when that was looked up

    async def trigger_event(self, event: hooks.Hook) -> None:
        """As `AddonManager` does it."""
        for addon in self._who_has(event.name):
            try:
                with safecall():
                    await self.invoke_addon(addon, event)
            except exceptions.AddonHalt:
                return

    def _who_has(self, name: str) -> list[Any]:
        if self._looked != self.chain:
            self._having, self._looked = {}, [*self.chain]
        found = self._having.get(name)
        if found is None:
            found = [addon for addon in self.chain if any(getattr(one, name, None) for one in traverse([addon]))]
            self._having[name] = found
        return found


def leave_types() -> None:
    """Have mitmproxy not look at the type of each field of each message that is made: 45 looks a request, which it does
    not take either where Python runs with -O."""
    http.MessageData.__post_init__ = lambda _: None  # type: ignore[method-assign]


class Hooked(Master):
    """mitmproxy's master with such addons, and no output."""

    def __init__(self, chosen: options.Options) -> None:
        super().__init__(chosen, with_termlog=False)
        self.addons = Hooks(self)
