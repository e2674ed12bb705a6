"""What a group of pages with a module of its own gives the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from aiohttp import web

from dlp.console.accounts import Account

if TYPE_CHECKING:
    from dlp.console.server import Console


class Link(NamedTuple):
    """A way to a page, in the head of every page."""

    path: str
    word: str  # key in `words`
    roles: frozenset[str]  # who is shown it


class Pages(Protocol):
    """Pages that are added to the console."""

    @property
    def links(self) -> tuple[Link, ...]:
        """Ways to them."""
        ...

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        ...


def account_of(request: web.Request) -> Account:
    """Whose session this is."""
    account: Account = request["session"].account
    return account


def hidden(request: web.Request) -> web.HTTPNotFound:
    """To raise where somebody may not even know whether there is such a thing; it is put on record."""
    request["hidden"] = True
    return web.HTTPNotFound()


async def field(request: web.Request, name: str, most: int = 500) -> str:
    """One field of the form that was sent; "" for none."""
    return str((await request.post()).get(name, "")).strip()[:most]
