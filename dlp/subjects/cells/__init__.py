"""Cells and columns: what they hold, and the keys by which they are compared."""
