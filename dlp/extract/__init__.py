"""Bytes of a part -> text blocks, tables and child parts. One file per format family."""
