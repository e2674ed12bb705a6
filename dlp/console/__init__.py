"""The supervisors' console: server-rendered, Japanese first, no JavaScript. It decides; it never delivers."""

from dlp.console.accounts import Accounts
from dlp.console.server import Console

__all__ = ["Accounts", "Console"]
