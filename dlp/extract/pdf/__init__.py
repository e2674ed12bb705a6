"""PDF: pages, ruled and unruled tables, and what is said beside the pages."""
