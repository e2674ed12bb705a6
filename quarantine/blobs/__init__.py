"""Places for sealed content."""
