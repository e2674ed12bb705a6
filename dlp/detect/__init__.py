"""What to look for: signatures as data, compiled into one immutable ruleset."""
