"""Records as programs keep and send them: markup, JSON, database files, cards, web forms."""
