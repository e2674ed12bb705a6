"""Mail under faults: `python -m tests.faults`, the short run in tests/e2e/test_faults.py."""
