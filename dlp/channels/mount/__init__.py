"""Removable media behind a mount of ours (FUSE)."""
