"""Office documents, old and new: words, sheets, slides, drawings."""
