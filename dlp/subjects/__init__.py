"""How many distinct people is this content about."""
