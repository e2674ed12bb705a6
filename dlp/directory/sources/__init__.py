"""Where people come from, one module a kind of source."""
