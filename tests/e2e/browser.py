"""The system's Chromium, driven by Playwright."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=ja",
]


@contextlib.contextmanager
def chromium(*, proxy: str = "") -> Iterator[Browser]:
    """A headless browser; `proxy` is used for loopback addresses too."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=_QUIET,
            proxy={"server": proxy, "bypass": "<-loopback>"} if proxy else None,
        )
        try:
            yield browser
        finally:
            browser.close()
