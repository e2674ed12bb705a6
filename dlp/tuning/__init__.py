"""What a signature change does: samples, corpora, measures. Offline tools."""
