"""What makes the record stand up elsewhere: signed checkpoints in a second place, the feed of a collector, metrics."""

from dlp.evidence.metrics import Metrics
from dlp.evidence.notary import Notary

__all__ = ["Metrics", "Notary"]
