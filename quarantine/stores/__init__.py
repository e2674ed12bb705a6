"""The room's memory."""
