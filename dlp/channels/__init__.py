"""Ways out of the town hall. Each turns what it receives into a Transfer and obeys the Outcome."""
