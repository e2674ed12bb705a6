"""Removable media without a mount: the drop folder, the guard of a station."""
