"""Measured against peers, side by side in one run. `python -m benchmarks [name …]`; results as JSON."""
