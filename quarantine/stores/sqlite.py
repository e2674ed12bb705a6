"""The embedded store, put together of its rooms."""

from __future__ import annotations

from quarantine.stores.cases import Cases
from quarantine.stores.chain import Chain
from quarantine.stores.incidents import Incidents


class SqliteStore(Cases, Incidents, Chain):
    """Implements :class:`quarantine.stores.base.Store`."""
