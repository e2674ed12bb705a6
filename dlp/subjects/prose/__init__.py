"""Sentences and lists in running text: names, and what is said beside them."""
