"""A future that whoever waits for it waits for to its end, cancelled or not.

It takes the place of a task of its own and `asyncio.shield`: three turns of the event loop for each thing waited for.
"""

from __future__ import annotations

import asyncio


class Kept[Answer](asyncio.Future[Answer]):
    """What was asked for is done, whoever has gone away meanwhile."""

    def cancel(self, msg: object = None) -> bool:
        """No; a task that is cancelled while it waits hears of that when the answer is there."""
        return False
