"""People: mentions, who is the same person, and the keyed tokens of each."""
